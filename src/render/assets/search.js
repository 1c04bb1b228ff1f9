// search.js: mark the frames whose name matches, and say how much of the picture they are.
//
// The term is a regular expression, or literal text where it is not a valid one; it minds case only
// when it has a capital. A frame inside a matching one adds nothing to the sum. Frames that were
// too narrow to be written may match as well: where that matters the share is given as a least one.

let term = "", matches = null;

function compile(text) {
    const flags = /\p{Lu}/u.test(text.replace(/\\./g, "")) ? "u" : "iu";
    try {
        return new RegExp(text, flags);
    } catch (e) {
        return new RegExp(text.replace(/[\\^$.*+?()[\]{}|\/]/g, "\\$&"), flags);
    }
}

function search(text) {
    if (text === term) return;
    term = text;
    matches = null;
    if (term) {
        const expression = compile(term), known = new Map();
        matches = new Uint8Array(model.n);
        for (let k = 1; k < model.n; k++) { // the root's "all" is nobody's name
            const name = nameOf(model, k);
            if (!known.has(name)) known.set(name, expression.test(name) ? 1 : 0);
            matches[k] = known.get(name);
        }
    }
    for (let k = 0; k < model.n; k++) {
        const on = !!(matches && matches[k]), node = model.nodes[k];
        if (node.classList.contains("match") === on) continue;
        node.classList.toggle("match", on);
        if (states[k] !== HIDDEN) label(k, ...boxOf(k)); // a match is bold
    }
    showMatched();
}

// [least, most] weight of what matches inside frame top.
function matchedWeight(top) {
    let sure = 0, maybe = 0;
    for (let k = top; k >= 0; k = model.parent[k])
        if (matches[k]) return [model.total[top], model.total[top]];
    for (let k = top; k < model.end[top];) {
        if (matches[k]) {
            sure += model.total[k];
            k = model.end[k];
        } else {
            maybe += model.lost[k];
            k++;
        }
    }
    return [sure, sure + maybe];
}

function percent(part, whole) {
    return (part / whole * 100).toFixed(1);
}

function showMatched() {
    const whole = model.total[zoomed];
    let text = "", why = "";
    if (matches) {
        const [least, most] = matchedWeight(zoomed).map((w) => percent(w, whole));
        text = (least === most ? "" : "\u2265 ") + least + "%" + (zoomed ? " of the zoom" : " matched");
        if (least !== most) why = "Up to " + most + "%: frames too narrow to be drawn (see --minwidth) may match as well";
    }
    matchedText.firstChild.textContent = why;
    matchedText.lastChild.textContent = text;
    place();
}

function openSearch() {
    searchButton.style.display = "none";
    searchBox.style.display = "";
    place();
    field.focus();
    field.select();
}

function closeSearch() {
    field.value = "";
    searchBox.style.display = "none";
    searchButton.style.display = "";
    field.blur();
    search("");
    place();
}
