// recording.js: writes a recording whose every sample the test can choose by: two events, three
// threads, four processors, twelve seconds, and names that hurt.
//
// Its code is JIT's, so that names come from a perf-PID.map beside it, and no program is needed.
// Numbers are of a generator with a fixed seed. Times are whole 10 us apart from the first sample,
// and none lies on a whole 20 ms, where a heat map's cells meet. Source: docs/formats/perf_data.md.
"use strict";

const fs = require("fs");
const path = require("path");

const PID = 41, START_NS = 1000000000000n, SECONDS = 12, BASE = 0x100000;
const THREADS = [[41, "app"], [42, "worker"], [43, "io"]];
const SAMPLE_TYPE = 1 | 2 | 4 | 0x20 | 0x40 | 0x80 | 0x100; // ip tid time callchain id cpu period
const IDS = [71, 72];

const NAMES = [
    "main", "operator()(int) const", "std::vector<std::pair<int, char> >::push_back(std::pair<int, char>&&)", "<script>alert(1)</script>",
    "a & b \"quoted\" 'too'", "core::ptr::drop_in_place::<alloc::vec::Vec<u8>>", "samples, of everything", "net/http.(*conn).serve",
    "]]> --> ${x} %s", "alloc", "free", "memcpy", ...Array.from({ length: 48 }, (_, i) => "function_" + i),
];

// A row of numbers in [0, 1) that is the same each time.
function generator(seed) {
    let state = seed >>> 0;
    return () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state / 2 ** 32;
    };
}

class Bytes {
    constructor() {
        this.parts = [];
        this.size = 0;
    }
    add(buffer) {
        this.parts.push(buffer);
        this.size += buffer.length;
        return this;
    }
    u32(...values) {
        const buffer = Buffer.alloc(4 * values.length);
        values.forEach((value, i) => buffer.writeUInt32LE(value, 4 * i));
        return this.add(buffer);
    }
    u64(...values) {
        const buffer = Buffer.alloc(8 * values.length);
        values.forEach((value, i) => buffer.writeBigUInt64LE(BigInt(value), 8 * i));
        return this.add(buffer);
    }
    text(text) {
        const size = Math.ceil((Buffer.byteLength(text) + 1) / 8) * 8, buffer = Buffer.alloc(size);
        buffer.write(text);
        return this.add(buffer);
    }
    all() {
        return Buffer.concat(this.parts);
    }
}

function record(type, misc, fill) {
    const body = new Bytes();
    fill(body);
    return new Bytes().u32(type).add(Buffer.from([misc & 255, misc >> 8, (body.size + 8) & 255, (body.size + 8) >> 8])).add(body.all()).all();
}

// What a record of another kind than a sample ends with: tid time id cpu.
const stamp = (body, tid) => body.u32(PID, tid).u64(START_NS - 1000n, IDS[0]).u32(0, 0);

function attr(config) {
    const bytes = Buffer.alloc(128);
    bytes.writeUInt32LE(1, 0); // software
    bytes.writeUInt32LE(128, 4);
    bytes.writeBigUInt64LE(BigInt(config), 8);
    bytes.writeBigUInt64LE(1000n, 16);
    bytes.writeBigUInt64LE(BigInt(SAMPLE_TYPE), 24);
    bytes.writeBigUInt64LE(4n, 32); // read_format: id
    bytes.writeBigUInt64LE(1n << 18n, 40); // sample_id_all
    return bytes;
}

// One sample's functions, innermost first. Few paths have most of the weight, very many a little.
function stackOf(random, thread) {
    const stack = [0], depth = 3 + Math.floor(random() * 12);
    for (let at = thread + 1; stack.length < depth; at = (at * 7 + Math.floor(random() ** 4 * 12) + 1) % NAMES.length) stack.unshift(at);
    return stack;
}

// Writes folder/perf.data and the names beside it; answers {file, start}: start in ns, of the first
// sample.
function writeRecording(folder, samples) {
    const random = generator(7), data = new Bytes();
    for (const [tid, name] of THREADS) data.add(record(3, 0, (b) => stamp(b.u32(PID, tid).text(name), tid)));
    data.add(record(1, 2, (b) => stamp(b.u32(PID, PID).u64(BASE, 0x10000, 0).text("//anon"), PID)));
    // the first sample is the first event's, which is then the one that is drawn
    const times = Array.from({ length: samples }, () => Math.floor(random() * SECONDS * 1e5)).map((t) => t % 2000 ? t : t + 1).sort((a, b) => a - b);
    times[0] = 0;
    for (const time of times) {
        // who, where and what go with time, so that each selection has stacks of its own
        const part = time / 1e5 / SECONDS, thread = Math.min(2, Math.floor((random() + part) * 1.5)), event = time && random() < 0.2 ? 1 : 0;
        const cpu = (thread + Math.floor(random() * 2)) % 4, period = event ? 1 + Math.floor(random() * 9) : 900000 + Math.floor(random() * 1000) * 100;
        const stack = stackOf(random, thread + (part > 0.5 ? 3 : 0)).map((f) => BigInt(BASE + f * 0x100 + 0x10));
        data.add(record(9, 2, (b) => b.u64(stack[0]).u32(PID, THREADS[thread][0]).u64(START_NS + BigInt(time) * 10000n, IDS[event])
            .u32(cpu, 0).u64(period, stack.length + 1, 0xfffffffffffffe00n, ...stack)));
    }
    const ids = 104, attrs = ids + 16, start = attrs + 2 * 144, header = new Bytes();
    header.add(Buffer.from("PERFILE2")).u64(104, 144, attrs, 2 * 144, start, data.size, 0, 0, 0, 0, 0, 0);
    header.u64(...IDS);
    [0, 2].forEach((config, i) => header.add(attr(config)).u64(ids + 8 * i, 8));
    const file = path.join(folder, "perf.data");
    fs.writeFileSync(file, Buffer.concat([header.all(), data.all()]));
    fs.writeFileSync(path.join(folder, `perf-${PID}.map`),
        NAMES.map((name, i) => `${(BASE + i * 0x100).toString(16)} 100 ${name}\n`).join(""));
    return { file, start: Number(START_NS) };
}

module.exports = { NAMES, THREADS, writeRecording };
