/* feature.c: the features that are one value, and what all of them need: the table, strings,
 * counted lists.
 *
 * Invariant: a scalar is stored only when all of its fields were there.
 * Source: tools/perf/util/header.c of Linux 3.2 to 7.2. */
#include "feature_reader.h"

#include "fail.h"

#include <inttypes.h>

enum { STRING_MIN = FLAME_PERF_STRING_MIN, CPUS_MAX = 1 << 20 };

void flame_perf_feature_fail(struct flame_perf_feature_reader *r, enum flame_status status,
                             const char *text)
{
    if (flame_perf_feature_ok(r))
        r->status =
            flame_fail(r->c.error, status, r->c.path, flame_cursor_offset(&r->c), "%s", text);
}

void *flame_perf_feature_list(struct flame_perf_feature_reader *r, uint64_t *count, size_t smallest,
                              size_t size, const char *what)
{
    size_t left = flame_cursor_left(&r->c);
    if (!flame_perf_feature_ok(r))
        *count = 0;
    if (*count > left / smallest) {
        flame_fail(r->c.error, FLAME_CORRUPT, r->c.path, flame_cursor_offset(&r->c),
                   "%s: %" PRIu64 " entries in %zu bytes", what, *count, left);
        r->cut = true;
        *count = left / smallest;
    }
    void *items = *count ? flame_arena_zalloc(r->arena, (size_t)*count, size) : NULL;
    if (*count && !items) {
        flame_perf_feature_fail(r, FLAME_NOMEM, what);
        *count = 0;
    }
    return items;
}

struct flame_str flame_perf_feature_string(struct flame_perf_feature_reader *r, const char *what)
{
    uint32_t size = flame_cursor_u32(&r->c, what);
    return flame_cursor_text(&r->c, size, what);
}

struct flame_perf_strings flame_perf_feature_strings(struct flame_perf_feature_reader *r,
                                                     const char *what)
{
    struct flame_perf_strings list = { 0 };
    uint64_t count = flame_cursor_u32(&r->c, what);
    struct flame_str *items = flame_perf_feature_list(r, &count, STRING_MIN, sizeof *items, what);
    for (; list.count < count; list.count++) {
        struct flame_str s = flame_perf_feature_string(r, what);
        if (r->c.failed)
            break;
        items[list.count] = s;
    }
    list.items = items;
    return list;
}

struct flame_perf_pairs flame_perf_feature_pairs(struct flame_perf_feature_reader *r,
                                                 uint64_t count, const char *what)
{
    struct flame_perf_pairs list = { 0 };
    struct flame_perf_pair *items =
        flame_perf_feature_list(r, &count, 2 * STRING_MIN, sizeof *items, what);
    for (; list.count < count; list.count++) {
        struct flame_perf_pair pair;
        pair.name = flame_perf_feature_string(r, what);
        pair.value = flame_perf_feature_string(r, what);
        if (r->c.failed)
            break;
        items[list.count] = pair;
    }
    list.items = items;
    return list;
}

void flame_perf_read_framed(struct flame_perf_feature_reader *r)
{
    (void)r; /* its place is in out->sections, which is all that anyone needs */
}

#define STRING_FEATURE(field)                                                                      \
    void flame_perf_read_##field(struct flame_perf_feature_reader *r)                              \
    {                                                                                              \
        struct flame_str s = flame_perf_feature_string(r, #field);                                 \
        if (flame_perf_feature_ok(r))                                                              \
            r->out->field = s;                                                                     \
    }

STRING_FEATURE(hostname)
STRING_FEATURE(osrelease)
STRING_FEATURE(version)
STRING_FEATURE(arch)
STRING_FEATURE(cpudesc)
STRING_FEATURE(cpuid)

void flame_perf_read_nrcpus(struct flame_perf_feature_reader *r)
{
    uint32_t available = flame_cursor_u32(&r->c, "cpus available");
    uint32_t online = flame_cursor_u32(&r->c, "cpus online");
    if (available > CPUS_MAX || online > available)
        flame_perf_feature_fail(r, FLAME_CORRUPT, "an impossible number of CPUs");
    if (!flame_perf_feature_ok(r))
        return;
    r->out->cpus_available = available;
    r->out->cpus_online = online;
}

void flame_perf_read_total_mem(struct flame_perf_feature_reader *r)
{
    uint64_t kb = flame_cursor_u64(&r->c, "total memory");
    if (flame_perf_feature_ok(r))
        r->out->total_mem_kb = kb;
}

void flame_perf_read_cmdline(struct flame_perf_feature_reader *r)
{
    r->out->cmdline = flame_perf_feature_strings(r, "command line");
}

void flame_perf_read_sample_time(struct flame_perf_feature_reader *r)
{
    uint64_t first = flame_cursor_u64(&r->c, "time of the first sample");
    uint64_t last = flame_cursor_u64(&r->c, "time of the last sample");
    if (!flame_perf_feature_ok(r))
        return;
    r->out->first_sample_ns = first;
    r->out->last_sample_ns = last;
}

void flame_perf_read_clockid(struct flame_perf_feature_reader *r)
{
    uint64_t resolution = flame_cursor_u64(&r->c, "clock resolution");
    if (flame_perf_feature_ok(r))
        r->out->clock_resolution_ns = resolution;
}

void flame_perf_read_clock_data(struct flame_perf_feature_reader *r)
{
    uint32_t version = flame_cursor_u32(&r->c, "clock data version");
    uint32_t clockid = flame_cursor_u32(&r->c, "clock");
    uint64_t wall = flame_cursor_u64(&r->c, "wall clock time");
    uint64_t clock = flame_cursor_u64(&r->c, "clock time");
    if (version != 1)
        flame_perf_feature_fail(r, FLAME_UNSUPPORTED, "clock data of a later version");
    if (!flame_perf_feature_ok(r))
        return;
    r->out->clock_data.clockid = clockid;
    r->out->clock_data.wall_ns = wall;
    r->out->clock_data.clock_ns = clock;
}

void flame_perf_read_dir_format(struct flame_perf_feature_reader *r)
{
    uint64_t version = flame_cursor_u64(&r->c, "folder layout version");
    if (flame_perf_feature_ok(r))
        r->out->dir_version = version;
}

void flame_perf_read_compressed(struct flame_perf_feature_reader *r)
{
    uint32_t version = flame_cursor_u32(&r->c, "compression version");
    uint32_t type = flame_cursor_u32(&r->c, "compression type");
    uint32_t level = flame_cursor_u32(&r->c, "compression level");
    uint32_t ratio = flame_cursor_u32(&r->c, "compression ratio");
    uint32_t mmap_len = flame_cursor_u32(&r->c, "compression buffer size");
    if (!flame_perf_feature_ok(r))
        return;
    r->out->compressed.version = version;
    r->out->compressed.type = type;
    r->out->compressed.level = level;
    r->out->compressed.ratio = ratio;
    r->out->compressed.mmap_len = mmap_len;
}

void flame_perf_read_e_machine(struct flame_perf_feature_reader *r)
{
    uint32_t machine = flame_cursor_u32(&r->c, "ELF machine");
    uint32_t flags = flame_cursor_u32(&r->c, "ELF flags");
    if (!flame_perf_feature_ok(r))
        return;
    r->out->e_machine = machine;
    r->out->e_flags = flags;
}

void flame_perf_read_cln_size(struct flame_perf_feature_reader *r)
{
    uint32_t bytes = flame_cursor_u32(&r->c, "cache line size");
    if (flame_perf_feature_ok(r))
        r->out->cache_line_bytes = bytes;
}

enum flame_status flame_perf_feature_parse(struct flame_perf_features *out, uint32_t bit,
                                           struct flame_cursor section, struct flame_arena *arena)
{
    bool host_is_big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    struct flame_perf_feature_reader r = {
        .out = out, .c = section, .arena = arena, .big_endian = section.swap != host_is_big
    };
    void (*read)(struct flame_perf_feature_reader *) = flame_perf_read_framed;
    switch (bit) {
#define X(number, name, reader)                                                                    \
    case number:                                                                                   \
        read = flame_perf_read_##reader;                                                           \
        break;
        FLAME_PERF_FEATURES(X)
#undef X
    default:
        break;
    }
    if (flame_cursor_left(&section))
        read(&r);
    if (r.status == FLAME_OK)
        r.status = r.cut ? FLAME_CORRUPT : r.c.failed ? FLAME_TRUNCATED : FLAME_OK;
    if (bit < FLAME_PERF_FEATURE_LIMIT)
        out->sections[bit] =
            (struct flame_perf_section){ true, r.status, flame_cursor_offset(&section),
                                         flame_cursor_left(&section) };
    return r.status;
}
