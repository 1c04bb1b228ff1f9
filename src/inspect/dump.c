/* dump.c: a line for every record.
 *
 * A line begins with where the record stands, its type and its size. A record that cannot be
 * decoded says why in its line; bytes that are no record have a line of their own. Decides nothing:
 * what is odd is shown as it is. */
#include "dump.h"

#include "recording.h"
#include "spell.h"
#include "types.h"
#include "walk.h"

#include <flamedata/inspect.h>

struct dump {
    const struct flame_perf_file *file;
    const struct flame_dump_options *options;
    struct flame_output *out;
    struct flame_type_filter filter;
    uint64_t written;
    const char *path; /* of the last line */
};

static void tell(const struct dump *d, const struct flame_loss *loss)
{
    if (d->options->damage.tell)
        d->options->damage.tell(d->options->damage.user, loss);
}

/* Of several files each begins with its name. */
static void enter_file(struct dump *d, const char *path)
{
    if (d->file->parts.count > 1 && path && path != d->path) {
        flame_put_text(d->out, "# ");
        flame_put_safe(d->out, flame_str_from(path), "");
        flame_put_text(d->out, "\n");
    }
    d->path = path;
}

static void put_text_of(struct flame_output *out, const struct flame_error *error)
{
    flame_put_safe(out, flame_str_from(error->text), "");
}

static void put_misc(struct flame_output *out, const struct flame_perf_raw *raw)
{
    bool of_kernel = raw->type < FLAME_RECORD_ATTR || raw->type == FLAME_RECORD_BUILD_ID;
    if (of_kernel) {
        flame_field(out, "cpumode");
        flame_put_text(out, flame_cpumode_name(flame_cpumode(raw->misc)));
    }
    if (raw->misc & ~(of_kernel ? FLAME_MISC_CPUMODE : 0))
        flame_field_hex(out, "misc", raw->misc);
}

/* FLAME_UNSUPPORTED: a type that nobody knows. */
static enum flame_status put_fields(const struct dump *d, const struct flame_perf_raw *raw,
                                    struct flame_error *error)
{
    union {
        struct flame_sample sample;
        struct flame_record kernel;
        struct flame_perf_user_record user;
    } u;
    enum flame_status status;
    if (raw->type == FLAME_RECORD_SAMPLE) {
        status = flame_perf_sample_decode(d->file, raw, &u.sample, error);
        if (status == FLAME_OK)
            flame_dump_sample(d->out, d->file, &u.sample);
    } else if (raw->type < FLAME_RECORD_ATTR) {
        status = flame_perf_record_decode(d->file, raw, &u.kernel, error);
        if (status == FLAME_OK)
            flame_dump_kernel(d->out, d->file, &u.kernel);
    } else {
        status = flame_perf_user_decode(d->file, raw, &u.user, error);
        if (status == FLAME_OK)
            flame_dump_user(d->out, d->file, &u.user);
    }
    return status;
}

static bool take_record(void *user, const struct flame_perf_raw *raw, bool compressed,
                        uint64_t inside)
{
    struct dump *d = user;
    struct flame_loss loss = { .error = FLAME_ERROR_INIT, .bytes = raw->size };
    if (!flame_type_wanted(&d->filter, raw->type))
        return true;
    enter_file(d, raw->path);
    flame_put_hex(d->out, raw->offset);
    if (compressed) {
        flame_put(d->out, "+", 1);
        flame_put_hex(d->out, inside);
    }
    flame_put(d->out, " ", 1);
    flame_put_record_name(d->out, raw->type);
    flame_put(d->out, " ", 1);
    flame_put_u64(d->out, raw->size);
    put_misc(d->out, raw);
    enum flame_status status = put_fields(d, raw, &loss.error);
    if (status == FLAME_UNSUPPORTED) {
        flame_field_bytes(d->out, "bytes",
                          (struct flame_bytes){ raw->bytes + 8, raw->size - UINT64_C(8) },
                          FLAME_DUMP_BYTES);
    } else if (status != FLAME_OK) {
        flame_put_text(d->out, " broken: ");
        put_text_of(d->out, &loss.error);
        tell(d, &loss);
    }
    flame_put_text(d->out, "\n");
    d->written++;
    return d->options->limit == 0 || d->written < d->options->limit;
}

static bool take_loss(void *user, const struct flame_loss *loss)
{
    struct dump *d = user;
    enter_file(d, loss->error.path);
    if (loss->error.offset == FLAME_NO_OFFSET)
        flame_put_text(d->out, "-");
    else
        flame_put_hex(d->out, loss->error.offset);
    flame_put_text(d->out, " LOST ");
    if (loss->bytes) {
        flame_put_u64(d->out, loss->bytes);
        flame_put_text(d->out, loss->bytes == 1 ? " byte: " : " bytes: ");
    } else {
        flame_put_text(d->out, "? bytes: ");
    }
    put_text_of(d->out, &loss->error);
    flame_put_text(d->out, "\n");
    tell(d, loss);
    return true;
}

enum flame_status flame_write_dump(const char *path, const struct flame_dump_options *options,
                                   struct flame_output *output, struct flame_error *error)
{
    static const struct flame_dump_options defaults = { 0 };
    struct dump d = { .options = options ? options : &defaults, .out = output };
    struct flame_recording recording;
    enum flame_status status = flame_type_filter_init(&d.filter, d.options->types, error);
    if (status == FLAME_OK)
        status = flame_recording_open(&recording, path, &d.options->limits, error);
    if (status == FLAME_OK) {
        struct flame_walker walker = { take_record, take_loss, &d };
        d.file = &recording.perf;
        status = flame_walk(d.file, &walker, path, error);
        flame_recording_close(&recording);
    }
    flame_type_filter_deinit(&d.filter);
    return status;
}
