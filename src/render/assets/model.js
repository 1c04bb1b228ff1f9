// model.js: the frames as arrays, read once from the table that stands behind the drawing.
//
// Frame k is the k-th child of #frames. start, total and self are weights, all over a common
// divisor; subtree ends before end[k]. lost[k] is the weight inside k of frames that were too
// narrow to be written, so that sums over names can say what they don't know.

const svg = document.currentScript ? document.currentScript.ownerSVGElement : document.documentElement;
const alone = svg === document.documentElement;
const group = svg.getElementById("frames");
const model = readModel();

// null when table and drawing don't agree: the drawing then stays as it is.
function readModel() {
    const rows = data.frames.split(" "), nodes = Array.from(group.children), n = rows.length;
    if (nodes.length !== n) return null;
    const model = {
        n, nodes,
        start: new Float64Array(n), total: new Float64Array(n), self: new Float64Array(n),
        lost: new Float64Array(n), end: new Uint32Array(n), parent: new Int32Array(n),
        names: new Array(n), index: new Map(),
    };
    const path = [];
    let start = 0;
    for (let k = 0; k < n; k++) {
        const row = rows[k].split(",");
        const value = (i) => parseInt(row[i] || "0", 36);
        for (let pop = value(0); pop > 0; pop--) model.end[path.pop()] = k;
        const parent = path.length ? path[path.length - 1] : -1;
        start += value(1);
        model.start[k] = start;
        model.total[k] = value(2);
        model.self[k] = value(3);
        model.lost[k] += model.total[k] - model.self[k];
        if (parent >= 0) model.lost[parent] -= model.total[k];
        model.parent[k] = parent;
        model.index.set(nodes[k], k);
        path.push(k);
    }
    while (path.length) model.end[path.pop()] = n;
    return model;
}

function tooltip(model, k) {
    return model.nodes[k].firstElementChild.textContent;
}

// The name alone: the numbers behind it begin at the last " (" but for those of the unit.
function nameOf(model, k) {
    if (model.names[k] === undefined) {
        const text = tooltip(model, k);
        let at = text.length;
        for (let i = 0; i < data.parens; i++) at = text.lastIndexOf(" (", at - 1);
        model.names[k] = text.slice(0, at);
    }
    return model.names[k];
}
