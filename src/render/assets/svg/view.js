// view.js: what is drawn of the profile that the file carries: which stacks, and which frame has
// the whole width.
//
// steps lead from all stacks to those that are drawn; each is a word of STEPS and, but for
// recursion, the number of a name (a frame's id).

const STEPS = {
    focus: ["only stacks through", focus],
    hide: ["without stacks through", hideStacks],
    remove: ["without", hideFrame],
    collapse: ["recursion collapsed", collapse],
    callers: ["callers of", (p, id) => callersProfile(p, p.events[0], id)],
};

let base = null, profile = null, weights = null, unit = 1, steps = [], zoomed = 0;

function setSteps(wanted) {
    steps = wanted;
    profile = steps.reduce((made, [how, id]) => STEPS[how][1](made, id), base);
    weights = weigh(profile, profile.events[0].self);
    unit = profile.events[0].unit;
}

const stepsText = () => steps.map(([how, id]) => STEPS[how][0] + (id === undefined ? "" : " " + base.names[id])).join(", ");

// Look at other stacks, and at the same frame, if it is among them.
function changeSteps(wanted) {
    const at = pathText(profile, zoomed);
    setSteps(wanted);
    zoomed = findPath(profile, at);
    focused = -1;
    find(term);
    redraw();
    writeLink();
}

function zoom(k) {
    if (k === zoomed) return;
    const yOf = () => placeOf(k) < 0 ? 0 : boxOf(k)[1], before = yOf();
    zoomed = focused = k;
    redraw(() => yOf() - before);
    writeLink();
}

// Draw all that may have changed. shift tells how far the picture is to be scrolled then, so that
// what was clicked stays where it is in the window.
function redraw(shift) {
    const scrolled = alone ? scrollY : 0;
    draw();
    showBar();
    if (scrolled && shift) scrollTo(scrollX, scrolled + shift());
    reveal(zoomed);
    place();
}

// Out to where there is more to see: the nearest caller that is wider.
function zoomOut() {
    let k = zoomed;
    while (k > 0 && weights.total[k] === weights.total[zoomed]) k = profile.parent[k];
    zoom(k);
}

const nameOf = (k) => k ? profile.names[profile.id[k]] : "all";
const kindOf = (k) => k ? KINDS[profile.kinds[profile.id[k]]] : "";
const isInside = (k, top) => k >= top && k < profile.end[top];

function samplesOf(k) {
    const { samples } = profile.events[0];
    let sum = 0;
    for (let i = k; i < profile.end[k]; i++) sum += samples[i];
    return sum;
}

// "1.234 s, 12.34%; 56 samples", as in the still picture.
function numbersText(k) {
    let text = weightText(weights.total[k] * unit, data) + ", " + percentText(weights.total[k], weights.total[0]);
    if (data.samples && profile.events[0].samples) text += "; " + samplesText(samplesOf(k));
    if (profile.deltas && k) text += "; " + changeText(profile.deltas[k], weights.total[0] * unit, data.mostDelta < 0);
    return text;
}

// What --nameattr says of a frame: {title, href, target, class, style}.
const attributesOf = (k) => k && Object.hasOwn(data.attributes, nameOf(k)) ? data.attributes[nameOf(k)] : {};
const tooltip = (k) => attributesOf(k).title || nameOf(k) + " (" + numbersText(k) + ")";

// An index into the paints.
const paintOf = (k) => k ? paintOnRamp(data, profile, profile.id[k], profile.deltas ? profile.deltas[k] : 0, weights.total[k] / weights.total[0])
    : data.rootPaint;
