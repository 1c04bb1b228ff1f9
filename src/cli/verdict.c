/* verdict.c: the verdict as text.
 *
 * Three kinds of lines: what was counted, how far it can be trusted, and what to do about it. The
 * same text goes to the terminal and, without colour, into the picture. Does not judge: it says
 * shares and leaves the reader to decide. */
#include "verdict.h"

#include "terminal.h"
#include "verdict_parts.h"

#include <stdlib.h>
#include <string.h>

/* More events than these would hide the rest; what is below the threshold is not worth a trip to
 * the package manager, or another recording. */
enum { MOST_EVENTS = 8, THRESHOLD_PER_MILLE = 1 };

/* From this share on what was lost is worth another recording. */
#define LOST_SHARE 0.01

#define WARN_ON "\033[33m"
#define WARN_OFF "\033[0m"

void flame_cli_warn(struct flame_output *out, bool colour, bool on)
{
    if (colour)
        flame_put_text(out, on ? WARN_ON : WARN_OFF);
}

bool flame_cli_deserves_a_line(uint64_t part, uint64_t weight)
{
    return part && part >= weight / 1000 * THRESHOLD_PER_MILLE;
}

void flame_cli_put_count(struct flame_output *out, uint64_t count, const char *one,
                         const char *many)
{
    flame_cli_put_number(out, count);
    flame_put_text(out, " ");
    flame_put_text(out, count == 1 ? one : many);
}

/* "1,234 samples, 12.34 s of cpu-clock" */
static void put_weight(struct flame_output *out, const struct flame_verdict *v,
                       const struct flame_stacks *stacks)
{
    flame_cli_put_count(out, v->samples, "sample", "samples");
    switch (stacks->unit) {
    case FLAME_UNIT_NANOSECONDS:
        flame_put_text(out, ", ");
        flame_cli_put_time(out, v->weight);
        flame_put_text(out, " of ");
        break;
    case FLAME_UNIT_EVENTS:
        flame_put_text(out, ", ");
        flame_cli_put_number(out, v->weight);
        flame_put_text(out, " ");
        break;
    case FLAME_UNIT_SAMPLES:
        flame_put_text(out, " of ");
        break;
    }
    flame_cli_put_safe(out, stacks->event_name);
}

/* Whether some of what was recorded is not counted. */
static bool has_other_events(const struct flame_verdict *v)
{
    return v->event_count > 1 && v->event < v->event_count;
}

/* "a, b and 3 more" */
static void put_names_of_others(struct flame_output *out, const struct flame_verdict *v)
{
    size_t others = v->event_count - 1, shown = 0;
    for (size_t i = 0; i < v->event_count && shown < MOST_EVENTS; i++) {
        if (i == v->event)
            continue;
        if (shown++)
            flame_put_text(out, ", ");
        flame_cli_put_safe(out, v->events[i].name);
    }
    if (others > shown) {
        flame_put_text(out, " and ");
        flame_cli_put_number(out, others - shown);
        flame_put_text(out, " more");
    }
}

/* "; 2 other events: a, b (--event NAME)"; nothing when all are counted */
static void put_other_events(struct flame_output *out, const struct flame_verdict *v)
{
    if (!has_other_events(v))
        return;
    flame_put_text(out, "; ");
    flame_cli_put_count(out, v->event_count - 1, "other event: ", "other events: ");
    put_names_of_others(out, v);
    flame_put_text(out, " (--event NAME)");
}

bool flame_cli_put_choice(struct flame_output *out, const struct flame_verdict *v)
{
    if (!has_other_events(v))
        return false;
    flame_cli_put_safe(out, v->events[v->event].name);
    flame_put_text(out, " (also recorded: ");
    put_names_of_others(out, v);
    flame_put_text(out, "; --event)");
    return true;
}

/* "; record with a larger buffer ..." */
static void put_lost_advice(struct flame_output *out, const struct flame_verdict *v)
{
    if ((double)v->lost_samples < LOST_SHARE * ((double)v->lost_samples + (double)v->samples))
        return;
    flame_put_text(out, "; record with a larger buffer (-m 16M)");
    flame_put_text(out,
                   v->dump_bytes
                       ? ", a lower -F, or a smaller copy of the stack (--call-graph dwarf,SIZE)"
                       : " or a lower -F");
}

/* "lost while recording: none" */
static void put_lost_samples(struct flame_output *out, const struct flame_verdict *v, bool colour)
{
    flame_put_text(out, "lost while recording: ");
    if (v->lost_samples) {
        flame_cli_warn(out, colour, true);
        flame_cli_put_number(out, v->lost_samples);
        flame_put_text(out, " (");
        flame_cli_put_share(out, v->lost_samples, v->lost_samples + v->samples);
        flame_put_text(out, ")");
        flame_cli_warn(out, colour, false);
        put_lost_advice(out, v);
    } else {
        flame_put_text(out, "none");
    }
}

bool flame_cli_has_no_chains(const struct flame_verdict *v)
{
    return v->samples && v->without_stack >= v->samples;
}

static bool is_reached(const struct flame_verdict *v, enum flame_limit limit)
{
    for (size_t i = 0; i < v->reached_count; i++)
        if (v->reached[i].limit == limit)
            return true;
    return false;
}

/* "stacks complete to their start function: 99.2 %; " */
static void put_endings(struct flame_output *out, const struct flame_verdict *v)
{
    uint64_t perhaps = v->weight - v->rooted - v->cut_off - v->shortened;
    flame_put_text(out, "stacks complete to their start function: ");
    flame_cli_put_share(out, v->rooted, v->weight);
    if (perhaps && perhaps >= v->weight / 1000) {
        flame_put_text(out, ", perhaps ");
        flame_cli_put_share(out, perhaps, v->weight);
        flame_put_text(out, " more that end in unnamed code");
    }
    if (v->shortened) {
        flame_put_text(out, is_reached(v, FLAME_LIMIT_FRAMES) ? ", shortened: "
                                                              : ", shortened by --max-stack: ");
        flame_cli_put_share(out, v->shortened, v->weight);
    }
    flame_put_text(out, "; ");
}

/* "stacks complete to their start function: 99.2 %; innermost function unnamed: 0.4 %; lost while
 * recording: none" */
static void put_trust(struct flame_output *out, const struct flame_verdict *v,
                      const struct flame_cli_wording *wording)
{
    if (v->weight && !flame_cli_has_no_chains(v) && !wording->leaves)
        put_endings(out, v);
    if (v->weight) {
        flame_put_text(out, "innermost function unnamed: ");
        flame_cli_put_share(out, v->unnamed, v->weight);
        flame_put_text(out, "; ");
    }
    put_lost_samples(out, v, wording->colour);
    flame_put_text(out, "\n");
}

/* "filters left out 1,234 of 5,678 samples" */
static void put_filtered(struct flame_output *out, const struct flame_verdict *v)
{
    if (v->filtered_out == 0)
        return;
    flame_put_text(out, "filters left out ");
    flame_cli_put_number(out, v->filtered_out);
    flame_put_text(out, " of ");
    flame_cli_put_count(out, v->filtered_out + v->samples, "sample", "samples");
    flame_put_text(out, "\n");
}

static void put_guests(struct flame_output *out, const struct flame_verdict *v)
{
    if (v->guest_samples == 0)
        return;
    flame_cli_put_count(out, v->guest_samples, "sample of a guest machine",
                        "samples of guest machines");
    flame_put_text(out, " left out\n");
}

static void put_error(struct flame_output *out, const struct flame_error *error)
{
    size_t length = flame_error_format(error, NULL, 0);
    char *message = malloc(length + 1);
    if (message) {
        flame_error_format(error, message, length + 1);
        flame_cli_put_safe(out, (struct flame_str){ message, length });
    } else {
        flame_put_text(out, "out of memory, so that it cannot be said what");
    }
    free(message);
}

/* Samples whose callers were to come in a record of their own. */
static void put_unmerged(struct flame_output *out, const struct flame_verdict *v, bool colour)
{
    if (v->unmerged_chains == 0)
        return;
    flame_cli_warn(out, colour, true);
    flame_cli_put_count(out, v->unmerged_chains, "sample lacks", "samples lack");
    flame_put_text(out, " the program's callers");
    flame_cli_warn(out, colour, false);
    flame_put_text(out, ": what the kernel was to record later (CALLCHAIN_DEFERRED) is missing\n");
}

static void put_out_of_order(struct flame_output *out, const struct flame_verdict *v, bool colour)
{
    if (v->out_of_order == 0)
        return;
    flame_cli_warn(out, colour, true);
    flame_cli_put_count(out, v->out_of_order, "sample comes", "samples come");
    flame_put_text(out, " behind later ones");
    flame_cli_warn(out, colour, false);
    flame_put_text(out, ": too many would have had to wait for their turn (--limit "
                        "waiting)\n");
}

/* Which limits cost frames or names. */
static void put_reached(struct flame_output *out, const struct flame_verdict *v, bool colour)
{
    for (size_t i = 0; i < v->reached_count; i++) {
        flame_cli_warn(out, colour, true);
        flame_put_text(out, "left out");
        flame_cli_warn(out, colour, false);
        flame_put_text(out, ": ");
        put_error(out, &v->reached[i].error);
        flame_put_text(out, "\n");
    }
}

/* What could not be read. */
static void put_losses(struct flame_output *out, const struct flame_verdict *v, bool colour)
{
    for (size_t i = 0; i < v->loss_count; i++) {
        flame_cli_warn(out, colour, true);
        flame_put_text(out, "lost");
        flame_cli_warn(out, colour, false);
        flame_put_text(out, ": ");
        put_error(out, &v->losses[i].error);
        if (v->losses[i].bytes) {
            flame_put_text(out, "; ");
            flame_cli_put_count(out, v->losses[i].bytes, "byte lost", "bytes lost");
        }
        flame_put_text(out, "\n");
    }
    if (v->all_losses > v->loss_count) {
        flame_put_text(out, "lost: at ");
        flame_cli_put_count(out, v->all_losses - v->loss_count, "more place", "more places");
        flame_put_text(out, "; in all ");
        flame_cli_put_count(out, v->lost_bytes, "byte", "bytes");
        flame_put_text(out, "\n");
    }
    if (v->bad_records) {
        flame_cli_warn(out, colour, true);
        flame_cli_put_count(out, v->bad_records, "bad record", "bad records");
        flame_put_text(out, " skipped");
        flame_cli_warn(out, colour, false);
        flame_put_text(out, v->bad_records > 1 ? "; the first: " : ": ");
        put_error(out, &v->first_bad);
        flame_put_text(out, "\n");
    }
    if (v->bad_features) {
        flame_cli_warn(out, colour, true);
        flame_cli_put_count(out, v->bad_features, "part", "parts");
        flame_put_text(out, " of the header cannot be read");
        flame_cli_warn(out, colour, false);
        flame_put_text(out, v->bad_features > 1 ? "; the first: " : ": ");
        put_error(out, &v->first_bad_feature);
        flame_put_text(out, "\n");
    }
    if (v->unknown_records) {
        flame_cli_put_count(out, v->unknown_records, "record", "records");
        flame_put_text(out, " of a type that this flamedata does not know skipped\n");
    }
}

/* What may be said to be missing, and is only not reached. */
static void put_places(struct flame_output *out, const struct flame_verdict *v, bool colour)
{
    for (size_t i = 0; i < v->place_count; i++) {
        flame_cli_warn(out, colour, true);
        flame_put_text(out, "not searched to the end");
        flame_cli_warn(out, colour, false);
        flame_put_text(out, ": ");
        put_error(out, &v->places[i]);
        flame_put_text(out, "; files that are in it may be said to be missing\n");
    }
}

void flame_cli_put_losses(struct flame_output *out, const struct flame_verdict *verdict,
                          bool colour)
{
    if (verdict->lost_samples) {
        put_lost_samples(out, verdict, colour);
        flame_put_text(out, "\n");
    }
    put_guests(out, verdict);
    put_losses(out, verdict, colour);
    put_reached(out, verdict, colour);
    put_places(out, verdict, colour);
    put_unmerged(out, verdict, colour);
    put_out_of_order(out, verdict, colour);
    flame_cli_put_cautions(out, verdict, colour);
    flame_cli_put_fetches(out, verdict, &(struct flame_cli_wording){ .colour = colour }, true);
}

void flame_cli_put_verdict(struct flame_output *out, const struct flame_verdict *verdict,
                           const struct flame_stacks *stacks,
                           const struct flame_cli_wording *wording)
{
    bool colour = wording->colour;
    put_weight(out, verdict, stacks);
    put_other_events(out, verdict);
    flame_put_text(out, "\n");
    put_filtered(out, verdict);
    put_guests(out, verdict);
    put_trust(out, verdict, wording);
    put_losses(out, verdict, colour);
    put_reached(out, verdict, colour);
    put_places(out, verdict, colour);
    put_unmerged(out, verdict, colour);
    put_out_of_order(out, verdict, colour);
    if (!wording->leaves)
        flame_cli_put_stacks(out, verdict, wording);
    if (wording->whole)
        return;
    flame_cli_put_cautions(out, verdict, colour);
    flame_cli_put_unnamed(out, verdict, colour);
}

/* Names in a verdict are made safe, so that every escape is one of the two that begin and end what
 * deserves attention. */
static void put_plain(struct flame_output *out, const char *at, const char *end)
{
    for (const char *escape; (escape = memchr(at, '\033', (size_t)(end - at)));) {
        flame_put(out, at, (size_t)(escape - at));
        at = (const char *)memchr(escape, 'm', (size_t)(end - escape)) + 1;
    }
    flame_put(out, at, (size_t)(end - at));
}

bool flame_cli_put_warned(struct flame_output *out, const struct flame_verdict *verdict,
                          const struct flame_stacks *stacks,
                          const struct flame_cli_wording *wording)
{
    struct flame_output *text = flame_output_memory();
    if (!text)
        return false;
    struct flame_cli_wording marked = *wording;
    marked.colour = true;
    flame_cli_put_verdict(text, verdict, stacks, &marked);
    struct flame_str left = flame_output_bytes(text);
    bool whole = !flame_output_failed(text);
    for (const char *end; whole && left.len && (end = memchr(left.ptr, '\n', left.len));) {
        size_t size = (size_t)(end - left.ptr) + 1;
        if (memchr(left.ptr, '\033', size))
            put_plain(out, left.ptr, left.ptr + size);
        left = (struct flame_str){ left.ptr + size, left.len - size };
    }
    flame_output_discard(text);
    return whole && !flame_output_failed(out);
}

/* A place that was read to somewhere; NULL: none. What was not opened, because it is something
 * else, or not for this user, has lost nothing. */
static const struct flame_error *first_cut_place(const struct flame_verdict *v)
{
    for (size_t i = 0; i < v->place_count; i++)
        if (v->places[i].status == FLAME_CORRUPT || v->places[i].status == FLAME_TRUNCATED ||
            v->places[i].status == FLAME_LIMIT)
            return &v->places[i];
    return NULL;
}

bool flame_cli_lost_data(const struct flame_verdict *verdict)
{
    return verdict->lost_samples || verdict->bad_records || verdict->bad_features ||
           verdict->all_losses || verdict->reached_count || first_cut_place(verdict);
}

void flame_cli_put_first_loss(struct flame_output *out, const struct flame_verdict *verdict)
{
    if (verdict->loss_count)
        put_error(out, &verdict->losses[0].error);
    else if (verdict->bad_records)
        put_error(out, &verdict->first_bad);
    else if (verdict->bad_features)
        put_error(out, &verdict->first_bad_feature);
    else if (verdict->reached_count)
        put_error(out, &verdict->reached[0].error);
    else if (first_cut_place(verdict))
        put_error(out, first_cut_place(verdict));
    else
        put_lost_samples(out, verdict, false);
}
