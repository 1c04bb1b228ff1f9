/* user_record.h: the records that perf itself writes (types 64 to 86), and simpleperf's.
 *
 * Everything borrows from the record's bytes. Arrays stay in the file's byte order: read them
 * through flame_load_u64 or a cursor. Only decodes: what these records mean for a recording is
 * found elsewhere (pipe.c, stream.c). Source: tools/perf/util/event.h and tools/lib/perf of Linux
 * 7.2; simpleperf's record.h; docs/formats/perf_data.md. */
#ifndef FLAME_PERF_DATA_USER_RECORD_H
#define FLAME_PERF_DATA_USER_RECORD_H

#include "perf_data.h"

/* count entries of a fixed size. */
struct flame_perf_array {
    const uint8_t *bytes;
    uint64_t count;
};

/* Which CPUs, in one of three spellings.
 *
 * CPUS   count u16 at bytes, 0xffff for any
 * MASK   count words of word_size (4 or 8) bytes: bit i of all of them is CPU i
 * RANGE  first to last, and perhaps any */
struct flame_perf_cpu_map {
    enum { FLAME_PERF_CPUS, FLAME_PERF_CPU_MASK, FLAME_PERF_CPU_RANGE } kind;
    struct flame_perf_array words;
    uint16_t word_size, first, last;
    bool any;
};

/* Which EVENT_UPDATE it is. */
enum flame_perf_update {
    FLAME_PERF_UPDATE_UNIT,
    FLAME_PERF_UPDATE_SCALE,
    FLAME_PERF_UPDATE_NAME,
    FLAME_PERF_UPDATE_CPUS,
};

enum {
    FLAME_PERF_THREAD_NAME = 16, /* bytes of a THREAD_MAP's name */
    FLAME_PERF_BPF_KEY = 64,
    FLAME_PERF_BPF_VALUE = 256,
};

/* One record of these types. Records without fields (FINISHED_ROUND, FINISHED_INIT,
 * SIMPLEPERF_SPLIT_END) have none here either. */
struct flame_perf_user_record {
    uint32_t type;
    union {
        struct {
            struct flame_event_attr attr;
            struct flame_perf_array ids; /* u64 */
        } attr;
        struct {
            uint64_t config;
            struct flame_str name;
        } event_type;
        /* Bytes behind a TRACING_DATA, outside of the record's size; of SIMPLEPERF_TRACING_DATA and
         * SIMPLEPERF_KERNEL_SYMBOL, inside. */
        uint64_t data_size;
        struct flame_perf_build_id build_id;
        struct {
            struct flame_perf_array entries;  /* u64 id, index, cpu, tid */
            struct flame_perf_array machines; /* u64 pid, vcpu; none, or as many as entries */
        } id_index;
        struct {
            uint32_t kind;
            struct flame_perf_array words; /* u64 */
        } auxtrace_info;
        struct {
            uint64_t size, offset, reference; /* size bytes follow outside of the record's size */
            uint32_t index;
            int32_t tid, cpu;
        } auxtrace;
        struct {
            uint32_t kind, code;
            int32_t cpu, pid, tid;
            uint64_t ip, time_ns; /* FLAME_TIME_NONE in the oldest layout */
            struct flame_str message;
        } auxtrace_error;
        struct flame_perf_array thread_map; /* u64 tid; char name[16] */
        struct flame_perf_cpu_map cpu_map;
        struct flame_perf_array stat_config; /* u64 tag, value */
        struct {
            uint64_t id;
            int32_t cpu, thread;
            uint64_t value, enabled, running;
        } stat;
        struct {
            uint64_t kind, time_ns;
        } stat_round;
        struct {
            uint64_t kind, id;
            struct flame_str text; /* UNIT, NAME */
            double scale;
            struct flame_perf_cpu_map cpus;
        } event_update;
        struct {
            uint64_t shift, mult, zero, cycles, mask;
            bool has_cycles, cap_zero, cap_short; /* from Linux 5.9 on */
        } time_conv;
        struct {
            uint64_t bit;
            struct flame_bytes payload;
        } feature;
        struct flame_bytes compressed; /* COMPRESSED, COMPRESSED2 */
        struct {
            struct flame_str program;
            struct flame_perf_array pairs; /* char key[64], value[256] */
        } bpf_metadata;
        struct {
            uint64_t time_ns;
            int32_t cpu;
            uint16_t version, domain;    /* domain: of SCHEDSTAT_DOMAIN */
            struct flame_bytes counters; /* as the version has them */
        } schedstat;
        struct {
            uint64_t kind, id, min_vaddr;
            struct flame_str name;
        } dso;
        struct {
            uint64_t addr, len, dso;
            struct flame_str name;
        } symbol;
        struct flame_bytes split;         /* a piece of a record too large for its size field */
        struct flame_perf_array event_id; /* u64 index of the event, id */
        struct {
            int32_t pid, tid;
            uint64_t kind, time_ns;
            struct flame_perf_array ips, sps; /* u64; as many of each */
        } callchain;
        struct {
            uint64_t time_ns;
            struct flame_perf_array words; /* u64; which ones depends on simpleperf's version */
        } unwinding;
    };
};

/* Decode a record of type 64 to 86, or of one of simpleperf's types. out is untouched on failure:
 * FLAME_TRUNCATED or FLAME_CORRUPT with the field and its offset; FLAME_UNSUPPORTED for other
 * types. Strings that lack their NUL end with their room. */
enum flame_status flame_perf_user_decode(const struct flame_perf_file *file,
                                         const struct flame_perf_raw *raw,
                                         struct flame_perf_user_record *out,
                                         struct flame_error *error);

#endif
