/* fuzz_timeline.c: the records of a perf.data, and the code of a jitdump, applied to a timeline;
 * then queries by thread, moment and address.
 *
 * An input that begins as a jitdump is one, behind a few maps of the same process. Holds of any
 * bytes: spans begin one after the other, an answer lies in the time that it says it is for, and
 * what is found at an address covers it, in an object that exists. */
#include "check.h"
#include "jit_dump.h"
#include "perf_mutator.h"
#include "timeline.h"

#include "perf_data.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t cap, unsigned seed);

/* Bytes that are gathered from the blocks, of which a compressed one lasts only for its turn. */
struct gathered {
    struct flame_timeline timeline;
    const struct flame_perf_file *file;
    struct flame_arena arena;
    FLAME_VEC(struct flame_pending) pending;
};

enum { QUERIES = 64 };

static void gather(struct gathered *g, const struct flame_perf_raw *raw)
{
    struct flame_record record;
    if (!flame_timeline_wants(raw->type) ||
        flame_perf_record_decode(g->file, raw, &record, NULL) != FLAME_OK)
        return;
    uint8_t *kept = flame_arena_alloc(&g->arena, raw->size);
    CHECK(kept);
    memcpy(kept, raw->bytes, raw->size);
    struct flame_moment when = flame_moment_of(&record.where, record.position, g->timeline.timed);
    CHECK(
        flame_vec_push(&g->pending, (struct flame_pending){ when, kept, raw->path, raw->offset }));
}

static void read_records(struct gathered *g)
{
    struct flame_perf_stream stream;
    struct flame_perf_buffer buffer = { 0 };
    struct flame_perf_block block;
    flame_perf_stream_init(&stream, g->file);
    while (flame_perf_stream_next(&stream, &buffer, &block) == FLAME_OK) {
        struct flame_perf_raw raw;
        size_t at = 0;
        while (flame_perf_block_next(&block, g->file->swap, &at, &raw))
            gather(g, &raw);
    }
    flame_perf_stream_deinit(&stream);
    flame_perf_buffer_free(&buffer);
}

static void apply(struct gathered *g)
{
    flame_order(g->pending.items, g->pending.count);
    for (size_t i = 0; i < g->pending.count; i++) {
        const struct flame_pending *p = &g->pending.items[i];
        struct flame_perf_block one = {
            .bytes = p->bytes, .size = UINT16_MAX, .offset = p->offset, .position = p->when.position
        };
        struct flame_perf_raw raw;
        struct flame_record record;
        size_t at = 0;
        CHECK(i == 0 || !flame_moment_before(p->when, p[-1].when));
        CHECK(flame_perf_block_next(&one, g->file->swap, &at, &raw));
        CHECK(flame_perf_record_decode(g->file, &raw, &record, NULL) == FLAME_OK);
        CHECK(flame_timeline_apply(&g->timeline, &record) == FLAME_OK);
    }
}

/* Look up what is mapped around an address. */
static void find_at(const struct flame_timeline *t, uint32_t space, uint64_t address)
{
    for (uint64_t a = address - 1; a != address + 2; a++) {
        const struct flame_map *map = flame_space_find(&t->spaces, space, a);
        if (map) {
            CHECK(map->start <= a && a < map->end);
            CHECK(map->dso < t->dsos.list.count);
        }
    }
}

static void query(const struct flame_timeline *t, int32_t pid, int32_t tid,
                  struct flame_moment when, uint64_t address)
{
    char name[64];
    struct flame_thread_state state = flame_timeline_at(t, pid, tid, when);
    CHECK(state.from_ns <= when.time_ns && when.time_ns <= state.until_ns);
    CHECK(state.comm == FLAME_COMM_NONE || state.comm < t->comms.strings.count);
    find_at(t, state.space, address);
    find_at(t, state.kernel_space, address);
    const struct flame_map *map = flame_space_find(&t->spaces, state.space, address);
    flame_dso_show(map ? &t->dsos.list.items[map->dso] : NULL, name, sizeof name);
}

/* Of each thread the beginnings of its spans, at the edges of maps that were put in. */
static void query_all(const struct flame_timeline *t)
{
    size_t maps = t->spaces.maps.count, threads = t->threads.count;
    for (size_t i = 0; i < QUERIES && i < threads; i++) {
        const struct flame_thread *thread = &t->threads.items[i * 7919 % threads];
        for (size_t k = 0; k < QUERIES && k < thread->spans.count; k++) {
            const struct flame_thread_span *span = &thread->spans.items[k];
            uint64_t address = maps ? t->spaces.maps.items[(i * 31 + k) % maps].start : 0,
                     end = maps ? t->spaces.maps.items[(i * 31 + k) % maps].end : 0;
            struct flame_moment later = { span->from.time_ns, UINT64_MAX };
            CHECK(k == 0 || !flame_moment_before(span->from, span[-1].from));
            CHECK(span->process < t->processes.count);
            query(t, span->pid, thread->tid, span->from, address);
            query(t, span->pid, thread->tid, later, end);
        }
    }
    query(t, 1, 2, (struct flame_moment){ 0, 0 }, 0);
    query(t, -1, -1, (struct flame_moment){ UINT64_MAX, UINT64_MAX }, UINT64_MAX);
    for (size_t i = 0; i < t->processes.count; i++) {
        const struct flame_space_line *line = &t->processes.items[i];
        for (size_t k = 1; k < line->spans.count; k++)
            CHECK(!flame_moment_before(line->spans.items[k].from, line->spans.items[k - 1].from));
    }
}

/* Whether the events' samples have times, as a session asks. */
static bool is_timed(const struct flame_perf_file *file)
{
    return file->events.items[0].attr.sample_type & FLAME_SAMPLE_TIME;
}

static void run_recording(const uint8_t *bytes, size_t size)
{
    struct flame_perf_file file;
    struct gathered g = { .file = &file };
    const struct flame_limits limits = { .decompressed = 1 << 18 };
    if (flame_perf_open_within(&file, bytes, size, "fuzz.data", &limits, NULL) != FLAME_OK)
        return;
    flame_arena_init(&g.arena, SIZE_MAX);
    CHECK(flame_timeline_init(&g.timeline, is_timed(&file)) == FLAME_OK);
    read_records(&g);
    apply(&g);
    query_all(&g.timeline);
    flame_timeline_deinit(&g.timeline);
    flame_vec_free(&g.pending);
    flame_arena_deinit(&g.arena);
    flame_perf_close(&file);
}

static void map_one(struct flame_timeline *t, uint64_t start, const char *name, uint64_t moment)
{
    struct flame_record record = { .type = FLAME_RECORD_MMAP2,
                                   .misc = FLAME_MODE_USER,
                                   .position = moment,
                                   .where = { .time_ns = moment },
                                   .map = { .pid = 5,
                                            .tid = 5,
                                            .start = start,
                                            .len = 1 << 24,
                                            .prot = 4,
                                            .filename = flame_str_from(name) } };
    CHECK(flame_timeline_apply(t, &record) == FLAME_OK);
}

/* The dump's code on top of memory that is mapped before and in between. */
static void run_dump(const uint8_t *bytes, size_t size)
{
    struct flame_jit_dump dump;
    struct flame_timeline t;
    struct flame_file file = { bytes, size, FLAME_FILE_BORROWED };
    if (flame_jit_dump_take(&dump, file, "jit-5.dump", NULL) != FLAME_OK)
        return;
    CHECK(flame_jit_dump_index(&dump) == FLAME_OK);
    CHECK(flame_timeline_init(&t, true) == FLAME_OK);
    for (size_t i = 0; i < dump.places.count; i++) {
        const struct flame_jit_place *place = &dump.places.items[i];
        struct flame_str name = flame_str_from(dump.methods.items[place->method].name);
        struct flame_dso dso = {
            .kind = FLAME_DSO_JITTED, .name = name, .path = name, .method = place->method
        };
        struct flame_map map = { place->start, place->start + place->size, 0, 0 };
        struct flame_moment when = { i, i };
        CHECK(flame_timeline_code_made(&t, place->pid, &dso, map, when) == FLAME_OK);
        if (i % 8 == 5)
            map_one(&t, place->start - (1 << 23), i % 16 == 5 ? "//anon" : "/lib/a.so", i);
        if (place->size) {
            struct flame_thread_state now = flame_timeline_at(&t, place->pid, place->pid, when);
            CHECK(i % 16 == 13 || flame_space_find(&t.spaces, now.space, place->start));
        }
    }
    query_all(&t);
    flame_timeline_deinit(&t);
    flame_jit_dump_close(&dump);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (flame_perf_probe(bytes, size))
        run_recording(bytes, size);
    else
        run_dump(bytes, size);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t cap, unsigned seed)
{
    return flame_fuzz_mutate_perf(bytes, size, cap, seed);
}
