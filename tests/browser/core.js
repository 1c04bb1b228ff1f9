// core.js: the scripts that pictures and pages share, in plain node.
//
//     node core.js ASSETS PICTURE.svg PICTURE.folded LABELS.txt
//
// The profile that is decoded is the one in a picture that the program drew; what is expected comes
// from the stacks that the program wrote as text.
"use strict";

const fs = require("fs");

const { columnsOf, loadCore } = require("./core_files.js");

const [assets, picture, folded, labels] = process.argv.slice(2);
let failures = 0;

function check(claim, holds, found) {
    if (!holds) failures++;
    console.log((holds ? "ok      " : "FAILED  ") + claim + (holds || found === undefined ? "" : ": " + JSON.stringify(found)));
}

function same(claim, found, wanted) {
    check(claim, JSON.stringify(found) === JSON.stringify(wanted), [found, wanted]);
}

const core = loadCore(assets);

// Folded stacks as [names, weight].
function readFolded(file) {
    return fs.readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => {
        const at = line.lastIndexOf(" ");
        return [line.slice(0, at).split(";"), Number(line.slice(at + 1))];
    });
}

function shownName(name) {
    return name.replace(/_\[[kjiw]\]$/, "");
}

async function decoding() {
    const profile = core.readProfile(await core.inflate(columnsOf(picture)));
    const { self, unit } = profile.events[0], weights = core.weigh(profile, self);
    const stacks = readFolded(folded), sum = stacks.reduce((all, [, weight]) => all + weight, 0);
    same("the whole weighs what the stacks weigh", weights.total[0] * unit, sum);

    const nameOf = (k) => profile.names[profile.id[k]], found = new Map();
    for (let k = 1; k < profile.n; k++) {
        if (!self[k]) continue;
        const names = [];
        for (let p = k; p > 0; p = profile.parent[p]) names.unshift(nameOf(p));
        const key = names.join(";");
        found.set(key, (found.get(key) || 0) + self[k] * unit);
    }
    const wanted = new Map();
    for (const [names, weight] of stacks) {
        const key = names.map(shownName).join(";");
        wanted.set(key, (wanted.get(key) || 0) + weight);
    }
    const wrong = [...wanted].find(([key, weight]) => found.get(key) !== weight);
    check("every stack is there with its weight", !wrong && found.size === wanted.size, [wrong, found.size, wanted.size]);

    let nested = true, levels = true;
    for (let k = 1; k < profile.n; k++) {
        const p = profile.parent[k];
        nested = nested && weights.start[k] >= weights.start[p] && weights.start[k] + weights.total[k] <= weights.start[p] + weights.total[p];
        levels = levels && profile.depth[k] === profile.depth[p] + 1 && profile.end[k] <= profile.end[p] && profile.end[k] > k;
    }
    check("frames lie inside of their parents", nested);
    check("depths and ends agree with parents", levels);
    return [profile, weights, stacks, sum];
}

function searching(profile, weights, stacks, sum) {
    const { unit } = profile.events[0];
    const share = (text) => core.matchedWeight(profile, weights, core.matchNames(profile, core.compileTerm(text)), 0) * unit;
    const expected = (pattern) => stacks.filter(([names]) => names.some((name) => pattern.test(shownName(name)))).reduce((all, [, weight]) => all + weight, 0);
    for (const text of ["a", "^[a-m]", "alloc|free", "sys", "main", "_"])
        same("search " + text + ": exactly the stacks that have it", share(text), expected(new RegExp(text, "i")));
    same("search .: everything", share("."), sum);
    same("search for what is nowhere: nothing", share("no such name"), 0);
    // Inside of each child of the root: the sum over children and the whole agree.
    const matches = core.matchNames(profile, core.compileTerm("a"));
    let parts = 0;
    for (let k = 1; k < profile.n; k = profile.end[k]) parts += core.matchedWeight(profile, weights, matches, k);
    same("what matches in the parts is what matches in the whole", parts * unit, share("a"));

    const test = (term, name) => core.compileTerm(term).test(name);
    check("small letters find all", test("main", "Main") && test("main", "main"));
    check("a capital finds itself alone", test("Main", "Main") && !test("Main", "main"));
    check("an escape's capital is none", test("ma\\Wn", "MA-N"));
    for (const bad of ["operator()(", "[", "*", "a{2", "\\", "(?<", "a)b"]) {
        check("the bad expression " + bad + " is literal text", test(bad, "x" + bad + "y") && !test(bad, "xy"));
    }
    check("an escape that only old expressions have works", test("a\\-b", "a-b"));
    // As RegExp has it, and at once where RegExp would take longer than anybody lives.
    const names = ["", "foo", "std::foo::bar", "a::b(c)", "operator delete[]", "\u00e9t\u00e9 x", "aaa!", "xyz1"];
    for (const term of ["(\\w+::)+b", "o{2}|z\\d", "^(a|b)*!?$", "\\b(f|b)\\w{2,}\\b", "[^:]+:+[a-f]*", ".+\\(.*\\)$", "(x?y?z?){2,3}\\d", "\\B.\\B.+e"])
        check("the expression " + term + " finds what it means", names.every((name) => test(term, name) === new RegExp(term, "iu").test(name)));
    for (const [term, name] of [["(a+)+$", "a".repeat(60) + "!"], ["(.+)+z", "x".repeat(65535)], ["(a|a)(a|a)*b", "a".repeat(99)], ["\\w+!", "w".repeat(65535)], ["(?=(a+)+b)", "a".repeat(60)]])
        check("the expression " + term + " doesn't take forever", !test(term, name));
    check("no term matches nothing", core.compileTerm("") === null && !core.matchNames(profile, null).some(Boolean));
}

// A profile of stacks in the order given, so that names may come twice among siblings.
function profileOf(stacks) {
    const profile = { n: 1, parent: [-1], depth: [0], end: [], id: [0xffffffff], names: [] };
    const self = [0];
    for (const stack of stacks) {
        let at = 0;
        for (const name of stack) {
            if (!profile.names.includes(name)) profile.names.push(name);
            profile.parent.push(at);
            profile.depth.push(profile.depth[at] + 1);
            profile.id.push(profile.names.indexOf(name));
            self.push(0);
            at = profile.n++;
        }
        self[at] = 1;
    }
    for (let k = profile.n - 1; k >= 0; k--) {
        profile.end[k] = Math.max(profile.end[k] || 0, k + 1);
        const p = profile.parent[k];
        if (p >= 0) profile.end[p] = Math.max(profile.end[p] || 0, profile.end[k]);
    }
    return [profile, self];
}

function paths(profile) {
    let wrong = -1;
    const step = Math.max(1, Math.floor(profile.n / 500));
    for (let k = 0; k < profile.n; k += step) if (core.findPath(profile, core.pathText(profile, k)) !== k) wrong = k;
    same("a path finds its frame", wrong, -1);
    const [chart] = profileOf([["a", "b"], ["c"], ["a", "b", "b"], ["a"]]);
    for (let k = 0; k < chart.n; k++) same("of siblings of one name the right one, " + k, core.findPath(chart, core.pathText(chart, k)), k);
    const [before] = profileOf([["x"], ["main", "f", "g", "h"]]), text = core.pathText(before, 5);
    same("of a path that has ended the part that is there", core.findPath(profileOf([["a", "b"], ["main", "f", "q"]])[0], text), 4);
    for (const nonsense of ["", "nonsense", "-", "%", "zzzz", "\u2026"]) same("no path: " + nonsense, core.findPath(before, nonsense), 0);
}

function texts() {
    for (const [ns, text] of [[0, "0 ns"], [345, "345 ns"], [9012, "9.012 \u00b5s"], [56780000, "56.78 ms"], [1234e6, "1.234 s"], [99999e5, "10.000 s"], [12345678e6, "12,346 s"]])
        same("duration " + ns, core.durationText(ns), text);
    for (const [value, text] of [[0, "0"], [999, "999"], [1234567, "1,234,567"], [-1000, "-1,000"], [0.5, "0.5"], [1234.567, "1,234.57"]])
        same("number " + value, core.groupedText(value), text);
    same("a weight in its unit", core.weightText(1500, { quantity: "samples" }), "1,500 samples");
    same("a weight times a factor", core.weightText(1500, { quantity: "ms", factor: 0.001 }), "1.5 ms");
    same("a share", core.percentText(1, 3), "33.33%");
    same("the whole", core.percentText(3, 3), "100%");
    same("nothing of nothing", core.percentText(1, 0), "0.00%");
    same("changes", [[3, 26], [-8, 26], [0, 26], [0, 0], [26, 26]].map(([delta, whole]) => core.changeText(delta, whole)),
        ["+11.54%", "-30.77%", "0.00%", "0.00%", "+100.00%"]);
    same("changes, negated", [3, -8, 0].map((delta) => core.changeText(delta, 26, true)), ["-11.54%", "+30.77%", "0.00%"]);
}

function shortening() {
    for (const line of fs.readFileSync(labels, "utf8").split("\n")) {
        if (!line || line.startsWith("#")) continue;
        const [width, name, label] = line.split("\t");
        same("label " + name + " in " + width, core.fitName(name, Number(width), () => 1), label || "");
    }
}

async function main() {
    const [profile, weights, stacks, sum] = await decoding();
    searching(profile, weights, stacks, sum);
    paths(profile);
    texts();
    shortening();
    process.exit(failures ? 1 : 0);
}

main();
