// keys.js: a FlameCanvas without a pointer, and without eyes.
//
// Arrows move from box to box, Enter zooms, Escape goes out, Home shows all, + and - zoom, the menu
// key opens the menu. For screen readers a tree of elements, out of sight, has the boxes that are
// seen: the MIRRORED widest, renewed once the picture stands still.

const MIRRORED = 200, MIRROR_MS = 250;

// does: {zoom(box), out() (whether there was anything to leave), reset(), chosen(box)}
function listenToKeys(canvas, does) {
    const frames = (row) => (canvas.rows[row] || []).filter((box) => box.look <= FADED);
    const near = (row, x) => frames(row).filter((box) => box.x < canvas.width && box.x + box.width > 0)
        .reduce((best, box) => !best || Math.abs(box.x + box.width / 2 - x) < Math.abs(best.x + best.width / 2 - x) ? box : best, null);
    // the widest of what stands on a box, and what the box stands on
    const above = ({ row, x, width }) => frames(row + 1).filter((box) => box.x < x + width && box.x + box.width > x)
        .reduce((best, box) => !best || box.width > best.width ? box : best, null);
    const under = ({ row, x, width }) => frames(row - 1).find((box) => box.x <= x + width / 2 && box.x + box.width >= x + width / 2);
    const beside = (box, by) => {
        const row = canvas.rows[box.row] || [];
        let at = row.indexOf(box);
        do at += by; while (row[at] && row[at].look > FADED);
        return row[at];
    };
    canvas.scroller.addEventListener("keydown", (e) => {
        const { scene } = canvas, { key } = e;
        if (!scene || e.ctrlKey || e.metaKey || e.altKey) return;
        canvas.settle();
        const first = canvas.chosen || near(0, 0) || near(1, 0), take = (box) => {
            if (!box) return;
            canvas.choose(box, true);
            canvas.mirror.soon();
            does.chosen(box);
        };
        if (key === "ArrowUp" || key === "ArrowDown" || key === "ArrowLeft" || key === "ArrowRight") {
            if (!canvas.chosen) take(first);
            else if (key === "ArrowLeft" || key === "ArrowRight") take(beside(first, key === "ArrowLeft" ? -1 : 1));
            else take((key === "ArrowUp") === scene.flipped ? above(first) : under(first));
        } else if (key === "Enter" && canvas.chosen) does.zoom(canvas.chosen);
        else if (key === "Escape") {
            if (!does.out()) return;
        } else if (key === "Home") {
            does.reset();
            take(near(0, 0) || near(1, 0));
        } else if (key === "+" || key === "=") canvas.scaleBy(0.5);
        else if (key === "-") canvas.scaleBy(2);
        else if ((key === "ContextMenu" || (key === "F10" && e.shiftKey)) && first && first.id !== NO_NAME) {
            const place = canvas.space.getBoundingClientRect();
            canvas.on.menu(first, place.left + Math.max(0, first.x) + 8, place.top + canvas.yOf(first.row) + canvas.rowHeight);
        } else return;
        e.preventDefault();
        e.stopPropagation();
    });
}

function createMirror(canvas, label, describe) {
    const { scroller } = canvas, list = make("div", { class: "unseen", role: "tree", "aria-label": label });
    scroller.tabIndex = 0;
    scroller.setAttribute("role", "application");
    scroller.setAttribute("aria-roledescription", "flame graph");
    scroller.setAttribute("aria-label", label + ": arrows move, Enter zooms, Escape goes out");
    scroller.append(list);
    let waiting = 0;
    const renew = () => {
        const { chosen } = canvas, boxes = canvas.inSight(MIRRORED), id = label.replace(/\W/g, "-") + "-";
        if (chosen && chosen.width && !boxes.includes(chosen)) boxes.push(chosen);
        list.replaceChildren(...boxes.map((box, i) => make("div", {
            role: "treeitem", id: id + i, "aria-level": String(box.row + 1), "aria-selected": String(box === chosen),
        }, describe(box))));
        const at = boxes.indexOf(chosen);
        if (at >= 0) scroller.setAttribute("aria-activedescendant", id + at);
        else scroller.removeAttribute("aria-activedescendant");
    };
    return {
        soon() {
            clearTimeout(waiting);
            waiting = setTimeout(renew, MIRROR_MS);
        },
    };
}
