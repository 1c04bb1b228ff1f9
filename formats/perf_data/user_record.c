/* user_record.c: from the bytes of perf's own records to their fields.
 *
 * Every field is read at its offset in file order, so no type needs swapping of its own. Several
 * types have grown in their lives: what an older writer left out is told by the record's size. */
#include "user_record.h"

#include <inttypes.h>

/* count entries of size bytes each, or none with the cursor failed. */
static struct flame_perf_array take_array(struct flame_cursor *c, uint64_t count, uint64_t size,
                                          const char *what)
{
    struct flame_perf_array array = { 0 };
    if (count > flame_cursor_left(c) / size) {
        flame_cursor_short(c, count > UINT64_MAX / size ? UINT64_MAX : count * size, what);
        return array;
    }
    array.bytes = flame_cursor_take(c, count * size, what);
    array.count = count;
    return array;
}

static struct flame_perf_array rest_as_array(struct flame_cursor *c, uint64_t size,
                                             const char *what)
{
    return take_array(c, flame_cursor_left(c) / size, size, what);
}

static struct flame_str rest_as_text(struct flame_cursor *c, const char *what)
{
    return flame_cursor_text(c, flame_cursor_left(c), what);
}

static struct flame_bytes rest_as_bytes(struct flame_cursor *c, const char *what)
{
    uint64_t size = flame_cursor_left(c);
    return (struct flame_bytes){ flame_cursor_take(c, size, what), size };
}

static int32_t take_i32(struct flame_cursor *c, const char *what)
{
    return (int32_t)flame_cursor_u32(c, what);
}

/* attr[its own size], then ids to the record's end. */
static void take_attr(struct flame_cursor *c, bool big_endian, struct flame_perf_user_record *r)
{
    struct flame_cursor peek = *c;
    flame_cursor_u32(&peek, "attr.type");
    uint32_t size = flame_cursor_u32(&peek, "attr.size");
    if (!flame_perf_attr_decode(c, size ? size : 64, big_endian, &r->attr.attr))
        c->failed = true;
    else
        r->attr.ids = rest_as_array(c, 8, "attr.ids");
}

static void take_id_index(struct flame_cursor *c, struct flame_perf_user_record *r)
{
    uint64_t count = flame_cursor_u64(c, "id_index.nr");
    r->id_index.entries = take_array(c, count, 32, "id_index.entries");
    if (count && flame_cursor_left(c) / 16 >= count)
        r->id_index.machines = take_array(c, count, 16, "id_index.machines");
}

static void take_auxtrace(struct flame_cursor *c, struct flame_perf_user_record *r)
{
    r->auxtrace.size = flame_cursor_u64(c, "auxtrace.size");
    r->auxtrace.offset = flame_cursor_u64(c, "auxtrace.offset");
    r->auxtrace.reference = flame_cursor_u64(c, "auxtrace.reference");
    r->auxtrace.index = flame_cursor_u32(c, "auxtrace.idx");
    r->auxtrace.tid = take_i32(c, "auxtrace.tid");
    r->auxtrace.cpu = take_i32(c, "auxtrace.cpu");
}

/* fmt 0 has no time. */
static void take_auxtrace_error(struct flame_cursor *c, struct flame_perf_user_record *r)
{
    enum { MESSAGE = 64 };
    r->auxtrace_error.kind = flame_cursor_u32(c, "auxtrace_error.type");
    r->auxtrace_error.code = flame_cursor_u32(c, "auxtrace_error.code");
    r->auxtrace_error.cpu = take_i32(c, "auxtrace_error.cpu");
    r->auxtrace_error.pid = take_i32(c, "auxtrace_error.pid");
    r->auxtrace_error.tid = take_i32(c, "auxtrace_error.tid");
    uint32_t fmt = flame_cursor_u32(c, "auxtrace_error.fmt");
    r->auxtrace_error.ip = flame_cursor_u64(c, "auxtrace_error.ip");
    r->auxtrace_error.time_ns = fmt ? flame_cursor_u64(c, "auxtrace_error.time") : FLAME_TIME_NONE;
    uint64_t left = flame_cursor_left(c);
    r->auxtrace_error.message =
        flame_cursor_text(c, left < MESSAGE ? left : MESSAGE, "auxtrace_error.msg");
}

/* Masks of 8-byte words were once padded to 8 from the start of the map, hence the 4 bytes; the
 * range fills what a mask's header would. */
static void take_cpu_map(struct flame_cursor *c, struct flame_perf_cpu_map *map)
{
    uint64_t offset = flame_cursor_offset(c);
    uint16_t kind = flame_cursor_u16(c, "cpu_map.type");
    switch (kind) {
    case FLAME_PERF_CPUS:
        map->words = take_array(c, flame_cursor_u16(c, "cpu_map.nr"), 2, "cpu_map.cpus");
        break;
    case FLAME_PERF_CPU_MASK: {
        uint16_t count = flame_cursor_u16(c, "cpu_map.nr");
        map->word_size = flame_cursor_u16(c, "cpu_map.long_size");
        if (map->word_size == 8)
            flame_cursor_take(c, 4, "cpu_map.pad");
        else if (map->word_size != 4 && !c->failed) {
            flame_fail(c->error, FLAME_CORRUPT, c->path, offset,
                       "cpu_map.long_size: %" PRIu16 " is neither 4 nor 8", map->word_size);
            c->failed = true;
            return;
        }
        map->words = take_array(c, count, map->word_size ? map->word_size : 4, "cpu_map.mask");
        break;
    }
    case FLAME_PERF_CPU_RANGE:
        map->any = flame_cursor_u8(c, "cpu_map.any");
        flame_cursor_take(c, 1, "cpu_map.pad");
        map->first = flame_cursor_u16(c, "cpu_map.first");
        map->last = flame_cursor_u16(c, "cpu_map.last");
        break;
    default:
        flame_fail(c->error, FLAME_CORRUPT, c->path, offset, "cpu_map.type: %" PRIu16 " is unknown",
                   kind);
        c->failed = true;
        return;
    }
    map->kind = kind;
}

static void take_stat(struct flame_cursor *c, struct flame_perf_user_record *r)
{
    r->stat.id = flame_cursor_u64(c, "stat.id");
    r->stat.cpu = take_i32(c, "stat.cpu");
    r->stat.thread = take_i32(c, "stat.thread");
    r->stat.value = flame_cursor_u64(c, "stat.val");
    r->stat.enabled = flame_cursor_u64(c, "stat.ena");
    r->stat.running = flame_cursor_u64(c, "stat.run");
}

static void take_event_update(struct flame_cursor *c, struct flame_perf_user_record *r)
{
    r->event_update.kind = flame_cursor_u64(c, "event_update.type");
    r->event_update.id = flame_cursor_u64(c, "event_update.id");
    switch (r->event_update.kind) {
    case FLAME_PERF_UPDATE_UNIT:
    case FLAME_PERF_UPDATE_NAME:
        r->event_update.text = rest_as_text(c, "event_update.text");
        break;
    case FLAME_PERF_UPDATE_SCALE: {
        uint64_t bits = flame_cursor_u64(c, "event_update.scale");
        memcpy(&r->event_update.scale, &bits, sizeof bits);
        break;
    }
    case FLAME_PERF_UPDATE_CPUS:
        take_cpu_map(c, &r->event_update.cpus);
        break;
    default:
        break;
    }
}

static void take_time_conv(struct flame_cursor *c, struct flame_perf_user_record *r)
{
    r->time_conv.shift = flame_cursor_u64(c, "time_conv.shift");
    r->time_conv.mult = flame_cursor_u64(c, "time_conv.mult");
    r->time_conv.zero = flame_cursor_u64(c, "time_conv.zero");
    r->time_conv.has_cycles = flame_cursor_left(c) > 0;
    if (!r->time_conv.has_cycles)
        return;
    r->time_conv.cycles = flame_cursor_u64(c, "time_conv.cycles");
    r->time_conv.mask = flame_cursor_u64(c, "time_conv.mask");
    r->time_conv.cap_zero = flame_cursor_u8(c, "time_conv.cap_zero");
    r->time_conv.cap_short = flame_cursor_u8(c, "time_conv.cap_short");
}

static void take_bpf_metadata(struct flame_cursor *c, struct flame_perf_user_record *r)
{
    enum { PROGRAM = 512 };
    r->bpf_metadata.program = flame_cursor_text(c, PROGRAM, "bpf_metadata.prog_name");
    uint64_t count = flame_cursor_u64(c, "bpf_metadata.nr_entries");
    r->bpf_metadata.pairs =
        take_array(c, count, FLAME_PERF_BPF_KEY + FLAME_PERF_BPF_VALUE, "bpf_metadata.entries");
}

static void take_schedstat(struct flame_cursor *c, struct flame_perf_user_record *r)
{
    r->schedstat.time_ns = flame_cursor_u64(c, "schedstat.timestamp");
    r->schedstat.cpu = take_i32(c, "schedstat.cpu");
    r->schedstat.version = flame_cursor_u16(c, "schedstat.version");
    r->schedstat.domain = flame_cursor_u16(c, "schedstat.domain");
    r->schedstat.counters = rest_as_bytes(c, "schedstat.counters");
}

/* Callchains that simpleperf unwound: all addresses, then all stack pointers. */
static void take_callchain(struct flame_cursor *c, struct flame_perf_user_record *r)
{
    r->callchain.pid = take_i32(c, "callchain.pid");
    r->callchain.tid = take_i32(c, "callchain.tid");
    r->callchain.kind = flame_cursor_u64(c, "callchain.type");
    r->callchain.time_ns = flame_cursor_u64(c, "callchain.time");
    uint64_t count = flame_cursor_u64(c, "callchain.nr");
    r->callchain.ips = take_array(c, count, 8, "callchain.ips");
    r->callchain.sps = take_array(c, count, 8, "callchain.sps");
}

/* False: not one of simpleperf's types. */
static bool take_simpleperf(struct flame_cursor *c, struct flame_perf_user_record *r)
{
    switch (r->type) {
    case FLAME_RECORD_SIMPLEPERF_KERNEL_SYMBOL:
    case FLAME_RECORD_SIMPLEPERF_TRACING_DATA:
        r->data_size = flame_cursor_u32(c, "data.size");
        flame_cursor_take(c, r->data_size, "data");
        return true;
    case FLAME_RECORD_SIMPLEPERF_DSO:
        r->dso.kind = flame_cursor_u64(c, "dso.type");
        r->dso.id = flame_cursor_u64(c, "dso.id");
        r->dso.min_vaddr = flame_cursor_u64(c, "dso.min_vaddr");
        r->dso.name = rest_as_text(c, "dso.name");
        return true;
    case FLAME_RECORD_SIMPLEPERF_SYMBOL:
        r->symbol.addr = flame_cursor_u64(c, "symbol.addr");
        r->symbol.len = flame_cursor_u64(c, "symbol.len");
        r->symbol.dso = flame_cursor_u64(c, "symbol.dso");
        r->symbol.name = rest_as_text(c, "symbol.name");
        return true;
    case FLAME_RECORD_SIMPLEPERF_SPLIT:
        r->split = rest_as_bytes(c, "split");
        return true;
    case FLAME_RECORD_SIMPLEPERF_SPLIT_END:
        return true;
    case FLAME_RECORD_SIMPLEPERF_EVENT_ID:
        r->event_id = take_array(c, flame_cursor_u64(c, "event_id.nr"), 16, "event_id.entries");
        return true;
    case FLAME_RECORD_SIMPLEPERF_CALLCHAIN:
        take_callchain(c, r);
        return true;
    case FLAME_RECORD_SIMPLEPERF_UNWINDING_RESULT:
        r->unwinding.time_ns = flame_cursor_u64(c, "unwinding_result.time");
        r->unwinding.words = rest_as_array(c, 8, "unwinding_result");
        return true;
    default:
        return false;
    }
}

/* False: a type that is not for here. */
static bool take_body(struct flame_cursor *c, const struct flame_perf_raw *raw, bool big_endian,
                      struct flame_perf_user_record *r)
{
    switch (r->type) {
    case FLAME_RECORD_ATTR:
        take_attr(c, big_endian, r);
        return true;
    case FLAME_RECORD_EVENT_TYPE:
        r->event_type.config = flame_cursor_u64(c, "event_type.id");
        r->event_type.name = rest_as_text(c, "event_type.name");
        return true;
    case FLAME_RECORD_TRACING_DATA:
        r->data_size = flame_cursor_u32(c, "tracing_data.size");
        return true;
    case FLAME_RECORD_BUILD_ID: {
        struct flame_cursor whole =
            flame_cursor_make(raw->bytes, raw->size, raw->offset, c->swap, raw->path, c->error);
        c->failed = !flame_perf_build_id_decode(&whole, false, &r->build_id);
        return true;
    }
    case FLAME_RECORD_FINISHED_ROUND:
    case FLAME_RECORD_FINISHED_INIT:
        return true;
    case FLAME_RECORD_ID_INDEX:
        take_id_index(c, r);
        return true;
    case FLAME_RECORD_AUXTRACE_INFO:
        r->auxtrace_info.kind = flame_cursor_u32(c, "auxtrace_info.type");
        flame_cursor_take(c, 4, "auxtrace_info.reserved");
        r->auxtrace_info.words = rest_as_array(c, 8, "auxtrace_info.priv");
        return true;
    case FLAME_RECORD_AUXTRACE:
        take_auxtrace(c, r);
        return true;
    case FLAME_RECORD_AUXTRACE_ERROR:
        take_auxtrace_error(c, r);
        return true;
    case FLAME_RECORD_THREAD_MAP:
        r->thread_map = take_array(c, flame_cursor_u64(c, "thread_map.nr"),
                                   8 + FLAME_PERF_THREAD_NAME, "thread_map.entries");
        return true;
    case FLAME_RECORD_CPU_MAP:
        take_cpu_map(c, &r->cpu_map);
        return true;
    case FLAME_RECORD_STAT_CONFIG:
        r->stat_config = take_array(c, flame_cursor_u64(c, "stat_config.nr"), 16, "stat_config");
        return true;
    case FLAME_RECORD_STAT:
        take_stat(c, r);
        return true;
    case FLAME_RECORD_STAT_ROUND:
        r->stat_round.kind = flame_cursor_u64(c, "stat_round.type");
        r->stat_round.time_ns = flame_cursor_u64(c, "stat_round.time");
        return true;
    case FLAME_RECORD_EVENT_UPDATE:
        take_event_update(c, r);
        return true;
    case FLAME_RECORD_TIME_CONV:
        take_time_conv(c, r);
        return true;
    case FLAME_RECORD_FEATURE:
        r->feature.bit = flame_cursor_u64(c, "feature.id");
        r->feature.payload = rest_as_bytes(c, "feature.data");
        return true;
    case FLAME_RECORD_COMPRESSED:
        r->compressed = rest_as_bytes(c, "compressed.data");
        return true;
    case FLAME_RECORD_COMPRESSED2:
        r->compressed.size = flame_cursor_u64(c, "compressed2.data_size");
        r->compressed.ptr = flame_cursor_take(c, r->compressed.size, "compressed2.data");
        return true;
    case FLAME_RECORD_BPF_METADATA:
        take_bpf_metadata(c, r);
        return true;
    case FLAME_RECORD_SCHEDSTAT_CPU:
    case FLAME_RECORD_SCHEDSTAT_DOMAIN:
        take_schedstat(c, r);
        return true;
    default:
        return take_simpleperf(c, r);
    }
}

enum flame_status flame_perf_user_decode(const struct flame_perf_file *file,
                                         const struct flame_perf_raw *raw,
                                         struct flame_perf_user_record *out,
                                         struct flame_error *error)
{
    struct flame_error own = FLAME_ERROR_INIT;
    error = error ? error : &own;
    struct flame_perf_user_record r = { .type = raw->type };
    struct flame_cursor c = flame_cursor_make(raw->bytes + 8, raw->size - 8u, raw->offset + 8,
                                              file->swap, raw->path, error);
    if (!take_body(&c, raw, file->big_endian, &r))
        return flame_fail(error, FLAME_UNSUPPORTED, raw->path, raw->offset,
                          "record type %" PRIu32 " is not one of perf's or simpleperf's own",
                          raw->type);
    if (c.failed)
        return error->status;
    *out = r;
    return FLAME_OK;
}
