// listing.js: what a listing of code can do that is not there without a script: other events and
// kinds of percentage, the next hottest row, arrows that light up.
//
// It knows sections as html_section.c writes them, and no page: the annotation's own has many of
// them, the report's has one at a time. Rows are many, so events are listened to on what is around
// them, and only rows with hits are ever gone through one by one.
//
// createListing(scope, view, say): all sections, and lists of what is hot, in the element scope.
// view is {event, percent}, the caller's to change, and then to call fill(). say(text) tells what
// was gone to.
function createListing(scope, view, say) {
    "use strict";
    const all = (selector, from) => [...from.querySelectorAll(selector)];
    const LOCAL = [0, 1];   // kinds of percentage: local period, local hits, global period, global hits
    const BY_HITS = [1, 3];
    const measures = scope.querySelector("[data-totals]").dataset;

    // "samples,period samples,period" as [[samples, period], ...]
    const parse = (text) => text.split(" ").map((pair) => pair.split(",").map(Number));
    const totals = parse(measures.totals);
    const functions = all("section[data-h]", scope).map((section) => {
        const table = section.querySelector("table");
        return { section, table, total: parse(section.dataset.h), hot: [], event: 0,
            rows: all("tr[data-h]", table).map((row) => ({ row, hits: parse(row.dataset.h), cells: all(".p", row) })) };
    });
    // The function that a percentage is a share of: that of its section, or of its part of a contents.
    const ownerOf = (span) => {
        const part = span.closest("section,details"), link = part && part.querySelector("summary a");
        const id = link ? link.hash.slice(1) : part && part.id;
        return functions.find((f) => f.section.id === id) || null;
    };
    const shares = all("[data-of]", scope).map((span) => (
        { span, hits: parse(span.dataset.h), of: span.dataset.of === "local" ? ownerOf(span) : null }));
    const lists = all(".hot", scope).map((element) => ({ element, items: shares.filter((s) => s.of && s.span.closest(".hot") === element) }));
    for (const e of all("[data-style]", scope)) e.style.cssText = e.dataset.style;

    function share(hits, e, of) {
        const unit = BY_HITS.includes(view.percent) ? 0 : 1;
        const whole = (of && LOCAL.includes(view.percent) ? of.total : totals)[e][unit];
        return whole ? 100 * hits[e][unit] / whole : 0;
    }

    // What is hotter: by the event, then by the others.
    function compare(a, b, of, e) {
        let order = share(b, e, of) - share(a, e, of);
        for (let other = 0; !order && other < totals.length; other++) order = share(b, other, of) - share(a, other, of);
        return order;
    }

    function fillRows(f) {
        f.event = f.total[view.event][0] ? view.event : Math.max(0, f.total.findIndex((hits) => hits[0]));
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

    // Fill in every percentage, and put rows in order of heat: by the event that was asked for, or
    // where that has no hits by the first that has.
    function fill() {
        functions.forEach(fillRows);
        for (const s of shares) {
            s.percent = share(s.hits, s.of ? s.of.event : view.event, s.of);
            s.span.textContent = s.percent.toFixed(2);
        }
        for (const list of lists) {
            for (const s of list.items.sort((a, b) => compare(a.hits, b.hits, a.of, a.of.event))) {
                const item = s.span.closest("li");
                item.hidden = s.percent * 100 < measures.least;
                list.element.append(item);
            }
            const by = list.element.previousElementSibling.querySelector(".by");
            if (by && list.items.length) by.textContent = "by " + all("th.p", list.items[0].of.table)[list.items[0].of.event].title;
        }
    }

    // The row that keys start from: the last one that was gone to.
    let at = null;

    // quiet: without taking the keyboard's focus
    function goTo(row, why, quiet) {
        if (at) at.classList.remove("at");
        at = row;
        row.classList.add("at");
        row.tabIndex = -1;
        if (!quiet) row.focus({ preventScroll: true });
        row.scrollIntoView({ block: "center", inline: "nearest" });
        if (why) say(why + row.querySelector(".t").textContent.trim());
    }

    // To the next hottest row of f, or the one before.
    function hottest(f, step) {
        if (!f || !f.hot.length) return say("no hits of this event");
        const now = f.hot.findIndex((r) => r.row === at);
        const next = now < 0 ? (step > 0 ? 0 : f.hot.length - 1) : (now + step + f.hot.length) % f.hot.length;
        const r = f.hot[next];
        goTo(r.row, (next + 1) + " of " + f.hot.length + ": " + r.percent.toFixed(2) + "% ");
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
            const from = link.closest("tr"), to = document.getElementById(link.hash.slice(1));
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

    scope.addEventListener("mouseover", (e) => {
        const row = e.target.closest && e.target.closest("tbody tr[id]");
        if (row) light(row); else dim();
    });
    return { functions, fill, goTo, hottest, at: () => at, leave() { at = null; } };
}
