// code.js: the instructions and source of one function, where they are in the page.
//
// What stands in a block is the section that src/annotate writes for an annotation's own page, and
// listing.js makes it live there as here. Its markup is ours and every name in it escaped, so this is
// the one place where markup is made of text. Percentages are those of the whole recording: hits
// were added up by instruction, and nobody knows any more which thread they are of, or when.
//
// createCode(page, element) answers has(id), whether a function's code can be shown, and keeps to
// page.js in all else.

const INLINED = KINDS.indexOf("inlined");

// How a shell takes it as one word.
const shellWord = (text) => "'" + text.replace(/'/g, "'\\''") + "'";

// Which functions the code of an inlined one lies in, the heaviest first.
function functionsAround({ profile, weights }, id) {
    const sums = new Map();
    for (let k = 1; k < profile.n; k++) {
        if (profile.id[k] !== id) continue;
        let p = profile.parent[k];
        while (p > 0 && profile.kinds[profile.id[p]] === INLINED) p = profile.parent[p];
        if (p > 0) sums.set(profile.id[p], (sums.get(profile.id[p]) || 0) + weights.total[k]);
    }
    return [...sums].sort((a, b) => b[1] - a[1]).map(([around]) => around);
}

// Indices into page.codes by the name and object of a frame. Names may end in a line (--srcline).
function createCodeIndex({ profile, codes }) {
    const byName = new Map();
    codes.forEach((code, i) => byName.set(code.name, [...(byName.get(code.name) || []), i]));
    return (id) => {
        const name = profile.names[id], object = profile.objects[profile.objectOf[id]];
        const found = byName.get(name) || byName.get(name.replace(/ [^ ]+:\d+$/, "")) || [];
        const here = found.filter((i) => codes[i].object === object);
        return here.length ? here : found;
    };
}

function createCode(page, element) {
    const { profile, codes } = page, codeOf = createCodeIndex(page);
    const view = { event: 0, percent: 0 };
    const label = (...parts) => make("label", {}, ...parts);
    const which = make("select", { "aria-label": "Which of the functions of that name" });
    const source = make("input", { type: "checkbox", checked: true }), inlined = make("input", { type: "checkbox", checked: true });
    const percents = ["of the function, by weight", "of the function, by samples", "of everything, by weight", "of everything, by samples"];
    const percent = make("select", {}, ...percents.map((text, value) => make("option", { value: String(value) }, text)));
    const previous = make("button", { type: "button", title: "The hottest instruction before (H)", "aria-label": "Previous hottest instruction" }, make("kbd", {}, "H"));
    const next = make("button", { type: "button", title: "The next hottest instruction (h)" }, "Next hottest instruction ", make("kbd", {}, "h"));
    const where = make("output", {}), note = make("span", { class: "code-note" });
    const bar = make("div", { class: "code-bar" }, which, make("span", {}, next, " ", previous), label(source, "Source ", make("kbd", {}, "s")),
        label(inlined, "Inlined ", make("kbd", {}, "i")), label("Percent ", percent), note, where);
    const side = make("div", { class: "code-side" }), scroller = make("div", { class: "code-rows", tabIndex: 0 });
    const body = make("div", { class: "listing code-body" }, side, scroller), words = make("div", { class: "code-words" });
    element.append(bar, body, words);

    let listing = null;
    // What is shown, or asked for: an index into codes, and the function that it was opened for.
    let shown = -1, wanted = -1, opened = -2;

    // Where one is, to be seen, and to be heard.
    function say(text) {
        where.textContent = text.split(":")[0];
        page.say(text);
    }

    const hottest = (step) => {
        if (listing) listing.hottest(listing.functions[0], step);
    };

    function show(parts) {
        words.replaceChildren(...parts);
        words.hidden = false;
        bar.hidden = body.hidden = true;
    }

    function applySwitches() {
        body.classList.toggle("with-source", source.checked);
        body.classList.toggle("with-inlined", inlined.checked);
    }

    function applyEvent() {
        if (!listing) return;
        const names = [...listing.functions[0].table.querySelectorAll("th.p")].map((th) => th.title);
        view.event = Math.max(0, names.indexOf(page.measure.name));
        listing.fill();
    }

    // The row to begin with: the hottest, or of an inlined function the hottest of its own.
    function firstRow(id) {
        if (id >= 0 && profile.kinds[id] === INLINED) {
            for (const name of side.querySelectorAll(".hot a bdi")) {
                const row = (name.title || name.textContent) === profile.names[id] && document.getElementById(name.closest("a").hash.slice(1));
                if (row) return row;
            }
        }
        const [hot] = listing.functions[0].hot;
        return hot && hot.row;
    }

    function place(markup, id) {
        scroller.innerHTML = markup;
        side.replaceChildren();
        listing = createListing(body, view, say);
        const lists = scroller.querySelector(".lists");
        if (lists) side.append(lists);
        side.hidden = !side.querySelector("li");
        percent.value = String(view.percent);
        applyEvent();
        begin(id);
    }

    // The keyboard comes along where what it was on is not to be seen any more.
    function begin(id) {
        const row = firstRow(id), focused = document.activeElement;
        if (row) listing.goTo(row, "", focused !== document.body && !focused.closest("[hidden]"));
    }

    function chooseAmong(found, index) {
        which.replaceChildren(...found.map((i) => make("option", { value: String(i) }, codes[i].object + (found.length > 1 ? ", " + (found.indexOf(i) + 1) + " of " + found.length : ""))));
        which.value = String(index);
        which.hidden = found.length < 2;
    }

    async function open(index, id) {
        wanted = index;
        where.textContent = "";
        words.hidden = true;
        bar.hidden = body.hidden = false;
        if (index === shown) return begin(id);
        shown = -1;
        listing = null;
        side.hidden = true;
        scroller.replaceChildren(make("p", {}, "\u2026"));
        const bytes = await page.bytesOf("code" + index);
        if (wanted !== index || !bytes) return;
        shown = index;
        place(new TextDecoder().decode(bytes), id);
    }

    // Functions whose code is here, to choose from.
    function listFunctions() {
        const idOf = new Map();
        profile.names.forEach((name, id) => {
            if (profile.kinds[id] !== INLINED) idOf.set(name, id);
        });
        const known = codes.filter((code) => idOf.has(code.name)).slice(0, 100);
        return known.length === 0 ? [] : [make("h3", {}, "Hottest functions with code"), make("ol", {}, ...known.map((code) => {
            const button = make("button", { type: "button", title: code.name }, make("bdi", {}, fitWords(code.name)), " ", make("small", {}, code.object));
            button.addEventListener("click", () => page.openCode(idOf.get(code.name)));
            return make("li", {}, button);
        }))];
    }
    const fitWords = (name) => name.length > 160 ? name.slice(0, 159) + "\u2026" : name;

    function showNothingChosen() {
        show([make("p", {}, "Choose a function: c on a row of the table, or \u201cOpen its code\u201d in the menu of a frame."),
            ...paragraphs(page.data.codeNote), ...listFunctions()]);
    }

    function showMissing(id) {
        const kind = KINDS[profile.kinds[id]], name = make("bdi", {}, make("b", {}, profile.names[id]));
        if (kind === "process") return show([make("p", {}, name, " is the name of a process or thread: it has no code of its own."), ...listFunctions()]);
        if (kind === "unknown") return show([make("p", {}, name, " stands for code that no symbol names; About says why."), ...listFunctions()]);
        const [around] = kind === "inlined" ? functionsAround(page, id) : [], asked = around === undefined ? id : around;
        const own = functionTotals(profile, weigh(profile, profile.events[page.state.event].self)).self[asked] > 0, { events, event } = page.data, shown = events[page.state.event].name;
        const command = "flamedata annotate " + recordingWord(page.data) + " " + shellWord(profile.names[asked].replace(/ [^ ]+:\d+$/, "")) +
            (own ? "" : " --callers") + (page.state.event === event ? "" : " --event " + (/^[\w:.,=-]+$/.test(shown) ? shown : shellWord(shown)));
        show([make("p", {}, "The code of ", name, own || asked !== id ? " is not in this page." : " is not in this page: it has no samples of its own, only in what it called."),
            make("p", {}, "Where the recording and its programs are, this shows ", asked === id ? "it: " : "the function around it: ", make("code", {}, command)), ...paragraphs(page.data.codeNote),
            ...own ? [make("p", {}, ...withOptions("More is put into the page by --annotate-top 100, and --annotate-size for the room that it may take."))] : [], ...listFunctions()]);
    }

    // The code of a function; of an inlined one that of the functions around it, which takes a look
    // at every frame, and is kept.
    const around = new Map();
    function find(id) {
        const found = codeOf(id);
        if (found.length || profile.kinds[id] !== INLINED) return found;
        if (!around.has(id)) around.set(id, functionsAround(page, id).flatMap(codeOf));
        return around.get(id);
    }

    // What is shown before a function was chosen; -1: there is no code.
    function hottestWithCode() {
        const { self } = functionTotals(profile, page.weights), names = new Set(codes.map(({ name }) => name));
        let best = -1;
        profile.names.forEach((name, id) => {
            if (names.has(name) && profile.kinds[id] !== INLINED && (best < 0 || self[id] > self[best])) best = id;
        });
        return best;
    }

    function openFor(id) {
        if (id < 0 || id >= profile.names.length) id = hottestWithCode();
        if (id < 0) return showNothingChosen();
        const found = find(id);
        if (found.length === 0) return showMissing(id);
        const index = found.includes(Number(which.value)) && opened === id ? Number(which.value) : found[0];
        chooseAmong(found, index);
        open(index, id);
    }

    function sayWhatCounts() {
        const { threads, cpus, time } = page.state;
        note.textContent = threads || cpus || time ? "Of the whole recording: what is selected above does not change these figures." : "Of the whole recording";
        note.classList.toggle("code-apart", Boolean(threads || cpus || time));
    }

    element.addEventListener("click", (e) => {
        const link = e.target.closest("a[href^='#f']"), row = link && document.getElementById(link.hash.slice(1));
        if (!link) return;
        e.preventDefault();
        if (row) listing.goTo(row.localName === "tr" ? row : row.querySelector("tbody tr"), "");
    });
    element.addEventListener("keydown", (e) => {
        if (e.ctrlKey || e.metaKey || e.altKey || body.hidden || e.target.localName === "select") return;
        const link = e.key === "Enter" && listing && e.target === listing.at() && e.target.querySelector(".t a");
        if (e.key === "h" || e.key === "H") hottest(e.key === "h" ? 1 : -1);
        else if (e.key === "s") source.click();
        else if (e.key === "i") inlined.click();
        else if (link) link.click();
        else return;
        e.preventDefault();
        e.stopPropagation();
    });
    next.addEventListener("click", () => hottest(1));
    previous.addEventListener("click", () => hottest(-1));
    source.addEventListener("change", applySwitches);
    inlined.addEventListener("change", applySwitches);
    which.addEventListener("change", () => open(Number(which.value), opened));
    percent.addEventListener("change", () => {
        view.percent = Number(percent.value);
        if (listing) listing.fill();
    });
    applySwitches();
    return {
        has: (id) => find(id).length > 0,
        update(p, changed) {
            if (changed.has("weights")) sayWhatCounts();
            if (changed.has("event")) applyEvent();
            if (p.state.pane !== "code" || opened === p.state.frame) return;
            openFor(p.state.frame);
            opened = p.state.frame;
        },
    };
}
