/* test_jitdump.c: records of jit-PID.dump, whole, cut short, and wrong. */
#include "check.h"
#include "jitdump.h"
#include "jitdump_builder.h"

#include <stdlib.h>

enum { X86_64 = 62, PID = 5, CLOSE = 3, UNWINDING_INFO = 4, UNKNOWN = 77 };

static const char code[] = "\x55\x89\xe5\xc3";

/* Five records that are of use between others that are not. */
static struct jitdump_builder usual(bool big_endian)
{
    static const struct jitdump_line lines[] = {
        { 0x1000, 3, "a.js" }, { 0x1002, 4, "\xff" }, { 0x1003, 9, "b.js" }, { 0x1003, 9, "\xff" }
    };
    struct jitdump_builder d = { .big_endian = big_endian };
    jitdump_header(&d, X86_64, PID, 0);
    jitdump_load(&d, 10, PID, 0x2000, 6, "first name", code, 4);
    jitdump_lines(&d, 20, 0x1000, lines, 4);
    jitdump_begin(&d, UNWINDING_INFO, 20);
    jitdump_u64(&d, 0);
    jitdump_u64(&d, 0);
    jitdump_u64(&d, 0);
    jitdump_end(&d);
    jitdump_load(&d, 21, PID, 0x1000, UINT64_C(1) << 40, "second", code, 4);
    jitdump_begin(&d, UNKNOWN, 22);
    jitdump_bytes(&d, "abc", 3);
    jitdump_end(&d);
    jitdump_move(&d, 30, PID, 0x2000, 0x3000, 4, 6);
    jitdump_begin(&d, CLOSE, 40);
    jitdump_end(&d);
    jitdump_load(&d, 50, PID, 0x4000, 7, "", "", 0);
    return d;
}

/* A copy without room behind it, so that a sanitizer sees every byte that is read too much. */
static uint8_t *exact_copy(const struct jitdump_builder *d, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    if (size)
        memcpy(copy, d->bytes, size);
    return copy;
}

/* Read all there is, lines too, as far as it goes; how many records. */
static size_t read_all(const void *bytes, size_t size, size_t *corrupt)
{
    struct flame_jitdump dump;
    struct flame_jitdump_record r;
    struct flame_error error = FLAME_ERROR_INIT;
    size_t count = 0;
    *corrupt = 0;
    if (flame_jitdump_open(&dump, bytes, size, "jit-5.dump", &error) != FLAME_OK)
        return 0;
    uint64_t at = dump.first;
    for (;;) {
        enum flame_status status = flame_jitdump_next(&dump, &at, &r, &error);
        if (status == FLAME_EMPTY)
            return count;
        *corrupt += status != FLAME_OK;
        count += status == FLAME_OK;
        struct flame_jitdump_line line;
        struct flame_jitdump_lines lines = flame_jitdump_lines(&dump, &r);
        while (status == FLAME_OK && r.type == FLAME_JITDUMP_DEBUG &&
               flame_jitdump_line(&lines, &line))
            continue;
    }
}

TEST(the_header_says_whose_code_it_is)
{
    FOR_BOTH_ORDERS(big)
    {
        struct jitdump_builder d = { .big_endian = big };
        struct flame_jitdump dump;
        jitdump_header(&d, X86_64, PID, big);
        assert_memory_equal(d.bytes, big ? "JiTD" : "DTiJ", 4);
        assert_int_equal(flame_jitdump_open(&dump, d.bytes, d.size, "p", NULL), FLAME_OK);
        assert_int_equal(dump.machine, X86_64);
        assert_int_equal(dump.pid, PID);
        assert_int_equal(dump.big_endian, big);
        assert_int_equal(dump.arch_clock, big);
        assert_int_equal(dump.first, 40);
        jitdump_free(&d);
    }
}

static void assert_refused(struct jitdump_builder *d, enum flame_status status, uint64_t offset)
{
    struct flame_jitdump dump;
    struct flame_error error = FLAME_ERROR_INIT;
    assert_int_equal(flame_jitdump_open(&dump, d->bytes, d->size, "p", &error), status);
    assert_int_equal(error.status, status);
    assert_int_equal(error.offset, offset);
}

TEST(what_is_no_jitdump_or_another_version_is_refused)
{
    FOR_BOTH_ORDERS(big)
    {
        struct jitdump_builder d = { .big_endian = big };
        jitdump_header(&d, X86_64, PID, 0);
        jitdump_patch(&d, 4, 4, 2);
        assert_refused(&d, FLAME_UNSUPPORTED, 4);
        jitdump_patch(&d, 4, 4, 1);
        jitdump_patch(&d, 32, 8, 2);
        assert_refused(&d, FLAME_UNSUPPORTED, 32);
        jitdump_patch(&d, 32, 8, 0);
        jitdump_patch(&d, 8, 4, 39);
        assert_refused(&d, FLAME_CORRUPT, 8);
        jitdump_patch(&d, 8, 4, 41);
        assert_refused(&d, FLAME_CORRUPT, 8);
        d.bytes[0] ^= 1;
        assert_refused(&d, FLAME_FORMAT, 0);
        jitdump_free(&d);
    }
}

TEST(a_longer_header_is_stepped_over)
{
    struct jitdump_builder d = { .big_endian = false };
    struct flame_jitdump dump;
    struct flame_jitdump_record r;
    jitdump_header(&d, X86_64, PID, 0);
    jitdump_patch(&d, 8, 4, 48);
    jitdump_u64(&d, 0);
    jitdump_load(&d, 10, PID, 0x2000, 6, "f", code, 4);
    assert_int_equal(flame_jitdump_open(&dump, d.bytes, d.size, "p", NULL), FLAME_OK);
    uint64_t at = dump.first;
    assert_int_equal(flame_jitdump_next(&dump, &at, &r, NULL), FLAME_OK);
    assert_str(r.name, "f");
    jitdump_free(&d);
}

TEST(records_are_read_in_either_order_and_others_skipped)
{
    FOR_BOTH_ORDERS(big)
    {
        struct jitdump_builder d = usual(big);
        struct flame_jitdump dump;
        struct flame_jitdump_record r;
        struct flame_jitdump_line line;
        assert_int_equal(flame_jitdump_open(&dump, d.bytes, d.size, "p", NULL), FLAME_OK);
        uint64_t at = dump.first;
        assert_int_equal(flame_jitdump_next(&dump, &at, &r, NULL), FLAME_OK);
        assert_int_equal(r.type, FLAME_JITDUMP_LOAD);
        assert_int_equal(r.time_ns, 10);
        assert_int_equal(r.pid, PID);
        assert_int_equal(r.tid, PID + 1);
        assert_int_equal(r.address, 0x2000);
        assert_int_equal(r.index, 6);
        assert_str(r.name, "first name");
        assert_int_equal(r.code_size, 4);
        assert_memory_equal(r.code, code, 4);

        assert_int_equal(flame_jitdump_next(&dump, &at, &r, NULL), FLAME_OK);
        assert_int_equal(r.type, FLAME_JITDUMP_DEBUG);
        assert_int_equal(r.address, 0x1000);
        assert_int_equal(r.entry_count, 4);
        struct flame_jitdump_lines lines = flame_jitdump_lines(&dump, &r);
        const struct flame_jitdump_line want[] = { { 0x1000, 3, 0, { "a.js", 4 } },
                                                   { 0x1002, 4, 1, { "a.js", 4 } },
                                                   { 0x1003, 9, 2, { "b.js", 4 } },
                                                   { 0x1003, 9, 3, { "b.js", 4 } } };
        for (size_t i = 0; i < 4; i++) {
            assert_true(flame_jitdump_line(&lines, &line));
            assert_int_equal(line.address, want[i].address);
            assert_int_equal(line.line, want[i].line);
            assert_int_equal(line.discriminator, want[i].discriminator);
            assert_true(flame_str_equal(line.file, want[i].file));
        }
        assert_false(flame_jitdump_line(&lines, &line));

        assert_int_equal(flame_jitdump_next(&dump, &at, &r, NULL), FLAME_OK);
        assert_str(r.name, "second");
        assert_int_equal(r.index, UINT64_C(1) << 40);
        assert_int_equal(flame_jitdump_next(&dump, &at, &r, NULL), FLAME_OK);
        assert_int_equal(r.type, FLAME_JITDUMP_MOVE);
        assert_int_equal(r.old_address, 0x2000);
        assert_int_equal(r.address, 0x3000);
        assert_int_equal(r.code_size, 4);
        assert_int_equal(flame_jitdump_next(&dump, &at, &r, NULL), FLAME_OK);
        assert_str(r.name, "");
        assert_int_equal(r.code_size, 0);
        assert_int_equal(flame_jitdump_next(&dump, &at, &r, NULL), FLAME_EMPTY);
        jitdump_free(&d);
    }
}

/* A record of count entries of one file, whose first bytes are head's; it is filled up. */
static void overwritten(struct jitdump_builder *d, const char *file, const char head[16],
                        size_t count, size_t fill)
{
    size_t length = strlen(file), lost = length < 16 ? length : 16;
    jitdump_begin(d, 2, 20);
    jitdump_u64(d, 0x1000);
    jitdump_u64(d, count);
    for (size_t i = 0; i < count; i++) {
        jitdump_u64(d, 0x1000 + i);
        jitdump_u32(d, (uint32_t)i + 7);
        jitdump_u32(d, 0);
        jitdump_bytes(d, head, lost);
        jitdump_bytes(d, file + lost, length - lost + 1);
    }
    jitdump_bytes(d, "\0\0\0\0\0\0\0\0", fill);
    jitdump_end(d);
}

static bool is_overwritten(struct jitdump_builder *d, const char *file)
{
    struct flame_jitdump dump;
    struct flame_jitdump_record r;
    struct flame_jitdump_lines lines;
    struct flame_jitdump_line line;
    uint8_t *copy = exact_copy(d, d->size);
    assert_int_equal(flame_jitdump_open(&dump, copy, d->size, "p", NULL), FLAME_OK);
    uint64_t at = dump.first, count = 0;
    assert_int_equal(flame_jitdump_next(&dump, &at, &r, NULL), FLAME_OK);
    assert_int_equal(r.at, dump.first);
    bool yes = flame_jitdump_overwritten(&dump, &r, flame_str_from(file), &lines);
    for (; yes && flame_jitdump_line(&lines, &line); count++) {
        assert_int_equal(line.address, 0x1000 + count);
        assert_int_equal(line.line, 7 + count);
        assert_str(line.file, file);
    }
    assert_int_equal(count, yes ? r.entry_count : 0);
    free(copy);
    return yes;
}

/* V8 writes names out of memory that it has freed. */
TEST(entries_whose_names_were_overwritten_are_found_by_the_name)
{
    static const char head[] = "xe\0\0\0\0\0\0\xe2\x1c\xe1\x3c\x50\x73\x9b\x17";
    static const char file[] = "/home/u/project/script.js", other[] = "/home/u/project/scripT.js";
    FOR_BOTH_ORDERS(big)
    {
        struct jitdump_builder d = { .big_endian = big };
        const struct {
            const char *file, *asked, *head;
            size_t count, fill;
            bool yes;
        } cases[] = {
            { file, file, head, 25, 7, true },
            { file, file, head, 1, 0, true },
            { file, file, head, 0, 0, false },
            { file, file, head, 2, 8, false },
            { file, other, head, 2, 0, false },
            { file, file + 1, head, 2, 0, false },
            { file, file, "/home/u/projects", 2, 0, false }, /* another, in one piece */
            { file, file, file, 2, 0, false },
            { "/app/a.js", "/app/a.js", head, 2, 3, true },
            { "/app/a.js", "/app/a.js", head, 1, 3, false },
        };
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            jitdump_header(&d, X86_64, PID, 0);
            overwritten(&d, cases[i].file, cases[i].head, cases[i].count, cases[i].fill);
            assert_int_equal(is_overwritten(&d, cases[i].asked), cases[i].yes);
            jitdump_free(&d);
        }
        jitdump_header(&d, X86_64, PID, 0);
        overwritten(&d, file, head, 3, 0);
        jitdump_patch(&d, 40 + 32 + 42 + 16, 1, 'y'); /* the second name begins otherwise */
        assert_false(is_overwritten(&d, file));
        jitdump_free(&d);
    }
}

TEST(cut_anywhere_it_has_the_records_that_are_whole)
{
    FOR_BOTH_ORDERS(big)
    {
        struct jitdump_builder d = usual(big);
        size_t before = 0, corrupt;
        for (size_t size = 0; size <= d.size; size++) {
            uint8_t *cut = exact_copy(&d, size);
            size_t count = read_all(cut, size, &corrupt);
            assert_true(count == before || count == before + 1);
            assert_int_equal(corrupt, 0);
            before = count;
            free(cut);
        }
        assert_int_equal(before, 5);
        jitdump_free(&d);
    }
}

TEST(zeros_behind_the_last_record_are_no_record)
{
    struct jitdump_builder d = usual(false);
    size_t corrupt;
    jitdump_bytes(&d, (const uint8_t[100]){ 0 }, 100);
    assert_int_equal(read_all(d.bytes, d.size, &corrupt), 5);
    assert_int_equal(corrupt, 0);
    jitdump_free(&d);
}

TEST(a_size_below_a_records_head_ends_it)
{
    struct jitdump_builder d = usual(false);
    struct flame_jitdump dump;
    struct flame_jitdump_record r;
    struct flame_error error = FLAME_ERROR_INIT;
    jitdump_patch(&d, 44, 4, 15);
    assert_int_equal(flame_jitdump_open(&dump, d.bytes, d.size, "p", NULL), FLAME_OK);
    uint64_t at = dump.first;
    assert_int_equal(flame_jitdump_next(&dump, &at, &r, &error), FLAME_CORRUPT);
    assert_int_equal(error.offset, 40);
    assert_int_equal(flame_jitdump_next(&dump, &at, &r, &error), FLAME_EMPTY);
    jitdump_free(&d);
}

/* The first record is LOAD, at 40: its size of code at 80. */
TEST(code_longer_than_its_record_costs_that_record_alone)
{
    const uint64_t sizes[] = { 16, UINT32_MAX, UINT64_MAX, UINT64_MAX - 39, INT64_MAX };
    FOR_BOTH_ORDERS(big)
    {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            struct jitdump_builder d = usual(big);
            size_t corrupt;
            jitdump_patch(&d, 80, 8, sizes[i]);
            assert_int_equal(read_all(d.bytes, d.size, &corrupt), 4);
            assert_int_equal(corrupt, 1);
            jitdump_free(&d);
        }
    }
}

TEST(a_name_without_an_end_costs_that_record_alone)
{
    struct jitdump_builder d = usual(false);
    size_t corrupt;
    jitdump_patch(&d, 80, 8, 5); /* the name's NUL is now code */
    assert_int_equal(read_all(d.bytes, d.size, &corrupt), 4);
    assert_int_equal(corrupt, 1);
    jitdump_free(&d);
}

TEST(a_count_of_lines_that_cannot_be_is_cut_to_those_that_are)
{
    const uint64_t counts[] = { 5, UINT32_MAX, UINT64_MAX };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct jitdump_builder d = { .big_endian = false };
        struct flame_jitdump dump;
        struct flame_jitdump_record r;
        struct flame_jitdump_line line;
        size_t found = 0;
        jitdump_header(&d, X86_64, PID, 0);
        jitdump_lines(&d, 1, 0x1000, (const struct jitdump_line[]){ { 0x1000, 1, "f" } }, 1);
        jitdump_bytes(&d, "xxxxxxxxxxxxxxxxxxxxx", 21); /* an entry whose name has no end */
        jitdump_end(&d);
        jitdump_patch(&d, 40 + 24, 8, counts[i]);
        assert_int_equal(flame_jitdump_open(&dump, d.bytes, d.size, "p", NULL), FLAME_OK);
        uint64_t at = dump.first;
        assert_int_equal(flame_jitdump_next(&dump, &at, &r, NULL), FLAME_OK);
        assert_true(r.entry_count < 4);
        struct flame_jitdump_lines lines = flame_jitdump_lines(&dump, &r);
        while (flame_jitdump_line(&lines, &line))
            found++;
        assert_int_equal(found, 1);
        jitdump_free(&d);
    }
}

/* Every byte of a dump set to what is worst for it: nothing is read beyond the end. */
TEST(no_byte_makes_it_read_what_is_not_there)
{
    FOR_BOTH_ORDERS(big)
    {
        struct jitdump_builder d = usual(big);
        for (size_t at = 0; at < d.size; at++) {
            uint8_t *bytes = exact_copy(&d, d.size);
            size_t corrupt;
            bytes[at] = 0xff;
            read_all(bytes, d.size, &corrupt);
            bytes[at] = 0;
            read_all(bytes, d.size, &corrupt);
            free(bytes);
        }
        jitdump_free(&d);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_says_whose_code_it_is),
        cmocka_unit_test(what_is_no_jitdump_or_another_version_is_refused),
        cmocka_unit_test(a_longer_header_is_stepped_over),
        cmocka_unit_test(records_are_read_in_either_order_and_others_skipped),
        cmocka_unit_test(entries_whose_names_were_overwritten_are_found_by_the_name),
        cmocka_unit_test(cut_anywhere_it_has_the_records_that_are_whole),
        cmocka_unit_test(zeros_behind_the_last_record_are_no_record),
        cmocka_unit_test(a_size_below_a_records_head_ends_it),
        cmocka_unit_test(code_longer_than_its_record_costs_that_record_alone),
        cmocka_unit_test(a_name_without_an_end_costs_that_record_alone),
        cmocka_unit_test(a_count_of_lines_that_cannot_be_is_cut_to_those_that_are),
        cmocka_unit_test(no_byte_makes_it_read_what_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
