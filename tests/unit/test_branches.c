/* Recorded branches: the tables that count them, and in whose code they are found. */
#include "pipeline_branches.h"
#include "scene.h"

static bool add(struct flame_branches *b, uint64_t from, uint64_t before, bool mispredicted,
                uint16_t run)
{
    struct flame_branch_key key = { .from = from, .before = before, .has_before = before != 0 };
    return flame_branches_add(b, &key, mispredicted, run);
}

TEST(equal_branches_add_up)
{
    struct flame_branches b = { 0 };
    assert_true(add(&b, 0x10, 0x8, true, 5));
    assert_true(add(&b, 0x10, 0x8, false, 0));
    assert_true(add(&b, 0x10, 0x8, false, 3));
    assert_true(add(&b, 0x10, 0x8, true, 65535));
    assert_int_equal(b.list.count, 1);
    const struct flame_branch_sum *sum = b.list.items;
    assert_int_equal(sum->taken, 4);
    assert_int_equal(sum->mispredicted, 2);
    assert_int_equal(sum->runs, 3); /* cycles 0: not measured */
    assert_int_equal(sum->cycles, 65543);
    assert_int_equal(sum->least, 3);
    assert_int_equal(sum->most, 65535);
    flame_branches_deinit(&b);
}

TEST(each_circumstance_tells_branches_apart)
{
    struct flame_branches b = { 0 };
    struct flame_branch_key key = { 1, 0, 1, 1, 1, 0 };
    struct flame_branch_key others[] = { { 2, 0, 1, 1, 1, 0 }, { 1, 0, 1, 1, 1, 1 },
                                         { 1, 2, 1, 1, 1, 1 }, { 1, 0, 2, 1, 1, 0 },
                                         { 1, 0, 1, 2, 1, 0 }, { 1, 0, 1, 1, 2, 0 } };
    for (int times = 0; times < 2; times++) {
        assert_true(flame_branches_add(&b, &key, false, 1));
        for (size_t i = 0; i < 6; i++)
            assert_true(flame_branches_add(&b, &others[i], false, 1));
    }
    assert_int_equal(b.list.count, 7);
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(b.list.items[i].taken, 2);
    flame_branches_deinit(&b);
}

TEST(many_branches_keep_their_sums)
{
    struct flame_branches b = { 0 };
    for (uint64_t i = 0; i < 100000; i++)
        assert_true(add(&b, i * 7919 % 5000 * 16, 1, false, (uint16_t)(i % 7)));
    assert_int_equal(b.list.count, 5000);
    uint64_t sum = 0;
    for (size_t i = 0; i < b.list.count; i++) {
        assert_int_equal(b.list.items[i].taken, 20);
        sum += b.list.items[i].cycles;
    }
    assert_int_equal(sum, 100000 / 7 * 21 + 0 + 1 + 2 + 3 + 4);
    flame_branches_seal(&b);
    assert_int_equal(b.list.count, 5000);
    flame_branches_deinit(&b);
}

/* A flag word as a machine of this order has it. */
static uint64_t flags(bool mispredicted, uint64_t run, bool big)
{
    return big ? (uint64_t)mispredicted << 63 | run << 44
               : (uint64_t)mispredicted | (uint64_t)!mispredicted << 1 | run << 4;
}

static void begin_branches(struct scene *s, bool big, uint64_t kinds)
{
    struct flame_event_attr attr = cycles;
    forget(s);
    s->b = builder_new((struct builder_options){ .big_endian = big });
    attr.sample_type |= FLAME_SAMPLE_BRANCH_STACK;
    attr.branch_sample_type = kinds;
    builder_attr(s->b, &attr, "cycles", 1, (uint64_t[]){ 71 });
    process(s);
}

static void sample_branches(struct scene *s, uint64_t time, const uint64_t *words, size_t count)
{
    struct flame_sample sample = { .where = { PID, PID, time, 71, 0, 0 },
                                   .misc = FLAME_MODE_USER,
                                   .ip = 0x1015,
                                   .period = 1,
                                   .chain = WORDS(FLAME_CONTEXT_USER, 0x1015),
                                   .chain_count = 2,
                                   .branches = (const uint8_t *)words,
                                   .branch_count = count };
    builder_sample(s->b, &sample);
}

/* What the session says of the function at an address, in the arena of its own. */
static struct flame_function_branches ask(struct scene *s, unsigned threads,
                                          enum flame_counted counted_as, uint64_t address,
                                          struct flame_arena *arena)
{
    struct flame_session_options options = plain;
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_function_branches out;
    struct flame_placed_branches placed = { 0 };
    options.threads = threads;
    struct flame_session *session =
        flame_session_begin(s->file, &options, counted_as, NULL, &error);
    assert_non_null(session);
    assert_int_equal(flame_pipeline_count(session, &error), FLAME_OK);
    uint32_t space =
        flame_timeline_at(&session->timeline, PID, PID, (struct flame_moment){ 10, 0 }).space;
    struct flame_symbol_query query = { .pc = address, .mode = FLAME_MODE_USER, .space = space };
    struct flame_symbol_place place;
    assert_int_equal(flame_symbolize_place(session->symbolizer, &query, &place), FLAME_OK);
    assert_non_null(place.symbol);
    assert_int_equal(flame_branches_place(session, (uint32_t[]){ 0 }, &placed), FLAME_OK);
    flame_arena_init(arena, SIZE_MAX);
    assert_int_equal(flame_branches_of(&placed, place.owner, place.symbol, arena, &out), FLAME_OK);
    flame_placed_branches_deinit(&placed);
    flame_session_close(session);
    return out;
}

static void assert_branch(const struct flame_branch_count *got, uint64_t offset, uint64_t taken,
                          uint64_t mispredicted)
{
    assert_int_equal(got->offset, offset);
    assert_int_equal(got->taken, taken);
    assert_int_equal(got->mispredicted, mispredicted);
}

static void assert_run(const struct flame_run_count *got, int start, uint64_t end, uint64_t count,
                       uint64_t sum, uint64_t least, uint64_t most)
{
    assert_int_equal(got->has_start, start >= 0);
    assert_int_equal(got->start, start >= 0 ? start : 0);
    assert_int_equal(got->end, end);
    assert_int_equal(got->count, count);
    assert_int_equal(got->cycles, sum);
    assert_int_equal(got->least, least);
    assert_int_equal(got->most, most);
}

/* Branches, the newest first. In inner, from 0x1010 on: entered from outer at its start, a loop
 * from +8 to +2, left from +12. */
static void branches_are_found_in_their_functions(void **state)
{
    struct scene *s = *state;
    for (int big = 0; big < 2; big++) {
        begin_branches(s, big, FLAME_BRANCH_USER | FLAME_BRANCH_ANY);
        uint64_t words[] = {
            0x101c, 0x1004, flags(false, 9, big), 0x1018, 0x1012, flags(true, 5, big),
            0x1018, 0x1012, flags(false, 0, big), 0x1018, 0x1012, flags(false, 4, big),
            0x1003, 0x1010, flags(false, 2, big), 0x0,    0x0,    0,
        };
        sample_branches(s, 10, words, 6);
        sample_branches(s, 11, words, 6);
        write_file(s, 0);
        for (unsigned threads = 1; threads <= 4; threads += 3) {
            struct flame_arena arena;
            struct flame_function_branches got =
                ask(s, threads, FLAME_COUNT_LEAVES, 0x1010, &arena);
            uint64_t taken = 0, mispredicted = 0, last = 0;
            for (size_t i = 0; i < got.branch_count; i++) {
                assert_true(got.branches[i].offset >= last);
                last = got.branches[i].offset;
                taken += got.branches[i].taken;
                mispredicted += got.branches[i].mispredicted;
            }
            assert_int_equal(taken, 8);
            assert_int_equal(mispredicted, 2);
            assert_branch(&got.branches[got.branch_count - 1], 12, 2, 0);
            assert_int_equal(got.run_count, 3);
            const struct flame_run_count *from_start =
                got.runs[0].start == 0 ? got.runs : got.runs + 1;
            const struct flame_run_count *loop = from_start == got.runs ? got.runs + 1 : got.runs;
            assert_run(from_start, 0, 8, 2, 8, 4, 4);
            assert_run(loop, 2, 8, 2, 10, 5, 5);
            assert_run(&got.runs[2], 2, 12, 2, 18, 9, 9);
            flame_arena_deinit(&arena);
            /* The branch before it is an empty entry. */
            got = ask(s, threads, FLAME_COUNT_CALLERS, 0x1000, &arena);
            assert_int_equal(got.branch_count, 1);
            assert_branch(&got.branches[0], 3, 2, 0);
            assert_run(&got.runs[0], -1, 3, 2, 4, 2, 2);
            flame_arena_deinit(&arena);
            got = ask(s, threads, FLAME_COUNT_LEAVES, 0x1020, &arena);
            assert_int_equal(got.branch_count + got.run_count, 0);
            flame_arena_deinit(&arena);
        }
    }
}

/* A run that comes back behind its end, or begins where it ends, has no start. */
static void a_run_has_at_least_two_instructions(void **state)
{
    struct scene *s = *state;
    struct flame_arena arena;
    begin_branches(s, false, FLAME_BRANCH_ANY);
    sample_branches(s, 10,
                    (uint64_t[]){ 0x1014, 0x1010, flags(false, 1, false), 0x1012, 0x1014,
                                  flags(false, 2, false), 0x1010, 0x1018, flags(false, 3, false) },
                    3);
    write_file(s, 0);
    struct flame_function_branches got = ask(s, 1, FLAME_COUNT_LEAVES, 0x1010, &arena);
    assert_int_equal(got.run_count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_false(got.runs[i].has_start);
    flame_arena_deinit(&arena);
}

static void some_kinds_of_branch_leave_no_runs(void **state)
{
    static const struct {
        uint64_t kinds;
        bool branches, starts;
    } cases[] = {
        { FLAME_BRANCH_USER | FLAME_BRANCH_ANY, true, true },
        { 0, true, true }, /* made of a processor trace */
        { FLAME_BRANCH_ANY_CALL, true, false },
        { FLAME_BRANCH_USER | FLAME_BRANCH_COND, true, false },
        { FLAME_BRANCH_USER | FLAME_BRANCH_CALL_STACK, false, false },
    };
    struct scene *s = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct flame_arena arena;
        begin_branches(s, false, cases[i].kinds);
        sample_branches(s, 10,
                        (uint64_t[]){ 0x101c, 0x1004, flags(false, 9, false), 0x1018, 0x1012,
                                      flags(false, 5, false) },
                        2);
        write_file(s, 0);
        struct flame_function_branches got = ask(s, 1, FLAME_COUNT_LEAVES, 0x1010, &arena);
        assert_int_equal(got.branch_count, cases[i].branches ? 2 : 0);
        assert_int_equal(got.run_count, got.branch_count);
        if (got.run_count)
            assert_int_equal(got.runs[1].has_start, cases[i].starts);
        flame_arena_deinit(&arena);
    }
}

/* Such a sample has no cycles at all, as perf has it. */
static void a_sample_whose_newest_branch_has_no_cycles_has_no_runs(void **state)
{
    struct scene *s = *state;
    struct flame_arena arena;
    begin_branches(s, false, FLAME_BRANCH_ANY);
    sample_branches(s, 10,
                    (uint64_t[]){ 0x101c, 0x1004, flags(false, 0, false), 0x1018, 0x1012,
                                  flags(true, 5, false) },
                    2);
    write_file(s, 0);
    struct flame_function_branches got = ask(s, 1, FLAME_COUNT_LEAVES, 0x1010, &arena);
    assert_int_equal(got.branch_count, 2);
    assert_branch(&got.branches[0], 8, 1, 1);
    assert_int_equal(got.run_count, 0);
    flame_arena_deinit(&arena);
}

static void flame_graphs_count_no_branches(void **state)
{
    struct scene *s = *state;
    struct flame_arena arena;
    begin_branches(s, false, FLAME_BRANCH_ANY);
    sample_branches(s, 10, (uint64_t[]){ 0x101c, 0x1004, flags(false, 9, false) }, 1);
    write_file(s, 0);
    struct flame_function_branches got = ask(s, 1, FLAME_COUNT_STACKS, 0x1010, &arena);
    assert_int_equal(got.branch_count + got.run_count, 0);
    flame_arena_deinit(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_branches_add_up),
        cmocka_unit_test(each_circumstance_tells_branches_apart),
        cmocka_unit_test(many_branches_keep_their_sums),
        SCENE(branches_are_found_in_their_functions),
        SCENE(a_run_has_at_least_two_instructions),
        SCENE(some_kinds_of_branch_leave_no_runs),
        SCENE(a_sample_whose_newest_branch_has_no_cycles_has_no_runs),
        SCENE(flame_graphs_count_no_branches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
