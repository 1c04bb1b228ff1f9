// html_page.js: a report in a browser, as its readers find it: by pointer, keyboard and what it
// says. Where boxes should be is worked out from the columns in the file.
"use strict";

const fs = require("fs");
const path = require("path");

const { check } = require("./browse.js");
const { columnsOf, loadCore } = require("./core_files.js");

const core = loadCore(path.join(__dirname, "../../src/render/assets"));
const VIEW = { width: 1280, height: 800 }, ROW_PX = 18;

// The profile of a picture or a report.
async function readPicture(file) {
    return core.readProfile(await core.inflate(columnsOf(file)));
}

// Profile and data of a report.
async function readReport(file) {
    const words = fs.readFileSync(file, "utf8").match(/id="data"[^>]*>([^<]*)</)[1];
    return { profile: await readPicture(file), data: JSON.parse(new TextDecoder().decode(await core.inflate(words))) };
}

class Report {
    // event: index into the profile's events; it can be changed
    constructor(page, { profile, data }) {
        Object.assign(this, { page, profile, data });
        this.take(data.event);
    }
    take(event) {
        const { unit, self } = this.profile.events[event];
        Object.assign(this, { event, unit, measure: this.data.events[event], weights: core.weigh(this.profile, self) });
    }
    async ready() {
        await this.page.waitForFunction(() => document.documentElement.dataset.ready === "");
        await this.settled();
    }
    // Wait until what glides has arrived.
    settled() {
        return this.page.waitForTimeout(220);
    }
    // Wait until the tree for readers of screens is up to date, too.
    told() {
        return this.page.waitForTimeout(480);
    }
    async open(url) {
        await this.page.goto("about:blank");
        await this.page.goto(url);
        await this.ready();
    }
    nameOf(k) {
        return k ? this.profile.names[this.profile.id[k]] : "all";
    }
    namesTo(k) {
        const names = [];
        for (; k > 0; k = this.profile.parent[k]) names.unshift(this.nameOf(k));
        return names;
    }
    weightText(weight) {
        return core.weightText(weight * this.unit, this.measure);
    }
    scroller(which = 0) {
        return this.page.locator(".flames:not([hidden]) .scroller").nth(which);
    }
    // Where a frame should be when zoomed has the whole width: [x, y, width] in px of the window; y is its middle.
    async boxOf(k, zoomed, flipped) {
        const { left, top, bottom, width, hidden } = await this.scroller().evaluate((scroller) => {
            const space = scroller.querySelector(".space").getBoundingClientRect(), own = scroller.getBoundingClientRect();
            return { left: space.left, top: space.top, bottom: space.bottom, width: space.width, hidden: [own.top, own.bottom] };
        });
        const { start, total } = this.weights, scale = width / total[zoomed], row = this.profile.depth[k];
        const y = flipped ? bottom - (row + 0.5) * ROW_PX : top + (row + 0.5) * ROW_PX;
        const [x, wide] = k < zoomed ? [0, width] : [(start[k] - start[zoomed]) * scale, total[k] * scale];
        if (y > hidden[0] + 5 && y < hidden[1] - 5) return [left + x, y, wide];
        await this.scroller().evaluate((scroller, by) => scroller.scrollBy(0, by), y - (hidden[0] + hidden[1]) / 2);
        await this.page.waitForTimeout(60);
        return this.boxOf(k, zoomed, flipped);
    }
    detail() {
        return this.page.locator(".detail").textContent();
    }
    // What the page says of the frame whose place this is.
    async toldAt(k, zoomed, flipped) {
        const [x, y, width] = await this.boxOf(k, zoomed, flipped);
        await this.page.mouse.move(x + width / 2, y);
        return this.detail();
    }
    async click(k, zoomed, flipped, options) {
        const [x, y, width] = await this.boxOf(k, zoomed, flipped);
        await this.page.mouse.click(x + width / 2, y, options);
        await this.settled();
    }
    // Frames of at least so many px, the widest of the deepest and widest alike.
    wide(zoomed, px, most) {
        const { end } = this.profile, { total } = this.weights, least = total[zoomed] * px / VIEW.width, found = [];
        for (let k = zoomed; k < end[zoomed];) {
            if (total[k] >= least) found.push(k++);
            else k = end[k];
        }
        const step = Math.max(1, found.length / most);
        return Array.from({ length: Math.min(most, found.length) }, (_, i) => found[Math.floor(i * step)]);
    }
    // The first frame that isn't told as it should be; undefined: there is none.
    async wrong(frames, zoomed, flipped) {
        for (const k of frames) {
            const told = await this.toldAt(k, zoomed, flipped);
            if (!told.startsWith(this.nameOf(k) + " \u00b7 total " + this.weightText(this.weights.total[k]) + " (")) return [this.namesTo(k), told];
        }
    }
    found() {
        return this.page.locator("#find output").textContent();
    }
    async search(text) {
        await this.page.locator("#find input").fill(text);
        await this.settled();
    }
    tab(value) {
        return this.page.locator(`[role=tab][value=${value}]`);
    }
    async choose(value) {
        await this.tab(value).click();
        await this.settled();
    }
    // What readers of screens have of a canvas: [{level, told}].
    async mirror(which = 0) {
        await this.told();
        return this.scroller(which).evaluate((scroller) => [...scroller.querySelectorAll("[role=treeitem]")]
            .map((item) => ({ level: +item.getAttribute("aria-level"), told: item.textContent })));
    }
    // What the keyboard is on in the picture.
    async active() {
        await this.told();
        return this.scroller().evaluate((scroller) => {
            const item = document.getElementById(scroller.getAttribute("aria-activedescendant"));
            return item && { level: +item.getAttribute("aria-level"), told: item.textContent };
        });
    }
    // The first rows of the table of hot functions, as they stand in the document while it is scrolled.
    async rows(most) {
        return this.page.evaluate(async (count) => {
            const grid = document.querySelector(".grid"), rows = new Map();
            grid.scrollTop = 0;
            for (let before = -1; rows.size < count && rows.size !== before;) {
                await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
                before = rows.size;
                for (const row of grid.querySelectorAll("[data-place]")) {
                    const [self, total, name, object] = row.children, text = (cell, part) => cell.querySelector("." + part).textContent;
                    rows.set(+row.dataset.place, {
                        name: name.title, kind: name.querySelector(".chip").title, object: object.textContent,
                        self: [text(self, "weight"), text(self, "share")], total: [text(total, "weight"), text(total, "share")],
                    });
                }
                grid.scrollTop += grid.clientHeight / 2;
            }
            grid.scrollTop = 0;
            return [...rows].sort((a, b) => a[0] - b[0]).map(([, row]) => row).slice(0, count);
        }, most);
    }
    // [fill, ink] of a frame's box, from the canvas' pixels: the most frequent colour, and the one
    // that is farthest from it.
    async colours(k, zoomed, flipped) {
        const [x, y, width] = await this.boxOf(k, zoomed, flipped);
        await this.page.mouse.move(2, 2);
        await this.settled();
        return this.page.evaluate(([left, middle, wide]) => {
            const canvas = document.querySelector(".flames:not([hidden]) canvas"), box = canvas.getBoundingClientRect(), scale = devicePixelRatio;
            const { data } = canvas.getContext("2d").getImageData((left - box.left + 2) * scale, (middle - box.top - 7) * scale, Math.max(1, wide - 5) * scale, 14 * scale);
            const counts = new Map();
            for (let i = 0; i < data.length; i += 4) {
                const colour = data.slice(i, i + 3).join();
                counts.set(colour, (counts.get(colour) || 0) + 1);
            }
            const fill = [...counts].sort((a, b) => b[1] - a[1])[0][0].split(",").map(Number);
            const far = (c) => c.split(",").reduce((sum, v, i) => sum + Math.abs(v - fill[i]), 0);
            return [fill, [...counts.keys()].sort((a, b) => far(b) - far(a))[0].split(",").map(Number)];
        }, [x, y, width]);
    }
}

// That frames are told where they should be.
async function expectFrames(r, claim, frames, zoomed, flipped, also = true) {
    const wrong = await r.wrong(frames, zoomed, flipped);
    check(claim, !wrong && also, wrong || r.page.url());
}

module.exports = { Report, VIEW, core, expectFrames, readPicture, readReport };
