// samples.js: each sample of a recording, from the columns that stand in the file.
//
// docs/formats/columns.md has the layout; src/render/columns_samples.c writes it. Samples are
//
//     count     how many; they stand by thread, and those of one thread in order of time
//     time[count]    ns from the first sample on, in whole ticks; lastTime is the latest
//     thread[count]  index into threads: [{name, pid, tid}]; those of thread t are the samples from
//                    begins[t] to before begins[t + 1]
//     cpu[count]     the processor, 0xffff: not known
//     event[count]   index into the profile's events
//     node[count]    the node of the profile that the sample's stack ends at
//     weight[count]  in the unit of the event
//     hasTime, hasCpu  whether time and cpu are known at all
//
// and are never changed.

function readSamples(bytes, profile) {
    const reader = new Reader(bytes);
    if (reader.number() !== 1) throw new Error("samples of another version");
    const count = reader.number(), known = reader.number(), hasTime = (known & 1) === 1, hasCpu = (known & 2) === 2;
    const tick = reader.number(), eventCount = reader.number(), units = reader.fill(new Float64Array(eventCount));
    const threadCount = reader.number(), begins = new Uint32Array(threadCount + 1);
    for (let t = 0; t < threadCount; t++) begins[t + 1] = begins[t] + reader.number();
    const threads = Array.from({ length: threadCount }, () => ({ name: "", pid: reader.signed(), tid: 0 }));
    for (const thread of threads) thread.tid = reader.signed();

    const time = new Float64Array(count), thread = arrayUpTo(threadCount, count);
    let lastTime = 0;
    for (let t = 0; t < threadCount; t++) {
        thread.fill(t, begins[t], begins[t + 1]);
        for (let i = begins[t], ticks = 0; hasTime && i < begins[t + 1]; i++) time[i] = (ticks += reader.number()) * tick;
        if (begins[t] < begins[t + 1]) lastTime = Math.max(lastTime, time[begins[t + 1] - 1]);
    }
    const cpu = new Uint16Array(count).fill(0xffff);
    for (let i = 0; hasCpu && i < count; i++) cpu[i] = reader.number() - 1;
    const event = arrayUpTo(eventCount, count), node = arrayUpTo(profile.n, count), weight = new Float64Array(count);
    if (eventCount > 1) reader.fill(event);
    reader.fill(node);
    const one = reader.fill(new Uint8Array(eventCount)), scale = units.map((unit, e) => unit / profile.events[e].unit);
    for (let i = 0; i < count; i++) weight[i] = (one[event[i]] ? 1 : reader.number()) * scale[event[i]];
    reader.lines(threadCount).forEach((name, t) => {
        threads[t].name = name;
    });
    return { count, time, lastTime, thread, threads, begins, cpu, event, node, weight, hasTime, hasCpu };
}
