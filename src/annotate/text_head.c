/* text_head.c: what a reader wants to know before the code: which function this is, how much of the
 * recording it is, and what to mind. */
#include "text_printer.h"

#include <inttypes.h>

enum { MATCHES = 20, LABEL = 24, NEWER = 8 };

static const char *const percent_names[] = {
    [FLAME_PERCENT_LOCAL_PERIOD] = "local period: shares of this function",
    [FLAME_PERCENT_LOCAL_HITS] = "local hits: shares of this function, each sample counts the same",
    [FLAME_PERCENT_GLOBAL_PERIOD] = "global period: shares of the recording",
    [FLAME_PERCENT_GLOBAL_HITS] =
        "global hits: shares of the recording, each sample counts the same",
};

/* Of the recording, by what the look counts. */
static double share(const struct flame_text_printer *p, const struct flame_hits *hits, size_t event)
{
    bool samples = p->look->percent == FLAME_PERCENT_LOCAL_HITS ||
                   p->look->percent == FLAME_PERCENT_GLOBAL_HITS;
    struct flame_hits all = p->annotation->events[event].total;
    return flame_percent(samples ? FLAME_PERCENT_GLOBAL_HITS : FLAME_PERCENT_GLOBAL_PERIOD,
                         hits[event], all, all);
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

void flame_text_put_matches(const struct flame_text_printer *p)
{
    const struct flame_annotation *a = p->annotation;
    /* Those that were shown, or passed over for a reason, were all: the list says nothing more. */
    if (a->match_count <= a->function_count + a->skipped)
        return;
    flame_putf(p->out, "%zu functions match, %zu shown (*):\n", a->match_count, a->function_count);
    for (size_t i = 0; i < a->match_count && i < MATCHES; i++) {
        const struct flame_annotated_match *m = &a->matches[i];
        double percent = a->event_count ? share(p, m->hits, 0) : 0;
        flame_putf(p->out, " %c ", m->shown != SIZE_MAX ? '*' : ' ');
        flame_text_colour(p, flame_text_heat(percent));
        flame_putf(p->out, "%6.2f %%", percent);
        flame_text_colour(p, FLAME_TEXT_NORMAL);
        flame_put_text(p->out, "  ");
        flame_text_put_name(p->out, m->symbol, FLAME_TEXT_NAME);
        flame_put_text(p->out, "  ");
        flame_put_safe(p->out, m->dso, "");
        flame_put_text(p->out, "\n");
    }
    if (a->match_count > MATCHES)
        flame_putf(p->out, "   and %zu more\n", a->match_count - MATCHES);
    flame_put_text(p->out, "\n");
}

/* Labels are as wide as the widest, within reason. */
static size_t label_width(const struct flame_text_printer *p)
{
    size_t width = sizeof "branches" - 1;
    for (size_t e = 0; e < p->annotation->event_count; e++) {
        size_t n = p->annotation->events[e].name.len;
        width = n > width && n <= LABEL ? n : width;
    }
    return width;
}

static void put_label(const struct flame_text_printer *p, struct flame_str label)
{
    size_t width = label_width(p);
    flame_put_text(p->out, "  ");
    flame_put_safe(p->out, label, "");
    flame_putf(p->out, "%*s  ", label.len < width ? (int)(width - label.len) : 0, "");
}

static void put_object(const struct flame_text_printer *p)
{
    const struct flame_annotated *f = p->function;
    put_label(p, flame_str_from("object"));
    flame_put_safe(p->out, f->dso, "");
    if (f->build_id.size)
        flame_put_text(p->out, ", build-id ");
    for (size_t i = 0; i < f->build_id.size; i++)
        flame_putf(p->out, "%02x", f->build_id.bytes[i]);
    flame_put_text(p->out, "\n");
    put_label(p, flame_str_from("code"));
    flame_putf(p->out, "0x%" PRIx64 " to 0x%" PRIx64, f->start, f->end);
    if (!f->has_code) {
        flame_put_text(p->out, ", without code: the addresses that were hit\n");
        return;
    }
    flame_putf(p->out, ", %zu instruction%s", f->instruction_count, plural(f->instruction_count));
    if (!flame_str_equal(f->file, f->dso)) {
        flame_put_text(p->out, ", from ");
        flame_put_safe(p->out, f->file, "");
    }
    flame_put_text(p->out, "\n");
}

static void put_events(const struct flame_text_printer *p)
{
    const struct flame_annotation *a = p->annotation;
    for (size_t e = 0; e < a->event_count; e++) {
        uint64_t samples = p->function->total[e].samples;
        double percent = share(p, p->function->total, e);
        put_label(p, a->events[e].name);
        flame_putf(p->out, "%" PRIu64 " %s%s, ", samples, a->callers ? "hit" : "sample",
                   plural(samples));
        flame_text_colour(p, flame_text_heat(percent));
        flame_putf(p->out, "%.2f %%", percent);
        flame_text_colour(p, FLAME_TEXT_NORMAL);
        flame_put_text(p->out, " of the recording\n");
    }
    put_label(p, flame_str_from("percent"));
    flame_putf(p->out, "%s%s\n", percent_names[p->look->percent],
               a->callers ? "; hits are also calls that had not returned" : "");
    if (a->event_count > 1) {
        put_label(p, flame_str_from("hottest"));
        flame_put_text(p->out, "by ");
        flame_put_safe(p->out, a->events[p->event].name, "");
        flame_put_text(p->out, "; --event NAME asks for another\n");
    }
    if (p->function->has_branches) {
        put_label(p, flame_str_from("branches"));
        flame_putf(p->out, "%.1f %% of the instructions are in recorded runs of code\n",
                   100 * p->function->coverage);
    }
}

/* Each file once; after the first few nobody reads on. */
static void put_newer(const struct flame_text_printer *p)
{
    const struct flame_annotated *f = p->function;
    const struct flame_source_file *said[NEWER], *last = NULL;
    size_t count = 0;
    for (size_t i = 0; i < f->instruction_count && count < NEWER; i++) {
        const struct flame_source_file *file = f->instructions[i].source;
        bool again = !file || !file->newer || file == last;
        for (size_t k = 0; k < count && !again; k++)
            again = said[k] == file;
        last = file;
        if (again)
            continue;
        said[count++] = file;
        flame_text_colour(p, FLAME_TEXT_HOT);
        flame_put_text(p->out, "  warning: ");
        flame_put_safe(p->out, file->path, "");
        flame_put_text(p->out, " is newer than the code: its lines, marked ?, may be others");
        flame_text_colour(p, FLAME_TEXT_NORMAL);
        flame_put_text(p->out, "\n");
    }
    if (count)
        flame_put_text(p->out, "           --source-dir names a folder with the old one\n");
}

void flame_text_put_head(const struct flame_text_printer *p)
{
    flame_text_colour(p, FLAME_TEXT_STRONG);
    flame_put_safe(p->out, p->function->symbol, "");
    flame_text_colour(p, FLAME_TEXT_NORMAL);
    flame_put_text(p->out, "\n");
    put_object(p);
    put_events(p);
    if (!p->look->no_source)
        put_newer(p);
}
