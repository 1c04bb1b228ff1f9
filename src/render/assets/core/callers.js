// callers.js: who calls a function, as a profile like any other; listed in trees.js.

function callersProfile(profile, event, id) {
    const { parent: up, id: ids, deltas } = profile, { total } = weigh(profile, event.self), ranks = ranksOf(profile);
    const changes = deltas && totalDeltas(profile), parent = [-1], depth = [0], names = [NO_NAME], self = [0], changed = [0];
    // nodes to be made: members are the profile's nodes that one stands for, each with its weight
    // and by how much that changed
    const todo = [{ name: id, above: 0, members: occurrences(profile, id).map((k) => [k, total[k], changes ? changes[k] : 0]) }];
    while (todo.length) {
        const { name, above, members } = todo.pop(), k = parent.push(above) - 1, callers = new Map();
        let own = 0, ownChange = 0;
        for (const [node, weight, change] of members) {
            const p = up[node], equal = callers.get(ids[p]);
            if (p <= 0) {
                own += weight;
                ownChange += change;
            } else if (equal) equal.push([p, weight, change]);
            else callers.set(ids[p], [[p, weight, change]]);
        }
        depth.push(depth[above] + 1);
        names.push(name);
        self.push(own);
        changed.push(ownChange);
        for (const [caller, theirs] of [...callers].sort((a, b) => ranks[b[0]] - ranks[a[0]])) todo.push({ name: caller, above: k, members: theirs });
    }
    const n = parent.length, end = Uint32Array.from(parent, (p, k) => k + 1);
    for (let k = n - 1; k > 0; k--) end[parent[k]] = Math.max(end[parent[k]], end[k]);
    return {
        ...profile, n, parent: Int32Array.from(parent), depth: Int32Array.from(depth), end, id: Uint32Array.from(names),
        events: [{ unit: event.unit, samples: null, self: Float64Array.from(self) }], deltas: deltas && Float64Array.from(changed), from: null,
    };
}
