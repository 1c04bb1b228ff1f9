// svg.js: what only a large picture shows, and how it looks: frames that were too narrow to be
// drawn, exact shares, colours of day and night, paper, the clipboard. picture.js has the rest.
//
//     node svg.js FLAMEDATA
//
// draws a recording that the test writes (recording.js). Shares are compared with those of the
// program's folded stacks of the same recording.
"use strict";

const path = require("path");

const { check, compare, contrast, openWatched, paintedInPdf, readFolded, shareOf } = require("./browse.js");
const { core, readPicture } = require("./html_page.js");
const { writeRecording } = require("./recording.js");

const VIEW = { width: 1280, height: 800 };
const TERMS = [["alloc", /alloc/i], ["^std::.*<", /^std::.*</i], ["Alloc", /Alloc/], ["operator()(", /operator\(\)\(/i], ["samples,", /samples,/i],
    ["1 sample", /1 sample/i], ["worker", /worker/i], ["function_[0-4]$", /function_[0-4]$/i]];

// Run in the page: what is drawn, in px of the window.
function readFrames() {
    return [...document.querySelectorAll("#frames [role=treeitem]")].map((rect) => {
        const { x, y, width } = rect.getBoundingClientRect();
        return { x, y, width, level: +rect.getAttribute("aria-level"), told: rect.getAttribute("aria-label") };
    });
}

class Drawing {
    constructor(page, profile) {
        Object.assign(this, { page, profile, weights: core.weigh(profile, profile.events[0].self) });
    }
    settled() {
        return this.page.waitForTimeout(180);
    }
    async read() {
        await this.settled();
        return this.page.evaluate(readFrames);
    }
    nameOf(k) {
        return k ? this.profile.names[this.profile.id[k]] : "all";
    }
    namesTo(k) {
        const names = [];
        for (; k > 0; k = this.profile.parent[k]) names.unshift(this.nameOf(k));
        return names;
    }
    // [x, width] of a frame when zoomed has the whole width.
    placeOf(k, zoomed, inner) {
        const { start, total } = this.weights, scale = inner / total[zoomed];
        return k < zoomed ? [0, inner] : [(start[k] - start[zoomed]) * scale, total[k] * scale];
    }
    // Frames inside of zoomed that are at least so many px wide.
    wide(zoomed, px, inner) {
        const { end } = this.profile, found = [];
        for (let k = zoomed; k < end[zoomed];) {
            if (this.placeOf(k, zoomed, inner)[1] >= px) found.push(k++);
            else k = end[k];
        }
        return found;
    }
    async click(k, zoomed, options) {
        const frames = await this.read(), [x, width] = this.placeOf(k, zoomed, frames[0].width), left = frames[0].x;
        const isIt = (f) => f.level === this.profile.depth[k] + 1 && Math.abs(f.x - left - x) < 0.2 && f.told.startsWith(this.nameOf(k) + ",");
        const { y } = frames.find(isIt);
        if (y < 60 || y > VIEW.height - 80) await this.page.evaluate((by) => scrollBy(0, by), y - VIEW.height / 2);
        const f = (await this.read()).find(isIt);
        await this.page.mouse.click(f.x + Math.min(f.width / 2, 200), f.y + 5, options);
        await this.settled();
    }
    // The parts in percent that the picture says matched: of all, and of the zoom.
    async matched() {
        await this.settled();
        return [...(await this.page.locator("#matched").textContent()).matchAll(/([\d.]+)%/g)].map((m) => Number(m[1]));
    }
}

async function depths(d, stacks) {
    const { page, profile, weights } = d, inner = (await d.read())[0].width;
    const narrow = profile.depth.findIndex((depth, k) => depth >= 9 && weights.total[k] > 0 && d.placeOf(k, 0, inner)[1] < 0.4);
    const way = [], exact = async (zoomed) => {
        for (const [text, pattern] of TERMS) {
            await page.locator("#field").fill(text);
            const shares = await d.matched(), wanted = [shareOf(stacks, pattern), shareOf(stacks, pattern, d.namesTo(zoomed))];
            const right = shares.length === (zoomed ? 2 : 1) && shares.every((share, i) => Math.abs(share - wanted[i]) < 0.0051);
            check(`depth ${profile.depth[zoomed]}: \u201c${text}\u201d has the shares that folded stacks say`, right, [shares, wanted]);
        }
    };
    for (let k = narrow; k > 0; k = profile.parent[k]) way.unshift(k);
    await page.keyboard.press("/");
    await exact(0);
    let at = 0;
    while (d.placeOf(narrow, at, inner)[1] < 60) {
        const next = way.filter((k) => k > at && d.placeOf(k, at, inner)[1] >= 2).pop();
        await d.click(next, at);
        at = next;
        const frames = await d.read(), wanted = d.wide(at, 0.5, inner).length + profile.depth[at];
        check(`depth ${profile.depth[at]}: all that has half a pixel is drawn`, Math.abs(frames.length - wanted) <= 1, [frames.length, wanted]);
        await page.locator("#find, #field").filter({ visible: true }).first().click();
        await exact(at);
    }
    const inside = d.wide(at, 0.5, inner).filter((k) => d.placeOf(k, 0, inner)[1] < 0.5).length;
    check("frames are drawn that the still picture has not", inside >= 3 && (await d.read()).some((f) => f.told.startsWith(d.nameOf(narrow) + ",")), inside);
    const url = page.url();
    await page.goBack();
    await d.settled();
    check("Back goes to another view", page.url() !== url, page.url());
    await page.goForward();
    check("Forward returns", page.url() === url && (await d.read()).some((f) => f.told.startsWith(d.nameOf(narrow) + ",")), page.url());
    await page.locator("#reset").click();
    await page.keyboard.press("/");
    await page.keyboard.press("Escape");
    check("reset", (await d.read()).length === (await d.read()).filter((f) => f.level > 0).length && !page.url().includes("z="), page.url());
}

async function clipboard(d, target) {
    const { page } = d;
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const copied = async (entry) => {
        await d.click(target, 0, { button: "right" });
        await page.getByRole("menuitem", { name: entry, exact: true }).click();
        await d.settled();
        return page.evaluate(() => navigator.clipboard.readText());
    };
    const name = await copied("Copy Name"), stack = await copied("Copy Stack");
    check("the name is copied, whole", name === d.nameOf(target), name);
    check("the stack is copied", stack === d.namesTo(target).join(";"), stack);
}

// Contrasts of labels to what is behind them, as the page has them: [least, of whom].
function labelContrasts(page) {
    return page.evaluate(() => {
        const number = (text) => text.match(/[\d.]+/g).map(Number), boxes = [...document.querySelectorAll("#frames rect[role=treeitem]")];
        return [...document.querySelectorAll("#frames text")].map((text) => {
            const at = text.getBoundingClientRect();
            const rect = boxes.find((r) => {
                const box = r.getBoundingClientRect();
                return at.x >= box.x - 1 && at.x < box.right && at.y + at.height / 2 > box.y && at.y + at.height / 2 < box.bottom;
            });
            const ground = number(getComputedStyle(document.querySelector("#picture > rect, svg > rect")).fill), veil = +getComputedStyle(rect).opacity;
            const fill = number(getComputedStyle(rect).fill).map((v, i) => v * veil + ground[i] * (1 - veil));
            return { text: text.textContent, ink: number(getComputedStyle(text).fill).slice(0, 3).map((v, i) => v * +getComputedStyle(text).opacity + fill[i] * (1 - +getComputedStyle(text).opacity)), fill };
        });
    });
}

async function looks(browser, file, profile) {
    const fills = [];
    for (const colorScheme of ["light", "dark"]) {
        const { page, complaints } = await openWatched(browser, file, { viewport: VIEW, colorScheme }), d = new Drawing(page, profile);
        await page.waitForSelector("#find");
        await page.mouse.move(640, 300);
        await d.settled();
        const readable = async (what, least = 4.5) => {
            const all = await labelContrasts(page), faint = all.filter(({ ink, fill }) => contrast(ink, fill) < least);
            check(`${colorScheme}: labels can be read${what}`, all.length > 10 && faint.length === 0, [all.length, faint[0]]);
            return all;
        };
        fills.push(String((await readable(""))[5].fill));
        await page.keyboard.press("/");
        await page.locator("#field").fill(".");
        await d.settled();
        await readable(" on matches");
        await page.keyboard.press("Escape");
        const [, , , zoomed] = d.wide(0, 100, VIEW.width);
        await d.click(zoomed, 0);
        await readable(" in a zoom, where callers are faded", 3);
        const rest = await page.evaluate(() => ["#title", "#details"].map((id) => getComputedStyle(document.querySelector(id)).fill));
        const ground = await page.evaluate(() => getComputedStyle(document.querySelector("svg > rect")).fill), rgb = (text) => text.match(/\d+/g).map(Number);
        check(`${colorScheme}: so can the title and the line of details`, rest.every((text) => contrast(rgb(text), rgb(ground)) >= 4.5), [rest, ground]);
        check(`${colorScheme}: the ground is ${colorScheme}`, contrast(rgb(ground), colorScheme === "dark" ? [0, 0, 0] : [255, 255, 255]) < 1.6, ground);
        check(`${colorScheme}: no complaints`, complaints.length === 0, complaints);
        await page.close();
    }
    check("dark has colours of its own", fills[0] !== fills[1], fills);
}

async function printing(browser, file) {
    for (const moved of [false, true]) {
        const how = moved ? "print, after a look around: " : "print: ";
        const { page } = await openWatched(browser, file, { viewport: { width: 1280, height: 400 } });
        await page.waitForSelector("#find", { state: "attached" });
        if (moved) await page.mouse.move(600, 200);
        await page.evaluate(() => scrollTo(0, 1e6));
        await page.evaluate(() => addEventListener("beforeprint", () => {
            const frames = [...document.querySelectorAll("#frames [role=treeitem]")].map((rect) => rect.getBoundingClientRect());
            const rows = { top: Math.min(...frames.map((f) => f.top)), bottom: Math.max(...frames.map((f) => f.bottom)) };
            const head = document.querySelector("#title").getBoundingClientRect(), foot = document.querySelector("#details").getBoundingClientRect();
            window.onPaper = { head: head.bottom <= rows.top, foot: foot.top >= rows.bottom, viewBox: !!document.documentElement.getAttribute("viewBox") };
        }));
        const { width, boxes } = paintedInPdf(await page.pdf({ format: "A4" })), paper = await page.evaluate(() => window.onPaper);
        const beyond = boxes.find(([left, right]) => right > width + 1 || left < -1), widest = Math.max(...boxes.filter(([left]) => left > 1).map(([, right]) => right));
        check(how + "the page is painted to its width, and not beyond", boxes.length > 100 && !beyond && widest > width * 0.97, [boxes.length, beyond, widest]);
        check(how + "it is made smaller as a whole", paper.viewBox, paper);
        check(how + "head and foot lie above and below the frames", paper.head && paper.foot, paper);
        await page.close();
    }
}

async function widths(browser, file, profile) {
    for (const width of [400, 1900]) {
        const { page } = await openWatched(browser, file, { viewport: { width, height: 700 } }), d = new Drawing(page, profile);
        await page.waitForSelector("#find, #field", { state: "attached" });
        await page.mouse.move(width / 2, 300);
        const frames = await d.read(), inner = width - 20;
        check(`${width} px: frames have the whole width`, Math.abs(frames[0].width - inner) < 16 && frames.length === d.wide(0, 0.5, Math.min(inner, 1180)).length, [frames[0], frames.length]); // in a wide window those of the still picture
        const labels = await page.evaluate(() => [...document.querySelectorAll("#frames text")].map((text) => ({ text: text.textContent, ...text.getBoundingClientRect().toJSON() })));
        const out = labels.find((l) => !frames.some((f) => Math.abs(f.y - l.y) < 9 && l.x >= f.x - 1 && l.right <= f.x + f.width + 1));
        check(`${width} px: labels are cut for their frames`, labels.length > 8 && !out, [labels.length, out]);
        const bar = await page.evaluate(() => [...document.querySelectorAll("#bar button, #bar input")].filter((e) => e.getClientRects().length).map((e) => e.getBoundingClientRect().right));
        check(`${width} px: controls are in the window`, bar.length > 0 && Math.max(...bar) <= width, bar);
        await page.close();
    }
}

async function roles(d) {
    const { page } = d, told = await page.evaluate(() => ({
        trees: document.querySelectorAll("[role=tree][aria-label]").length,
        items: [...document.querySelectorAll("[role=tree] [role=treeitem]")].every((e) => +e.getAttribute("aria-level") > 0 && e.getAttribute("aria-label")),
        stops: document.querySelectorAll("#frames [tabindex='0']").length,
        titled: !!document.querySelector("svg > title").textContent,
        nameless: [...document.querySelectorAll("#bar button, #bar input")].filter((e) => !e.textContent.trim() && !e.getAttribute("aria-label")).length,
    }));
    check("roles: one tree, of items with levels and names, one of them in the order of Tab", told.trees === 1 && told.items && told.stops === 1 && told.titled, told);
    check("roles: every control has a name", told.nameless === 0, told);
}

async function run(browser, folder, ask) {
    const { file: data } = writeRecording(folder, 15000), file = path.join(folder, "picture.svg");
    ask(data, "-q", "-o", file);
    const stacks = readFolded(ask(data, "-q", "--format", "folded")), profile = await readPicture(file);
    const { page, complaints } = await openWatched(browser, file, { viewport: VIEW, colorScheme: "light" }), d = new Drawing(page, profile);
    await page.waitForSelector("#find");
    await page.mouse.move(640, 300);
    await roles(d);
    await depths(d, stacks);
    await clipboard(d, d.wide(0, 60, 1260).find((k) => profile.depth[k] === 4));
    check("names that hurt are only text", await page.evaluate(() => document.querySelectorAll("#frames script").length) === 0);
    check("no error, and nothing asked of the network", complaints.length === 0, complaints);
    await page.close();
    await looks(browser, file, profile);
    await widths(browser, file, profile);
    await printing(browser, file);
}

compare(run);
