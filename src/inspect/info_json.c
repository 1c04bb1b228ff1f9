/* info_json.c: what a recording is, for programs: one object, every member always there.
 *
 * Masks and patterns are strings of hex, everything that counts is a number. The schema is
 * docs/commands/flamedata-info.md; "schema" goes up when a member changes its meaning. */
#include "info.h"

#include "manifest.h"
#include "spell.h"

enum { SCHEMA = 1 };

/* A text that the header has, or null. */
static void put_known(struct flame_json *json, const char *name, struct flame_str s)
{
    if (s.len)
        flame_json_text(json, name, s);
    else
        flame_json_null(json, name);
}

static void put_number(struct flame_json *json, const char *name, uint64_t value, bool known)
{
    if (known)
        flame_json_u64(json, name, value);
    else
        flame_json_null(json, name);
}

static void put_pack(struct flame_json *json, const struct flame_manifest *pack)
{
    if (!pack) {
        flame_json_null(json, "pack");
        return;
    }
    flame_json_open(json, "pack", '{');
    flame_json_u64(json, "made", pack->made_s);
    flame_json_text(json, "flamedata", pack->version);
    flame_json_text(json, "name", pack->name);
    flame_json_u64(json, "files", pack->packed.files.count);
    flame_json_bool(json, "source", pack->source);
    flame_json_close(json, '}');
}

static void put_recording(struct flame_json *json, const struct flame_info *info)
{
    const struct flame_perf_file *file = info->file;
    flame_json_open(json, "recording", '{');
    flame_json_text(json, "path", flame_str_from(info->path));
    put_pack(json, info->pack);
    flame_json_text(json, "form", flame_str_from(flame_recording_form(file)));
    flame_json_text(json, "byte_order",
                    flame_str_from(file->big_endian ? "big-endian" : "little-endian"));
    flame_json_u64(json, "bytes", file->size);
    flame_json_open(json, "parts", '[');
    for (size_t i = 0; i < file->parts.count; i++) {
        flame_json_open(json, NULL, '{');
        flame_json_text(json, "path", flame_str_from(file->parts.items[i].path));
        flame_json_u64(json, "offset", file->parts.items[i].offset);
        flame_json_u64(json, "bytes", file->parts.items[i].size);
        flame_json_close(json, '}');
    }
    flame_json_close(json, ']');
    flame_json_close(json, '}');
}

static void put_machine(struct flame_json *json, const struct flame_perf_features *f)
{
    flame_json_open(json, "machine", '{');
    put_known(json, "host", f->hostname);
    put_known(json, "release", f->osrelease);
    put_known(json, "arch", f->arch);
    put_number(json, "cpus_online", f->cpus_online, f->cpus_available);
    put_number(json, "cpus_available", f->cpus_available, f->cpus_available);
    put_known(json, "cpu", f->cpudesc);
    put_known(json, "cpu_id", f->cpuid);
    put_number(json, "memory_kb", f->total_mem_kb, f->total_mem_kb);
    flame_json_close(json, '}');
}

static void put_recorder(struct flame_json *json, const struct flame_info *info)
{
    const struct flame_perf_features *f = &info->file->features;
    const char *clock = flame_clock_name(f->clock_data.clockid);
    bool has_clock = f->clock_data.wall_ns;
    bool has_times = f->first_sample_ns || f->last_sample_ns;
    uint64_t wall = flame_wall_time_ns(info->file, info->contents);
    flame_json_open(json, "recorder", '{');
    put_known(json, "version", f->version);
    flame_json_open(json, "command", '[');
    for (size_t i = 0; i < f->cmdline.count; i++)
        flame_json_text(json, NULL, f->cmdline.items[i]);
    flame_json_close(json, ']');
    put_number(json, "first_sample_ns", f->first_sample_ns, has_times);
    put_number(json, "last_sample_ns", f->last_sample_ns, has_times);
    put_known(json, "clock", flame_str_from(has_clock ? clock : NULL));
    put_number(json, "clock_resolution_ns", f->clock_resolution_ns, f->clock_resolution_ns);
    put_number(json, "start_unix_ns", wall, wall);
    put_number(json, "compression_level", f->compressed.level, f->compressed.type);
    flame_json_close(json, '}');
}

/* What Android's simpleperf says of the phone and of itself. */
static void put_simpleperf(struct flame_json *json, const struct flame_perf_pairs *pairs)
{
    flame_json_open(json, "simpleperf", '[');
    for (size_t i = 0; i < pairs->count; i++) {
        flame_json_open(json, NULL, '{');
        flame_json_text(json, "name", pairs->items[i].name);
        flame_json_text(json, "value", pairs->items[i].value);
        flame_json_close(json, '}');
    }
    flame_json_close(json, ']');
}

static void put_bit_names(struct flame_json *json, const char *name, enum flame_bits which,
                          uint64_t word)
{
    flame_json_open(json, name, '[');
    for (unsigned bit = 0; bit < 64; bit++) {
        if (!(word >> bit & 1))
            continue;
        const char *known = flame_bit_name(which, bit);
        char number[] = { 'b', 'i', 't', ' ', (char)('0' + bit / 10), (char)('0' + bit % 10), 0 };
        flame_json_text(json, NULL, flame_str_from(known ? known : number));
    }
    flame_json_close(json, ']');
}

static void put_event(struct flame_json *json, const struct flame_info *info, size_t i)
{
    const struct flame_event_attr *a = &info->file->events.items[i].attr;
    const uint64_t precise = UINT64_C(3) << FLAME_ATTR_PRECISE_SHIFT;
    bool freq = flame_attr_has(a, FLAME_ATTR_freq);
    flame_json_open(json, NULL, '{');
    flame_json_text(json, "name", info->file->events.items[i].name);
    flame_json_u64(json, "type", a->type);
    put_known(json, "type_name", flame_attr_type_name(info->file, a->type));
    flame_json_hex(json, "config", a->config);
    flame_json_hex(json, "config1", a->config1);
    flame_json_hex(json, "config2", a->config2);
    put_number(json, "period", a->sample_period, !freq);
    put_number(json, "frequency", a->sample_period, freq);
    put_bit_names(json, "sample_type", FLAME_BITS_SAMPLE, a->sample_type);
    put_bit_names(json, "read_format", FLAME_BITS_READ, a->read_format);
    put_bit_names(json, "flags", FLAME_BITS_FLAGS, a->flags & ~precise);
    flame_json_u64(json, "precise_ip", a->flags >> FLAME_ATTR_PRECISE_SHIFT & 3);
    put_bit_names(json, "branch_sample_type", FLAME_BITS_BRANCH, a->branch_sample_type);
    flame_json_hex(json, "sample_regs_user", a->sample_regs_user);
    flame_json_hex(json, "sample_regs_intr", a->sample_regs_intr);
    flame_json_u64(json, "sample_stack_user", a->sample_stack_user);
    flame_json_u64(json, "sample_max_stack", a->sample_max_stack);
    if (flame_attr_has(a, FLAME_ATTR_use_clockid))
        flame_json_signed(json, "clockid", a->clockid);
    else
        flame_json_null(json, "clockid");
    flame_json_u64(json, "ids", info->contents->ids[i]);
    flame_json_u64(json, "samples", info->contents->samples[i]);
    flame_json_close(json, '}');
}

static void put_features(struct flame_json *json, const struct flame_perf_features *f)
{
    flame_json_open(json, "features", '[');
    for (uint32_t bit = 0; bit < FLAME_PERF_FEATURE_LIMIT; bit++) {
        const char *state = flame_feature_state(&f->sections[bit]);
        if (!state)
            continue;
        flame_json_open(json, NULL, '{');
        flame_json_u64(json, "bit", bit);
        put_known(json, "name", flame_str_from(flame_feature_name(bit)));
        flame_json_text(json, "state", flame_str_from(state));
        flame_json_u64(json, "offset", f->sections[bit].offset);
        flame_json_u64(json, "bytes", f->sections[bit].size);
        flame_json_close(json, '}');
    }
    flame_json_close(json, ']');
}

static void put_build_ids(struct flame_json *json, const struct flame_perf_features *f)
{
    flame_json_open(json, "build_ids", '[');
    for (size_t i = 0; i < f->build_ids.count; i++) {
        const struct flame_perf_build_id *id = &f->build_ids.items[i];
        flame_json_open(json, NULL, '{');
        flame_json_text(json, "file", id->filename);
        flame_json_bytes(json, "build_id", id->build_id.bytes, id->build_id.size);
        flame_json_text(json, "cpumode",
                        flame_str_from(flame_cpumode_name(flame_cpumode(id->misc))));
        flame_json_signed(json, "pid", id->pid);
        flame_json_close(json, '}');
    }
    flame_json_close(json, ']');
}

static void put_records(struct flame_json *json, const struct flame_type_counts *counts)
{
    struct flame_type_count each;
    flame_json_open(json, "records", '[');
    for (size_t at = 0; flame_type_counts_next(counts, &at, &each);) {
        flame_json_open(json, NULL, '{');
        flame_json_u64(json, "type", each.type);
        put_known(json, "name", flame_str_from(flame_record_name(each.type)));
        flame_json_u64(json, "count", each.count);
        flame_json_close(json, '}');
    }
    flame_json_close(json, ']');
    flame_json_u64(json, "other_records", counts->beyond);
}

static void put_losses(struct flame_json *json, const struct flame_contents *c)
{
    flame_json_u64(json, "all_losses", c->loss_count);
    flame_json_u64(json, "lost_bytes", c->lost_bytes);
    flame_json_open(json, "losses", '[');
    for (size_t i = 0; i < flame_contents_losses(c); i++) {
        flame_json_open(json, NULL, '{');
        flame_json_u64(json, "bytes", c->losses[i].bytes);
        flame_json_error(json, &c->losses[i].error);
        flame_json_close(json, '}');
    }
    flame_json_close(json, ']');
}

static void put_contents(struct flame_json *json, const struct flame_contents *c)
{
    bool timed = c->first_ns != FLAME_TIME_NONE;
    flame_json_open(json, "contents", '{');
    put_records(json, &c->types);
    flame_json_u64(json, "processes", c->processes);
    flame_json_u64(json, "threads", c->threads);
    put_number(json, "first_sample_ns", c->first_ns, timed);
    put_number(json, "last_sample_ns", c->last_ns, timed);
    flame_json_u64(json, "lost_records", c->lost_records);
    flame_json_u64(json, "lost_samples", c->lost_samples);
    flame_json_u64(json, "bad_records", c->bad_records);
    flame_json_u64(json, "samples_without_event", c->no_event);
    put_losses(json, c);
    flame_json_close(json, '}');
}

/* The member "verdict", and "no_verdict" where there is a reason for its being null. */
static void put_verdict(struct flame_json *json, const struct flame_info_options *options)
{
    if (options->verdict)
        flame_json_verdict(json, options->verdict, options->unit);
    else
        flame_json_null(json, "verdict");
    if (options->verdict || !options->no_verdict) {
        flame_json_null(json, "no_verdict");
        return;
    }
    flame_json_open(json, "no_verdict", '{');
    flame_json_error(json, options->no_verdict);
    flame_json_close(json, '}');
}

void flame_put_info_json(struct flame_output *out, const struct flame_info *info)
{
    struct flame_json json = { .out = out };
    flame_json_open(&json, NULL, '{');
    flame_json_u64(&json, "schema", SCHEMA);
    put_recording(&json, info);
    put_machine(&json, &info->file->features);
    put_recorder(&json, info);
    put_simpleperf(&json, &info->file->features.meta_info);
    flame_json_open(&json, "events", '[');
    for (size_t i = 0; i < info->file->events.count; i++)
        put_event(&json, info, i);
    flame_json_close(&json, ']');
    put_features(&json, &info->file->features);
    put_build_ids(&json, &info->file->features);
    put_contents(&json, info->contents);
    put_verdict(&json, info->options);
    flame_json_close(&json, '}');
    flame_put_text(out, "\n");
}
