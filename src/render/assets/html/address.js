// address.js: the state of the page in its address, behind the "#".
//
// Only what is not as the page opens is written. Numbers of threads, and paths of frames, hold in
// this file; what is not understood is left out.

// [0, 1, 2, 5] as "0-2,5", and back. Back is null for what is none, or passes most.
function rangesText(numbers) {
    const parts = [];
    for (let i = 0; i < numbers.length; i++) {
        const from = i;
        while (numbers[i + 1] === numbers[i] + 1) i++;
        parts.push(numbers[from] + (i > from ? "-" + numbers[i] : ""));
    }
    return parts.join(",");
}

function readRanges(text, most) {
    const numbers = new Set();
    for (const part of text.split(",")) {
        const [, from, to] = part.match(/^(\d+)(?:-(\d+))?$/) || [];
        if (from === undefined) return null;
        for (let i = +from; i <= Math.min(+(to || from), most); i++) numbers.add(i);
    }
    return numbers.size ? [...numbers].sort((a, b) => a - b) : null;
}

// The members of a state that the address has.
function readAddress(page, hash) {
    const { profile, samples } = page, state = {}, words = new URLSearchParams(hash.slice(1));
    const take = (key, read) => {
        const value = words.has(key) ? read(words.get(key)) : undefined;
        if (value !== undefined && value !== null) state[key] = value;
    };
    const oneOf = (...known) => (text) => known.includes(text) ? text : null;
    take("view", oneOf("flame", "icicle", "callers", ...(samples && samples.hasTime ? ["chart"] : [])));
    take("pane", oneOf("functions", "code", "time", "about"));
    take("term", (text) => text);
    take("zoom", (text) => text);
    take("edits", (text) => text.split("~"));
    take("event", (text) => +text < profile.events.length && /^\d+$/.test(text) ? +text : null);
    take("frame", (text) => findFrame(profile, text));
    take("sandwich", () => true);
    if (state.frame === undefined || state.frame < 0) delete state.sandwich;
    if (!samples) return state;
    take("threads", (text) => readRanges(text, samples.threads.length - 1));
    take("cpus", (text) => readRanges(text, 0xffff));
    take("time", (text) => {
        const ends = text.split("-").map(Number);
        return ends.length === 2 && ends[0] < ends[1] && ends[1] < Infinity ? ends : null;
    });
    return state;
}

// A frame as the digits of its name and its kind.
const frameText = (profile, id) => hashOf(profile.names, id) + profile.kinds[id];

function findFrame(profile, text) {
    for (let i = 0; i < profile.names.length; i++)
        if (text.slice(4) === String(profile.kinds[i]) && frameText(profile, i) === text) return i;
    return null;
}

function addressOf(page) {
    const { state, start, profile } = page, words = new URLSearchParams();
    for (const key of Object.keys(start)) {
        const value = state[key];
        if (sameValue(value, start[key])) continue;
        if (key === "frame") words.set(key, frameText(profile, value));
        else if (key === "threads" || key === "cpus") words.set(key, rangesText(value));
        else if (key === "time") words.set(key, value.join("-"));
        else if (key === "edits") words.set(key, value.join("~"));
        else if (key === "sandwich") words.set(key, "1");
        else words.set(key, value);
    }
    return words.size === 0 ? "" : "#" + words;
}

// To write it takes some ms, and nobody waits for it: it is done once what changed is to be seen. Of
// changes that come before, the last one counts, but a step of Back stays one.
function writeSoon(page, noStep) {
    if (!page.unwritten) afterPaint(() => writeNow(page));
    page.unwritten = page.unwritten === "step" || !noStep ? "step" : "no step";
}

function writeNow(page) {
    if (page.unwritten) writeAddress(page, page.unwritten === "no step");
    page.unwritten = "";
}

// Where the page may not write its own address (in a frame of another site), it works without.
function writeAddress(page, noStep) {
    const address = addressOf(page) || location.pathname + location.search;
    try {
        if (noStep) history.replaceState(null, "", address);
        else history.pushState(null, "", address);
    } catch (e) {
        page.noAddress = e;
    }
}
