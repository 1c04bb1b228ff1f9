// html_selection.js: what a report counts, against what the program says of the same recording.
//
//     node html_selection.js FLAMEDATA PERF.DATA [OPTION...]
//
// Selections of the page (time, threads, CPUs, event, and some at once) are compared with the folded
// stacks that the program's filters leave; the table and the sandwich with `flamedata report`: of a
// recording that the test writes (recording.js), then of the one that is named.
"use strict";

const path = require("path");

const { check, compare, openWatched, readFolded, shareOf } = require("./browse.js");
const { Report, VIEW, core, readReport } = require("./html_page.js");
const { THREADS, writeRecording } = require("./recording.js");

const HEAT_ROWS = 50, MOST = 50;

// {total, self, all}: by function, what stacks hold; a function that calls itself counts once. The
// first name is the thread's.
function sumsOf(stacks) {
    const total = new Map(), self = new Map();
    let all = 0;
    const add = (sums, name, weight) => sums.set(name, (sums.get(name) || 0) + weight);
    for (const [[, ...names], weight] of stacks) {
        all += weight;
        for (const name of new Set(names)) add(total, name, weight);
        if (names.length) add(self, names.at(-1), weight);
    }
    return { total, self, all };
}

// The same of `flamedata report`: [name, kind] of each function, inlined ones in their callers.
function sumsOfReport(text, event) {
    const { rows, period } = JSON.parse(text).events.find(({ name }) => name === event), total = new Map(), self = new Map();
    for (const row of rows) {
        const name = row.symbol;
        if (!name) continue;
        total.set(name, (total.get(name) || 0) + row.total.period);
        self.set(name, (self.get(name) || 0) + row.self.period);
    }
    return { total, self, all: period };
}

class Selection extends Report {
    // What the table should show of a function: [weight, share].
    cells(weight, all) {
        const words = this.measure.durations ? this.measure : { ...this.measure, quantity: "" };
        return [core.weightText(weight, words), core.percentText(weight, all)];
    }
    // The first row of the table, and what else of the page, that isn't as sums have it.
    async differs({ total, self, all }) {
        await this.settled();
        const rows = await this.rows(MOST), same = (a, b) => a.join() === b.join();
        const order = [...total.keys()].sort((a, b) => (self.get(b) || 0) - (self.get(a) || 0) || total.get(b) - total.get(a));
        if (rows.length !== Math.min(MOST, order.length)) return ["rows", rows.length, order.length];
        for (let i = 0; i < rows.length; i++) {
            const { name } = rows[i], wanted = [this.cells(self.get(order[i]) || 0, all), this.cells(total.get(name), all)];
            if (!same(rows[i].self, wanted[0]) || !same(rows[i].self, this.cells(self.get(name) || 0, all)) || !same(rows[i].total, wanted[1])) return [rows[i], order[i], wanted];
        }
        const { left, bottom } = await this.scroller().evaluate((s) => s.querySelector(".space").getBoundingClientRect().toJSON());
        await this.page.mouse.move(left + 5, bottom - 9);
        const root = await this.detail();
        if (!root.startsWith("all \u00b7 total " + core.weightText(all, this.measure) + " (")) return ["root", root, core.weightText(all, this.measure)];
    }
    async expect(claim, sums) {
        const found = await this.differs(sums);
        check(claim, found === undefined, found);
    }
}

async function heat(r, folded, start) {
    const { page } = r;
    await r.choose("time");
    const map = page.locator(".heat"), size = await map.evaluate((e) => [parseFloat(e.style.width) / 12, parseFloat(e.style.height) / 50]);
    check("heat map: twelve seconds are twelve columns, of fifty rows", Number.isInteger(size[0]) && Number.isInteger(size[1]) && size[1] >= 3, size);
    const at = async (column, row) => {
        const box = await map.boundingBox();
        return [box.x + (column + 0.5) * size[0], box.y + (row + 0.5) * size[1]];
    };
    const said = () => page.locator("#pane-time .hint").textContent();
    await page.mouse.move(...await at(3, 10));
    check("heat map: a cell tells its time and weight", (await said()).startsWith("3.2 s: "), await said());
    for (const [from, to] of [[[2, 10], [4, 29]], [[7, 0], [7, 49]], [[9, 40], [8, 5]]]) {
        await r.choose("time");
        await map.evaluate((e) => e.scrollIntoView({ block: "nearest" }));
        await page.mouse.move(...await at(...from));
        await page.mouse.down();
        await page.mouse.move(...await at(to[0], from[1]));
        await page.mouse.move(...await at(...to));
        await page.mouse.up();
        await r.settled();
        const cells = [from, to].map(([column, row]) => column * HEAT_ROWS + row).sort((a, b) => a - b);
        const [first, last] = [cells[0] * 2e7, (cells[1] + 1) * 2e7], times = [first, last - 1].map((ns) => ((start + ns) / 1e9).toFixed(9));
        check(`heat map: a drag from ${from} to ${to} selects that time`, page.url().includes(`time=${first}-${last}`), page.url());
        await r.choose("functions");
        const stacks = folded("--time", times.join(",")), sums = sumsOf(stacks);
        await r.expect(`and the whole page is what --time ${times} has`, sums);
        await r.search("alloc");
        const share = shareOf(stacks, /alloc/i);
        check("and so is the search's share", Math.abs(parseFloat(await r.found()) - share) < 0.0051, [await r.found(), share]);
        await r.search("");
    }
    const url = page.url();
    await page.reload();
    await r.ready();
    check("a link keeps the time", page.url() === url && await page.getByRole("button", { name: "Show all" }).isVisible());
    await page.goBack();
    await r.settled();
    check("Back returns to another", page.url() !== url, page.url());
    await r.choose("time");
    await page.getByRole("button", { name: "All the time" }).click();
    await r.choose("functions");
    await r.expect("All the time gives all back", sumsOf(folded()));
    await r.choose("time");
    await map.focus();
    for (const key of ["ArrowRight", "ArrowRight", "Shift+ArrowRight", "Enter"]) await page.keyboard.press(key);
    await r.settled();
    const [, a, b] = page.url().match(/time=(\d+)-(\d+)/) || [];
    check("heat map: arrows, Shift and Enter select, too", b - a === 1e9 + 2e7, [a, b]);
    await map.focus();
    await page.keyboard.press("Escape");
    await r.settled();
    check("heat map: Escape gives all", !page.url().includes("time="), page.url());
}

// Check lines of a list, by their labels.
async function pick(r, button, labels) {
    const { page } = r, open = page.locator(".checklist > button", { hasText: button });
    await open.click();
    for (const label of labels) await page.locator(".checklist .box:not([hidden]) label", { hasText: label }).getByRole("checkbox").click();
    await page.keyboard.press("Escape");
}

async function selectors(r, stacks) {
    const { page } = r, folded = (...filters) => sumsOf(stacks(...filters));
    await r.choose("functions");
    const everything = () => page.getByRole("button", { name: "Show all" }).click();
    for (const [tid, name] of THREADS) {
        await pick(r, "thread", [`${name} (thread ${tid})`]);
        await r.expect(`thread ${tid} is what --tid ${tid} has`, folded("--tid", String(tid)));
        await everything();
    }
    await pick(r, "thread", ["app (thread 41)", "io (thread 43)"]);
    await r.expect("two threads are what --tid 41,43 has", folded("--tid", "41,43"));
    await pick(r, "CPU", ["CPU 1", "CPU 3"]);
    await r.expect("with two CPUs: what --cpu 1,3 has of them", folded("--tid", "41,43", "--cpu", "1,3"));
    const url = page.url();
    await page.reload();
    await r.ready();
    check("a link keeps threads and CPUs", page.url() === url && /threads=/.test(url) && /cpus=/.test(url), url);
    await r.expect("and shows the same", folded("--tid", "41,43", "--cpu", "1,3"));
    await everything();
    for (const cpu of [0, 2]) {
        await pick(r, "CPU", ["CPU " + cpu]);
        await r.expect(`CPU ${cpu} is what --cpu ${cpu} has`, folded("--cpu", String(cpu)));
        await everything();
    }
    await page.getByLabel("Event").selectOption({ label: "page-faults" });
    r.take(1);
    await r.expect("the other event is what --event page-faults has", folded());
    const strip = page.locator("#doubts"), told = await strip.textContent();
    check("the verdict is said to be about the event that was counted", told.includes("about " + r.data.events[r.data.event].name + ", not about page-faults") &&
        told.includes(" --event page-faults") && !await strip.evaluate((e) => e.classList.contains("doubtful")), told);
    await pick(r, "thread", ["worker (thread 42)"]);
    await r.expect("and of one thread, too", folded("--tid", "42"));
    const selected = await page.locator("#selected").textContent();
    check("what is selected is said, and how much it is", /^worker \(42\): [\d,]+ of [\d,]+ samples, /.test(selected) &&
        selected.endsWith(core.percentText(folded("--tid", "42").all, folded().all) + " of all"), selected);
    await r.choose("callers");
    const leaves = (await r.mirror()).filter(({ level }) => level === 2), own = folded("--tid", "42").self;
    const wrong = leaves.find(({ told }) => !told.includes(" \u00b7 total " + core.weightText(own.get(told.split(" \u00b7 ")[0]) || -1, r.measure) + " ("));
    check("bottom-up follows the selection", leaves.length > 3 && !wrong, wrong);
    await r.choose("chart");
    const space = await r.scroller().evaluate((s) => s.querySelector(".space").getBoundingClientRect().toJSON());
    await page.mouse.move(space.left + 5, space.top + 8);
    check("the flame chart follows the selection", /^worker 41\/42/.test(await r.detail()) && (await r.detail()).includes(core.weightText(folded("--tid", "42").all, r.measure)), await r.detail());
    await r.choose("flame");
    await everything();
    await page.getByLabel("Event").selectOption({ index: 0 });
    r.take(0);
    await r.expect("the first event comes back", folded());
}

// The table, by self and by total, and sandwiches, against `flamedata report`.
async function report(r, ask, data, options) {
    const { page } = r, what = path.basename(data) + ": ";
    const sums = sumsOfReport(ask("report", data, "-q", "--children", "-s", "symbol", "--format", "json", "--event", r.measure.name, "--no-inline", ...options), r.measure.name);
    const names = sumsOf(readFolded(ask(data, "-q", "--format", "folded", "--no-inline", ...options)));
    check(what + "report and folded stacks agree", names.all === sums.all && [...names.total].every(([name, weight]) => sums.total.get(name) === weight));
    await r.choose("functions");
    await r.expect(what + "hot functions are what `flamedata report` has, by self", sums);
    await page.locator("[role=columnheader] button", { hasText: "Total" }).click();
    const rows = await r.rows(MOST), order = [...sums.total.values()].sort((a, b) => b - a);
    const wrong = rows.find((row, i) => row.total.join() !== r.cells(order[i], sums.all).join() || row.total.join() !== r.cells(sums.total.get(row.name), sums.all).join());
    check(what + "and by total", rows.length > 3 && !wrong, wrong);
    const whole = (weight) => core.weightText(weight, r.measure) + " (" + core.percentText(weight, sums.all) + " of all)";
    const sandwiches = [];
    await page.locator(".grid").focus();
    await page.keyboard.press("Home");
    for (let i = 0; i < rows.length; i++) {
        if (i) await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Enter");
        const title = await page.locator("p.sandwich").textContent(), { name } = rows[i];
        if (!title.startsWith(`${name} total ${whole(sums.total.get(name))}, self ${whole(sums.self.get(name) || 0)}`)) sandwiches.push([name, title]);
    }
    check(what + "sandwiches of these functions have the same totals", sandwiches.length === 0, sandwiches[0]);
    // the callers and callees of one that has both
    const stacks = readFolded(ask(data, "-q", "--format", "folded", "--no-inline", ...options));
    const { name } = rows.find((row) => stacks.some(([stack]) => stack.includes(row.name, 2) && stack.at(-1) !== row.name)) || rows[0];
    await page.locator(".grid").focus();
    await page.keyboard.press("Home");
    for (let down = 0; down < rows.findIndex((row) => row.name === name); down++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    const beside = [new Map(), new Map()];
    for (const [stack, weight] of stacks) {
        const first = stack.indexOf(name, 1), last = first; // of recursion the topmost
        if (first < 0) continue;
        const add = (sides, other) => other !== undefined && sides.set(other, (sides.get(other) || 0) + weight);
        add(beside[0], stack[first - 1]);
        add(beside[1], stack[last + 1]);
    }
    for (const [i, side] of ["callers", "callees"].entries()) {
        const told = (await r.mirror(i)).filter(({ level }) => level === 2).map((item) => item.told);
        const other = told.find((text) => !text.includes(" \u00b7 total " + core.weightText(beside[i].get(text.split(" \u00b7 ")[0]) || -1, r.measure) + " ("));
        check(what + side + " of " + name + " weigh what stacks say", told.length > 0 === beside[i].size > 0 && !other, [told.length, beside[i].size, other]);
    }
    await page.getByRole("button", { name: "Close sandwich" }).click();
}

async function run(browser, folder, ask, [named, ...options]) {
    const { file: data, start } = writeRecording(folder, 15000);
    for (const [recording, more] of [[data, []], ...(named ? [[named, options]] : [])]) {
        const file = path.join(folder, "page.html");
        ask(recording, "-q", "--no-inline", "-o", file, ...more);
        const { page, complaints } = await openWatched(browser, file, { viewport: VIEW });
        const r = new Selection(page, await readReport(file));
        await r.ready();
        await report(r, ask, recording, more);
        if (recording === data) {
            await page.reload();
            await r.open("file://" + file);
            // the event is named: else it would be that of the first sample that is left
            const folded = (...filters) => readFolded(ask(data, "-q", "--format", "folded", "--event", r.measure.name, ...filters));
            await heat(r, folded, start);
            await selectors(r, folded);
        }
        check("no error, nothing against the policy, and nothing asked of the network", complaints.length === 0, complaints);
        await page.close();
    }
}

compare(run);
