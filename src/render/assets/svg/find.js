// find.js: mark what a term matches, say how much that is, and go from match to match.
//
// The sums are exact, whatever is drawn: see core/search.js.

let term = "", matches = new Uint8Array(0), matchCount = 0, current = -1;

// Look for text in the stacks that are drawn. The caller draws.
function find(text) {
    term = text;
    matches = matchNames(profile, compileTerm(text));
    matchCount = 0;
    current = -1;
    if (term) for (let k = 1; k < profile.n; k++) matchCount += matches[profile.id[k]];
}

function search(text) {
    if (text === term) return;
    find(text);
    draw();
    showBar();
}

function matchedText() {
    if (!term) return "";
    const share = (top) => percentText(matchedWeight(profile, weights, matches, top), weights.total[top]);
    return share(0) + (zoomed ? " of all, " + share(zoomed) + " of the zoom, " : " matched, ") +
        (current > 0 ? groupedText(placeOfMatch(current)) + " of " : "") + groupedText(matchCount) + (matchCount === 1 ? " frame" : " frames");
}

function placeOfMatch(last) {
    let place = 0;
    for (let k = 1; k <= last; k++) place += matches[profile.id[k]];
    return place;
}

// by is 1 for the next match, -1 for the one before. Where it is too narrow to be seen, the picture
// is zoomed so that it is.
function goToMatch(by) {
    if (!matchCount) return;
    let k = current > 0 ? current : zoomed;
    do k = (k + by + profile.n) % profile.n; while (!k || !matches[profile.id[k]]);
    current = k;
    const wide = (top) => weights.total[k] * inner >= 3 * data.fontSize * weights.total[top];
    let top = zoomed;
    if (!isInside(k, top) || !wide(top)) {
        top = k;
        while (top && wide(profile.parent[top])) top = profile.parent[top];
    }
    if (top === zoomed) showBar();
    else zoom(top);
    svg.classList.add("keys");
    focusFrame(k, false);
}

function openSearch() {
    typing = true;
    showBar();
    field.focus();
    field.select();
}

function closeSearch() {
    field.blur();
    search("");
    showBar();
    writeLink();
}
