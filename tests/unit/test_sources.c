/* test_sources.c: where source files are looked for, and what becomes of their text. */
#include "bounds.h"
#include "check.h"
#include "object.h"
#include "packed.h"
#include "sources.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A scratch folder, and what is read from it. */
struct scene {
    char folder[64];
    struct flame_annotate_options options;
    struct flame_sources sources;
};

/* A path in the folder; valid until the next call but three. */
static char *in(const struct scene *s, const char *name)
{
    static char paths[4][4096];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", s->folder, name);
    return path;
}

static void write_file(const struct scene *s, const char *name, const char *text, size_t size)
{
    char *path = in(s, name);
    for (char *at = path + 1; (at = strchr(at, '/')); at++) {
        *at = 0;
        mkdir(path, 0700);
        *at = '/';
    }
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void put(const struct scene *s, const char *name, const char *text)
{
    write_file(s, name, text, strlen(text));
}

static int begin(void **state)
{
    struct scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    strcpy(s->folder, "/tmp/flamedata-sources-XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    flame_sources_init(&s->sources, &s->options);
    *state = s;
    return 0;
}

static int end(void **state)
{
    struct scene *s = *state;
    char command[128];
    flame_sources_deinit(&s->sources);
    snprintf(command, sizeof command, "rm -rf %s", s->folder);
    assert_int_equal(system(command), 0);
    free(s);
    return 0;
}

/* Forget what was read. */
static void again(struct scene *s)
{
    flame_sources_deinit(&s->sources);
    flame_sources_init(&s->sources, &s->options);
}

static const struct flame_source_file *get(struct scene *s, const char *name)
{
    const struct flame_source_file *file = NULL;
    assert_int_equal(flame_sources_get(&s->sources, name, 0, &file), FLAME_OK);
    assert_non_null(file);
    assert_str(file->name, name);
    assert_true(file->path.len ? file->line_count > 0 : file->line_count == 0);
    return file;
}

/* The first line of the file of that name, or NULL. */
static void expect_first(struct scene *s, const char *name, const char *line)
{
    const struct flame_source_file *file = get(s, name);
    if (line) {
        assert_true(file->line_count > 0);
        assert_str(file->lines[0], line);
    } else {
        assert_int_equal(file->line_count, 0);
    }
}

static void text_is_cut_into_lines_whatever_is_in_them(void **state)
{
    struct scene *s = *state;
    static const char text[] = "one\n\ntwo\r\n\r\rthree\0four\n\xff\xfe\nlast";
    write_file(s, "a.c", text, sizeof text - 1);
    const struct flame_source_file *file = get(s, in(s, "a.c"));
    static const struct flame_str lines[] = { { "one", 3 },      { "", 0 },
                                              { "two", 3 },      { "\r\rthree\0four", 12 },
                                              { "\xff\xfe", 2 }, { "last", 4 } };
    assert_str(file->path, in(s, "a.c"));
    assert_int_equal(file->line_count, sizeof lines / sizeof *lines);
    for (size_t i = 0; i < file->line_count; i++)
        assert_true(flame_str_equal(file->lines[i], lines[i]));
    put(s, "b.c", "\n\n");
    assert_int_equal(get(s, in(s, "b.c"))->line_count, 2);
}

static void each_file_is_read_once_and_its_text_stays(void **state)
{
    struct scene *s = *state;
    put(s, "a.c", "before\n");
    const struct flame_source_file *file = get(s, in(s, "a.c"));
    put(s, "a.c", "");
    assert_ptr_equal(get(s, in(s, "a.c")), file);
    assert_str(file->lines[0], "before");
}

static void text_beyond_the_limit_is_left_out_and_said(void **state)
{
    struct scene *s = *state;
    struct flame_limit_report reached[FLAME_LIMIT_COUNT];
    struct flame_bounds bounds;
    s->options.session.limits.sources = 160; /* of which one file may have 20 bytes, each 5 lines */
    flame_bounds_init(&bounds, &s->options.session.limits);
    struct flame_symbol_places places = { .bounds = &bounds };
    s->sources.places = &places;
    put(s, "small.c", "twenty bytes of text");
    put(s, "large.c", "twenty-one characters");
    put(s, "lines.c", "\n\n\n\n\n\n");
    expect_first(s, in(s, "small.c"), "twenty bytes of text");
    assert_int_equal(flame_bounds_report(&bounds, reached), 0);
    expect_first(s, in(s, "large.c"), NULL);
    assert_int_equal(flame_bounds_report(&bounds, reached), 1);
    assert_int_equal(reached[0].limit, FLAME_LIMIT_SOURCES);
    assert_non_null(strstr(reached[0].error.text,
                           "large.c: source text has more than 160 bytes in all, or an eighth of "
                           "that in this file; --limit sources=640"));
    expect_first(s, in(s, "lines.c"), NULL);
    flame_bounds_deinit(&bounds);
}

static void what_is_no_plain_file_has_no_text(void **state)
{
    struct scene *s = *state;
    put(s, "empty.c", "");
    assert_int_equal(mkfifo(in(s, "pipe.c"), 0600), 0);
    assert_int_equal(mkdir(in(s, "folder.c"), 0700), 0);
    expect_first(s, in(s, "empty.c"), NULL);
    expect_first(s, in(s, "pipe.c"), NULL);
    expect_first(s, in(s, "folder.c"), NULL);
    expect_first(s, in(s, "absent.c"), NULL);
    expect_first(s, "/proc/self/status", NULL);
    expect_first(s, "", NULL);
    char *name = malloc(100001);
    assert_non_null(name);
    memset(name, 'a', 100000);
    name[100000] = 0;
    expect_first(s, name, NULL);
    again(s);
    s->options.source_dirs = s->folder;
    expect_first(s, name, NULL);
    free(name);
}

static void what_is_too_large_has_no_text(void **state)
{
    struct scene *s = *state;
    put(s, "large.c", "text\n");
    assert_int_equal(truncate(in(s, "large.c"), (32 << 20) + 1), 0);
    expect_first(s, in(s, "large.c"), NULL);
    char *lines = malloc((8 << 20) + 1);
    assert_non_null(lines);
    memset(lines, '\n', (8 << 20) + 1);
    write_file(s, "many.c", lines, (8 << 20) + 1);
    free(lines);
    expect_first(s, in(s, "many.c"), NULL);
    put(s, "small.c", "text\n");
    expect_first(s, in(s, "small.c"), "text");
}

static void the_longest_end_that_is_there_wins(void **state)
{
    struct scene *s = *state;
    char dirs[256];
    put(s, "one/util.c", "short\n");
    put(s, "two/lib/util.c", "long\n");
    put(s, "two/other.c", "other in two\n");
    put(s, "one/other.c", "other in one\n");
    put(s, "outside.c", "outside\n");
    snprintf(dirs, sizeof dirs, "%s/none::%s/one/:%s/two", s->folder, s->folder, s->folder);
    s->options.source_dirs = dirs;
    expect_first(s, "/build/src/lib/util.c", "long");
    assert_str(get(s, "/build/src/lib/util.c")->path, in(s, "two/lib/util.c"));
    expect_first(s, "/build/src/bin/util.c", "short");
    expect_first(s, "util.c", "short");
    expect_first(s, "/build/other.c", "other in one");
    expect_first(s, "/build/x/../lib/./util.c", "long");
    expect_first(s, "../../lib/util.c", "long");
    expect_first(s, "C:\\build\\lib\\util.c", "long");
    expect_first(s, "lib\\util.c", "long");
    expect_first(s, "d:/build/lib/util.c", "long");
    expect_first(s, "/build/../../outside.c", NULL);
    expect_first(s, "..", NULL);
    expect_first(s, "/", NULL);
    expect_first(s, in(s, "outside.c"), "outside"); /* the name itself comes last */
}

static void names_of_any_depth_are_searched_by_their_ends(void **state)
{
    struct scene *s = *state;
    char name[4000] = "";
    for (int i = 0; i < 1000; i++)
        strcat(name, "/ab");
    strcat(name, "/lib/util.c");
    put(s, "lib/util.c", "long\n");
    s->options.source_dirs = s->folder;
    expect_first(s, name, "long");
}

static void a_prefix_goes_in_front_of_what_is_left_of_absolute_names(void **state)
{
    struct scene *s = *state;
    put(s, "build/app/a.c", "whole\n");
    put(s, "app/a.c", "stripped\n");
    put(s, "a.c", "bare\n");
    s->options.prefix = s->folder;
    expect_first(s, "/build/app/a.c", "whole");
    s->options.prefix_strip = 1;
    again(s);
    expect_first(s, "/build/app/a.c", "stripped");
    expect_first(s, "a.c", NULL); /* relative: as it is */
    expect_first(s, in(s, "a.c"), NULL);
    s->options.prefix_strip = 9;
    again(s);
    expect_first(s, "/build/app/a.c", "bare"); /* the file's own name stays */
    s->options.prefix = NULL;
    again(s);
    expect_first(s, in(s, "app/a.c"), "stripped");
}

static void source_that_changed_after_the_code_was_built_is_newer(void **state)
{
    struct scene *s = *state;
    const struct timespec times[] = { { 0, 0 }, { 1000, 500 } };
    const uint64_t changed = UINT64_C(1000000000500);
    const struct flame_source_file *unknown, *older, *same, *newer;
    put(s, "a.c", "text\n");
    char *path = in(s, "a.c");
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    flame_sources_get(&s->sources, path, 0, &unknown);
    flame_sources_get(&s->sources, path, changed + 1, &older);
    flame_sources_get(&s->sources, path, changed, &same);
    flame_sources_get(&s->sources, path, changed - 1, &newer);
    assert_false(unknown->newer || older->newer || same->newer);
    assert_true(newer->newer);
    assert_ptr_equal(older, unknown);
    assert_ptr_equal(newer->lines, older->lines); /* read once */
    flame_sources_get(&s->sources, "absent.c", 1, &newer);
    assert_false(newer->newer);
}

/* Where debug information says so; then the same name below a folder that was named. */
static void expect_here_and_below(struct scene *s, const char *name, const char *here,
                                  const char *below)
{
    again(s);
    s->options.source_dirs = NULL;
    expect_first(s, in(s, name), here);
    again(s);
    s->options.source_dirs = s->folder;
    expect_first(s, name, below);
}

static void what_is_not_called_as_source_is_not_shown(void **state)
{
    struct scene *s = *state;
    static const char *const names[] = { "id_rsa", "notes.txt", "a.c.key", ".c", "c", "x.c " };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        put(s, names[i], "secret\n");
        expect_here_and_below(s, names[i], NULL, NULL);
    }
    put(s, "a.c", "text\n");
    expect_here_and_below(s, "a.c", "text", "text");
    put(s, "include/vector", "text\n");
    expect_here_and_below(s, "include/vector", "text", "text");
}

static void what_is_hidden_is_not_shown(void **state)
{
    struct scene *s = *state;
    put(s, ".ssh/a.c", "secret\n");
    expect_here_and_below(s, ".ssh/a.c", NULL, NULL);
    put(s, ".a.c", "secret\n");
    expect_here_and_below(s, ".a.c", NULL, NULL);
    put(s, "x/a.c", "text\n");
    again(s);
    s->options.source_dirs = NULL;
    expect_first(s, in(s, "x/../.ssh/a.c"), NULL);
    expect_first(s, in(s, ".ssh/../x/./a.c"), NULL); /* by its name alone it might be */
    expect_first(s, in(s, "x/.././x/a.c"), "text");
    put(s, ".cargo/registry/src/a.rs", "text\n");
    expect_here_and_below(s, ".cargo/registry/src/a.rs", "text", "text");
    /* The folder that was named may be hidden itself. */
    again(s);
    char hidden[256];
    snprintf(hidden, sizeof hidden, "%s/.ssh", s->folder);
    s->options.source_dirs = hidden;
    expect_first(s, "/build/a.c", "secret");
}

static void links_to_what_is_no_source_are_not_followed_where_nobody_named_the_folder(void **state)
{
    struct scene *s = *state;
    put(s, "id_rsa", "secret\n");
    put(s, ".ssh/a.c", "secret\n");
    put(s, "real.c", "text\n");
    assert_int_equal(symlink("id_rsa", in(s, "key.c")), 0);
    assert_int_equal(symlink(".ssh", in(s, "visible")), 0);
    assert_int_equal(symlink("real.c", in(s, "link.c")), 0);
    expect_here_and_below(s, "key.c", NULL, "secret");
    expect_here_and_below(s, "visible/a.c", NULL, "secret");
    expect_here_and_below(s, "link.c", "text", "text");
    again(s);
    s->options.source_dirs = NULL;
    expect_first(s, "/etc/../etc/a.c", NULL);
}

static void a_prefix_is_not_left(void **state)
{
    struct scene *s = *state;
    put(s, "outside.c", "outside\n");
    put(s, "in/side.c", "inside\n");
    char prefix[256];
    snprintf(prefix, sizeof prefix, "%s/in", s->folder);
    s->options.prefix = prefix;
    expect_first(s, "/../outside.c", NULL);
    expect_first(s, "/x/../side.c", "inside");
}

static void with_symfs_source_is_below_it_and_nowhere_else(void **state)
{
    struct scene *s = *state;
    char root[256];
    struct flame_symbol_places places = { .symfs = root };
    snprintf(root, sizeof root, "%s/root", s->folder);
    put(s, "outside.c", "outside\n");
    put(s, "root/src/a.c", "inside\n");
    put(s, "root/outside.c", "inside, too\n");
    assert_int_equal(symlink("../../outside.c", in(s, "root/src/up.c")), 0);
    assert_int_equal(symlink(in(s, "outside.c"), in(s, "root/src/absolute.c")), 0);
    s->sources.places = &places;
    expect_first(s, "/src/a.c", "inside");
    expect_first(s, in(s, "outside.c"), NULL);
    expect_first(s, "/../outside.c", "inside, too");
    expect_first(s, "/src/up.c", "inside, too");
    expect_first(s, "/src/absolute.c", NULL);
    expect_first(s, "src/a.c", NULL);
    again(s);
    s->sources.places = &places;
    places.flat = true;
    expect_first(s, "/build/src/outside.c", "inside, too");
}

static void for_a_pack_only_what_everybody_may_read_is_shown(void **state)
{
    struct scene *s = *state;
    const struct flame_packed packed = { 0 };
    const struct flame_symbol_places places = { .packed = &packed };
    put(s, "mine.c", "mine\n");
    put(s, "everybody.c", "everybody's\n");
    assert_int_equal(chmod(in(s, "mine.c"), 0600), 0);
    assert_int_equal(chmod(in(s, "everybody.c"), 0644), 0);
    expect_first(s, in(s, "mine.c"), "mine");
    again(s);
    s->sources.places = &places;
    expect_first(s, in(s, "mine.c"), NULL);
    expect_first(s, in(s, "everybody.c"), "everybody's");
    s->options.source_dirs = s->folder; /* the user's word */
    again(s);
    s->sources.places = &places;
    expect_first(s, "mine.c", "mine");
}

static void source_that_is_not_wanted_is_not_read(void **state)
{
    struct scene *s = *state;
    put(s, "a.c", "text\n");
    s->options.no_source = true;
    s->options.source_dirs = s->folder;
    expect_first(s, in(s, "a.c"), NULL);
}

#define scene_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        scene_test(text_is_cut_into_lines_whatever_is_in_them),
        scene_test(text_beyond_the_limit_is_left_out_and_said),
        scene_test(each_file_is_read_once_and_its_text_stays),
        scene_test(what_is_no_plain_file_has_no_text),
        scene_test(what_is_too_large_has_no_text),
        scene_test(the_longest_end_that_is_there_wins),
        scene_test(names_of_any_depth_are_searched_by_their_ends),
        scene_test(a_prefix_goes_in_front_of_what_is_left_of_absolute_names),
        scene_test(source_that_changed_after_the_code_was_built_is_newer),
        scene_test(what_is_not_called_as_source_is_not_shown),
        scene_test(what_is_hidden_is_not_shown),
        scene_test(links_to_what_is_no_source_are_not_followed_where_nobody_named_the_folder),
        scene_test(a_prefix_is_not_left),
        scene_test(with_symfs_source_is_below_it_and_nowhere_else),
        scene_test(for_a_pack_only_what_everybody_may_read_is_shown),
        scene_test(source_that_is_not_wanted_is_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
