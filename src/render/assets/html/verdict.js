// verdict.js: how much of what is shown can be trusted: a strip at the top, and the whole of it
// with the recording's machine, command and options.

// The lines of the verdict that say what was counted and how good it is; the others say what to do
// about it.
const STRIP_LINES = 2, KEYS_MOST = 12;

function createDoubts(page, element) {
    const { lines, subtitle } = page.data, more = lines.length - STRIP_LINES;
    if (!lines.length && !subtitle) element.hidden = true;
    element.classList.toggle("doubtful", more > 0 || subtitle !== "");
    if (subtitle) element.append(make("strong", {}, subtitle), " ");
    for (const line of lines.slice(0, STRIP_LINES)) element.append(make("span", {}, line), " ");
    if (lines.length) {
        const button = make("button", { type: "button" }, more > 0 ? "What to do about it (" + more + ")" : "Details");
        button.addEventListener("click", () => page.update({ pane: "about" }));
        element.append(button);
    }
    return { update() {} };
}

// What was sampled in all.
function eventTable(verdict) {
    const row = (event) => make("tr", {}, make("td", { class: "path" }, event.name),
        make("td", { class: "number" }, groupedText(event.samples)), make("td", { class: "number" }, groupedText(event.weight)));
    return make("table", {}, make("thead", {}, make("tr", {}, ...["Event", "Samples", "Sum of periods"]
        .map((title) => make("th", { scope: "col" }, title)))), make("tbody", {}, ...verdict.events.map(row)));
}

// What the colours of frames mean.
function createLegend(page, list) {
    return {
        update(p, changed) {
            if (!changed.has("theme")) return;
            list.replaceChildren(...page.data.keys.slice(0, KEYS_MOST).map(({ name, paint }) => {
                const chip = make("span", { class: "chip" });
                chip.style.background = paintText(page, paint);
                return make("li", {}, chip, name);
            }));
        },
    };
}

function percentCell(value, whole) {
    return make("td", { class: "number" }, value ? percentText(value, whole) : "");
}

// What each object weighs, and what is to be done where its functions have no names.
function objectTable(verdict) {
    const body = make("tbody");
    for (const object of verdict.objects) {
        const id = object.build_id || "";
        body.append(make("tr", {}, make("td", {}, object.status), percentCell(object.weight, verdict.weight),
            percentCell(object.unnamed, verdict.weight), make("td", { class: "path" }, object.name),
            make("td", { class: "path", title: id }, id.slice(0, 8))));
        for (const text of [object.advice, object.caution].filter(Boolean))
            body.append(make("tr", { class: "advice" }, make("td"), make("td", { colspan: "4" }, text)));
    }
    return make("table", {}, make("thead", {}, make("tr", {}, ...["Status", "Weight", "Unnamed", "Object", "Build-id"]
        .map((title) => make("th", { scope: "col" }, title)))), body);
}

function factList(facts) {
    const list = make("dl");
    for (const [label, value] of facts)
        list.append(...value ? [make("dt", {}, label), make("dd", {}, value)] : [make("dt", { class: "group" }, label), make("dd")]);
    return list;
}

function createAbout(page, element) {
    const { data } = page;
    let made = false;
    async function fill() {
        const bytes = await page.bytesOf("verdict");
        const verdict = bytes && JSON.parse(new TextDecoder().decode(bytes)).verdict;
        if (data.lines.length) element.append(make("h2", {}, "Verdict"), make("ul", {}, ...data.lines.map((line) => make("li", {}, line))));
        if (verdict && verdict.objects.length) element.append(make("h2", {}, "Objects"), make("div", { class: "wide" }, objectTable(verdict)));
        const left = [data.codeNote, data.samplesNote].filter(Boolean);
        if (left.length) element.append(make("h2", {}, "Not in this page"), ...left.map((text) => make("p", {}, text)));
        if (data.notes) element.append(make("h2", {}, "Notes"), make("p", { class: "notes" }, data.notes));
        if (verdict && verdict.events.length) element.append(make("h2", {}, "Events"), make("div", { class: "wide" }, eventTable(verdict)));
        if (data.facts.length) element.append(make("h2", {}, "Recording"), factList(data.facts));
        if (!element.firstChild) element.append(make("p", { class: "hint" }, "These stacks came without a recording: nothing more is known of them."));
    }
    return {
        update() {
            if (element.hidden || made) return;
            made = true;
            fill();
        },
    };
}
