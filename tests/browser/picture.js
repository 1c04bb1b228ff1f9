// picture.js: the SVG in a real browser.
//
//     node picture.js PICTURE.svg
//     node picture.js FLAMEDATA PERF.DATA [OPTION...]
//
// What is expected is worked out from the columns in the file and from the still drawing, read with
// scripts switched off; what is found is the state of the page after real clicks and keys. Works for
// any picture of ours that has at least a process, a function in it that has callees, and another one.
"use strict";

const fs = require("fs");
const path = require("path");

const { check, main } = require("./browse.js");
const { columnsOf, loadCore } = require("./core_files.js");

const core = loadCore(path.join(__dirname, "../../src/render/assets"));
const VIEW = { width: 1280, height: 800 }, MARGIN = 10;

const near = (a, b, by) => Math.abs(a - b) <= by;
const literal = (s) => s.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

// Run in the page: the frames as they are now, boxes in px of the window, labels apart.
function readStill() {
    return [...document.querySelectorAll("#frames g > title")].map(({ parentNode: g, textContent: full }) => {
        const box = g.querySelector("rect").getBoundingClientRect(), text = g.querySelector("text");
        return {
            full, name: full.slice(0, full.lastIndexOf(" (")), x: box.x, y: box.y, width: box.width, right: box.right,
            label: text ? text.textContent : "", labelRight: text ? text.getBoundingClientRect().right : 0,
        };
    });
}

function readLive() {
    const boxOf = (e) => e.getBoundingClientRect().toJSON();
    const frames = [...document.querySelectorAll("#frames [role=treeitem]")].map((rect) => ({
        ...boxOf(rect), told: rect.getAttribute("aria-label"), level: +rect.getAttribute("aria-level"),
        faded: rect.classList.contains("faded"), match: rect.classList.contains("match"),
    }));
    const labels = [...document.querySelectorAll("#frames text")].map((text) => ({ ...boxOf(text), text: text.textContent }));
    return { frames, labels, height: +document.documentElement.getAttribute("height") };
}

// Every label lies in a frame.
function labelsFit({ frames, labels }) {
    return labels.find((l) => !frames.some((f) => Math.abs(f.y - l.y) < 8 && l.x >= f.x - 1 && l.right <= f.right + 1));
}

class Picture {
    constructor(page, profile) {
        Object.assign(this, { page, profile });
        this.weights = core.weigh(profile, profile.events[0].self);
    }
    // Wait until what readers of screens are told is up to date, too.
    async settled() {
        await this.page.evaluate(() => new Promise((done) => setTimeout(() => requestAnimationFrame(() => done()), 60)));
        await this.page.waitForSelector("#frames [role=tree][aria-busy=false]", { state: "attached" });
    }
    async read() {
        await this.settled();
        return this.page.evaluate(readLive);
    }
    nameOf(k) {
        return k ? this.profile.names[this.profile.id[k]] : "all";
    }
    // The frames that are to be seen when zoomed is zoomed: [k, x, width], in px of inner.
    expected(zoomed, inner) {
        const { parent, end } = this.profile, { total, start } = this.weights, found = [];
        for (let k = parent[zoomed]; k >= 0; k = parent[k]) found.unshift([k, 0, inner]);
        const scale = inner / total[zoomed];
        for (let k = zoomed; k < end[zoomed];) {
            const width = total[k] * scale;
            if (width >= 0.5) found.push([k, (start[k] - start[zoomed]) * scale, width]);
            k = width >= 0.5 ? k + 1 : end[k];
        }
        return found;
    }
    // What of the frames found is not as expected; undefined: nothing.
    differs({ frames }, zoomed, inner) {
        const expected = this.expected(zoomed, inner);
        if (frames.length !== expected.length) return [frames.length, expected.length];
        const wrong = expected.findIndex(([k, x, width], i) => {
            const f = frames[i];
            return !near(f.x - MARGIN, x, 0.1) || !near(f.width, width, 0.3) || f.level !== this.profile.depth[k] + 1 || !f.told.startsWith(this.nameOf(k) + ", ");
        });
        return wrong < 0 ? undefined : [expected[wrong], frames[wrong]];
    }
    async click(frame, options) {
        await this.page.evaluate(([y]) => { if (y < 60 || y > innerHeight - 60) scrollBy(0, y - innerHeight / 2); }, [frame.y]);
        const moved = (await this.read()).frames.find((f) => near(f.x, frame.x, 0.1) && near(f.width, frame.width, 0.1) && f.level === frame.level);
        await this.page.mouse.click(moved.x + Math.min(moved.width / 2, 300), moved.y + 5, options);
    }
    matched() {
        return this.page.locator("#matched").textContent();
    }
    // The share that a pattern has of top, from the stacks one by one.
    share(pattern, top) {
        const { parent, end, n } = this.profile, { self } = this.weights, hit = new Uint8Array(n);
        let sum = 0;
        for (let k = 1; k < n; k++) hit[k] = hit[parent[k]] || pattern.test(this.nameOf(k)) ? 1 : 0;
        for (let k = top; k < end[top]; k++) if (hit[k]) sum += self[k];
        return sum / this.weights.total[top] * 100;
    }
}

async function still(browser, url) {
    const page = await browser.newPage({ viewport: VIEW, javaScriptEnabled: false });
    await page.goto(url);
    const given = await page.evaluate(readStill);
    check("without scripts: frames are labelled", given.filter((f) => f.label).length > 1);
    check("without scripts: labels stay inside their frames", given.every((f) => f.labelRight <= f.right + 1), given.find((f) => f.labelRight > f.right + 1));
    check("without scripts: there are no dead controls", await page.locator("button, input").count() === 0);
    await page.close();
    const old = await browser.newPage({ viewport: VIEW });
    await old.addInitScript("delete window.DecompressionStream");
    await old.goto(url);
    await old.waitForTimeout(300);
    await old.mouse.move(400, 400);
    check("an old browser keeps the still drawing", (await old.evaluate(readStill)).length === given.length && await old.locator("button, input").count() === 0);
    await old.close();
    return given;
}

async function zooming(p, target) {
    const { page, profile } = p, inner = (await p.read()).frames[0].width;
    let now = await p.read();
    const frameOf = (k) => now.frames[p.expected(0, inner).findIndex(([shown]) => shown === k)];
    await p.click(frameOf(target));
    now = await p.read();
    check("click: the frame has the whole width, what is inside grows, all else is gone", !p.differs(now, target, inner), p.differs(now, target, inner));
    check("click: callers are faded, and nothing else", now.frames.every((f) => f.faded === f.level <= profile.depth[target]));
    const deepest = Math.max(...now.frames.map((f) => f.level));
    check("click: the picture is as high as what it shows", near(now.height - deepest * p.row, p.chrome, 0.5), [now.height, deepest]);
    check("zoomed: labels stay inside their frames", !labelsFit(now), labelsFit(now));
    check("the address holds the zoom", /#.*z=/.test(page.url()), page.url());
    check("the reset button is there", await page.locator("#reset").isVisible());

    await page.reload();
    now = await p.read();
    check("a link opens the same view", !p.differs(now, target, inner), p.differs(now, target, inner));
    const caller = profile.parent[target];
    await p.click(now.frames[profile.depth[caller]]);
    now = await p.read();
    check("a click on a caller zooms out to it", !p.differs(now, caller, inner), p.differs(now, caller, inner));
    await page.goBack();
    now = await p.read();
    check("Back returns to the view before", !p.differs(now, target, inner), p.differs(now, target, inner));
}

async function searching(p, target, other) {
    const { page } = p, name = p.nameOf(target);
    const expectMatch = async (when, pattern, zoomed) => {
        const text = await p.matched(), [all, zoom] = [...text.matchAll(/([\d.]+)%/g)].map((m) => Number(m[1]));
        check(when + ": the share of all is right", near(all, p.share(pattern, 0), 0.0051), [text, p.share(pattern, 0)]);
        if (zoomed) check(when + ": the share of the zoom is right", near(zoom, p.share(pattern, zoomed), 0.0051), [text, p.share(pattern, zoomed)]);
        const { frames } = await p.read(), inner = frames[0].width, shown = p.expected(zoomed, inner);
        check(when + ": exactly the matching frames are marked", frames.every((f, i) => f.match === (shown[i][0] > 0 && pattern.test(p.nameOf(shown[i][0])))));
    };
    const flags = (text) => /\p{Lu}/u.test(text) ? "u" : "iu";
    await page.keyboard.press("/");
    check("/ opens the search field", await page.evaluate(() => document.activeElement.id === "field"));
    await page.keyboard.type(literal(name));
    await expectMatch("search in a zoom", new RegExp(literal(name), flags(name)), target);
    await page.locator("#reset").click();
    await expectMatch("search after reset", new RegExp(literal(name), flags(name)), 0);
    await page.locator("#field").fill("^" + literal(p.nameOf(other)) + "$");
    await expectMatch("an anchored expression", new RegExp("^" + literal(p.nameOf(other)) + "$", flags(p.nameOf(other))), 0);
    for (const bad of ["operator()(", "[", "*", "a{2", "\\", "(?<"]) {
        await page.locator("#field").fill(bad);
        await expectMatch("the bad expression " + bad + " is literal text", new RegExp(literal(bad)), 0);
    }
    await page.locator("#field").fill("samples");
    await expectMatch("what weights count is not searched", /samples/i, 0);
    await page.locator("#field").fill(literal(name));
    for (const [key, at] of [["Enter", / 1 of \d/], ["Enter", / [12] of \d/], ["Shift+Enter", / 1 of \d/]]) {
        await page.keyboard.press(key);
        check(key + " goes to a match, and it can be seen", at.test(await p.matched()) && await page.locator(".focused").isVisible() &&
            (await page.locator(".focused").boundingBox()).width >= 36, await p.matched());
        const told = await page.locator("#details").textContent();
        check(key + ": the details line tells of the match", told.includes(name), told);
    }
    check("the field keeps the keyboard", await page.evaluate(() => document.activeElement.id === "field"));
    await page.keyboard.press("Escape");
    check("Escape ends the search", await p.matched() === "" && !(await p.read()).frames.some((f) => f.match) && !(await page.locator("#field").isVisible()));
    await page.locator("#find").click();
    check("the Search button opens the field", await page.locator("#field").isVisible());
    await page.keyboard.press("Escape");
}

async function keyboard(p, target, inverted) {
    const { page, profile } = p, inner = (await p.read()).frames[0].width;
    const focus = () => page.evaluate(() => {
        const e = document.activeElement;
        return !!e && e.getAttribute("role") === "treeitem" && { told: e.getAttribute("aria-label"), level: +e.getAttribute("aria-level") };
    });
    await page.keyboard.press("Tab");
    check("Tab goes to a frame, and the focus can be seen", (await focus()).level === 1 && await page.locator(".focused").isVisible(), await focus());
    await page.keyboard.press("Home");
    await p.settled();
    check("Home goes to the root", (await focus()).level === 1, await focus());
    const [deeper, back] = inverted ? ["ArrowDown", "ArrowUp"] : ["ArrowUp", "ArrowDown"];
    await page.keyboard.press(deeper);
    await page.keyboard.press(deeper);
    check(deeper + " goes to a callee", (await focus()).level === 3, await focus());
    await page.keyboard.press(back);
    check(back + " goes to the caller", (await focus()).level === 2, await focus());
    const before = await focus();
    await page.keyboard.press("Enter");
    let now = await p.read();
    check("Enter zooms, and the frame keeps the keyboard", now.frames[1].width === now.frames[0].width && JSON.stringify(await focus()) === JSON.stringify(before), [await focus(), before]);
    await page.keyboard.press("Escape");
    now = await p.read();
    check("Escape steps out", !p.differs(now, 0, inner) || profile.end[1] === profile.n, p.differs(now, 0, inner));
    await page.keyboard.press("Home");
    const free = await page.evaluate(() => {
        const key = (k, more) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: k, cancelable: true, bubbles: true, ...more }));
        return key("f", { ctrlKey: true }) && key("F3") && key(" ") && key("PageDown");
    });
    check("Ctrl-F, F3, space and paging stay the browser's", free);
    const tall = (await p.read()).height > VIEW.height;
    await page.reload();
    await page.waitForSelector("#find");
    await page.mouse.move(640, 1);
    await page.keyboard.press(tall ? "ArrowRight" : deeper);
    await p.settled();
    check("arrows start at the root where nothing was chosen", (await focus()).level === (tall ? 1 : 2), await focus());
    await page.keyboard.press("Escape");
    check("Escape lets go of the frame", await focus() === false && !(await page.locator(".focused").isVisible()));
    await p.click((await p.read()).frames[1]);
    await page.keyboard.press(deeper);
    check("after a click arrows go on from there", (await focus()).level === 3, await focus());
    for (let i = 0; i < 3; i++) await page.keyboard.press("Escape");
    await p.settled();
    await p.click((await p.read()).frames[1], { button: "right" });
    await page.keyboard.press("Escape");
    await page.keyboard.press(deeper);
    check("after the menu, too", (await focus()).level === 3, await focus());
    await page.keyboard.press("Escape");
}

// The menu, and the stacks that its entries leave.
async function menu(p, target) {
    const { page, profile, weights } = p, id = profile.id[target], inner = (await p.read()).frames[0].width;
    const open = async () => {
        const now = await p.read(), i = p.expected(0, inner).findIndex(([k]) => k === target);
        await p.click(now.frames[i], { button: "right" });
    };
    const choose = async (text) => {
        await open();
        await page.getByRole("menuitem", { name: text, exact: true }).click();
        await p.settled();
        return page.evaluate(() => document.querySelector("#frames [role=treeitem]").getBoundingClientRect().width);
    };
    const total = async () => {
        await page.mouse.move(1, 400);
        const root = (await p.read()).frames[0];
        await page.mouse.move(root.x + root.width - 2, root.y + 5);
        return page.locator("#details").textContent();
    };
    await page.locator("#more").click();
    check("the button's menu, nothing chosen, is about the picture", !/Copy/.test(await page.locator("#menu").textContent()), await page.locator("#menu").textContent());
    await page.getByRole("menuitem", { name: "About This Picture" }).click();
    check("About says what the metadata has", (await page.locator("#menu pre").textContent()).includes(p.metadata), await page.locator("#menu").textContent());
    await page.keyboard.press("Escape");
    check("Escape closes that", await page.locator("#menu").count() === 0);
    const through = core.matchedWeight(profile, weights, Uint8Array.from(profile.names, (_, i) => i === id ? 1 : 0), 0);
    const unit = profile.events[0].unit, digits = (text) => Number((text.match(/[\d,]+(?= samples)/) || ["-1"])[0].replace(/,/g, ""));
    await open();
    check("a right click opens a menu, and its first entry has the keyboard", await page.evaluate(() => document.activeElement.getAttribute("role") === "menuitem"));
    await page.keyboard.press("Escape");
    check("Escape closes it", await page.locator("#menu").count() === 0);
    for (const [text, weight] of [["Only Stacks Through This", through], ["Hide Stacks Through This", weights.total[0] - through], ["Remove This Function", weights.total[0]], ["Show Its Callers", through], ["Collapse Recursion", weights.total[0]]]) {
        await choose(text);
        if (weight && p.counted) check(text + ": the whole is right", digits(await total()) === weight * unit, [await total(), weight * unit]);
        check(text + ": the address says so", /v=/.test(page.url()), page.url());
        await page.reload();
        if (weight && p.counted) check(text + ": a link opens the same", digits(await total()) === weight * unit, await total());
        await page.mouse.move(400, 400);
        await page.locator("#steps").click();
        check(text + ": All Stacks brings all back", !p.differs(await p.read(), 0, inner), p.differs(await p.read(), 0, inner));
    }
}

async function run(browser, file) {
    const url = "file://" + path.resolve(file), errors = [];
    const profile = core.readProfile(await core.inflate(columnsOf(file)));
    const given = await still(browser, url), inverted = given.every((f) => f.y >= given[0].y);
    const page = await browser.newPage({ viewport: VIEW, colorScheme: "light" });
    page.on("pageerror", (e) => errors.push(e.message));
    page.on("console", (m) => m.type() === "error" && errors.push(m.text()));
    await page.goto(url);
    await page.waitForSelector("#find");
    const p = new Picture(page, profile), { total } = p.weights;
    p.metadata = await page.evaluate(() => document.querySelector("metadata").textContent.trim());
    p.counted = given[0].full.includes(" samples,");

    const before = await page.evaluate(readStill);
    check("the first screen shows the root", before[0].y >= 0 && before[0].y + 16 <= VIEW.height, before[0].y);
    check("there is nothing to reset", !(await page.locator("#reset").isVisible()));
    await page.mouse.move(640, 300);
    let now = await p.read();
    const moved = before.find((b) => !now.frames.some((f) => near(f.x, b.x, 0.6) && near(f.y, b.y, 0.6) && near(f.width, b.width, 0.7)));
    check("the script's drawing stands where the still one stood", !moved && before.length === now.frames.length, [moved, before.length, now.frames.length]);
    check("labels stay inside their frames", !labelsFit(now), labelsFit(now));
    p.row = Math.abs(now.frames[0].y - now.frames[1].y);
    p.chrome = now.height - Math.max(...now.frames.map((f) => f.level)) * p.row;

    const data = fs.readFileSync(file, "utf8");
    if (/,fluid:true/.test(data)) {
        await page.setViewportSize({ width: 400, height: 700 });
        now = await p.read();
        check("a fluid picture follows a narrow window", !p.differs(now, 0, 380), p.differs(now, 0, 380));
        check("narrow: labels stay inside their frames", !labelsFit(now), labelsFit(now));
        const boxes = await Promise.all(["#title", "#find", "#more"].map((id) => page.locator(id).boundingBox()));
        check("narrow: the title is whole, and the controls beside it", await page.locator("#title").textContent() === await page.locator("svg > title").first().textContent() &&
            boxes.every((b, i) => b.x >= 0 && b.x + b.width <= (i < 2 ? boxes[i + 1].x : 400)), boxes);
        check("narrow: nothing to scroll sideways", !(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)));
        await page.setViewportSize(VIEW);
    }
    now = await p.read();
    const inner = now.frames[0].width;
    // A frame with callees and neighbours, the widest below nine tenths, and another function.
    const shown = p.expected(0, inner).map(([k]) => k).filter((k) => k && total[k] * 10 < total[0] * 9).sort((a, b) => total[b] - total[a]);
    const target = shown.find((k) => profile.end[k] > k + 1 && profile.depth[k] > 1), other = shown.find((k) => profile.id[k] !== profile.id[target]);
    if (!target) throw new Error("this picture has nothing to zoom into");

    await zooming(p, target);
    await searching(p, target, other);
    await page.goto("about:blank");
    await page.goto(url);
    await page.waitForSelector("#find");
    await page.mouse.move(640, 300);
    await keyboard(p, target, inverted);
    await menu(p, target);

    now = await p.read();
    const f = now.frames[p.expected(0, inner).findIndex(([k]) => k === target)];
    await page.evaluate((y) => { if (y < 60 || y > innerHeight - 60) scrollBy(0, y - innerHeight / 2); }, f.y);
    const there = (await p.read()).frames.find((g) => near(g.x, f.x, 0.1) && near(g.width, f.width, 0.1) && g.level === f.level);
    await page.mouse.move(there.x + there.width / 2, there.y + 5);
    const details = await page.locator("#details").textContent(), share = core.percentText(total[target], total[0]);
    check("the details line tells of the frame under the pointer", details.includes(share), details);
    const bar = await page.locator("#details").boundingBox();
    check("the details line is on the screen", bar.y >= 0 && bar.y + bar.height <= VIEW.height, bar);
    const tip = await page.evaluate(([x, y]) => document.elementFromPoint(x, y).querySelector("title").textContent, [there.x + there.width / 2, there.y + 5]);
    check("its tooltip, too, with its whole name", tip.startsWith(p.nameOf(target) + " (") && tip.includes(share), tip);

    await page.goto(url + "#z=nonsense&s=%E0%A4%A&v=focus-nobody.what");
    now = await p.read();
    check("a link that fits nothing is ignored", !p.differs(now, 0, inner), p.differs(now, 0, inner));
    check("the page reported no error", errors.length === 0, errors);
}

main(run, ".svg", []);
