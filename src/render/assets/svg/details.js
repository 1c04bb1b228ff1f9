// details.js: the line in the foot: all that is known of the frame under the pointer, of the one
// with the focus, or of the zoom.

const HINT = "Click a frame to zoom, right click for more, / to search";
let hovered = -1, pointedAt = "", parked = false; // parked: the line tells of a frame that keys or the search went to

// Whether the pointer moved, or else the picture below it, while the line is not to follow that.
function hasMoved(event) {
    const at = event.clientX + " " + event.clientY;
    if (parked && at === pointedAt) return false;
    pointedAt = at;
    parked = false;
    return true;
}

function detailsText(k) {
    let text = numbersText(k);
    const { self, total } = weights;
    if (zoomed && isInside(k, zoomed)) text += ", " + percentText(total[k], total[zoomed]) + " of the zoom";
    if (self[k]) text += ", self " + weightText(self[k] * unit, data) + " (" + percentText(self[k], total[0]) + ")";
    const id = profile.id[k], object = k ? profile.objects[profile.objectOf[id]] : "";
    if (k) text += ", " + kindOf(k);
    return object && object !== nameOf(k) ? text + ", " + object : text;
}

function showDetails(k) {
    hovered = k;
    const at = k >= 0 ? k : focused >= 0 ? focused : zoomed, widthOf = measure("");
    if (hoverRing) showRing(hoverRing, k);
    let text = steps.length ? stepsText() : HINT;
    if (leastDrawn > LEAST) {
        const deep = deepestDrawn < Infinity ? " and those beyond level " + deepestDrawn : "";
        text = "Too many frames: those under " + leastDrawn + " px" + deep + " are left out. " + text;
    }
    if (at > 0 || k === 0) {
        const before = data.nameType + " ", behind = " (" + detailsText(at) + ")";
        const room = inner - textWidth(before + behind, widthOf), name = fitName(nameOf(at), Math.max(room, inner / 4), widthOf);
        text = before + name + behind;
    }
    details.textContent = cutText(text, inner, widthOf);
    details.setAttribute("class", at > 0 || k === 0 ? "" : "quiet");
}

// The browser shows an element's <title>: the one under the pointer has it.
function showTooltip(element) {
    if (element.k === undefined || element.told === tooltip(element.k)) return;
    element.told = tooltip(element.k);
    const title = element.querySelector("title") || addElement(element, "title", {});
    title.textContent = element.told;
}
