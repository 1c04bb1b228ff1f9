/* The manifest of a pack: what is written is read, and what is hostile is refused. */
#include "hash.h"
#include "manifest.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct flame_str str(const char *text)
{
    return flame_str_from(text);
}

static void fill(struct flame_manifest *m)
{
    flame_manifest_init(m);
    m->made_s = 1795400081;
    m->version = str("0.1.0");
    m->name = str("a\ttab and \x01\\");
    m->recorded_ns = UINT64_MAX;
    m->same_boot = m->source = m->folder = true;
    struct flame_manifest_part part = { str("perf.data/data"), 7, 0xdeadbeefdeadbeef };
    assert_true(flame_vec_push(&m->parts, part));
    struct flame_packed_file file = { .member = str("files/bin/x"),
                                      .path = str("/bin/x\n"),
                                      .size = 5,
                                      .hash = 1,
                                      .changed_ns = 9,
                                      .build_id = { 2, { 0xab, 0xcd } } };
    assert_true(flame_vec_push(&m->packed.files, file));
    struct flame_packed_object object = { .kind = FLAME_OBJECT_VDSO,
                                          .name = str("[vdso]"),
                                          .build_id = { 2, { 0xab, 0xcd } },
                                          .found_id = { 1, { 0x01 } },
                                          .pid = -3,
                                          .narrow = true,
                                          .trusted = true,
                                          .state = FLAME_OBJECT_STRIPPED,
                                          .used = str(""),
                                          .program = str("/bin/x\n"),
                                          .names = FLAME_PACKED_NONE,
                                          .runtime = 0,
                                          .code = FLAME_PACKED_NONE,
                                          .shift = UINT64_MAX };
    assert_true(flame_vec_push(&m->packed.objects, object));
    struct flame_packed_dump dump = { str("/tmp/jit-5.dump"), 0 };
    assert_true(flame_vec_push(&m->packed.dumps, dump));
}

static struct flame_output *write(const struct flame_manifest *m)
{
    struct flame_output *out = flame_output_memory();
    assert_non_null(out);
    assert_int_equal(flame_manifest_write(m, out), FLAME_OK);
    return out;
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct flame_manifest m, read;
    fill(&m);
    struct flame_output *out = write(&m);
    flame_manifest_init(&read);
    assert_int_equal(flame_manifest_read(&read, flame_output_bytes(out), "x", NULL), FLAME_OK);
    assert_true(flame_str_equal(read.name, m.name));
    assert_true(flame_str_is(read.version, "0.1.0"));
    assert_true(read.recorded_ns == UINT64_MAX);
    assert_true(read.folder && read.source && read.same_boot && !read.same_host);
    assert_true(read.parts.items[0].hash == 0xdeadbeefdeadbeef);
    assert_true(flame_str_is(read.packed.files.items[0].path, "/bin/x\n"));
    const struct flame_packed_object *o = &read.packed.objects.items[0];
    assert_int_equal(o->kind, FLAME_OBJECT_VDSO);
    assert_int_equal(o->state, FLAME_OBJECT_STRIPPED);
    assert_int_equal(o->pid, -3);
    assert_true(o->narrow && o->trusted && !o->modules);
    assert_true(o->shift == UINT64_MAX);
    assert_true(o->names == FLAME_PACKED_NONE && o->runtime == 0);
    assert_int_equal(o->found_id.size, 1);
    assert_true(flame_str_is(read.packed.dumps.items[0].recorded, "/tmp/jit-5.dump"));

    struct flame_output *again = write(&read);
    assert_true(flame_str_equal(flame_output_bytes(out), flame_output_bytes(again)));
    flame_output_discard(again);
    flame_output_discard(out);
    flame_manifest_deinit(&read);
    flame_manifest_deinit(&m);
}

/* What comes of lines that have the right hash. */
static enum flame_status read_lines(const char *lines)
{
    struct flame_manifest m;
    char text[4096];
    int n = snprintf(text, sizeof text, "%send\t%016" PRIx64 "\n", lines,
                     flame_hash(lines, strlen(lines)));
    flame_manifest_init(&m);
    struct flame_str all = { text, (size_t)n };
    enum flame_status status = flame_manifest_read(&m, all, "x", NULL);
    flame_manifest_deinit(&m);
    return status;
}

#define HEAD "flamedata pack\t1\n"
#define PART "part\tperf.data\t7\t00000000deadbeef\n"
#define A_FILE "file\tm\t5\t1\t9\tabcd\t/bin/x\n"

#define FOLDER "recording\tn\tfolder\t0\t0\t0\t0\n"
#define DATA(name) "part\tperf.data/" name "\t7\t00000000deadbeef\n"

static void other_lines_are_passed_over(void **state)
{
    (void)state;
    assert_int_equal(read_lines(HEAD PART), FLAME_OK);
    assert_int_equal(read_lines(HEAD PART "weather\tfine\n\n"), FLAME_OK);
    assert_int_equal(read_lines(HEAD FOLDER DATA("data") DATA("data.0") DATA("data.1")), FLAME_OK);
    assert_int_equal(read_lines(HEAD PART A_FILE "jitdump\t/j\t0\n"), FLAME_OK);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        HEAD,                                              /* no recording */
        HEAD PART "jitdump\t/j\t0\n",                      /* a file that is not there */
        HEAD PART "jitdump\t/j\t4294967295\n",             /* the number that means none */
        HEAD PART "jitdump\t/j\t0\n" A_FILE,               /* not there yet */
        HEAD "part\tperf.data\t\t1\n",                     /* no size */
        HEAD "part\tperf.data\t18446744073709551616\t1\n", /* does not fit */
        HEAD "part\tperf.data\t1\tDEAD\n",                 /* digits that we do not write */
        HEAD "part\tperf.data\n",                          /* too few fields */
        HEAD PART "file\tm\t5\t1\t9\tabc\t/x\n",           /* half a byte of a build-id */
        HEAD PART "file\tm\\x0\t5\t1\t9\tab\t/x\n",        /* half an escaped byte */
        HEAD PART "file\tm\\x00\t5\t1\t9\tab\t/x\n",       /* NUL */
        HEAD PART "file\tm\\\t5\t1\t9\tab\t/x\n",          /* nothing escaped */
        HEAD PART "object\tshoe\tn\t\t0\t0\tNAMED\t0\t\t\t\t\t\t\t0\t0\n",
        HEAD PART "object\telf\tn\t\t0\t2\tNAMED\t0\t\t\t\t\t\t\t0\t0\n",
        HEAD PART "object\telf\tn\t\t0\t0\tGREAT\t0\t\t\t\t\t\t\t0\t0\n",
        HEAD PART "object\telf\tn\t\t4294967296\t0\tNAMED\t0\t\t\t\t\t\t\t0\t0\n",
        HEAD "recording\tn\tfile\t0\t0\t0\tmaybe\n" PART,
        HEAD PART PART,                          /* two of one */
        HEAD PART FOLDER,                        /* known too late */
        HEAD FOLDER PART,                        /* a folder's are called otherwise */
        HEAD FOLDER DATA("data.0"),              /* without the first */
        HEAD FOLDER DATA("data") DATA("data"),   /* not in order */
        HEAD FOLDER DATA("data") DATA("data.1"), /* one is missing */
        HEAD "part\t../../etc/passwd\t7\t00000000deadbeef\n",
        HEAD PART A_FILE A_FILE, /* one member twice */
        HEAD PART "x\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\n", /* fields */
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (read_lines(wrong[i]) != FLAME_CORRUPT)
            fail_msg("taken: %s", wrong[i]);
}

/* One more line of a kind than a pack may have. */
static enum flame_status read_many(const char *head, const char *line, size_t count)
{
    struct flame_manifest m;
    struct flame_output *out = flame_output_memory();
    assert_non_null(out);
    flame_put_text(out, head);
    for (size_t i = 0; i < count; i++)
        flame_putf(out, line, i);
    struct flame_str lines = flame_output_bytes(out);
    flame_putf(out, "end\t%016" PRIx64 "\n", flame_hash(lines.ptr, lines.len));
    flame_manifest_init(&m);
    enum flame_status status = flame_manifest_read(&m, flame_output_bytes(out), "x", NULL);
    flame_manifest_deinit(&m);
    flame_output_discard(out);
    return status;
}

static void there_are_not_too_many_lines(void **state)
{
    (void)state;
    static const char file[] = "file\tm%zu\t5\t1\t9\tabcd\t/bin/x\n";
    static const char object[] = "object\telf\tn%zu\t\t0\t0\tNAMED\t0\t\t\t\t\t\t\t0\t0\n";
    assert_int_equal(read_many(HEAD PART, file, FLAME_MANIFEST_MANY), FLAME_OK);
    assert_int_equal(read_many(HEAD PART, file, FLAME_MANIFEST_MANY + 1), FLAME_CORRUPT);
    assert_int_equal(read_many(HEAD PART, object, FLAME_MANIFEST_MANY), FLAME_OK);
    assert_int_equal(read_many(HEAD PART, object, FLAME_MANIFEST_MANY + 1), FLAME_CORRUPT);
}

static void later_versions_and_other_texts_are_told_apart(void **state)
{
    (void)state;
    assert_int_equal(read_lines("flamedata pack\t2\n" PART), FLAME_UNSUPPORTED);
    assert_int_equal(read_lines("flamedata pack\t10\n" PART), FLAME_UNSUPPORTED);
    assert_int_equal(read_lines("perf.data\n"), FLAME_FORMAT);
    assert_int_equal(read_lines(""), FLAME_FORMAT);
}

static void one_byte_that_changed_is_noticed(void **state)
{
    (void)state;
    struct flame_manifest m, read;
    char text[4096];
    fill(&m);
    struct flame_output *out = write(&m);
    struct flame_str whole = flame_output_bytes(out);
    assert_true(whole.len < sizeof text);
    for (size_t i = 0; i < whole.len; i++) {
        memcpy(text, whole.ptr, whole.len);
        text[i] = (char)(text[i] ^ 4);
        struct flame_str all = { text, whole.len };
        flame_manifest_init(&read);
        assert_int_not_equal(flame_manifest_read(&read, all, "x", NULL), FLAME_OK);
        flame_manifest_deinit(&read);
        all.len = i;
        flame_manifest_init(&read);
        assert_int_not_equal(flame_manifest_read(&read, all, "x", NULL), FLAME_OK);
        flame_manifest_deinit(&read);
    }
    flame_output_discard(out);
    flame_manifest_deinit(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(other_lines_are_passed_over),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(there_are_not_too_many_lines),
        cmocka_unit_test(later_versions_and_other_texts_are_told_apart),
        cmocka_unit_test(one_byte_that_changed_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
