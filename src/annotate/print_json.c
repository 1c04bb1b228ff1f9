/* print_json.c: an annotation as one JSON object. docs/formats/annotate-json.md is its schema.
 *
 * A member whose value is not known is left out; there is no null but in the verdict. An
 * instruction stands on one line, so that tools which know lines, not JSON, get along. */
#include "verdict_json.h"

#include <flamedata/annotate.h>
#include <stdlib.h>

enum {
    SCHEMA = 1,
    PERCENT_DECIMALS = 6, /* of a function with a million samples each is told from the others */
    RATIO_DECIMALS = 4,
};

struct writer {
    struct flame_json json;
    const struct flame_annotation *annotation;
    enum flame_percent_type percent;
};

static const char *percent_name(enum flame_percent_type type)
{
    switch (type) {
    case FLAME_PERCENT_LOCAL_HITS:
        return "local-hits";
    case FLAME_PERCENT_GLOBAL_PERIOD:
        return "global-period";
    case FLAME_PERCENT_GLOBAL_HITS:
        return "global-hits";
    case FLAME_PERCENT_LOCAL_PERIOD:
        break;
    }
    return "local-period";
}

static const char *kind_name(enum flame_instruction_kind kind)
{
    switch (kind) {
    case FLAME_INSTRUCTION_JUMP:
        return "jump";
    case FLAME_INSTRUCTION_CALL:
        return "call";
    case FLAME_INSTRUCTION_RETURN:
        return "return";
    case FLAME_INSTRUCTION_DATA:
        return "data";
    case FLAME_INSTRUCTION_PLAIN:
        break;
    }
    return "plain";
}

static void put_known(struct flame_json *json, const char *name, struct flame_str value)
{
    if (value.len)
        flame_json_text(json, name, value);
}

static void put_nonzero(struct flame_json *json, const char *name, uint64_t value)
{
    if (value)
        flame_json_u64(json, name, value);
}

/* "percent", "hits" and "period", each with a number for each event. local: the function's totals;
 * NULL: shares are of all samples, whatever was asked for. */
static void put_hits(struct writer *w, const struct flame_hits *hits,
                     const struct flame_hits *local)
{
    const struct flame_annotation *a = w->annotation;
    struct flame_json *json = &w->json;
    bool samples =
        w->percent == FLAME_PERCENT_LOCAL_HITS || w->percent == FLAME_PERCENT_GLOBAL_HITS;
    enum flame_percent_type whole =
        samples ? FLAME_PERCENT_GLOBAL_HITS : FLAME_PERCENT_GLOBAL_PERIOD;
    flame_json_open(json, "percent", '[');
    for (size_t e = 0; e < a->event_count; e++)
        flame_json_decimal(json, NULL,
                           flame_percent(local ? w->percent : whole, hits[e],
                                         local ? local[e] : hits[e], a->events[e].total),
                           PERCENT_DECIMALS);
    flame_json_close(json, ']');
    flame_json_open(json, "hits", '[');
    for (size_t e = 0; e < a->event_count; e++)
        flame_json_u64(json, NULL, hits[e].samples);
    flame_json_close(json, ']');
    flame_json_open(json, "period", '[');
    for (size_t e = 0; e < a->event_count; e++)
        flame_json_u64(json, NULL, hits[e].period);
    flame_json_close(json, ']');
}

/* Events with their totals: of everything, or with the share that a function has of them. */
static void put_events(struct writer *w, const struct flame_hits *function)
{
    struct flame_json *json = &w->json;
    flame_json_open(json, "events", '[');
    for (size_t e = 0; e < w->annotation->event_count; e++) {
        const struct flame_annotated_event *event = &w->annotation->events[e];
        const struct flame_hits *total = function ? &function[e] : &event->total;
        json->one_line = false;
        flame_json_open(json, NULL, '{');
        json->one_line = true;
        flame_json_text(json, "name", event->name);
        if (!function)
            flame_json_text(json, "unit", flame_str_from(flame_json_unit(event->unit)));
        flame_json_u64(json, "samples", total->samples);
        flame_json_u64(json, "period", total->period);
        if (function) {
            flame_json_decimal(
                json, "share_of_samples",
                flame_percent(FLAME_PERCENT_GLOBAL_HITS, *total, *total, event->total),
                PERCENT_DECIMALS);
            flame_json_decimal(
                json, "share_of_period",
                flame_percent(FLAME_PERCENT_GLOBAL_PERIOD, *total, *total, event->total),
                PERCENT_DECIMALS);
        }
        flame_json_close(json, '}');
    }
    json->one_line = false;
    flame_json_close(json, ']');
}

static enum flame_status put_reason(struct flame_json *json, const struct flame_error *error)
{
    size_t length = flame_error_format(error, NULL, 0);
    char *message = malloc(length + 1);
    if (!message)
        return FLAME_NOMEM;
    flame_error_format(error, message, length + 1);
    flame_json_text(json, "reason", (struct flame_str){ message, length });
    free(message);
    return FLAME_OK;
}

static enum flame_status put_matches(struct writer *w)
{
    struct flame_json *json = &w->json;
    enum flame_status status = FLAME_OK;
    flame_json_open(json, "matches", '[');
    for (size_t i = 0; i < w->annotation->match_count && status == FLAME_OK; i++) {
        const struct flame_annotated_match *match = &w->annotation->matches[i];
        flame_json_open(json, NULL, '{');
        json->one_line = true;
        flame_json_text(json, "symbol", match->symbol);
        flame_json_text(json, "dso", match->dso);
        put_hits(w, match->hits, NULL);
        if (match->shown != SIZE_MAX)
            flame_json_u64(json, "function", match->shown);
        if (match->error.status != FLAME_OK)
            status = put_reason(json, &match->error);
        flame_json_close(json, '}');
        json->one_line = false;
    }
    flame_json_close(json, ']');
    return status;
}

static void put_inlined_at(struct flame_json *json, const struct flame_instruction *in)
{
    flame_json_open(json, "inlined", '[');
    for (size_t i = 0; i < in->inlined_count; i++) {
        const struct flame_inlined_at *at = &in->inlined[i];
        flame_json_open(json, NULL, '{');
        flame_json_text(json, "symbol", at->name);
        if (at->call)
            flame_json_text(json, "call_file", at->call->name);
        put_nonzero(json, "call_line", at->call_line);
        flame_json_close(json, '}');
    }
    flame_json_close(json, ']');
}

static void put_instruction(struct writer *w, const struct flame_annotated *f,
                            const struct flame_instruction *in)
{
    struct flame_json *json = &w->json;
    flame_json_open(json, NULL, '{');
    json->one_line = true;
    flame_json_hex(json, "address", in->address);
    if (f->has_code) {
        flame_json_bytes(json, "bytes", in->bytes, in->size);
        flame_json_text(json, "text", in->text);
        flame_json_text(json, "kind", flame_str_from(kind_name(in->kind)));
    }
    if (in->jump != FLAME_NO_INSTRUCTION && in->jump < f->instruction_count)
        flame_json_hex(json, "jump", f->instructions[in->jump].address);
    put_hits(w, in->hits, f->total);
    if (in->source)
        flame_json_text(json, "file", in->source->name);
    if (in->source)
        put_nonzero(json, "line", in->line);
    put_inlined_at(json, in);
    if (f->has_branches) {
        flame_json_u64(json, "taken", in->taken);
        flame_json_u64(json, "mispredicted", in->mispredicted);
        put_nonzero(json, "cycles", in->cycles);
        put_nonzero(json, "least_cycles", in->least_cycles);
        put_nonzero(json, "most_cycles", in->most_cycles);
        if (in->ipc > 0)
            flame_json_decimal(json, "ipc", in->ipc, RATIO_DECIMALS);
    }
    flame_json_close(json, '}');
    json->one_line = false;
}

static void put_summary(struct writer *w, const struct flame_annotated *f, const char *name,
                        const struct flame_hits_of *sums, size_t count)
{
    struct flame_json *json = &w->json;
    flame_json_open(json, name, '[');
    for (size_t i = 0; i < count; i++) {
        flame_json_open(json, NULL, '{');
        json->one_line = true;
        flame_json_text(json, "symbol", sums[i].name);
        if (sums[i].source)
            flame_json_text(json, "file", sums[i].source->name);
        put_nonzero(json, "line", sums[i].line);
        put_hits(w, sums[i].hits, f->total);
        flame_json_close(json, '}');
        json->one_line = false;
    }
    flame_json_close(json, ']');
}

static void put_function(struct writer *w, const struct flame_annotated *f)
{
    struct flame_json *json = &w->json;
    flame_json_open(json, NULL, '{');
    flame_json_text(json, "symbol", f->symbol);
    flame_json_text(json, "dso", f->dso);
    put_known(json, "code_file", f->file);
    if (f->build_id.size)
        flame_json_bytes(json, "build_id", f->build_id.bytes, f->build_id.size);
    flame_json_hex(json, "start", f->start);
    flame_json_hex(json, "end", f->end);
    flame_json_bool(json, "has_code", f->has_code);
    flame_json_bool(json, "has_source", f->has_source);
    flame_json_bool(json, "has_branches", f->has_branches);
    if (f->has_branches)
        flame_json_decimal(json, "coverage", f->coverage, RATIO_DECIMALS);
    put_events(w, f->total);
    flame_json_open(json, "instructions", '[');
    for (size_t i = 0; i < f->instruction_count; i++)
        put_instruction(w, f, &f->instructions[i]);
    flame_json_close(json, ']');
    put_summary(w, f, "lines", f->lines, f->line_count);
    put_summary(w, f, "inlined", f->inlined, f->inlined_count);
    flame_json_close(json, '}');
}

enum flame_status flame_annotate_json(const struct flame_annotation *annotation,
                                      const struct flame_annotate_look *look,
                                      struct flame_output *output)
{
    struct writer w = { .json = { .out = output },
                        .annotation = annotation,
                        .percent = look ? look->percent : FLAME_PERCENT_LOCAL_PERIOD };
    struct flame_json *json = &w.json;
    flame_json_open(json, NULL, '{');
    flame_json_u64(json, "schema", SCHEMA);
    flame_json_text(json, "recording", flame_str_from(annotation->path));
    flame_json_text(json, "percent_type", flame_str_from(percent_name(w.percent)));
    flame_json_bool(json, "callers", annotation->callers);
    put_events(&w, NULL);
    enum flame_status status = put_matches(&w);
    flame_json_open(json, "functions", '[');
    for (size_t i = 0; i < annotation->function_count; i++)
        put_function(&w, &annotation->functions[i]);
    flame_json_close(json, ']');
    if (annotation->verdict)
        flame_json_verdict(json, annotation->verdict, annotation->events[0].unit);
    flame_json_close(json, '}');
    flame_put_text(output, "\n");
    return status;
}
