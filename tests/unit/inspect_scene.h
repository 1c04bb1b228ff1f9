/* inspect_scene.h: from a builder to what src/inspect writes of its file.
 *
 *     char *text = dump_of(b, 0, NULL);
 *     assert_string_equal(text, "...");
 *     free(text); */
#ifndef FLAME_TESTS_INSPECT_SCENE_H
#define FLAME_TESTS_INSPECT_SCENE_H

#include "check.h"
#include "perf_builder.h"

#include <flamedata/inspect.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef enum flame_status inspector(const char *path, const void *options,
                                    struct flame_output *output, struct flame_error *error);

/* What tell makes of the builder's file without its last cut bytes, as a text to be freed; the
 * builder is freed. */
static inline char *inspected(struct perf_builder *b, size_t cut, inspector *tell,
                              const void *options)
{
    char path[] = "/tmp/flame-test-XXXXXX";
    struct flame_bytes bytes = builder_finish(b);
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_output *out = flame_output_memory();
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.ptr, (size_t)bytes.size - cut), bytes.size - cut);
    close(fd);
    enum flame_status status = tell(path, options, out, &error);
    unlink(path);
    builder_free(b);
    if (status != FLAME_OK)
        fail_msg("%s", error.text);
    struct flame_str got = flame_output_bytes(out);
    char *text = calloc(got.len + 1, 1);
    assert_non_null(text);
    if (got.len)
        memcpy(text, got.ptr, got.len);
    flame_output_discard(out);
    return text;
}

static inline enum flame_status write_dump(const char *path, const void *options,
                                           struct flame_output *output, struct flame_error *error)
{
    return flame_write_dump(path, options, output, error);
}

static inline enum flame_status write_counts(const char *path, const void *options,
                                             struct flame_output *output, struct flame_error *error)
{
    return flame_write_record_counts(path, options, output, error);
}

static inline enum flame_status write_info(const char *path, const void *options,
                                           struct flame_output *output, struct flame_error *error)
{
    return flame_write_info(path, options, output, error);
}

/* Drop the first word of each line: where the record stands. */
static inline void drop_offsets(char *text)
{
    char *to = text;
    for (char *line = text; *line;) {
        char *end = strchr(line, '\n'), *word = strchr(line, ' ') + 1;
        size_t n = (size_t)(end + 1 - word);
        memmove(to, word, n);
        to += n;
        line = end + 1;
    }
    *to = 0;
}

static inline char *dump_of(struct perf_builder *b, size_t cut,
                            const struct flame_dump_options *options)
{
    return inspected(b, cut, write_dump, options);
}

/* The dump of b is these lines, but for their offsets. */
static inline void assert_dump(struct perf_builder *b, const char *want)
{
    char *text = dump_of(b, 0, NULL);
    drop_offsets(text);
    assert_string_equal(text, want);
    free(text);
}

#endif
