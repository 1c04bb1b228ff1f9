/* simpleperf.c: see simpleperf.h.
 *
 * Records whose size does not fit 16 bits are split into pieces, which put together are the record
 * again, header included; an empty SPLIT_END closes them. DSO and SYMBOL records are what the first
 * versions wrote in place of the FILE feature.
 * Does not use CALLCHAIN (the samples have the same chains), UNWINDING_RESULT, TRACING_DATA. */
#include "simpleperf.h"

#include "bounds.h"
#include "events.h"
#include "user_record.h"

#include <inttypes.h>
#include <stdlib.h>

struct flame_simpleperf_dso {
    uint64_t id;
    size_t order;
    struct flame_perf_symbol_file file;
};

struct flame_simpleperf_symbol {
    uint64_t dso;
    size_t order;
    struct flame_perf_symbol symbol;
};

void flame_simpleperf_deinit(struct flame_simpleperf *s)
{
    flame_vec_free(&s->whole);
    flame_vec_free(&s->ids);
    flame_vec_free(&s->dsos);
    flame_vec_free(&s->symbols);
}

/* A compressed file expands a thousandfold; what must be kept of it is bounded. */
static uint64_t most_kept(const struct flame_perf_file *file)
{
    return flame_limit_of(&file->limits, FLAME_LIMIT_NAMES);
}

static enum flame_status too_much(const struct flame_perf_file *file,
                                  const struct flame_perf_raw *raw, struct flame_error *error)
{
    return flame_fail_limit(error, FLAME_LIMIT_NAMES, most_kept(file), raw->path, raw->offset, "",
                            "of symbols in records");
}

static enum flame_status take_ids(struct flame_simpleperf *s, const struct flame_perf_file *file,
                                  const struct flame_perf_array *pairs,
                                  const struct flame_perf_raw *raw, struct flame_error *error)
{
    for (uint64_t i = 0; i < pairs->count; i++) {
        uint64_t event = flame_load_u64(pairs->bytes, 2 * i, file->swap);
        uint64_t id = flame_load_u64(pairs->bytes, 2 * i + 1, file->swap);
        if (event >= file->events.count)
            return flame_fail(error, FLAME_CORRUPT, raw->path, raw->offset,
                              "an id for event %" PRIu64 ", of %zu", event, file->events.count);
        if (!flame_vec_push(&s->ids, (struct flame_perf_id){ id, (uint32_t)event }))
            return FLAME_NOMEM;
    }
    return FLAME_OK;
}

/* u32 size, text[size], padding. */
static struct flame_str text_of(const struct flame_perf_raw *raw, uint64_t size)
{
    struct flame_cursor c =
        flame_cursor_make(raw->bytes, raw->size, raw->offset, false, NULL, NULL);
    flame_cursor_take(&c, 12, "header and size");
    return flame_cursor_text(&c, size, "kallsyms");
}

static enum flame_status take_dso(struct flame_simpleperf *s,
                                  const struct flame_perf_user_record *record,
                                  const struct flame_perf_raw *raw, struct flame_error *error)
{
    if (record->dso.kind >= FLAME_SYMBOL_FILE_KINDS)
        return flame_fail(error, FLAME_CORRUPT, raw->path, raw->offset,
                          "a dso of an unknown kind, %" PRIu64, record->dso.kind);
    struct flame_simpleperf_dso dso = {
        .id = record->dso.id,
        .order = s->dsos.count,
        .file = { .kind = (enum flame_perf_symbol_file_kind)record->dso.kind,
                  .path = record->dso.name,
                  .min_vaddr = record->dso.min_vaddr,
                  .offset = FLAME_SYMBOL_FILE_NO_OFFSET },
    };
    return flame_vec_push(&s->dsos, dso) ? FLAME_OK : FLAME_NOMEM;
}

static enum flame_status take_symbol(struct flame_simpleperf *s,
                                     const struct flame_perf_user_record *record)
{
    struct flame_simpleperf_symbol symbol = {
        .dso = record->symbol.dso,
        .order = s->symbols.count,
        .symbol = { record->symbol.addr, record->symbol.len, record->symbol.name },
    };
    return flame_vec_push(&s->symbols, symbol) ? FLAME_OK : FLAME_NOMEM;
}

static bool is_wanted(const struct flame_simpleperf *s, uint32_t type)
{
    if (s->for_ids)
        return type == FLAME_RECORD_SIMPLEPERF_EVENT_ID;
    return type == FLAME_RECORD_SIMPLEPERF_KERNEL_SYMBOL || type == FLAME_RECORD_SIMPLEPERF_DSO ||
           type == FLAME_RECORD_SIMPLEPERF_SYMBOL;
}

/* A record that is not a piece of one. */
static enum flame_status take_one(struct flame_simpleperf *s, const struct flame_perf_file *file,
                                  struct flame_perf_raw raw, bool borrowed,
                                  struct flame_error *error)
{
    if (!is_wanted(s, raw.type))
        return FLAME_OK;
    if (!borrowed && !s->for_ids) {
        if ((s->kept += raw.size) > most_kept(file))
            return too_much(file, &raw, error);
        void *copy = flame_arena_alloc(s->arena, raw.size);
        if (!copy)
            return FLAME_NOMEM;
        raw.bytes = memcpy(copy, raw.bytes, raw.size);
    }
    struct flame_perf_user_record record;
    enum flame_status status = flame_perf_user_decode(file, &raw, &record, error);
    if (status != FLAME_OK)
        return status;
    switch (raw.type) {
    case FLAME_RECORD_SIMPLEPERF_DSO:
        return take_dso(s, &record, &raw, error);
    case FLAME_RECORD_SIMPLEPERF_SYMBOL:
        return take_symbol(s, &record);
    case FLAME_RECORD_SIMPLEPERF_EVENT_ID:
        return take_ids(s, file, &record.event_id, &raw, error);
    default: /* of several the last counts */
        s->kallsyms = text_of(&raw, record.data_size);
        return FLAME_OK;
    }
}

static enum flame_status take_piece(struct flame_simpleperf *s, const struct flame_perf_file *file,
                                    const struct flame_perf_raw *raw, struct flame_error *error)
{
    struct flame_cursor c =
        flame_cursor_make(raw->bytes, raw->size, raw->offset, false, NULL, NULL);
    flame_cursor_take(&c, 8, "header");
    size_t size = flame_cursor_left(&c);
    const uint8_t *piece = flame_cursor_take(&c, size, "piece");
    if (!s->splitting) {
        s->whole_offset = raw->offset;
        s->whole.count = 0;
    }
    s->splitting = true;
    if (size == 0 || !piece)
        return FLAME_OK;
    if (size > most_kept(file) || s->whole.count > most_kept(file) - size)
        return too_much(file, raw, error);
    if (!flame_vec_reserve(&s->whole, size))
        return FLAME_NOMEM;
    memcpy(s->whole.items + s->whole.count, piece, size);
    s->whole.count += size;
    return FLAME_OK;
}

static enum flame_status fail_split(struct flame_simpleperf *s, const char *path,
                                    struct flame_error *error)
{
    s->splitting = false;
    return flame_fail(error, FLAME_CORRUPT, path, s->whole_offset,
                      "the pieces of a split record do not make one");
}

static enum flame_status join_pieces(struct flame_simpleperf *s, const struct flame_perf_file *file,
                                     const struct flame_perf_raw *end, struct flame_error *error)
{
    struct flame_perf_block block = {
        .bytes = s->whole.items,
        .size = s->whole.count,
        .path = end->path,
        .offset = s->whole_offset,
        .position = end->position,
        .compressed = true, /* what lies inside has the place of the first piece */
    };
    struct flame_perf_raw raw;
    size_t at = 0;
    if (!s->splitting || !flame_perf_block_next(&block, file->swap, &at, &raw) || at != block.size)
        return fail_split(s, end->path, error);
    s->splitting = false;
    return take_one(s, file, raw, false, error);
}

enum flame_status flame_simpleperf_take(struct flame_simpleperf *s,
                                        const struct flame_perf_file *file,
                                        const struct flame_perf_raw *raw, bool borrowed,
                                        struct flame_error *error)
{
    if (raw->type == FLAME_RECORD_SIMPLEPERF_SPLIT)
        return take_piece(s, file, raw, error);
    if (raw->type == FLAME_RECORD_SIMPLEPERF_SPLIT_END)
        return join_pieces(s, file, raw, error);
    bool cut = s->splitting;
    if (cut)
        fail_split(s, raw->path, error);
    enum flame_status status = take_one(s, file, *raw, borrowed, error);
    return status == FLAME_OK && cut && !s->for_ids ? FLAME_CORRUPT : status;
}

/* The pieces of a split record are looked at in both walks; what is wrong with them is said in the
 * other one. */
static enum flame_status take_block_ids(struct flame_simpleperf *s, struct flame_perf_file *file,
                                        const struct flame_perf_block *block)
{
    struct flame_perf_raw raw;
    size_t at = 0;
    while (flame_perf_block_next(block, file->swap, &at, &raw)) {
        struct flame_error error = FLAME_ERROR_INIT;
        if (raw.type < FLAME_RECORD_SIMPLEPERF)
            continue;
        enum flame_status status = flame_simpleperf_take(s, file, &raw, block->borrowed, &error);
        if (status == FLAME_NOMEM)
            return status;
        if (status == FLAME_OK || raw.type != FLAME_RECORD_SIMPLEPERF_EVENT_ID)
            continue;
        file->bad_features++;
        flame_fail(&file->bad_feature, status, raw.path, raw.offset, "%s", error.text);
    }
    return FLAME_OK;
}

enum flame_status flame_simpleperf_read_ids(struct flame_perf_file *file)
{
    struct flame_simpleperf s = { .for_ids = true };
    struct flame_perf_stream stream;
    struct flame_perf_buffer buffer = { 0 };
    struct flame_perf_block block;
    /* One that was killed cannot say who wrote it; and one event takes every id. */
    bool perhaps = flame_perf_is_simpleperf(file) || file->parts.items[0].cut;
    if (!perhaps || file->events.count < 2)
        return FLAME_OK;
    enum flame_status status;
    flame_perf_stream_init(&stream, file);
    while ((status = flame_perf_stream_next(&stream, &buffer, &block)) == FLAME_OK) {
        status = take_block_ids(&s, file, &block);
        if (status != FLAME_OK)
            break;
    }
    flame_perf_stream_deinit(&stream);
    flame_perf_buffer_free(&buffer);
    for (size_t i = 0; i < s.ids.count && status == FLAME_EMPTY; i++)
        if (!flame_vec_push(&file->ids, s.ids.items[i]))
            status = FLAME_NOMEM;
    flame_perf_events_order(file);
    flame_simpleperf_deinit(&s);
    return status == FLAME_EMPTY ? FLAME_OK : status;
}

static int by_id(const void *a, const void *b)
{
    const struct flame_simpleperf_dso *x = a, *y = b;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static int by_dso(const void *a, const void *b)
{
    const struct flame_simpleperf_symbol *x = a, *y = b;
    if (x->dso != y->dso)
        return x->dso < y->dso ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* Both lists are sorted: give each dso its run of the symbols. Of dsos with one id, the first. */
static size_t deal_out(struct flame_simpleperf *s, struct flame_perf_symbol_file *files,
                       struct flame_perf_symbol *symbols)
{
    size_t dealt = 0, next = 0;
    for (size_t i = 0; i < s->dsos.count; i++) {
        uint64_t id = s->dsos.items[i].id;
        files[i] = s->dsos.items[i].file;
        files[i].symbols = symbols + dealt;
        while (next < s->symbols.count && s->symbols.items[next].dso < id)
            next++;
        for (; next < s->symbols.count && s->symbols.items[next].dso == id; next++) {
            symbols[dealt++] = s->symbols.items[next].symbol;
            files[i].count++;
        }
    }
    return dealt;
}

enum flame_status flame_simpleperf_finish(struct flame_simpleperf *s,
                                          const struct flame_perf_file *file,
                                          struct flame_error *error)
{
    enum flame_status status = s->splitting ? fail_split(s, file->path, error) : FLAME_OK;
    struct flame_perf_symbol_file *files =
        flame_arena_zalloc(s->arena, s->dsos.count + 1, sizeof *files);
    struct flame_perf_symbol *symbols =
        flame_arena_zalloc(s->arena, s->symbols.count + 1, sizeof *symbols);
    if (!files || !symbols)
        return FLAME_NOMEM;
    if (s->dsos.count)
        qsort(s->dsos.items, s->dsos.count, sizeof *s->dsos.items, by_id);
    if (s->symbols.count)
        qsort(s->symbols.items, s->symbols.count, sizeof *s->symbols.items, by_dso);
    size_t dealt = deal_out(s, files, symbols);
    if (dealt < s->symbols.count)
        status = flame_fail(error, FLAME_CORRUPT, file->path, FLAME_NO_OFFSET,
                            "%zu symbols belong to no dso", s->symbols.count - dealt);
    s->files = (struct flame_perf_symbol_files){ files, s->dsos.count };
    flame_simpleperf_deinit(s);
    return status;
}
