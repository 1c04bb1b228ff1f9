// menu.js: what can be done with a frame, or with the picture: a menu at the pointer, or under the
// focus.

let menuBox = null, menuReturn = null;

function menuItems(k) {
    const items = [];
    if (k) {
        const step = (how) => () => changeSteps([...steps, [how, profile.id[k]]]);
        items.push(["Copy Name", () => copy(nameOf(k))],
            ["Copy Stack", () => copy(stackText(k))],
            ["Copy Details", () => copy(nameOf(k) + "\n" + detailsText(k))],
            ["Zoom", () => zoom(k)],
            ["Only Stacks Through This", step("focus")],
            ["Hide Stacks Through This", step("hide")],
            ["Remove This Function", step("remove")],
            ["Show Its Callers", () => {
                zoomed = 0;
                changeSteps([...steps, ["callers", profile.id[k]]]);
            }],
            ["Search This Name", () => {
                field.value = "^" + nameOf(k).replace(/[\\^$.*+?()[\]{}|\/]/g, "\\$&") + "$";
                openSearch();
                search(field.value);
                writeLink();
            }]);
    }
    items.push(["Collapse Recursion", () => changeSteps([...steps, ["collapse"]])]);
    if (steps.length) items.push(["Undo Last", () => changeSteps(steps.slice(0, -1))]);
    if (zoomed || steps.length) items.push(["Reset All", () => {
        zoomed = 0;
        changeSteps([]);
    }]);
    items.push(["Keys", openKeys], ["About This Picture", () => openPanel(data.title, aboutText())]);
    return items;
}

// From the root to the frame, as in folded stacks.
function stackText(k) {
    const names = [];
    for (; k > 0; k = profile.parent[k]) names.unshift(nameOf(k));
    return names.join(";");
}

function copy(text) {
    const byHand = () => {
        const area = addHtml(bar, "textarea", {});
        area.value = text;
        area.select();
        document.execCommand("copy");
        area.remove();
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text).catch(byHand);
    else byHand();
}

// x and y in px of the window.
function openMenu(k, x, y) {
    closeMenu();
    menuReturn = document.activeElement;
    if (k) {
        focused = k; // keys go on from there
        showRing(ring, k);
        setTabStop();
    }
    const items = menuItems(k), width = 17 * data.fontSize, height = 2 * data.fontSize * (items.length + 1);
    const at = svg.getScreenCTM().inverse(), seen = seenRows();
    menuBox = addElement(svg, "foreignObject", { id: "menu", width, height });
    const left = Math.min(x * at.a + at.e, inner + 2 * data.margin - width), top = Math.min(y * at.d + at.f, Math.min(svg.was.height, seen[1]) - height);
    menuBox.setAttribute("x", Math.max(0, left));
    menuBox.setAttribute("y", Math.max(seen[0], top));
    const name = k ? nameOf(k) : data.title, list = addHtml(menuBox, "div", { role: "menu", "aria-label": name });
    addHtml(list, "p", {}).textContent = fitName(name, width - 2 * data.fontSize, measure("600"));
    for (const [text, act] of items) {
        addButton(list, { role: "menuitem", tabindex: -1 }, text, () => {
            closeMenu();
            act();
        });
    }
    list.addEventListener("keydown", (event) => {
        const buttons = [...list.querySelectorAll("button")], i = buttons.indexOf(document.activeElement), last = buttons.length - 1;
        const to = { ArrowDown: i < last ? i + 1 : 0, ArrowUp: i > 0 ? i - 1 : last, Home: 0, End: last }[event.key];
        event.stopPropagation();
        if (event.key === "Escape" || event.key === "Tab") closeMenu();
        if (to === undefined && event.key !== "Escape" && event.key !== "Tab") return;
        event.preventDefault();
        if (to !== undefined) buttons[to].focus();
    });
    list.querySelector("button").focus({ preventScroll: true });
}

function closeMenu() {
    if (!menuBox) return;
    const box = menuBox;
    menuBox = null;
    box.remove();
    if (menuReturn && menuReturn.isConnected) menuReturn.focus({ preventScroll: true });
}
