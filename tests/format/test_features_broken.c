/* test_features_broken.c: feature sections that contradict themselves or end too early. */
#include "check.h"
#include "feature.h"

/* Parse a section by itself, from memory of its very size. */
static enum flame_status parse(struct flame_perf_features *out, uint32_t bit, const void *bytes,
                               size_t size, struct flame_arena *arena, struct flame_error *error)
{
    uint8_t *copy = flame_arena_alloc(arena, size + 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    bool swap = __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__;
    return flame_perf_feature_parse(out, bit, flame_cursor_make(copy, size, 100, swap, "f", error),
                                    arena);
}

static void check_broken(uint32_t bit, const void *bytes, size_t size, enum flame_status want,
                         uint64_t offset)
{
    struct flame_perf_features out = { 0 };
    struct flame_arena arena;
    struct flame_error error = FLAME_ERROR_INIT;
    flame_arena_init(&arena, 1 << 20);
    assert_int_equal(parse(&out, bit, bytes, size, &arena, &error), want);
    assert_int_equal(out.sections[bit].status, want);
    assert_int_equal(error.offset, offset);
    assert_str(out.hostname, "");
    assert_int_equal(out.cpus_available, 0);
    assert_int_equal(out.e_machine, 0);
    assert_int_equal(out.clock_data.wall_ns, 0);
    flame_arena_deinit(&arena);
}

TEST(broken_scalars_are_not_stored)
{
    check_broken(FLAME_PERF_FEATURE_HOSTNAME, "\100\0\0\0box", 7, FLAME_TRUNCATED, 104);
    check_broken(FLAME_PERF_FEATURE_HOSTNAME, "\377\377\377\377box", 7, FLAME_TRUNCATED, 104);
    check_broken(FLAME_PERF_FEATURE_HOSTNAME, "\3\0", 2, FLAME_TRUNCATED, 100);
    check_broken(FLAME_PERF_FEATURE_NRCPUS, "\4\0\0\0\5\0\0\0", 8, FLAME_CORRUPT, 108);
    check_broken(FLAME_PERF_FEATURE_NRCPUS, "\0\0\0\1\0\0\0\1", 8, FLAME_CORRUPT, 108);
    check_broken(FLAME_PERF_FEATURE_NRCPUS, "\4\0\0\0\2\0\0", 7, FLAME_TRUNCATED, 104);
    check_broken(FLAME_PERF_FEATURE_E_MACHINE, "\4\0\0\0", 4, FLAME_TRUNCATED, 104);
    check_broken(FLAME_PERF_FEATURE_CLOCK_DATA, "\2\0\0\0\4\0\0\0aaaaaaaabbbbbbbb", 24,
                 FLAME_UNSUPPORTED, 124);
}

TEST(lists_keep_the_entries_before_the_break)
{
    struct flame_perf_features out = { 0 };
    struct flame_arena arena;
    flame_arena_init(&arena, 1 << 20);
    assert_int_equal(parse(&out, FLAME_PERF_FEATURE_CMDLINE, "\3\0\0\0\2\0\0\0a\0\2\0\0\0b\0\2\0",
                           18, &arena, NULL),
                     FLAME_TRUNCATED);
    assert_int_equal(out.cmdline.count, 2);
    assert_str(out.cmdline.items[1], "b");
    /* A count beyond belief, too. */
    assert_int_equal(parse(&out, FLAME_PERF_FEATURE_PMU_MAPPINGS,
                           "\377\377\377\377\4\0\0\0\4\0\0\0cpu\0", 16, &arena, NULL),
                     FLAME_CORRUPT);
    assert_int_equal(out.pmus.count, 1);
    assert_str(out.pmus.items[0].name, "cpu");
    flame_arena_deinit(&arena);
}

/* Every feature, filled with bytes that make large counts: nothing may be believed. */
TEST(counts_beyond_the_section_take_little_memory)
{
    static const uint8_t fills[] = { 0xff, 0x7f, 0x01, 0x00 };
    uint8_t bytes[512];
    for (size_t i = 0; i < sizeof fills; i++)
        for (uint32_t bit = 1; bit < FLAME_PERF_FEATURE_LIMIT; bit++)
            for (size_t size = 0; size <= sizeof bytes; size += 1 + size / 3) {
                struct flame_perf_features out = { .cpus_available = 1 << 20 };
                struct flame_arena arena;
                flame_arena_init(&arena, 1 << 20);
                memset(bytes, fills[i], sizeof bytes);
                parse(&out, bit, bytes, size, &arena, NULL);
                assert_true(arena.used <= 64 << 10);
                flame_arena_deinit(&arena);
            }
}

TEST(arena_that_is_full_is_told_from_damage)
{
    struct flame_perf_features out = { 0 };
    struct flame_arena arena;
    flame_arena_init(&arena, 0);
    struct flame_cursor c = flame_cursor_make("\1\0\0\0\2\0\0\0a\0", 10, 0,
                                              __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__, "f", NULL);
    assert_int_equal(flame_perf_feature_parse(&out, FLAME_PERF_FEATURE_CMDLINE, c, &arena),
                     FLAME_NOMEM);
    assert_int_equal(out.cmdline.count, 0);
    flame_arena_deinit(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_scalars_are_not_stored),
        cmocka_unit_test(lists_keep_the_entries_before_the_break),
        cmocka_unit_test(counts_beyond_the_section_take_little_memory),
        cmocka_unit_test(arena_that_is_full_is_told_from_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
