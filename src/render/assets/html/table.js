// table.js: the hot functions of the selection, one row for each name and kind.
//
// Self is what was counted in the function itself, total what was counted there or in what it
// called; of a function that stands several times in one stack the topmost counts, so that no
// sample is counted twice. As `flamedata report` has it. Only the rows that are in sight are in the
// document.

const ROW_PX = 24, ROWS_AROUND = 8, PRINTED = 30;
// What of a page changes the list.
const FOLLOWED = ["left", "matches", "frame", "pane", "theme", "size"];

// {self, total, ids, change}: of each frame id its weights (trees.js), the ids that weigh anything
// or did before, and by how much more the functions themselves weigh than before. Threads' names are no functions.
function hotFunctions({ edited: profile, left: weights, state }) {
    const { self, total } = functionTotals(profile, weights), ids = [], change = new Float64Array(total.length), { deltas, id } = profile;
    // of stacks that are cut below a function, what is counted is its own
    if (state.edits.some(isCallers)) {
        self.fill(0);
        for (let k = 1; k < profile.n; k++) if (profile.depth[k] === 1) self[id[k]] += weights.total[k];
    }
    for (let k = 1; deltas && k < profile.n; k++) change[id[k]] += deltas[k];
    for (let i = 0; i < total.length; i++) if ((total[i] > 0 || change[i]) && KINDS[profile.kinds[i]] !== "process") ids.push(i);
    return { self, total, ids, change };
}

const COLUMNS = [
    { key: "self", title: "Self", first: -1, hint: "Counted in the function itself" },
    { key: "total", title: "Total", first: -1, hint: "Counted in the function and in what it called" },
    { key: "name", title: "Function", first: 1 },
    { key: "object", title: "Object", first: 1 },
];
const CHANGE = { key: "change", title: "Change", first: -1, hint: "By how much more was counted in the function itself than before, of all" };

function createTable(page, element) {
    const { profile } = page, columns = profile.deltas ? [...COLUMNS, CHANGE] : COLUMNS;
    const status = make("p", { class: "hint" }), head = make("div", { role: "row", class: "row head" });
    const body = make("div", { role: "rowgroup", class: "rows" });
    const grid = make("div", { role: "grid", class: "grid", tabindex: "0", "aria-label": "Hot functions" },
        make("div", { role: "rowgroup", class: "sticky" }, head), body);
    const printed = make("div", { class: "printed" });
    element.replaceChildren(status, grid, printed);
    addEventListener("beforeprint", print);
    grid.classList.toggle("compared", columns.includes(CHANGE));
    let sums = null, rows = [], key = "self", direction = -1, at = -1, shown = false, waiting = null;

    const buttons = columns.map((column, c) => {
        const button = make("button", { type: "button", title: column.hint || "" }, column.title);
        button.addEventListener("click", () => {
            direction = key === column.key ? -direction : column.first;
            key = column.key;
            if (!sums) return; // it will be ordered soon
            order();
            draw();
        });
        const cell = make("div", { role: "columnheader", class: "c" + c }, button);
        head.append(cell);
        return cell;
    });

    function order() {
        const ranks = ranksOf(profile), byName = (a, b) => ranks[a] - ranks[b];
        const compare = {
            self: (a, b) => sums.self[a] - sums.self[b] || sums.total[a] - sums.total[b],
            total: (a, b) => sums.total[a] - sums.total[b] || sums.self[a] - sums.self[b],
            change: (a, b) => (sums.change[a] - sums.change[b]) * (page.data.mostDelta < 0 ? -1 : 1),
            name: byName,
            // objects stand in the order of their names (columns.c)
            object: (a, b) => profile.objectOf[a] - profile.objectOf[b],
        }[key];
        const ids = page.matches ? sums.ids.filter((i) => page.matches.ids[i]) : sums.ids;
        rows = [...ids].sort((a, b) => direction * compare(a, b) || byName(a, b));
        at = rows.indexOf(page.state.frame);
        columns.forEach((column, c) => buttons[c].setAttribute("aria-sort",
            column.key !== key ? "none" : direction < 0 ? "descending" : "ascending"));
        grid.setAttribute("aria-rowcount", rows.length + 1);
        status.textContent = rows.length === 0 ? (page.matches ? "No function matches." : "Nothing was counted.")
            : groupedText(rows.length) + (rows.length === 1 ? " function" : " functions") + (page.matches ? " match" + (rows.length === 1 ? "es" : "") : "") +
              (page.base === " of all" ? "" : "; shares are" + page.base) +
              (COARSE.matches ? ". A double touch shows callers and callees." : ". Enter or a double click shows callers and callees, c the code.");
    }
    // The unit stands over the columns.
    const unitless = () => page.measure.durations ? page.measure : { ...page.measure, quantity: "" };
    const unitName = () => page.measure.durations ? "" : ", " + page.measure.quantity;
    function share(weight) {
        const part = page.left.total[0] ? weight / page.left.total[0] : 0;
        const bar = make("span", { class: "bar" });
        bar.style.width = Math.min(100, part * 100) + "%";
        return [bar, make("span", { class: "share" }, page.shareText(weight)), " ", make("span", { class: "weight" }, weightText(weight * page.unit, unitless()))];
    }
    function row(place) {
        const i = rows[place], object = profile.objectOf[i];
        const name = make("div", { role: "gridcell", class: "c2", title: profile.names[i] }, make("span", { class: "chip" }), profile.names[i]);
        name.firstChild.style.background = paintText(page, paintOnRamp(page.data, profile, i, sums.change[i], sums.total[i] / page.left.total[0]));
        name.firstChild.title = KINDS[profile.kinds[i]];
        const cells = [make("div", { role: "gridcell", class: "c0" }, ...share(sums.self[i])),
            make("div", { role: "gridcell", class: "c1" }, ...share(sums.total[i])), name,
            make("div", { role: "gridcell", class: "c3" }, object < 0 ? "" : profile.objects[object])];
        if (columns.includes(CHANGE))
            cells.push(make("div", { role: "gridcell", class: "c4" }, changeText(sums.change[i], page.left.total[0] * page.unit, page.data.mostDelta < 0)));
        const line = make("div", { role: "row", class: "row", id: "row-" + place, "aria-rowindex": String(place + 2), "aria-selected": String(place === at) }, ...cells);
        line.style.top = place * ROW_PX + "px";
        line.dataset.place = place;
        return line;
    }
    // On paper there is a plain table of the first rows.
    function print() {
        if (!sums) {
            sums = hotFunctions(page);
            order();
        }
        const whole = (weight) => page.shareText(weight) + " " + weightText(weight * page.unit, unitless());
        printed.replaceChildren(make("h2", {}, rows.length > PRINTED ? "The first " + PRINTED + " of " + groupedText(rows.length) + " functions" : "Functions"),
            make("table", {}, make("thead", {}, make("tr", {}, ...columns.slice(0, 4).map(({ title }, c) => make("th", { scope: "col" }, title + (c < 2 ? unitName() : ""))))),
                make("tbody", {}, ...rows.slice(0, PRINTED).map((i) => make("tr", {}, ...[whole(sums.self[i]), whole(sums.total[i]), profile.names[i],
                    profile.objectOf[i] < 0 ? "" : profile.objects[profile.objectOf[i]]].map((text) => make("td", {}, text)))))));
    }
    function draw() {
        if (element.hidden || !sums) return;
        const first = Math.max(0, Math.floor(grid.scrollTop / ROW_PX) - ROWS_AROUND);
        const last = Math.min(rows.length, Math.ceil((grid.scrollTop + grid.clientHeight) / ROW_PX) + ROWS_AROUND);
        const lines = [];
        for (let place = first; place < last; place++) lines.push(row(place));
        body.style.height = rows.length * ROW_PX + "px";
        body.replaceChildren(...lines);
        if (at >= first && at < last) grid.setAttribute("aria-activedescendant", "row-" + at);
        else grid.removeAttribute("aria-activedescendant");
    }
    function reveal() {
        const top = at * ROW_PX, room = grid.clientHeight - head.offsetHeight;
        if (at < 0) return;
        if (top < grid.scrollTop) grid.scrollTop = top;
        else if (top + ROW_PX > grid.scrollTop + room) grid.scrollTop = top + ROW_PX - room;
    }
    function choose(place) {
        if (place < 0 || place >= rows.length) return;
        at = place;
        reveal();
        page.update({ frame: rows[place] }, true);
        draw();
    }
    const placeOf = (e) => {
        const line = e.target.closest("[data-place]");
        return line ? +line.dataset.place : -1;
    };
    // rows are made anew by the first click, so that no double click ever has one of them
    body.addEventListener("click", (e) => {
        const place = placeOf(e);
        if (place >= 0 && e.detail === 2) page.openSandwich(rows[place]);
        else choose(place);
    });
    grid.addEventListener("scroll", () => requestAnimationFrame(draw), { passive: true });
    grid.addEventListener("keydown", (e) => {
        if (e.ctrlKey || e.metaKey || e.altKey || e.target !== grid) return;
        const some = Math.max(1, Math.floor(grid.clientHeight / ROW_PX) - 2);
        const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + some, PageUp: at - some, Home: 0, End: rows.length - 1 }[e.key];
        if (to !== undefined) choose(Math.max(0, Math.min(rows.length - 1, to)));
        else if (e.key === "Enter" && at >= 0) page.openSandwich(rows[at]);
        else if (e.key === "c" && at >= 0) page.openCode(rows[at]);
        else return;
        e.preventDefault();
    });
    function follow(changed) {
        if (element.hidden) {
            shown = false;
            return;
        }
        if (!sums || !shown || changed.has("matches")) {
            sums = sums || hotFunctions(page);
            order();
            grid.scrollTop = Math.min(grid.scrollTop, rows.length * ROW_PX);
        }
        if (changed.has("frame") || !shown) {
            at = rows.indexOf(page.state.frame);
            reveal();
        }
        for (const c of [0, 1]) buttons[c].firstChild.replaceChildren(COLUMNS[c].title, make("span", { class: "counted" }, unitName()));
        shown = true;
        draw();
    }
    return {
        // The picture comes first: to sum up, to sort and to measure the list takes as long.
        update(p, changed) {
            if (changed.has("left")) sums = null;
            if (!FOLLOWED.some((key) => changed.has(key))) return;
            if (!waiting) {
                waiting = new Set();
                afterPaint(() => {
                    const all = waiting;
                    waiting = null;
                    follow(all);
                });
            }
            for (const key of changed) waiting.add(key);
        },
    };
}
