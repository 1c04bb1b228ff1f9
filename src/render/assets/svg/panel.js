// panel.js: a text over the picture, in the place of the menu: which keys there are, and what the
// file says of itself.

const KEYS = [
    "Click: zoom to a frame. A click on a faded one, its caller, zooms out to that.",
    "Right click, long touch, Shift+F10: what can be done with a frame.",
    "Arrows: go to callees, the caller, the neighbours; from the last frame that was clicked, or the one under the pointer.",
    "Enter: zoom to the frame. Home: show the whole.",
    "/: search names by a regular expression. Enter, Shift+Enter: next match, previous match.",
    "Escape: end the search, step out, let go of the frame.",
    "Space, Page Up, Page Down: scroll. Up and down do, too, until a frame is chosen.",
    "?: this list.",
];

const openKeys = () => openPanel("Keys", KEYS.join("\n"));

function aboutText() {
    const texts = ["desc", "metadata"].map((name) => svg.querySelector(name)).map((element) => element ? element.textContent.trim() : "");
    return texts.filter(Boolean).join("\n\n");
}

function openPanel(title, text) {
    closeMenu();
    menuReturn = document.activeElement;
    const width = Math.min(inner, 50 * data.fontSize), x = data.margin + (inner - width) / 2;
    menuBox = addElement(svg, "foreignObject", { id: "menu", x, y: seenRows()[0] + data.head, width });
    const box = addHtml(menuBox, "div", { role: "dialog", "aria-label": title });
    addHtml(box, "p", {}).textContent = title;
    addHtml(box, "pre", {}).textContent = text;
    addButton(box, {}, "Close", closeMenu).focus({ preventScroll: true });
    menuBox.setAttribute("height", box.offsetHeight);
    box.addEventListener("keydown", (event) => {
        event.stopPropagation();
        if (event.key === "Escape") closeMenu();
    });
}
