/* pipeline_report.c: a recording to tables of its hottest functions.
 *
 * Where callers do not count, samples are counted by their instruction alone, so that nothing is
 * unwound. What comes out of the counts is named here, each name once, and put in order. */
#include "pipeline_tally.h"

#include "fail.h"
#include "table.h"

#include <stdio.h>

enum { NAME_LIMIT = 1 << 16 };

/* out is what the caller sees.
 *
 * names       of the functions, by site of the tally
 * short_name  by dso; ptr NULL: not made yet
 * rows        [events]: the table in the making, from next[] on */
struct maker {
    struct flame_report out;
    struct flame_session *session;
    struct flame_tally tally;
    struct flame_str *names, *short_names;
    struct flame_report_row **rows;
    size_t *row_counts;
    char text[NAME_LIMIT];
};

static struct flame_arena *arena_of(const struct maker *m)
{
    return &m->session->arena;
}

/* A copy of text[length] that stays. False: no memory. */
static bool keep(struct maker *m, size_t length, struct flame_str *out)
{
    out->len = length;
    out->ptr = flame_arena_copy(arena_of(m), (struct flame_str){ m->text, length });
    return out->ptr;
}

static const struct flame_dso *dso_at(const struct maker *m, uint32_t dso)
{
    return dso == FLAME_DSO_NONE ? NULL : &m->session->timeline.dsos.list.items[dso];
}

/* The events that are shown. */
static enum flame_status choose_events(struct maker *m, uint32_t **event_of_group)
{
    struct flame_session *s = m->session;
    struct flame_report_event *events =
        flame_arena_zalloc(&s->arena, s->groups.count, sizeof *events);
    enum flame_status status = flame_session_number_shown(s, event_of_group, &m->out.event_count);
    if (!events || status != FLAME_OK)
        return FLAME_NOMEM;
    for (uint32_t i = 0; i < s->groups.count; i++) {
        const struct flame_event_group *g = &s->groups.items[i];
        uint32_t number = (*event_of_group)[i];
        if (number != UINT32_MAX)
            events[number] = (struct flame_report_event){ .name = g->name,
                                                          .unit = g->unit,
                                                          .total = { g->samples, g->weight } };
    }
    m->out.events = events;
    return FLAME_OK;
}

/* perf's short name of an object. */
static bool name_object(struct maker *m, uint32_t dso, struct flame_str *out)
{
    struct flame_str *known = &m->short_names[dso];
    if (!known->ptr)
        *known = flame_pipeline_object_name(m->session, dso_at(m, dso));
    *out = *known;
    return known->ptr;
}

static bool name_function(struct maker *m, const struct flame_site *site, struct flame_str *out)
{
    if (out->ptr)
        return true;
    if (site->inlined) {
        *out = flame_str_from(site->inlined);
        return true;
    }
    size_t length = site->symbol ? flame_symbol_show(site->symbol, m->text, NAME_LIMIT)
                                 : flame_dso_show(dso_at(m, site->dso), m->text, NAME_LIMIT);
    return keep(m, length, out);
}

static enum flame_frame_kind kind_of(const struct maker *m, const struct flame_site *site)
{
    const struct flame_dso *dso = dso_at(m, site->dso);
    if (site->inlined)
        return FLAME_FRAME_INLINED;
    if (site->kernel)
        return FLAME_FRAME_KERNEL;
    if (dso &&
        (dso->kind == FLAME_DSO_JIT || dso->kind == FLAME_DSO_JIT_COPY || flame_dso_is_method(dso)))
        return FLAME_FRAME_JIT;
    return site->symbol ? FLAME_FRAME_USER : FLAME_FRAME_UNKNOWN;
}

/* What a row says of where it is in the code. */
static bool say_where(struct maker *m, uint32_t id, struct flame_report_row *row)
{
    struct flame_site site = flame_tally_site(&m->tally, id);
    if (site.file)
        row->file = flame_str_from(site.file);
    row->line = site.line;
    row->trusted = site.trusted;
    if (!site.place)
        return true;
    const struct flame_dso *dso = dso_at(m, site.dso);
    row->dso = row->dso_name = dso ? dso->name : flame_str_from("[unknown]");
    if (dso && !name_object(m, site.dso, &row->dso_name))
        return false;
    if (!flame_report_has(&m->out, FLAME_REPORT_SYMBOL))
        return true;
    row->kind = kind_of(m, &site);
    row->unnamed = !site.symbol && !site.inlined;
    row->start = site.symbol ? site.symbol->start : 0;
    row->address = site.address;
    if (!name_function(m, &site, &m->names[id]))
        return false;
    row->symbol = m->names[id];
    return true;
}

static bool say_who(struct maker *m, const struct flame_who *who, struct flame_report_row *row)
{
    row->pid = who->pid;
    row->tid = flame_report_has(&m->out, FLAME_REPORT_TID) ? who->tid : 0;
    if (!flame_report_has(&m->out, FLAME_REPORT_COMM))
        return true;
    if (who->comm != FLAME_COMM_NONE) {
        row->comm = flame_intern_get(&m->session->timeline.comms, who->comm);
        return true;
    }
    int length = snprintf(m->text, sizeof m->text, ":%d", who->tid);
    return keep(m, (size_t)length, &row->comm);
}

/* Room for each event's rows. */
static bool make_room(struct maker *m)
{
    struct flame_arena *arena = arena_of(m);
    size_t events = m->out.event_count, dsos = m->session->timeline.dsos.list.count;
    m->names = flame_arena_zalloc(arena, m->tally.sites.strings.count + 1, sizeof *m->names);
    m->short_names = flame_arena_zalloc(arena, dsos + 1, sizeof *m->short_names);
    m->rows = flame_arena_zalloc(arena, events + 1, sizeof *m->rows);
    m->row_counts = flame_arena_zalloc(arena, events + 1, sizeof *m->row_counts);
    if (!m->names || !m->short_names || !m->rows || !m->row_counts)
        return false;
    for (size_t i = 0; i < m->tally.rows.count; i++)
        m->row_counts[flame_tally_who(&m->tally, m->tally.rows.items[i].who).event]++;
    for (size_t e = 0; e < events; e++) {
        m->rows[e] = flame_arena_zalloc(arena, m->row_counts[e] + 1, sizeof **m->rows);
        if (!m->rows[e])
            return false;
        m->row_counts[e] = 0;
    }
    return true;
}

static enum flame_status make_rows(struct maker *m)
{
    struct flame_report_event *events = (struct flame_report_event *)(uintptr_t)m->out.events;
    if (!make_room(m))
        return FLAME_NOMEM;
    for (size_t i = 0; i < m->tally.rows.count; i++) {
        const struct flame_tally_row *sums = &m->tally.rows.items[i];
        struct flame_who who = flame_tally_who(&m->tally, sums->who);
        struct flame_report_row *row = &m->rows[who.event][m->row_counts[who.event]++];
        *row = (struct flame_report_row){ .self = sums->self, .total = sums->total };
        if (!say_who(m, &who, row) || !say_where(m, sums->site, row))
            return FLAME_NOMEM;
    }
    for (size_t e = 0; e < m->out.event_count; e++) {
        if (flame_report_order(&m->out, m->rows[e], m->row_counts[e]) != FLAME_OK)
            return FLAME_NOMEM;
        events[e].rows = m->rows[e];
        events[e].row_count = m->row_counts[e];
        events[e].unnamed = m->tally.unnamed[e];
    }
    return FLAME_OK;
}

static enum flame_status count_and_name(struct maker *m, struct flame_error *error)
{
    struct flame_session *s = m->session;
    uint32_t *event_of_group = NULL;
    const struct flame_who_keys who = {
        .comm = flame_report_has(&m->out, FLAME_REPORT_COMM),
        .pid = flame_report_has(&m->out, FLAME_REPORT_PID),
        .tid = flame_report_has(&m->out, FLAME_REPORT_TID),
    };
    const struct flame_site_keys where = {
        .dso = flame_report_has(&m->out, FLAME_REPORT_DSO),
        .symbol = flame_report_has(&m->out, FLAME_REPORT_SYMBOL),
        .srcline = flame_report_has(&m->out, FLAME_REPORT_SRCLINE),
        .addresses = m->out.addresses,
        .callers = m->out.callers,
    };
    enum flame_status status = flame_pipeline_count(s, error);
    if (status != FLAME_OK)
        return status;
    flame_preload_finish(s);
    status = choose_events(m, &event_of_group);
    if (status == FLAME_OK)
        status = flame_tally_fill(&m->tally, s, who, where, event_of_group, m->out.event_count);
    if (status == FLAME_OK)
        status = make_rows(m);
    if (status != FLAME_OK)
        return flame_fail(error, status, s->path, FLAME_NO_OFFSET, "out of memory");
    m->out.verdict = &s->verdict;
    m->out.judged = s->drawn.name;
    m->out.unit = s->drawn.unit;
    return flame_pipeline_verdict(s, error);
}

/* Whether samples have more than their instruction. */
static bool has_callers(const struct flame_session *s)
{
    for (size_t i = 0; i < s->recording.perf.events.count; i++) {
        const struct flame_event_attr *attr = &s->recording.perf.events.items[i].attr;
        if (attr->sample_type & FLAME_SAMPLE_CALLCHAIN ||
            (attr->sample_type & FLAME_SAMPLE_BRANCH_STACK &&
             attr->branch_sample_type & FLAME_BRANCH_CALL_STACK))
            return true;
    }
    return false;
}

static enum flame_status begin(struct maker *m, const struct flame_report_options *given,
                               const struct flame_fetch *fetch, struct flame_error *error)
{
    struct flame_session_options options = given->session;
    bool callers = given->callers != FLAME_REPORT_CALLERS_NONE;
    enum flame_status status = flame_report_parse_keys(given->sort, &m->out, error);
    if (status != FLAME_OK)
        return status;
    options.annotate_kernel = options.annotate_jit = options.annotate_inlined = false;
    options.show_truncated = false;
    options.with_pid = flame_report_has(&m->out, FLAME_REPORT_PID);
    options.with_tid = flame_report_has(&m->out, FLAME_REPORT_TID);
    options.srcline = flame_report_has(&m->out, FLAME_REPORT_SRCLINE);
    options.no_inline |=
        !callers || (!options.srcline && !flame_report_has(&m->out, FLAME_REPORT_SYMBOL));
    m->out.addresses = given->addresses;
    m->session = flame_session_begin(m->out.path, &options,
                                     callers ? FLAME_COUNT_TOTALS : FLAME_COUNT_SELF, fetch, error);
    if (!m->session)
        return FLAME_FORMAT;
    m->out.callers =
        given->callers == FLAME_REPORT_CALLERS_AUTO ? has_callers(m->session) : callers;
    return FLAME_OK;
}

/* Once, with what was fetched; NULL where it fails. */
static struct maker *make(const char *path, const struct flame_report_options *options,
                          const struct flame_fetch *fetch, struct flame_error *error)
{
    struct maker *m = calloc(1, sizeof *m);
    if (!m) {
        flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
        return NULL;
    }
    m->out.path = path;
    if (begin(m, options, fetch, error) == FLAME_OK && count_and_name(m, error) == FLAME_OK)
        return m;
    flame_recording_detach(error, path);
    flame_report_free(&m->out);
    return NULL;
}

const struct flame_report *flame_report(const char *path,
                                        const struct flame_report_options *options,
                                        struct flame_error *error)
{
    static const struct flame_report_options usual = { 0 };
    struct flame_fetch *fetch;
    if (!options)
        options = &usual;
    if (flame_fetch_begin(&fetch, path, &options->session.symbols, error) != FLAME_OK)
        return NULL;
    struct maker *m = make(path, options, fetch, error);
    while (m && flame_fetch_more(fetch, m->session)) {
        flame_report_free(&m->out);
        m = make(path, options, fetch, error);
    }
    flame_fetch_end(fetch);
    return m ? &m->out : NULL;
}

void flame_report_free(const struct flame_report *report)
{
    struct maker *m = (struct maker *)(uintptr_t)report;
    if (!m)
        return;
    flame_tally_deinit(&m->tally);
    flame_session_close(m->session);
    free(m);
}
