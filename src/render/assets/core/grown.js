// grown.js: trees whose nodes are made when they are asked for. The functions are listed in trees.js.
//
// Each node of a grown tree stands for members, nodes of the profile: those in which the same path
// of names, from the root of the grown tree on, was seen. Its children are the members' parents
// (callers) or children (callees), put together by name. No member is looked at before its node's
// children are asked for, and nobody asks for the children of what is too narrow to be drawn.

class GrownTree {
    // step(members) gives {at, weight, delta}, the members of all children together; root: the first
    // ones. delta is null where nothing is compared.
    constructor(profile, name, total, delta, root, step) {
        Object.assign(this, { profile, step, work: 0, ranks: ranksOf(profile) });
        this.slots = new Int32Array(profile.names.length);
        this.ids = [name];
        this.parents = [-1];
        this.depths = [0];
        this.totals = [total];
        this.deltas = [delta];
        this.starts = [0];
        this.selfs = [0];
        this.children = [null]; // [first, behind the last]
        this.members = [root];
    }
    nameOf(k) { return this.ids[k]; }
    parentOf(k) { return this.parents[k]; }
    depthOf(k) { return this.depths[k]; }
    totalOf(k) { return this.totals[k]; }
    deltaOf(k) { return this.deltas[k]; }
    startOf(k) { return this.starts[k]; }
    selfOf(k) {
        this.grow(k);
        return this.selfs[k];
    }
    first(k) {
        const [first, last] = this.grow(k);
        return first < last ? first : -1;
    }
    next(k) {
        return k && k + 1 < this.children[this.parents[k]][1] ? k + 1 : -1;
    }
    waiting(k) { return !this.children[k]; }
    grow(k) {
        if (this.children[k]) return this.children[k];
        const { slots, ranks, profile: { id } } = this, { at, weight, delta } = this.step(this.members[k], k), found = [];
        this.work += at.length;
        this.members[k] = null;
        for (const node of at) if (!slots[id[node]]++) found.push(id[node]);
        found.sort((a, b) => ranks[a] - ranks[b]);
        const first = this.ids.length;
        found.forEach((name, i) => {
            const count = slots[name];
            slots[name] = i;
            this.ids.push(name);
            this.parents.push(k);
            this.depths.push(this.depths[k] + 1);
            this.totals.push(0);
            this.deltas.push(0);
            this.selfs.push(0);
            this.children.push(null);
            this.members.push({ at: new Int32Array(count), weight: new Float64Array(count), delta: delta && new Float64Array(count), used: 0 });
        });
        for (let i = 0; i < at.length; i++) {
            const child = first + slots[id[at[i]]], members = this.members[child];
            if (delta) {
                members.delta[members.used] = delta[i];
                this.deltas[child] += delta[i];
            }
            members.at[members.used] = at[i];
            members.weight[members.used++] = weight[i];
            this.totals[child] += weight[i];
        }
        for (const name of found) slots[name] = 0;
        // as in a profile: a node's own weight lies to the left of its children
        let sum = 0;
        for (let c = first; c < first + found.length; c++) sum += this.totals[c];
        let start = this.starts[k] + (this.selfs[k] = Math.max(0, this.totals[k] - sum));
        for (let c = first; c < first + found.length; start += this.totals[c++]) this.starts.push(start);
        return this.children[k] = [first, first + found.length];
    }
}

function stepToCallers({ parent }) {
    return ({ at, weight, delta }) => {
        const callers = new Int32Array(at.length), weights = new Float64Array(at.length), deltas = delta && new Float64Array(at.length);
        let count = 0;
        for (let i = 0; i < at.length; i++) {
            if (parent[at[i]] <= 0) continue;
            if (delta) deltas[count] = delta[i];
            callers[count] = parent[at[i]];
            weights[count++] = weight[i];
        }
        return { at: callers.subarray(0, count), weight: weights.subarray(0, count), delta: deltas };
    };
}

function valuesAt(nodes, values) {
    const theirs = new Float64Array(nodes.length); // Float64Array.from() takes ten times as long
    for (let i = 0; i < nodes.length; i++) theirs[i] = values[nodes[i]];
    return theirs;
}

function membersOf(nodes, weight, delta) {
    return { at: nodes, weight: valuesAt(nodes, weight), delta: delta && valuesAt(nodes, delta) };
}

const sumOf = (values) => values ? values.reduce((sum, value) => sum + value, 0) : 0;

function bottomUp(profile, self) {
    const { n, deltas } = profile, leaves = new Int32Array(n), up = stepToCallers(profile);
    let count = 0, total = 0;
    for (let k = 0; k < n; k++) {
        total += self[k];
        if (k && (self[k] || (deltas && deltas[k]))) leaves[count++] = k;
    }
    return new GrownTree(profile, NO_NAME, total, sumOf(deltas), null,
        (members, k) => k ? up(members) : membersOf(leaves.subarray(0, count), self, deltas));
}

function callersOf(profile, weights, id) {
    const members = membersOf(occurrences(profile, id), weights.total, profile.deltas && totalDeltas(profile));
    return new GrownTree(profile, id, sumOf(members.weight), sumOf(members.delta), members, stepToCallers(profile));
}

function calleesOf(profile, weights, id) {
    const { end } = profile, deltas = profile.deltas && totalDeltas(profile), members = membersOf(occurrences(profile, id), weights.total, deltas);
    return new GrownTree(profile, id, sumOf(members.weight), sumOf(members.delta), members, ({ at }) => {
        const children = [];
        for (const k of at) for (let c = k + 1; c < end[k]; c = end[c]) if (weights.total[c] || (deltas && deltas[c])) children.push(c);
        return membersOf(children, weights.total, deltas);
    });
}

function flatTree(profile, weights) {
    const { parent, depth, end, id, deltas } = profile;
    return {
        work: 0,
        nameOf: (k) => id[k],
        parentOf: (k) => parent[k],
        depthOf: (k) => depth[k],
        totalOf: (k) => weights.total[k],
        deltaOf: (k) => deltas ? deltas[k] : 0,
        startOf: (k) => weights.start[k],
        selfOf: (k) => weights.self[k],
        first: (k) => k + 1 < end[k] ? k + 1 : -1,
        waiting: () => false,
        next: (k) => k && end[k] < end[parent[k]] ? end[k] : -1,
    };
}
