// html.js: a report in a real browser: its views, zoom, search, address, keyboard, menu, code.
//
//     node html.js FLAMEDATA PERF.DATA [OPTION...]
//
// for a recording whose code is here. Most is tested on one that the test writes (recording.js), which
// has frames too narrow to be drawn, and names that hurt. What is found is what the page paints and
// says after real moves, clicks and keys; what is expected comes from the columns, or from the
// program's folded stacks of the same recording.
"use strict";

const path = require("path");

const { check, compare, openWatched, readFolded, shareOf } = require("./browse.js");
const { Report, VIEW, core, expectFrames, readReport } = require("./html_page.js");
const { writeRecording } = require("./recording.js");

const near = (a, b, by) => Math.abs(a - b) <= by;

const shareIn = (text) => Number((text.match(/([\d.]+)%/) || [])[1]);

async function views(r, stacks) {
    const { page } = r, shown = r.wide(0, 4, 60);
    await expectFrames(r, "flame: frames lie where their weights put them, root at the bottom", shown, 0, true);
    check("the tooltip has the whole name", (await page.locator(".tip strong").textContent()) === r.nameOf(shown[shown.length - 1]));
    await r.choose("icicle");
    await expectFrames(r, "icicle: the same upside down", shown, 0, false);
    check("icicle: the address says so", page.url().includes("view=icicle"), page.url());
    await r.choose("callers");
    const leaves = new Map();
    for (const [names, weight] of stacks) leaves.set(names.at(-1), (leaves.get(names.at(-1)) || 0) + weight);
    const told = (await r.mirror()).filter(({ level }) => level === 2).map((item) => item.told);
    const missing = told.find((text) => !leaves.has(text.split(" \u00b7 ")[0]) ||
        !text.includes(" \u00b7 total " + core.weightText(leaves.get(text.split(" \u00b7 ")[0]), r.measure) + " ("));
    check("bottom-up: its first row is what functions have of their own", told.length > 3 && !missing, [told.length, missing]);
    await r.choose("flame");
}

async function chart(r) {
    const { page } = r;
    await r.choose("chart");
    const threads = (await r.mirror()).filter(({ level }) => level === 2);
    check("flame chart: there are frames", threads.length > 3, threads.length);
    const { left, top, width } = await r.scroller().evaluate((s) => s.querySelector(".space").getBoundingClientRect().toJSON());
    await page.mouse.move(left + 5, top + 8);
    const heading = await r.detail();
    check("flame chart: a lane is headed by its thread, the busiest first", /^worker 41\/42, [\d,]+ samples, /.test(heading), heading);
    await page.mouse.move(left + width / 2 + 0.5, top + 27);
    check("flame chart: a box tells when it was on", /^worker \u00b7 .* of the thread's .* samples? in .* from [56]\.\d+ s on/.test(await r.detail()), await r.detail());
    await page.mouse.click(left + width / 2 + 0.5, top + 18 * 3 + 8);
    await r.settled();
    check("flame chart: a click zooms into the time", /zoom=\d+-\d+/.test(page.url()), page.url());
    await page.keyboard.press("Home");
    await r.choose("flame");
}

async function zooming(r, target, narrow) {
    const { page } = r, inside = r.wide(target, 4, 25);
    await r.click(target, 0, true);
    await expectFrames(r, "click: what is inside grows to the whole width", inside, target, true);
    const told = await r.toldAt(inside[inside.length - 1], target, true);
    check("its share of the zoom is told", told.includes(core.percentText(r.weights.total[inside[inside.length - 1]], r.weights.total[target]) + " of the zoom"), told);
    check("the address holds the zoom", page.url().includes("zoom="), page.url());
    await page.reload();
    await r.ready();
    await expectFrames(r, "a link opens the same view", inside, target, true);
    const caller = r.profile.parent[target];
    await r.click(caller, target, true);
    await expectFrames(r, "a click on a caller zooms out to it", r.wide(caller, 4, 10), caller, true);
    await page.goBack();
    await r.settled();
    await expectFrames(r, "Back returns to the view before", inside, target, true);
    await page.goForward();
    await r.settled();
    await expectFrames(r, "Forward, too", [caller, target], caller, true);
    await page.locator(".reset").click();
    await r.settled();
    await expectFrames(r, "Reset zoom shows all, and goes", [0, target], 0, true, !page.url().includes("zoom=") && !await page.locator(".reset").isVisible());

    // As far as clicks lead into a frame that was too narrow to be drawn.
    const way = [];
    for (let k = narrow; k > 0; k = r.profile.parent[k]) way.unshift(k);
    const hidden = r.weights.total[narrow] / r.weights.total[0] * VIEW.width;
    let at = 0;
    while (r.weights.total[narrow] / r.weights.total[at] * VIEW.width < 40) {
        const next = way.filter((k) => k > at && r.weights.total[k] / r.weights.total[at] * VIEW.width >= 3).pop();
        await r.click(next, at, true);
        at = next;
    }
    const all = r.wide(at, 4, 1e6);
    await expectFrames(r, "zoom brings up frames that had less than half a pixel", all.slice(0, 40), at, true, hidden < 0.5 && all.includes(narrow));
    for (let out = 0; page.url().includes("zoom=") && out < 30; out++) {
        await page.keyboard.press("Escape");
        await r.settled();
    }
    await expectFrames(r, "Escape steps out to the whole", [0, target], 0, true, !page.url().includes("zoom="));
}

async function searching(r, stacks, target) {
    const { page } = r, cases = [["alloc", /alloc/i], ["^std::.*<", /^std::.*</i], ["function_1", /function_1/i], ["Alloc", /Alloc/], ["^(free|main)$", /^(free|main)$/i],
        ["operator()(", /operator\(\)\(/i], ["[", /\[/], ["*", /\*/], ["samples,", /samples,/i], ["worker", /worker/i], ["all", /all/i], ["no such thing", /no such thing/]];
    const exact = async (when) => {
        for (const [text, pattern] of cases) {
            await r.search(text);
            const found = await r.found(), share = shareOf(stacks, pattern);
            check(when + ": \u201c" + text + "\u201d has the share that folded stacks say", near(shareIn(found), share, 0.0051), [found, share]);
        }
    };
    await exact("search");
    await r.search("");
    await r.click(target, 0, true);
    await exact("search in a zoom");
    await page.keyboard.press("Escape");
    check("Escape ends the search", await r.found() === "", await r.found());
    await r.scroller().focus();
    await page.keyboard.press("Home");
    await r.settled();
    await page.keyboard.press("/");
    check("/ goes to the search field", await page.evaluate(() => document.activeElement.matches("#find input")));
    await page.keyboard.type("function_7");
    await r.settled();
    const frames = r.profile.id.reduce((sum, id, k) => sum + (k > 0 && /function_7/.test(r.profile.names[id]) && r.weights.total[k] > 0 ? 1 : 0), 0);
    const said = page.locator("#said");
    for (const [key, at] of [["Enter", 1], ["Enter", 2], ["Shift+Enter", 1], ["Shift+Enter", frames]]) {
        await page.keyboard.press(key);
        await r.settled();
        const chosen = page.locator(".flames:not([hidden]) .chosen"), box = await chosen.boundingBox();
        check(key + " goes to match " + at + " of " + frames + ", and it can be seen", await said.textContent() === at.toLocaleString("en") + " of " + frames.toLocaleString("en") &&
            box && box.width >= 3 && box.x >= 0 && box.x < VIEW.width && /^function_7/.test(await r.detail()), [await said.textContent(), box, await r.detail()]);
    }
    await r.search("alloc");
    await page.reload();
    await r.ready();
    check("a link opens the search", await page.locator("#find input").inputValue() === "alloc" && near(shareIn(await r.found()), shareOf(stacks, /alloc/i), 0.0051), await r.found());
    await r.search("");
}

async function keyboard(r) {
    const { page } = r;
    await r.choose("icicle");
    await r.scroller().focus();
    await page.keyboard.press("Home");
    check("Home goes to the root", (await r.active()).level === 1, await r.active());
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    const at = await r.active();
    check("arrows go to the widest callee", at.level === 3 && at.told.startsWith("main"), at);
    await page.keyboard.press("ArrowLeft"); // the busiest thread is the last one
    const beside = await r.active();
    check("and to neighbours", beside.level === 3 && beside.told !== at.told, beside);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    check("Enter zooms, and the frame keeps the keyboard", (await r.active()).told.startsWith("main") && page.url().includes("zoom="), await r.active());
    await page.keyboard.press("ArrowUp");
    check("ArrowUp goes to the caller", (await r.active()).level === 2, await r.active());
    await page.keyboard.press("Escape");
    await r.settled();
    check("Escape zooms out", !page.url().includes("zoom="), page.url());
    await page.keyboard.press("Shift+F10");
    check("the menu opens by key, with the keyboard in it", await page.evaluate(() => document.activeElement.getAttribute("role") === "menuitem"));
    await page.keyboard.press("Escape");
    check("Escape closes it, and the keyboard goes back", await page.locator(".menu").count() === 0 && await page.evaluate(() => document.activeElement.className === "scroller"));
    const free = await page.evaluate(() => {
        const key = (k, more) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: k, cancelable: true, bubbles: true, ...more }));
        return key("f", { ctrlKey: true }) && key("f", { metaKey: true }) && key("F3") && key("PageDown") && key("a") && key("ArrowLeft", { altKey: true });
    });
    check("Ctrl-F, F3, paging and Alt are the browser's", free);
    await r.tab("icicle").focus();
    await page.keyboard.press("ArrowLeft");
    await r.settled();
    check("arrows move along tabs", await r.tab("flame").getAttribute("aria-selected") === "true" && await page.evaluate(() => document.activeElement.value === "flame"));
    const nameless = await page.evaluate(() => [...document.querySelectorAll("button, input, select")].filter((e) => e.getClientRects().length)
        .filter((e) => !e.textContent.trim() && !e.getAttribute("aria-label") && !(e.labels && e.labels.length)).map((e) => e.outerHTML.slice(0, 90)));
    check("every control has a name", nameless.length === 0, nameless);
}

async function menu(r, stacks, target) {
    const { page } = r, name = r.nameOf(target), whole = stacks.reduce((sum, [, weight]) => sum + weight, 0);
    const through = stacks.filter(([names]) => names.includes(name)).reduce((sum, [, weight]) => sum + weight, 0);
    const choose = async (text) => {
        await r.click(target, 0, true, { button: "right" });
        await page.getByRole("menuitem", { name: text, exact: true }).click();
        await r.settled();
    };
    const total = async () => {
        const [x, y] = await r.boxOf(0, 0, true);
        await page.mouse.move(x + 4, y);
        return r.detail();
    };
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await choose("Copy name");
    check("menu: the name is copied", await page.evaluate(() => navigator.clipboard.readText()) === name);
    await choose("Copy stack");
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    check("menu: the stack is copied", copied === r.namesTo(target).join(";"), copied);
    const joined = stacks.map(([names]) => names).some((names) => names.some((n, i) => i && n === names[i - 1]));
    for (const [text, weight] of [["Focus: only stacks through it", through], ["Hide stacks through it", whole - through],
        ["Hide its frames, join callers and callees", whole], ["Show its callers, from here on", through], ["Collapse direct recursion everywhere", whole]]) {
        await choose(text);
        const before = await total();
        check("menu: " + text + ": the whole is right", before.startsWith("all \u00b7 total " + core.weightText(weight, r.measure) + " ("), [before, weight]);
        const [row] = await r.rows(1), above = await r.scroller().evaluate((s) => s.scrollHeight - s.scrollTop - s.clientHeight);
        check("menu: " + text + ": the base stays in sight", above < 1.5, above);
        await r.search("^" + name.replace(/[^\w]/g, "\\$&") + "$");
        const found = shareIn(await r.found()), left = { Focus: 100, Hide: 0, Show: 100, Collapse: through / whole * 100 }[text.split(/[ :]/)[0]];
        check("menu: " + text + ": search and table are of what is left", near(found, left, 0.0051) && (await r.found()).includes(" of what is left") &&
            (!left || (await page.locator("#pane-functions > .hint").textContent()).includes("of what is left")) && (left > 0 || row.name !== name), [found, left, row.name]);
        await r.search("");
        check("menu: " + text + ": the address says so", page.url().includes("edits="), page.url());
        await page.reload();
        await r.ready();
        check("menu: " + text + ": a link opens the same", (await total()) === before, await total());
        await page.locator(".edits button").first().click();
        await r.settled();
        await expectFrames(r, "menu: " + text + ": and it is undone", [0, target], 0, true, !page.url().includes("edits="));
    }
    check("the recording has recursion", joined);
}

async function stale(r, url) {
    const { page } = r, [, k] = r.wide(0, 100, 1e6);
    await r.open(url + "#zoom=zzzzyyyy&view=nonsense&event=99&threads=9999&cpus=x&time=9-1&frame=nobody&edits=focus-0000000~what&term=%5B&pane=none");
    await expectFrames(r, "a link that fits nothing is harmless", [0, k], 0, true, await page.locator("#find input").inputValue() === "[");
    await r.open(url);
}

// A recording whose code is here: from a frame to its instructions.
async function code(browser, folder, ask, [data, ...options]) {
    const file = path.join(folder, "code.html");
    ask(data, "-q", "-o", file, ...options);
    const { page, complaints } = await openWatched(browser, file, { viewport: VIEW });
    const r = new Report(page, await readReport(file));
    await r.ready();
    const hot = [...r.profile.id.keys()].filter((k) => k && r.data.codes.some(({ name }) => name === r.nameOf(k))).sort((a, b) => r.weights.self[b] - r.weights.self[a]);
    const [target, other] = [hot[0], hot.find((k) => r.nameOf(k) !== r.nameOf(hot[0]))];
    const expected = (k) => {
        const { functions } = JSON.parse(ask("annotate", data, r.nameOf(k), "-q", "--format", "json", ...options));
        return functions[0].instructions;
    };
    const listed = async () => {
        await page.waitForSelector(".code-rows tr");
        await r.settled();
        return page.evaluate(() => [...document.querySelectorAll(".code-rows tr")].map((row) => row.textContent));
    };
    await r.choose("code");
    await r.click(target, 0, true);
    const rows = await listed(), wanted = expected(target);
    const lost = wanted.filter(({ address }) => !rows.some((row) => row.includes(address.replace(/^0x/, ""))));
    check("a click on a frame lists its instructions, every one", wanted.length > 3 && lost.length === 0, [wanted.length, rows.length, lost[0]]);
    await page.goBack();
    await r.settled();
    await page.keyboard.press("Home");
    await page.locator(".reset").click({ timeout: 500 }).catch(() => {});
    await r.settled();
    await r.choose("functions");
    const [x, y, width] = await r.boxOf(other, 0, true);
    await page.mouse.dblclick(x + width / 2, y);
    await r.settled();
    check("a double click opens the pane of code", await page.locator("#pane-code").isVisible() && (await listed()).length >= expected(other).length, page.url());
    await page.reload();
    await r.ready();
    check("a link opens the same code", (await listed()).length >= expected(other).length && page.url().includes("pane=code"), page.url());
    await page.locator(".reset").click({ timeout: 500 }).catch(() => {});
    await r.settled();
    await r.choose("about");
    await r.click(target, 0, true, { button: "right" });
    await page.getByRole("menuitem", { name: "Open its code" }).click();
    const again = await listed();
    check("so does the menu of a frame", wanted.every(({ address }) => again.some((row) => row.includes(address.replace(/^0x/, "")))));
    const percents = await page.evaluate(() => [...document.querySelectorAll(".code-rows tr td.p, .code-rows tr .p")].map((cell) => parseFloat(cell.textContent)).filter((v) => v > 0));
    const shares = wanted.map((i) => i.events ? i.events[0].percent : i.percent).filter((v) => v > 0);
    check("its hottest instruction has the share that `flamedata annotate` says", percents.length > 0 && near(Math.max(...percents), Math.max(...shares), 0.06), [Math.max(...percents), Math.max(...shares)]);
    check("code: no complaints", complaints.length === 0, complaints);
    await page.close();
}

async function run(browser, folder, ask, given) {
    const { file: data } = writeRecording(folder, 15000), file = path.join(folder, "page.html");
    ask(data, "-q", "-o", file);
    const stacks = readFolded(ask(data, "-q", "--format", "folded"));
    const { page, url, complaints } = await openWatched(browser, file, { viewport: VIEW, colorScheme: "light" });
    const r = new Report(page, await readReport(file)), { total } = r.weights, { profile } = r;
    await r.ready();
    // A frame with callees and neighbours, and one that is not drawn at first, in a drawn one.
    const shown = r.wide(0, 4, 1e6).filter((k) => k && total[k] * 10 < total[0] * 9 && profile.end[k] > k + 5).sort((a, b) => total[b] - total[a]);
    const target = shown.find((k) => profile.depth[k] === 3), narrowest = profile.depth.findIndex((depth, k) => depth >= 8 && total[k] > 0 && total[k] / total[0] * VIEW.width < 0.5);
    await views(r, stacks);
    await chart(r);
    await zooming(r, target, narrowest);
    await searching(r, stacks, target);
    await keyboard(r);
    await r.open(url);
    await menu(r, stacks, target);
    await stale(r, url);
    check("no error, nothing against the policy, and nothing asked of the network", complaints.length === 0, complaints);
    await page.close();
    if (given.length) await code(browser, folder, ask, given);
}

compare(run);
