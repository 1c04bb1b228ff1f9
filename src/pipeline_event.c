/* pipeline_event.c: the events of a recording as the user sees them: by name, with what they count,
 * and which of them is drawn.
 *
 * Attrs of one name are one event, unless they count different things (perf record lets the user
 * name events). Of several events one is drawn; or all, where their weights can be added up. */
#include "pipeline.h"

#include <inttypes.h>
#include <stdio.h>

enum { HARDWARE = 0, SOFTWARE = 1, TRACEPOINT = 2, HW_CACHE = 3 };
enum { CPU_CLOCK = 0, TASK_CLOCK = 1 };

/* What a period of the event counts. The event of perf record --off-cpu is a time, too, but nothing
 * in its attr says so: it has a name of perf's own. */
static enum flame_unit unit_of(const struct flame_perf_event *event)
{
    bool clock = event->attr.type == SOFTWARE &&
                 (event->attr.config == CPU_CLOCK || event->attr.config == TASK_CLOCK);
    return clock || flame_str_is(event->name, "offcpu-time") ? FLAME_UNIT_NANOSECONDS
                                                             : FLAME_UNIT_EVENTS;
}

/* The event without the PMU that counts it and without modifiers: of cpu_core/cycles/u, and of
 * cycles:u, cycles. */
static struct flame_str bare_name(struct flame_str name)
{
    const char *slash = name.len ? memchr(name.ptr, '/', name.len) : NULL;
    if (slash) {
        struct flame_str rest = { slash + 1, name.len - (size_t)(slash + 1 - name.ptr) };
        const char *end = rest.len ? memchr(rest.ptr, '/', rest.len) : NULL;
        return end ? (struct flame_str){ rest.ptr, (size_t)(end - rest.ptr) } : rest;
    }
    for (size_t i = name.len; i-- > 0 && strchr("ukhGHpPSDIWeRb", name.ptr[i]);)
        if (i > 0 && name.ptr[i - 1] == ':')
            return (struct flame_str){ name.ptr, i - 1 };
    return name;
}

/* Whether weights of the two may be added: both are times, or both count the same thing. On hybrid
 * machines config has the PMU in its upper half. */
static bool add_up(const struct flame_session *s, const struct flame_event_group *a,
                   const struct flame_event_group *b)
{
    const struct flame_event_attr *x = &s->recording.perf.events.items[a->attr].attr;
    const struct flame_event_attr *y = &s->recording.perf.events.items[b->attr].attr;
    if (a->unit == FLAME_UNIT_NANOSECONDS || b->unit == FLAME_UNIT_NANOSECONDS)
        return a->unit == b->unit;
    if (x->type == y->type && x->type <= HW_CACHE)
        return x->type == TRACEPOINT ? x->config == y->config
                                     : (uint32_t)x->config == (uint32_t)y->config;
    return flame_str_equal(bare_name(a->name), bare_name(b->name));
}

/* "name (software 2)": an event that was given the name of another, with which it does not add up.
 */
static struct flame_str tell_apart(struct flame_session *s, const struct flame_perf_event *event)
{
    static const char *const types[] = { "hardware", "software", "tracepoint", "cache" };
    char what[64];
    if (event->attr.type <= HW_CACHE)
        snprintf(what, sizeof what, " (%s %" PRIu64 ")", types[event->attr.type],
                 event->attr.config);
    else
        snprintf(what, sizeof what, " (type %" PRIu32 ", %" PRIu64 ")", event->attr.type,
                 event->attr.config);
    size_t length = strlen(what);
    char *name = flame_arena_alloc(&s->arena, event->name.len + length);
    if (!name)
        return (struct flame_str){ 0 };
    if (event->name.len)
        memcpy(name, event->name.ptr, event->name.len);
    memcpy(name + event->name.len, what, length);
    return (struct flame_str){ name, event->name.len + length };
}

/* The group of this name, or a new one. FLAME_OK or FLAME_NOMEM. */
static enum flame_status find_group(struct flame_session *s, struct flame_intern *names,
                                    const struct flame_event_group *wanted, uint32_t *group)
{
    *group = flame_intern_add(names, wanted->name);
    if (*group == FLAME_INTERN_NONE ||
        (*group == s->groups.count && !flame_vec_push(&s->groups, *wanted)))
        return FLAME_NOMEM;
    return FLAME_OK;
}

enum flame_status flame_pipeline_group_events(struct flame_session *s)
{
    size_t count = s->recording.perf.events.count;
    s->group_of_attr = flame_arena_zalloc(&s->arena, count, sizeof *s->group_of_attr);
    if (!s->group_of_attr)
        return FLAME_NOMEM;
    struct flame_intern names;
    flame_intern_init(&names);
    enum flame_status status = FLAME_OK;
    for (uint32_t i = 0; i < count && status == FLAME_OK; i++) {
        const struct flame_perf_event *event = &s->recording.perf.events.items[i];
        uint32_t *group = &s->group_of_attr[i];
        struct flame_event_group own = { .name = event->name, .attr = i, .unit = unit_of(event) };
        status = find_group(s, &names, &own, group);
        if (status != FLAME_OK || add_up(s, &s->groups.items[*group], &own))
            continue;
        own.name = tell_apart(s, event);
        status = own.name.ptr ? find_group(s, &names, &own, group) : FLAME_NOMEM;
    }
    flame_intern_deinit(&names);
    return status;
}

/* Add name to the list out[cap]; "..." stands for all that do not fit. */
static void list_name(char *out, size_t cap, struct flame_str name)
{
    static const char dots[] = ", ...";
    size_t used = strlen(out), comma = used ? strlen(", ") : 0;
    if (flame_str_ends((struct flame_str){ out, used }, dots))
        return;
    if (used + comma + name.len + sizeof dots <= cap)
        snprintf(out + used, cap - used, "%s%.*s", comma ? ", " : "", (int)name.len, name.ptr);
    else
        snprintf(out + used, cap - used, "%s", dots + (used ? 0 : strlen(", ")));
}

/* "cycles, page-faults", as far as they fit. */
static void list_groups(const struct flame_session *s, char *out, size_t cap)
{
    for (size_t i = 0; i < s->groups.count; i++)
        list_name(out, cap, s->groups.items[i].name);
}

enum flame_status flame_pipeline_find_event(const struct flame_session *s, const char *wanted,
                                            uint32_t *group, struct flame_error *error)
{
    char names[240] = "";
    *group = FLAME_GROUP_ALL;
    for (uint32_t i = 0; i < s->groups.count; i++) {
        const struct flame_event_group *g = &s->groups.items[i];
        bool bare = g->name.len > strlen(wanted) && flame_str_starts(g->name, wanted) &&
                    g->name.ptr[strlen(wanted)] == ':';
        bool same = flame_str_is(g->name, wanted);
        if (same || (bare && *group == FLAME_GROUP_ALL))
            *group = i;
        if (same)
            break;
    }
    if (*group != FLAME_GROUP_ALL || strcmp(wanted, "all") == 0)
        return FLAME_OK;
    list_groups(s, names, sizeof names);
    return flame_fail(error, FLAME_USAGE, s->path, FLAME_NO_OFFSET,
                      "has no event '%.200s'; it has %s", wanted, names);
}

/* The event of the earliest sample that counts, which is what collapsing perf script's text would
 * take; FLAME_GROUP_ALL: no sample counts. */
static uint32_t find_earliest(const struct flame_session *s)
{
    uint32_t best = FLAME_GROUP_ALL;
    for (uint32_t i = 0; i < s->groups.count; i++) {
        const struct flame_event_group *g = &s->groups.items[i];
        if (g->samples &&
            (best == FLAME_GROUP_ALL || flame_moment_before(g->first, s->groups.items[best].first)))
            best = i;
    }
    return best;
}

/* The first event that has samples: annotate shows them all, and this one ranks. */
static uint32_t find_first(const struct flame_session *s)
{
    for (uint32_t i = 0; i < s->groups.count; i++)
        if (s->groups.items[i].samples)
            return i;
    return FLAME_GROUP_ALL;
}

/* Append " + name", or name to nothing. out has room. */
static void join_name(struct flame_str *joined, char *out, struct flame_str name)
{
    if (joined->len) {
        memcpy(out + joined->len, " + ", 3);
        joined->len += 3;
    }
    if (name.len)
        memcpy(out + joined->len, name.ptr, name.len);
    joined->len += name.len;
    joined->ptr = out;
}

static enum flame_status do_not_add_up(const struct flame_session *s,
                                       const struct flame_event_group *a,
                                       const struct flame_event_group *b, struct flame_error *error)
{
    char names[240] = "";
    list_groups(s, names, sizeof names);
    return flame_fail(error, FLAME_USAGE, s->path, FLAME_NO_OFFSET,
                      "its events do not add up: %.*s and %.*s count different things; it has %s",
                      (int)(a->name.len < 30 ? a->name.len : 30), a->name.ptr,
                      (int)(b->name.len < 30 ? b->name.len : 30), b->name.ptr, names);
}

static enum flame_status draw_all(struct flame_session *s, struct flame_error *error)
{
    const struct flame_event_group *first = NULL;
    size_t room = 1;
    for (size_t i = 0; i < s->groups.count; i++)
        room += s->groups.items[i].name.len + 3;
    char *names = flame_arena_alloc(&s->arena, room);
    if (!names)
        return flame_fail(error, FLAME_NOMEM, s->path, FLAME_NO_OFFSET, "out of memory");
    s->group = FLAME_GROUP_ALL;
    for (size_t i = 0; i < s->groups.count; i++) {
        const struct flame_event_group *g = &s->groups.items[i];
        s->drawn.filtered_out += g->filtered_out;
        s->drawn.guests += g->guests;
        s->drawn.unmerged += g->unmerged;
        if (g->samples == 0)
            continue;
        if (first && !add_up(s, first, g))
            return do_not_add_up(s, first, g, error);
        first = first ? first : g;
        s->drawn.unit = first->unit;
        s->drawn.samples += g->samples;
        s->drawn.weight = flame_sum(s->drawn.weight, g->weight);
        join_name(&s->drawn.name, names, g->name);
    }
    return FLAME_OK;
}

/* What was left out of all events. */
static struct flame_event_group all_left_out(const struct flame_session *s)
{
    struct flame_event_group sum = { 0 };
    for (size_t i = 0; i < s->groups.count; i++) {
        sum.filtered_out += s->groups.items[i].filtered_out;
        sum.guests += s->groups.items[i].guests;
    }
    return sum;
}

/* What there is, where a filter has none of it by name: "; its threads are a, b". */
static void list_instead(const struct flame_session *s, char *out, size_t cap)
{
    const struct flame_intern *comms = &s->timeline.comms;
    const struct flame_dsos *dsos = &s->timeline.dsos;
    char names[160] = "";
    for (uint32_t i = 0; s->filter.comms && i < comms->strings.count; i++) {
        if (flame_filter_takes_comm(&s->filter, flame_intern_get(comms, i)))
            return;
        list_name(names, sizeof names, flame_intern_get(comms, i));
    }
    for (size_t i = 0; !s->filter.comms && s->filter.dsos && i < dsos->list.count; i++) {
        const struct flame_dso *dso = &dsos->list.items[i];
        if (flame_pipeline_takes_dso(&s->filter, dso))
            return;
        if (dso->kind == FLAME_DSO_FILE || dso->kind == FLAME_DSO_KERNEL)
            list_name(names, sizeof names, flame_str_basename(dso->name));
    }
    if (*names)
        snprintf(out, cap, "; its %s: %s", s->filter.comms ? "threads" : "objects", names);
}

/* Why there is nothing to draw. */
static enum flame_status nothing(const struct flame_session *s, bool named,
                                 struct flame_error *error)
{
    const char *of_event = named ? " of this event" : "";
    struct flame_event_group left_out = named ? s->drawn : all_left_out(s);
    char instead[200] = "";
    list_instead(s, instead, sizeof instead);
    if (left_out.filtered_out)
        return flame_fail(error, FLAME_EMPTY, s->path, FLAME_NO_OFFSET,
                          "no sample%s passes the filters, which left out all %" PRIu64 "%s",
                          of_event, left_out.filtered_out, instead);
    if (left_out.guests)
        return flame_fail(error, FLAME_EMPTY, s->path, FLAME_NO_OFFSET,
                          "holds samples%s of guest machines only, which are not drawn: %" PRIu64,
                          of_event, left_out.guests);
    const struct flame_error *lost = &s->losses.items[0].error;
    if (s->losses.count)
        return flame_fail(error, lost->status, lost->path, lost->offset, "no samples: %s",
                          lost->text);
    return flame_fail(error, FLAME_EMPTY, s->path, FLAME_NO_OFFSET, "holds no samples%s", of_event);
}

enum flame_status flame_pipeline_choose_event(struct flame_session *s, struct flame_error *error)
{
    uint32_t group = FLAME_GROUP_ALL;
    enum flame_status status = FLAME_OK;
    if (s->options.event)
        status = flame_pipeline_find_event(s, s->options.event, &group, error);
    else
        group = s->counted_as == FLAME_COUNT_LEAVES || s->counted_as == FLAME_COUNT_CALLERS
                    ? find_first(s)
                    : find_earliest(s);
    if (status == FLAME_OK && group != FLAME_GROUP_ALL) {
        s->group = group;
        s->drawn = s->groups.items[group];
    } else if (status == FLAME_OK && s->options.event) {
        status = draw_all(s, error);
    }
    if (status == FLAME_OK && s->drawn.samples == 0)
        return nothing(s, group != FLAME_GROUP_ALL, error);
    if (status == FLAME_OK && s->drawn.weight == UINT64_MAX)
        return flame_fail(error, FLAME_LIMIT, s->path, FLAME_NO_OFFSET,
                          "its weights add up to more than 64 bits hold");
    return status;
}

enum flame_status flame_session_number_shown(struct flame_session *s, uint32_t **numbers,
                                             size_t *count)
{
    *count = 0;
    *numbers = flame_arena_zalloc(&s->arena, s->groups.count, sizeof **numbers);
    for (uint32_t i = 0; *numbers && i < s->groups.count; i++) {
        bool shown = s->groups.items[i].samples && (!s->options.event || flame_session_draws(s, i));
        (*numbers)[i] = shown ? (uint32_t)(*count)++ : UINT32_MAX;
    }
    return *numbers ? FLAME_OK : FLAME_NOMEM;
}
