// heatmap.js: when samples were taken: a column for each second (FlameScope's map), a row for each
// fiftieth of it; the darker, the more weight. Over it stands what each column weighs. A dragged
// range is what counts from then on.
//
// The map has what the other selectors let through. Short recordings have shorter columns, very long
// ones longer: SPANS. Where samples are few, rows are fewer, too: a cell of one sample or none tells
// nothing. Keys: arrows move, with Shift they drag, Enter takes, Escape gives all.

const SPANS = [0.01, 0.1, 1, 10, 60, 600, 3600].map((s) => s * 1e9);
const HEAT_ROWS = [50, 25, 20, 10, 5], HEAT_ENOUGH = 10, HEAT_COLUMNS_MOST = 1500, HEAT_LEAST = 5;
const STRIP_PX = 24, AXIS_PX = 64;
// From nothing to most: a light ground, and a dark one.
const HEAT_RAMPS = [[[255, 250, 240], [254, 196, 79], [217, 72, 1], [103, 0, 13]], [[33, 33, 36], [122, 45, 10], [232, 116, 20], [255, 237, 160]]];

function heatColour(share, dark) {
    const ramp = HEAT_RAMPS[dark ? 1 : 0], at = Math.sqrt(share) * (ramp.length - 1), i = Math.min(Math.floor(at), ramp.length - 2);
    return ramp[i].map((from, c) => Math.round(from + (ramp[i + 1][c] - from) * (at - i)));
}

function secondsText(ns) {
    return String(Math.round(ns / 1e6) / 1e3);
}

// "20 ms" for "20.00 ms"
const roundText = (ns) => durationText(ns).replace(/(\.\d*?)0+ /, "$1 ").replace(". ", " ");

// As many rows as leave so many samples to a cell that has any, whatever threads and CPUs are chosen.
function heatRows(samples, event, span, columns) {
    for (const rows of HEAT_ROWS) {
        const busy = new Uint8Array(columns * rows);
        let count = 0, cells = 0;
        eachSample(samples, { ...NOTHING_CHOSEN, event }, (row) => {
            const cell = Math.floor(samples.time[row] / span * rows);
            cells += 1 - busy[cell];
            busy[cell] = 1;
            count++;
        });
        if (count >= HEAT_ENOUGH * cells) return rows;
    }
    return HEAT_ROWS.at(-1);
}

// {span, rows, columns, cells, counts, most}: of each cell, column by column, what it weighs, and how
// many samples that is.
function heatCells(samples, state) {
    const last = samples.lastTime;
    let size = SPANS.indexOf(1e9);
    while (size > 0 && last / SPANS[size] < HEAT_LEAST) size--;
    while (size < SPANS.length - 1 && last / SPANS[size] > HEAT_COLUMNS_MOST) size++;
    const span = SPANS[size];
    const columns = Math.floor(last / span) + 1, rows = heatRows(samples, state.event, span, columns);
    const cells = new Float64Array(columns * rows), counts = new Uint32Array(columns * rows);
    let most = 0;
    eachSample(samples, { ...state, time: null }, (row, weight) => {
        const cell = Math.floor(samples.time[row] / span * rows);
        cells[cell] += weight;
        counts[cell]++;
    });
    for (const value of cells) most = Math.max(most, value);
    return { span, rows, columns, cells, counts, most };
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
    const strip = make("canvas", { "aria-hidden": "true", title: "What each column weighs" });
    const below = make("div", { class: "heat-below", "aria-hidden": "true" }), left = make("div", { class: "heat-left", "aria-hidden": "true" });
    element.append(range, about, make("div", { class: "wide" }, make("div", { class: "heat-frame" }, make("span"), strip, left, map, make("span"), below)));
    let heat = null, cell = 0, anchor = -1, size = 1, wide = 1;

    const bounds = (a, b) => [Math.min(a, b) * heat.span / heat.rows, (Math.max(a, b) + 1) * heat.span / heat.rows].map(Math.round);
    const select = (a, b) => page.update({ time: bounds(a, b) });
    // Of the cells from one to another.
    function say(a, b = a) {
        const [start, end] = bounds(a, b);
        let count = 0, weight = 0;
        for (let at = Math.min(a, b); at <= Math.max(a, b); at++) {
            count += heat.counts[at];
            weight += heat.cells[at];
        }
        const worth = page.weightText(weight), number = samplesText(count);
        about.textContent = secondsText(start) + " s" + (a === b ? "" : " to " + secondsText(end) + " s") + ": " + worth + (worth === number ? "" : ", " + number);
        return about.textContent;
    }
    // Texts at places of an axis: as many as there is room for.
    function label(axis, count, step, room, text, place) {
        const every = [1, 2, 5, 10, 20, 30, 60, 100, 200, 300, 600, 1000].find((n) => n * step >= room) || 2000, out = [];
        for (let at = 0; at <= count; at += every) {
            const tick = make("span", {}, text(at));
            tick.style[place] = at * step + "px";
            out.push(tick);
        }
        axis.replaceChildren(...out);
    }
    function paintSides() {
        const { columns, rows, cells, span } = heat, sums = new Float64Array(columns), scale = devicePixelRatio || 1, context = strip.getContext("2d");
        cells.forEach((value, i) => sums[Math.floor(i / rows)] += value);
        const most = sums.reduce((a, b) => Math.max(a, b), 0);
        strip.width = columns * wide * scale;
        strip.height = STRIP_PX * scale;
        strip.style.width = columns * wide + "px";
        strip.style.height = STRIP_PX + "px";
        context.setTransform(scale, 0, 0, scale, 0, 0);
        context.fillStyle = "#" + (page.dark ? "a2a8b4" : "5c626d");
        sums.forEach((sum, c) => {
            const tall = most ? sum / most * (STRIP_PX - 2) : 0;
            context.fillRect(c * wide, STRIP_PX - tall, Math.max(1, wide - 1), tall);
        });
        label(below, columns, wide, 56, (c) => secondsText(c * span) + " s", "left");
        label(left, rows, size, 16, (r) => r ? roundText(r * span / rows) : "0", "top");
        below.style.width = columns * wide + "px";
        left.style.height = rows * size + "px";
    }
    function hint() {
        about.textContent = "A column is " + (heat.span >= 1e9 ? heat.span / 1e9 + " s" : heat.span / 1e6 + " ms") + ", its " + heat.rows + " rows are " +
            roundText(heat.span / heat.rows) + " each, from top to bottom. Drag to select" + (COARSE.matches ? "." : "; arrows, Shift and Enter do the same.");
    }
    function paint() {
        const { columns, cells, most } = heat, image = new ImageData(columns, heat.rows);
        const ramp = Array.from({ length: 256 }, (_, i) => heatColour(i / 255, page.dark));
        for (let i = 0; i < cells.length; i++) {
            const colour = ramp[most ? Math.ceil(cells[i] / most * 255) : 0];
            image.data.set([...colour, 255], ((i % heat.rows) * columns + Math.floor(i / heat.rows)) * 4);
        }
        const small = new OffscreenCanvas(columns, heat.rows);
        small.getContext("2d").putImageData(image, 0, 0);
        const scale = devicePixelRatio || 1, context = canvas.getContext("2d");
        wide = Math.max(2, Math.min(40, Math.floor((element.clientWidth - 40 - AXIS_PX) / columns)));
        size = Math.floor((element.clientHeight - range.offsetHeight - about.offsetHeight - STRIP_PX - 56) / heat.rows);
        size = Math.max(heat.rows > 25 ? 3 : 6, Math.min(heat.rows > 25 ? 8 : 24, size));
        for (const one of [canvas, marks]) {
            one.width = columns * wide * scale;
            one.height = heat.rows * size * scale;
            one.style.width = map.style.width = columns * wide + "px";
            one.style.height = map.style.height = heat.rows * size + "px";
        }
        context.imageSmoothingEnabled = false;
        context.drawImage(small, 0, 0, canvas.width, canvas.height);
        paintSides();
        mark();
    }
    // The path around the cells [first, last]: they go down a column, and on at the top of the next.
    function outline(context, first, last) {
        const left = Math.floor(first / heat.rows), right = Math.min(Math.floor(last / heat.rows), heat.columns - 1);
        const top = first % heat.rows, bottom = last % heat.rows + 1;
        const corners = left === right ? [[left, top], [left + 1, top], [left + 1, bottom], [left, bottom]]
            : [[left, top], [left + 1, top], [left + 1, 0], [right + 1, 0], [right + 1, bottom], [right, bottom], [right, heat.rows], [left, heat.rows]];
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
            : time && [Math.floor(time[0] / heat.span * heat.rows + 1e-6), Math.ceil(time[1] / heat.span * heat.rows - 1e-6) - 1];
        if (chosen) {
            context.fillStyle = page.dark ? "rgba(0,0,0,.65)" : "rgba(255,255,255,.72)";
            context.fillRect(0, 0, heat.columns * wide, heat.rows * size);
            outline(context, ...chosen);
            context.save();
            context.clip();
            context.clearRect(0, 0, heat.columns * wide, heat.rows * size);
            context.restore();
            context.strokeStyle = page.dark ? "#8ab4ff" : "#0b57d0";
            context.lineWidth = 2;
            context.stroke();
        }
        if (document.activeElement === map) {
            context.strokeStyle = page.dark ? "#fff" : "#000";
            context.lineWidth = 1;
            context.strokeRect(Math.floor(cell / heat.rows) * wide + 0.5, (cell % heat.rows) * size + 0.5, wide - 1, size - 1);
        }
    }
    function cellAt(e) {
        const box = canvas.getBoundingClientRect();
        const c = Math.floor((e.clientX - box.left) / wide), r = Math.floor((e.clientY - box.top) / size);
        return Math.max(0, Math.min(heat.columns - 1, c)) * heat.rows + Math.max(0, Math.min(heat.rows - 1, r));
    }
    map.addEventListener("pointerdown", (e) => {
        if (e.button) return;
        map.setPointerCapture(e.pointerId);
        anchor = cell = cellAt(e);
        mark();
    });
    map.addEventListener("pointermove", (e) => {
        if (anchor < 0 || !map.hasPointerCapture(e.pointerId)) {
            say(cellAt(e));
            return;
        }
        cell = cellAt(e);
        say(anchor, cell);
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
        const by = { ArrowRight: heat.rows, ArrowLeft: -heat.rows, ArrowDown: 1, ArrowUp: -1 }[e.key];
        if (e.ctrlKey || e.metaKey || e.altKey) return;
        if (by) {
            if (e.shiftKey && anchor < 0) anchor = cell;
            if (!e.shiftKey) anchor = -1;
            cell = Math.max(0, Math.min(heat.cells.length - 1, cell + by));
            page.say(say(anchor < 0 ? cell : anchor, cell));
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
