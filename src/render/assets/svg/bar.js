// bar.js: the controls in the head of the picture, HTML that lies on it.

let bar, resetButton, stepsButton, matchedBox, searchBox, field, findButton;
let typing = false; // the search field has the keyboard

function makeBar() {
    const place = addElement(head, "foreignObject", { id: "bar", width: "100%", height: data.head });
    bar = addHtml(place, "div", {});
    resetButton = addButton(bar, { id: "reset" }, "Reset Zoom", () => zoom(0));
    stepsButton = addButton(bar, { id: "steps" }, "All Stacks", () => changeSteps([]));
    matchedBox = addHtml(bar, "span", { id: "matched", role: "status" });
    searchBox = addHtml(bar, "span", { id: "search" });
    field = addHtml(searchBox, "input", {
        id: "field", placeholder: "Search names (regular expression)", "aria-label": "Search names",
        spellcheck: "false", autocomplete: "off",
    });
    addButton(searchBox, { title: "Previous match (Shift+Enter)", "aria-label": "Previous match" }, "\u2039", () => goToMatch(-1));
    addButton(searchBox, { title: "Next match (Enter)", "aria-label": "Next match" }, "\u203a", () => goToMatch(1));
    addButton(searchBox, { title: "End search (Escape)", "aria-label": "End search" }, "\u00d7", closeSearch);
    findButton = addButton(bar, { id: "find", title: "Search (/)" }, "Search", openSearch);
    addButton(bar, { id: "more", title: "Keys, about this picture, and what can be done with the frame that was clicked (right click)", "aria-haspopup": "menu" }, "Menu", (event) => {
        const box = event.currentTarget.getBoundingClientRect();
        openMenu(focused > 0 ? focused : zoomed, box.right, box.bottom);
    });
    field.addEventListener("input", () => search(field.value));
    field.addEventListener("change", writeLink);
    for (const type of ["focus", "blur"]) {
        field.addEventListener(type, () => {
            typing = type === "focus";
            showBar();
        });
    }
    field.addEventListener("keydown", (event) => {
        event.stopPropagation();
        if (event.key === "Escape") closeSearch();
        if (event.key !== "Enter") return;
        writeLink();
        goToMatch(event.shiftKey ? -1 : 1);
    });
    showBar();
}

function showBar() {
    const open = typing || !!term;
    if (!typing && field.value !== term) field.value = term;
    searchBox.hidden = !open;
    findButton.hidden = open;
    svg.classList.toggle("finding", open);
    resetButton.hidden = !zoomed;
    stepsButton.hidden = !steps.length;
    stepsButton.title = "Now: " + stepsText();
    const text = matchedText();
    if (matchedBox.textContent !== text) matchedBox.textContent = text;
}

// Head and foot stay in sight.
function place() {
    const height = svg.was ? svg.was.height : data.height, [top, bottom] = seenRows();
    put(head, "transform", "translate(0 " + rounded(Math.min(top, height - data.head - data.foot)) + ")");
    put(foot, "transform", "translate(0 " + rounded(Math.min(height, bottom) - data.foot) + ")");
}

// The title leaves room for controls on both sides, of which a narrow window has fewer (style.css);
// other lines of the head have the whole width.
function cutHead() {
    const controls = matchMedia("(max-width:600px)").matches ? 15 : 24;
    for (const text of head.querySelectorAll("text")) {
        const title = text.id === "title", size = data.fontSize + (title ? 5 : 0);
        text.whole = text.whole || (title ? data.title : text.textContent);
        text.textContent = cutText(text.whole, (inner - (title ? controls * size : 0)) * data.fontSize / size, measure(title ? "600" : ""));
    }
}

// Entries of the legend go where there is room for them; the foot gets as high as it must.
function wrapLegend() {
    const entries = [...foot.querySelectorAll("#legend>g")], step = 1.7 * data.fontSize;
    let x = 0, row = 0;
    for (const entry of entries) {
        const box = entry.firstElementChild, number = (name) => +box.getAttribute(name);
        if (!entry.from) entry.from = [number("x"), number("y"), number("width")];
        const [left, top, width] = entry.from;
        if (x && x + width > inner) {
            x = 0;
            row++;
        }
        entry.setAttribute("transform", "translate(" + rounded(data.margin + x - left) + " " + rounded(entries[0].from[1] + row * step - top) + ")");
        x += width + data.fontSize / 2;
    }
    if (!entries.length) return;
    data.foot = Math.ceil(entries[0].from[1] + (row + 1) * step);
    foot.firstElementChild.setAttribute("height", data.foot);
}
