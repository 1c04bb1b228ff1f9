// picture.js: the SVG in a real browser.
//
//     node picture.js PICTURE.svg
//     node picture.js FLAMEDATA PERF.DATA [OPTION...]
//
// What is expected is worked out from the frames as they stand in the file, read with scripts
// switched off; what is found is the state of the page after real clicks and keys. Works for any
// picture of ours that has at least a process, a function in it that has callees, and another one.
"use strict";

const path = require("path");

const { check, main } = require("./browse.js");

function near(a, b, by) {
    return Math.abs(a - b) <= by;
}

// Runs in the page: the frames as they are now, boxes in px of the window.
function readFrames() {
    return [...document.querySelectorAll("#frames > g")].map((g, index) => {
        const [title, rect, text] = g.children;
        const full = title.textContent, box = rect.getBoundingClientRect();
        const label = text && text.getBoundingClientRect();
        return {
            index, full, name: full.slice(0, full.lastIndexOf(" (")),
            x: box.x, y: box.y, width: box.width, right: box.right,
            share: [parseFloat(rect.getAttribute("x")), parseFloat(rect.getAttribute("width"))],
            label: text ? text.textContent : "", labelRight: label ? label.right : 0,
            shown: getComputedStyle(g).display !== "none",
            faded: g.classList.contains("faded"), match: g.classList.contains("match"),
        };
    });
}

// The width in percent of the union of what the frames cover, inside [from, to).
function union(frames, from, to) {
    const spans = frames.map((f) => [Math.max(f.share[0], from), Math.min(f.share[0] + f.share[1], to)])
        .filter((s) => s[1] > s[0]).sort((a, b) => a[0] - b[0]);
    let sum = 0, end = from;
    for (const [a, b] of spans) {
        sum += Math.max(0, b - Math.max(a, end));
        end = Math.max(end, b);
    }
    return sum;
}

const contains = (f, g) => g.share[0] >= f.share[0] - 1e-9 && g.share[0] + g.share[1] <= f.share[0] + f.share[1] + 1e-9;

async function run(browser, file) {
    const url = "file://" + path.resolve(file);
    const errors = [];

    const still = await browser.newPage({ viewport: { width: 1280, height: 800 }, javaScriptEnabled: false });
    await still.goto(url);
    const given = await still.evaluate(readFrames);
    const root = given[0], inverted = given.every((f) => f.y >= root.y);
    const labelled = given.filter((f) => f.label);
    check("without scripts: frames are labelled", labelled.length > 1, labelled.length);
    check("without scripts: labels stay inside their frames", labelled.every((f) => f.labelRight <= f.right + 1),
        labelled.find((f) => f.labelRight > f.right + 1));
    check("without scripts: there are no dead controls", await still.locator(".control").count() === 0);
    await still.close();

    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.on("pageerror", (e) => errors.push(e.message));
    page.on("console", (m) => m.type() === "error" && errors.push(m.text()));
    await page.goto(url);
    const frames = () => page.evaluate(readFrames);
    const click = (f) => page.evaluate((i) => {
        const rect = document.querySelectorAll("#frames > g")[i].children[1];
        rect.scrollIntoView({ block: "center" });
        const box = rect.getBoundingClientRect();
        return [box.x + box.width / 2, box.y + box.height / 2];
    }, f.index).then(([x, y]) => page.mouse.click(x, y));
    const settled = () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50))));
    const matched = () => page.locator("#matched tspan").textContent();

    let now = await frames();
    const fluid = near(now[0].width, 1260, 1.5);
    if (fluid) {
        await page.setViewportSize({ width: 400, height: 700 });
        await settled();
        now = await frames();
        check("a fluid picture follows a narrow window", near(now[0].width, 380, 1.5), now[0].width);
        check("narrow: labels stay inside their frames", now.every((f) => !f.label || f.labelRight <= f.right + 1));
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        check("narrow: nothing to scroll sideways", !wide);
        await page.setViewportSize({ width: 1280, height: 800 });
        await settled();
    }
    now = await frames();
    check("labels stay inside their frames", now.every((f) => !f.label || f.labelRight <= f.right + 1),
        now.find((f) => f.label && f.labelRight > f.right + 1));
    check("the first screen shows the root", now[0].y >= 0 && now[0].y + 16 <= 800, now[0].y);
    check("there is nothing to reset", !(await page.locator("#reset").isVisible()));

    // A frame with callees and neighbours, the widest below nine tenths.
    const hasCallees = (f) => given.some((g) => g !== f && contains(f, g) && (inverted ? g.y > f.y : g.y < f.y));
    const target = given.filter((f) => f.share[1] < 90 && hasCallees(f)).sort((a, b) => b.share[1] - a.share[1])[0];
    if (!target) throw new Error("this picture has nothing to zoom into");
    const above = (f) => inverted ? f.y < target.y - 1 : f.y > target.y + 1;
    const callers = given.filter((f) => above(f) && contains(f, target));
    const inside = given.filter((f) => !above(f) && contains(target, f));

    await click(target);
    now = await frames();
    check("click: the frame takes the whole width", near(now[target.index].width, now[0].width, 0.5), now[target.index]);
    check("click: callers are shown, faded and whole", callers.every((f) => now[f.index].shown && now[f.index].faded && near(now[f.index].width, now[0].width, 0.5)));
    check("click: what is inside grows in proportion", inside.every((f) => !now[f.index].shown ||
        near(now[f.index].width, f.share[1] / target.share[1] * now[0].width, 0.5 + 0.002 * 1280 / target.share[1])));
    const others = given.filter((f) => !callers.includes(f) && !inside.includes(f));
    check("click: everything else is hidden", others.every((f) => !now[f.index].shown), others.find((f) => now[f.index].shown));
    check("zoomed: labels stay inside their frames", now.every((f) => !f.shown || !f.label || f.labelRight <= f.right + 1));
    check("zoomed: the frame's label is its name", target.name.startsWith(now[target.index].label.replace(/\u2026$/, "")) && now[target.index].label);

    const link = page.url();
    check("the address holds the zoom", /#.*z=/.test(link), link);
    await page.reload();
    now = await frames();
    check("a link opens the same view", near(now[target.index].width, now[0].width, 0.5));

    await click(given[callers[callers.length - 1].index]);
    now = await frames();
    check("a click on a caller zooms out to it", others.some((f) => contains(callers[callers.length - 1], f) && now[f.index].shown) || callers.length < 2);
    await page.goBack();
    now = await frames();
    check("Back returns to the view before", near(now[target.index].width, now[0].width, 0.5));

    // Search, with the sum worked out from the file.
    const expectMatch = async (when, pattern, zoomedTo) => {
        const hits = given.slice(1).filter((f) => pattern.test(f.name));
        const [from, to] = zoomedTo ? [zoomedTo.share[0], zoomedTo.share[0] + zoomedTo.share[1]] : [0, 100];
        const part = union(hits, from, to) / (to - from) * 100;
        const text = await matched();
        check(when + ": the share is right", near(parseFloat(text.replace(/^\u2265 /, "")), part, 0.06 + 0.01 / (to - from)), [text, part]);
        const marked = (await frames()).filter((f) => f.match).map((f) => f.index);
        check(when + ": exactly the matching frames are marked", JSON.stringify(marked) === JSON.stringify(hits.map((f) => f.index)));
    };
    const literal = (s) => s.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    await page.keyboard.press("/");
    check("/ opens the search field", await page.evaluate(() => document.activeElement && document.activeElement.id === "field"));
    await page.keyboard.type(literal(target.name));
    await expectMatch("search in a zoom", new RegExp(literal(target.name), /\p{Lu}/u.test(target.name) ? "u" : "iu"), target);
    await page.locator("#reset").click();
    await expectMatch("search after reset", new RegExp(literal(target.name), /\p{Lu}/u.test(target.name) ? "u" : "iu"));
    now = await frames();
    check("Reset Zoom puts every frame back", given.every((f) => now[f.index].shown && near(now[f.index].share[0], f.share[0], 0.0002) && near(now[f.index].share[1], f.share[1], 0.0002)));
    check("Reset Zoom leaves nothing faded", !now.some((f) => f.faded));

    const other = given.filter((f) => f.index && f.name !== target.name).sort((a, b) => b.share[1] - a.share[1])[0];
    await page.locator("#field").fill("^" + literal(other.name) + "$");
    await expectMatch("an anchored expression", new RegExp("^" + literal(other.name) + "$", /\p{Lu}/u.test(other.name) ? "u" : "iu"));
    for (const bad of ["operator()(", "[", "*", "a{2", "\\", "(?<"]) {
        await page.locator("#field").fill(bad);
        await expectMatch("the bad expression " + bad + " is literal text", new RegExp(literal(bad)));
    }
    await page.locator("#field").fill("no such name anywhere");
    check("no match is 0.0%", /^(\u2265 )?0\.0%/.test(await matched()), await matched());
    await page.keyboard.press("Escape");
    check("Escape ends the search", await matched() === "" && !(await frames()).some((f) => f.match) && !(await page.locator("#search").isVisible()));
    await page.locator("#find").click();
    check("the Search button opens the field", await page.locator("#search").isVisible());
    await page.keyboard.press("Escape");
    await click(target);
    await page.keyboard.press("Escape");
    check("Escape resets the zoom", (await frames()).every((f) => f.shown));
    const free = await page.evaluate(() => {
        const key = (k, more) => dispatchEvent(new KeyboardEvent("keydown", { key: k, cancelable: true, bubbles: true, ...more }));
        return key("f", { ctrlKey: true }) && key("F3") && key(" ");
    });
    check("Ctrl-F, F3 and space stay the browser's", free);

    await page.evaluate((i) => document.querySelectorAll("#frames > g")[i].scrollIntoView({ block: "center" }), target.index);
    now = await frames();
    await page.mouse.move(1, 1);
    await page.mouse.move(now[target.index].x + now[target.index].width / 2, now[target.index].y + 5);
    const details = await page.locator("#details").textContent();
    check("the details line names the frame under the pointer", details.includes(target.full.slice(0, 60)), details);
    const bar = await page.locator("#details").boundingBox();
    check("the details line is on the screen", bar.y >= 0 && bar.y + bar.height <= 800, bar);

    await page.goto(url + "#z=nonsense&s=%E0%A4%A");
    now = await frames();
    check("a link that fits nothing is ignored", now.every((f) => f.shown));
    check("the page reported no error", errors.length === 0, errors);
}

main(run, ".svg", []);
