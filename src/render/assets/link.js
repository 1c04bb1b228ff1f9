// link.js: keep zoom and search in the fragment of the address, so that Back works and a view can
// be passed on: #z=PATH&s=TERM.
//
// PATH is a hash over the names from the root to the zoomed frame. It says nothing about pixels or
// weights, so that it holds for a new picture of the same program; what is not found is ignored.

let writing = false;

// A step of the hash: 53 bits, from two running 32-bit sums.
function hashStep(above, name) {
    let a = above[0], b = above[1];
    for (let i = 0; i <= name.length; i++) {
        const c = i < name.length ? name.charCodeAt(i) : 0x10000;
        a = Math.imul(a ^ c, 0x01000193);
        b = Math.imul(b ^ c, 0x5bd1e995) + (a >>> 15);
    }
    return [a | 0, b | 0];
}

function hashText(hash) {
    return ((hash[0] >>> 0) * 0x200000 + (hash[1] >>> 11)).toString(36);
}

function pathOf(k) {
    const path = [];
    for (; k > 0; k = model.parent[k]) path.push(nameOf(model, k));
    return hashText(path.reduceRight(hashStep, [0, 0]));
}

function findPath(text) {
    const hashes = new Array(model.n);
    hashes[0] = [0, 0];
    for (let k = 1; k < model.n; k++) {
        hashes[k] = hashStep(hashes[model.parent[k]], nameOf(model, k));
        if (hashText(hashes[k]) === text) return k;
    }
    return 0;
}

function writeLink() {
    const parts = [];
    if (zoomed) parts.push("z=" + pathOf(zoomed));
    if (term) parts.push("s=" + encodeURIComponent(term));
    const wanted = parts.length ? "#" + parts.join("&") : "";
    if (!alone || wanted === location.hash) return;
    writing = true;
    location.hash = wanted;
}

function readLink() {
    if (writing) {
        writing = false;
        return;
    }
    let z = "", s = "";
    for (const part of location.hash.slice(1).split("&")) {
        try {
            if (part.startsWith("z=")) z = part.slice(2);
            if (part.startsWith("s=")) s = decodeURIComponent(part.slice(2));
        } catch (e) {
            s = "";
        }
    }
    if (s !== term) {
        field.value = s;
        searchBox.style.display = s ? "" : "none";
        searchButton.style.display = s ? "none" : "";
        search(s);
    }
    zoom(z ? findPath(z) : 0);
}
