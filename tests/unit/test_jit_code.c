/* test_jit_code.c: a method of a jitdump as an object: its symbol, bytes and lines. */
#include "check.h"
#include "jit_dump.h"
#include "jitdump_builder.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { X86_64 = 62, PPC = 20, PID = 5, ADDRESS = 0x1000 };

static const char bytes[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
                            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/* A dump on disk, indexed. */
struct fixture {
    char path[32];
    struct flame_jit_dumps dumps;
    struct flame_symbol_places places;
};

static void open_fixture(struct fixture *f, struct jitdump_builder *d)
{
    *f = (struct fixture){ .path = "/tmp/flame-test-XXXXXX" };
    int fd = mkstemp(f->path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, d->bytes, d->size), d->size);
    close(fd);
    jitdump_free(d);
    struct flame_jit_dump dump;
    assert_int_equal(flame_jit_dump_open(&dump, f->path, NULL), FLAME_OK);
    assert_int_equal(flame_jit_dump_index(&dump), FLAME_OK);
    assert_true(flame_vec_push(&f->dumps.list, dump));
    f->places.jit_dumps = &f->dumps;
}

static void close_fixture(struct fixture *f)
{
    flame_jit_dump_close(&f->dumps.list.items[0]);
    flame_vec_free(&f->dumps.list);
    unlink(f->path);
}

static void with_method(struct fixture *f, uint32_t method,
                        void (*check)(const struct flame_object *object,
                                      const struct flame_code *code, const char *path))
{
    struct flame_object_request request = { .kind = FLAME_OBJECT_JITTED,
                                            .name = flame_str_from("/app/jitted-5-1.so"),
                                            .method = method };
    struct flame_object object;
    struct flame_code_file *file;
    struct flame_code code;
    struct flame_error error = FLAME_ERROR_INIT;
    assert_int_equal(flame_object_load(&object, &request, &f->places), FLAME_OK);
    assert_int_equal(object.state, FLAME_OBJECT_NAMED);
    assert_string_equal(object.used, f->path);
    assert_int_equal(flame_code_open(&file, &object, &request, &f->places), FLAME_OK);
    assert_int_equal(flame_code_of(file, &object.symbols.list.items[0], &code, &error), FLAME_OK);
    check(&object, &code, flame_code_path(file));
    flame_code_close(file);
    flame_object_deinit(&object);
}

static void check_plain(const struct flame_object *object, const struct flame_code *code,
                        const char *path)
{
    const struct flame_symbol *symbol = flame_symbols_find(&object->symbols, 0x80 + 63);
    assert_non_null(symbol);
    assert_string_equal(symbol->name, "method");
    assert_null(flame_symbols_find(&object->symbols, 0x80 + 64));
    assert_null(flame_symbols_find(&object->symbols, 0x7f));
    assert_string_equal(path, object->used);
    assert_int_equal(code->machine.machine, X86_64);
    assert_true(code->machine.wide);
    assert_false(code->machine.big_endian);
    assert_int_equal(code->address, ADDRESS);
    assert_int_equal(code->size, 64);
    assert_memory_equal(code->bytes, bytes, 64);
    const struct flame_code_line want[] = { { ADDRESS, "a.js", 7 },
                                            { ADDRESS + 3, "b.js", 2 },
                                            { ADDRESS + 9, "b.js", 3 } };
    assert_int_equal(code->line_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(code->lines[i].address, want[i].address);
        assert_int_equal(code->lines[i].line, want[i].line);
        assert_string_equal(code->lines[i].file, want[i].file);
    }
}

static void check_no_lines(const struct flame_object *object, const struct flame_code *code,
                           const char *path)
{
    (void)object;
    (void)path;
    assert_int_equal(code->line_count, 0);
}

TEST(a_method_has_its_bytes_and_lines)
{
    struct fixture f;
    struct jitdump_builder d = { 0 };
    jitdump_header(&d, X86_64, PID, 0);
    jitdump_lines(&d, 1, ADDRESS,
                  (const struct jitdump_line[]){ { ADDRESS + 9, 3, "b.js" },
                                                 { ADDRESS, 1, "a.js" },
                                                 { ADDRESS + 3, 2, "b.js" },
                                                 { ADDRESS + 64, 9, "behind.js" },
                                                 { ADDRESS - 1, 9, "before.js" },
                                                 { ADDRESS, 7, "a.js" } },
                  6);
    jitdump_load(&d, 1, PID, ADDRESS, 1, "method", bytes, 64);
    jitdump_load(&d, 1, PID, ADDRESS, 2, "again", bytes, 64);
    open_fixture(&f, &d);
    with_method(&f, 0, check_plain);
    with_method(&f, 1, check_no_lines);
    close_fixture(&f);
}

TEST(lines_of_other_code_are_not_the_next_methods)
{
    struct fixture f;
    struct jitdump_builder d = { 0 };
    jitdump_header(&d, X86_64, PID, 0);
    jitdump_lines(&d, 1, ADDRESS, (const struct jitdump_line[]){ { ADDRESS + 9, 3, "b.js" } }, 1);
    jitdump_load(&d, 1, PID, ADDRESS + 8, 1, "method", bytes, 64);
    open_fixture(&f, &d);
    with_method(&f, 0, check_no_lines);
    close_fixture(&f);
}

static void check_shifted(const struct flame_object *object, const struct flame_code *code,
                          const char *path)
{
    (void)object;
    (void)path;
    assert_int_equal(code->line_count, 2);
    assert_int_equal(code->lines[0].address, ADDRESS);
    assert_int_equal(code->lines[1].address, ADDRESS + 0x44);
}

/* V8 writes addresses as if an ELF header stood before the code. */
TEST(what_is_shifted_in_all_of_the_dump_is_shifted_back)
{
    struct fixture f;
    struct jitdump_builder d = { 0 };
    const struct jitdump_line lines[] = { { ADDRESS + 0x40, 1, "a.js" },
                                          { ADDRESS + 0x84, 2, "a.js" } };
    jitdump_header(&d, X86_64, PID, 0);
    jitdump_lines(&d, 1, ADDRESS, lines, 2);
    jitdump_load(&d, 1, PID, ADDRESS, 1, "method", bytes, 128);
    open_fixture(&f, &d);
    with_method(&f, 0, check_shifted);
    close_fixture(&f);
}

static void check_big_endian(const struct flame_object *object, const struct flame_code *code,
                             const char *path)
{
    (void)object;
    (void)path;
    assert_int_equal(code->machine.machine, PPC);
    assert_false(code->machine.wide);
    assert_true(code->machine.big_endian);
    assert_int_equal(code->line_count, 1);
    assert_int_equal(code->lines[0].address, ADDRESS + 0x41);
}

TEST(one_line_before_the_shift_says_that_there_is_none)
{
    struct fixture f;
    struct jitdump_builder d = { .big_endian = true };
    jitdump_header(&d, PPC, PID, 0);
    jitdump_lines(&d, 1, ADDRESS, (const struct jitdump_line[]){ { ADDRESS + 0x41, 3, "b" } }, 1);
    jitdump_load(&d, 1, PID, ADDRESS, 1, "method", bytes, 128);
    jitdump_lines(&d, 1, ADDRESS, (const struct jitdump_line[]){ { ADDRESS + 0x3f, 3, "b" } }, 1);
    jitdump_load(&d, 1, PID, ADDRESS, 2, "other", bytes, 128);
    open_fixture(&f, &d);
    with_method(&f, 0, check_big_endian);
    close_fixture(&f);
}

/* As V8 writes them: the names' first 16 bytes are what the allocator left in them. */
static const char script[] = "/a folder/of the/script.js";

static void add_overwritten(struct jitdump_builder *d, size_t shift)
{
    jitdump_begin(d, 2, 1);
    jitdump_u64(d, ADDRESS);
    jitdump_u64(d, 3);
    for (uint32_t i = 0; i < 3; i++) {
        jitdump_u64(d, ADDRESS + shift + i);
        jitdump_u32(d, i + 7);
        jitdump_u32(d, 0);
        jitdump_bytes(d, "xe\0\0\0\0\0\0\1\2\3\4\5\6\7\10", 16);
        jitdump_bytes(d, script + 16, sizeof script - 16);
    }
    jitdump_end(d);
}

static void check_overwritten(const struct flame_object *object, const struct flame_code *code,
                              const char *path)
{
    (void)object;
    (void)path;
    assert_int_equal(code->line_count, 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(code->lines[i].address, ADDRESS + i);
        assert_int_equal(code->lines[i].line, i + 7);
        assert_string_equal(code->lines[i].file, script);
    }
}

static void check_not_the_script(const struct flame_object *object, const struct flame_code *code,
                                 const char *path)
{
    (void)object;
    (void)path;
    for (size_t i = 0; i < code->line_count; i++)
        assert_string_not_equal(code->lines[i].file, script);
}

TEST(an_overwritten_file_is_the_one_in_the_methods_name)
{
    static const char *const others[] = { "JS:*f /a folder/of the/script.js:3",
                                          "JS:*f /a folder/of the/script.js",
                                          "JS:*f /a folder/of the/script.js:3:x",
                                          "/a folder/of the/script.js:3:1",
                                          "JS:*f /a folder/of the/other.js:3:1",
                                          ":1:1",
                                          "1:1",
                                          ": :1:1" };
    for (size_t shift = 0; shift <= 0x40; shift += 0x40) {
        struct fixture f;
        struct jitdump_builder d = { 0 };
        jitdump_header(&d, X86_64, PID, 0);
        add_overwritten(&d, shift);
        jitdump_load(&d, 1, PID, ADDRESS, 0, "JS:*get f /a folder/of the/script.js:3:14", bytes,
                     64);
        open_fixture(&f, &d);
        with_method(&f, 0, check_overwritten);
        close_fixture(&f);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct fixture f;
        struct jitdump_builder d = { 0 };
        jitdump_header(&d, X86_64, PID, 0);
        add_overwritten(&d, 0);
        jitdump_load(&d, 1, PID, ADDRESS, 0, others[i], bytes, 64);
        open_fixture(&f, &d);
        with_method(&f, 0, check_not_the_script);
        close_fixture(&f);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_method_has_its_bytes_and_lines),
        cmocka_unit_test(lines_of_other_code_are_not_the_next_methods),
        cmocka_unit_test(what_is_shifted_in_all_of_the_dump_is_shifted_back),
        cmocka_unit_test(one_line_before_the_shift_says_that_there_is_none),
        cmocka_unit_test(an_overwritten_file_is_the_one_in_the_methods_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
