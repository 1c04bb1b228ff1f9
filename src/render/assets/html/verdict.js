// verdict.js: how much of what is shown can be trusted: a strip at the top, and the whole of it
// with the recording's machine, command and options.

// How many lines the strip has at most: what was counted, and how good it is, or what is wrong.
const STRIP_LINES = 3, KEYS_MOST = 12;

// A text whose options (--event) are not broken at the end of a line.
function withOptions(text) {
    return text.split(/(--?[A-Za-z][\w=-]*)/).map((part, i) => i % 2 ? make("span", { class: "option" }, part) : part);
}

// Paragraphs of a text, and its lines that begin with a bullet as lists.
function paragraphs(text) {
    const out = [];
    for (const line of text.split("\n").filter(Boolean)) {
        const item = line.startsWith("\u2022 ");
        if (item && (!out.length || out.at(-1).localName !== "ul")) out.push(make("ul"));
        if (item) out.at(-1).append(make("li", {}, ...withOptions(line.slice(2))));
        else out.push(make("p", {}, ...withOptions(line)));
    }
    return out;
}

// The name that the recording had, as one word of a shell.
function recordingWord({ facts }) {
    const path = (facts.find(([label, value]) => label === "path" && value) || ["", ""])[1], name = path.replace(/\/+$/, "").split("/").pop();
    return !name || name === "-" ? "perf.data" : /^[\w.,+@%][\w.,+@%-]*$/.test(name) ? name : shellWord(name);
}

// The verdict's first line; beside a selector of events it needs no option.
const firstLine = ({ lines: [first], events }) => events.length > 1 ? first.replace(/ \(--event NAME\)$/, "") : first;

// What is said where another event is shown than the one that the verdict is about; else null.
function otherEvent({ data, state }) {
    if (state.event === data.event || !data.lines.length) return null;
    const [own, shown] = [data.event, state.event].map((e) => data.events[e].name);
    return ["The verdict is about ", make("strong", {}, own), ", not about ", make("strong", {}, shown), ", which is shown. Of that: ",
        make("code", { class: "option" }, "flamedata " + recordingWord(data) + " --event " + (/^[\w:.,=-]+$/.test(shown) ? shown : shellWord(shown))), " "];
}

function createDoubts(page, element) {
    const { lines, doubts, subtitle } = page.data;
    const shown = lines.length === 0 ? [] : doubts.length ? [firstLine(page.data), ...doubts.slice(0, STRIP_LINES - 1)] : [firstLine(page.data), ...lines.slice(1, STRIP_LINES - 1)];
    const more = doubts.length - STRIP_LINES + 1, button = make("button", { type: "button" }, more > 0 ? "Details (" + more + " more)" : "Details");
    button.addEventListener("click", () => page.update({ pane: "about" }));
    element.hidden = !lines.length && !subtitle;
    return {
        update(p, changed) {
            if (!changed.has("event")) return;
            const other = otherEvent(page);
            element.classList.toggle("doubtful", doubts.length > 0 && !other);
            element.replaceChildren(...subtitle ? [make("strong", {}, subtitle), " "] : [], ...other || shown.flatMap((line) => [make("span", {}, ...withOptions(line)), " "]),
                ...lines.length ? [button] : []);
        },
    };
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
            body.append(make("tr", { class: "advice" }, make("td"), make("td", { colspan: "4" }, ...withOptions(text))));
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
    const { data } = page, other = make("p", { class: "other" });
    let made = false;
    async function fill() {
        const bytes = await page.bytesOf("verdict");
        const verdict = bytes && JSON.parse(new TextDecoder().decode(bytes)).verdict;
        if (data.lines.length) element.append(make("h2", {}, data.events.length > 1 ? "Verdict about " + data.events[data.event].name : "Verdict"), other,
            make("ul", {}, ...[firstLine(data), ...data.lines.slice(1)].map((line) => make("li", {}, ...withOptions(line)))));
        if (verdict && verdict.objects.length) element.append(make("h2", {}, "Objects"), make("div", { class: "wide" }, objectTable(verdict)));
        const left = [data.codeNote, data.samplesNote].filter(Boolean);
        if (left.length) element.append(make("h2", {}, "Not in this page"), ...left.flatMap(paragraphs));
        if (data.notes) element.append(make("h2", {}, "Notes"), make("p", { class: "notes" }, data.notes));
        if (verdict && verdict.events.length) element.append(make("h2", {}, "Events"), make("div", { class: "wide" }, eventTable(verdict)));
        if (data.facts.length) element.append(make("h2", {}, "Recording"), factList(data.facts));
        if (!element.firstChild) element.append(make("p", { class: "hint" }, "These stacks came without a recording: nothing more is known of them."));
    }
    return {
        update(p, changed) {
            if (changed.has("event")) {
                const words = otherEvent(page);
                other.replaceChildren(...words || []);
                other.hidden = !words;
            }
            if (made) return;
            made = true;
            if (element.hidden) afterPaint(fill); // what is printed has it, too
            else fill();
        },
    };
}
