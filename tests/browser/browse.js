// browse.js: what the tests of drawings and pages have in common: a browser, claims, an end.
"use strict";

const { execFileSync } = require("child_process");
const fs = require("fs");
const os = require("os");
const path = require("path");
const zlib = require("zlib");

const CHROMIUM = process.env.CHROMIUM || "/usr/bin/chromium";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"];

let failures = 0;

function check(claim, holds, found) {
    if (!holds) failures++;
    console.log((holds ? "ok      " : "FAILED  ") + claim + (holds || found === undefined ? "" : ": " + JSON.stringify(found)));
}

function skip(why) {
    console.log("skipped: " + why);
    process.exit(77);
}

// A browser; skips the test where there is none.
async function launch() {
    if (!fs.existsSync(CHROMIUM)) skip("no " + CHROMIUM + " (set CHROMIUM)");
    try {
        return await require("playwright-core").chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    } catch (e) {
        if (e.code !== "MODULE_NOT_FOUND") throw e;
        return skip("no playwright-core (npm install in tests/browser, or NODE_PATH)");
    }
}

// Test the file that is named, or what FLAMEDATA COMMAND PERF.DATA [OPTION...] writes: run gets a
// browser and the file. command: words before the recording.
async function test(run, suffix, command) {
    const [first, data, ...options] = process.argv.slice(2);
    if (!first) {
        console.error("usage: node " + path.basename(process.argv[1]) + " FILE" + suffix + " | FLAMEDATA PERF.DATA [OPTION...]");
        process.exit(2);
    }
    const look = async (file) => {
        const browser = await launch();
        await run(browser, file);
        await browser.close();
    };
    if (first.endsWith(suffix)) return look(first);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "flamedata-"));
    try {
        const file = path.join(folder, "out" + suffix);
        execFileSync(first, [...command, data, "-o", file, ...options], { stdio: "inherit" });
        await look(file);
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}

// Exit status: 0 passed, 1 failed, 77 skipped (no Chromium, or no playwright-core).
function finish(tested) {
    tested.then(() => process.exit(failures ? 1 : 0), (e) => {
        console.error("FAILED  " + (e.stack || e));
        process.exit(1);
    });
}

function main(run, suffix, command) {
    finish(test(run, suffix, command));
}

// Test what the program says of several files: run gets a browser, a folder of its own, and what
// runs the program with some arguments and gives its output.
function compare(run) {
    const [flamedata, ...given] = process.argv.slice(2);
    const ask = (...args) => execFileSync(flamedata, args, { encoding: "utf8", maxBuffer: 1 << 30, stdio: ["ignore", "pipe", "inherit"] });
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "flamedata-"));
    finish((async () => {
        try {
            const browser = await launch();
            await run(browser, folder, ask, given);
            await browser.close();
        } finally {
            fs.rmSync(folder, { recursive: true });
        }
    })());
}

// A page with a file, and what it was up to: errors, what its policy forbade, what it asked of anyone.
async function openWatched(browser, file, options) {
    const page = await browser.newPage(options), url = "file://" + path.resolve(file), complaints = [];
    page.on("pageerror", (e) => complaints.push("error: " + (e.stack || e.message)));
    // a page that never reads its canvas is told about tests that do
    page.on("console", (m) => ["error", "warning"].includes(m.type()) && !m.text().includes("willReadFrequently") && complaints.push(m.type() + ": " + m.text()));
    page.on("request", (r) => r.url().split("#")[0] !== url && complaints.push("request: " + r.url()));
    await page.exposeFunction("forbidden", (what) => complaints.push("policy: " + what));
    await page.addInitScript(() => addEventListener("securitypolicyviolation", (e) => forbidden(e.violatedDirective + " " + e.blockedURI)));
    await page.goto(url);
    return { page, url, complaints };
}

// Folded text as [[names, weight], ...].
function readFolded(text) {
    return text.split("\n").filter(Boolean).map((line) => {
        const cut = line.lastIndexOf(" ");
        return [line.slice(0, cut).split(";"), Number(line.slice(cut + 1))];
    });
}

// The share in percent that a pattern has of stacks below prefix (names from the root on): of those
// that have a match anywhere.
function shareOf(stacks, pattern, prefix = []) {
    let found = 0, all = 0;
    for (const [names, weight] of stacks) {
        if (prefix.some((name, i) => names[i] !== name)) continue;
        all += weight;
        if (names.some((name) => pattern.test(name))) found += weight;
    }
    return 100 * found / all;
}

// WCAG's contrast of two colours, each [red, green, blue] of 0 to 255.
function contrast(a, b) {
    const [high, low] = [a, b].map((colour) => {
        const [r, g, blue] = colour.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * blue + 0.05;
    }).sort((x, y) => y - x);
    return high / low;
}

// What is painted in a PDF, [left, right] in points, and its width: content streams are looked through
// for paths and pictures, and the matrices that place them.
function paintedInPdf(pdf) {
    const text = pdf.toString("latin1"), width = Number(/MediaBox\s*\[\s*0 0 ([\d.]+)/.exec(text)[1]), boxes = [];
    for (const found of text.matchAll(/stream\r?\n/g)) {
        const from = found.index + found[0].length, to = text.indexOf("endstream", from);
        let content;
        try {
            content = zlib.inflateSync(pdf.subarray(from, to), { finishFlush: zlib.constants.Z_SYNC_FLUSH }).toString("latin1");
        } catch (e) {
            continue; // a font or a picture that is packed otherwise
        }
        if (!/ cm\b/.test(content)) continue;
        let scale = 1, at = 0;
        const saved = [], numbers = [], path = []; // a path may be for clipping alone
        for (const word of content.split(/\s+/)) {
            if (/^-?[\d.]+$/.test(word)) {
                numbers.push(Number(word));
                continue;
            }
            if (word === "q") saved.push([scale, at]);
            else if (word === "Q") [scale, at] = saved.pop() || [1, 0];
            else if (word === "cm") {
                const [a, , , , e] = numbers.slice(-6);
                at += e * scale;
                scale *= a;
            } else if (word === "re") {
                const [x, , w] = numbers.slice(-4);
                path.push([at + x * scale, at + (x + w) * scale]);
            } else if (word === "m" || word === "l" || word === "c") {
                const xs = numbers.slice(word === "c" ? -6 : -2).filter((_, i) => i % 2 === 0).map((x) => at + x * scale);
                path.push([Math.min(...xs), Math.max(...xs)]);
            } else if (word === "Do") boxes.push([at, at + scale]);
            else if (["f", "f*", "S", "B", "b"].includes(word)) boxes.push(...path.splice(0));
            else if (word === "n") path.length = 0;
            numbers.length = 0;
        }
    }
    return { width, boxes };
}

module.exports = { check, compare, contrast, finish, launch, main, openWatched, paintedInPdf, readFolded, shareOf };
