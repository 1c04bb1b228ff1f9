/* feature.h: the feature sections of a perf.data: what the recorder said of the machine, of the
 * events and of itself.
 *
 * A feature is named by its bit in the header's map. Each is parsed on its own and tolerantly: one
 * that is broken is ignored, whatever it says. Lists keep the whole entries that came before the
 * break. Does not judge: nothing here is checked against the records.
 * Source: tools/perf/Documentation/perf.data-file-format.txt and what perf 3.2 to 7.2 write;
 * docs/formats/perf_data.md. */
#ifndef FLAME_PERF_DATA_FEATURE_H
#define FLAME_PERF_DATA_FEATURE_H

#include "arena.h"
#include "cursor.h"
#include "symbol_file.h"

#include <flamedata/record.h>

/* X(bit, NAME, reader): NAME is perf's, without HEADER_; reader is the function that parses it,
 * flame_perf_read_<reader>. Sections that are "framed" are known by their place alone. */
#define FLAME_PERF_FEATURES(X)                                                                     \
    X(1, TRACING_DATA, framed)                                                                     \
    X(2, BUILD_ID, build_ids)                                                                      \
    X(3, HOSTNAME, hostname)                                                                       \
    X(4, OSRELEASE, osrelease)                                                                     \
    X(5, VERSION, version)                                                                         \
    X(6, ARCH, arch)                                                                               \
    X(7, NRCPUS, nrcpus)                                                                           \
    X(8, CPUDESC, cpudesc)                                                                         \
    X(9, CPUID, cpuid)                                                                             \
    X(10, TOTAL_MEM, total_mem)                                                                    \
    X(11, CMDLINE, cmdline)                                                                        \
    X(12, EVENT_DESC, event_desc)                                                                  \
    X(13, CPU_TOPOLOGY, cpu_topology)                                                              \
    X(14, NUMA_TOPOLOGY, numa_topology)                                                            \
    X(15, BRANCH_STACK, framed)                                                                    \
    X(16, PMU_MAPPINGS, pmu_mappings)                                                              \
    X(17, GROUP_DESC, group_desc)                                                                  \
    X(18, AUXTRACE, auxtrace)                                                                      \
    X(19, STAT, framed)                                                                            \
    X(20, CACHE, cache)                                                                            \
    X(21, SAMPLE_TIME, sample_time)                                                                \
    X(22, MEM_TOPOLOGY, mem_topology)                                                              \
    X(23, CLOCKID, clockid)                                                                        \
    X(24, DIR_FORMAT, dir_format)                                                                  \
    X(25, BPF_PROG_INFO, bpf_prog_info)                                                            \
    X(26, BPF_BTF, bpf_btf)                                                                        \
    X(27, COMPRESSED, compressed)                                                                  \
    X(28, CPU_PMU_CAPS, cpu_pmu_caps)                                                              \
    X(29, CLOCK_DATA, clock_data)                                                                  \
    X(30, HYBRID_TOPOLOGY, hybrid_topology)                                                        \
    X(31, PMU_CAPS, pmu_caps)                                                                      \
    X(32, CPU_DOMAIN_INFO, cpu_domain_info)                                                        \
    X(33, E_MACHINE, e_machine)                                                                    \
    X(34, CLN_SIZE, cln_size)                                                                      \
    X(128, SIMPLEPERF_FILE, simpleperf_file)                                                       \
    X(129, SIMPLEPERF_META_INFO, simpleperf_meta_info)                                             \
    X(130, SIMPLEPERF_DEBUG_UNWIND, framed)                                                        \
    X(131, SIMPLEPERF_DEBUG_UNWIND_FILE, framed)                                                   \
    X(132, SIMPLEPERF_FILE2, simpleperf_file2)                                                     \
    X(133, SIMPLEPERF_ETM_BRANCH_LIST, framed)                                                     \
    X(134, SIMPLEPERF_INIT_MAP, framed)

enum flame_perf_feature {
#define X(bit, name, reader) FLAME_PERF_FEATURE_##name = bit,
    FLAME_PERF_FEATURES(X)
#undef X
};

#define FLAME_PERF_FEATURE_LIMIT 256

/* Where a feature is and what became of it. Of size 0 are flags (BRANCH_STACK, STAT), and features
 * that an old perf could not write. */
struct flame_perf_section {
    bool present;
    enum flame_status status;
    uint64_t offset, size;
};

#define FLAME_PERF_LIST(type)                                                                      \
    {                                                                                              \
        const type *items;                                                                         \
        size_t count;                                                                              \
    }

struct flame_perf_strings FLAME_PERF_LIST(struct flame_str);

struct flame_perf_event_desc {
    struct flame_event_attr attr;
    struct flame_str name;
    struct FLAME_PERF_LIST(uint64_t) ids;
};

struct flame_perf_cpu {
    uint32_t core, socket, die;
};

struct flame_perf_numa_node {
    uint32_t node;
    uint64_t total_kb, free_kb;
    struct flame_str cpus;
};

struct flame_perf_pmu {
    uint32_t type;
    struct flame_str name;
};

/* leader is the index of an event; members counts the leader too. */
struct flame_perf_group {
    struct flame_str name;
    uint32_t leader, members;
};

struct flame_perf_range {
    uint64_t offset, size;
};

struct flame_perf_cache {
    uint32_t level, line_size, sets, ways;
    struct flame_str type, size, map;
};

/* words[ceil(bits / 64)]: bit i says that block i of the node is there. */
struct flame_perf_mem_node {
    uint64_t node, bits;
    const uint64_t *words;
};

/* info is a struct bpf_prog_info of the recorder's kernel; arrays says which arrays data holds. */
struct flame_perf_bpf_prog {
    uint64_t arrays;
    struct flame_bytes info, data;
};

struct flame_perf_btf {
    uint32_t id;
    struct flame_bytes data;
};

/* A capability of a PMU, or (HYBRID_TOPOLOGY) a PMU and its CPUs; a fact that simpleperf noted. */
struct flame_perf_pair {
    struct flame_str name, value;
};

struct flame_perf_pairs FLAME_PERF_LIST(struct flame_perf_pair);

struct flame_perf_pmu_caps {
    struct flame_str pmu;
    struct flame_perf_pairs caps;
};

/* name is empty before schedstat version 17; mask is hexadecimal, list as in "0-3,7". */
struct flame_perf_domain {
    uint32_t domain;
    struct flame_str name, mask, list;
};

struct flame_perf_cpu_domains {
    uint32_t cpu;
    struct FLAME_PERF_LIST(struct flame_perf_domain) domains;
};

/* A build-id that was found in a file (or in the kernel) at the end of the recording.
 *
 * pid   the guest machine; -1 is the host, 0 the default guest, also where none was written
 * misc  its cpumode tells kernel and user
 * build_id  size 20 with zeros at the end may stand for a shorter id: before 5.11 perf had no place
 *           for the size */
struct flame_perf_build_id {
    int32_t pid;
    uint16_t misc;
    struct flame_build_id build_id;
    struct flame_str filename;
};

/* All zero: nothing known. Strings and flame_bytes borrow from the sections, everything else from
 * the arena. Numbers are in host order; event_desc[i] goes with entry i of the attr table. */
struct flame_perf_features {
    struct flame_perf_section sections[FLAME_PERF_FEATURE_LIMIT];

    struct flame_str hostname, osrelease, version, arch, cpudesc, cpuid;
    uint32_t cpus_available, cpus_online;
    uint64_t total_mem_kb;
    struct flame_perf_strings cmdline;

    struct FLAME_PERF_LIST(struct flame_perf_event_desc) event_desc;
    struct FLAME_PERF_LIST(struct flame_perf_group) groups;
    struct FLAME_PERF_LIST(struct flame_perf_build_id) build_ids;

    struct flame_perf_strings core_siblings, thread_siblings, die_siblings;
    struct FLAME_PERF_LIST(struct flame_perf_cpu) cpus; /* count is 0 or cpus_available */
    struct FLAME_PERF_LIST(struct flame_perf_numa_node) numa;
    struct FLAME_PERF_LIST(struct flame_perf_cache) caches;
    uint64_t mem_block_bytes;
    struct FLAME_PERF_LIST(struct flame_perf_mem_node) mem;
    uint32_t schedstat_version, max_domains;
    struct FLAME_PERF_LIST(struct flame_perf_cpu_domains) cpu_domains;
    uint32_t e_machine, e_flags, cache_line_bytes;

    struct FLAME_PERF_LIST(struct flame_perf_pmu) pmus;
    const struct flame_perf_pmu *pmus_by_type; /* the same ones, sorted */
    struct flame_perf_pairs cpu_pmu_caps, hybrid;
    struct FLAME_PERF_LIST(struct flame_perf_pmu_caps) pmu_caps;

    struct FLAME_PERF_LIST(struct flame_perf_bpf_prog) bpf_progs;
    struct FLAME_PERF_LIST(struct flame_perf_btf) btfs;

    struct FLAME_PERF_LIST(struct flame_perf_range) auxtraces;
    uint64_t first_sample_ns, last_sample_ns; /* 0, 0 in compressed recordings */
    uint64_t clock_resolution_ns;
    struct {
        uint32_t clockid;
        uint64_t wall_ns, clock_ns; /* the same moment on both clocks */
    } clock_data;
    struct {
        uint32_t version, type, level, ratio, mmap_len;
    } compressed; /* type 1 is zstd; mmap_len bounds what one record expands to */
    uint64_t dir_version;

    struct flame_perf_pairs meta_info; /* simpleperf's; it alone writes that feature */
    struct flame_perf_symbol_files symbol_files;
};

/* Parse one feature's section into out. CPU_TOPOLOGY needs NRCPUS parsed before (its bit is lower,
 * and perf writes in order of bits).
 *
 * section  cut to the feature, in the file's order; its error gets the message
 *
 * Returns FLAME_OK, also for a bit that nobody knows and for a section without bytes;
 * FLAME_TRUNCATED, FLAME_CORRUPT, FLAME_UNSUPPORTED (a later version of a layout), FLAME_NOMEM:
 * then out has what it had, and of lists perhaps the first entries. A feature that comes twice
 * replaces the first. */
enum flame_status flame_perf_feature_parse(struct flame_perf_features *out, uint32_t bit,
                                           struct flame_cursor section, struct flame_arena *arena);

/* One build-id record, its header included: an entry of the BUILD_ID feature, or a record of type
 * 67. c moves past it. without_pid is the layout of the earliest writers (2.6.33).
 * False, with c failed, when it does not fit. */
bool flame_perf_build_id_decode(struct flame_cursor *c, bool without_pid,
                                struct flame_perf_build_id *out);

#endif
