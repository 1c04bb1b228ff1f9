/* Stacks that are not simply a call chain: branch records, chains that come later, off-CPU time;
 * and samples that lack one thing or another. What perf 6.1 and 7.2 make of the same was the
 * control. */
#include "scene.h"

static const uint64_t kernel = 0xffffffff81000010;

/* Begin a recording of one event of this attr. */
static void begin_with(struct scene *s, struct builder_options options,
                       const struct flame_event_attr *attr)
{
    forget(s);
    s->b = builder_new(options);
    builder_attr(s->b, attr, "cycles", 1, (uint64_t[]){ 71 });
    process(s);
}

static struct flame_event_attr lbr_attr(void)
{
    struct flame_event_attr attr = cycles;
    attr.sample_type |= FLAME_SAMPLE_BRANCH_STACK;
    attr.branch_sample_type = FLAME_BRANCH_CALL_STACK | FLAME_BRANCH_HW_INDEX;
    return attr;
}

static void branch_sample(struct scene *s, uint64_t time, uint64_t depth, const uint8_t *chain,
                          uint64_t branch_count, const uint8_t *branches)
{
    struct flame_sample sample = { .where = { PID, PID, time, 71, 0, 0 },
                                   .misc = FLAME_MODE_USER,
                                   .ip = 0x1025,
                                   .period = 1,
                                   .chain = chain,
                                   .chain_count = depth,
                                   .branches = branches,
                                   .branch_count = branch_count };
    builder_sample(s->b, &sample);
}

static void calls_that_the_processor_kept_are_the_callers_exactly(void **state)
{
    struct scene *s = *state;
    struct flame_event_attr attr = lbr_attr();
    /* The first byte of inner calls leaf, and the last of _start calls inner. */
    const uint8_t *calls = WORDS(0x1010, 0x1020, 0, 0x103f, 0x1010, 0);
    FOR_BOTH_ORDERS(big)
    {
        begin_with(s, (struct builder_options){ .big_endian = big }, &attr);
        branch_sample(s, 10, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1005), 2, calls);
        branch_sample(s, 20, 4, WORDS(FLAME_CONTEXT_KERNEL, kernel, FLAME_CONTEXT_USER, 0x1025), 2,
                      calls);
        branch_sample(s, 30, 2, WORDS(FLAME_CONTEXT_KERNEL, kernel), 2, calls);
        branch_sample(s, 40, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1005), 0, NULL);
        write_file(s, 0);
        struct flame_verdict v = expect(s, plain,
                                        "app;[unknown] 1\napp;_start;inner;leaf 1\n"
                                        "app;_start;inner;leaf;[unknown] 1\napp;leaf 1\n");
        assert_true(v.branch_stacks);
    }
}

static void branches_that_are_no_call_stack_are_none(void **state)
{
    struct scene *s = *state;
    struct flame_event_attr attr = lbr_attr();
    attr.branch_sample_type &= ~(uint64_t)FLAME_BRANCH_CALL_STACK;
    begin_with(s, (struct builder_options){ 0 }, &attr);
    branch_sample(s, 10, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1005), 1, WORDS(0x1010, 0x1020, 0));
    write_file(s, 0);
    assert_false(expect(s, plain, "app;outer;leaf 1\n").branch_stacks);
}

static void deferred(struct scene *s, uint64_t time, int32_t tid, uint64_t cookie, uint64_t count,
                     const uint8_t *ips)
{
    struct flame_record r = { .type = FLAME_RECORD_CALLCHAIN_DEFERRED,
                              .misc = FLAME_MODE_USER,
                              .where = { PID, tid, time, 71, 0, 0 },
                              .chain = { cookie, count, ips } };
    builder_record(s->b, &r);
}

static void a_chain_that_comes_later_joins_its_samples(void **state)
{
    struct scene *s = *state;
    for (int form = 0; form < 4; form++) {
        begin_with(s, (struct builder_options){ .big_endian = form & 1 }, &cycles);
        if (form & 2)
            builder_compressed_begin(s->b);
        sample(s, 10, PID, 1, 4,
               WORDS(FLAME_CONTEXT_KERNEL, kernel, FLAME_CONTEXT_USER_DEFERRED, 7));
        sample(s, 20, PID, 2, 2, WORDS(FLAME_CONTEXT_USER_DEFERRED, 7));
        /* Neither another thread's nor one of another cookie. */
        deferred(s, 25, 6, 7, 1, WORDS(0x1505));
        deferred(s, 26, PID, 8, 1, WORDS(0x1505));
        deferred(s, 30, PID, 7, 2, WORDS(0x1025, 0x1015));
        /* The same cookie again; and with a mark of its own, which does no harm. */
        sample(s, 40, PID, 4, 2, WORDS(FLAME_CONTEXT_USER_DEFERRED, 7));
        deferred(s, 50, PID, 7, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1005));
        if (form & 2)
            builder_compressed_end(s->b, 100, FLAME_RECORD_COMPRESSED);
        write_file(s, 0);
        struct flame_verdict v =
            expect(s, plain, "app;inner;leaf 2\napp;inner;leaf;[unknown] 1\napp;outer;leaf 4\n");
        assert_int_equal(v.unmerged_chains, 0);
        assert_int_equal(v.without_stack, 0);
        assert_int_equal(v.unknown_records, 0);
    }
}

/* 40 stacks of 2,500 frames are more than a worker has room for at once. */
static void stacks_that_fill_the_room_are_put_together_all_the_same(void **state)
{
    enum { DEEP = 2500, STACKS = 40 };
    struct scene *s = *state;
    static uint64_t ips[DEEP];
    for (size_t i = 0; i < DEEP; i++)
        ips[i] = 0x1015;
    begin_with(s, (struct builder_options){ 0 }, &cycles);
    for (uint64_t i = 0; i < STACKS; i++)
        sample(s, i + 1, PID, 1, 2, WORDS(FLAME_CONTEXT_USER_DEFERRED, 7));
    deferred(s, 1000, PID, 7, DEEP, (const uint8_t *)ips);
    write_file(s, 0);
    struct flame_session *session = open_with(s, plain);
    const struct flame_stacks *stacks = flame_session_stacks(session);
    assert_int_equal(stacks->stack_count, 1);
    assert_int_equal(stacks->stacks[0].weight, STACKS);
    assert_int_equal(stacks->stacks[0].depth, 1 + DEEP); /* the thread, too */
    flame_session_close(session);
}

static void without_the_later_chain_the_frames_that_are_there_count(void **state)
{
    struct scene *s = *state;
    begin_with(s, (struct builder_options){ 0 }, &cycles);
    deferred(s, 5, PID, 7, 1, WORDS(0x1005)); /* earlier than the sample: of another one */
    sample(s, 10, PID, 1, 4, WORDS(FLAME_CONTEXT_KERNEL, kernel, FLAME_CONTEXT_USER_DEFERRED, 7));
    sample(s, 20, PID, 2, 2, WORDS(FLAME_CONTEXT_USER_DEFERRED, 9));
    write_file(s, 0);
    struct flame_verdict v = expect(s, plain, "app;[unknown] 1\napp;leaf 2\n");
    assert_int_equal(v.unmerged_chains, 2);
    assert_int_equal(v.without_stack, 1);
}

/* What perf's BPF program writes, and the size of RAW, which ends with padding. */
struct off_cpu_raw {
    uint32_t pid, tid;
    uint64_t period, count, ips[3], cgroup;
    uint32_t padding;
};
enum { RAW_SIZE = offsetof(struct off_cpu_raw, padding) + 4 };

static struct flame_event_attr off_cpu_attr(uint64_t more)
{
    struct flame_event_attr attr = cycles;
    attr.type = 1;
    attr.config = 10;
    attr.sample_type &= ~(uint64_t)FLAME_SAMPLE_CALLCHAIN;
    attr.sample_type |= more;
    return attr;
}

static void off_cpu_sample(struct scene *s, struct flame_sample with)
{
    with.where = (struct flame_sample_id){ 0, 0, 0xffffffff00000001, 72, 0, 0 };
    with.misc = FLAME_MODE_USER;
    with.attr = 1;
    builder_sample(s->b, &with);
}

static void time_off_the_processor_is_told_by_raw_bytes(void **state)
{
    struct scene *s = *state;
    struct flame_session_options options = plain;
    struct flame_event_attr attr = off_cpu_attr(FLAME_SAMPLE_RAW);
    struct off_cpu_raw raw = { .pid = PID,
                               .tid = 6,
                               .period = 12345,
                               .count = 3,
                               .ips = { FLAME_CONTEXT_USER, 0x1025, 0x1015 } };
    options.event = "offcpu-time";
    begin_with(s, (struct builder_options){ 0 }, &cycles);
    builder_attr(s->b, &attr, "offcpu-time", 1, (uint64_t[]){ 72 });
    sample(s, 10, PID, 1, 2, WORDS(FLAME_CONTEXT_USER, 0x1025));
    comm_at(s, 20, 6, "early");
    off_cpu_sample(s, (struct flame_sample){ .raw = { (const uint8_t *)&raw, RAW_SIZE } });
    comm_at(s, 1000, 6, "last"); /* the samples stand for all of the thread's life */
    raw.count = 1000;
    off_cpu_sample(s, (struct flame_sample){ .raw = { (const uint8_t *)&raw, RAW_SIZE } });
    write_file(s, 0);

    struct flame_session *session = open_with(s, options);
    const struct flame_verdict *v = flame_session_verdict(session);
    assert_folded(session, "last;inner;leaf 12345\n");
    assert_int_equal(flame_session_stacks(session)->unit, FLAME_UNIT_NANOSECONDS);
    assert_int_equal(v->bad_records, 1);
    assert_non_null(strstr(v->first_bad.text, "sample.raw.ips"));
    flame_session_close(session);
    expect(s, plain, "app;leaf 1\n"); /* it is not the earliest event */
}

static void time_off_the_processor_may_come_as_an_ordinary_sample(void **state)
{
    struct scene *s = *state;
    struct flame_session_options options = plain;
    struct flame_event_attr attr = off_cpu_attr(FLAME_SAMPLE_CALLCHAIN);
    options.event = "offcpu-time";
    begin_with(s, (struct builder_options){ 0 }, &cycles);
    builder_attr(s->b, &attr, "offcpu-time", 1, (uint64_t[]){ 72 });
    struct flame_sample sample = { .where = { PID, PID, 0xffffffff00000001, 72, 0, 0 },
                                   .misc = FLAME_MODE_USER,
                                   .attr = 1,
                                   .period = 99,
                                   .chain = WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1005),
                                   .chain_count = 3 };
    builder_sample(s->b, &sample);
    write_file(s, 0);
    expect(s, options, "app;outer;leaf 99\n");
}

/* One sample of what the attr's sample_type leaves, and what becomes of it. */
static void check_without(struct scene *s, uint64_t missing, const char *want)
{
    struct flame_event_attr attr = cycles;
    attr.sample_type &= ~missing;
    attr.sample_period = 1;
    begin_with(s, (struct builder_options){ 0 }, &attr);
    sample(s, 10, PID, 1, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1005));
    write_file(s, 0);
    assert_int_equal(expect(s, plain, want).samples, 1);
}

static void a_sample_may_lack_anything(void **state)
{
    struct scene *s = *state;
    check_without(s, 0, "app;outer;leaf 1\n");
    check_without(s, FLAME_SAMPLE_TIME, "app;outer;leaf 1\n");
    check_without(s, FLAME_SAMPLE_IDENTIFIER, "app;outer;leaf 1\n");
    check_without(s, FLAME_SAMPLE_PERIOD, "app;outer;leaf 1\n");
    check_without(s, FLAME_SAMPLE_CALLCHAIN, "app;leaf 1\n");
    check_without(s, FLAME_SAMPLE_IP, "app;outer;leaf 1\n");
    check_without(s, FLAME_SAMPLE_IP | FLAME_SAMPLE_CALLCHAIN, "app;[unknown] 1\n");
    check_without(s, FLAME_SAMPLE_TID, ":-1;[unknown];[unknown] 1\n");
    check_without(s, cycles.sample_type, ":-1;[unknown] 1\n");
}

/* Two events that lay their samples out alike, without ids: perf takes all for the first one's. */
static void samples_of_several_events_without_ids_are_the_first_ones(void **state)
{
    struct scene *s = *state;
    struct flame_event_attr attr = cycles;
    attr.sample_type &= ~(uint64_t)FLAME_SAMPLE_IDENTIFIER;
    begin_with(s, (struct builder_options){ 0 }, &attr);
    builder_attr(s->b, &attr, "other", 1, (uint64_t[]){ 72 });
    sample(s, 10, PID, 1, 2, WORDS(FLAME_CONTEXT_USER, 0x1025));
    write_file(s, 0);
    assert_int_equal(expect(s, plain, "app;leaf 1\n").event_count, 1);
}

static void only_kernel_and_user_addresses_are_looked_up(void **state)
{
    struct scene *s = *state;
    begin_with(s, (struct builder_options){ 0 }, &cycles);
    const uint16_t modes[] = { FLAME_MODE_UNKNOWN, FLAME_MODE_HYPERVISOR, FLAME_MODE_USER };
    for (size_t i = 0; i < 3; i++) {
        struct flame_sample bare = {
            .where = { PID, PID, 10 + i, 71, 0, 0 }, .misc = modes[i], .ip = 0x1025, .period = 1
        };
        builder_sample(s->b, &bare);
    }
    /* The chain's own marks decide, where there are any. */
    struct flame_sample marked = { .where = { PID, PID, 20, 71, 0, 0 },
                                   .misc = FLAME_MODE_UNKNOWN,
                                   .period = 4,
                                   .chain =
                                       WORDS(FLAME_CONTEXT_USER, 0x1005, FLAME_CONTEXT_HV, 0x1005),
                                   .chain_count = 4 };
    builder_sample(s->b, &marked);
    write_file(s, 0);
    expect(s, plain, "app;[unknown] 2\napp;[unknown];outer 4\napp;leaf 1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(calls_that_the_processor_kept_are_the_callers_exactly),
        SCENE(branches_that_are_no_call_stack_are_none),
        SCENE(a_chain_that_comes_later_joins_its_samples),
        SCENE(stacks_that_fill_the_room_are_put_together_all_the_same),
        SCENE(without_the_later_chain_the_frames_that_are_there_count),
        SCENE(time_off_the_processor_is_told_by_raw_bytes),
        SCENE(time_off_the_processor_may_come_as_an_ordinary_sample),
        SCENE(a_sample_may_lack_anything),
        SCENE(samples_of_several_events_without_ids_are_the_first_ones),
        SCENE(only_kernel_and_user_addresses_are_looked_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
