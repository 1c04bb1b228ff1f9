// samples.js: the samples of a page, in plain node.
//
//     node samples.js ASSETS FOLDER list     what to count: a line "NAME FILTER" for each selection
//     node samples.js ASSETS FOLDER check    compares FOLDER/NAME.folded with FOLDER/page.html
"use strict";

const fs = require("fs");
const path = require("path");
const vm = require("vm");

const [assets, folder, task] = process.argv.slice(2);
const NAMES = ["inflate", "readProfile", "readSamples", "selectedSelf"];
const source = ["core/inflate", "core/frames", "html/samples", "html/selection"]
    .map((name) => fs.readFileSync(path.join(assets, name + ".js"), "utf8")).join("\n");
const page = vm.runInThisContext("(function(){\"use strict\";" + source + "return {" + NAMES + "};})")();
let failures = 0;

function check(claim, holds, found) {
    if (!holds) failures++;
    console.log((holds ? "ok      " : "FAILED  ") + claim + (holds || found === undefined ? "" : ": " + JSON.stringify(found)));
}

function readFolded(name) {
    const lines = fs.readFileSync(path.join(folder, name + ".folded"), "utf8").split("\n").filter(Boolean);
    return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]));
}

function foldedOf(profile, self, unit) {
    const sums = new Map();
    for (let k = 1; k < profile.n; k++) {
        if (!self[k]) continue;
        const names = [];
        for (let p = k; p > 0; p = profile.parent[p]) names.unshift(profile.names[profile.id[p]]);
        const key = names.join(";");
        sums.set(key, (sums.get(key) || 0) + self[k] * unit);
    }
    return sums;
}

const ALL = { event: 0, threads: null, cpus: null, time: null };

// Each thread's samples (all that it was called), and two stretches of the time.
function selectionsOf({ threads, lastTime }) {
    const selections = [...new Set(threads.map(({ tid }) => tid))].map((tid) => ({
        name: "tid" + tid, filter: "--tid " + tid,
        state: { ...ALL, threads: threads.map((_, t) => t).filter((t) => threads[t].tid === tid) },
    }));
    for (const [from, to] of [[0, 30], [25, 75]])
        selections.push({ name: "time" + from, filter: `--time ${from}%-${to}%`, state: { ...ALL, time: [lastTime * from / 100, lastTime * to / 100] } });
    return [{ name: "all", filter: "", state: ALL }, ...selections];
}

function checkOrder(samples) {
    let ordered = true, inside = true;
    for (let t = 0; t < samples.threads.length; t++)
        for (let i = samples.begins[t]; i < samples.begins[t + 1]; i++) {
            ordered = ordered && (i === samples.begins[t] || samples.time[i - 1] <= samples.time[i]);
            inside = inside && samples.thread[i] === t && samples.time[i] <= samples.lastTime;
        }
    check("samples stand by thread, in order of time", ordered && inside && samples.begins[samples.threads.length] === samples.count);
    check("somebody sampled first, and somebody last", samples.time.includes(0) && samples.time.includes(samples.lastTime));
}

async function run() {
    const html = fs.readFileSync(path.join(folder, "page.html"), "utf8");
    const bytesOf = (id) => page.inflate(html.match(new RegExp(`id="${id}"[^>]*>([^<]*)<`))[1]);
    const profile = page.readProfile(await bytesOf("columns")), samples = page.readSamples(await bytesOf("samples"), profile);
    const selections = selectionsOf(samples);
    if (task === "list") {
        for (const { name, filter } of selections) console.log(name + " " + filter);
        return;
    }
    checkOrder(samples);
    const { self, unit } = profile.events[0], all = page.selectedSelf(profile, samples, ALL);
    check("samples add up to what the nodes weigh", all.every((weight, k) => weight === self[k]));
    for (const { name, state } of selections) {
        const wanted = readFolded(name), found = foldedOf(profile, page.selectedSelf(profile, samples, state), unit);
        const wrong = [...wanted].filter(([key, weight]) => found.get(key) !== weight);
        check(name + " has the stacks that the program counts", wrong.length === 0 && found.size === wanted.size,
            [wrong.slice(0, 3), found.size, wanted.size]);
    }
    process.exitCode = failures ? 1 : 0;
}

run().catch((error) => {
    console.error(error);
    process.exitCode = 1;
});
