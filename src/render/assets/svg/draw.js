// draw.js: the frames that can be seen, as elements.
//
// A subtree is left as soon as its top is narrower than LEAST, so that drawing costs what is seen,
// not what there is; where that is still too much, as soon as it is narrower than leastDrawn, and at
// last below deepestDrawn. Elements are kept and used again; an attribute is written when it changes.
// Labels stand in a group of their own, above all frames, which readers of screens don't see.

const LEAST = 0.5, MOST_DRAWN = 20000, WIDEST_LEFT_OUT = 4;

// The frames that are drawn, in rising order: the callers of zoomed, then what is inside of it.
let shown = new Uint32Array(0), rows = 0, leastDrawn = LEAST, deepestDrawn = Infinity, inner = data.width - 2 * data.margin;
let boxes, labels, ring, hoverRing, tabStop, held = false, described = 0; // held: a frame has the keyboard
const rects = [], texts = [];
rects.spare = [];
texts.spare = [];
const dark = matchMedia("(prefers-color-scheme: dark)");

// Down to which level not more than MOST_DRAWN of the chosen frames are.
function deepestOf(chosen) {
    if (chosen.length <= MOST_DRAWN) return Infinity;
    const levels = [];
    for (const k of chosen) levels[profile.depth[k]] = (levels[profile.depth[k]] || 0) + 1;
    let level = profile.depth[zoomed];
    for (let sum = levels[level]; sum + levels[level + 1] <= MOST_DRAWN; sum += levels[level]) level++;
    return level;
}

function choose() {
    const { parent, end, depth } = profile, { total } = weights, found = [], last = end[zoomed];
    for (let k = parent[zoomed]; k >= 0; k = parent[k]) found.push(k);
    found.reverse();
    // of the whole as much as the still drawing shows, so that nothing jumps when it is replaced
    const least = zoomed || steps.length ? 0 : data.minWidth / (data.width - 2 * data.margin);
    let chosen = [];
    for (let most = LEAST; most <= WIDEST_LEFT_OUT; most *= 2) {
        const narrow = Math.max(most / inner, least) * total[zoomed];
        chosen = [zoomed];
        for (let k = zoomed + 1; k < last;) {
            if (total[k] >= narrow && total[k] > 0) chosen.push(k++);
            else k = end[k];
        }
        leastDrawn = most;
        if (chosen.length <= MOST_DRAWN) break;
    }
    deepestDrawn = deepestOf(chosen);
    for (const k of chosen) if (depth[k] <= deepestDrawn) found.push(k);
    rows = 0;
    for (const k of found) if (depth[k] >= rows) rows = depth[k] + 1;
    shown = Uint32Array.from(found);
}

// [x, y, width] of a frame in #frames.
function boxOf(k) {
    const row = profile.depth[k], y = (data.inverted ? row : rows - 1 - row) * data.frameHeight;
    if (k < zoomed) return [0, y, inner];
    const scale = inner / (weights.total[zoomed] || 1);
    return [(weights.start[k] - weights.start[zoomed]) * scale, y, weights.total[k] * scale];
}

function put(element, key, value) {
    const was = element.was || (element.was = {});
    if (was[key] === value) return;
    was[key] = value;
    element.setAttribute(key, value);
}

const rounded = (value) => Math.round(value * 100) / 100;

function classOf(k, matched) {
    const kind = kindOf(k)[0];
    return (data.classes ? "p" + paintOf(k) : "") + (kind === "k" ? " k" : kind === "p" ? " c" : "") +
        (matched ? " match" : "") + (k < zoomed ? " faded" : "") + (attributesOf(k).class ? " " + attributesOf(k).class : "");
}

function fillOf(k) {
    const paint = profile.paints[paintOf(k)];
    return "#" + (dark.matches && data.dark ? paint.dark : paint.light).toString(16).padStart(6, "0");
}

function drawFrame(i, k) {
    const rect = elementAt(rects, i, boxes, "rect", { role: "treeitem", tabindex: -1, height: Math.max(data.frameHeight - 1, 1) });
    const [x, y, width] = boxOf(k), kind = classOf(k, k > 0 && matches[profile.id[k]]);
    rect.k = k;
    put(rect, "x", rounded(x));
    put(rect, "y", y);
    put(rect, "width", rounded(Math.max(width, 0.1)));
    put(rect, "class", kind);
    if (!data.classes) put(rect, "fill", fillOf(k));
    const style = attributesOf(k).style || "";
    if (style || rect.was.style) put(rect, "style", style);
    return [x, y, width, kind];
}

function drawLabel(i, k, label, x, y, kind) {
    const text = elementAt(texts, i, labels, "text", {});
    if (!text.firstChild) text.append("");
    text.k = k;
    put(text, "x", rounded(x + data.fontSize / 4));
    put(text, "y", rounded(y + data.frameHeight / 2 + data.fontSize * 0.28));
    put(text, "class", kind);
    if (text.firstChild.data !== label) text.firstChild.data = label;
}

// Element number i of pool, in parent: one that was there, else a new one.
function elementAt(pool, i, parent, name, attributes) {
    if (i < pool.length) return pool[i];
    return pool[i] = pool.spare.length ? parent.appendChild(pool.spare.pop()) : addElement(parent, name, attributes);
}

function cutPool(pool, length) {
    while (pool.length > length) {
        pool[pool.length - 1].remove();
        pool.spare.push(pool.pop());
    }
}

function draw() {
    if (!boxes) begin();
    choose();
    let labelled = 0;
    for (let i = 0; i < shown.length; i++) {
        const k = shown[i], [x, y, width, kind] = drawFrame(i, k);
        if (!data.labels || width < 2 * data.fontSize) continue;
        const style = / match/.test(kind) || / c/.test(kind) ? "600" : / k/.test(kind) ? "italic" : "";
        const label = fitName(nameOf(k), width - data.fontSize / 2, measure(style));
        if (label) drawLabel(labelled++, k, label, x, y, kind);
    }
    cutPool(rects, shown.length);
    cutPool(texts, labelled);
    const height = rows * data.frameHeight, whole = data.head + height + data.foot;
    put(frames, "height", height);
    put(frames, "width", inner);
    put(svg, "height", whole);
    put(svg, "viewBox", "0 0 " + (inner + 2 * data.margin) + " " + whole);
    if (focused >= 0 && placeOf(focused) < 0) focused = zoomed;
    showRing(ring, focused);
    setTabStop();
    showDetails(-1);
    put(boxes, "aria-busy", true);
    clearTimeout(described);
    described = setTimeout(describe, 50);
}

// The still drawing makes way.
function begin() {
    frames.replaceChildren();
    boxes = addElement(frames, "g", { role: "tree", "aria-label": svg.querySelector("title").textContent });
    labels = addElement(frames, "g", { "aria-hidden": "true" });
    hoverRing = addElement(frames, "rect", { class: "ring" });
    ring = addElement(frames, "rect", { class: "ring focused" });
    svg.classList.add("live");
    if (data.searchColor) svg.style.setProperty("--found", data.searchColor);
}

// Where a frame stands in shown, or -1.
function placeOf(k) {
    let from = 0, to = shown.length;
    while (from < to) {
        const middle = (from + to) >> 1;
        if (shown[middle] < k) from = middle + 1;
        else to = middle;
    }
    return shown[from] === k ? from : -1;
}

function showRing(which, k) {
    which.style.display = k >= 0 && placeOf(k) >= 0 ? "" : "none";
    if (which.style.display) return;
    const [x, y, width] = boxOf(k);
    for (const [key, value] of [["x", x], ["y", y], ["width", Math.max(width, 1)], ["height", data.frameHeight - 1]]) put(which, key, rounded(value));
}

// What readers of screens are told, once the picture stands, or the keyboard comes.
function describeFrame(rect) {
    put(rect, "aria-level", profile.depth[rect.k] + 1);
    put(rect, "aria-label", nameOf(rect.k) + ", " + percentText(weights.total[rect.k], weights.total[0]));
}

function describe() {
    rects.forEach(describeFrame);
    put(boxes, "aria-busy", false);
}

// One frame can be reached by Tab. Elements change their frames: the keyboard stays with the frame.
function setTabStop() {
    const before = tabStop;
    tabStop = rects[placeOf(focused < 0 ? zoomed : focused)];
    if (before === tabStop) return;
    if (before) put(before, "tabindex", -1);
    put(tabStop, "tabindex", 0);
    describeFrame(tabStop);
    if (held) tabStop.focus({ preventScroll: true });
}
