/* info_text.c: what a recording is, for people: groups of lines, a name and what it is.
 *
 * What the recorder left out is left out here too. */
#include "info.h"
#include "manifest.h"
#include "put.h"
#include "spell.h"

#include <stdio.h>
#include <time.h>

enum { COLUMN = 20, LINE = 96 };

static void put_group(struct flame_output *out, const char *name)
{
    flame_putf(out, "%s\n", name);
}

static void put_name(struct flame_output *out, unsigned depth, const char *name)
{
    int width = COLUMN - (int)depth * 2;
    flame_putf(out, "%*s%-*s", (int)depth * 2, "", width, name);
    if ((int)strlen(name) >= width)
        flame_put(out, " ", 1);
}

static void end(struct flame_output *out)
{
    flame_put(out, "\n", 1);
}

static void put_text(struct flame_output *out, const char *name, struct flame_str s)
{
    if (s.len == 0)
        return;
    put_name(out, 1, name);
    flame_put_safe(out, s, "");
    end(out);
}

static void put_count(struct flame_output *out, const char *name, uint64_t count)
{
    put_name(out, 1, name);
    flame_put_u64(out, count);
    end(out);
}

/* "2026-11-23 01:46:00 UTC"; false: not known. */
static bool spell_time(char text[40], uint64_t seconds)
{
    struct tm tm;
    time_t t = (time_t)seconds;
    return seconds && gmtime_r(&t, &tm) && strftime(text, 40, "%Y-%m-%d %H:%M:%S UTC", &tm);
}

/* "2026-11-23 01:46:00 UTC by flamedata 0.1.0, from perf.data, with parts of 14 files" */
static void put_pack(struct flame_output *out, const struct flame_manifest *pack)
{
    char made[40];
    if (!pack)
        return;
    put_name(out, 1, "packed");
    flame_putf(out, "%s by flamedata ", spell_time(made, pack->made_s) ? made : "some day");
    flame_put_safe(out, pack->version, "");
    flame_put_text(out, ", from ");
    flame_put_safe(out, pack->name, "");
    flame_put_text(out, ", with parts of ");
    flame_put_u64(out, pack->packed.files.count);
    flame_put_text(out, pack->packed.files.count == 1 ? " file" : " files");
    flame_put_text(out, pack->source ? ", source text among them\n" : "\n");
}

static void put_recording(struct flame_output *out, const struct flame_info *info)
{
    const struct flame_perf_file *file = info->file;
    put_group(out, "recording");
    put_text(out, "path", flame_str_from(info->path));
    put_pack(out, info->pack);
    put_name(out, 1, "form");
    flame_put_text(out, flame_recording_form(file));
    flame_put_text(out, file->big_endian ? ", big-endian\n" : ", little-endian\n");
    put_name(out, 1, "size");
    flame_put_u64(out, file->size);
    flame_put_text(out, " bytes\n");
    for (size_t i = 0; i < file->parts.count; i++) {
        const struct flame_perf_part *part = &file->parts.items[i];
        put_name(out, 1, "records");
        flame_put_u64(out, part->size);
        flame_put_text(out, " bytes from ");
        flame_put_hex(out, part->offset);
        if (file->parts.count > 1) {
            flame_put_text(out, " in ");
            flame_put_safe(out, flame_str_basename(flame_str_from(part->path)), "");
        }
        end(out);
    }
    if (file->features.compressed.type) {
        put_name(out, 1, "compression");
        flame_put_text(out, "zstd, level ");
        flame_put_u64(out, file->features.compressed.level);
        end(out);
    }
}

static void put_machine(struct flame_output *out, const struct flame_perf_features *f)
{
    if (!f->hostname.len && !f->osrelease.len && !f->arch.len && !f->cpudesc.len &&
        !f->cpus_available && !f->total_mem_kb)
        return;
    put_group(out, "machine");
    put_text(out, "host", f->hostname);
    put_text(out, "release", f->osrelease);
    put_text(out, "architecture", f->arch);
    if (f->cpus_available) {
        put_name(out, 1, "processors");
        flame_put_u64(out, f->cpus_online);
        flame_put_text(out, " online of ");
        flame_put_u64(out, f->cpus_available);
        end(out);
    }
    put_text(out, "processor", f->cpudesc);
    put_text(out, "processor id", f->cpuid);
    if (f->total_mem_kb) {
        put_name(out, 1, "memory");
        flame_put_u64(out, f->total_mem_kb);
        flame_put_text(out, " kB\n");
    }
}

/* A word of a command line, in quotes where it would be read as several, or as something else. */
static void put_word(struct flame_output *out, struct flame_str word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-+=./,:@%^";
    size_t n = 0;
    while (n < word.len && strchr(plain, word.ptr[n]) && word.ptr[n])
        n++;
    if (n && n == word.len)
        flame_put_str(out, word);
    else
        flame_put_quoted(out, word);
}

static void put_span(struct flame_output *out, const char *name, uint64_t first, uint64_t last)
{
    put_name(out, 1, name);
    flame_put_seconds(out, first);
    flame_put_text(out, " to ");
    flame_put_seconds(out, last);
    flame_put_text(out, " s, ");
    flame_put_seconds(out, last > first ? last - first : 0);
    flame_put_text(out, " s long\n");
}

static void put_wall_time(struct flame_output *out, uint64_t wall_ns)
{
    char text[40];
    if (spell_time(text, wall_ns / 1000000000))
        put_text(out, "begun", flame_str_from(text));
}

static void put_recorder(struct flame_output *out, const struct flame_info *info)
{
    const struct flame_perf_features *f = &info->file->features;
    const char *clock = f->clock_data.wall_ns ? flame_clock_name(f->clock_data.clockid) : NULL;
    bool timed = f->first_sample_ns || f->last_sample_ns;
    uint64_t wall = flame_wall_time_ns(info->file, info->contents);
    if (!f->version.len && !f->cmdline.count && !timed && !clock && !f->clock_resolution_ns &&
        !wall)
        return;
    put_group(out, "recorder");
    put_text(out, "version", f->version);
    if (f->cmdline.count) {
        put_name(out, 1, "command");
        for (size_t i = 0; i < f->cmdline.count; i++) {
            if (i)
                flame_put(out, " ", 1);
            put_word(out, f->cmdline.items[i]);
        }
        end(out);
    }
    put_wall_time(out, wall);
    if (timed)
        put_span(out, "sample time", f->first_sample_ns, f->last_sample_ns);
    put_text(out, "clock", flame_str_from(clock));
    if (f->clock_resolution_ns) {
        put_name(out, 1, "clock resolution");
        flame_put_u64(out, f->clock_resolution_ns);
        flame_put_text(out, " ns\n");
    }
}

/* What Android's simpleperf says of the phone and of itself; its list of events is shown as events.
 */
static void put_simpleperf(struct flame_output *out, const struct flame_perf_pairs *pairs)
{
    if (pairs->count)
        put_group(out, "simpleperf");
    for (size_t i = 0; i < pairs->count; i++) {
        if (flame_str_is(pairs->items[i].name, "event_type_info"))
            continue;
        flame_put_text(out, "  ");
        flame_put_safe(out, pairs->items[i].name, "");
        flame_put_text(out, "  ");
        flame_put_safe(out, pairs->items[i].value, "");
        end(out);
    }
}

static void put_bits_line(struct flame_output *out, const char *name, enum flame_bits which,
                          uint64_t word)
{
    if (word == 0)
        return;
    put_name(out, 2, name);
    flame_put_bits(out, which, word);
    end(out);
}

static void put_event(struct flame_output *out, const struct flame_info *info, size_t i)
{
    const struct flame_event_attr *a = &info->file->events.items[i].attr;
    const uint64_t precise = UINT64_C(3) << FLAME_ATTR_PRECISE_SHIFT;
    struct flame_str type = flame_attr_type_name(info->file, a->type);
    flame_put_text(out, "  ");
    flame_put_safe(out, info->file->events.items[i].name, "");
    end(out);
    put_name(out, 2, "type");
    if (type.len)
        flame_put_safe(out, type, "");
    else
        flame_put_u64(out, a->type);
    flame_put_text(out, ", config ");
    flame_put_hex(out, a->config);
    end(out);
    put_name(out, 2, flame_attr_has(a, FLAME_ATTR_freq) ? "frequency" : "period");
    flame_put_u64(out, a->sample_period);
    flame_put_text(out, flame_attr_has(a, FLAME_ATTR_freq) ? " Hz\n" : "\n");
    put_bits_line(out, "sample_type", FLAME_BITS_SAMPLE, a->sample_type);
    put_bits_line(out, "read_format", FLAME_BITS_READ, a->read_format);
    put_bits_line(out, "flags", FLAME_BITS_FLAGS, a->flags & ~precise);
    if (a->flags & precise) {
        put_name(out, 2, "precise_ip");
        flame_put_u64(out, a->flags >> FLAME_ATTR_PRECISE_SHIFT & 3);
        end(out);
    }
    put_bits_line(out, "branch_sample", FLAME_BITS_BRANCH, a->branch_sample_type);
    if (info->options->head_only)
        return;
    put_name(out, 2, "ids");
    flame_put_u64(out, info->contents->ids[i]);
    end(out);
    put_name(out, 2, "samples");
    flame_put_u64(out, info->contents->samples[i]);
    end(out);
}

/* All features of one state on as many lines as they need. */
static void put_features_of(struct flame_output *out, const struct flame_perf_features *f,
                            const char *state)
{
    size_t at = 0;
    for (uint32_t bit = 0; bit < FLAME_PERF_FEATURE_LIMIT; bit++) {
        const char *own = flame_feature_state(&f->sections[bit]);
        const char *name = flame_feature_name(bit);
        size_t length = name ? strlen(name) : 3;
        if (!own || strcmp(own, state) != 0)
            continue;
        if (at == 0 || at + 1 + length > LINE) {
            if (at)
                end(out);
            put_name(out, 1, at ? "" : state);
            at = COLUMN;
        } else {
            flame_put(out, " ", 1);
            at++;
        }
        if (name)
            flame_put_text(out, name);
        else
            flame_put_u64(out, bit);
        at += length;
    }
    if (at)
        end(out);
}

static void put_features(struct flame_output *out, const struct flame_info *info)
{
    const struct flame_perf_features *f = &info->file->features;
    bool any = info->file->bad_features;
    for (uint32_t bit = 0; bit < FLAME_PERF_FEATURE_LIMIT; bit++)
        any = any || f->sections[bit].present;
    if (!any)
        return;
    put_group(out, "features");
    put_features_of(out, f, "present");
    put_features_of(out, f, "empty");
    put_features_of(out, f, "broken");
    if (info->file->bad_features) {
        put_name(out, 1, "first broken");
        if (info->file->bad_feature.offset != FLAME_NO_OFFSET) {
            flame_put_hex(out, info->file->bad_feature.offset);
            flame_put_text(out, ": ");
        }
        flame_put_safe(out, flame_str_from(info->file->bad_feature.text), "");
        end(out);
    }
}

static void put_loss(struct flame_output *out, const char *name, const struct flame_error *error,
                     uint64_t bytes)
{
    put_name(out, 1, name);
    if (error->offset != FLAME_NO_OFFSET) {
        flame_put_hex(out, error->offset);
        flame_put_text(out, ": ");
    }
    flame_put_safe(out, flame_str_from(error->text), "");
    if (bytes) {
        flame_put_text(out, "; ");
        flame_put_u64(out, bytes);
        flame_put_text(out, bytes == 1 ? " byte" : " bytes");
    }
    end(out);
}

static void put_contents(struct flame_output *out, const struct flame_contents *c)
{
    struct flame_type_count each;
    put_group(out, "records");
    for (size_t at = 0; flame_type_counts_next(&c->types, &at, &each);) {
        const char *name = flame_record_name(each.type);
        char number[32];
        snprintf(number, sizeof number, "UNKNOWN(%lu)", (unsigned long)each.type);
        put_count(out, name ? name : number, each.count);
    }
    if (c->types.beyond)
        put_count(out, "UNKNOWN", c->types.beyond);
    put_group(out, "contents");
    put_count(out, "processes sampled", c->processes);
    put_count(out, "threads sampled", c->threads);
    if (c->first_ns != FLAME_TIME_NONE)
        put_span(out, "samples", c->first_ns, c->last_ns);
    if (c->lost_records || c->lost_samples)
        put_count(out, "lost by the kernel",
                  c->lost_records > c->lost_samples ? c->lost_records : c->lost_samples);
    if (c->no_event)
        put_count(out, "of no event", c->no_event);
    if (c->bad_records) {
        put_count(out, "bad records", c->bad_records);
        put_loss(out, "first bad", &c->first_bad, 0);
    }
    for (size_t i = 0; i < flame_contents_losses(c); i++)
        put_loss(out, "not read", &c->losses[i].error, c->losses[i].bytes);
    if (c->loss_count > FLAME_PERF_LOSSES) {
        put_name(out, 1, "not read in all");
        flame_put_u64(out, c->lost_bytes);
        flame_put_text(out, " bytes at ");
        flame_put_u64(out, c->loss_count);
        flame_put_text(out, " places\n");
    }
}

void flame_put_info_text(struct flame_output *out, const struct flame_info *info)
{
    put_recording(out, info);
    put_machine(out, &info->file->features);
    put_recorder(out, info);
    put_simpleperf(out, &info->file->features.meta_info);
    put_group(out, "events");
    for (size_t i = 0; i < info->file->events.count; i++)
        put_event(out, info, i);
    put_features(out, info);
    if (!info->options->head_only)
        put_contents(out, info->contents);
}
