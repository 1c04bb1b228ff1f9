// find.js: the search field, and how much it found.

function createFind(page, form) {
    const field = form.querySelector("input"), found = form.querySelector("output");
    const [previous, next] = form.querySelectorAll("button");
    let waiting = 0, took = 0;
    if (COARSE.matches) field.placeholder = "Search";
    const take = () => {
        const start = performance.now();
        clearTimeout(waiting);
        page.update({ term: field.value }, true);
        took = performance.now() - start;
    };
    const step = (by) => {
        take();
        const at = page.state.term && page.picture.step(by);
        if (at) page.say(groupedText(at.at) + " of " + groupedText(at.of));
    };
    field.addEventListener("input", () => {
        clearTimeout(waiting);
        waiting = setTimeout(take, took > 15 ? 2 * took : 0); // while it takes long, with who types fast
    });
    form.addEventListener("submit", (e) => e.preventDefault());
    field.addEventListener("keydown", (e) => {
        if (e.key === "Enter") step(e.shiftKey ? -1 : 1);
        else if (e.key === "Escape") {
            if (field.value) page.update({ term: "" }, true);
            else field.blur();
        } else return;
        e.preventDefault();
        e.stopPropagation();
    });
    previous.addEventListener("click", () => step(-1));
    next.addEventListener("click", () => step(1));
    addEventListener("keydown", (e) => {
        const typing = e.target.closest && e.target.closest("input, select, textarea, dialog");
        if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || typing) return;
        e.preventDefault();
        field.focus();
        field.select();
    });
    return {
        update({ state, matches, left, base }, changed) {
            if (!changed.has("matches") && !changed.has("left")) return;
            if (field.value !== state.term && document.activeElement !== field || !state.term) field.value = state.term;
            previous.disabled = next.disabled = !matches;
            if (!matches) {
                found.textContent = "";
                return;
            }
            found.textContent = percentText(matches.weight, left.total[0]) + (base === " of all" ? "" : base) + " in " + groupedText(matches.count) +
                (matches.count === 1 ? " function" : " functions");
        },
    };
}
