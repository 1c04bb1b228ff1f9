// main.js: controls, events, and where things stand in the window.
//
// When the picture is a document of its own it follows the width of the window, opens at the root
// of the graph, and its head and foot stay in sight; inside another page it does none of that.

const head = svg.getElementById("head"), foot = svg.getElementById("foot");
const titleText = svg.getElementById("title"), details = svg.getElementById("details");
const hint = "Click a frame to zoom, press / to search";
let hovered = -1;

function element(name, attributes, parent) {
    const e = document.createElementNS(svg.namespaceURI, name);
    for (const key in attributes) e.setAttribute(key, attributes[key]);
    parent.appendChild(e);
    return e;
}

function button(id, text, act) {
    const size = data.fontSize;
    let width = size;
    for (const c of text) width += measure("")(c);
    const g = element("g", { id, class: "control", role: "button", tabindex: 0, "aria-label": text }, head);
    element("rect", { y: 0.75 * size, width, height: 1.75 * size }, g);
    element("text", { x: size / 2, y: 2 * size - 0.5 }, g).textContent = text;
    g.addEventListener("click", act);
    g.addEventListener("keydown", (e) => {
        if (e.key !== "Enter" && e.key !== " ") return;
        e.preventDefault();
        act();
    });
    g.boxWidth = width;
    return g;
}

// Put head and foot where they can be seen, and their parts where they don't touch.
function place() {
    const width = inner + 2 * data.margin, size = data.fontSize;
    const right = width - data.margin, narrow = width < 60 * size;
    const boxWidth = Math.min(18 * size, width / 2);
    const shift = alone ? Math.max(0, scrollY) : 0;
    const low = alone ? Math.min(0, shift + innerHeight - data.height) : 0;
    head.setAttribute("transform", "translate(0 " + shift + ")");
    foot.setAttribute("transform", "translate(0 " + (data.foot + low) + ")");
    resetButton.setAttribute("transform", "translate(" + data.margin + " 0)");
    searchButton.setAttribute("transform", "translate(" + (right - searchButton.boxWidth) + " 0)");
    searchBox.setAttribute("x", right - boxWidth);
    searchBox.setAttribute("width", boxWidth);
    matchedText.setAttribute("x", right - boxWidth - size);
    const searching = searchBox.style.display !== "none";
    titleText.style.display = narrow && searching ? "none" : "";
    resetButton.style.visibility = narrow && searching && matches ? "hidden" : "";
}

function showDetails(k) {
    hovered = k;
    const at = k >= 0 ? k : zoomed;
    let text = hint;
    if (at > 0 || k === 0) {
        const kind = data.kinds[model.nodes[at].className.baseVal[0]];
        text = data.nameType + " " + tooltip(model, at);
        if (model.self[at]) text += ", self " + percent(model.self[at], model.total[0]) + "%";
        if (zoomed && at > zoomed && at < model.end[zoomed])
            text += ", " + percent(model.total[at], model.total[zoomed]) + "% of the zoom";
        if (kind) text += ", " + kind;
    }
    details.textContent = fit(text, inner, "");
    details.setAttribute("class", text === hint ? "quiet" : "");
}

function resize() {
    if (data.fluid) {
        const width = alone ? document.documentElement.clientWidth || innerWidth : svg.clientWidth;
        inner = Math.max(width, 100) - 2 * data.margin;
        group.setAttribute("width", inner);
    }
    titleText.textContent = fit(titleText.dataset.whole, (inner - 16 * data.fontSize) * data.fontSize / (data.fontSize + 5), "600");
    layOut();
    place();
    showDetails(hovered);
}

let resetButton, searchButton, searchBox, field, matchedText;

function start() {
    svg.classList.add("live");
    resetButton = button("reset", "Reset Zoom", () => { zoom(0); writeLink(); });
    searchButton = button("find", "Search", openSearch);
    resetButton.style.display = "none";
    matchedText = element("text", { id: "matched", y: 2 * data.fontSize - 0.5, role: "status" }, head);
    element("title", {}, matchedText);
    element("tspan", {}, matchedText);
    searchBox = element("foreignObject", { id: "search", y: 0.75 * data.fontSize, height: 1.75 * data.fontSize }, head);
    searchBox.style.display = "none";
    field = document.createElementNS("http://www.w3.org/1999/xhtml", "input");
    field.id = "field";
    field.setAttribute("placeholder", "Search names (regular expression)");
    field.setAttribute("aria-label", "Search");
    field.setAttribute("spellcheck", "false");
    field.setAttribute("autocomplete", "off");
    searchBox.appendChild(field);
    titleText.dataset.whole = svg.querySelector("title").textContent;

    field.addEventListener("input", () => search(field.value));
    field.addEventListener("change", writeLink);
    field.addEventListener("keydown", (e) => {
        e.stopPropagation();
        if (e.key === "Enter") writeLink();
        if (e.key === "Escape") { closeSearch(); writeLink(); }
    });
    const frameAt = (target) => {
        const node = target.closest && target.closest("#frames g");
        return node ? model.index.get(node) : -1;
    };
    group.addEventListener("click", (e) => {
        const k = frameAt(e.target);
        if (k >= 0) { zoom(k); writeLink(); }
    });
    group.addEventListener("mouseover", (e) => showDetails(frameAt(e.target)));
    group.addEventListener("mouseleave", () => showDetails(-1));
    addEventListener("keydown", (e) => {
        if (e.ctrlKey || e.metaKey || e.altKey || /^(input|textarea|select)$/i.test(e.target.localName || "")) return;
        if (e.key === "/") { e.preventDefault(); openSearch(); }
        if (e.key === "Escape") {
            if (term || searchBox.style.display !== "none") closeSearch();
            else zoom(0);
            writeLink();
        }
    });
    if (data.fluid) {
        svg.removeAttribute("viewBox");
        svg.setAttribute("width", "100%");
    }
    addEventListener("resize", resize);
    addEventListener("scroll", place);
    addEventListener("hashchange", readLink);
    resize();
    if (alone) {
        readLink();
        if (!data.inverted && !scrollY && data.height > innerHeight) scrollTo(0, data.height);
        place();
    }
}

if (model) start();
