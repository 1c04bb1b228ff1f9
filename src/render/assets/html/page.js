// page.js: what the page shows, in one object that every panel looks at.
//
// A page has one state, and it changes in one way: page.update({view: "icicle"}). That sums up what
// has to be summed up again, writes the address, and tells every panel what changed.
//
//     page.state      {event        index into profile.events
//                      threads      null: all; else a sorted array of indices into samples.threads
//                      cpus         null: all; else a sorted array of CPUs' numbers
//                      time         null: all; else [from, to), in ns from the first sample
//                      view         "flame", "icicle", "callers" (bottom-up) or "chart" (by time)
//                      zoom         "" or a path of path.js: what fills the width; the views'
//                      edits        [] or strings (focus, hide, collapse): the views'
//                      frame        id of the function that is looked at, as profile.id has it; -1
//                      sandwich     whether its callers and callees are shown in place of the view
//                      term         of the search
//                      pane         "functions", "code", "time" or "about"}
//     page.profile    of frames.js; page.samples of samples.js, or null
//     page.weights    {self, total, start} of frames.js' weigh(), of the selection (event, threads,
//                     CPUs, time), in units of page.unit
//     page.edited     the profile that the edits leave of it, of that one event, and page.left, its
//                     weights: what the views draw, the table lists and the search sums
//     page.unit       what weights are multiplied with; page.measure words their unit (numbers.js)
//     page.base       what shares are of, in words: " of all", " of what is selected", " of what is left"
//     page.matches    of the search: null, or {ids: Uint8Array by frame id, weight, count}: the
//                     weight of the topmost matches, in the unit of weights, and how many functions
//     page.data       what C wrote at the end of the script
//     page.dark       whether colours are those for a dark ground
//     page.codes      [{name, object, block}] functions whose code is here; see code.js
//
//     page.update(change)         a part of a state; page.update(change, true) is no step of Back
//     page.openSandwich(id)       what a menu or a double click does
//     page.openCode(id)           shows the code of a function, or says why it is not here
//     page.say(text)              into the status line, read out by screen readers
//     page.bytesOf(block)         a promise of a block's bytes, inflated; null: there is none
//
// A panel is {update(page, changed)}. changed is a Set of the state's members that are others than
// before, and of "weights" (with selection), "left" (with weights or edits), "matches", "theme", "size" (of the window) and "all"
// (the first time, with every member). Panels are made once, by a function that gets the page and
// the element that is theirs:
//
//     createPicture(page, element)   views.js: the canvas; also step(1 or -1), to the next or
//                                    previous match, which answers {at, of} or null
//     createTable(page, element)     table.js: hot functions
//     createCode(page, element)      code.js: also has(id): whether the function's code is here
//     createHeat(page, element)      heatmap.js
//     createAbout(page, element)     verdict.js
//     createSelectors(page, element) select.js

const NOTHING_CHOSEN = {
    event: 0, threads: null, cpus: null, time: null, view: "flame", zoom: "", edits: [], frame: -1, sandwich: false,
    term: "", pane: "functions",
};
// What of a state decides which samples count.
const SELECTION = ["event", "threads", "cpus", "time"];

// An element: its name, attributes and children. A text becomes a text node, whatever is in it.
function make(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
        if (key in element && typeof value !== "string") element[key] = value;
        else element.setAttribute(key, value);
    }
    element.append(...children);
    return element;
}

// What can wait until what changed is to be seen.
const afterPaint = (act) => requestAnimationFrame(() => setTimeout(act));

// A paint for a style.
function paintText({ profile, dark }, index) {
    const paint = profile.paints[index];
    return "#" + (dark ? paint.dark : paint.light).toString(16).padStart(6, "0");
}

const sameValue = (a, b) => a === b || JSON.stringify(a) === JSON.stringify(b);

class Page {
    constructor(data, profile, samples) {
        Object.assign(this, { data, profile, samples, codes: data.codes, panels: [], matches: null, unwritten: "" });
        this.start = { ...NOTHING_CHOSEN, event: data.event, view: data.view };
        this.state = { ...this.start, ...readAddress(this, location.hash) };
        this.scheme = matchMedia("(prefers-color-scheme: dark)");
        this.dark = this.scheme.matches;
        this.weighNow();
        this.edit();
        this.search();
    }
    // The weights of what is selected.
    weighNow() {
        const { profile, state, data } = this, event = profile.events[state.event];
        this.unit = event.unit;
        this.measure = data.events[state.event];
        const parts = state.threads || state.cpus || state.time;
        this.weights = weigh(profile, parts ? selectedSelf(profile, this.samples, state) : event.self);
    }
    edit() {
        const edits = this.state.edits.map((text) => readEdit(this.profile, text)).filter(Boolean);
        this.edited = editedProfile(this, edits);
        this.left = edits.length ? weigh(this.edited, this.edited.events[0].self) : this.weights;
        this.base = edits.length ? " of what is left" : SELECTION.some((key) => key !== "event" && this.state[key]) ? " of what is selected" : " of all";
    }
    search() {
        const term = compileTerm(this.state.term);
        const ids = term && matchNames(this.profile, term);
        this.matches = term && { ids, weight: matchedWeight(this.edited, this.left, ids, 0), count: this.countFunctions(ids) };
    }
    // How many functions of the selection match.
    countFunctions(ids) {
        const { n, id, kinds } = this.edited, { total } = this.left, left = ids.slice();
        let count = 0;
        for (let k = 1; k < n; k++) {
            if (!left[id[k]] || !(total[k] > 0)) continue;
            left[id[k]] = 0;
            if (KINDS[kinds[id[k]]] !== "process") count++;
        }
        return count;
    }
    add(panel) {
        this.panels.push(panel);
        return panel;
    }
    tell(changed) {
        for (const panel of this.panels) panel.update(this, changed);
    }
    update(change, noStep) {
        const changed = new Set(Object.keys(change).filter((key) => !sameValue(change[key], this.state[key])));
        if (changed.size === 0) return;
        if (!noStep) writeNow(this); // a step goes back to what was before
        this.state = { ...this.state, ...change };
        this.settle(changed);
        writeSoon(this, noStep);
    }
    // The address was changed: by Back, or by hand.
    goTo(hash) {
        this.unwritten = "";
        const state = { ...this.start, ...readAddress(this, hash) };
        const changed = new Set(Object.keys(state).filter((key) => !sameValue(state[key], this.state[key])));
        this.state = state;
        if (changed.size) this.settle(changed);
    }
    settle(changed) {
        if (SELECTION.some((key) => changed.has(key))) {
            this.weighNow();
            changed.add("weights");
        }
        if (changed.has("weights") || changed.has("edits")) {
            this.edit();
            changed.add("left");
        }
        if (changed.has("term") || changed.has("left") && this.state.term) {
            this.search();
            changed.add("matches");
        }
        this.tell(changed);
    }
    // Of the weight of a part of the selection.
    weightText(weight) {
        return weightText(weight * this.unit, this.measure);
    }
    shareText(weight) {
        return percentText(weight, this.left.total[0]);
    }
    openSandwich(id) {
        this.update({ frame: id, sandwich: true });
    }
    openCode(id) {
        this.update({ frame: id, pane: "code" });
    }
    say(text) {
        document.getElementById("said").textContent = text;
    }
    bytesOf(block) {
        return blockOf(block);
    }
}

// Tabs: the buttons of a list, of which one is chosen. Arrows move along it.
function createTabs(page, list, key, panes) {
    const tabs = [...list.querySelectorAll("[role=tab]")];
    const choose = (tab) => page.update(key === "view" ? { view: tab.value, sandwich: false, zoom: "" } : { [key]: tab.value });
    list.addEventListener("click", (e) => {
        const tab = e.target.closest("[role=tab]");
        if (tab) choose(tab);
    });
    list.addEventListener("keydown", (e) => {
        const usable = tabs.filter((tab) => !tab.hidden), at = usable.indexOf(document.activeElement);
        const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: usable.length - 1 }[e.key];
        if (at < 0 || to === undefined) return;
        const tab = usable[(to + usable.length) % usable.length];
        e.preventDefault();
        tab.focus();
        choose(tab);
    });
    return {
        update(p) {
            for (const tab of tabs) {
                const chosen = tab.value === p.state[key];
                tab.setAttribute("aria-selected", chosen);
                tab.tabIndex = chosen ? 0 : -1;
                if (panes) document.getElementById("pane-" + tab.value).hidden = !chosen;
            }
        },
    };
}

// The bar between the picture and the panes: dragged, or moved by arrows.
function createDivider(bar) {
    const lower = document.getElementById("panes"), most = () => innerHeight - 160;
    const set = (height) => {
        const px = Math.round(Math.max(60, Math.min(most(), height)));
        document.documentElement.style.setProperty("--panes", px + "px");
        bar.setAttribute("aria-valuenow", Math.round(px / innerHeight * 100));
        dispatchEvent(new Event("resize"));
    };
    bar.addEventListener("pointerdown", (e) => {
        bar.setPointerCapture(e.pointerId);
        e.preventDefault();
    });
    bar.addEventListener("pointermove", (e) => {
        if (bar.hasPointerCapture(e.pointerId)) set(innerHeight - e.clientY);
    });
    bar.addEventListener("keydown", (e) => {
        const by = { ArrowUp: 24, ArrowDown: -24, PageUp: 200, PageDown: -200 }[e.key];
        if (!by) return;
        e.preventDefault();
        set(lower.offsetHeight + by);
    });
}

async function startPage() {
    const [columns, rows, words] = await early;
    early = null; // they are large
    const profile = readProfile(columns), data = JSON.parse(new TextDecoder().decode(words));
    const page = new Page(data, profile, rows && readSamples(rows, profile));
    const element = (id) => document.getElementById(id);
    element("still").remove();
    document.documentElement.classList.add("live");
    element("heading").textContent = data.title;
    element("chart-tab").hidden = !page.samples || !page.samples.hasTime;
    page.picture = page.add(createPicture(page, element("drawing")));
    page.add(createFind(page, element("find")));
    page.add(createSelectors(page, element("selectors")));
    page.add(createTabs(page, element("views"), "view"));
    page.add(createTabs(page, element("tabs"), "pane", true));
    page.add(createTable(page, element("pane-functions")));
    page.code = page.add(createCode(page, element("pane-code")));
    page.add(createHeat(page, element("pane-time")));
    page.add(createAbout(page, element("pane-about")));
    page.add(createDoubts(page, element("doubts")));
    page.add(createLegend(page, element("legend")));
    createDivider(element("divider"));
    page.tell(new Set(["all", "weights", "left", "matches", "theme", "size", ...Object.keys(page.state)]));
    page.scheme.addEventListener("change", () => {
        page.dark = page.scheme.matches;
        page.tell(new Set(["theme"]));
    });
    let waiting = 0;
    addEventListener("resize", () => {
        cancelAnimationFrame(waiting);
        waiting = requestAnimationFrame(() => page.tell(new Set(["size"])));
    });
    addEventListener("popstate", () => page.goTo(location.hash));
    afterPaint(() => {
        document.documentElement.dataset.ready = "";
    });
}

startPage().catch((error) => {
    giveUp(error);
    throw error;
});
