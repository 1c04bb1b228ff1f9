// zoom.js: give the whole width to one frame.
//
// Frames inside it are laid out again from their exact weights; its callers become full-width and
// faded; everything else is hidden. zoomed is that frame, 0 for the whole picture.

let zoomed = 0, inner = data.width - 2 * data.margin;

// What the page shows now, so that only what changes is written: the frame that positions are for,
// and of each frame whether it is HIDDEN, WHOLE (a caller of that frame) or PLACED.
const HIDDEN = 0, WHOLE = 1, PLACED = 2;
let placedFor = 0;
const states = new Uint8Array(model ? model.n : 0).fill(PLACED);

function boxOf(k) {
    const scale = inner / model.total[zoomed];
    if (states[k] === WHOLE) return [0, inner];
    return [(model.start[k] - model.start[zoomed]) * scale, model.total[k] * scale];
}

function setState(k, state) {
    const node = model.nodes[k];
    if ((state === HIDDEN) !== (states[k] === HIDDEN)) node.style.display = state === HIDDEN ? "none" : "";
    if ((state === WHOLE) !== (states[k] === WHOLE)) node.classList.toggle("faded", state === WHOLE);
    states[k] = state;
}

function layOut() {
    const last = model.end[zoomed], least = zoomed ? 0.1 / inner * model.total[zoomed] : 0;
    const callers = new Set();
    for (let k = model.parent[zoomed]; k >= 0; k = model.parent[k]) callers.add(k);
    for (let k = 0; k < model.n; k++) {
        const inside = k >= zoomed && k < last && model.total[k] >= least;
        setState(k, inside ? PLACED : callers.has(k) ? WHOLE : HIDDEN);
        if (states[k] === HIDDEN) continue;
        const [x, w] = boxOf(k);
        if (placedFor !== zoomed) {
            const rect = model.nodes[k].children[1];
            rect.setAttribute("x", x / inner * 100 + "%");
            rect.setAttribute("width", w / inner * 100 + "%");
        }
        label(k, x, w);
    }
    placedFor = zoomed;
}

function zoom(k) {
    if (k === zoomed) return;
    zoomed = k;
    layOut();
    resetButton.style.display = k ? "" : "none";
    showMatched();
    showDetails(hovered);
}
