// html_looks.js: how a report looks: narrow, light and dark, on paper, and without scripts.
//
//     node html_looks.js FLAMEDATA
//
// on a recording that the test writes (recording.js). Contrasts are those of painted pixels.
"use strict";

const path = require("path");

const { check, compare, contrast, openWatched, paintedInPdf } = require("./browse.js");
const { Report, VIEW, expectFrames, readReport } = require("./html_page.js");
const { writeRecording } = require("./recording.js");

async function narrow(r, url, complaints) {
    const { page } = r;
    await page.setViewportSize({ width: 400, height: 760 });
    await r.open(url);
    for (const tab of ["flame", "icicle", "callers", "chart", "functions", "code", "time", "about"]) {
        await r.choose(tab);
        const wide = await page.evaluate(() => [document.documentElement.scrollWidth, document.querySelector(".flames:not([hidden]) canvas").getBoundingClientRect().right]);
        check("400 px: " + tab + ": nothing to scroll sideways", Math.max(...wide) <= 400, wide);
    }
    await r.choose("flame");
    const shown = r.wide(0, 14, 30);
    await expectFrames(r, "400 px: frames follow the width", shown, 0, true);
    const small = await page.evaluate(() => [...document.querySelectorAll("header button, header input, #tabs button")].filter((e) => e.getClientRects().length && !e.closest("[hidden]"))
        .filter((e) => e.getBoundingClientRect().height < 22).map((e) => e.outerHTML.slice(0, 80)));
    check("400 px: what is to be hit is high enough", small.length === 0, small);
    check("400 px: the picture has room", (await r.scroller().boundingBox()).height >= 150, await r.scroller().boundingBox());
    await page.setViewportSize(VIEW);
    check("400 px: no complaints", complaints.length === 0, complaints);
}

async function looks(browser, r, file) {
    const frames = [0, ...r.wide(0, 60, 1e6).slice(1)].slice(0, 14), grounds = [];
    for (const colorScheme of ["light", "dark"]) {
        const { page, complaints } = await openWatched(browser, file, { viewport: VIEW, colorScheme });
        const own = new Report(page, r);
        await own.ready();
        const readable = async (what, some, zoomed, enough) => {
            let least = 99, of = "";
            for (const k of some) {
                const colours = await own.colours(k, zoomed, true), value = contrast(...colours);
                if (value < least) [least, of] = [value, [own.nameOf(k), colours]];
            }
            check(colorScheme + ": labels can be read on " + what, least >= enough, [least, of]);
        };
        await readable("every frame", frames, 0, 4.5);
        const plain = (await own.colours(frames[1], 0, true))[0];
        await own.search(".");
        await readable("frames that match", frames, 0, 4.5);
        check(colorScheme + ": matches are marked", String((await own.colours(frames[1], 0, true))[0]) !== String(plain));
        const zoomed = frames.find((k) => own.profile.depth[k] === 3), callers = [1, 2].map((up) => up === 1 ? own.profile.parent[zoomed] : own.profile.parent[own.profile.parent[zoomed]]);
        await own.click(zoomed, 0, true);
        await readable("callers that match", callers, zoomed, 3);
        await own.search("");
        await readable("faded callers", callers, zoomed, 3);
        await own.click(0, zoomed, true);
        const parts = await page.evaluate(() => {
            const number = (text) => text.match(/[\d.]+/g).map(Number);
            const groundOf = (e) => {
                for (; e; e = e.parentElement) {
                    const colour = number(getComputedStyle(e).backgroundColor);
                    if (colour.length < 4 || colour[3] > 0.99) return colour.slice(0, 3);
                }
                return [255, 255, 255];
            };
            return [...document.querySelectorAll("h1, button, #find output, #doubts span, .detail, .grid .c2, .grid .weight, .hint, #legend li")]
                .filter((e) => e.getClientRects().length && !e.disabled)
                .map((e) => ({ what: e.outerHTML.slice(0, 60), ink: number(getComputedStyle(e).color).slice(0, 3), ground: groundOf(e) }));
        });
        const faint = parts.filter(({ ink, ground }) => contrast(ink, ground) < 4.5);
        check(colorScheme + ": text of the page can be read", parts.length > 20 && faint.length === 0, faint.slice(0, 3));
        grounds.push((await own.colours(0, 0, true))[0]);
        const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        check(colorScheme + ": the page is " + colorScheme, contrast(ground.match(/\d+/g).map(Number), colorScheme === "dark" ? [0, 0, 0] : [255, 255, 255]) < 1.5, ground);
        await page.emulateMedia({ colorScheme: colorScheme === "dark" ? "light" : "dark" });
        await own.settled();
        const turned = (await own.colours(0, 0, true))[0];
        check(colorScheme + ": the picture follows a change at once", String(turned) !== String(grounds.at(-1)), turned);
        check(colorScheme + ": no complaints", complaints.length === 0, complaints);
        await page.close();
    }
}

async function still(browser, file) {
    const page = await browser.newPage({ viewport: VIEW, javaScriptEnabled: false });
    await page.goto("file://" + path.resolve(file));
    const seen = await page.locator("#still").isVisible(), text = await page.locator("#still").textContent();
    const frames = await page.locator("#still svg #frames g > title").allTextContents();
    check("without scripts: there is a picture", seen && frames.length > 20 && await page.locator("#picture").isVisible(), [seen, frames.length]);
    check("without scripts: its root is all", frames.some((title) => /^all \(/.test(title) && /100%/.test(title)), frames[0]);
    check("without scripts: the verdict and the facts are there", /samples/.test(text) && await page.locator("#still dl dt").count() > 1, text.slice(0, 200));
    check("without scripts: there are no dead controls", await page.locator("button:visible, input:visible, select:visible").count() === 0);
    await page.setViewportSize({ width: 400, height: 700 });
    check("without scripts: 400 px: the page itself is not wider", await page.evaluate(() => document.documentElement.scrollWidth).catch(() => 0) <= 400);
    await page.close();
    const old = await browser.newPage({ viewport: VIEW });
    await old.addInitScript("delete window.DecompressionStream");
    await old.goto("file://" + path.resolve(file));
    await old.waitForTimeout(300);
    check("an old browser keeps the still picture", await old.locator("#picture").isVisible() && await old.locator("button:visible").count() === 0);
    await old.close();
}

async function printing(r) {
    const { page } = r, pdf = await page.pdf({ format: "A4" }), { width, boxes } = paintedInPdf(pdf);
    check("print: the page is painted, and nothing beyond its width", boxes.length > 5 && boxes.every(([, right]) => right <= width + 1), [width, boxes.find(([, right]) => right > width + 1)]);
    await page.emulateMedia({ media: "print" });
    const seen = await page.evaluate(() => ["#find", "#selectors", "#divider", "#tabs"].filter((id) => document.querySelector(id).getClientRects().length));
    check("print: controls stay away", seen.length === 0, seen);
    await page.emulateMedia({ media: null });
    await r.settled();
}

async function run(browser, folder, ask) {
    const file = path.join(folder, "page.html");
    ask(writeRecording(folder, 15000).file, "-q", "-o", file);
    const { page, url, complaints } = await openWatched(browser, file, { viewport: VIEW, colorScheme: "light" });
    const r = new Report(page, await readReport(file));
    await r.ready();
    await printing(r);
    await narrow(r, url, complaints);
    await page.close();
    await looks(browser, r, file);
    await still(browser, file);
}

compare(run);
