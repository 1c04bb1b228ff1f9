// trees.js: the trees that a picture's script makes of a profile, against the same made from the
// stacks one by one. Needs nothing but node.
//
//     node trees.js FOLDER   with frames.js, trees.js, callers.js and grown.js (src/render/assets/core)
"use strict";

const fs = require("fs");
const path = require("path");

const MADE = ["weigh", "focus", "hideStacks", "hideFrame", "collapse", "callersProfile", "functionTotals", "occurrences",
    "bottomUp", "callersOf", "calleesOf", "flatTree", "NO_NAME"];
const source = ["frames.js", "trees.js", "callers.js", "grown.js"].map((name) => fs.readFileSync(path.join(process.argv[2], name), "utf8")).join("\n");
const made = new Function("\"use strict\";" + source + "\nreturn {" + MADE + "};")();

let failures = 0, checks = 0;
function same(claim, found, expected) {
    checks++;
    const [a, b] = [found, expected].map((value) => JSON.stringify(value));
    if (a === b || failures++ > 5) return;
    console.log("FAILED  " + claim + "\n   found    " + a + "\n   expected " + b);
}

// Numbers that are the same in every run.
let seed = 1;
function random(below) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % below;
}

// "d" is there twice, of two kinds; numbers are not in the order of names.
const NAMES = ["c", "a", "d", "b", "d"], KINDS = [1, 2, 2, 1, 1], ORDER = [1, 3, 0, 4, 2];

// A trie of stacks [[ids], weight, samples]: nodes as a profile has them.
function profileOf(stacks) {
    const root = { id: made.NO_NAME, self: 0, samples: 0, children: new Map() };
    for (const [ids, weight, samples] of stacks) {
        let at = root;
        for (const id of ids) {
            if (!at.children.has(id)) at.children.set(id, { id, self: 0, samples: 0, children: new Map() });
            at = at.children.get(id);
        }
        at.self += weight;
        at.samples += samples;
    }
    const parent = [], depth = [], end = [], id = [], self = [], samples = [];
    (function put(node, up, level) {
        const k = parent.push(up) - 1;
        depth.push(level);
        id.push(node.id);
        self.push(node.self);
        samples.push(node.samples);
        for (const name of ORDER) if (node.children.has(name)) put(node.children.get(name), k, level + 1);
        end[k] = parent.length;
    })(root, -1, 0);
    return {
        n: parent.length, parent: Int32Array.from(parent), depth: Int32Array.from(depth), end: Uint32Array.from(end), id: Uint32Array.from(id),
        names: NAMES, kinds: KINDS, deltas: Float64Array.from(samples),
        events: [{ unit: 3, self: Float64Array.from(self), samples: Float64Array.from(samples) }],
    };
}

function told(profile) {
    const { n, parent, depth, end, id, events } = profile;
    return { n, parent: [...parent], depth: [...depth], end: [...end], id: [...id], self: [...events[0].self] };
}

// A tree as {path: [total, start]}, of all that weighs something.
function paths(tree) {
    const out = {};
    (function put(k, text) {
        out[text] = [tree.totalOf(k), tree.startOf(k), tree.selfOf(k)];
        let before = k;
        for (let c = tree.first(k); c >= 0; before = c, c = tree.next(c)) {
            same("a child knows where it is", [tree.parentOf(c), tree.depthOf(c)], [k, tree.depthOf(k) + 1]);
            if (tree.totalOf(c)) put(c, text + ";" + tree.nameOf(c));
        }
        return before;
    })(0, "");
    return out;
}

const pathsOf = (stacks) => {
    const profile = profileOf(stacks);
    return paths(made.flatTree(profile, made.weigh(profile, profile.events[0].self)));
};

// A tree as {path: by how much more it weighs}, and the same of stacks; of each, sorted.
function changes(tree) {
    const out = [];
    (function put(k, text) {
        out.push([text, tree.deltaOf(k)]);
        for (let c = tree.first(k); c >= 0; c = tree.next(c)) put(c, text + ";" + tree.nameOf(c));
    })(0, "");
    return out.sort();
}
function changesOf(stacks) {
    const out = new Map([["", 0]]);
    for (const [ids, , delta] of stacks) {
        let text = "";
        out.set("", out.get("") + delta);
        for (const id of ids) out.set(text += ";" + id, (out.get(text) || 0) + delta);
    }
    return [...out].sort();
}

// A stack from its first frame of the name on; before that, leaf first.
const above = (stacks, id) => stacks.filter(([ids]) => ids.includes(id)).map(([ids, ...rest]) => [ids.slice(ids.indexOf(id)), ...rest]);
const callers = (stacks, id) => stacks.filter(([ids]) => ids.includes(id)).map(([ids, ...rest]) => [ids.slice(0, ids.indexOf(id) + 1).reverse(), ...rest]);
const collapsed = (stacks) => stacks.map(([ids, ...rest]) => [ids.filter((id, i) => id !== ids[i - 1]), ...rest]);
const without = (stacks, id) => stacks.map(([ids, ...rest]) => [ids.filter((name) => name !== id), ...rest]);

// A grown tree's root is the function; that of a profile of the same stacks is the whole above it.
const below = (all, id) => Object.fromEntries(Object.entries(all).filter(([text]) => text.startsWith(";" + id))
    .map(([text, value]) => [text.slice(2), value]));

for (let round = 0; round < 400; round++) {
    const stacks = Array.from({ length: 1 + random(12) }, () =>
        [Array.from({ length: random(7) }, () => random(NAMES.length)), random(9), 1 + random(3)]);
    const profile = profileOf(stacks), self = profile.events[0].self, weights = made.weigh(profile, self), before = JSON.stringify(told(profile));
    const id = random(NAMES.length), second = random(NAMES.length);
    const edits = {
        focus: [made.focus, (from, name) => from.filter(([ids]) => ids.includes(name))],
        hideStacks: [made.hideStacks, (from, name) => from.filter(([ids]) => !ids.includes(name))],
        hideFrame: [made.hideFrame, without],
        collapse: [made.collapse, collapsed],
    };
    for (const [name, [edit, expected]] of Object.entries(edits)) {
        const found = edit(profile, id), wanted = profileOf(expected(stacks, id));
        same(name, told(found), told(wanted));
        same(name + " carries samples", [...found.events[0].samples], [...wanted.events[0].samples]);
        same(name + " carries differences", [...found.deltas], [...wanted.deltas]);
        for (const [again, [edit2, expected2]] of Object.entries(edits)) {
            const twice = edit2(found, second);
            same(name + ", then " + again, told(twice), told(profileOf(expected2(expected(stacks, id), second))));
            const sum = new Float64Array(twice.n);
            twice.from.forEach((to, k) => to >= 0 && (sum[to] += self[k]));
            same(name + ", then " + again + ": from", [...sum], [...twice.events[0].self]);
        }
    }
    const calling = made.callersProfile(profile, profile.events[0], id), wanted = profileOf(callers(stacks, id).length ? callers(stacks, id) : [[[id], 0, 0]]);
    same("callersProfile", told(calling), told(wanted));
    same("callersProfile carries differences", [...calling.deltas], [...wanted.deltas]);
    same("bottomUp", paths(made.bottomUp(profile, self)), pathsOf(stacks.map(([ids, ...rest]) => [[...ids].reverse(), ...rest])));
    same("bottomUp: differences", changes(made.bottomUp(profile, self)), changesOf(stacks.map(([ids, ...rest]) => [[...ids].reverse(), ...rest])));
    const alone = made.bottomUp({ ...profile, deltas: null }, self);
    same("bottomUp: of one profile", changes(alone).every(([, delta]) => delta === 0), true);
    const totals = made.functionTotals(profile, weights);
    NAMES.forEach((_, name) => {
        const through = stacks.filter(([ids]) => ids.includes(name)).reduce((sum, [, weight]) => sum + weight, 0);
        const ends = stacks.filter(([ids]) => ids[ids.length - 1] === name).reduce((sum, [, weight]) => sum + weight, 0);
        same("functionTotals", [totals.total[name], totals.self[name]], [through, ends]);
        if (!through) return;
        const shifted = (all) => Object.values(all).map(([total, , own]) => [total, own]);
        for (const [claim, tree, expected] of [["callersOf", made.callersOf(profile, weights, name), callers(stacks, name)],
            ["calleesOf", made.calleesOf(profile, weights, name), above(stacks, name)]]) {
            const found = paths(tree), wanted = below(pathsOf(expected), name);
            same(claim + ": paths", Object.keys(found), Object.keys(wanted));
            same(claim + ": weights", shifted(found), shifted(wanted));
            same(claim + ": its total", tree.totalOf(0), through);
            same(claim + ": differences", changes(tree), changesOf(expected.map(([ids, ...rest]) => [ids.slice(1), ...rest])));
        }
    });
    same("the profile is as it was", JSON.stringify(told(profile)), before);
}
console.log(failures ? failures + " of " + checks + " checks failed" : "ok      " + checks + " checks of trees made of random stacks");
process.exit(failures ? 1 : 0);
