// heatmap.js: when samples were taken: a column for each second (FlameScope's map), a row for each
// fiftieth of it; the darker, the more weight. A dragged range is what counts from then on.
//
// The map has what the other selectors let through. Short recordings have shorter columns, very long
// ones longer: SPANS. Keys: arrows move, with Shift they drag, Enter takes, Escape gives all.

const SPANS = [0.01, 0.1, 1, 10, 60, 600, 3600].map((s) => s * 1e9);
const HEAT_ROWS = 50, HEAT_COLUMNS_MOST = 1500, HEAT_LEAST = 8;
// From nothing to most: a light ground, and a dark one.
const HEAT_RAMPS = [[[255, 250, 240], [254, 196, 79], [217, 72, 1], [103, 0, 13]], [[33, 33, 36], [122, 45, 10], [232, 116, 20], [255, 237, 160]]];

function heatColour(share, dark) {
    const ramp = HEAT_RAMPS[dark ? 1 : 0], at = Math.sqrt(share) * (ramp.length - 1), i = Math.min(Math.floor(at), ramp.length - 2);
    return ramp[i].map((from, c) => Math.round(from + (ramp[i + 1][c] - from) * (at - i)));
}

function secondsText(ns) {
    return String(Math.round(ns / 1e6) / 1e3);
}

// {span, columns, cells, most}: of each cell, column by column, what it weighs.
function heatCells(samples, state) {
    const last = samples.lastTime;
    let size = SPANS.indexOf(1e9);
    while (size > 0 && last / SPANS[size] < HEAT_LEAST) size--;
    while (size < SPANS.length - 1 && last / SPANS[size] > HEAT_COLUMNS_MOST) size++;
    const span = SPANS[size];
    const columns = Math.floor(last / span) + 1, cells = new Float64Array(columns * HEAT_ROWS);
    let most = 0;
    eachSample(samples, { ...state, time: null }, (row, weight) => {
        const cell = Math.floor(samples.time[row] / span * HEAT_ROWS);
        cells[cell] += weight;
    });
    for (const value of cells) most = Math.max(most, value);
    return { span, columns, cells, most };
}

function createHeat(page, element) {
    const { samples, data } = page;
    if (!samples || !samples.hasTime) {
        element.append(make("p", { class: "hint" }, data.samplesNote || "It is not known when these stacks were sampled."));
        return { update() {} };
    }
    const canvas = make("canvas"), marks = make("canvas", { class: "marks" });
    const map = make("div", { class: "heat", tabindex: "0", role: "application", "aria-label": "Samples over time" }, canvas, marks);
    const about = make("p", { class: "hint" }), from = make("input", { type: "number", step: "any", min: "0" }), to = make("input", { type: "number", step: "any", min: "0" });
    const reset = make("button", { type: "button" }, "All the time");
    const range = make("form", { class: "tools" }, make("label", {}, "From ", from, " s"), make("label", {}, "to ", to, " s"),
        make("button", { type: "submit" }, "Select"), reset);
    element.append(range, about, make("div", { class: "wide" }, map));
    let heat = null, cell = 0, anchor = -1, size = 1, wide = 1;

    const bounds = (a, b) => [Math.min(a, b) * heat.span / HEAT_ROWS, (Math.max(a, b) + 1) * heat.span / HEAT_ROWS].map(Math.round);
    const select = (a, b) => page.update({ time: bounds(a, b) });
    function say(at) {
        const [start] = bounds(at, at), value = heat.cells[at];
        about.textContent = secondsText(start) + " s: " + page.weightText(value);
        return about.textContent;
    }
    function hint() {
        about.textContent = "A column is " + (heat.span >= 1e9 ? heat.span / 1e9 + " s" : heat.span / 1e6 + " ms") + ", its " + HEAT_ROWS + " rows are " +
            durationText(heat.span / HEAT_ROWS) + " each, from top to bottom. Drag to select; arrows, Shift and Enter do the same.";
    }
    function paint() {
        const { columns, cells, most } = heat, image = new ImageData(columns, HEAT_ROWS);
        const ramp = Array.from({ length: 256 }, (_, i) => heatColour(i / 255, page.dark));
        for (let i = 0; i < cells.length; i++) {
            const colour = ramp[most ? Math.ceil(cells[i] / most * 255) : 0];
            image.data.set([...colour, 255], ((i % HEAT_ROWS) * columns + Math.floor(i / HEAT_ROWS)) * 4);
        }
        const small = new OffscreenCanvas(columns, HEAT_ROWS);
        small.getContext("2d").putImageData(image, 0, 0);
        const scale = devicePixelRatio || 1, context = canvas.getContext("2d");
        wide = Math.max(2, Math.min(24, Math.floor((element.clientWidth - 24) / columns)));
        size = Math.max(3, Math.min(8, Math.floor((element.clientHeight - range.offsetHeight - about.offsetHeight - 28) / HEAT_ROWS)));
        for (const one of [canvas, marks]) {
            one.width = columns * wide * scale;
            one.height = HEAT_ROWS * size * scale;
            one.style.width = map.style.width = columns * wide + "px";
            one.style.height = map.style.height = HEAT_ROWS * size + "px";
        }
        context.imageSmoothingEnabled = false;
        context.drawImage(small, 0, 0, canvas.width, canvas.height);
        mark();
    }
    // The path around the cells [first, last]: they go down a column, and on at the top of the next.
    function outline(context, first, last) {
        const left = Math.floor(first / HEAT_ROWS), right = Math.min(Math.floor(last / HEAT_ROWS), heat.columns - 1);
        const top = first % HEAT_ROWS, bottom = last % HEAT_ROWS + 1;
        const corners = left === right ? [[left, top], [left + 1, top], [left + 1, bottom], [left, bottom]]
            : [[left, top], [left + 1, top], [left + 1, 0], [right + 1, 0], [right + 1, bottom], [right, bottom], [right, HEAT_ROWS], [left, HEAT_ROWS]];
        context.beginPath();
        for (const [c, r] of corners) context.lineTo(c * wide, r * size);
        context.closePath();
    }
    // What is chosen stands out of a veil; the cell of the keyboard has a frame.
    function mark() {
        const context = marks.getContext("2d"), scale = devicePixelRatio || 1, { time } = page.state;
        context.setTransform(scale, 0, 0, scale, 0, 0);
        context.clearRect(0, 0, marks.width, marks.height);
        const chosen = anchor >= 0 ? [Math.min(anchor, cell), Math.max(anchor, cell)]
            : time && [Math.floor(time[0] / heat.span * HEAT_ROWS + 1e-6), Math.ceil(time[1] / heat.span * HEAT_ROWS - 1e-6) - 1];
        if (chosen) {
            context.fillStyle = page.dark ? "rgba(0,0,0,.65)" : "rgba(255,255,255,.72)";
            context.fillRect(0, 0, heat.columns * wide, HEAT_ROWS * size);
            outline(context, ...chosen);
            context.save();
            context.clip();
            context.clearRect(0, 0, heat.columns * wide, HEAT_ROWS * size);
            context.restore();
            context.strokeStyle = page.dark ? "#8ab4ff" : "#0b57d0";
            context.lineWidth = 2;
            context.stroke();
        }
        if (document.activeElement === map) {
            context.strokeStyle = page.dark ? "#fff" : "#000";
            context.lineWidth = 1;
            context.strokeRect(Math.floor(cell / HEAT_ROWS) * wide + 0.5, (cell % HEAT_ROWS) * size + 0.5, wide - 1, size - 1);
        }
    }
    function cellAt(e) {
        const box = canvas.getBoundingClientRect();
        const c = Math.floor((e.clientX - box.left) / wide), r = Math.floor((e.clientY - box.top) / size);
        return Math.max(0, Math.min(heat.columns - 1, c)) * HEAT_ROWS + Math.max(0, Math.min(HEAT_ROWS - 1, r));
    }
    map.addEventListener("pointerdown", (e) => {
        if (e.button) return;
        map.setPointerCapture(e.pointerId);
        anchor = cell = cellAt(e);
        mark();
    });
    map.addEventListener("pointermove", (e) => {
        say(cellAt(e));
        if (anchor < 0 || !map.hasPointerCapture(e.pointerId)) return;
        cell = cellAt(e);
        mark();
    });
    map.addEventListener("pointerup", () => {
        const first = anchor;
        anchor = -1;
        if (first >= 0) select(first, cell);
    });
    map.addEventListener("pointercancel", () => {
        anchor = -1;
        mark();
    });
    map.addEventListener("pointerleave", hint);
    map.addEventListener("focus", mark);
    map.addEventListener("blur", mark);
    map.addEventListener("keydown", (e) => {
        const by = { ArrowRight: HEAT_ROWS, ArrowLeft: -HEAT_ROWS, ArrowDown: 1, ArrowUp: -1 }[e.key];
        if (e.ctrlKey || e.metaKey || e.altKey) return;
        if (by) {
            if (e.shiftKey && anchor < 0) anchor = cell;
            if (!e.shiftKey) anchor = -1;
            cell = Math.max(0, Math.min(heat.cells.length - 1, cell + by));
            page.say(say(cell));
        } else if (e.key === "Enter") {
            const first = anchor < 0 ? cell : anchor;
            anchor = -1;
            select(first, cell);
        } else if (e.key === "Escape") {
            anchor = -1;
            page.update({ time: null });
        } else return;
        e.preventDefault();
        mark();
    });
    range.addEventListener("submit", (e) => {
        e.preventDefault();
        const time = [from.value * 1e9, to.value * 1e9].map(Math.round);
        if (time[0] < time[1]) page.update({ time });
    });
    reset.addEventListener("click", () => page.update({ time: null }));
    return {
        update({ state }, changed) {
            if (["event", "threads", "cpus"].some((key) => changed.has(key))) heat = null;
            if (element.hidden) return;
            if (!heat) {
                heat = heatCells(samples, state);
                hint();
            }
            const [first, last] = state.time || [0, samples.lastTime];
            from.value = secondsText(first);
            to.value = secondsText(last);
            reset.disabled = !state.time;
            paint();
        },
    };
}
