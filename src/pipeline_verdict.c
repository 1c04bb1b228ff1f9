/* pipeline_verdict.c: how far the result can be believed, and what would make it better. */
#include "pipeline.h"

#include "depot.h"

/* Note where the user's part of the stacks was not recorded by frame pointers. */
static void note_other_stacks(struct flame_session *s)
{
    for (size_t i = 0; i < s->recording.perf.events.count; i++) {
        const struct flame_event_attr *attr = &s->recording.perf.events.items[i].attr;
        if (!flame_session_draws(s, s->group_of_attr[i]))
            continue;
        if (attr->sample_type & FLAME_SAMPLE_STACK_USER &&
            attr->sample_stack_user > s->verdict.dump_bytes)
            s->verdict.dump_bytes = attr->sample_stack_user;
        s->verdict.branch_stacks |= (attr->sample_type & FLAME_SAMPLE_BRANCH_STACK) &&
                                    (attr->branch_sample_type & FLAME_BRANCH_CALL_STACK);
    }
}

/* Note which places could not be searched. Those that nobody asked are not among them. */
static void note_places(struct flame_session *s)
{
    size_t count = flame_depot_error_count(s->places.depot);
    struct flame_error *errors = flame_arena_zalloc(&s->arena, count + 1, sizeof *errors);
    for (size_t i = 0; errors && i < count; i++)
        errors[i] = *flame_depot_error(s->places.depot, i);
    s->verdict.places = errors;
    s->verdict.place_count = errors ? count : 0;
}

/* Note which limits cost frames or names. */
static void note_limits(struct flame_session *s)
{
    struct flame_limit_report *reached =
        flame_arena_zalloc(&s->arena, FLAME_LIMIT_COUNT, sizeof *reached);
    s->verdict.reached_count = reached ? flame_bounds_report(&s->bounds, reached) : 0;
    s->verdict.reached = reached;
}

void flame_pipeline_note_losses(struct flame_session *s)
{
    struct flame_verdict *v = &s->verdict;
    v->bad_records = s->bad.count;
    v->first_bad = s->bad.first;
    v->bad_features = s->recording.perf.bad_features;
    v->first_bad_feature = s->recording.perf.bad_feature;
    v->losses = s->losses.items;
    v->loss_count = s->losses.count < FLAME_PERF_LOSSES ? s->losses.count : FLAME_PERF_LOSSES;
    v->all_losses = s->losses.count;
    v->lost_bytes = s->losses.bytes;
    v->lost_early = s->losses.early;
    /* LOST counts what the ring buffer dropped, LOST_SAMPLES what the event says was dropped: two
     * views of one loss. */
    v->lost_samples = s->lost_records > s->lost_samples ? s->lost_records : s->lost_samples;
    note_places(s);
    note_limits(s);
}

enum flame_status flame_pipeline_verdict(struct flame_session *s, struct flame_error *error)
{
    struct flame_verdict *v = &s->verdict;
    struct flame_event_report *events =
        flame_arena_zalloc(&s->arena, s->groups.count, sizeof *events);
    note_other_stacks(s);
    if (!events || flame_pipeline_report_objects(s) != FLAME_OK ||
        flame_pipeline_report_ends(s) != FLAME_OK)
        return flame_fail(error, FLAME_NOMEM, s->path, FLAME_NO_OFFSET, "out of memory");
    for (size_t i = 0; i < s->groups.count; i++) {
        const struct flame_event_group *g = &s->groups.items[i];
        if (g->samples == 0)
            continue;
        if (i == s->group)
            v->event = v->event_count;
        events[v->event_count++] = (struct flame_event_report){ g->name, g->samples, g->weight };
    }
    v->events = events;
    if (s->group == FLAME_GROUP_ALL)
        v->event = v->event_count;
    v->samples = s->drawn.samples;
    v->filtered_out = s->drawn.filtered_out;
    v->guest_samples = s->drawn.guests;
    v->unmerged_chains = s->drawn.unmerged;
    v->weight = s->drawn.weight;
    flame_pipeline_note_losses(s);
    return FLAME_OK;
}
