/* counts.c: how many records there are of each type. Looks at headers alone. */
#include "recording.h"
#include "spell.h"
#include "types.h"
#include "walk.h"

#include <flamedata/inspect.h>

struct counting {
    const struct flame_dump_options *options;
    struct flame_type_counts counts;
};

static bool take_record(void *user, const struct flame_perf_raw *raw, bool compressed,
                        uint64_t inside)
{
    struct counting *c = user;
    (void)compressed;
    (void)inside;
    flame_count_type(&c->counts, raw->type);
    return true;
}

static bool take_loss(void *user, const struct flame_loss *loss)
{
    const struct counting *c = user;
    if (c->options->damage.tell)
        c->options->damage.tell(c->options->damage.user, loss);
    return true;
}

static void put_count(struct flame_output *out, uint64_t count)
{
    flame_put(out, "\t", 1);
    flame_put_u64(out, count);
    flame_put(out, "\n", 1);
}

static void put_counts(struct flame_output *out, const struct flame_type_counts *counts,
                       const struct flame_type_filter *filter)
{
    struct flame_type_count each;
    for (size_t at = 0; flame_type_counts_next(counts, &at, &each);) {
        if (!flame_type_wanted(filter, each.type))
            continue;
        flame_put_record_name(out, each.type);
        put_count(out, each.count);
    }
    if (counts->beyond && filter->types.count == 0) {
        flame_put_text(out, "UNKNOWN");
        put_count(out, counts->beyond);
    }
}

enum flame_status flame_write_record_counts(const char *path,
                                            const struct flame_dump_options *options,
                                            struct flame_output *output, struct flame_error *error)
{
    static const struct flame_dump_options defaults = { 0 };
    struct counting c = { .options = options ? options : &defaults };
    struct flame_type_filter filter;
    struct flame_recording recording;
    enum flame_status status = flame_type_filter_init(&filter, c.options->types, error);
    if (status == FLAME_OK)
        status = flame_recording_open(&recording, path, &c.options->limits, error);
    if (status == FLAME_OK) {
        struct flame_walker walker = { take_record, take_loss, &c };
        status = flame_walk(&recording.perf, &walker, path, error);
        if (status == FLAME_OK)
            put_counts(output, &c.counts, &filter);
        flame_recording_close(&recording);
    }
    flame_type_filter_deinit(&filter);
    return status;
}
