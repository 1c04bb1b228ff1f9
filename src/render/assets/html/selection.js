// selection.js: the samples that the selectors and the heat map let through.
//
// A sample counts when its event is the state's, its thread and CPU are among those that are chosen
// (null: all), and its time lies in [from, to).

// Index of the first sample from begin on, before end, that is not earlier than at.
function firstNotBefore(time, at, begin, end) {
    while (begin < end) {
        const middle = (begin + end) >> 1;
        if (time[middle] < at) begin = middle + 1;
        else end = middle;
    }
    return begin;
}

// Calls take(row, weight) for each, weight in units of the event's unit, in the order of samples.
function eachSample(samples, state, take) {
    const { begins, time, cpu, event, weight } = samples, wanted = state.event;
    const cpus = state.cpus && new Uint8Array(0x10000);
    if (cpus) for (const c of state.cpus) cpus[c] = 1;
    const [from, to] = state.time && samples.hasTime ? state.time : [-Infinity, Infinity];
    for (const t of state.threads || samples.threads.keys()) {
        const end = firstNotBefore(time, to, begins[t], begins[t + 1]);
        for (let row = firstNotBefore(time, from, begins[t], end); row < end; row++)
            if (event[row] === wanted && (cpus === null || cpus[cpu[row]])) take(row, weight[row]);
    }
}

// What the nodes of the profile weigh by themselves.
function selectedSelf(profile, samples, state) {
    const self = new Float64Array(profile.n), { node } = samples;
    eachSample(samples, state, (row, weight) => {
        self[node[row]] += weight;
    });
    return self;
}
