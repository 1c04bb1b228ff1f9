// browse.js: what the tests of drawings and pages have in common: a browser, claims, an end.
"use strict";

const { execFileSync } = require("child_process");
const fs = require("fs");
const os = require("os");
const path = require("path");

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

// Test the file that is named, or what FLAMEDATA COMMAND PERF.DATA [OPTION...] writes: run gets a
// browser and the file. command: words before the recording.
async function test(run, suffix, command) {
    const [first, data, ...options] = process.argv.slice(2);
    if (!first) {
        console.error("usage: node " + path.basename(process.argv[1]) + " FILE" + suffix + " | FLAMEDATA PERF.DATA [OPTION...]");
        process.exit(2);
    }
    if (!fs.existsSync(CHROMIUM)) skip("no " + CHROMIUM + " (set CHROMIUM)");
    let chromium;
    try {
        ({ chromium } = require("playwright-core"));
    } catch (e) {
        skip("no playwright-core (npm install in tests/browser, or NODE_PATH)");
    }
    const look = async (file) => {
        const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
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
function main(run, suffix, command) {
    test(run, suffix, command).then(() => process.exit(failures ? 1 : 0), (e) => {
        console.error("FAILED  " + (e.stack || e));
        process.exit(1);
    });
}

module.exports = { check, main };
