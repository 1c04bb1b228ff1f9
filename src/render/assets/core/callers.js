// callers.js: who calls a function, as a profile like any other; listed in trees.js.

function callersProfile(profile, event, id) {
    const { parent: up, id: ids } = profile, { total } = weigh(profile, event.self), ranks = ranksOf(profile);
    const parent = [-1], depth = [0], names = [NO_NAME], self = [0];
    // nodes to be made: members are the profile's nodes that one stands for, each with its weight
    const todo = [{ name: id, above: 0, members: occurrences(profile, id).map((k) => [k, total[k]]) }];
    while (todo.length) {
        const { name, above, members } = todo.pop(), k = parent.push(above) - 1, callers = new Map();
        let own = 0;
        for (const [node, weight] of members) {
            const p = up[node], equal = callers.get(ids[p]);
            if (p <= 0) own += weight;
            else if (equal) equal.push([p, weight]);
            else callers.set(ids[p], [[p, weight]]);
        }
        depth.push(depth[above] + 1);
        names.push(name);
        self.push(own);
        for (const [caller, theirs] of [...callers].sort((a, b) => ranks[b[0]] - ranks[a[0]])) todo.push({ name: caller, above: k, members: theirs });
    }
    const n = parent.length, end = Uint32Array.from(parent, (p, k) => k + 1);
    for (let k = n - 1; k > 0; k--) end[parent[k]] = Math.max(end[parent[k]], end[k]);
    return {
        ...profile, n, parent: Int32Array.from(parent), depth: Int32Array.from(depth), end, id: Uint32Array.from(names),
        events: [{ unit: event.unit, samples: null, self: Float64Array.from(self) }], deltas: null, from: null,
    };
}
