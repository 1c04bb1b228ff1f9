// scene.js: where the nodes of a tree lie (trees.js has what a tree is).
//
// Level by level from the root, only what lies in the view, and nothing below what is narrower than
// half a pixel: the work follows the pixels, not the nodes. Narrow siblings side by side are one box.

const LEAST_PX = 0.5;

class TreeScene {
    // whole: all rows are laid out at once; else those down to the window's end, for trees that grow
    constructor(tree, names, flipped, whole) {
        Object.assign(this, { tree, names, flipped, whole, all: [0, tree.totalOf(0)], top: 0 });
    }
    same(a, b) {
        return a.k === b.k && a.look !== SLIVERS && b.look !== SLIVERS;
    }
    // What a paint on a ramp follows from: [by how much the node changed, its part of the whole].
    rampOf({ k }) {
        return [this.tree.deltaOf(k), this.tree.totalOf(k) / this.all[1]];
    }
    spanOf({ k }) {
        const from = this.tree.startOf(k);
        return [from, from + this.tree.totalOf(k)];
    }
    // What is zoomed to: a box's node (its span is returned), or with null no node's whole width.
    zoomOn(box) {
        this.top = box ? box.k : -1;
        return box && this.spanOf(box);
    }
    // A node as path.js writes it, and the node of such a text, or the deepest one on the way to it.
    path({ k }) {
        const { tree, names } = this;
        let text = "";
        for (; k > 0; k = tree.parentOf(k)) {
            const hash = hashOf(names, tree.nameOf(k));
            let place = 1;
            for (let s = tree.first(tree.parentOf(k)); s !== k; s = tree.next(s)) if (hashOf(names, tree.nameOf(s)) === hash) place++;
            text = hash + (place > 1 ? "-" + place + "." : "") + text;
        }
        return text;
    }
    find(text) {
        const { tree, names } = this;
        let at = 0;
        for (const [, hash, place] of text.matchAll(PATH_STEP)) {
            let left = +place || 1, k = tree.first(at);
            while (k >= 0 && !(hashOf(names, tree.nameOf(k)) === hash && --left === 0)) k = tree.next(k);
            if (k < 0) break;
            at = k;
        }
        return this.zoomOn({ k: at });
    }
    // The node to go out to: the next wider one.
    outer(from, to) {
        const { tree, top } = this;
        let k = top < 0 ? this.covering(from, to) : top;
        while (k > 0 && tree.totalOf(k) <= (to - from) * (1 + 1e-9)) k = tree.parentOf(k);
        return k;
    }
    // The deepest node that covers [from, to).
    covering(from, to) {
        const { tree } = this, slack = (to - from) * 1e-9;
        for (let at = 0, k = tree.first(0); ; ) {
            while (k >= 0 && tree.startOf(k) + tree.totalOf(k) < to - slack) k = tree.next(k);
            if (k < 0 || tree.startOf(k) > from + slack) return at;
            k = tree.first(at = k);
        }
    }
    layout({ from, to, width, bottom, budget }) {
        const { tree } = this, scale = width / (to - from), most = this.whole ? Infinity : bottom + 20, rows = [];
        // callers of what is zoomed to are as wide as the view; without a node that is, what is wider
        const free = this.top < 0, base = free ? Infinity : tree.depthOf(this.top), cover = (to - from) * (free ? 1 + 1e-9 : 1 - 1e-9);
        const box = (k, row) => {
            const total = tree.totalOf(k), faded = row < base && total > cover;
            return { k, id: tree.nameOf(k), row, x: (tree.startOf(k) - from) * scale, width: total * scale, look: faded ? FADED : SHOWN };
        };
        let level = this.all[1] > 0 ? [box(0, 0)] : [], more = false, done = tree.work, until = 0;
        while (level.length && rows.length < most) {
            const below = [];
            rows.push(level);
            for (const { k, look } of level) {
                if (look === SLIVERS) continue;
                if (tree.waiting(k)) {
                    if (!until) until = performance.now() + budget;
                    else if (tree.work > done) {
                        done = tree.work;
                        more = more || performance.now() > until;
                    }
                    if (more) continue;
                }
                let run = null; // of narrow ones
                for (let c = tree.first(k); c >= 0; c = tree.next(c)) {
                    const start = tree.startOf(c), total = tree.totalOf(c);
                    if (start >= to) break;
                    if (start + total <= from) continue;
                    if (total * scale >= LEAST_PX) {
                        run = null;
                        below.push(box(c, rows.length));
                    } else if (run) {
                        run.width += total * scale;
                        run.count++;
                        if (run.width >= LEAST_PX && !run.drawn) run.drawn = below.push(run);
                    } else run = { k, id: NO_NAME, row: rows.length, x: (start - from) * scale, width: total * scale, look: SLIVERS, count: 1, drawn: 0 };
                }
            }
            level = below;
        }
        return { rows, height: rows.length, more };
    }
}
