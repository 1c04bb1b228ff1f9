// link.js: what is looked at, in the fragment of the address, so that Back works and a view can be
// passed on: #z=PATH&s=TERM&v=STEPS.
//
// PATH is core/path.js's; STEPS are a word and the hash of a name, "focus-1a2b3c4". What is not
// found in this picture is ignored. Typing in the search field makes no history.

let written = null;

function writeLink() {
    if (!alone || !profile) return;
    const parts = [];
    if (zoomed) parts.push("z=" + pathText(profile, zoomed));
    if (term) parts.push("s=" + encodeURIComponent(term));
    if (steps.length) parts.push("v=" + steps.map(([how, id]) => how + (id === undefined ? "" : "-" + nameHash(base.names[id], 7))).join("."));
    const wanted = parts.length ? "#" + parts.join("&") : "";
    if (wanted === written) return;
    if (wanted !== location.hash) location.hash = wanted;
    written = location.hash;
}

function stepsOf(text) {
    const found = [];
    for (const word of text.split(".")) {
        const [how, hash] = word.split("-"), id = hash ? base.names.findIndex((name) => nameHash(name, 7) === hash) : undefined;
        if (Object.hasOwn(STEPS, how) && id !== -1 && (id === undefined) === (how === "collapse")) found.push([how, id]);
    }
    return found;
}

function readLink() {
    if (location.hash === written) return;
    written = location.hash;
    const given = {};
    for (const pair of location.hash.slice(1).split("&")) {
        const at = pair.indexOf("=");
        try {
            given[pair.slice(0, at)] = decodeURIComponent(pair.slice(at + 1));
        } catch (e) {
            // not ours
        }
    }
    setSteps(stepsOf(given.v || ""));
    zoomed = findPath(profile, given.z || "");
    focused = -1;
    find(given.s || "");
    redraw();
}
