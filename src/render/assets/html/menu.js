// menu.js: a menu at a place of the window.

// items: [text, what it does, or false: it can't be done now], null: a line. done: where the focus goes back to
function openMenu(items, x, y, done) {
    const menu = make("div", { class: "menu", role: "menu" });
    for (const item of items) {
        if (!item) menu.append(make("hr"));
        else if (item[1]) menu.append(make("button", { type: "button", role: "menuitem", tabindex: "-1" }, item[0]));
    }
    const actions = items.filter((item) => item && item[1]), buttons = [...menu.querySelectorAll("button")];
    const close = () => {
        removeEventListener("pointerdown", outside, true);
        removeEventListener("blur", close);
        menu.remove();
        done();
    };
    const outside = (e) => menu.contains(e.target) || close();
    menu.addEventListener("click", (e) => {
        const at = buttons.indexOf(e.target.closest("button"));
        if (at < 0) return;
        close();
        actions[at][1]();
    });
    menu.addEventListener("contextmenu", (e) => e.preventDefault());
    menu.addEventListener("keydown", (e) => {
        const at = buttons.indexOf(document.activeElement), last = buttons.length - 1;
        const to = { ArrowDown: at < last ? at + 1 : 0, ArrowUp: at > 0 ? at - 1 : last, Home: 0, End: last }[e.key];
        if (to !== undefined) buttons[to].focus();
        else if (e.key === "Escape" || e.key === "Tab") close();
        else return;
        e.preventDefault();
        e.stopPropagation();
    });
    document.body.append(menu);
    menu.style.left = Math.max(0, Math.min(x, innerWidth - menu.offsetWidth - 4)) + "px";
    menu.style.top = Math.max(0, Math.min(y, innerHeight - menu.offsetHeight - 4)) + "px";
    buttons[0].focus();
    addEventListener("pointerdown", outside, true);
    addEventListener("blur", close);
}

// Also where the page may not use the clipboard by itself.
function copyText(text) {
    const byHand = () => {
        const area = make("textarea", { class: "unseen" });
        area.value = text;
        document.body.append(area);
        area.select();
        document.execCommand("copy");
        area.remove();
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text).catch(byHand);
    else byHand();
}
