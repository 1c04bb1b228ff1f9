// keys.js: frames by keyboard: arrows go to neighbours that are drawn, Enter zooms, Escape steps
// out. One frame can be reached by Tab; Ctrl-F, space and paging stay the browser's.

let focused = -1;

// look: whether to give it the keyboard, too
function focusFrame(k, look = true) {
    const i = placeOf(k);
    if (i < 0) return;
    focused = k;
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
}

function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(input|textarea|select)$/i.test(event.target.localName || "")) return;
    const key = event.key, onFrame = event.target === tabStop;
    if (onFrame) svg.classList.add("keys");
    if (key === "/") openSearch();
    else if (key === "Escape") stepOut();
    else if (!onFrame) return;
    else {
        const k = tabStop.k, up = (key === "ArrowUp") !== !!data.inverted;
        if (key === "Enter" || key === "Home") {
            zoom(key === "Home" ? 0 : k);
            focusFrame(zoomed);
        } else if (key === "ArrowLeft" || key === "ArrowRight") focusFrame(besides(k, key === "ArrowLeft" ? -1 : 1));
        else if (key === "ArrowUp" || key === "ArrowDown") focusFrame(up ? widestChild(k) : Math.max(profile.parent[k], 0));
        else if (key === "ContextMenu" || (key === "F10" && event.shiftKey)) openMenuAt(tabStop);
        else return;
    }
    event.preventDefault();
}

function openMenuAt(rect) {
    const box = rect.getBoundingClientRect();
    openMenu(rect.k, Math.max(box.left, 0) + 8, box.bottom);
}
