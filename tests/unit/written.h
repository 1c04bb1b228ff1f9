/* written.h: what a writer makes of an annotation, and what is in it. After <cmocka.h>. */
#ifndef FLAME_TESTS_WRITTEN_H
#define FLAME_TESTS_WRITTEN_H

#include <flamedata/annotate.h>
#include <stdlib.h>

typedef enum flame_status annotation_writer(const struct flame_annotation *annotation,
                                            const struct flame_annotate_look *look,
                                            struct flame_output *output);

/* NUL-terminated, without another NUL; to be freed. */
static inline char *written_by(annotation_writer *write, const struct flame_annotation *annotation,
                               const struct flame_annotate_look *look)
{
    struct flame_output *out = flame_output_memory();
    assert_int_equal(write(annotation, look, out), FLAME_OK);
    struct flame_str got = flame_output_bytes(out);
    char *text = calloc(got.len + 1, 1);
    assert_non_null(text);
    memcpy(text, got.ptr, got.len);
    assert_int_equal(strlen(text), got.len);
    flame_output_discard(out);
    return text;
}

static inline void expect(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no %s in %s", part, text);
}

static inline void expect_not(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("%s in %s", part, text);
}

#endif
