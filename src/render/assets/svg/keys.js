// keys.js: frames by keyboard: arrows go to neighbours that are drawn, Enter zooms, Escape steps
// out. One frame can be reached by Tab; Ctrl-F, space and paging stay the browser's.
//
// Where nothing has the keyboard, keys are about the frame that was chosen last, else about the one
// under the pointer, else about the top of what is drawn. Until one is chosen, up and down scroll a
// picture that is higher than the window, as they do any page.

let focused = -1;

// look: whether to give it the keyboard, too
function focusFrame(k, look = true) {
    const i = placeOf(k);
    if (i < 0) return;
    focused = k;
    parked = true;
    showRing(ring, k);
    setTabStop();
    showDetails(-1);
    if (look) tabStop.focus({ preventScroll: true });
    reveal(k);
}

function reveal(k) {
    const [top, bottom] = seenRows(), at = data.head + boxOf(k)[1];
    if (at < top + data.head || at + data.frameHeight > bottom - data.foot) scrollTo(scrollX, at - (bottom - top) / 2);
}

// The next frame in the direction by (1 or -1) on the same row.
function besides(k, by) {
    for (let i = placeOf(k) + by; i >= 0 && i < shown.length; i += by) if (profile.depth[shown[i]] === profile.depth[k]) return shown[i];
    return k;
}

function widestChild(k) {
    let widest = k;
    for (let i = placeOf(k) + 1; i < shown.length && shown[i] < profile.end[k]; i++)
        if (profile.parent[shown[i]] === k && (widest === k || weights.total[shown[i]] > weights.total[widest])) widest = shown[i];
    return widest;
}

function stepOut() {
    if (term) closeSearch();
    else if (zoomed) zoomOut();
    else if (steps.length) changeSteps(steps.slice(0, -1));
    else letGo();
}

// No frame is chosen any more.
function letGo() {
    focused = -1;
    if (held) tabStop.blur();
    showRing(ring, -1);
    setTabStop();
    showDetails(-1);
}

function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(input|textarea|select)$/i.test(event.target.localName || "")) return;
    const key = event.key, { target } = event, none = target === svg, vertical = key === "ArrowUp" || key === "ArrowDown";
    if (key === "/") openSearch();
    else if (key === "?") openKeys();
    else if (key === "Escape") stepOut();
    // on a button an arrow does nothing else
    else if (!tabStop || !(none || target === tabStop || (/^Arrow/.test(key) && bar.contains(target)))) return;
    else if (none && vertical && focused < 0 && svg.was.height > innerHeight) return;
    else {
        const k = focused >= 0 ? focused : hovered >= 0 ? hovered : zoomed, up = (key === "ArrowUp") !== !!data.inverted;
        if (key === "Enter" || key === "Home") {
            zoom(key === "Home" ? 0 : k);
            focusFrame(zoomed);
        } else if (key === "ArrowLeft" || key === "ArrowRight") focusFrame(besides(k, key === "ArrowLeft" ? -1 : 1));
        else if (vertical) focusFrame(up ? widestChild(k) : Math.max(profile.parent[k], 0));
        else if (key === "ContextMenu" || (key === "F10" && event.shiftKey)) openMenuAt(rects[placeOf(k)]);
        else return;
        svg.classList.add("keys");
    }
    event.preventDefault();
}

function openMenuAt(rect) {
    const box = rect.getBoundingClientRect();
    openMenu(rect.k, Math.max(box.left, 0) + 8, box.bottom);
}
