/* flamedata/record.h: what event formats yield: attributes, side-band records and samples.
 *
 * All values are in host byte order. Strings and pointers borrow from the input's bytes.
 * Source: perf_event_open(2), linux/perf_event.h, tools/perf/util/event.h;
 * docs/formats/perf_data.md. */
#ifndef FLAMEDATA_RECORD_H
#define FLAMEDATA_RECORD_H

#include <flamedata/str.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* X(type, NAME): every record type that perf 7.2 knows, and simpleperf's. Names are perf's, without
 * PERF_RECORD_. */
#define FLAME_RECORDS(X)                                                                           \
    X(1, MMAP)                                                                                     \
    X(2, LOST)                                                                                     \
    X(3, COMM)                                                                                     \
    X(4, EXIT)                                                                                     \
    X(5, THROTTLE)                                                                                 \
    X(6, UNTHROTTLE)                                                                               \
    X(7, FORK)                                                                                     \
    X(8, READ)                                                                                     \
    X(9, SAMPLE)                                                                                   \
    X(10, MMAP2)                                                                                   \
    X(11, AUX)                                                                                     \
    X(12, ITRACE_START)                                                                            \
    X(13, LOST_SAMPLES)                                                                            \
    X(14, SWITCH)                                                                                  \
    X(15, SWITCH_CPU_WIDE)                                                                         \
    X(16, NAMESPACES)                                                                              \
    X(17, KSYMBOL)                                                                                 \
    X(18, BPF_EVENT)                                                                               \
    X(19, CGROUP)                                                                                  \
    X(20, TEXT_POKE)                                                                               \
    X(21, AUX_OUTPUT_HW_ID)                                                                        \
    X(22, CALLCHAIN_DEFERRED)                                                                      \
    X(64, ATTR)                                                                                    \
    X(65, EVENT_TYPE)                                                                              \
    X(66, TRACING_DATA)                                                                            \
    X(67, BUILD_ID)                                                                                \
    X(68, FINISHED_ROUND)                                                                          \
    X(69, ID_INDEX)                                                                                \
    X(70, AUXTRACE_INFO)                                                                           \
    X(71, AUXTRACE)                                                                                \
    X(72, AUXTRACE_ERROR)                                                                          \
    X(73, THREAD_MAP)                                                                              \
    X(74, CPU_MAP)                                                                                 \
    X(75, STAT_CONFIG)                                                                             \
    X(76, STAT)                                                                                    \
    X(77, STAT_ROUND)                                                                              \
    X(78, EVENT_UPDATE)                                                                            \
    X(79, TIME_CONV)                                                                               \
    X(80, FEATURE)                                                                                 \
    X(81, COMPRESSED)                                                                              \
    X(82, FINISHED_INIT)                                                                           \
    X(83, COMPRESSED2)                                                                             \
    X(84, BPF_METADATA)                                                                            \
    X(85, SCHEDSTAT_CPU)                                                                           \
    X(86, SCHEDSTAT_DOMAIN)                                                                        \
    X(32769, SIMPLEPERF_KERNEL_SYMBOL)                                                             \
    X(32770, SIMPLEPERF_DSO)                                                                       \
    X(32771, SIMPLEPERF_SYMBOL)                                                                    \
    X(32772, SIMPLEPERF_SPLIT)                                                                     \
    X(32773, SIMPLEPERF_SPLIT_END)                                                                 \
    X(32774, SIMPLEPERF_EVENT_ID)                                                                  \
    X(32775, SIMPLEPERF_CALLCHAIN)                                                                 \
    X(32776, SIMPLEPERF_UNWINDING_RESULT)                                                          \
    X(32777, SIMPLEPERF_TRACING_DATA)

/* From this type on records are simpleperf's own. */
#define FLAME_RECORD_SIMPLEPERF 32768u

enum flame_record_type {
#define X(type, name) FLAME_RECORD_##name = type,
    FLAME_RECORDS(X)
#undef X
};

/* X(bit, NAME): perf_event_attr.sample_type */
#define FLAME_SAMPLE_BITS(X)                                                                       \
    X(0, IP)                                                                                       \
    X(1, TID)                                                                                      \
    X(2, TIME)                                                                                     \
    X(3, ADDR)                                                                                     \
    X(4, READ)                                                                                     \
    X(5, CALLCHAIN)                                                                                \
    X(6, ID)                                                                                       \
    X(7, CPU)                                                                                      \
    X(8, PERIOD)                                                                                   \
    X(9, STREAM_ID)                                                                                \
    X(10, RAW)                                                                                     \
    X(11, BRANCH_STACK)                                                                            \
    X(12, REGS_USER)                                                                               \
    X(13, STACK_USER)                                                                              \
    X(14, WEIGHT)                                                                                  \
    X(15, DATA_SRC)                                                                                \
    X(16, IDENTIFIER)                                                                              \
    X(17, TRANSACTION)                                                                             \
    X(18, REGS_INTR)                                                                               \
    X(19, PHYS_ADDR)                                                                               \
    X(20, AUX)                                                                                     \
    X(21, CGROUP)                                                                                  \
    X(22, DATA_PAGE_SIZE)                                                                          \
    X(23, CODE_PAGE_SIZE)                                                                          \
    X(24, WEIGHT_STRUCT)

#define FLAME_SAMPLE_KNOWN ((UINT64_C(1) << 25) - 1)

enum flame_sample_bit {
#define X(bit, name) FLAME_SAMPLE_##name = 1 << bit,
    FLAME_SAMPLE_BITS(X)
#undef X
};

/* X(bit, NAME): perf_event_attr.read_format */
#define FLAME_READ_BITS(X)                                                                         \
    X(0, TIME_ENABLED)                                                                             \
    X(1, TIME_RUNNING)                                                                             \
    X(2, ID)                                                                                       \
    X(3, GROUP)                                                                                    \
    X(4, LOST)

enum flame_read_format {
#define X(bit, name) FLAME_READ_##name = 1 << bit,
    FLAME_READ_BITS(X)
#undef X
};

/* X(bit, NAME): perf_event_attr.branch_sample_type */
#define FLAME_BRANCH_BITS(X)                                                                       \
    X(0, USER)                                                                                     \
    X(1, KERNEL)                                                                                   \
    X(2, HV)                                                                                       \
    X(3, ANY)                                                                                      \
    X(4, ANY_CALL)                                                                                 \
    X(5, ANY_RETURN)                                                                               \
    X(6, IND_CALL)                                                                                 \
    X(7, ABORT_TX)                                                                                 \
    X(8, IN_TX)                                                                                    \
    X(9, NO_TX)                                                                                    \
    X(10, COND)                                                                                    \
    X(11, CALL_STACK)                                                                              \
    X(12, IND_JUMP)                                                                                \
    X(13, CALL)                                                                                    \
    X(14, NO_FLAGS)                                                                                \
    X(15, NO_CYCLES)                                                                               \
    X(16, TYPE_SAVE)                                                                               \
    X(17, HW_INDEX)                                                                                \
    X(18, PRIV_SAVE)                                                                               \
    X(19, COUNTERS)

enum flame_branch_sample_bit {
#define X(bit, name) FLAME_BRANCH_##name = 1 << bit,
    FLAME_BRANCH_BITS(X)
#undef X
};

/* X(bit, name): the flag word of perf_event_attr, little-endian numbering. precise_ip takes bits
 * 15 and 16. */
#define FLAME_ATTR_FLAGS(X)                                                                        \
    X(0, disabled)                                                                                 \
    X(1, inherit)                                                                                  \
    X(2, pinned)                                                                                   \
    X(3, exclusive)                                                                                \
    X(4, exclude_user)                                                                             \
    X(5, exclude_kernel)                                                                           \
    X(6, exclude_hv)                                                                               \
    X(7, exclude_idle)                                                                             \
    X(8, mmap)                                                                                     \
    X(9, comm)                                                                                     \
    X(10, freq)                                                                                    \
    X(11, inherit_stat)                                                                            \
    X(12, enable_on_exec)                                                                          \
    X(13, task)                                                                                    \
    X(14, watermark)                                                                               \
    X(17, mmap_data)                                                                               \
    X(18, sample_id_all)                                                                           \
    X(19, exclude_host)                                                                            \
    X(20, exclude_guest)                                                                           \
    X(21, exclude_callchain_kernel)                                                                \
    X(22, exclude_callchain_user)                                                                  \
    X(23, mmap2)                                                                                   \
    X(24, comm_exec)                                                                               \
    X(25, use_clockid)                                                                             \
    X(26, context_switch)                                                                          \
    X(27, write_backward)                                                                          \
    X(28, namespaces)                                                                              \
    X(29, ksymbol)                                                                                 \
    X(30, bpf_event)                                                                               \
    X(31, aux_output)                                                                              \
    X(32, cgroup)                                                                                  \
    X(33, text_poke)                                                                               \
    X(34, build_id)                                                                                \
    X(35, inherit_thread)                                                                          \
    X(36, remove_on_exec)                                                                          \
    X(37, sigtrap)                                                                                 \
    X(38, defer_callchain)                                                                         \
    X(39, defer_output)

#define FLAME_ATTR_PRECISE_SHIFT 15

/* One perf_event_attr. Fields past its recorded size are zero; size is as recorded (0 means 64).
 * flags are numbered as on a little-endian machine whatever the writer was: test them with
 * flame_attr_has(). */
struct flame_event_attr {
    uint32_t type, size;
    uint64_t config;
    uint64_t sample_period; /* or the frequency in Hz, when flag freq is set */
    uint64_t sample_type, read_format, flags;
    uint32_t wakeup, bp_type;
    uint64_t config1, config2; /* also bp_addr, bp_len */
    uint64_t branch_sample_type, sample_regs_user;
    uint32_t sample_stack_user;
    int32_t clockid;
    uint64_t sample_regs_intr;
    uint32_t aux_watermark;
    uint16_t sample_max_stack;
    uint32_t aux_sample_size, aux_action;
    uint64_t sig_data, config3, config4;
};

enum flame_attr_flag {
#define X(bit, name) FLAME_ATTR_##name = bit,
    FLAME_ATTR_FLAGS(X)
#undef X
};

static inline bool flame_attr_has(const struct flame_event_attr *attr, enum flame_attr_flag flag)
{
    return attr->flags >> flag & 1;
}

/* perf_event_header.misc */
enum flame_misc {
    FLAME_MISC_CPUMODE = 7,
    FLAME_MISC_MMAP_DATA = 1 << 13,
    FLAME_MISC_COMM_EXEC = 1 << 13,
    FLAME_MISC_FORK_EXEC = 1 << 13, /* a synthesized fork: maps are not inherited */
    FLAME_MISC_SWITCH_OUT = 1 << 13,
    FLAME_MISC_EXACT_IP = 1 << 14,
    FLAME_MISC_MMAP_BUILD_ID = 1 << 14,
    FLAME_MISC_BUILD_ID_SIZE = 1 << 15,
};

enum flame_cpumode {
    FLAME_MODE_UNKNOWN,
    FLAME_MODE_KERNEL,
    FLAME_MODE_USER,
    FLAME_MODE_HYPERVISOR,
    FLAME_MODE_GUEST_KERNEL,
    FLAME_MODE_GUEST_USER,
};

/* Callchain entries at or above FLAME_CONTEXT_MAX are marks, not addresses. */
#define FLAME_CONTEXT_MAX UINT64_C(0xfffffffffffff001)
#define FLAME_CONTEXT_HV UINT64_C(0xffffffffffffffe0)
#define FLAME_CONTEXT_KERNEL UINT64_C(0xffffffffffffff80)
#define FLAME_CONTEXT_USER UINT64_C(0xfffffffffffffe00)
#define FLAME_CONTEXT_USER_DEFERRED UINT64_C(0xfffffffffffffd80)
#define FLAME_CONTEXT_GUEST UINT64_C(0xfffffffffffff800)
#define FLAME_CONTEXT_GUEST_KERNEL UINT64_C(0xfffffffffffff780)
#define FLAME_CONTEXT_GUEST_USER UINT64_C(0xfffffffffffff600)

#define FLAME_BUILD_ID_MAX 20

/* size 0: unknown. Bytes behind size are zero. */
struct flame_build_id {
    uint8_t size;
    uint8_t bytes[FLAME_BUILD_ID_MAX];
};

#define FLAME_TIME_NONE UINT64_MAX
/* Times of off-CPU samples begin here, which puts them behind all others (perf's off_cpu.c). */
#define FLAME_TIME_OFF_CPU UINT64_C(0xffffffff00000000)
#define FLAME_ID_NONE UINT64_MAX

/* What a record says of its circumstances; absent parts have perf's defaults. */
struct flame_sample_id {
    int32_t pid, tid;       /* -1 */
    uint64_t time_ns;       /* FLAME_TIME_NONE */
    uint64_t id, stream_id; /* FLAME_ID_NONE */
    int32_t cpu;            /* -1 */
};

struct flame_map_record { /* MMAP, MMAP2 */
    int32_t pid, tid;
    uint64_t start, len, pgoff;
    uint32_t major, minor;
    uint64_t inode, inode_generation;
    struct flame_build_id build_id;
    uint32_t prot, flags; /* prot of an MMAP is PROT_EXEC unless misc says data */
    struct flame_str filename;
};

struct flame_comm_record {
    int32_t pid, tid;
    struct flame_str comm;
};

struct flame_task_record { /* FORK, EXIT */
    int32_t pid, ppid, tid, ptid;
    uint64_t time_ns;
};

struct flame_lost_record { /* LOST (id set), LOST_SAMPLES */
    uint64_t id, lost;
};

struct flame_throttle_record {
    uint64_t time_ns, id, stream_id;
};

/* Counter values of a READ record or of a sample's READ part. value_count values of value_stride
 * words each at bytes (file byte order): value; [id]; [lost], as read_format says. Of a single
 * value (no group) only the value is at bytes; its id and loss, if read_format has them, are id and
 * lost. */
struct flame_read_values {
    uint64_t enabled, running, id, lost;
    const uint8_t *bytes;
    uint64_t value_count;
    uint8_t value_stride;
};

struct flame_read_record {
    int32_t pid, tid;
    struct flame_read_values values;
};

struct flame_aux_record {
    uint64_t offset, size, flags;
};

struct flame_thread_record { /* ITRACE_START; SWITCH_CPU_WIDE: the next or previous thread */
    int32_t pid, tid;
};

struct flame_namespaces_record {
    int32_t pid, tid;
    uint64_t count;
    const uint8_t *bytes; /* count pairs of u64 device, u64 inode, file byte order */
};

struct flame_ksymbol_record {
    uint64_t addr;
    uint32_t len;
    uint16_t ksym_type, flags; /* flags bit 0: unregister */
    struct flame_str name;
};

struct flame_bpf_record {
    uint16_t event_type, flags;
    uint32_t id;
    uint8_t tag[8];
};

struct flame_cgroup_record {
    uint64_t id;
    struct flame_str path;
};

struct flame_text_poke_record {
    uint64_t addr;
    uint16_t old_len, new_len;
    const uint8_t *bytes; /* old_len, then new_len bytes */
};

struct flame_chain_record { /* CALLCHAIN_DEFERRED */
    uint64_t cookie, count;
    const uint8_t *ips; /* count u64, file byte order */
};

/* A kernel record other than SAMPLE.
 *
 * offset    of its header, in the file (for a compressed one: of the record that holds it)
 * position  of its header, in the uncompressed stream; orders records of equal time
 * attr      index of the event that it belongs to */
struct flame_record {
    uint32_t type;
    uint16_t misc;
    uint32_t size;
    uint64_t offset, position;
    uint32_t attr;
    struct flame_sample_id where;
    union {
        struct flame_map_record map;
        struct flame_comm_record comm;
        struct flame_task_record task;
        struct flame_lost_record lost;
        struct flame_throttle_record throttle;
        struct flame_read_record read;
        struct flame_aux_record aux;
        struct flame_thread_record thread;
        struct flame_namespaces_record namespaces;
        struct flame_ksymbol_record ksymbol;
        struct flame_bpf_record bpf;
        struct flame_cgroup_record cgroup;
        struct flame_text_poke_record text_poke;
        struct flame_chain_record chain;
        uint64_t hw_id;
    };
};

/* A run of bytes inside a record; NULL when absent. */
struct flame_bytes {
    const uint8_t *ptr;
    uint64_t size;
};

/* One SAMPLE. Parts that the event does not record are zero, NULL or perf's default.
 *
 * chain, branches, regs   arrays in the file's byte order: read them through a cursor or
 *                         flame_load_u64; chain_count words; branch_count entries of 3 words
 * raw, stack, aux         memory of the recorded machine, as it was */
struct flame_sample {
    struct flame_sample_id where;
    uint16_t misc;
    uint32_t attr;
    uint64_t offset, position;
    uint64_t ip, addr, period;
    struct flame_read_values read;
    const uint8_t *chain;
    uint64_t chain_count;
    struct flame_bytes raw;
    const uint8_t *branches, *branch_counters;
    uint64_t branch_count, branch_hw_index;
    uint64_t regs_user_abi, regs_intr_abi;
    const uint8_t *regs_user, *regs_intr;
    struct flame_bytes stack; /* size is the valid part, dyn_size */
    uint64_t stack_room;      /* bytes that the record holds of it; at least stack.size */
    uint64_t weight, data_src, transaction, phys_addr, cgroup, data_page_size, code_page_size;
    struct flame_bytes aux;
};

static inline enum flame_cpumode flame_cpumode(uint16_t misc)
{
    return (enum flame_cpumode)(misc & FLAME_MISC_CPUMODE);
}

/* Word i of an array in a file's byte order; swap as the file says. */
static inline uint64_t flame_load_u64(const uint8_t *words, uint64_t i, bool swap)
{
    uint64_t v;
    memcpy(&v, words + i * 8, sizeof v);
    return swap ? __builtin_bswap64(v) : v;
}

#ifdef __cplusplus
}
#endif

#endif
