// canvas.js: boxes with names on a canvas that is no larger than the window.
//
// A scene knows where boxes lie (scene.js, chart.js); a FlameCanvas shows it: paints, scrolls, zooms,
// and tells which box is under the pointer. The canvas lies still behind an empty scroller of the
// scene's height; what is scrolled is painted anew. The box under the pointer and the chosen one are
// outlined by two elements over the canvas, so that moving about paints nothing.
//
// A scene is
//     all            [from, to): the width of everything, in weights or in ns
//     flipped        whether row 0 is at the bottom
//     whole          whether layout() gives all rows at once, however many are seen
//     layout(view)   view: {from, to, width in px, top, bottom (rows), budget in ms for what is made};
//                    gives {rows: [[box, ...], ...] by row, each in order of x; height in rows; more:
//                    there was no time for all: ask again}
//     same(a, b)     whether two boxes, of two layouts, are one
//     rampOf(box)    what paintOnRamp() asks of a frame: [delta, part]
//     zoomOn(box)    its [from, to); the scene takes note; null: the zoom is no box's
//     path(box), find(text)  a zoom as a text, and zoomOn() of one
// and a box {k, id, row, x, width, look}: the scene's number, a name's number, px. look is one of
const SHOWN = 0, FADED = 1; // FADED: not part of what is zoomed to
const SLIVERS = 2; // siblings side by side, each too narrow to be drawn; k is their parent
const HEADING = 3; // a line of text, no frame

const BUDGET_MS = 10; // for what a scene makes when it is laid out
const GLIDE_MS = 120;
const COARSE = matchMedia("(pointer: coarse)"), STILL = matchMedia("(prefers-reduced-motion: reduce)");

class FlameCanvas {
    // on: {choose(box, event), open(box), menu(box, x, y), point(box or null, event), moved(from, to), laid()}
    constructor(page, host, on) {
        Object.assign(this, { page, host, on, rows: [], height: 0, labels: new Map(), widths: new Map(), chosen: null, pointed: null });
        host.classList.add("flames");
        this.canvas = make("canvas", { "aria-hidden": "true" });
        this.pointer = make("div", { class: "pointed", hidden: true });
        this.choice = make("div", { class: "chosen", hidden: true });
        this.space = make("div", { class: "space" }, this.pointer, this.choice);
        this.scroller = make("div", { class: "scroller" }, this.space);
        host.append(this.canvas, this.scroller);
        this.context = this.canvas.getContext("2d", { alpha: false });
        // Kept here, because to ask an element makes the browser lay out the page at once.
        Object.assign(this, { width: 0, seen: 0, top: 0, held: null, rowHeight: COARSE.matches ? 26 : 18, contentHeight: 0 });
        this.scroller.addEventListener("scroll", () => {
            if (this.top !== this.scroller.scrollTop) this.held = null;
            this.top = this.scroller.scrollTop;
            this.soon(!this.scene || !this.scene.whole);
        }, { passive: true });
        new ResizeObserver(() => this.resized()).observe(this.scroller);
        this.listen();
    }
    resized() {
        const { scroller } = this;
        Object.assign(this, { width: scroller.clientWidth, seen: scroller.clientHeight });
        this.anew = true;
        this.now(); // in this very frame: else the canvas would flicker
    }

    // Show [from, to) of a scene, from now on. glide: come from where the last one was.
    show(scene, from, to, glide) {
        const fresh = scene !== this.scene, { span } = this;
        this.scene = scene;
        this.goal = [from, to];
        if (fresh) this.chosen = this.pointed = null;
        this.glide = glide && !fresh && span && !STILL.matches ? { from: span, start: performance.now() } : null;
        if (!this.glide) this.span = this.goal;
        if (fresh) this.toStart = true;
        this.soon(true);
    }
    soon(anew) {
        this.anew = this.anew || anew;
        if (!this.frame) this.frame = requestAnimationFrame(() => this.now());
    }
    // Where it is going to, at once: before what depends on where boxes are.
    settle() {
        if (!this.glide && !this.anew) return;
        this.glide = null;
        this.span = this.goal;
        this.anew = true;
        this.now();
    }
    now() {
        cancelAnimationFrame(this.frame);
        this.frame = 0;
        if (!this.scene || !this.width) return;
        if (this.glide) {
            const part = Math.min(1, (performance.now() - this.glide.start) / GLIDE_MS), ease = 1 - (1 - part) ** 3;
            this.span = part < 1 ? this.goal.map((end, i) => this.glide.from[i] + (end - this.glide.from[i]) * ease) : this.goal;
            if (part === 1) this.glide = null;
        }
        if (this.anew) this.lay();
        this.paint();
        if (this.glide || this.more) this.soon(true);
    }
    // Lay out, keeping what is seen in its place: rows are counted from where the root is.
    lay() {
        const { scene, rowHeight, seen, width } = this;
        const before = this.toStart ? 0 : this.held !== null ? this.held : scene.flipped ? this.contentHeight - this.top - seen : this.top, top = Math.floor(before / rowHeight);
        const { rows, height, more } = scene.layout({
            from: this.span[0], to: this.span[1], width, top, bottom: top + Math.ceil(seen / rowHeight) + 1, budget: BUDGET_MS,
        });
        Object.assign(this, { rows, more, anew: false, toStart: false });
        const tall = Math.max(seen, height * rowHeight), to = scene.flipped ? tall - seen - before : before;
        if (tall !== this.contentHeight) this.space.style.height = (this.contentHeight = tall) + "px";
        if (Math.abs(this.top - to) >= 1) this.scrollTo(to);
        this.held = Math.max(0, Math.min(before, tall - seen)); // the window may have changed, and nobody scrolled
        this.chosen = this.chosen && this.like(this.chosen);
        this.pointed = null;
        if (this.wanted && !this.glide && !more) {
            this.choose(this.like(this.wanted), true);
            this.wanted = null;
        } else this.outline();
        if (!this.glide && !more) this.on.laid();
    }
    scrollTo(y) {
        this.held = null;
        this.scroller.scrollTop = y;
        this.top = this.scroller.scrollTop;
        this.soon(false);
    }
    // The box of the layout that is now what box was in another.
    like(box) {
        const row = this.rows[box.row];
        return (row && row.find((other) => this.scene.same(other, box))) || { ...box, width: 0 };
    }
    yOf(row) {
        return this.scene.flipped ? this.contentHeight - (row + 1) * this.rowHeight : row * this.rowHeight;
    }
    // The box at a place of the window.
    at(clientX, clientY) {
        const place = this.space.getBoundingClientRect(), x = clientX - place.left, y = clientY - place.top;
        const row = this.rows[Math.floor((this.scene.flipped ? this.contentHeight - y : y) / this.rowHeight)];
        let low = 0, high = row ? row.length : 0;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (row[middle].x <= x) low = middle + 1;
            else high = middle;
        }
        const box = low && row[low - 1];
        return box && x < box.x + Math.max(1, box.width) ? box : null;
    }

    themed() {
        const style = getComputedStyle(this.host), { profile, dark } = this.page;
        const colour = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
        this.theme = {
            dark, font: style.fontFamily, ground: colour("--ground", dark ? "#16181d" : "#fff"), ink: colour("--ink", dark ? "#e6e6e6" : "#1a1a1a"),
            sliver: dark ? "#3a3e47" : "#d0d3d9", sliverLine: dark ? "#5a606c" : "#a9aeb8", match: colour("--match", dark ? "#ff5cf4" : "#d400c8"),
            paints: profile.paints.map((paint) => {
                const rgb = dark ? paint.dark : paint.light;
                const [r, g, b] = [rgb >> 16, (rgb >> 8) & 255, rgb & 255].map((part) => (part / 255) ** 2.2);
                return ["#" + rgb.toString(16).padStart(6, "0"), 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "#000" : "#fff"];
            }),
        };
        this.labels.clear();
        this.widths.clear();
        this.soon(false);
    }
    // A name in what room there is; the widths of characters are measured once each.
    label(id, width) {
        const key = id * 8192 + Math.floor(width);
        let label = this.labels.get(key);
        if (label !== undefined) return label;
        if (this.labels.size > 30000) this.labels.clear();
        label = fitName(this.page.profile.names[id], width, (character) => {
            let wide = this.widths.get(character);
            if (wide === undefined) this.widths.set(character, wide = this.context.measureText(character).width);
            return wide;
        });
        this.labels.set(key, label);
        return label;
    }
    paint() {
        const { canvas, context, width, seen: height, top, rowHeight, rows, scene } = this, scale = devicePixelRatio || 1;
        if (!this.theme) this.themed();
        if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
            canvas.width = Math.round(width * scale);
            canvas.height = Math.round(height * scale);
            canvas.style.width = width + "px";
            canvas.style.height = height + "px";
        }
        context.setTransform(scale, 0, 0, scale, 0, 0);
        context.fillStyle = this.theme.ground;
        context.fillRect(0, 0, width, height);
        context.textBaseline = "middle";
        const ends = [top, top + height].map((y) => Math.floor((scene.flipped ? this.contentHeight - y : y) / rowHeight));
        const last = Math.min(rows.length - 1, Math.max(...ends)), texts = [[], []];
        for (let r = Math.max(0, Math.min(...ends)); r <= last; r++) {
            for (const box of rows[r] || []) this.paintBox(box, this.yOf(r) - top, scale, texts);
        }
        // labels by font: to change it costs more than to write
        texts.forEach((list, italic) => {
            context.font = (italic ? "italic " : "") + "12px " + this.theme.font;
            for (const { box, y, ink } of list) {
                const x = Math.max(0, box.x) + 3, room = Math.min(box.x + box.width, width) - x - 2;
                const text = box.text || (box.id === NO_NAME ? "all" : this.label(box.id, room));
                if (!text) continue;
                context.fillStyle = ink;
                context.globalAlpha = box.look === FADED ? 0.7 : 1;
                context.fillText(text, x, y + rowHeight / 2);
            }
        });
        context.globalAlpha = 1;
    }
    paintBox(box, y, scale, texts) {
        const { context, page: { profile, matches, data }, theme, rowHeight } = this, tall = rowHeight - 1;
        if (box.look === HEADING) {
            texts[0].push({ box, y, ink: theme.ink });
            return;
        }
        const x = Math.round(Math.max(-2, box.x) * scale) / scale;
        const right = Math.round(Math.min(box.x + box.width, this.width + 2) * scale) / scale;
        const width = Math.max(1 / scale, right - x - (box.width > 3 ? 1 : 0));
        if (box.look === SLIVERS) {
            context.fillStyle = theme.sliver;
            context.fillRect(x, y, width, tall);
            context.fillStyle = theme.sliverLine;
            for (let line = 2; line < tall; line += 4) context.fillRect(x, y + line, width, 1);
            return;
        }
        const root = box.id === NO_NAME, kind = root ? "" : KINDS[profile.kinds[box.id]], match = !root && matches && matches.ids[box.id];
        const [fill, ink] = root ? [theme.sliver, theme.ink] : theme.paints[paintOnRamp(data, profile, box.id, ...(data.ramp ? this.scene.rampOf(box) : []))];
        context.globalAlpha = box.look === FADED ? 0.5 : 1;
        context.fillStyle = match ? theme.match : fill;
        context.fillRect(x, y, width, tall);
        if (profile.deltas && width > 2) { // what did not change has the colour of the ground
            context.strokeStyle = theme.sliverLine;
            context.strokeRect(x + 0.5, y + 0.5, width - 1, tall - 1);
        }
        if (kind === "inlined" && width > 4) { // told by a line, too, and kernel by slanted letters
            context.fillStyle = ink;
            context.globalAlpha *= 0.4;
            context.fillRect(x, y + tall - 2, width, 1);
        }
        context.globalAlpha = 1;
        if (match && width > 4) {
            context.strokeStyle = theme.ink;
            context.strokeRect(x + 0.5, y + 0.5, width - 1, tall - 1);
        }
        if (width > 14) texts[kind === "kernel" ? 1 : 0].push({ box, y, ink: match ? (box.look === FADED ? theme.ink : theme.dark ? "#000" : "#fff") : ink });
    }

    place(element, box) {
        const shown = !!box && box.width > 0 && box.look !== HEADING;
        if (element.hidden === shown) element.hidden = !shown;
        if (!shown) return;
        const x = Math.max(0, box.x);
        element.style.transform = "translate(" + x + "px," + this.yOf(box.row) + "px)";
        element.style.width = Math.max(2, Math.min(box.x + box.width, this.width) - x) + "px";
        element.style.height = this.rowHeight - 1 + "px";
    }
    outline() {
        this.place(this.pointer, this.pointed);
        this.place(this.choice, this.chosen);
    }
    choose(box, scroll) {
        this.chosen = box;
        this.outline();
        if (!box || !scroll) return;
        const y = this.yOf(box.row), { top, seen, rowHeight } = this;
        if (y < top) this.scrollTo(y);
        else if (y + rowHeight > top + seen) this.scrollTo(y + rowHeight - seen);
    }
    // Boxes that are in sight, at most so many: the widest.
    inSight(most) {
        const { top, seen, rowHeight } = this, out = [];
        for (let r = 0; r < this.rows.length; r++) {
            const y = this.yOf(r) - top;
            if (y > -rowHeight && y < seen) out.push(...(this.rows[r] || []).filter((box) => box.look <= FADED));
        }
        if (out.length <= most) return out;
        const widest = new Set([...out].sort((a, b) => b.width - a.width).slice(0, most));
        return out.filter((box) => widest.has(box));
    }
}
