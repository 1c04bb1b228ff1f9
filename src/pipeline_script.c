/* pipeline_script.c: the samples one by one, in the order in which perf prints them.
 *
 * After the stages that do not look at samples there is one walk over the records; each sample
 * is printed when it is its turn (pipeline_order.c, pipeline_script_print.c). Text is made by
 * formats/perf_script.c. */
#include "pipeline_script.h"

#include "fail.h"
#include "pipeline_order.h"

#include <stdlib.h>

/* Whether a field that was asked for must be in the samples. Decoders of hardware traces make
 * samples of their own, so perf does not insist where there are any; and nobody samples a dummy. */
static bool needs_values(const struct flame_perf_file *file, const struct flame_event_attr *attr)
{
    enum { SOFTWARE = 1, DUMMY = 9 };
    bool dummy = attr->type == SOFTWARE && attr->config == DUMMY;
    return !dummy && !file->features.sections[FLAME_PERF_FEATURE_AUXTRACE].present;
}

/* The fields of each event, and the width of the column that their names form. */
static enum flame_status choose_fields(struct flame_script *p, const char *wanted,
                                       struct flame_error *error)
{
    struct flame_script_choice choice;
    const struct flame_perf_file *file = &p->session->recording.perf;
    p->fields = flame_arena_zalloc(&p->session->arena, file->events.count, sizeof *p->fields);
    if (!p->fields)
        return FLAME_NOMEM;
    enum flame_status status = flame_script_choose(&choice, wanted, error);
    for (size_t i = 0; i < file->events.count && status == FLAME_OK; i++) {
        const struct flame_perf_event *event = &file->events.items[i];
        const char *missing = NULL;
        p->fields[i] = flame_script_fields_of(&event->attr, &choice, &missing);
        if (event->name.len > (size_t)p->style.event_width)
            p->style.event_width = (int)event->name.len;
        if (missing && needs_values(file, &event->attr))
            status = flame_fail(error, FLAME_USAGE, file->path, FLAME_NO_OFFSET,
                                "fields: the samples of %.*s have no %s",
                                (int)(event->name.len < 40 ? event->name.len : 40), event->name.ptr,
                                missing);
    }
    return status;
}

static enum flame_status set_up(struct flame_script *p, const struct flame_script_options *options,
                                struct flame_error *error)
{
    struct flame_session *s = p->session;
    enum flame_status status = choose_fields(p, options->fields, error);
    if (status == FLAME_OK)
        status = flame_pipeline_group_events(s);
    s->group = FLAME_GROUP_ALL;
    for (size_t i = 0; status == FLAME_OK && i < s->recording.perf.events.count; i++)
        if (p->fields[i] & FLAME_SCRIPT_SRCLINE)
            flame_symbolizer_tell(s->symbolizer,
                                  (struct flame_frame_detail){ !s->options.no_inline, true });
    if (status == FLAME_OK && s->options.event)
        status = flame_pipeline_find_event(s, s->options.event, &s->group, error);
    if (status == FLAME_OK)
        status = flame_pipeline_prepare_leaves(s);
    if (status == FLAME_OK)
        status = flame_script_print_init(p);
    if (status == FLAME_NOMEM)
        flame_fail(error, status, s->path, FLAME_NO_OFFSET, "out of memory");
    flame_preload_finish(s);
    return status;
}

/* Fetch what is missing for one event, or the usual one. What cannot be opened is script's to say.
 * Returns the session of the last round, or NULL. */
static struct flame_session *fetch_for(struct flame_fetch *fetch, const char *path,
                                       const struct flame_session_options *options)
{
    struct flame_session *s = flame_session_open_with(path, options, fetch, NULL);
    while (s && flame_fetch_more(fetch, s)) {
        flame_session_close(s);
        s = flame_session_open_with(path, options, fetch, NULL);
    }
    return s;
}

/* What is missing is known once all samples are named, which happens here before one is printed:
 * for each event, as graphs are made. */
static enum flame_status fetch_all(struct flame_fetch *fetch, const char *path,
                                   const struct flame_session_options *options)
{
    struct flame_session_options one = *options;
    struct flame_session *first = fetch ? fetch_for(fetch, path, options) : NULL;
    const struct flame_verdict *v = first ? flame_session_verdict(first) : NULL;
    enum flame_status status = FLAME_OK;
    for (size_t i = 0; v && !options->event && i < v->event_count && status == FLAME_OK; i++) {
        if (i == v->event)
            continue;
        char *name = flame_arena_copy(&first->arena, v->events[i].name);
        one.event = name;
        if (name)
            flame_session_close(fetch_for(fetch, path, &one));
        else
            status = FLAME_NOMEM;
    }
    flame_session_close(first);
    return status;
}

struct flame_script *flame_script_open(const char *path, const struct flame_script_options *options,
                                       struct flame_error *error)
{
    static const struct flame_script_options usual = { 0 };
    if (!options)
        options = &usual;
    struct flame_script *p = calloc(1, sizeof *p);
    if (!p) {
        flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
        return NULL;
    }
    p->style.nanoseconds = options->nanoseconds;
    p->no_chains = options->no_chains;
    struct flame_fetch *fetch;
    enum flame_status status = flame_fetch_begin(&fetch, path, &options->session.symbols, error);
    if (status == FLAME_OK && fetch_all(fetch, path, &options->session) != FLAME_OK)
        status = flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
    if (status == FLAME_OK)
        p->session =
            flame_session_begin(path, &options->session, FLAME_COUNT_NOTHING, fetch, error);
    bool ready = p->session && set_up(p, options, error) == FLAME_OK;
    if (ready)
        flame_fetch_tell(fetch, p->session);
    flame_fetch_end(fetch);
    if (ready)
        return p;
    flame_script_close(p);
    return NULL;
}

static enum flame_status print(void *user, const struct flame_sample *sample, const char *path)
{
    (void)path;
    return flame_script_print(user, sample);
}

enum flame_status flame_script_write(struct flame_script *p, struct flame_output *output,
                                     struct flame_error *error)
{
    struct flame_session *s = p->session;
    p->out = output;
    enum flame_status status = flame_pipeline_in_order(s, print, p);
    flame_pipeline_note_losses(s);
    if (status == FLAME_OK)
        status = flame_pipeline_report_objects(s);
    if (status != FLAME_OK)
        return flame_fail(error, status, s->path, FLAME_NO_OFFSET, "out of memory");
    if (s->verdict.samples + s->verdict.filtered_out + s->verdict.guest_samples == 0)
        return flame_fail(error, FLAME_EMPTY, s->path, FLAME_NO_OFFSET, "holds no samples%s",
                          s->options.event ? " of this event" : "");
    return FLAME_OK;
}

const struct flame_verdict *flame_script_verdict(const struct flame_script *p)
{
    return &p->session->verdict;
}

void flame_script_close(struct flame_script *p)
{
    if (!p)
        return;
    if (p->session)
        flame_script_print_deinit(p);
    flame_session_close(p->session);
    free(p);
}
