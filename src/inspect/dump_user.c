/* dump_user.c: perf's own records, and simpleperf's. Lists are written whole: a record is 64 KiB.
 */
#include "dump.h"
#include "spell.h"

struct list {
    struct flame_output *out;
    bool more;
};

static struct list list_begin(struct flame_output *out, const char *name)
{
    flame_field(out, name);
    flame_put(out, "[", 1);
    return (struct list){ .out = out };
}

static void list_next(struct list *list)
{
    if (list->more)
        flame_put(list->out, " ", 1);
    list->more = true;
}

static void list_end(const struct list *list)
{
    flame_put(list->out, "]", 1);
}

/* Entries of several words each: [1,2,3 4,5,6] */
static void put_tuples(struct flame_output *out, const char *name,
                       const struct flame_perf_array *array, unsigned width, bool swap)
{
    struct list list = list_begin(out, name);
    for (uint64_t i = 0; i < array->count; i++) {
        list_next(&list);
        for (unsigned j = 0; j < width; j++) {
            if (j)
                flame_put(out, ",", 1);
            /* -1, for any cpu or thread, in 32 or 64 bits */
            uint64_t value = flame_load_u64(array->bytes, i * width + j, swap);
            flame_put_signed(out, (int64_t)value);
        }
    }
    list_end(&list);
}

static struct flame_cursor entries_of(const struct flame_perf_file *file,
                                      const struct flame_perf_array *array, uint64_t size)
{
    return flame_cursor_make(array->bytes, array->count * size, 0, file->swap, NULL, NULL);
}

static void put_attr(struct flame_output *out, const struct flame_perf_file *file,
                     const struct flame_perf_user_record *r)
{
    const struct flame_event_attr *a = &r->attr.attr;
    flame_field_u64(out, "type", a->type);
    flame_field_u64(out, "size", a->size);
    flame_field_hex(out, "config", a->config);
    flame_field_u64(out, flame_attr_has(a, FLAME_ATTR_freq) ? "freq" : "period", a->sample_period);
    flame_field(out, "sample_type");
    flame_put_bits(out, FLAME_BITS_SAMPLE, a->sample_type);
    flame_field(out, "read_format");
    flame_put_bits(out, FLAME_BITS_READ, a->read_format);
    flame_field_hex(out, "flags", a->flags);
    if (a->branch_sample_type) {
        flame_field(out, "branch_sample_type");
        flame_put_bits(out, FLAME_BITS_BRANCH, a->branch_sample_type);
    }
    put_tuples(out, "ids", &r->attr.ids, 1, file->swap);
}

static void put_cpus(struct flame_output *out, const struct flame_perf_file *file,
                     const struct flame_perf_cpu_map *map)
{
    struct list list = list_begin(out, "cpus");
    struct flame_cursor c;
    switch (map->kind) {
    case FLAME_PERF_CPUS:
        c = entries_of(file, &map->words, 2);
        while (flame_cursor_left(&c)) {
            list_next(&list);
            flame_put_signed(out, (int16_t)flame_cursor_u16(&c, "cpu"));
        }
        break;
    case FLAME_PERF_CPU_MASK:
        c = entries_of(file, &map->words, map->word_size);
        for (uint64_t first = 0; flame_cursor_left(&c); first += map->word_size * UINT64_C(8)) {
            uint64_t word =
                map->word_size == 8 ? flame_cursor_u64(&c, "mask") : flame_cursor_u32(&c, "mask");
            for (; word; word &= word - 1) {
                list_next(&list);
                flame_put_u64(out, first + (uint64_t)__builtin_ctzll(word));
            }
        }
        break;
    case FLAME_PERF_CPU_RANGE:
        if (map->any) {
            list_next(&list);
            flame_put_text(out, "-1");
        }
        list_next(&list);
        flame_put_u64(out, map->first);
        flame_put(out, "-", 1);
        flame_put_u64(out, map->last);
        break;
    }
    list_end(&list);
}

static void put_thread_map(struct flame_output *out, const struct flame_perf_file *file,
                           const struct flame_perf_array *threads)
{
    struct list list = list_begin(out, "threads");
    struct flame_cursor c = entries_of(file, threads, 8 + FLAME_PERF_THREAD_NAME);
    while (flame_cursor_left(&c)) {
        list_next(&list);
        flame_put_signed(out, (int64_t)flame_cursor_u64(&c, "tid"));
        flame_put(out, ":", 1);
        flame_put_quoted(out, flame_cursor_text(&c, FLAME_PERF_THREAD_NAME, "comm"));
    }
    list_end(&list);
}

static void put_bpf_metadata(struct flame_output *out, const struct flame_perf_file *file,
                             const struct flame_perf_user_record *r)
{
    flame_field_text(out, "program", r->bpf_metadata.program);
    struct list list = list_begin(out, "entries");
    struct flame_cursor c =
        entries_of(file, &r->bpf_metadata.pairs, FLAME_PERF_BPF_KEY + FLAME_PERF_BPF_VALUE);
    while (flame_cursor_left(&c)) {
        list_next(&list);
        flame_put_quoted(out, flame_cursor_text(&c, FLAME_PERF_BPF_KEY, "key"));
        flame_put(out, ":", 1);
        flame_put_quoted(out, flame_cursor_text(&c, FLAME_PERF_BPF_VALUE, "value"));
    }
    list_end(&list);
}

static void put_auxtrace_error(struct flame_output *out, const struct flame_perf_user_record *r)
{
    flame_field_u64(out, "type", r->auxtrace_error.kind);
    flame_field_u64(out, "code", r->auxtrace_error.code);
    flame_field_signed(out, "cpu", r->auxtrace_error.cpu);
    flame_field_signed(out, "pid", r->auxtrace_error.pid);
    flame_field_signed(out, "tid", r->auxtrace_error.tid);
    flame_field_hex(out, "ip", r->auxtrace_error.ip);
    if (r->auxtrace_error.time_ns != FLAME_TIME_NONE)
        flame_field_time(out, "time", r->auxtrace_error.time_ns);
    flame_field_text(out, "message", r->auxtrace_error.message);
}

static void put_event_update(struct flame_output *out, const struct flame_perf_file *file,
                             const struct flame_perf_user_record *r)
{
    flame_field_u64(out, "id", r->event_update.id);
    switch (r->event_update.kind) {
    case FLAME_PERF_UPDATE_UNIT:
        flame_field_text(out, "unit", r->event_update.text);
        break;
    case FLAME_PERF_UPDATE_SCALE:
        flame_putf(out, " scale=%.17g", r->event_update.scale);
        break;
    case FLAME_PERF_UPDATE_NAME:
        flame_field_text(out, "name", r->event_update.text);
        break;
    case FLAME_PERF_UPDATE_CPUS:
        put_cpus(out, file, &r->event_update.cpus);
        break;
    default:
        flame_field_u64(out, "kind", r->event_update.kind);
        break;
    }
}

static void put_time_conv(struct flame_output *out, const struct flame_perf_user_record *r)
{
    flame_field_u64(out, "shift", r->time_conv.shift);
    flame_field_u64(out, "mult", r->time_conv.mult);
    flame_field_u64(out, "zero", r->time_conv.zero);
    if (!r->time_conv.has_cycles)
        return;
    flame_field_u64(out, "cycles", r->time_conv.cycles);
    flame_field_hex(out, "mask", r->time_conv.mask);
    flame_field_u64(out, "cap_zero", r->time_conv.cap_zero);
    flame_field_u64(out, "cap_short", r->time_conv.cap_short);
}

static void put_feature(struct flame_output *out, const struct flame_perf_user_record *r)
{
    const char *name = r->feature.bit < FLAME_PERF_FEATURE_LIMIT
                           ? flame_feature_name((uint32_t)r->feature.bit)
                           : NULL;
    flame_field_u64(out, "bit", r->feature.bit);
    if (name) {
        flame_field(out, "name");
        flame_put_text(out, name);
    }
    flame_field_u64(out, "payload", r->feature.payload.size);
}

static void put_simpleperf(struct flame_output *out, const struct flame_perf_file *file,
                           const struct flame_perf_user_record *r)
{
    switch (r->type) {
    case FLAME_RECORD_SIMPLEPERF_KERNEL_SYMBOL:
    case FLAME_RECORD_SIMPLEPERF_TRACING_DATA:
        flame_field_u64(out, "size", r->data_size);
        break;
    case FLAME_RECORD_SIMPLEPERF_DSO:
        flame_field_u64(out, "type", r->dso.kind);
        flame_field_u64(out, "id", r->dso.id);
        flame_field_hex(out, "min_vaddr", r->dso.min_vaddr);
        flame_field_text(out, "name", r->dso.name);
        break;
    case FLAME_RECORD_SIMPLEPERF_SYMBOL:
        flame_field_hex(out, "addr", r->symbol.addr);
        flame_field_hex(out, "len", r->symbol.len);
        flame_field_u64(out, "dso", r->symbol.dso);
        flame_field_text(out, "name", r->symbol.name);
        break;
    case FLAME_RECORD_SIMPLEPERF_SPLIT:
        flame_field_u64(out, "piece", r->split.size);
        break;
    case FLAME_RECORD_SIMPLEPERF_EVENT_ID:
        put_tuples(out, "ids", &r->event_id, 2, file->swap);
        break;
    case FLAME_RECORD_SIMPLEPERF_CALLCHAIN:
        flame_field_signed(out, "pid", r->callchain.pid);
        flame_field_signed(out, "tid", r->callchain.tid);
        flame_field_u64(out, "type", r->callchain.kind);
        flame_field_time(out, "time", r->callchain.time_ns);
        flame_dump_chain(out, file, r->callchain.ips.bytes, r->callchain.ips.count);
        flame_field_words(out, "sps", r->callchain.sps.bytes, r->callchain.sps.count, file->swap);
        break;
    case FLAME_RECORD_SIMPLEPERF_UNWINDING_RESULT:
        flame_field_time(out, "time", r->unwinding.time_ns);
        flame_field_words(out, "words", r->unwinding.words.bytes, r->unwinding.words.count,
                          file->swap);
        break;
    default:
        break;
    }
}

void flame_dump_user(struct flame_output *out, const struct flame_perf_file *file,
                     const struct flame_perf_user_record *r)
{
    switch (r->type) {
    case FLAME_RECORD_ATTR:
        put_attr(out, file, r);
        break;
    case FLAME_RECORD_EVENT_TYPE:
        flame_field_hex(out, "config", r->event_type.config);
        flame_field_text(out, "name", r->event_type.name);
        break;
    case FLAME_RECORD_TRACING_DATA:
        flame_field_u64(out, "follows", r->data_size);
        break;
    case FLAME_RECORD_BUILD_ID:
        flame_field_signed(out, "pid", r->build_id.pid);
        flame_dump_build_id(out, &r->build_id.build_id);
        flame_field_text(out, "filename", r->build_id.filename);
        break;
    case FLAME_RECORD_ID_INDEX:
        put_tuples(out, "ids", &r->id_index.entries, 4, file->swap);
        if (r->id_index.machines.count)
            put_tuples(out, "machines", &r->id_index.machines, 2, file->swap);
        break;
    case FLAME_RECORD_AUXTRACE_INFO:
        flame_field_u64(out, "type", r->auxtrace_info.kind);
        flame_field_words(out, "priv", r->auxtrace_info.words.bytes, r->auxtrace_info.words.count,
                          file->swap);
        break;
    case FLAME_RECORD_AUXTRACE:
        flame_field_u64(out, "follows", r->auxtrace.size);
        flame_field_hex(out, "offset", r->auxtrace.offset);
        flame_field_hex(out, "reference", r->auxtrace.reference);
        flame_field_u64(out, "idx", r->auxtrace.index);
        flame_field_signed(out, "tid", r->auxtrace.tid);
        flame_field_signed(out, "cpu", r->auxtrace.cpu);
        break;
    case FLAME_RECORD_AUXTRACE_ERROR:
        put_auxtrace_error(out, r);
        break;
    case FLAME_RECORD_THREAD_MAP:
        put_thread_map(out, file, &r->thread_map);
        break;
    case FLAME_RECORD_CPU_MAP:
        put_cpus(out, file, &r->cpu_map);
        break;
    case FLAME_RECORD_STAT_CONFIG:
        put_tuples(out, "config", &r->stat_config, 2, file->swap);
        break;
    case FLAME_RECORD_STAT:
        flame_field_u64(out, "id", r->stat.id);
        flame_field_signed(out, "cpu", r->stat.cpu);
        flame_field_signed(out, "thread", r->stat.thread);
        flame_field_u64(out, "value", r->stat.value);
        flame_field_u64(out, "enabled", r->stat.enabled);
        flame_field_u64(out, "running", r->stat.running);
        break;
    case FLAME_RECORD_STAT_ROUND:
        flame_field_u64(out, "type", r->stat_round.kind);
        flame_field_time(out, "time", r->stat_round.time_ns);
        break;
    case FLAME_RECORD_EVENT_UPDATE:
        put_event_update(out, file, r);
        break;
    case FLAME_RECORD_TIME_CONV:
        put_time_conv(out, r);
        break;
    case FLAME_RECORD_FEATURE:
        put_feature(out, r);
        break;
    case FLAME_RECORD_COMPRESSED:
    case FLAME_RECORD_COMPRESSED2:
        flame_field_u64(out, "data_size", r->compressed.size);
        break;
    case FLAME_RECORD_BPF_METADATA:
        put_bpf_metadata(out, file, r);
        break;
    case FLAME_RECORD_SCHEDSTAT_CPU:
    case FLAME_RECORD_SCHEDSTAT_DOMAIN:
        flame_field_time(out, "time", r->schedstat.time_ns);
        flame_field_signed(out, "cpu", r->schedstat.cpu);
        flame_field_u64(out, "version", r->schedstat.version);
        if (r->type == FLAME_RECORD_SCHEDSTAT_DOMAIN)
            flame_field_u64(out, "domain", r->schedstat.domain);
        flame_field_bytes(out, "counters", r->schedstat.counters, UINT64_MAX);
        break;
    default:
        put_simpleperf(out, file, r);
        break;
    }
}
