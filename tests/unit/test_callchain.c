/* Reading recorded callchains: marks, modes, and which entries are return addresses. */
#include "callchain.h"
#include "lbr.h"
#include "root.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define READ(words, out)                                                                           \
    flame_callchain_read((const uint8_t *)(words), sizeof(words) / 8, false, out,                  \
                         sizeof(out) / sizeof *(out))

static void first_entry_behind_a_mark_is_exact_and_callers_are_not(void **state)
{
    (void)state;
    const uint64_t words[] = { FLAME_CONTEXT_KERNEL, 0xffffffff81000001, 0xffffffff81000002,
                               FLAME_CONTEXT_USER,   0x401000,           0x402000 };
    struct flame_pc pcs[8];
    assert_int_equal(READ(words, pcs), 4);
    assert_int_equal(pcs[0].mode, FLAME_MODE_KERNEL);
    assert_false(pcs[0].at_call);
    assert_true(pcs[1].at_call);
    assert_int_equal(pcs[2].mode, FLAME_MODE_USER);
    assert_int_equal(pcs[2].pc, 0x401000);
    assert_false(pcs[2].at_call);
    assert_true(pcs[3].at_call);
}

static void entries_before_any_mark_are_user_space(void **state)
{
    (void)state;
    const uint64_t words[] = { 0xffffffff81000001 };
    struct flame_pc pcs[2];
    assert_int_equal(READ(words, pcs), 1);
    assert_int_equal(pcs[0].mode, FLAME_MODE_USER);
    assert_false(pcs[0].at_call);
}

static void an_unknown_mark_loses_only_what_is_behind_it(void **state)
{
    (void)state;
    const uint64_t words[] = { FLAME_CONTEXT_KERNEL, 0xffffffff81000001,
                               (uint64_t)-3000,      0x1234,
                               FLAME_CONTEXT_USER,   0x401000 };
    struct flame_pc pcs[8];
    assert_int_equal(READ(words, pcs), 2);
    assert_int_equal(pcs[0].pc, 0xffffffff81000001);
    assert_int_equal(pcs[1].pc, 0x401000);
}

static void the_cookie_behind_a_deferred_mark_is_no_address(void **state)
{
    (void)state;
    const uint64_t words[] = { FLAME_CONTEXT_KERNEL, 0xffffffff81000001,
                               FLAME_CONTEXT_USER_DEFERRED, 0x300000007 };
    struct flame_pc pcs[8];
    assert_int_equal(READ(words, pcs), 1);
    assert_int_equal(pcs[0].pc, 0xffffffff81000001);
}

static void zero_is_an_address_like_any_other(void **state)
{
    (void)state;
    const uint64_t words[] = { FLAME_CONTEXT_USER, 0x401000, 0 };
    struct flame_pc pcs[8];
    assert_int_equal(READ(words, pcs), 2);
    assert_int_equal(pcs[1].pc, 0);
}

static void a_foreign_byte_order_is_turned(void **state)
{
    (void)state;
    const uint64_t words[] = { __builtin_bswap64(FLAME_CONTEXT_USER), __builtin_bswap64(0x401000) };
    struct flame_pc pcs[8];
    assert_int_equal(flame_callchain_read((const uint8_t *)words, 2, true, pcs, 8), 1);
    assert_int_equal(pcs[0].pc, 0x401000);
}

static void no_more_frames_than_there_is_room_for(void **state)
{
    (void)state;
    const uint64_t words[] = { 1, 2, 3, 4 };
    struct flame_pc pcs[2];
    assert_int_equal(READ(words, pcs), 2);
}

static void frames_behind_a_guests_mark_are_not_frames_of_the_host(void **state)
{
    (void)state;
    const uint64_t marks[] = { (uint64_t)-2048, (uint64_t)-2176, (uint64_t)-2560 };
    for (size_t i = 0; i < 3; i++) {
        const uint64_t words[] = { marks[i], 0x401000, 0x402000, FLAME_CONTEXT_USER, 0x403000 };
        struct flame_pc pcs[8];
        assert_int_equal(READ(words, pcs), 1);
        assert_int_equal(pcs[0].pc, 0x403000);
    }
}

/* Two entries of from, to, flags: main called work at 0x401100, work called step at 0x402200. */
static const uint64_t branches[] = { 0x402200, 0x403000, 0, 0x401100, 0x402000, 0 };

static size_t join(const uint64_t *chain, size_t count, size_t branch_count, uint64_t *out)
{
    return flame_lbr_join((const uint8_t *)chain, count, (const uint8_t *)branches, branch_count,
                          false, out);
}

static void branch_records_stand_in_for_the_callers_in_user_space(void **state)
{
    (void)state;
    const uint64_t chain[] = { FLAME_CONTEXT_KERNEL, 0xffffffff81000001, 0xffffffff81000002,
                               FLAME_CONTEXT_USER,   0x403010,           0xdead };
    uint64_t words[9];
    struct flame_pc pcs[8];
    size_t n = join(chain, 6, 2, words);
    assert_int_equal(n, 7);
    assert_int_equal(flame_lbr_read((const uint8_t *)words, n, false, pcs, 8), 5);
    assert_int_equal(pcs[1].pc, 0xffffffff81000002);
    assert_true(pcs[1].at_call); /* the kernel's part is what it was */
    const uint64_t user[] = { 0x403010, 0x402200, 0x401100 };
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(pcs[2 + i].pc, user[i]);
        assert_int_equal(pcs[2 + i].mode, FLAME_MODE_USER);
        assert_false(pcs[2 + i].at_call); /* from is the call itself */
    }
}

static void where_the_program_was_is_asked_of_the_branches_only_if_the_chain_is_silent(void **state)
{
    (void)state;
    const uint64_t silent[] = { FLAME_CONTEXT_USER };
    const uint64_t marked[] = { FLAME_CONTEXT_USER, FLAME_CONTEXT_KERNEL };
    const uint64_t spoken[] = { FLAME_CONTEXT_USER, 0x403010, 0xdead };
    uint64_t words[6];
    assert_int_equal(join(silent, 1, 2, words), 4);
    assert_int_equal(words[1], 0x403000);
    assert_int_equal(words[2], 0x402200);
    assert_int_equal(join(marked, 2, 2, words), 4);
    assert_int_equal(words[1], 0x403000);
    assert_int_equal(join(silent, 1, 0, words), 1);
    assert_int_equal(join(spoken, 3, 0, words), 2); /* no callers, and none by frame pointers */
    assert_int_equal(words[1], 0x403010);
}

static void without_a_user_part_the_branches_say_nothing_about_the_stack(void **state)
{
    (void)state;
    const uint64_t chain[] = { FLAME_CONTEXT_KERNEL, 0xffffffff81000001 };
    uint64_t words[5];
    assert_int_equal(join(chain, 2, 2, words), 0);
    assert_int_equal(join(chain, 0, 2, words), 0);
}

static void branch_chains_of_a_foreign_byte_order_are_joined_in_it(void **state)
{
    (void)state;
    uint64_t chain[] = { FLAME_CONTEXT_USER, 0x403010 }, foreign[6], words[5];
    for (size_t i = 0; i < 2; i++)
        chain[i] = __builtin_bswap64(chain[i]);
    for (size_t i = 0; i < 6; i++)
        foreign[i] = __builtin_bswap64(branches[i]);
    struct flame_pc pcs[4];
    size_t n = flame_lbr_join((uint8_t *)chain, 2, (uint8_t *)foreign, 2, true, words);
    assert_int_equal(flame_lbr_read((uint8_t *)words, n, true, pcs, 4), 3);
    assert_int_equal(pcs[0].pc, 0x403010);
    assert_int_equal(pcs[2].pc, 0x401100);
}

static void roots_are_known_with_and_without_symbol_version(void **state)
{
    (void)state;
    const char *const yes[] = { "_start",   "__libc_start_main@@GLIBC_2.34", "start_thread",
                                "__clone3", "runtime.goexit.abi0",           "ret_from_fork_asm",
                                "clone",    "secondary_startup_64_no_verify" };
    const char *const no[] = { "main", "_starting", "cloned", "", "@", "[libc.so.6]", "start" };
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(flame_root_is(flame_str_from(yes[i])));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(flame_root_is(flame_str_from(no[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_entry_behind_a_mark_is_exact_and_callers_are_not),
        cmocka_unit_test(entries_before_any_mark_are_user_space),
        cmocka_unit_test(an_unknown_mark_loses_only_what_is_behind_it),
        cmocka_unit_test(the_cookie_behind_a_deferred_mark_is_no_address),
        cmocka_unit_test(zero_is_an_address_like_any_other),
        cmocka_unit_test(a_foreign_byte_order_is_turned),
        cmocka_unit_test(no_more_frames_than_there_is_room_for),
        cmocka_unit_test(frames_behind_a_guests_mark_are_not_frames_of_the_host),
        cmocka_unit_test(branch_records_stand_in_for_the_callers_in_user_space),
        cmocka_unit_test(
            where_the_program_was_is_asked_of_the_branches_only_if_the_chain_is_silent),
        cmocka_unit_test(without_a_user_part_the_branches_say_nothing_about_the_stack),
        cmocka_unit_test(branch_chains_of_a_foreign_byte_order_are_joined_in_it),
        cmocka_unit_test(roots_are_known_with_and_without_symbol_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
