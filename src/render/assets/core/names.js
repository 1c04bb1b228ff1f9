// names.js: as much of a function's name as there is room for.
//
// src/render/label.h has the rules, and tests/render/labels.txt holds both to them: the name; the
// name with its arguments folded to "\u2026"; that without its first parts; the own name; its beginning.

const ELLIPSIS = "\u2026";
const WORD = /[\w$\u0080-\uffff]/;
const OPERATOR = /operator(?![\w$\u0080-\uffff])(?: .*|<=>|<<=|>>=|->\*|<<|>>|<=|>=|->|\(\)|\[\]|.)/sy;

// Behind the bracket that closes the one at i.
function closing(name, i) {
    for (let round = 0, angles = 0; i < name.length; i++) {
        const c = name[i];
        if ("([{".includes(c)) round++;
        else if (")]}".includes(c)) round -= round > 0;
        else if (c === "<") angles += !round;
        else if (c === ">" && !round && angles && name[i - 1] !== "-") angles--;
        if (!round && !angles) return i + 1;
    }
    return i;
}

// The length of an operator's name at i, or 0.
function operatorAt(name, i) {
    OPERATOR.lastIndex = i;
    return name[i] === "o" && !(i && WORD.test(name[i - 1])) && OPERATOR.test(name) ? OPERATOR.lastIndex - i : 0;
}

// Of all parts but the first [where the sign in front of it begins, where it begins].
function partsOf(name) {
    const parts = [];
    let slashes = true;
    for (let i = 0, from; (from = i) < name.length;) {
        const c = name[i], sign = operatorAt(name, i);
        if (sign) i += sign;
        else if ("<([{".includes(c)) i = closing(name, i);
        else if (name.startsWith("::", i)) {
            i += 2;
            if (i < name.length && name[i] !== "{" && name[i] !== "<") parts.push([from, i]);
        } else {
            i++;
            slashes = slashes && c !== " " && c !== ":";
            if (c === "/" && slashes && i < name.length) parts.push([from, i]);
        }
    }
    return parts;
}

function foldBrackets(text, keepFirst) {
    let folded = "", done = 0;
    for (let i = 0, from; (from = i) < text.length;) {
        i += operatorAt(text, i) || 1;
        if (i > from + 1 || !"<([{".includes(text[from])) continue;
        i = closing(text, from);
        const within = text.slice(from + 1, i - 1);
        if ((keepFirst && !from) || !within || !"<(".includes(text[from]) || !">)".includes(text[i - 1]) || /^[a-z]{1,9}$/.test(within)) continue;
        folded += text.slice(done, from + 1) + ELLIPSIS;
        done = i - 1;
    }
    return folded + text.slice(done);
}

function textFits(text, width, widthOf) {
    for (const c of text) if ((width -= widthOf(c)) < 0) return false;
    return true;
}

function cutText(text, width, widthOf) {
    const ellipsis = widthOf(ELLIPSIS);
    let used = 0, cut = 0, at = 0, places = 0;
    for (const c of text) {
        if (used + ellipsis <= width && (c < "\u0300" || !/[\p{M}\u200d]/u.test(c))) {
            cut = at;
            places++;
        }
        used += widthOf(c);
        if (used > width) return places > 2 ? text.slice(0, cut) + ELLIPSIS : "";
        at += c.length;
    }
    return text;
}

// The label for a name, "" when there is no room for one. widthOf(character) is in the unit of width.
function fitName(name, width, widthOf) {
    if (textFits(name, width, widthOf)) return name;
    if (width < 2 * widthOf(ELLIPSIS)) return "";
    const last = partsOf(name).pop(), begin = last ? last[1] : 0;
    const folded = foldBrackets(name.slice(0, begin), false) + foldBrackets(name.slice(begin), true);
    if (folded !== name && textFits(folded, width, widthOf)) return folded;
    let own = folded;
    for (const [mark, from] of partsOf(folded)) {
        const rest = folded.slice(mark); // no copy, unlike what is put together
        if (textFits(rest, width - widthOf(ELLIPSIS), widthOf)) return ELLIPSIS + rest;
        own = folded.slice(from);
    }
    return cutText(own, width, widthOf);
}
