/* corpus_stacks.c: several events, and stacks that are not simply a call chain. */
#include "corpus.h"

enum { FAULTS = 72, SWITCHES = 73, HOSTNAME = 3, ARCH = 6 };

/* A second event of type software, and what it records. */
static struct flame_event_attr faults(uint64_t sample_type)
{
    struct flame_event_attr attr = corpus_attr();
    attr.config = 2;
    attr.sample_type = sample_type;
    return attr;
}

static void put_sample(struct perf_builder *b, uint32_t attr, uint64_t id, uint64_t time,
                       uint64_t period, uint64_t ip)
{
    builder_sample(b, &(struct flame_sample){ .attr = attr,
                                              .where = { APP, APP, time, id, 0, 0 },
                                              .misc = FLAME_MODE_USER,
                                              .ip = ip,
                                              .addr = 0x5000,
                                              .period = period,
                                              .chain = WORDS(FLAME_CONTEXT_USER, ip, MAIN),
                                              .chain_count = 3 });
}

/* With IDENTIFIER samples of several layouts may share a file: the second event records the address
 * of the data, too, the third no call chain. */
static void put_events_by_identifier(struct perf_builder *b)
{
    struct flame_event_attr clock = corpus_attr();
    struct flame_event_attr fault = faults(clock.sample_type | FLAME_SAMPLE_ADDR);
    struct flame_event_attr other = faults(clock.sample_type & ~(uint64_t)FLAME_SAMPLE_CALLCHAIN);
    other.config = 3;
    builder_attr(b, &clock, "cpu-clock", 2, (uint64_t[]){ ID, 81 });
    builder_attr(b, &fault, "page-faults", 1, (uint64_t[]){ FAULTS });
    builder_attr(b, &other, "context-switches", 1, (uint64_t[]){ SWITCHES });
    corpus_process(b);
    put_sample(b, 0, ID, MS(1), 100, LEAF);
    put_sample(b, 1, FAULTS, MS(2), 3, WORK);
    put_sample(b, 0, 81, MS(3), 200, WORK);
    put_sample(b, 2, SWITCHES, MS(4), 1, LEAF);
}

/* Without it the id's place follows from what stands before it. */
static void put_events_by_id(struct perf_builder *b)
{
    struct flame_event_attr clock = corpus_attr();
    clock.sample_type &= ~(uint64_t)FLAME_SAMPLE_IDENTIFIER;
    clock.sample_type |= FLAME_SAMPLE_ID;
    struct flame_event_attr fault = faults(clock.sample_type);
    builder_attr(b, &clock, "cpu-clock", 1, (uint64_t[]){ ID });
    builder_attr(b, &fault, "page-faults", 1, (uint64_t[]){ FAULTS });
    corpus_process(b);
    put_sample(b, 0, ID, MS(1), 100, LEAF);
    put_sample(b, 1, FAULTS, MS(2), 3, WORK);
    put_sample(b, 0, ID, MS(3), 200, WORK);
}

/* Events of one layout, and nothing that tells whose a sample is. */
static void put_events_without_ids(struct perf_builder *b)
{
    struct flame_event_attr clock = corpus_attr();
    clock.sample_type &= ~(uint64_t)FLAME_SAMPLE_IDENTIFIER;
    struct flame_event_attr fault = faults(clock.sample_type);
    builder_attr(b, &clock, "cpu-clock", 0, NULL);
    builder_attr(b, &fault, "page-faults", 0, NULL);
    corpus_process(b);
    put_sample(b, 0, 0, MS(1), 100, LEAF);
    put_sample(b, 1, 0, MS(2), 3, WORK);
}

/* Neither id nor time, processor or period. */
static void put_bare_samples(struct perf_builder *b)
{
    struct flame_event_attr attr = corpus_attr();
    attr.sample_type = FLAME_SAMPLE_IP | FLAME_SAMPLE_TID | FLAME_SAMPLE_CALLCHAIN;
    builder_attr(b, &attr, NULL, 0, NULL);
    corpus_process(b);
    corpus_samples(b);
}

/* Before Linux 2.6.38 records had no trailer: order is that of the file. */
static void put_without_trailers(struct perf_builder *b)
{
    struct flame_event_attr attr = corpus_attr();
    attr.flags &= ~(UINT64_C(1) << FLAME_ATTR_sample_id_all);
    builder_attr(b, &attr, NULL, 1, (uint64_t[]){ ID });
    corpus_process(b);
    corpus_samples(b);
    builder_comm(b, APP, APP, "renamed");
    put_sample(b, 0, ID, MS(9), 800, LEAF);
}

static void put_branch_sample(struct perf_builder *b, uint64_t time, uint64_t chain_count,
                              const uint8_t *chain, uint64_t count, const uint8_t *branches)
{
    builder_sample(b, &(struct flame_sample){ .where = { APP, APP, time, ID, 0, 0 },
                                              .misc = FLAME_MODE_USER,
                                              .ip = LEAF,
                                              .period = 1,
                                              .chain = chain,
                                              .chain_count = chain_count,
                                              .branches = branches,
                                              .branch_counters = WORDS(5, 6),
                                              .branch_count = count,
                                              .branch_hw_index = count ? 3 : FLAME_ID_NONE });
}

static void put_branch_event(struct perf_builder *b, uint64_t branch_sample_type)
{
    struct flame_event_attr attr = corpus_attr();
    attr.sample_type |= FLAME_SAMPLE_BRANCH_STACK;
    attr.branch_sample_type = branch_sample_type;
    builder_attr(b, &attr, NULL, 1, (uint64_t[]){ ID });
    corpus_process(b);
}

/* The calls that have not returned: work called leaf, main called work. The frame pointers know of
 * main alone. In the second sample the kernel's part stands before them. */
static void put_lbr(struct perf_builder *b)
{
    const uint8_t *calls = WORDS(WORK, 0x10200, 0, MAIN, 0x10100, 0);
    put_branch_event(b, FLAME_BRANCH_USER | FLAME_BRANCH_CALL_STACK);
    put_branch_sample(b, MS(1), CHAIN(FLAME_CONTEXT_USER, LEAF, MAIN), 2, calls);
    put_branch_sample(b, MS(2), CHAIN(FLAME_CONTEXT_KERNEL, KERNEL, FLAME_CONTEXT_USER, LEAF), 2,
                      calls);
}

/* Branches that are no call stack. */
static void put_branches(struct perf_builder *b, uint64_t branch_sample_type)
{
    put_branch_event(b, FLAME_BRANCH_USER | FLAME_BRANCH_ANY | branch_sample_type);
    put_branch_sample(b, MS(1), CHAIN(FLAME_CONTEXT_USER, LEAF, MAIN), 2,
                      WORDS(0x10250, 0x10200, 1, 0x10120, 0x10240, 2));
    put_branch_sample(b, MS(2), CHAIN(FLAME_CONTEXT_USER, WORK, MAIN), 1,
                      WORDS(0x10250, 0x10200, 1));
}

static void put_branches_with_index(struct perf_builder *b)
{
    put_branches(b, FLAME_BRANCH_HW_INDEX);
}

static void put_branches_with_counters(struct perf_builder *b)
{
    put_branches(b, FLAME_BRANCH_HW_INDEX | FLAME_BRANCH_COUNTERS);
}

/* Where the processor had none the kernel leaves the index out, too. */
static void put_no_branches(struct perf_builder *b)
{
    put_branches(b, FLAME_BRANCH_HW_INDEX);
    put_branch_sample(b, MS(3), CHAIN(FLAME_CONTEXT_USER, LEAF, WORK, MAIN), 0, NULL);
}

/* The user's part of samples 1 and 2 comes later, that of sample 3 (cookie 9) never. */
static void put_deferred(struct perf_builder *b)
{
    struct flame_event_attr attr = corpus_attr();
    attr.flags |= UINT64_C(1) << FLAME_ATTR_defer_callchain;
    builder_attr(b, &attr, NULL, 1, (uint64_t[]){ ID });
    corpus_process(b);
    corpus_sample(b, MS(1), CHAIN(FLAME_CONTEXT_KERNEL, KERNEL, FLAME_CONTEXT_USER_DEFERRED, 8));
    corpus_sample(b, MS(2), CHAIN(FLAME_CONTEXT_USER_DEFERRED, 8));
    builder_record(b, &(struct flame_record){ .type = FLAME_RECORD_CALLCHAIN_DEFERRED,
                                              .misc = FLAME_MODE_USER,
                                              .where = { APP, APP, MS(3), ID, 0, 0 },
                                              .chain = { 8, CHAIN(LEAF, WORK, MAIN) } });
    corpus_sample(b, MS(4), CHAIN(FLAME_CONTEXT_KERNEL, KERNEL, FLAME_CONTEXT_USER_DEFERRED, 9));
}

/* An event of perf record --off-cpu, last among the events. */
static void put_off_cpu_event(struct perf_builder *b, uint64_t part)
{
    struct flame_event_attr clock = corpus_attr(), wait = corpus_attr();
    wait.config = 10;
    wait.sample_type &= ~(uint64_t)FLAME_SAMPLE_CALLCHAIN;
    wait.sample_type |= part;
    builder_attr(b, &clock, "cpu-clock", 1, (uint64_t[]){ ID });
    builder_attr(b, &wait, "offcpu-time", 1, (uint64_t[]){ FAULTS });
    corpus_process(b);
    put_sample(b, 0, ID, MS(1), 100, LEAF);
}

enum { OFF_CPU_TIME = 1 };
#define OFF_CPU_MOMENT (UINT64_C(0xffffffff00000000) + OFF_CPU_TIME)

/* Since 6.16: all that matters is in the raw bytes, which the kernel's BPF program wrote. */
static void put_off_cpu(struct perf_builder *b)
{
    put_off_cpu_event(b, FLAME_SAMPLE_RAW);
    builder_begin(b, FLAME_RECORD_SAMPLE, FLAME_MODE_USER);
    builder_u64(b, FAULTS);
    builder_u64(b, 0); /* ip */
    builder_u64(b, 0); /* pid, tid */
    builder_u64(b, OFF_CPU_MOMENT);
    builder_u64(b, 0); /* cpu */
    builder_u64(b, 1); /* period */
    builder_u32(b, 60);
    builder_u32(b, APP);
    builder_u32(b, WORKER);
    builder_u64(b, 5000000);
    builder_u64(b, 3);
    builder_u64(b, FLAME_CONTEXT_USER);
    builder_u64(b, WORK);
    builder_u64(b, MAIN);
    builder_u64(b, 1); /* cgroup */
    builder_u32(b, 0);
    builder_end(b);
}

/* Up to then: an ordinary sample at an odd time. */
static void put_off_cpu_chain(struct perf_builder *b)
{
    put_off_cpu_event(b, FLAME_SAMPLE_CALLCHAIN);
    put_sample(b, 1, FAULTS, OFF_CPU_MOMENT, 5000000, WORK);
}

/* -e '{cpu-clock,page-faults}:S': the samples are the leader's, and read both counters. */
static void put_leader(struct perf_builder *b)
{
    struct flame_event_attr clock = corpus_attr();
    clock.sample_type |= FLAME_SAMPLE_READ;
    clock.read_format = FLAME_READ_ID | FLAME_READ_GROUP;
    struct flame_event_attr fault = faults(clock.sample_type);
    fault.read_format = clock.read_format;
    builder_attr(b, &clock, "cpu-clock", 1, (uint64_t[]){ ID });
    builder_attr(b, &fault, "page-faults", 1, (uint64_t[]){ FAULTS });
    corpus_process(b);
    static const uint64_t values[][2] = { { 100, 3 }, { 150, 3 }, { 175, 10 } };
    for (uint64_t i = 0; i < 3; i++)
        builder_sample(b, &(struct flame_sample){
                              .where = { APP, APP, MS(1 + i), ID, 0, 0 },
                              .misc = FLAME_MODE_USER,
                              .ip = LEAF,
                              .period = 1000000, /* the counter's */
                              .read = { .bytes = WORDS(values[i][0], ID, values[i][1], FAULTS),
                                        .value_count = 2,
                                        .value_stride = 2 },
                              .chain = WORDS(FLAME_CONTEXT_USER, LEAF, MAIN),
                              .chain_count = 3 });
}

/* Frame pointers skip the caller of a leaf; the link register has it. Which of the two is right
 * only the code knows, and there is none here. */
static void put_arm64(struct perf_builder *b)
{
    struct flame_event_attr attr = corpus_attr();
    attr.sample_type |= FLAME_SAMPLE_REGS_USER;
    attr.sample_regs_user = 1 << 30;
    builder_feature_string(b, HOSTNAME, "box");
    builder_feature_string(b, ARCH, "aarch64");
    builder_attr(b, &attr, NULL, 1, (uint64_t[]){ ID });
    corpus_process(b);
    builder_sample(b, &(struct flame_sample){ .where = { APP, APP, MS(1), ID, 0, 0 },
                                              .misc = FLAME_MODE_USER,
                                              .ip = LEAF,
                                              .period = 1,
                                              .chain = WORDS(FLAME_CONTEXT_USER, LEAF, MAIN),
                                              .chain_count = 3,
                                              .regs_user_abi = 2,
                                              .regs_user = WORDS(WORK) });
}

/* perf kvm --host --guest record: the guest's samples are not the host's. */
static void put_guest(struct perf_builder *b)
{
    struct flame_event_attr attr = corpus_attr();
    attr.flags &= ~(UINT64_C(1) << FLAME_ATTR_exclude_guest);
    builder_attr(b, &attr, "cpu-clock", 1, (uint64_t[]){ ID });
    corpus_process(b);
    corpus_samples(b);
    static const uint16_t modes[] = { FLAME_MODE_GUEST_KERNEL, FLAME_MODE_GUEST_USER };
    for (uint64_t i = 0; i < 2; i++)
        builder_sample(b, &(struct flame_sample){ .where = { APP, APP, MS(10 + i), ID, 0, 0 },
                                                  .misc = modes[i],
                                                  .ip = LEAF,
                                                  .period = 1000 });
}

const struct corpus_file corpus_stacks[] = {
    { "good-events-by-identifier", put_events_by_identifier, { 0 }, NULL },
    { "good-events-by-id", put_events_by_id, { 0 }, NULL },
    { "good-events-without-ids", put_events_without_ids, { 0 }, NULL },
    { "good-bare-samples", put_bare_samples, { 0 }, NULL },
    { "good-no-sample-id-all", put_without_trailers, { 0 }, NULL },
    { "good-lbr", put_lbr, { 0 }, NULL },
    { "good-branches", put_branches_with_index, { 0 }, NULL },
    { "good-branch-counters", put_branches_with_counters, { 0 }, NULL },
    { "good-branches-missing", put_no_branches, { 0 }, NULL },
    { "good-deferred", put_deferred, { 0 }, NULL },
    { "good-off-cpu", put_off_cpu, { 0 }, NULL },
    { "good-off-cpu-chain", put_off_cpu_chain, { 0 }, NULL },
    { "good-leader-sampling", put_leader, { 0 }, NULL },
    { "good-arm64-link-register", put_arm64, { 0 }, NULL },
    { "good-guest", put_guest, { 0 }, NULL },
    { .name = NULL },
};
