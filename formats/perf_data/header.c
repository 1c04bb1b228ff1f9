/* header.c: the file's head: where attrs, ids, records and features lie.
 *
 * Positions come from the header's own stride and offsets; nothing assumes an order of sections.
 * Version 1 (perf before 3.5) has the same header behind another magic. Source:
 * tools/perf/util/header.c; docs/formats/perf_data.md, "header". */
#include "bounds.h"
#include "events.h"
#include "pipe.h"
#include "place.h"
#include "simpleperf.h"

#include <inttypes.h>

enum {
    HEADER_SIZE = 104,
    HEADER_SIZE_NO_FEATURES = 72,
    PIPE_HEADER_SIZE = 16,
    AT_ATTRS = 24,
    FEATURE_BITS = 256,
};

static const char magic_little[8] = { 'P', 'E', 'R', 'F', 'I', 'L', 'E', '2' };
static const char magic_big[8] = { '2', 'E', 'L', 'I', 'F', 'R', 'E', 'P' };
static const char magic_v1[8] = { 'P', 'E', 'R', 'F', 'F', 'I', 'L', 'E' };

static bool host_is_big(void)
{
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
}

bool flame_perf_probe(const void *bytes, size_t size)
{
    return size >= 8 && (memcmp(bytes, magic_little, 8) == 0 || memcmp(bytes, magic_big, 8) == 0 ||
                         memcmp(bytes, magic_v1, 8) == 0);
}

static struct flame_perf_place take_section(struct flame_cursor *c, const char *what)
{
    struct flame_perf_place s;
    s.offset = flame_cursor_u64(c, what);
    s.size = flame_cursor_u64(c, what);
    return s;
}

static enum flame_status fail(const struct flame_perf_file *file, struct flame_error *error,
                              enum flame_status status, uint64_t offset, const char *text)
{
    return flame_fail(error, status, file->path, offset, "%s", text);
}

/* Version 1's magic is the same in both byte orders; attr_size must then be that of one of the
 * attrs there were, 64 to 104 bytes, and two offsets of 8. */
static bool is_v1_of(const struct flame_perf_file *file, bool big_endian)
{
    struct flame_cursor c = flame_cursor_make(file->bytes, file->size, 0,
                                              big_endian != host_is_big(), file->path, NULL);
    flame_cursor_take(&c, 16, "header");
    uint64_t size = flame_cursor_u64(&c, "header.attr_size");
    return !c.failed && size >= 80 && size <= 120 && size % 8 == 0;
}

static enum flame_status check_magic(struct flame_perf_file *file, struct flame_error *error)
{
    if (file->size == 0)
        return fail(file, error, FLAME_FORMAT, FLAME_NO_OFFSET, "the file is empty");
    if (file->size >= 2 && file->bytes[0] == 0x1f && file->bytes[1] == 0x8b)
        return fail(file, error, FLAME_FORMAT, 0, "compressed with gzip; gunzip it first");
    if (!flame_perf_probe(file->bytes, file->size))
        return fail(file, error, FLAME_FORMAT, 0,
                    "not a perf.data file (it does not begin with PERFILE2)");
    if (memcmp(file->bytes, magic_v1, 8) == 0) {
        file->form = FLAME_PERF_FORM_V1;
        file->big_endian = is_v1_of(file, true);
        if (!file->big_endian && !is_v1_of(file, false))
            return fail(file, error, FLAME_CORRUPT, 16,
                        "header.attr_size fits version 1 in neither byte order");
    } else {
        file->big_endian = memcmp(file->bytes, magic_big, 8) == 0;
    }
    file->swap = file->big_endian != host_is_big();
    return FLAME_OK;
}

/* The ids of one event, of which it is said at an offset where they are. A range that is wrong
 * costs the ids, not the event. *end becomes not less than theirs. */
static enum flame_status read_ids(struct flame_perf_file *file, struct flame_perf_place ids,
                                  uint64_t said, uint32_t event, uint64_t *end)
{
    if (ids.size == 0)
        return FLAME_OK;
    uint64_t count = ids.size / 8;
    /* Ranges may overlap, but a file cannot have more ids than room for them. */
    if (ids.offset > file->size || ids.size > file->size - ids.offset || ids.size % 8 ||
        count > file->size / 8 - file->ids.count) {
        file->bad_features++;
        flame_fail(&file->bad_feature, FLAME_CORRUPT, file->path, said,
                   "ids of event %" PRIu32 ": %" PRIu64 " bytes do not fit the file", event,
                   ids.size);
        return FLAME_OK;
    }
    *end = *end > ids.offset + ids.size ? *end : ids.offset + ids.size;
    uint64_t most = flame_limit_of(&file->limits, FLAME_LIMIT_IDS);
    if (count > most) {
        file->bad_features++;
        flame_fail_limit(&file->bad_feature, FLAME_LIMIT_IDS, most, file->path, ids.offset,
                         "an event has", "ids");
        return FLAME_OK;
    }
    return flame_perf_events_identify(file, file->bytes + ids.offset, count, event);
}

/* perf before 3.x: rows of u64 config, char name[64]. */
static enum flame_status read_event_types(struct flame_perf_file *file,
                                          struct flame_perf_place types)
{
    enum { ROW = 72 };
    if (types.offset > file->size || types.size > file->size - types.offset)
        return FLAME_OK;
    struct flame_cursor c = flame_cursor_make(file->bytes + types.offset, types.size, types.offset,
                                              file->swap, file->path, NULL);
    while (flame_cursor_left(&c) >= ROW) {
        struct flame_perf_event_type type = { .config = flame_cursor_u64(&c, "event_type.id") };
        type.name = flame_cursor_text(&c, ROW - 8, "event_type.name");
        if (!flame_vec_push(&file->event_types, type))
            return FLAME_NOMEM;
    }
    return FLAME_OK;
}

/* *end becomes where the last of the attrs and ids ends. */
static enum flame_status read_attrs(struct flame_perf_file *file, struct flame_cursor *c,
                                    struct flame_perf_place attrs, uint64_t stride, uint64_t *end,
                                    struct flame_error *error)
{
    if (stride < 64 + 16 || attrs.size / stride == 0)
        return flame_fail(error, FLAME_CORRUPT, file->path, 16,
                          "attrs: %" PRIu64 " bytes in entries of %" PRIu64 " describe no event",
                          attrs.size, stride);
    uint64_t count = attrs.size / stride;
    if (!flame_perf_events_have_room(file, count, AT_ATTRS, error))
        return FLAME_LIMIT;
    if (attrs.offset > file->size)
        return flame_fail(error, FLAME_TRUNCATED, file->path, AT_ATTRS,
                          "header.attrs.offset is %" PRIu64 ", beyond the file's %zu bytes",
                          attrs.offset, file->size);
    flame_cursor_seek(c, attrs.offset, "attrs");
    *end = attrs.offset + count * stride;
    for (uint32_t i = 0; i < count; i++) {
        struct flame_cursor entry = flame_cursor_sub(c, stride, "attrs");
        struct flame_perf_event event = { 0 };
        if (entry.failed ||
            !flame_perf_attr_decode(&entry, stride - 16, file->big_endian, &event.attr))
            return error->status != FLAME_OK ? error->status : FLAME_CORRUPT;
        uint64_t said = flame_cursor_offset(&entry);
        struct flame_perf_place ids = take_section(&entry, "attr.ids");
        if (!flame_vec_push(&file->events, event) || read_ids(file, ids, said, i, end) != FLAME_OK)
            return fail(file, error, FLAME_NOMEM, FLAME_NO_OFFSET, "out of memory");
    }
    return FLAME_OK;
}

/* Set bit i of out for each feature. A big-endian writer's bitmap is made of its own unsigned
 * longs: perf tries u64, and when HOSTNAME (3) is then missing, u32; BUILD_ID (2) alone is the last
 * guess. */
static void read_bitmap(const struct flame_perf_file *file, const uint8_t raw[FEATURE_BITS / 8],
                        bool out[FEATURE_BITS])
{
    enum { BUILD_ID = 2, HOSTNAME = 3 };
    static const uint8_t none[FEATURE_BITS / 8];
    if (memcmp(raw, none, sizeof none) == 0)
        return;
    for (size_t word = 8; word >= 4; word /= 2) {
        for (size_t i = 0; i < FEATURE_BITS; i++) {
            size_t byte = i / 8;
            if (file->big_endian)
                byte = byte / word * word + (word - 1 - byte % word);
            out[i] = raw[byte] >> (i % 8) & 1;
        }
        if (!file->big_endian || out[HOSTNAME])
            return;
    }
    memset(out, 0, FEATURE_BITS * sizeof *out);
    out[BUILD_ID] = true;
}

/* The header has it, but it is not there. */
static void miss_feature(struct flame_perf_file *file, uint32_t bit, uint64_t offset)
{
    file->bad_features++;
    file->features.sections[bit] =
        (struct flame_perf_section){ .present = true, .status = FLAME_TRUNCATED, .offset = offset };
}

/* Where the sections lie of which the table has a slot for each set bit; perf inject writes attrs
 * and ids behind them. */
static struct flame_perf_extent measure_features(const struct flame_perf_file *file,
                                                 const bool present[FEATURE_BITS],
                                                 const struct flame_perf_head *head, uint64_t table)
{
    uint64_t end = table + head->slots * FLAME_PERF_SLOT_SIZE;
    struct flame_perf_extent extent = { .table = table, .table_end = end, .end = end };
    struct flame_cursor c =
        flame_cursor_make(file->bytes, file->size, 0, file->swap, file->path, NULL);
    flame_cursor_seek(&c, table, "feature table");
    for (uint32_t bit = 0; bit < FEATURE_BITS; bit++) {
        if (!present[bit])
            continue;
        struct flame_perf_place s = take_section(&c, "feature table");
        if (!c.failed)
            flame_perf_extent_add(&extent, s);
    }
    if (head->end > extent.end)
        extent.end = head->end;
    return extent;
}

/* One table slot per set bit, behind the records. What is wrong with a feature is counted; the
 * others are still read. FLAME_OK or FLAME_NOMEM. */
static enum flame_status read_features(struct flame_perf_file *file,
                                       const bool present[FEATURE_BITS],
                                       const struct flame_perf_head *head, uint64_t table)
{
    const struct flame_perf_extent extent = measure_features(file, present, head, table);
    const uint64_t size = flame_perf_check_end(file, &extent);
    struct flame_cursor c =
        flame_cursor_make(file->bytes, size, 0, file->swap, file->path, &file->bad_feature);
    flame_cursor_seek(&c, table, "feature table");
    for (uint32_t bit = 0; bit < FEATURE_BITS; bit++) {
        if (!present[bit])
            continue;
        struct flame_perf_place s = take_section(&c, "feature table");
        if (s.size == 0)
            s.offset = 0;
        struct flame_cursor whole =
            flame_cursor_make(file->bytes, size, 0, file->swap, file->path, &file->bad_feature);
        struct flame_cursor section = { .failed = true };
        if (!c.failed && flame_cursor_seek(&whole, s.offset, "feature"))
            section = flame_cursor_sub(&whole, s.size, "feature");
        if (section.failed) {
            miss_feature(file, bit, s.offset);
            continue;
        }
        enum flame_status status =
            flame_perf_feature_parse(&file->features, bit, section, &file->arena);
        if (status == FLAME_NOMEM)
            return status;
        file->bad_features += status != FLAME_OK;
    }
    return FLAME_OK;
}

enum flame_status flame_perf_add_part(struct flame_perf_file *file, const void *bytes, size_t size,
                                      const char *path)
{
    struct flame_perf_part part = { bytes, path, 0, size, false };
    return flame_vec_push(&file->parts, part) ? FLAME_OK : FLAME_NOMEM;
}

static enum flame_status read_head(struct flame_perf_file *file, struct flame_error *error)
{
    enum flame_status status = check_magic(file, error);
    if (status != FLAME_OK)
        return status;
    struct flame_cursor c =
        flame_cursor_make(file->bytes, file->size, 0, file->swap, file->path, error);
    flame_cursor_take(&c, 8, "header.magic");
    uint64_t size = flame_cursor_u64(&c, "header.size");
    if (c.failed)
        return FLAME_TRUNCATED;
    if (size == PIPE_HEADER_SIZE && file->form == FLAME_PERF_FORM_FILE)
        return flame_perf_pipe_read(file, PIPE_HEADER_SIZE, error);
    if (size != HEADER_SIZE && size != HEADER_SIZE_NO_FEATURES)
        return flame_fail(error, FLAME_CORRUPT, file->path, 8,
                          "header.size is %" PRIu64 ", neither 104 nor 72", size);
    uint64_t stride = flame_cursor_u64(&c, "header.attr_size");
    struct flame_perf_place attrs = take_section(&c, "header.attrs");
    struct flame_perf_place data = take_section(&c, "header.data");
    struct flame_perf_place types = take_section(&c, "header.event_types");
    bool present[FEATURE_BITS] = { 0 };
    if (size == HEADER_SIZE) {
        const uint8_t *raw = flame_cursor_take(&c, FEATURE_BITS / 8, "header.features");
        if (raw)
            read_bitmap(file, raw, present);
    }
    if (c.failed)
        return FLAME_TRUNCATED;
    struct flame_perf_head head = { .size = size };
    for (uint32_t bit = 0; bit < FEATURE_BITS; bit++)
        head.slots += present[bit];
    flame_perf_cut_at_another(file, size, data.offset);
    c = flame_cursor_make(file->bytes, file->size, 0, file->swap, file->path, error);
    status = read_attrs(file, &c, attrs, stride, &head.end, error);
    if (status != FLAME_OK)
        return status;
    bool whole;
    if (read_event_types(file, types) != FLAME_OK ||
        flame_perf_place_data(file, &head, &data, &whole) != FLAME_OK ||
        (whole && read_features(file, present, &head, data.offset + data.size) != FLAME_OK))
        return fail(file, error, FLAME_NOMEM, FLAME_NO_OFFSET, "out of memory");
    return FLAME_OK;
}

enum flame_status flame_perf_open(struct flame_perf_file *file, const void *bytes, size_t size,
                                  const char *path, struct flame_error *error)
{
    return flame_perf_open_within(file, bytes, size, path, NULL, error);
}

enum flame_status flame_perf_open_within(struct flame_perf_file *file, const void *bytes,
                                         size_t size, const char *path,
                                         const struct flame_limits *limits,
                                         struct flame_error *error)
{
    struct flame_error own = FLAME_ERROR_INIT;
    error = error ? error : &own;
    *file = (struct flame_perf_file){
        .bytes = bytes, .size = size, .path = path, .bad_feature = FLAME_ERROR_INIT
    };
    if (limits)
        file->limits = *limits;
    flame_arena_init(&file->arena, SIZE_MAX);
    enum flame_status status = read_head(file, error);
    if (status == FLAME_OK)
        status = flame_perf_events_settle(file, error);
    if (status == FLAME_OK && flame_simpleperf_read_ids(file) != FLAME_OK)
        status = fail(file, error, FLAME_NOMEM, FLAME_NO_OFFSET, "out of memory");
    if (status != FLAME_OK)
        flame_perf_close(file);
    return status;
}

void flame_perf_close(struct flame_perf_file *file)
{
    flame_arena_deinit(&file->arena);
    flame_vec_free(&file->events);
    flame_vec_free(&file->ids);
    flame_vec_free(&file->event_types);
    flame_vec_free(&file->parts);
}
