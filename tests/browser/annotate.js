// annotate.js: a page of annotated code in a real browser.
//
//     node annotate.js PAGE.html
//     node annotate.js FLAMEDATA PERF.DATA [OPTION...]
//
// What is expected is worked out from the hits as they stand in the file; what is found is the
// state of the page after real clicks and keys. Works for any page of ours whose first function has
// hits.
"use strict";

const path = require("path");

const { check, main } = require("./browse.js");

const VIEW = { width: 1280, height: 800 };

// Runs in the page: rows as they are now.
function readRows() {
    const pairs = (text) => text ? text.split(" ").map((pair) => pair.split(",").map(Number)) : null;
    return {
        totals: pairs(document.querySelector("main").dataset.totals),
        functions: [...document.querySelectorAll("section")].map((section) => ({
            total: pairs(section.dataset.h),
            rows: [...section.querySelectorAll("tbody tr[id]")].map((row) => ({
                id: row.id, hits: pairs(row.dataset.h),
                percent: [...row.querySelectorAll(".p")].map((cell) => cell.textContent),
                link: row.querySelector(".t a") ? row.querySelector(".t a").hash.slice(1) : "",
            })),
        })),
    };
}

const shown = (page, selector) => page.evaluate((s) => [...document.querySelectorAll(s)].filter((e) => getComputedStyle(e).display !== "none").length, selector);
const settled = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30))));
const inView = (page, id) => page.evaluate((i) => {
    const row = document.getElementById(i).getBoundingClientRect(), main = document.querySelector("main").getBoundingClientRect();
    const head = document.getElementById(i).closest("table").tHead.getBoundingClientRect();
    return row.top >= Math.max(main.top, head.bottom) - 1 && row.bottom <= main.bottom + 1;
}, id);
const atRow = (page) => page.evaluate(() => document.querySelector("tr.at") ? document.querySelector("tr.at").id : "");

// What a percentage of a kind (local period, local hits, global period, global hits) is.
function percentOf(data, f, hits, e, kind) {
    const unit = kind % 2 ? 0 : 1, whole = (kind < 2 ? f.total : data.totals)[e][unit];
    return whole ? (100 * hits[e][unit] / whole).toFixed(2) : "0.00";
}

function checkPercents(when, data, kind) {
    let wrong = null;
    for (const f of data.functions)
        for (const row of f.rows)
            row.percent.forEach((text, e) => {
                const hit = row.hits && (row.hits[e][0] || row.hits[e][1]);
                const wanted = hit ? percentOf(data, f, row.hits, e, kind) : "";
                if (text !== wanted && Math.abs(text - wanted) > 0.0101) wrong = [row.id, text, wanted];
            });
    check(when + ": percentages are right", !wrong, wrong);
}

// The lowest contrast of text on what is behind it, by WCAG 2's formula.
function lowestContrast() {
    const style = getComputedStyle(document.body);
    const probe = document.body.appendChild(document.createElement("i"));
    const rgb = (name) => {
        probe.style.color = style.getPropertyValue(name);
        return getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).map(Number);
    };
    const light = (c) => c.map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const heat = style.getPropertyValue("--heat").trim().split(/\s+/).map(Number), back = rgb("--back");
    const over = (alpha) => back.map((v, i) => v + (heat[i] - v) * alpha);
    const pairs = [["--source-text", rgb("--source-back")], ["--text", rgb("--mark")], ["--hot", over(0.16)], ["--hot", over(0.62)],
        ["--text", over(0.62)], ["--text", over(0.16)], ["--dim", over(0.16)]];
    for (const name of ["--text", "--dim", "--link", "--call", "--jump", "--name", "--comment", "--inlined-text", "--warning", "--warm"])
        for (const behind of ["--back", "--side"]) pairs.push([name, rgb(behind)]);
    const ratios = pairs.map(([name, behind]) => {
        const a = light(rgb(name)), b = light(behind);
        return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), name, behind];
    });
    probe.remove();
    return ratios.sort((a, b) => a[0] - b[0])[0];
}

async function withoutScripts(browser, url) {
    const page = await browser.newPage({ viewport: VIEW, javaScriptEnabled: false });
    await page.goto(url);
    const data = await page.evaluate(readRows);
    const sources = await page.locator("tr.s").count();
    checkPercents("without scripts", data, Number(await page.locator("main").getAttribute("data-percent")));
    check("without scripts: there are no dead controls", await page.locator(".live:visible").count() === 0);
    check("without scripts: source is shown", await shown(page, "tr.s") === sources);
    if (sources) {
        await page.locator("label[for=show-source]").click();
        check("without scripts: the switch hides source", await shown(page, "tr.s") === 0);
    }
    const link = page.locator("section .notes a").first();
    if (await link.count()) {
        const id = (await link.getAttribute("href")).slice(1);
        await link.click();
        check("without scripts: a link leads to the hottest instruction", await inView(page, id), id);
    }
    await page.locator("label[for=show-bytes]").click();
    check("without scripts: the switch shows bytes", await shown(page, "tbody td.x") > 0);
    await page.close();
    return data;
}

async function keyboard(page, given) {
    const first = given.functions[0], e = Math.max(0, first.total.findIndex((hits) => hits[0]));
    const hot = first.rows.filter((r) => r.hits && r.hits[e][1]).sort((a, b) => b.hits[e][1] - a.hits[e][1]);
    for (let i = 0; i < Math.min(3, hot.length); i++) {
        if (i) await page.keyboard.press("h");
        const at = await atRow(page), row = first.rows.find((r) => r.id === at);
        check(i ? "h: number " + (i + 1) + " of the hottest" : "the page opens at the hottest", row && row.hits[e][1] === hot[i].hits[e][1], [at, hot[i].id]);
        check("it is in sight", at && await inView(page, at), at);
    }
    if (hot.length > 2) {
        await page.keyboard.press("H");
        const at = await atRow(page), row = first.rows.find((r) => r.id === at);
        check("H goes back", row && row.hits[e][1] === hot[1].hits[e][1], at);
    }
    if (hot.length < 2) await page.keyboard.press("h");
    check("what was gone to is said", /^\d+ of \d+: \d/.test(await page.locator("#status").textContent()));
    for (const [key, rows] of [["s", "tr.s"], ["i", "tr.n"], ["b", "tbody td.x"]]) {
        const before = await shown(page, rows);
        await page.keyboard.press(key);
        const after = await shown(page, rows);
        await page.keyboard.press(key);
        check(key + " is a switch", (await page.locator(rows).count()) === 0 || before !== after && await shown(page, rows) === before, [before, after]);
    }
    await page.keyboard.press("?");
    check("? opens the list of keys", await page.locator("#help").isVisible());
    await page.keyboard.press("Escape");
    check("Escape closes it", !(await page.locator("#help").isVisible()));
    await page.keyboard.press("?");
    await page.locator("#help button").click();
    check("its button closes it", !(await page.locator("#help").isVisible()));
    const free = await page.evaluate(() => {
        const key = (k, more) => dispatchEvent(new KeyboardEvent("keydown", { key: k, cancelable: true, bubbles: true, ...more }));
        return key("f", { ctrlKey: true }) && key("F3") && key(" ") && key("PageDown");
    });
    check("Ctrl-F, F3, space and PageDown stay the browser's", free);
}

async function percentages(page) {
    await page.evaluate(() => document.activeElement.blur());
    for (let i = 0; i < 4; i++) {
        checkPercents("kind " + await page.locator("#percent").inputValue(), await page.evaluate(readRows), Number(await page.locator("#percent").inputValue()));
        await page.keyboard.press("p");
    }
    if (!(await page.locator("#event").count())) return;
    await page.keyboard.press("e");
    const e = Number(await page.locator("#event").inputValue());
    const data = await page.evaluate(readRows);
    const bars = await page.evaluate(() => [...document.querySelectorAll("section:first-of-type tr[data-h]")].map((row) => [row.id, Number(row.style.getPropertyValue("--b"))]));
    const most = Math.max(...data.functions[0].rows.map((r) => r.hits ? r.hits[e][1] : 0));
    const full = bars.filter(([, bar]) => bar === 100).map(([id]) => data.functions[0].rows.find((r) => r.id === id).hits[e][1]);
    check("e: the bars are the other event's", most === 0 || full.length > 0 && full.every((v) => v >= most * 0.99), [most, full]);
    await page.keyboard.press("e");
}

async function searching(page) {
    const texts = await page.evaluate(() => [...document.querySelectorAll("tbody tr")].map((row) => row.lastElementChild.textContent));
    const word = texts.find((t) => /^\w{2,}/.test(t)).match(/^\w+/)[0];
    const wanted = texts.filter((t) => t.toLowerCase().includes(word.toLowerCase())).length;
    await page.keyboard.press("/");
    check("/ goes to the search field", await page.evaluate(() => document.activeElement.id === "search"));
    await page.keyboard.type(word.toLowerCase());
    check("search: exactly the rows with the word are marked", await page.locator("tr.found").count() === wanted, [word, wanted]);
    check("search: how many is said", (await page.locator("#status").textContent()).startsWith(wanted + " row"));
    await page.keyboard.press("Enter");
    check("Enter goes to the first", await page.evaluate(() => document.querySelector("tr.at") === document.querySelector("tr.found")));
    check("the field keeps the focus", await page.evaluate(() => document.activeElement.id === "search"));
    await page.locator("#search").fill("no such text anywhere");
    check("search: nothing found is said", await page.locator("#status").textContent() === "0 rows");
    await page.keyboard.press("Escape");
    check("Escape ends the search", await page.locator("tr.found").count() === 0 && await page.locator("#search").inputValue() === "");
}

async function jumps(page, given) {
    const row = given.functions[0].rows.find((r) => r.link && r.link !== r.id);
    if (!row) return;
    await page.evaluate((id) => document.getElementById(id).scrollIntoView({ block: "center" }), row.id);
    await settled(page);
    await page.hover("[id='" + row.id + "'] .t a");
    const ends = await page.evaluate(() => [...document.querySelectorAll("tr.end")].map((r) => r.id));
    check("pointing at a jump lights up both ends", ends.includes(row.id) && ends.includes(row.link), ends);
    if (await page.locator("[id='" + row.id + "'] .t a[data-l]").count())
        check("and its arrow", await page.locator("svg.arrow").count() >= 1);
    await page.locator("[id='" + row.id + "'] .t a").first().click();
    await settled(page);
    check("a click follows it", await atRow(page) === row.link && await inView(page, row.link), row.link);
    await page.mouse.move(5, 300);
    check("pointing elsewhere lights down", await page.locator("tr.end, svg.arrow").count() === 0);
    const link = page.url().replace(/#.*/, "") + "#" + row.link;
    await page.goto("about:blank");
    await page.goto(link);
    await settled(page);
    check("a link to a row opens there", await inView(page, row.link));
}

async function layout(page) {
    const grid = await page.evaluate(() => {
        const table = document.querySelector("table"), row = table.querySelector("tbody tr[id]");
        const left = (cells) => [...cells].filter((c) => getComputedStyle(c).display !== "none").map((c) => Math.round(c.getBoundingClientRect().left));
        return [left(table.tHead.rows[0].cells), left(row.cells)];
    });
    check("heads stand above their columns", JSON.stringify(grid[0]) === JSON.stringify(grid[1]), grid);
    const heights = await page.evaluate(async () => {
        const main = document.querySelector("main"), before = main.scrollHeight;
        for (let y = 0; y < before && y < 60000; y += 600) {
            main.scrollTop = y;
            await new Promise(requestAnimationFrame);
        }
        return [before, main.scrollHeight];
    });
    check("nothing changes its height when it comes into sight", heights[0] === heights[1], heights);
    await page.evaluate(() => { document.querySelector("main").scrollTop = 0; });
    await settled(page);
    const laidOut = await page.evaluate(() => [...document.querySelectorAll("tbody")].map((part) => part.rows[0].checkVisibility({ contentVisibilityAuto: true })));
    if (laidOut.length > 12) check("what is far away is not laid out", laidOut.filter(Boolean).length < 12, laidOut.filter(Boolean).length);
    for (const width of [1280, 500]) {
        await page.setViewportSize({ width, height: 800 });
        await settled(page);
        const wide = await page.evaluate(() => {
            const main = document.querySelector("main"), table = document.querySelector("table");
            const ends = [...table.querySelectorAll("tbody:first-of-type tr:not(.n) .t")].map((t) => {
                const range = document.createRange();
                range.selectNodeContents(t);
                return range.getBoundingClientRect().right;
            });
            return [document.documentElement.scrollWidth <= innerWidth, Math.max(...ends) <= table.getBoundingClientRect().right, main.scrollWidth >= main.clientWidth];
        });
        check(width + " px: the page does not scroll sideways, the listing does, and no line is cut off", wide.every(Boolean), wide);
    }
    await page.setViewportSize(VIEW);
}

// What assistive technology is told.
async function tree(page) {
    const client = await page.context().newCDPSession(page);
    const { nodes } = await client.send("Accessibility.getFullAXTree");
    const count = (role) => nodes.filter((n) => !n.ignored && n.role && n.role.value === role).length;
    const rows = await page.locator("tbody tr").count();
    check("a table is a table, with its heads", count("table") >= 1 && count("columnheader") >= 3, [count("table"), count("columnheader")]);
    check("rows are rows of cells", count("row") > Math.min(rows, 20) / 2 && count("cell") > count("row"), [count("row"), count("cell")]);
}

async function run(browser, file) {
    const url = "file://" + path.resolve(file), errors = [], requests = [];
    const given = await withoutScripts(browser, url);
    const page = await browser.newPage({ viewport: VIEW, colorScheme: "light" });
    page.on("pageerror", (e) => errors.push(e.message));
    page.on("console", (m) => /error|warning/.test(m.type()) && errors.push(m.text()));
    page.on("request", (r) => /^(file|about|data):/.test(r.url()) && r.isNavigationRequest() || requests.push(r.url()));
    page.on("dialog", (d) => { errors.push("dialog: " + d.message()); d.dismiss(); });
    await page.goto(url);
    check("controls are there", await page.locator("#next").isVisible());
    await keyboard(page, given);
    await percentages(page);
    await searching(page);
    await jumps(page, given);
    const rows = await page.evaluate(() => [...document.querySelectorAll("nav details")].map((d) => [...d.querySelectorAll("ul")].map((list) => [...list.children].map((li) => li.textContent.slice(li.querySelector(".share").textContent.length)))));
    check("no two rows of a list read the same", rows.flat().every((list) => new Set(list).size === list.length), rows);
    const ends = await page.evaluate(() => [...document.querySelectorAll("nav details[open] .hot bdi")].filter((b) => b.closest("li").offsetParent && b.getBoundingClientRect().right > b.closest("a,li").getBoundingClientRect().right + 1).map((b) => b.textContent));
    check("the ends of names are in sight", ends.length === 0, ends);
    const item = page.locator("nav .hot a[href^='#f0-']").first();
    if (await item.count()) {
        const id = (await item.getAttribute("href")).slice(1);
        await item.click();
        await settled(page);
        check("the contents lead to the row", await atRow(page) === id && await inView(page, id), id);
    }
    await tree(page);
    const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await back(), contrast = [await page.evaluate(lowestContrast)];
    await page.emulateMedia({ colorScheme: "dark" });
    contrast.push(await page.evaluate(lowestContrast));
    check("dark is dark", await back() !== light);
    check("every text has a contrast of 4.5 at least, light and dark", contrast.every((c) => c[0] >= 4.5), contrast);
    await layout(page);
    check("the page reported no error", errors.length === 0, errors);
    check("the page asked nobody for anything", requests.length === 0, requests);
}

main(run, ".html", ["annotate"]);
