/* verdict_json.c: a session's verdict as a JSON object. Its members are those of struct
 * flame_verdict, whose comment says what they mean. */
#include "verdict_json.h"

const char *flame_json_unit(enum flame_unit unit)
{
    switch (unit) {
    case FLAME_UNIT_NANOSECONDS:
        return "nanoseconds";
    case FLAME_UNIT_EVENTS:
        return "events";
    case FLAME_UNIT_SAMPLES:
        break;
    }
    return "periods";
}

static const char *state_name(enum flame_object_state state)
{
    switch (state) {
#define X(name, text)                                                                              \
    case FLAME_OBJECT_##name:                                                                      \
        return #name;
        FLAME_OBJECT_STATES(X)
#undef X
    }
    return "UNKNOWN";
}

const char *flame_object_grade_word(enum flame_object_grade grade)
{
    switch (grade) {
#define X(name, word, meaning)                                                                     \
    case FLAME_GRADE_##name:                                                                       \
        return word;
        FLAME_OBJECT_GRADES(X)
#undef X
    }
    return "unknown";
}

static const char *end_name(enum flame_stack_end why)
{
    switch (why) {
#define X(name, text)                                                                              \
    case FLAME_END_##name:                                                                         \
        return #name;
        FLAME_STACK_ENDS(X)
#undef X
    case FLAME_END_COUNT:
        break;
    }
    return "UNKNOWN";
}

void flame_json_error(struct flame_json *json, const struct flame_error *error)
{
    if (error->path)
        flame_json_text(json, "path", flame_str_from(error->path));
    else
        flame_json_null(json, "path");
    if (error->offset != FLAME_NO_OFFSET)
        flame_json_u64(json, "offset", error->offset);
    else
        flame_json_null(json, "offset");
    flame_json_text(json, "text", flame_str_from(error->text));
}

/* An object where count says that there is something to tell; else null. */
static void put_first(struct flame_json *json, const char *name, uint64_t count,
                      const struct flame_error *first)
{
    if (count == 0) {
        flame_json_null(json, name);
        return;
    }
    flame_json_open(json, name, '{');
    flame_json_error(json, first);
    flame_json_close(json, '}');
}

static void put_losses(struct flame_json *json, const struct flame_verdict *v)
{
    flame_json_u64(json, "all_losses", v->all_losses);
    flame_json_u64(json, "lost_bytes", v->lost_bytes);
    flame_json_open(json, "losses", '[');
    for (size_t i = 0; i < v->loss_count; i++) {
        flame_json_open(json, NULL, '{');
        flame_json_u64(json, "bytes", v->losses[i].bytes);
        flame_json_error(json, &v->losses[i].error);
        flame_json_close(json, '}');
    }
    flame_json_close(json, ']');
}

/* Only where there were such limits. */
static void put_reached(struct flame_json *json, const struct flame_verdict *v)
{
    if (v->reached_count == 0)
        return;
    flame_json_open(json, "reached", '[');
    for (size_t i = 0; i < v->reached_count; i++) {
        flame_json_open(json, NULL, '{');
        flame_json_text(json, "limit", flame_str_from(flame_limit_name(v->reached[i].limit)));
        flame_json_error(json, &v->reached[i].error);
        flame_json_close(json, '}');
    }
    flame_json_close(json, ']');
}

static void put_places(struct flame_json *json, const struct flame_verdict *v)
{
    flame_json_open(json, "places", '[');
    for (size_t i = 0; i < v->place_count; i++) {
        flame_json_open(json, NULL, '{');
        flame_json_error(json, &v->places[i]);
        flame_json_close(json, '}');
    }
    flame_json_close(json, ']');
}

static void put_events(struct flame_json *json, const struct flame_verdict *v)
{
    flame_json_open(json, "events", '[');
    for (size_t i = 0; i < v->event_count; i++) {
        flame_json_open(json, NULL, '{');
        flame_json_text(json, "name", v->events[i].name);
        flame_json_u64(json, "samples", v->events[i].samples);
        flame_json_u64(json, "weight", v->events[i].weight);
        flame_json_bool(json, "counted", i == v->event || v->event == v->event_count);
        flame_json_close(json, '}');
    }
    flame_json_close(json, ']');
}

static void put_ends(struct flame_json *json, const struct flame_verdict *v)
{
    flame_json_open(json, "ends", '[');
    for (size_t i = 0; i < v->end_count; i++) {
        flame_json_open(json, NULL, '{');
        flame_json_text(json, "why", flame_str_from(end_name(v->ends[i].why)));
        flame_json_text(json, "object", v->ends[i].object);
        flame_json_u64(json, "weight", v->ends[i].weight);
        flame_json_text(json, "advice", v->ends[i].advice);
        flame_json_close(json, '}');
    }
    flame_json_close(json, ']');
}

static void put_objects(struct flame_json *json, const struct flame_verdict *v)
{
    flame_json_open(json, "objects", '[');
    for (size_t i = 0; i < v->object_count; i++) {
        const struct flame_object_report *object = &v->objects[i];
        flame_json_open(json, NULL, '{');
        flame_json_text(json, "name", object->name);
        flame_json_bytes(json, "build_id", object->build_id.bytes, object->build_id.size);
        flame_json_text(json, "status", flame_str_from(flame_object_grade_word(object->grade)));
        flame_json_text(json, "state", flame_str_from(state_name(object->state)));
        flame_json_u64(json, "weight", object->weight);
        flame_json_u64(json, "unnamed", object->unnamed);
        flame_json_text(json, "used", object->used);
        flame_json_bool(json, "trusted", object->trusted);
        flame_json_bytes(json, "found_id", object->found_id.bytes, object->found_id.size);
        flame_json_bool(json, "kernel", object->kernel);
        flame_json_bool(json, "jit", object->jit);
        flame_json_text(json, "advice", object->advice);
        flame_json_text(json, "caution", object->caution);
        flame_json_close(json, '}');
    }
    flame_json_close(json, ']');
}

static const char *outcome_name(enum flame_fetch_outcome outcome)
{
    switch (outcome) {
#define X(name, text)                                                                              \
    case FLAME_FETCH_##name:                                                                       \
        return #name;
        FLAME_FETCH_OUTCOMES(X)
#undef X
    }
    return "UNKNOWN";
}

/* Only where servers were to be asked. */
static void put_fetches(struct flame_json *json, const struct flame_verdict *v)
{
    if (v->fetch_count == 0)
        return;
    flame_json_open(json, "fetches", '[');
    for (size_t i = 0; i < v->fetch_count; i++) {
        const struct flame_fetch_entry *e = &v->fetches[i];
        flame_json_open(json, NULL, '{');
        flame_json_text(json, "name", e->name);
        flame_json_bytes(json, "build_id", e->build_id.bytes, e->build_id.size);
        flame_json_bool(json, "debuginfo", e->debuginfo);
        flame_json_text(json, "outcome", flame_str_from(outcome_name(e->outcome)));
        flame_json_u64(json, "bytes", e->bytes);
        flame_json_text(json, "detail", e->detail);
        flame_json_close(json, '}');
    }
    flame_json_close(json, ']');
}

void flame_json_verdict(struct flame_json *json, const struct flame_verdict *v,
                        enum flame_unit unit)
{
    flame_json_open(json, "verdict", '{');
    flame_json_u64(json, "samples", v->samples);
    flame_json_u64(json, "weight", v->weight);
    flame_json_text(json, "unit", flame_str_from(flame_json_unit(unit)));
    flame_json_u64(json, "lost_samples", v->lost_samples);
    flame_json_u64(json, "without_stack", v->without_stack);
    flame_json_u64(json, "rooted", v->rooted);
    flame_json_u64(json, "cut_off", v->cut_off);
    flame_json_u64(json, "shortened", v->shortened);
    flame_json_u64(json, "unnamed", v->unnamed);
    flame_json_u64(json, "unwound", v->unwound);
    flame_json_u64(json, "dump_bytes", v->dump_bytes);
    flame_json_text(json, "machine", v->machine);
    flame_json_text(json, "machine_object", v->machine_object);
    put_ends(json, v);
    flame_json_bool(json, "branch_stacks", v->branch_stacks);
    flame_json_u64(json, "guest_samples", v->guest_samples);
    flame_json_u64(json, "out_of_order", v->out_of_order);
    flame_json_u64(json, "unmerged_chains", v->unmerged_chains);
    flame_json_u64(json, "unknown_records", v->unknown_records);
    flame_json_u64(json, "bad_records", v->bad_records);
    put_first(json, "first_bad", v->bad_records, &v->first_bad);
    flame_json_u64(json, "bad_features", v->bad_features);
    put_first(json, "first_bad_feature", v->bad_features, &v->first_bad_feature);
    put_losses(json, v);
    put_reached(json, v);
    put_places(json, v);
    put_events(json, v);
    put_objects(json, v);
    put_fetches(json, v);
    flame_json_close(json, '}');
}

void flame_verdict_json(const struct flame_verdict *verdict, enum flame_unit unit,
                        struct flame_output *output)
{
    struct flame_json json = { .out = output };
    flame_json_open(&json, NULL, '{');
    flame_json_verdict(&json, verdict, unit);
    flame_json_close(&json, '}');
}
