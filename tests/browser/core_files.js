// core_files.js: the scripts that pictures and pages share, and what they read, for tests in node.
"use strict";

const fs = require("fs");
const path = require("path");
const vm = require("vm");

const FILES = ["inflate", "frames", "names", "numbers", "paints", "search", "path"];
const NAMES = ["inflate", "readProfile", "weigh", "fitName", "groupedText", "durationText", "weightText", "percentText", "changeText", "paintOnRamp",
    "compileTerm", "matchNames", "matchedWeight", "pathText", "findPath"];

// What the files in assets/core define, by name.
function loadCore(assets) {
    const source = FILES.map((name) => fs.readFileSync(path.join(assets, "core", name + ".js"), "utf8")).join("\n");
    return vm.runInThisContext("(function(){\"use strict\";" + source + "return {" + NAMES + "};})")();
}

// The columns of a picture, in base64.
function columnsOf(file) {
    return fs.readFileSync(file, "utf8").match(/id="columns"[^>]*>([^<]*)</)[1];
}

module.exports = { columnsOf, loadCore };
