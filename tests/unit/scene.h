/* scene.h: a recording of one process in a folder of its own, from the builder to folded stacks.
 *
 * SCENE(test) gives a test a struct scene as its state:
 *
 *     begin(s, (struct builder_options){ 0 });
 *     process(s);
 *     sample(s, 10, PID, 100, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1015));
 *     write_file(s, 0);
 *     struct flame_verdict v = expect(s, plain, "app;inner;leaf 100\n"); */
#ifndef FLAME_TESTS_SCENE_H
#define FLAME_TESTS_SCENE_H

#include "check.h"
#include "perf_builder.h"

#include <flamedata/format.h>
#include <flamedata/session.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PID = 5, CODE = 0x1000 };

/* The code of process 5: outer [0x1000,0x1010), inner [0x1010,0x1020), leaf [0x1020,0x1030), _start
 * [0x1030,0x1040). */
static const char map_text[] = "1000 10 outer\n1010 10 inner\n1020 10 leaf\n1030 10 _start\n"
                               "1100 10 __pfx_padded\n1110 10 padded\n1200 10 restore\n";

struct scene {
    char folder[32], file[64], map[64];
    struct perf_builder *b;
};

static inline void forget(struct scene *s)
{
    if (s->b)
        builder_free(s->b);
    s->b = NULL;
}

static inline int set_up(void **state)
{
    static struct scene scene;
    strcpy(scene.folder, "/tmp/flame-test-XXXXXX");
    if (!mkdtemp(scene.folder))
        return -1;
    snprintf(scene.file, sizeof scene.file, "%s/perf.data", scene.folder);
    snprintf(scene.map, sizeof scene.map, "%s/perf-%d.map", scene.folder, PID);
    FILE *map = fopen(scene.map, "w");
    if (!map)
        return -1;
    fputs(map_text, map);
    fclose(map);
    scene.b = NULL;
    *state = &scene;
    return 0;
}

static inline int tear_down(void **state)
{
    struct scene *s = *state;
    forget(s);
    unlink(s->file);
    unlink(s->map);
    rmdir(s->folder);
    return 0;
}

static const struct flame_event_attr cycles = {
    .type = 0,
    .sample_type = FLAME_SAMPLE_IP | FLAME_SAMPLE_TID | FLAME_SAMPLE_TIME | FLAME_SAMPLE_PERIOD |
                   FLAME_SAMPLE_CALLCHAIN | FLAME_SAMPLE_IDENTIFIER,
    .flags = UINT64_C(1) << FLAME_ATTR_sample_id_all,
};

/* Begin a recording of one process whose code is JIT memory. */
static inline void begin(struct scene *s, struct builder_options options)
{
    s->b = builder_new(options);
    builder_attr(s->b, &cycles, "cycles", 1, (uint64_t[]){ 71 });
}

static inline void process(struct scene *s)
{
    builder_comm(s->b, PID, PID, "app");
    builder_mmap2(s->b, PID, PID, CODE, 0x1000, 0, "//anon");
}

static inline void sample(struct scene *s, uint64_t time, int32_t tid, uint64_t period,
                          size_t depth, const uint8_t *chain)
{
    struct flame_sample sample = { .where = { PID, tid, time, 71, 0, 0 },
                                   .misc = FLAME_MODE_USER,
                                   .ip = 0x1025,
                                   .period = period,
                                   .chain = chain,
                                   .chain_count = depth };
    builder_sample(s->b, &sample);
}

static inline void comm_at(struct scene *s, uint64_t time, int32_t tid, const char *name)
{
    struct flame_record r = { .type = FLAME_RECORD_COMM,
                              .where = { PID, tid, time, 71, 0, 0 },
                              .comm = { PID, tid, flame_str_from(name) } };
    builder_record(s->b, &r);
}

static inline void write_file(struct scene *s, size_t cut)
{
    struct flame_bytes bytes = builder_finish(s->b);
    FILE *out = fopen(s->file, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes.ptr, 1, (size_t)bytes.size - cut, out), bytes.size - cut);
    fclose(out);
}

static inline struct flame_session *open_with(struct scene *s, struct flame_session_options options)
{
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_session *session = flame_session_open(s->file, &options, &error);
    char text[300];
    flame_error_format(&error, text, sizeof text);
    if (!session)
        fail_msg("%s", text);
    return session;
}

static inline void assert_folded(const struct flame_session *session, const char *want)
{
    struct flame_output *out = flame_output_memory();
    assert_int_equal(flame_write_folded(flame_session_stacks(session), out, NULL), FLAME_OK);
    assert_str(flame_output_bytes(out), want);
    flame_output_discard(out);
}

/* Write, read, compare, and return the verdict's copy. */
static inline struct flame_verdict expect(struct scene *s, struct flame_session_options options,
                                          const char *want)
{
    struct flame_session *session = open_with(s, options);
    assert_folded(session, want);
    struct flame_verdict verdict = *flame_session_verdict(session);
    flame_session_close(session);
    return verdict;
}

static const struct flame_session_options plain = { .threads = 1,
                                                    .symbols.buildid_dir = "/nonexistent" };

#define SCENE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
