// search.js: which frames a term means, and how much of a profile they are.
//
// Each distinct name is tested once. A frame inside a matching one adds nothing to the sum, so that
// recursion is not counted twice; frames too narrow to be drawn count like all others.

// Names come from anywhere, and terms from links: no two of them may hang the page. A RegExp tries
// one way after the other, and (.+)+z is never done with a long name. So it is asked only where there
// is one choice at most; else all ways are followed at once, a character at a time.

const STATES_MOST = 4000, LONG_NAME = 300;
const GROUP = /\((?:\?:)?(?!\?)/y, PLACE = /\^|\$|\\b/iy, TIMES = /(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/y;
const ATOM = /\\(?:u\{[0-9a-f]+\}|u[0-9a-f]{4}|x[0-9a-f]{2}|p\{[^}]*\}|[^1-9bck])|\[(?:\\[^]|[^\]\\])*\]|[^\\[()|*+?^$]/iyu;
const END = {};

// A valid expression as states: {test, to} takes a character, {place, to} holds at some places,
// {ways} goes on without either, END is reached. {start, choices, clock}. Fails where an expression
// is none of these: what looks ahead or back.
function readStates(text, flags) {
    let at = 0, count = 0, choices = 0;
    const take = (pattern) => {
        pattern.lastIndex = at;
        const found = pattern.exec(text);
        if (found) at += found[0].length;
        return found;
    };
    const state = (fields) => {
        if (++count > STATES_MOST) throw new RangeError("too many states");
        return { ...fields, seen: -1 };
    };
    const either = () => {
        const all = [row()];
        for (; text[at] === "|"; all.push(row())) at++;
        if (all.length === 1) return all[0];
        choices++;
        return (next) => state({ ways: all.map((one) => one(next)) });
    };
    const row = () => {
        const pieces = [];
        while (at < text.length && text[at] !== "|" && text[at] !== ")") pieces.push(piece());
        return (next) => pieces.reduceRight((to, one) => one(to), next);
    };
    const single = () => {
        const place = take(PLACE), atom = place || take(ATOM);
        if (!atom) throw new SyntaxError("not regular");
        if (place) return (to) => state({ place: place[0], to });
        const known = new Map(), one = new RegExp("^" + atom[0] + "$", flags);
        const test = (c) => {
            if (!known.has(c)) known.set(c, one.test(c));
            return known.get(c);
        };
        return (to) => state({ test, to });
    };
    const piece = () => {
        const group = take(GROUP), one = group ? either() : single();
        if (group) at++;
        const times = take(TIMES);
        if (!times) return one;
        const [, sign, from, comma, to] = times, least = sign ? +(sign === "+") : +from;
        const most = sign ? (sign === "?" ? 1 : Infinity) : comma ? +(to || Infinity) : least;
        choices += group ? 2 : 1;
        if (least + (most === Infinity ? 0 : most) > STATES_MOST) throw new RangeError("too many states");
        return (next) => {
            let start = next;
            if (most === Infinity) (start = state({ ways: [next] })).ways.push(one(start));
            else for (let i = least; i < most; i++) start = state({ ways: [next, one(start)] });
            for (let i = 0; i < least; i++) start = one(start);
            return start;
        };
    };
    return { start: either()(END), choices, clock: 0 };
}

// Whether a name has what leads from the start to the end.
function followStates(states, name) {
    const letters = [...name], isWord = (i) => i in letters && /^\w$/.test(letters[i]);
    for (let i = 0, now = []; i <= letters.length; i++) {
        const todo = [states.start], clock = states.clock++;
        const holds = (place) => place === "^" ? i === 0 : place === "$" ? i === letters.length : (isWord(i - 1) !== isWord(i)) === (place === "\\b");
        for (const one of now) if (one.test(letters[i - 1])) todo.push(one.to);
        now = [];
        while (todo.length) {
            const one = todo.pop();
            if (one === END) return true;
            if (one.seen === clock) continue;
            one.seen = clock;
            if (one.test) now.push(one);
            else if (one.ways) todo.push(...one.ways);
            else if (holds(one.place)) todo.push(one.to);
        }
    }
    return false;
}

// {test(name)} of a valid expression. What looks ahead or back may have two simple choices, and sees
// the beginning of a long name.
function boundedTest(expression, text) {
    const signs = text.replace(/\\.|\(\?(<?[=!]|<\w+>)/g, "(").match(/\)?[*+?{|]/g) || [];
    if (!signs.length) return expression;
    try {
        const states = readStates(text, expression.flags);
        return { test: (name) => states.choices < 2 && name.length < LONG_NAME ? expression.test(name) : followStates(states, name) };
    } catch (e) {
        if (signs.length > 2 || signs.some((sign) => sign[0] === ")")) throw e;
        return { test: (name) => expression.test(name.slice(0, LONG_NAME)) };
    }
}

// {test(name)}: a regular expression, or literal text where it is not a valid one or could take
// forever; it minds case only when it has a capital. null for "".
function compileTerm(text) {
    if (!text) return null;
    const flags = /\p{Lu}/u.test(text.replace(/\\./g, "")) ? "" : "i";
    const literal = text.replace(/[\\^$.*+?()[\]{}|\/]/g, "\\$&");
    for (const mode of ["u", ""]) {
        try {
            return boundedTest(new RegExp(text, flags + mode), text);
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
