// annotate.js: what a listing can do that is not there without a script: other events and kinds of
// percentage, the next hottest row, search, arrows that light up, an overview, keys.
//
// The page is complete as it is; nothing here adds to what it says. Rows are many, so events are
// listened to on the document, and only rows with hits are ever gone through one by one.
(() => {
"use strict";

const $ = (id) => document.getElementById(id);
const all = (selector, from) => [...(from || document).querySelectorAll(selector)];
const main = document.querySelector("main");
const LOCAL = [0, 1];   // kinds of percentage: local period, local hits, global period, global hits
const BY_HITS = [1, 3];

// "samples,period samples,period" as [[samples, period], ...]
const parse = (text) => text.split(" ").map((pair) => pair.split(",").map(Number));

let event = 0, percent = Number(main.dataset.percent);
const totals = parse(main.dataset.totals);
const functions = all("section", main).map((section) => {
    const table = section.querySelector("table");
    const total = parse(section.dataset.h);
    return { section, table, total, hot: [], event: 0,
        rows: all("tr[data-h]", table).map((row) => ({ row, hits: parse(row.dataset.h), cells: all(".p", row) })) };
});
const shares = all("[data-of]").map((span) => {
    const link = span.closest("li,summary,section");
    const near = link && link.querySelector("a[href^='#f']");
    const id = near ? near.hash.slice(2) : link && link.id ? link.id.slice(1) : "0";
    return { span, hits: parse(span.dataset.h), of: span.dataset.of === "local" ? functions[parseInt(id)] : null };
});

const lists = all(".hot").map((element) => ({ element, items: shares.filter((s) => s.of && s.span.closest(".hot") === element) }));

function share(hits, e, of) {
    const unit = BY_HITS.includes(percent) ? 0 : 1;
    const whole = (of && LOCAL.includes(percent) ? of.total : totals)[e][unit];
    return whole ? 100 * hits[e][unit] / whole : 0;
}

// What is hotter: by the event, then by the others.
function compare(a, b, of, e) {
    let order = share(b, e, of) - share(a, e, of);
    for (let other = 0; !order && other < totals.length; other++) order = share(b, other, of) - share(a, other, of);
    return order;
}

// Fill in every percentage, and put rows in order of heat: by the event that was asked for, or where
// that has no hits by the first that has.
function fill() {
    for (const f of functions) {
        f.event = f.total[event][0] ? event : Math.max(0, f.total.findIndex((hits) => hits[0]));
        let most = 0;
        for (const r of f.rows) {
            r.percent = share(r.hits, f.event, f);
            most = Math.max(most, r.percent);
        }
        for (const r of f.rows) {
            r.cells.forEach((cell, e) => {
                cell.textContent = r.hits[e][0] || r.hits[e][1] ? share(r.hits, e, f).toFixed(2) : "";
                cell.classList.toggle("on", e === f.event);
            });
            r.row.classList.remove("h1", "h2", "h3");
            r.row.classList.add(r.percent >= 5 ? "h3" : r.percent >= 0.5 ? "h2" : "h1");
            r.row.style.setProperty("--b", most ? Math.round(100 * r.percent / most) : 0);
        }
        all("th.p", f.table).forEach((th, e) => th.classList.toggle("on", e === f.event));
        f.hot = f.rows.filter((r) => r.percent > 0).sort((a, b) => compare(a.hits, b.hits, f, f.event));
    }
    for (const s of shares) {
        s.percent = share(s.hits, s.of ? s.of.event : event, s.of);
        s.span.textContent = s.percent.toFixed(2);
    }
    for (const list of lists) {
        for (const s of list.items.sort((a, b) => compare(a.hits, b.hits, a.of, a.of.event))) {
            const item = s.span.closest("li");
            item.hidden = s.percent * 100 < main.dataset.least;
            list.element.append(item);
        }
        const by = list.element.previousElementSibling.querySelector(".by");
        if (by && list.items.length) by.textContent = "by " + $("event").options[list.items[0].of.event].text;
    }
    drawSoon();
}

const say = (text) => { $("status").textContent = text; };
const text = (row) => row.querySelector(".t").textContent.trim();

// The row that keys start from: the last one that was gone to.
let at = null;

function goTo(row, why) {
    if (at) at.classList.remove("at");
    at = row;
    row.classList.add("at");
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "center", inline: "nearest" });
    if (why) say(why + text(row));
}

// The function of the row that was gone to, else the one that the window shows first.
function current() {
    const top = main.getBoundingClientRect().top + 60;
    const own = at && functions.find((f) => f.section.contains(at));
    if (own) {
        const box = own.section.getBoundingClientRect();
        if (box.bottom > top && box.top < innerHeight) return own;
    }
    return functions.find((f) => f.section.getBoundingClientRect().bottom > top) || functions[0];
}

function hottest(step) {
    const f = current();
    if (!f || !f.hot.length) return say("no hits of this event");
    const now = f.hot.findIndex((r) => r.row === at);
    const next = now < 0 ? (step > 0 ? 0 : f.hot.length - 1) : (now + step + f.hot.length) % f.hot.length;
    const r = f.hot[next];
    goTo(r.row, (next + 1) + " of " + f.hot.length + ": " + r.percent.toFixed(2) + "% ");
}

// Search: letters are the same, capital or not, unless a capital is looked for.
let found = [], place = -1;

function search() {
    const term = $("search").value, exact = /\p{Lu}/u.test(term);
    for (const row of found) row.classList.remove("found");
    place = -1;
    found = !term ? [] : all("tbody tr", main).filter((row) => {
        const t = row.lastElementChild.textContent;
        return (exact ? t : t.toLowerCase()).includes(term);
    });
    for (const row of found) row.classList.add("found");
    say(term ? found.length + (found.length === 1 ? " row" : " rows") : "");
}

const shown = (row) => !(row.classList.contains("s") && !$("show-source").checked ||
    row.classList.contains("n") && !$("show-inlined").checked);

function nextFound(step) {
    const visible = found.filter(shown);
    if (!visible.length) return;
    place = place < 0 && step < 0 ? visible.length - 1 : (place + step + visible.length) % visible.length;
    const field = document.activeElement === $("search");
    goTo(visible[place], (place + 1) + " of " + visible.length + ": ");
    if (field) $("search").focus();
}

// Arrows of a jump, or of all jumps that lead to a row, and both of their ends.
let lit = [];

function dim() {
    for (const e of lit) e.localName === "svg" ? e.remove() : e.classList.remove("end");
    lit = [];
}

function light(row) {
    dim();
    const own = row.querySelector(".t a");
    const links = all(".t a[href='#" + row.id + "']", row.closest("table")).slice(0, 32);
    if (own) links.push(own);
    for (const link of links) {
        const from = link.closest("tr"), to = $(link.hash.slice(1));
        if (!to) continue;
        from.classList.add("end");
        to.classList.add("end");
        lit.push(from, to);
        if (link.dataset.l !== undefined) lit.push(arrow(from, to, Number(link.dataset.l)));
    }
}

function arrow(from, to, lane) {
    const table = from.closest("table"), origin = table.getBoundingClientRect();
    const gutter = from.querySelector(".g").getBoundingClientRect();
    const half = gutter.height / 2, y = gutter.top - origin.top + half;
    const end = to.getBoundingClientRect().top - origin.top + half;
    const x = gutter.right - origin.left - 15.5 - 7 * lane, tip = gutter.right - origin.left - 3;
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS(svg.namespaceURI, "path");
    svg.setAttribute("class", "arrow");
    svg.setAttribute("width", 1);
    svg.setAttribute("height", 1);
    path.setAttribute("d", "M" + tip + " " + y + "H" + x + "V" + end + "H" + tip + "m-6-4 6 4-6 4");
    svg.append(path);
    table.append(svg);
    return svg;
}

// The overview: where in everything that can be scrolled the hits are. Places are worked out from
// the parts of the tables, so that nothing has to be laid out for it; scrolling moves a frame over
// it and draws nothing.
const overview = document.createElement("div"), canvas = document.createElement("canvas");
const frame = document.createElement("div");

function drawOverview() {
    const width = canvas.clientWidth, height = canvas.clientHeight, scale = devicePixelRatio || 1;
    if (!height) return;
    canvas.width = width * scale;
    canvas.height = height * scale;
    const draw = canvas.getContext("2d");
    const heat = getComputedStyle(document.documentElement).getPropertyValue("--heat").trim().split(/\s+/).join(",");
    const top = main.getBoundingClientRect().top - main.scrollTop, whole = main.scrollHeight;
    const source = $("show-source").checked, inlined = $("show-inlined").checked;
    draw.scale(scale, scale);
    for (const f of functions) {
        const most = f.hot.length ? f.hot[0].percent : 1;
        const boxes = [...f.table.tBodies].map((part) => part.getBoundingClientRect());
        for (const r of f.hot) {
            const box = boxes[r.part], rows = r.of[0] + (source && r.of[1]) + (inlined && r.of[2]);
            const before = r.before[0] + (source && r.before[1]) + (inlined && r.before[2]);
            const y = (box.top - top + box.height * before / rows) / whole * height;
            draw.fillStyle = "rgba(" + heat + "," + (0.35 + 0.65 * r.percent / most) + ")";
            draw.fillRect(1, y, Math.max(2, (width - 1) * r.percent / most), 2);
        }
    }
    moveFrame();
}

// Of each hit row: which part it is in, and how many rows of each kind are before it, and in all.
function placeRows() {
    for (const f of functions) {
        const hit = new Map(f.rows.map((r) => [r.row, r]));
        [...f.table.tBodies].forEach((part, index) => {
            const of = [0, 0, 0];
            for (const row of part.children) {
                const r = hit.get(row);
                if (r) Object.assign(r, { part: index, of, before: [...of] });
                of[row.matches(".s") ? 1 : row.matches(".n") ? 2 : 0]++;
            }
        });
    }
}

function moveFrame() {
    const share = (part) => 100 * part / main.scrollHeight + "%";
    frame.style.top = share(main.scrollTop);
    frame.style.height = share(main.clientHeight);
}

let drawing = false;

function drawSoon() {
    if (drawing) return;
    drawing = true;
    requestAnimationFrame(() => { drawing = false; drawOverview(); });
}

function toggle(id) {
    $(id).checked = !$(id).checked;
    drawSoon();
}

function change(select, step) {
    if (!select) return;
    select.selectedIndex = (select.selectedIndex + step + select.length) % select.length;
    select.dispatchEvent(new Event("change", { bubbles: true }));
    say(select.options[select.selectedIndex].text);
}

const keys = {
    h: () => hottest(1), H: () => hottest(-1),
    s: () => toggle("show-source"), i: () => toggle("show-inlined"), b: () => toggle("show-bytes"),
    p: () => change($("percent"), 1), P: () => change($("percent"), -1), e: () => change($("event"), 1),
    "/": () => { $("search").focus(); $("search").select(); },
    n: () => nextFound(1), N: () => nextFound(-1),
    "?": () => $("help").open ? $("help").close() : $("help").showModal(),
};

addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.target === $("search")) {
        if (e.key === "Enter") nextFound(e.shiftKey ? -1 : 1);
        if (e.key === "Escape") { $("search").value = ""; search(); main.focus(); }
        return;
    }
    if (/^(select|textarea)$/.test(e.target.localName || "")) return;
    if (e.key === "Enter" && at && e.target === at) {
        const link = at.querySelector(".t a");
        if (link) link.click();
        return;
    }
    if (!keys[e.key] || ($("help").open && e.key !== "?")) return;
    e.preventDefault();
    keys[e.key]();
});
document.addEventListener("mouseover", (e) => {
    const row = e.target.closest && e.target.closest("main tr[id]");
    if (row) light(row); else dim();
});
document.addEventListener("click", (e) => {
    const row = e.target.closest && e.target.closest("main tr[id]");
    if (row && e.target.classList.contains("a") && getSelection().isCollapsed) location.hash = row.id;
});
document.addEventListener("change", (e) => {
    if (e.target === $("event")) event = Number($("event").value);
    if (e.target === $("percent")) percent = Number($("percent").value);
    if (e.target === $("event") || e.target === $("percent")) fill();
    else drawSoon();
});

function readLink() {
    const target = location.hash.length > 1 && $(location.hash.slice(1));
    if (!target) return;
    if (target.localName === "tr") goTo(target, "");
    if (target.localName === "section") at = null;
    const f = functions.findIndex((g) => g.section.contains(target));
    all("nav details").forEach((d, i) => { if (i === f) d.open = true; });
}

document.body.classList.add("live");
for (const e of all(".live[hidden]")) e.hidden = false;
overview.id = "overview";
overview.title = "Where the hits are";
overview.append(canvas, frame);
document.body.insertBefore(overview, main.nextSibling);
$("search").addEventListener("input", search);
$("next").addEventListener("click", () => hottest(1));
$("keys").addEventListener("click", keys["?"]);
overview.addEventListener("click", (e) => {
    const y = e.clientY - overview.getBoundingClientRect().top;
    main.scrollTop = y / overview.clientHeight * main.scrollHeight - main.clientHeight / 2;
});
main.addEventListener("scroll", moveFrame, { passive: true });
addEventListener("resize", drawSoon);
addEventListener("hashchange", readLink);
placeRows();
fill();
main.focus({ preventScroll: true });
if (location.hash.length > 1) readLink();
else if (functions.length && functions[0].hot.length) goTo(functions[0].hot[0].row, "");
})();
