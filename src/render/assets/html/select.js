// select.js: what is counted: the event, threads by process, CPUs.
//
// Threads and CPUs are lists to be checked, in a box that opens below its button. Each line has what
// it weighs under all that is chosen otherwise. No line checked means all.

const LINES_MOST = 300;

// A button that opens a list. lines() gives [{label, keys, weight, depth}], keys being what the line
// stands for; chosen() the keys that are chosen, or null; choose(keys or null) is told.
function createChecklist(page, name, lines, chosen, choose) {
    const button = make("button", { type: "button", "aria-expanded": "false", "aria-haspopup": "true" });
    const filter = make("input", { type: "search", placeholder: "Filter", "aria-label": "Filter " + name, autocomplete: "off" });
    const all = make("button", { type: "button" }, "All"), list = make("div", { class: "lines", role: "group", "aria-label": name });
    const box = make("div", { class: "box", hidden: true }, make("div", { class: "tools" }, filter, all), list);
    const holder = make("div", { class: "checklist" }, button, box);
    let known = null;
    const open = (wanted) => {
        box.hidden = !wanted;
        button.setAttribute("aria-expanded", String(wanted));
        if (wanted) {
            known = lines();
            draw();
            filter.focus();
        }
    };
    function toggle(line) {
        const now = new Set(chosen() || []), has = line.keys.every((key) => now.has(key));
        for (const key of line.keys) {
            if (has) now.delete(key);
            else now.add(key);
        }
        choose(now.size ? [...now].sort((a, b) => a - b) : null);
    }
    function draw() {
        const now = new Set(chosen() || []), words = filter.value.toLowerCase();
        const fitting = known.filter((line) => line.label.toLowerCase().includes(words));
        const at = document.activeElement && document.activeElement.dataset.line;
        list.replaceChildren(...fitting.slice(0, LINES_MOST).map((line, i) => {
            const count = line.keys.filter((key) => now.has(key)).length;
            const check = make("input", { type: "checkbox", checked: count === line.keys.length, indeterminate: count > 0 && count < line.keys.length });
            check.dataset.line = i;
            check.addEventListener("change", () => toggle(line));
            return make("label", { class: line.depth ? "inner" : "" }, check, make("span", { class: "text" }, line.label),
                make("span", { class: "share" }, line.share));
        }));
        if (fitting.length > LINES_MOST) list.append(make("p", { class: "hint" }, groupedText(fitting.length - LINES_MOST) + " more: filter them"));
        if (at !== undefined && list.querySelector(`[data-line="${at}"]`)) list.querySelector(`[data-line="${at}"]`).focus();
    }
    button.addEventListener("click", () => open(box.hidden));
    filter.addEventListener("input", draw);
    all.addEventListener("click", () => choose(null));
    holder.addEventListener("keydown", (e) => {
        const checks = [...list.querySelectorAll("input")], at = checks.indexOf(document.activeElement);
        if (e.key === "Escape") {
            open(false);
            button.focus();
        } else if (!box.hidden && (e.key === "ArrowDown" || e.key === "ArrowUp") && checks.length) {
            checks[Math.max(0, Math.min(checks.length - 1, at + (e.key === "ArrowDown" ? 1 : -1)))].focus();
        } else return;
        e.preventDefault();
        e.stopPropagation();
    });
    addEventListener("pointerdown", (e) => {
        if (!box.hidden && !holder.contains(e.target)) open(false);
    });
    return {
        holder,
        // summary: what the button says
        update(summary, stale) {
            button.textContent = summary;
            button.classList.toggle("set", chosen() !== null);
            if (box.hidden) return;
            if (stale) known = lines();
            draw();
        },
    };
}

// What each key weighs, with the selection of the key's own kind left out.
function weighBy(page, kind, count, keyOf) {
    const { samples, state } = page, by = new Float64Array(count);
    const rest = { ...state, [kind]: null };
    let whole = 0;
    eachSample(samples, rest, (row, weight) => {
        by[keyOf(row)] += weight;
        whole += weight;
    });
    return { by, share: (weight) => percentText(weight, whole) };
}

function threadLines(page) {
    const { threads, thread } = page.samples, processes = new Map();
    const { by, share } = weighBy(page, "threads", threads.length, (row) => thread[row]);
    threads.forEach((t, i) => {
        if (!processes.has(t.pid)) processes.set(t.pid, { pid: t.pid, name: "", weight: 0, keys: [] });
        const process = processes.get(t.pid);
        process.keys.push(i);
        process.weight += by[i];
        if (t.tid === t.pid || !process.name) process.name = t.name;
    });
    const lines = [];
    for (const process of [...processes.values()].sort((a, b) => b.weight - a.weight || a.pid - b.pid)) {
        lines.push({ label: process.name + " (process " + process.pid + ")", keys: process.keys, share: share(process.weight), depth: 0 });
        if (process.keys.length > 1)
            for (const i of process.keys.sort((a, b) => by[b] - by[a] || a - b))
                lines.push({ label: threads[i].name + " (thread " + threads[i].tid + ")", keys: [i], share: share(by[i]), depth: 1 });
    }
    return lines;
}

const NO_CPU = 0xffff;

function cpuLines(page) {
    const { cpu } = page.samples, { by, share } = weighBy(page, "cpus", NO_CPU + 1, (row) => cpu[row]);
    const seen = new Set(cpu);
    return [...seen].filter((c) => c !== NO_CPU).sort((a, b) => a - b)
        .map((c) => ({ label: "CPU " + c, keys: [c], share: share(by[c]), depth: 0 }));
}

// "parser (1609), CPU 2, 1.2 s to 3.4 s: 181 of 1,283 samples, 362.7 ms, 14.10% of all"; "" where all
// of the recording is selected.
function selectionText(page) {
    const { samples, state, measure, weights, profile } = page, parts = [];
    if (!samples || !(state.threads || state.cpus || state.time)) return "";
    if (state.threads) {
        const [first] = state.threads.map((t) => samples.threads[t]), one = state.threads.length === 1;
        const whole = !one && first && samples.threads.every(({ pid }, t) => (pid === first.pid) === state.threads.includes(t));
        const lead = whole && samples.threads.find(({ pid, tid }) => pid === first.pid && tid === pid) || first;
        parts.push(one || whole ? lead.name + " (" + (whole ? lead.pid : lead.tid) + ")" : samples.threads.length ? state.threads.length + " threads" : "");
    }
    if (state.cpus) parts.push(state.cpus.length === 1 ? "CPU " + state.cpus[0] : state.cpus.length + " CPUs");
    if (state.time) parts.push(secondsText(state.time[0]) + " s to " + secondsText(state.time[1]) + " s");
    let count = 0, all = 0;
    eachSample(samples, state, () => count++);
    eachSample(samples, { ...NOTHING_CHOSEN, event: state.event }, () => all++);
    const whole = profile.events[state.event].self.reduce((sum, weight) => sum + weight, 0), weight = page.weightText(weights.total[0]);
    return parts.join(", ") + ": " + groupedText(count) + " of " + samplesText(all) + (weight === samplesText(count) ? "" : ", " + weight) +
        ", " + percentText(weights.total[0], whole) + " of all";
}

function createSelectors(page, element) {
    const { samples, data } = page, lists = [], selected = document.getElementById("selected");
    const events = make("select", { "aria-label": "Event" },
        ...data.events.map((event, e) => make("option", { value: String(e) }, event.name)));
    events.addEventListener("change", () => page.update({ event: +events.value }));
    if (data.events.length > 1) element.append(events);
    const add = (kind, name, one, lines) => {
        const list = createChecklist(page, name, lines, () => page.state[kind], (keys) => page.update({ [kind]: keys }));
        lists.push({ list, kind, name, one });
        element.append(list.holder);
    };
    if (samples && samples.threads.length > 1) add("threads", "threads", "thread", () => threadLines(page));
    if (samples && samples.hasCpu && new Set(samples.cpu).size > 1) add("cpus", "CPUs", "CPU", () => cpuLines(page));
    const reset = make("button", { type: "button", class: "everything" }, "Show all");
    reset.addEventListener("click", () => page.update({ threads: null, cpus: null, time: null }));
    element.append(reset);
    return {
        update({ state }, changed) {
            if (!changed.has("weights")) return;
            events.value = String(state.event);
            for (const { list, kind, name, one } of lists) {
                const count = state[kind] && state[kind].length;
                list.update(count === null ? "All " + name : count === 1 ? "1 " + one : count + " " + name, changed.has("weights"));
            }
            reset.hidden = !state.threads && !state.cpus && !state.time;
            selected.textContent = selectionText(page);
            selected.hidden = !selected.textContent;
        },
    };
}
