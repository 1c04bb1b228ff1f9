// trees.js: other trees made of a profile (frames.js). Pure functions: what goes in isn't changed.
//
// Profiles again, for all that reads profiles. id is a name's number:
//     focus(profile, id)       only the stacks that go through the function
//     hideStacks(profile, id)  without the stacks that go through it
//     hideFrame(profile, id)   without its frames: what they called is called by their callers
//     collapse(profile)        a function that calls itself directly is one frame: a;f;f;b is a;f;b
//     callersProfile(profile, event, id)  node 1 is the function, below it stand its callers; self
//                              is what the stacks weigh that begin there, deltas by how much more; of
//                              the one event
// Siblings that become equal are merged, and stand in the order of names. All but the last have a
// member more, from[n]: of the first profile's nodes the ones at which their stacks end now, -1: they
// are gone. The last has from null.
//
// Sums of weights, as weigh() gives them:
//     functionTotals(profile, weights)   {self, total} by name, recursion counted once
//     occurrences(profile, id)           the function's topmost nodes: their totals are its total
//     totalDeltas(profile)               deltas with those of all that is below
//
// Trees whose nodes are made when they are asked for, so that making one costs next to nothing:
//     bottomUp(profile, self)            below the root the leaves, below each its callers
//     callersOf(profile, weights, id)    the root is the function, below it its callers
//     calleesOf(profile, weights, id)    ... what it calls, from all its topmost nodes together
//     flatTree(profile, weights)         the profile itself, as such a tree
// A tree's nodes are numbers, 0 is the root; nodes are asked by
//     first(k), next(k)    first child and next sibling, -1: none
//     nameOf(k), parentOf(k), depthOf(k), totalOf(k), startOf(k), selfOf(k)
//     deltaOf(k)           of two profiles: in flatTree() by how much more the stacks weigh that end
//                          at k, in the others by how much more all that totalOf(k) counts
//     waiting(k)           whether first(k) will have to make them
//     work                 how many nodes were looked at to make what was asked for: for budgets

// Where each name stands when names are sorted; two of the same name by kind. Kept by the list.
const RANKS = new WeakMap();
function ranksOf({ names, kinds }) {
    let ranks = RANKS.get(names);
    if (ranks) return ranks;
    const order = Array.from(names.keys()).sort((a, b) => names[a] < names[b] ? -1 : names[a] > names[b] ? 1 : kinds[a] - kinds[b]);
    ranks = new Uint32Array(names.length);
    order.forEach((id, rank) => ranks[id] = rank);
    RANKS.set(names, ranks);
    return ranks;
}

const DROP = 0, KEEP = 1, JOIN = 2;

// The profile of the nodes k with fate[k] KEEP; those that JOIN become part of their parent. lost:
// kept nodes whose own stacks are gone nevertheless.
function rebuild(profile, fate, lost) {
    const { n, parent, id } = profile, ranks = ranksOf(profile);
    const target = new Int32Array(n).fill(-1); // numbers of the nodes as they are made
    const made = new Uint32Array(n), up = new Int32Array(n);
    const first = new Int32Array(n).fill(-1), last = new Int32Array(n).fill(-1), next = new Int32Array(n).fill(-1);
    const children = new Map(); // of nodes that may be given equal children: by name
    const childrenOf = (t) => {
        if (children.has(t)) return children.get(t);
        const byName = new Map();
        for (let c = first[t]; c >= 0; c = next[c]) byName.set(id[made[c]], c);
        children.set(t, byName);
        return byName;
    };
    let count = 1;
    target[0] = 0;
    for (let k = 1; k < n; k++) {
        const p = fate[k] === DROP ? -1 : target[parent[k]];
        if (p < 0) continue;
        if (fate[k] === JOIN) {
            childrenOf(p);
            target[k] = p;
            continue;
        }
        const byName = children.get(p), equal = byName && byName.get(id[k]);
        if (equal !== undefined) {
            childrenOf(equal);
            target[k] = equal;
            continue;
        }
        const t = target[k] = count++;
        made[t] = k;
        up[t] = p;
        if (byName) byName.set(id[k], t);
        if (first[p] < 0) first[p] = t;
        else next[last[p]] = t;
        last[p] = t;
    }
    for (const [t, byName] of children) {
        const sorted = [...byName].sort((a, b) => ranks[a[0]] - ranks[b[0]]);
        let before = -1;
        for (const [, c] of sorted) {
            if (before < 0) first[t] = c;
            else next[before] = c;
            next[before = c] = -1;
        }
    }
    const out = { parent: new Int32Array(count), depth: new Int32Array(count), end: new Uint32Array(count), id: new Uint32Array(count) };
    const place = new Int32Array(count);
    out.parent[0] = -1;
    out.id[0] = NO_NAME;
    for (let t = 0, k = 0; ;) {
        place[t] = k;
        if (t) {
            out.parent[k] = place[up[t]];
            out.depth[k] = out.depth[out.parent[k]] + 1;
            out.id[k] = id[made[t]];
        }
        k++;
        if (first[t] >= 0) {
            t = first[t];
            continue;
        }
        while (t && next[t] < 0) {
            out.end[place[t]] = k;
            t = up[t];
        }
        out.end[place[t]] = k;
        if (!t) break;
        t = next[t];
    }
    for (let k = 0; k < n; k++) target[k] = target[k] < 0 || (lost && lost[k]) ? -1 : place[target[k]];
    return derive(profile, count, out, target);
}

// A profile of count nodes whose node to[k] has what ended at k.
function derive(profile, count, tree, to) {
    const sum = (self) => {
        const out = new Float64Array(count);
        for (let k = 0; k < to.length; k++) if (to[k] >= 0) out[to[k]] += self[k];
        return out;
    };
    const events = profile.events.map((event) => {
        const self = sum(event.self);
        return { ...event, self, samples: event.samples === event.self ? self : event.samples && sum(event.samples) };
    });
    return {
        ...profile, ...tree, n: count, events, deltas: profile.deltas && sum(profile.deltas),
        from: profile.from ? profile.from.map((k) => k < 0 ? -1 : to[k]) : to,
    };
}

function focus(profile, id) {
    const fate = new Uint8Array(profile.n), lost = new Uint8Array(profile.n).fill(1);
    for (const k of occurrences(profile, id)) {
        fate.fill(KEEP, k, profile.end[k]);
        lost.fill(0, k, profile.end[k]);
        for (let p = profile.parent[k]; p > 0 && !fate[p]; p = profile.parent[p]) fate[p] = KEEP;
    }
    return rebuild(profile, fate, lost);
}

function hideStacks(profile, id) {
    const { n, end, parent, events, deltas } = profile, fate = new Uint8Array(n).fill(KEEP), used = new Uint8Array(n);
    for (const k of occurrences(profile, id)) fate.fill(DROP, k, end[k]);
    // what called nothing else goes, too
    for (let k = n - 1; k > 0; k--) {
        if (fate[k] === DROP) continue;
        if (used[k] || end[k] === k + 1 || (deltas && deltas[k]) || events.some((event) => event.self[k])) used[parent[k]] = 1;
        else fate[k] = DROP;
    }
    return rebuild(profile, fate);
}

// Without the nodes that joins(k) tells.
function joined(profile, joins) {
    const fate = new Uint8Array(profile.n).fill(KEEP);
    for (let k = 1; k < profile.n; k++) if (joins(k)) fate[k] = JOIN;
    return rebuild(profile, fate);
}

function hideFrame(profile, id) {
    return joined(profile, (k) => profile.id[k] === id);
}

function collapse(profile) {
    const { id, parent } = profile;
    return joined(profile, (k) => id[k] === id[parent[k]]);
}

function occurrences({ n, id: ids, end }, id) {
    const found = [];
    for (let k = 1; k < n; k = ids[k] === id ? end[k] : k + 1) if (ids[k] === id) found.push(k);
    return found;
}

function totalDeltas({ n, parent, deltas }) {
    const total = deltas.slice();
    for (let k = n - 1; k > 0; k--) total[parent[k]] += total[k];
    return total;
}

function functionTotals({ n, id, end, names }, weights) {
    const self = new Float64Array(names.length), total = new Float64Array(names.length);
    const until = new Uint32Array(names.length); // the end of the name's last topmost node
    for (let k = 1; k < n; k++) {
        const name = id[k];
        self[name] += weights.self[k];
        if (k < until[name]) continue;
        until[name] = end[k];
        total[name] += weights.total[k];
    }
    return { self, total };
}
