// path.js: a frame as a text that outlives the picture.
//
// The path from the root, four digits for each name: nothing of pixels, weights or numbers of
// nodes, so that it holds in a new picture of the same program. Of siblings with equal digits (a
// flame chart has them) all but the first have a number behind: "-2.". Of a path that is not there
// any more, what is there is found.

const PATH_STEP = /([0-9a-z]{4})(?:-(\d+)\.)?/g;

// FNV-1a over UTF-16, in base 36: its last digits, of seven.
function nameHash(name, digits = 4) {
    let hash = 0x811c9dc5;
    for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
    hash ^= hash >>> 15;
    return (hash >>> 0).toString(36).padStart(7, "0").slice(-digits);
}

// The same of the name number id, kept by the list.
const HASHES = new WeakMap();
function hashOf(names, id) {
    let hashes = HASHES.get(names);
    if (!hashes) HASHES.set(names, hashes = []);
    return hashes[id] || (hashes[id] = nameHash(names[id]));
}

function pathText(profile, k) {
    const { parent, end, id, names } = profile;
    let text = "";
    for (; k > 0; k = parent[k]) {
        const hash = hashOf(names, id[k]);
        let place = 1;
        for (let s = parent[k] + 1; s < k; s = end[s]) if (id[s] === id[k] || hashOf(names, id[s]) === hash) place++;
        text = hash + (place > 1 ? "-" + place + "." : "") + text;
    }
    return text;
}

// The frame, or the deepest one on the way to it; 0 for "" and for what was never a path.
function findPath(profile, text) {
    const { end, id, names } = profile;
    let at = 0;
    for (const [, hash, place] of text.matchAll(PATH_STEP)) {
        let left = +place || 1, k = at + 1;
        for (; k < end[at]; k = end[k]) if (hashOf(names, id[k]) === hash && --left === 0) break;
        if (k >= end[at]) break;
        at = k;
    }
    return at;
}
