// annotate.js: the page of an annotation: its controls, search, an overview, keys. What a listing
// does by itself is in listing.js.
//
// The page is complete as it is; nothing here adds to what it says.
(() => {
"use strict";

const $ = (id) => document.getElementById(id);
const all = (selector, from) => [...(from || document).querySelectorAll(selector)];
const main = document.querySelector("main");
const say = (text) => { $("status").textContent = text; };
const view = { event: 0, percent: Number(main.dataset.percent) };
const listing = createListing(document.body, view, say);
const { functions, goTo } = listing;

// The function of the row that was gone to, else the one that the window shows first.
function current() {
    const top = main.getBoundingClientRect().top + 60;
    const own = listing.at() && functions.find((f) => f.section.contains(listing.at()));
    if (own) {
        const box = own.section.getBoundingClientRect();
        if (box.bottom > top && box.top < innerHeight) return own;
    }
    return functions.find((f) => f.section.getBoundingClientRect().bottom > top) || functions[0];
}

const hottest = (step) => listing.hottest(current(), step);

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
    const heat = getComputedStyle(document.body).getPropertyValue("--heat").trim().split(/\s+/).join(",");
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
    if (e.key === "Enter" && e.target === listing.at()) {
        const link = e.target.querySelector(".t a");
        if (link) link.click();
        return;
    }
    if (!keys[e.key] || ($("help").open && e.key !== "?")) return;
    e.preventDefault();
    keys[e.key]();
});
document.addEventListener("click", (e) => {
    const row = e.target.closest && e.target.closest("main tr[id]");
    if (row && e.target.classList.contains("a") && getSelection().isCollapsed) location.hash = row.id;
});
document.addEventListener("change", (e) => {
    if (e.target === $("event")) view.event = Number($("event").value);
    if (e.target === $("percent")) view.percent = Number($("percent").value);
    if (e.target === $("event") || e.target === $("percent")) listing.fill();
    drawSoon();
});

function readLink() {
    const target = location.hash.length > 1 && $(location.hash.slice(1));
    if (!target) return;
    if (target.localName === "tr") goTo(target, "");
    if (target.localName === "section") listing.leave();
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
listing.fill();
drawSoon();
main.focus({ preventScroll: true });
if (location.hash.length > 1) readLink();
else if (functions.length && functions[0].hot.length) goTo(functions[0].hot[0].row, "");
})();
