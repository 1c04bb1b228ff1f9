// frames.js: every frame of a profile, from the columns that stand in the file.
//
// docs/formats/columns.md has the layout; src/render/columns.c writes it. A profile is
//
//     n         nodes, in pre-order; node 0 is the whole
//     parent[n], depth[n]   of the root -1 and 0
//     end[n]    the subtree of k is the nodes from k to before end[k]
//     id[n]     number of the frame's name; of the root NO_NAME
//     names     [count] distinct frames: name, kinds[count] an index into KINDS, and objectOf[count]
//               an index into objects, -1: not known; paintOf[count] an index into paints
//     paints    [{light, dark}], colours as 0xrrggbb
//     events    [{unit, self[n], samples[n] or null}]: self is in units of unit
//     deltas    Float64Array(n), against another profile, or null
//
// and is never changed. What is drawn, searched and summed is a view of it: see weigh().

const KINDS = ["process", "user", "kernel", "JIT", "inlined", "unknown"];
const NO_NAME = 0xffffffff;

// An array of whole numbers up to most, as narrow as can be.
function arrayUpTo(most, length) {
    return most < 0x100 ? new Uint8Array(length) : most < 0x10000 ? new Uint16Array(length) : new Uint32Array(length);
}

// Numbers and lines, one behind the other. Numbers are exact below 2^53.
class Reader {
    constructor(bytes) {
        this.bytes = bytes;
        this.at = 0;
    }
    number() {
        const bytes = this.bytes;
        let byte = bytes[this.at++];
        if (byte < 128) return byte;
        let value = byte & 127, factor = 128;
        do {
            byte = bytes[this.at++];
            value += (byte & 127) * factor;
            factor *= 128;
        } while (byte >= 128);
        return value;
    }
    // zigzag
    signed() {
        const value = this.number();
        return value % 2 ? -(value + 1) / 2 : value / 2;
    }
    fill(array) {
        const bytes = this.bytes;
        for (let i = 0; i < array.length; i++) array[i] = bytes[this.at] < 128 ? bytes[this.at++] : this.number();
        return array;
    }
    lines(count) {
        if (count === 0) return [];
        let end = this.at;
        for (let i = 0; i < count; i++) end = this.bytes.indexOf(10, end) + 1;
        const text = new TextDecoder().decode(this.bytes.subarray(this.at, end - 1));
        this.at = end;
        return text.split("\n");
    }
}

function readEvent(reader, n) {
    const unit = reader.number(), self = reader.fill(new Float64Array(n)), kind = reader.number();
    // 0: weights alone; 1: a unit is a sample; 2: samples stand by themselves
    return { unit, self, samples: kind === 0 ? null : kind === 1 ? self : reader.fill(new Float64Array(n)) };
}

function readProfile(bytes) {
    const reader = new Reader(bytes);
    if (reader.number() !== 1) throw new Error("columns of another version");
    const n = reader.number(), count = reader.number(), eventCount = reader.number(), compared = reader.number();
    const pops = reader.fill(new Uint32Array(n - 1)), parent = new Int32Array(n), end = new Uint32Array(n).fill(n);
    let level = 0, deepest = 0;
    for (let k = 1; k < n; k++) deepest = Math.max(deepest, level += 1 - pops[k - 1]);
    const depth = arrayUpTo(deepest, n), path = new Uint32Array(deepest + 1);
    parent[0] = -1;
    level = 0;
    for (let k = 1; k < n; k++) {
        for (const above = level - pops[k - 1]; level > above; level--) end[path[level]] = k;
        parent[k] = path[level];
        path[depth[k] = ++level] = k;
    }
    const id = new Uint32Array(n);
    id[0] = NO_NAME;
    reader.fill(id.subarray(1));
    const events = [];
    for (let e = 0; e < eventCount; e++) events.push(readEvent(reader, n));
    const deltas = compared ? new Float64Array(n) : null;
    for (let k = 0; compared && k < n; k++) deltas[k] = reader.signed();
    const kinds = reader.fill(new Uint8Array(count)), objectCount = reader.number();
    const objectOf = reader.fill(new Int32Array(count)).map((object) => object - 1);
    const paintOf = reader.fill(new Uint32Array(count)), paints = [];
    for (let p = reader.number(); p > 0; p--) paints.push({ light: reader.number(), dark: reader.number() });
    const names = reader.lines(count), objects = reader.lines(objectCount);
    return { n, parent, depth, end, id, names, kinds, objectOf, objects, paintOf, paints, events, deltas };
}

// Where frames lie: total[k], and start[k] from the left, in the unit of self. A node's own weight
// lies to the left of its children.
function weigh(profile, self) {
    const { n, parent } = profile, total = self.slice(), start = new Float64Array(n);
    for (let k = n - 1; k > 0; k--) total[parent[k]] += total[k];
    const next = new Float64Array(n); // where a node's next child begins
    next[0] = self[0];
    for (let k = 1; k < n; k++) {
        const p = parent[k];
        start[k] = next[p];
        next[p] += total[k];
        next[k] = start[k] + self[k];
    }
    return { self, total, start };
}
