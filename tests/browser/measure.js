// measure.js: what a reader waits for: our pictures beside inferno's, on one profile, in one browser.
//
//     node measure.js FLAMEDATA PROFILE.folded [RUNS]
//
// draws the profile as SVG and as HTML, and with inferno-flamegraph (in PATH, or $INFERNO; "none": without), opens
// each RUNS times (5) in fresh pages, and prints medians in milliseconds:
//
//     load    from the navigation to the first frame presented after the load event; ours: also until
//             every frame can be asked for
//     zoom    from a click on a frame to the next presented frame; worst and median of several frames
//     search  from the input of a term to the first presented frame that has its share
//     memory  the page's JavaScript heap and arrays, after a collection
//
// "Presented" is the task behind the next animation frame. What a search should find is counted here,
// from the folded lines themselves. Not a test: how far to trust the figures is up to who runs
// it on a quiet machine.
"use strict";

const { execFileSync } = require("child_process");
const fs = require("fs");
const os = require("os");
const path = require("path");
const zlib = require("zlib");

const { launch } = require("./browse.js");

const TERM = process.env.TERM_TO_FIND || "alloc";

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

// Runs in the page: act, then the time until the next frame has been presented.
function timed(act) {
    return new Promise((done) => {
        const start = performance.now();
        act();
        requestAnimationFrame(() => {
            const channel = new MessageChannel();
            channel.port1.onmessage = () => done(performance.now() - start);
            channel.port2.postMessage(0);
        });
    });
}

const IN_PAGE = `window.timed = ${timed};
    window.until = (holds) => new Promise((done) => {
        const ask = () => holds() ? done(performance.now()) : setTimeout(ask, 1);
        ask();
    });
    window.presented = new Promise((done) => addEventListener("load", () => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => done(performance.now());
        channel.port2.postMessage(0);
    })));`;

// How each kind of picture is driven, in the page. clicks(): up to ten functions that click a frame
// each, wide ones from several depths; reset(); search(term); share(): what is shown, in percent.
const DRIVERS = {
    inferno: `({
        ready: () => presented,
        clicks() {
            const all = [...document.querySelectorAll("#frames g")].filter((g) => +g.children[1].getAttribute("fg:w") > 0);
            const wide = all.filter((g) => parseFloat(g.children[1].getAttribute("width")) > 2);
            const step = Math.max(1, Math.floor(wide.length / 10));
            return wide.filter((g, i) => i % step === 0).slice(0, 10).map((g) => () =>
                g.children[1].dispatchEvent(new MouseEvent("click", { bubbles: true })));
        },
        reset: () => window.unzoom(),
        search: (term) => window.search(term),
        share: () => document.getElementById("matched").textContent,
    })`,
    svg: `({
        ready: () => until(() => document.getElementById("find")),
        clicks() {
            dispatchEvent(new KeyboardEvent("keydown", { key: "Shift" })); // makes the drawing the script's
            const shown = () => [...document.querySelectorAll("#frames [role=treeitem]")];
            const wide = shown().filter((rect) => rect.getBoundingClientRect().width > 2).map((rect) => rect.getAttribute("x") + " " + rect.getAttribute("y"));
            const step = Math.max(1, Math.floor(wide.length / 10));
            return wide.filter((at, i) => i % step === 0).slice(0, 10).map((at) => {
                let rect; // elements are used again: found before it is clicked
                return Object.assign(() => rect.dispatchEvent(new MouseEvent("click", { bubbles: true })),
                    { prepare: () => rect = shown().find((r) => r.getAttribute("x") + " " + r.getAttribute("y") === at) });
            });
        },
        reset: () => document.getElementById("reset").click(),
        search(term) {
            const field = document.getElementById("field");
            field.value = term;
            field.dispatchEvent(new Event("input", { bubbles: true }));
        },
        share: () => document.getElementById("matched").textContent,
    })`,
    html: `({
        ready: () => until(() => document.documentElement.dataset.ready === ""),
        clicks() {
            const scroller = document.querySelector(".flames:not([hidden]) .scroller"), box = scroller.getBoundingClientRect(), all = [];
            for (let i = 1; i <= 10; i++) all.push([box.x + box.width * i / 11, box.bottom - 18 * (i % 6 + 2) - 9]);
            return all.map(([clientX, clientY]) => () => {
                for (const type of ["pointermove", "pointerdown", "pointerup"])
                    scroller.dispatchEvent(new PointerEvent(type, { clientX, clientY, pointerType: "mouse", bubbles: true }));
                scroller.dispatchEvent(new MouseEvent("click", { clientX, clientY, bubbles: true }));
            });
        },
        reset: () => document.querySelector(".reset").click(),
        search(term) {
            const field = document.querySelector("#find input");
            field.value = term;
            field.dispatchEvent(new Event("input", { bubbles: true }));
        },
        share: () => document.querySelector("#find output").textContent,
        // what only a report has: name and what is done
        async more() {
            await until(() => document.querySelectorAll("[data-place]").length > 5);
            const tab = (value) => () => document.querySelector("[role=tab][value=" + value + "]").click();
            const row = (place) => () => document.querySelectorAll("[data-place] .c2")[place].dispatchEvent(new MouseEvent("click", { bubbles: true, detail: 2 }));
            const shut = () => document.querySelector(".sandwich button").click();
            return { icicle: [tab("icicle")], "bottom-up": [tab("callers")], back: [tab("flame")],
                "sandwich of a row": [row(0), shut], "of the next": [row(1), shut], "of the sixth": [row(5), shut] };
        },
    })`,
};

async function once(browser, file, kind) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.addInitScript({ content: IN_PAGE });
    await page.goto("file://" + file, { timeout: 120000 });
    const found = await page.evaluate(async ([driver, term]) => {
        const d = eval(driver); // the test's own text, in a page of the test's own
        const load = await presented, ready = await d.ready();
        const settle = () => new Promise((done) => setTimeout(done, 60));
        await settle();
        const zooms = [];
        for (const click of d.clicks()) {
            if (click.prepare) click.prepare();
            zooms.push(await timed(click));
            await settle();
            d.reset();
            await settle();
        }
        // the answer may come later than the next frame: it counts
        const before = d.share(), start = performance.now();
        d.search(term);
        await until(() => d.share() !== before);
        const search = performance.now() - start + await timed(() => {});
        await settle();
        const share = parseFloat(/([0-9.]+) ?%/.exec(d.share())?.[1]), more = {};
        d.search("");
        await settle();
        for (const [name, [act, undo]] of Object.entries(d.more ? await d.more() : {})) {
            more[name] = await timed(act);
            await settle();
            if (undo) undo();
            await settle();
        }
        return { load, ready: Math.max(load, ready), zooms, search, share, more };
    }, [DRIVERS[kind], TERM]);
    const session = await page.context().newCDPSession(page);
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize, backingStorageSize = 0 } = await session.send("Runtime.getHeapUsage");
    found.heap = (usedSize + backingStorageSize) / 1e6; // arrays of numbers lie outside of the heap
    await page.close();
    return found;
}

// The share that a search for TERM should show: of stacks with a frame that matches.
function trueShare(folded) {
    const term = new RegExp(TERM, "iu");
    const matches = new Map();
    let all = 0, found = 0;
    for (const line of folded.split("\n")) {
        const cut = line.lastIndexOf(" "), weight = +line.slice(cut + 1);
        if (cut <= 0 || !(weight > 0)) continue;
        all += weight;
        const hit = line.slice(0, cut).split(";").some((name) => {
            if (!matches.has(name)) matches.set(name, term.test(name));
            return matches.get(name);
        });
        if (hit) found += weight;
    }
    return 100 * found / all;
}

async function main() {
    const [flamedata, folded, runs = "5"] = process.argv.slice(2);
    if (!folded) {
        console.error("usage: node measure.js FLAMEDATA PROFILE.folded [RUNS]");
        process.exit(2);
    }
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "flamedata-"));
    try {
        const pictures = [];
        const draw = (kind, suffix, run) => {
            const file = path.join(folder, kind + suffix);
            const start = process.hrtime.bigint();
            try {
                run(file);
            } catch (e) {
                console.error(`no ${kind}: ${e.message.split("\n")[0]}`);
                return;
            }
            pictures.push({ kind, file, drawn: Number(process.hrtime.bigint() - start) / 1e6 });
        };
        if (process.env.INFERNO !== "none") draw("inferno", ".svg", (file) => fs.writeFileSync(file, execFileSync(process.env.INFERNO || "inferno-flamegraph",
            [folded], { maxBuffer: 1 << 30, stdio: ["ignore", "pipe", "ignore"] })));
        for (const kind of ["svg", "html"])
            draw(kind, "." + kind, (file) => execFileSync(flamedata, ["-q", folded, "-o", file]));
        const browser = await launch();
        const found = new Map(pictures.map((p) => [p, []]));
        for (let run = 0; run < +runs; run++) // in turns, so that a busy moment hits all alike
            for (const p of pictures) found.get(p).push(await once(browser, p.file, p.kind));
        await browser.close();
        console.log(`search for "${TERM}" should say ${trueShare(fs.readFileSync(folded, "utf8")).toFixed(2)} %`);
        console.log("| picture | KB / gz | drawn | load | ready | zoom median, worst | search | says | heap MB |");
        console.log("|---|---|---|---|---|---|---|---|---|");
        for (const p of pictures) {
            const rows = found.get(p), bytes = fs.readFileSync(p.file), of = (f) => median(rows.map(f)).toFixed(0);
            const zooms = rows.flatMap((r) => r.zooms);
            console.log(`| ${p.kind} | ${(bytes.length / 1e3).toFixed(0)} / ${(zlib.gzipSync(bytes).length / 1e3).toFixed(0)} ` +
                `| ${p.drawn.toFixed(0)} | ${of((r) => r.load)} | ${of((r) => r.ready)} | ${median(zooms).toFixed(0)}, ${Math.max(...zooms).toFixed(0)} ` +
                `| ${of((r) => r.search)} | ${rows[0].share} % | ${median(rows.map((r) => r.heap)).toFixed(1)} |`);
        }
        for (const p of pictures) {
            const rows = found.get(p), told = Object.keys(rows[0].more).map((name) => `${name} ${median(rows.map((r) => r.more[name])).toFixed(0)}`);
            if (told.length) console.log(`${p.kind}, to the next frame, in ms: ${told.join(", ")}`);
        }
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}

main();
