// search.js: which frames a term means, and how much of a profile they are.
//
// Each distinct name is tested once. A frame inside a matching one adds nothing to the sum, so that
// recursion is not counted twice; frames too narrow to be drawn count like all others.

// A regular expression, or literal text where it is not a valid one; it minds case only when it
// has a capital. null for "".
function compileTerm(text) {
    if (!text) return null;
    const flags = /\p{Lu}/u.test(text.replace(/\\./g, "")) ? "" : "i";
    const literal = text.replace(/[\\^$.*+?()[\]{}|\/]/g, "\\$&");
    for (const [source, mode] of [[text, "u"], [text, ""]]) {
        try {
            return new RegExp(source, flags + mode);
        } catch (e) {
            // not an expression of this mode
        }
    }
    return new RegExp(literal, flags + "u");
}

// Of each distinct frame 1 or 0; of none when term is null. The root is nobody's name.
function matchNames(profile, term) {
    const names = profile.names, matches = new Uint8Array(names.length);
    if (term) for (let i = 0; i < names.length; i++) matches[i] = term.test(names[i]) ? 1 : 0;
    return matches;
}

// What matches inside of frame top, in units of weights: all of it when top, or a frame that top
// stands on, matches.
function matchedWeight(profile, weights, matches, top) {
    const { parent, end, id } = profile, total = weights.total, last = end[top];
    for (let k = top; k > 0; k = parent[k]) if (matches[id[k]]) return total[top];
    let sum = 0;
    for (let k = top + 1; k < last;) {
        if (matches[id[k]]) {
            sum += total[k];
            k = end[k];
        } else k++;
    }
    return sum;
}
