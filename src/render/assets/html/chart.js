// chart.js: a flame chart: time from left to right, a lane of stacks for each thread.
//
// Drawn from the samples as they are, without a tree: for each column of pixels the sample is looked
// up that was on at its middle, and equal frames of neighbouring columns are one box. So the work
// follows the pixels, however many samples there are. A sample is on until the next one of its
// thread, but no longer than HOLD times what is usual (the median) between two of them: after that,
// nothing is known, and nothing is drawn. So that what is short doesn't vanish, a column beside an
// empty one shows any sample that began in it.

const HOLD = 3;

// What stands over the lanes: how many they are, and [px, text] of times in [from, to).
function chartTicks({ lanes }, [from, to], width) {
    const least = (to - from) / Math.max(1, width) * 90, ten = 10 ** Math.floor(Math.log10(least)), step = [1, 2, 5, 10].find((n) => n * ten >= least) * ten;
    const decimals = Math.max(0, Math.min(9, 9 - Math.floor(Math.log10(step) + 1e-9))), ticks = [];
    for (let n = Math.ceil(from / step); n * step < to; n++) ticks.push([(n * step - from) / (to - from) * width, (n * step / 1e9).toFixed(decimals) + " s"]);
    return { words: groupedText(lanes.length) + (lanes.length === 1 ? " thread" : " threads, the busiest first; scroll for more") + "; time from the first sample on", ticks };
}

class ChartScene {
    // profile: whose frames are shown; its from, if it has one, says where the samples' nodes went.
    // weights: its own
    constructor(page, profile, weights) {
        const { samples, state } = page, { threads } = samples, counts = new Uint32Array(threads.length), rows = new Uint32Array(samples.count);
        const theirs = new Float64Array(threads.length);
        let count = 0;
        eachSample(samples, state, (row, weight) => {
            rows[count++] = row;
            counts[samples.thread[row]]++;
            theirs[samples.thread[row]] += weight;
        });
        const [first, last] = state.time || [0, samples.lastTime + 1];
        Object.assign(this, { profile, weights, samples, flipped: false, whole: false, all: [first, Math.max(last, first + 1)], height: 0 });
        this.lanes = threads.map((thread, t) => ({
            thread, weight: theirs[t], times: new Float64Array(counts[t]),
            nodes: new Int32Array(counts[t]), rows: new Uint32Array(counts[t]), used: 0, deep: 0,
        }));
        for (const row of rows.subarray(0, count)) {
            const lane = this.lanes[samples.thread[row]], node = profile.from ? profile.from[samples.node[row]] : samples.node[row];
            lane.times[lane.used] = samples.time[row];
            lane.rows[lane.used] = row;
            lane.nodes[lane.used++] = node;
            if (node > 0 && profile.depth[node] > lane.deep) lane.deep = profile.depth[node];
        }
        this.lanes = this.lanes.filter((lane) => lane.used).sort((a, b) => b.weight - a.weight);
        for (const lane of this.lanes) {
            const { times, used } = lane, gaps = new Float64Array(Math.min(used - 1, 999)), stride = (used - 1) / gaps.length;
            gaps.forEach((_, i) => gaps[i] = times[Math.floor(i * stride) + 1] - times[Math.floor(i * stride)]); // as many as a median needs
            lane.hold = HOLD * (gaps.sort()[gaps.length >> 1] || 0) || (this.all[1] - this.all[0]) / 100;
            lane.text = (lane.thread.name || "thread") + " " + lane.thread.pid + "/" + lane.thread.tid + ", " +
                samplesText(used) + ", " + page.weightText(lane.weight);
            lane.row = this.height;
            this.height += lane.deep + 1; // a heading and the frames
        }
    }
    same(a, b) {
        return a.k === b.k && a.lane === b.lane && a.look === b.look && a.from < b.to && b.from < a.to;
    }
    // Samples have no profile before to be compared with.
    rampOf({ k }) {
        return [0, this.weights.total[k] / this.weights.total[0]];
    }
    zoomOn(box) {
        return box && [box.from, box.to];
    }
    path(box) {
        return Math.round(box.from) + "-" + Math.round(box.to);
    }
    find(text) {
        const [from, to] = text.split("-").map(Number), inside = (x) => Math.max(this.all[0], Math.min(this.all[1], x));
        return from < to && inside(from) < inside(to) ? [inside(from), inside(to)] : this.all;
    }
    // What a box stands for: samples of its thread and its time, all of them and those in its frame.
    // A box as wide as a pixel or two is one sample's frame, but maybe many samples' time.
    count({ lane, k, from, to }) {
        const last = this.profile.end[k];
        let all = 0, through = 0, weight = 0, i = firstNotBefore(lane.times, from, 0, lane.used);
        if (i && lane.times[i] !== from && from < lane.times[i - 1] + lane.hold) i--; // that one is on
        for (; i < lane.used && lane.times[i] < to; i++, all++) {
            if (lane.nodes[i] < k || lane.nodes[i] >= last) continue;
            through++;
            weight += this.samples.weight[lane.rows[i]];
        }
        return { all, through, weight };
    }
    layout(view) {
        const rows = new Array(this.height);
        for (const lane of this.lanes) {
            if (lane.row > view.bottom || lane.row + lane.deep < view.top) continue;
            rows[lane.row] = [{ k: -1, id: NO_NAME, row: lane.row, x: 0, width: view.width, look: HEADING, text: lane.text, lane, from: 0, to: 0 }];
            for (let depth = 1; depth <= lane.deep; depth++) rows[lane.row + depth] = [];
            this.layLane(lane, rows, view);
        }
        return { rows, height: this.height, more: false };
    }
    layLane(lane, rows, { from, to, width }) {
        const { parent, depth, id } = this.profile, { times, nodes, hold, used } = lane, px = (to - from) / width, open = [];
        let before = 0, i = -1;
        for (let x = 0; x <= width; x++) {
            const at = from + (x + 0.5) * px;
            let low = i + 1, stride = 1; // mostly near
            for (; low + stride < used && times[low + stride] <= at; stride *= 2) low += stride;
            low = firstNotBefore(times, at, low, Math.min(used, low + stride + 1));
            i = low < used && times[low] === at ? low : low - 1;
            const on = x < width && i >= 0 && (at < times[i] + hold || (!before && times[i] >= at - px / 2));
            const node = on ? Math.max(0, nodes[i]) : 0;
            if (node === before) continue;
            let common = node, other = before;
            while (common !== other) {
                if (depth[common] >= depth[other]) common = parent[common];
                else other = parent[other];
            }
            while (open.length > depth[common]) {
                const box = open.pop();
                box.width = x - box.x;
                box.to = from + x * px;
            }
            for (let k = node; k !== common; k = parent[k]) {
                const box = open[depth[k] - 1] = { k, id: id[k], row: lane.row + depth[k], x, width: 0, look: SHOWN, lane, from: from + x * px, to: 0 };
                rows[box.row].push(box);
            }
            before = node;
        }
    }
}
