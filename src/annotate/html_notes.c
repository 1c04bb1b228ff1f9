/* html_notes.c: what a page rests on: how much was counted, and what was lost. Says what is the
 * matter in one line each; what to do about it is the program's to say. */
#include "html.h"

#include "numbers.h"

#include <stdlib.h>

static void put_count(struct flame_output *out, uint64_t count, const char *one, const char *many)
{
    flame_put_grouped(out, count);
    flame_put_text(out, " ");
    flame_put_text(out, count == 1 ? one : many);
}

/* A note of its own; warning: it may change what the page shows. */
static void begin(struct flame_output *out, bool warning)
{
    flame_put_text(out, warning ? "<li class=warning>" : "<li>");
}

static void put_error(struct flame_output *out, const struct flame_error *error)
{
    size_t length = flame_error_format(error, NULL, 0);
    char *message = malloc(length + 1);
    if (!message) {
        flame_put_text(out, ": out of memory");
        return;
    }
    flame_error_format(error, message, length + 1);
    flame_put_text(out, ": ");
    flame_html_text(out, (struct flame_str){ message, length });
    free(message);
}

static void put_losses(struct flame_output *out, const struct flame_verdict *v)
{
    if (v->all_losses) {
        begin(out, true);
        put_count(out, v->all_losses, "part of the recording", "parts of the recording");
        flame_put_text(out, " cannot be read, ");
        put_count(out, v->lost_bytes, "byte", "bytes");
        if (v->loss_count)
            put_error(out, &v->losses[0].error);
    }
    if (v->bad_records) {
        begin(out, true);
        put_count(out, v->bad_records, "bad record", "bad records");
        flame_put_text(out, " left out");
        put_error(out, &v->first_bad);
    }
    if (v->bad_features) {
        begin(out, true);
        put_count(out, v->bad_features, "part", "parts");
        flame_put_text(out, " of the header cannot be read");
        put_error(out, &v->first_bad_feature);
    }
}

/* Files that may be said to be missing, and are only not reached. */
static void put_places(struct flame_output *out, const struct flame_verdict *v)
{
    for (size_t i = 0; i < v->place_count; i++) {
        begin(out, true);
        flame_put_text(out, "not searched to the end");
        put_error(out, &v->places[i]);
    }
}

static void put_left_out(struct flame_output *out, const struct flame_verdict *v)
{
    if (v->filtered_out) {
        begin(out, false);
        put_count(out, v->filtered_out, "sample", "samples");
        flame_put_text(out, " left out by filters");
    }
    if (v->guest_samples) {
        begin(out, true);
        put_count(out, v->guest_samples, "sample of a guest machine", "samples of guest machines");
        flame_put_text(out, " left out");
    }
    if (v->unknown_records) {
        begin(out, false);
        put_count(out, v->unknown_records, "record", "records");
        flame_put_text(out, " of a type that this flamedata does not know");
    }
    if (v->out_of_order) {
        begin(out, true);
        put_count(out, v->out_of_order, "sample", "samples");
        flame_put_text(out, " taken behind later ones");
    }
}

/* Names that may be another file's. */
static void put_cautions(struct flame_output *out, const struct flame_verdict *v)
{
    for (size_t i = 0; i < v->object_count; i++)
        if (v->objects[i].trusted) {
            begin(out, true);
            flame_html_text(out, v->objects[i].caution);
        }
}

static void put_verdict(struct flame_output *out, const struct flame_verdict *v)
{
    begin(out, v->lost_samples);
    if (v->lost_samples) {
        put_count(out, v->lost_samples, "sample", "samples");
        flame_put_text(out, " lost while recording (");
        flame_html_percent(out, 100.0 * (double)v->lost_samples /
                                    ((double)v->lost_samples + (double)v->samples));
        flame_put_text(out, "% of all)");
    } else {
        flame_put_text(out, "no sample was lost while recording");
    }
    put_losses(out, v);
    put_places(out, v);
    put_left_out(out, v);
    put_cautions(out, v);
}

void flame_html_notes(const struct flame_html *html)
{
    struct flame_output *out = html->out;
    const struct flame_annotation *a = html->annotation;
    flame_put_text(out, "<ul class=notes>");
    for (size_t e = 0; e < a->event_count; e++) {
        const struct flame_annotated_event *event = &a->events[e];
        begin(out, false);
        put_count(out, event->total.samples, "sample", "samples");
        if (event->unit == FLAME_UNIT_NANOSECONDS) {
            flame_put_text(out, ", ");
            flame_put_duration(out, event->total.period);
        } else if (event->unit == FLAME_UNIT_EVENTS) {
            flame_put_text(out, ", ");
            flame_put_grouped(out, event->total.period);
        }
        flame_put_text(out, event->unit == FLAME_UNIT_EVENTS ? " " : " of ");
        flame_put_text(out, "<b>");
        flame_html_text(out, event->name);
        flame_put_text(out, "</b>");
    }
    if (a->callers) {
        begin(out, false);
        flame_put_text(out, "calls that a stack had not returned from are hits, too");
    }
    if (a->verdict)
        put_verdict(out, a->verdict);
    if (a->skipped) {
        begin(out, true);
        put_count(out, a->skipped, "function that was hit is", "functions that were hit are");
        flame_put_text(out, " not shown for want of code");
    }
    flame_put_text(out, "</ul>\n");
}
