/* text_summary.c: where a function's hits are, hottest first, before its code: of thousands of
 * instructions, the few to look for. */
#include "text_printer.h"

#include <inttypes.h>
#include <stdio.h>

enum { ROWS = 15, INSTRUCTIONS = 5, LONGEST_LINE = 80, FILE_WIDTH = 24 };

static bool is_least(const struct flame_text_printer *p, const struct flame_hits *hits)
{
    double least = p->look->min_percent > 0 ? p->look->min_percent : 0.5;
    for (size_t e = 0; e < p->annotation->event_count; e++)
        if (hits[e].samples && flame_text_percent(p, hits, e) >= least)
            return true;
    return false;
}

static void put_title(const struct flame_text_printer *p, const char *title)
{
    flame_put_text(p->out, "\n");
    flame_text_colour(p, FLAME_TEXT_STRONG);
    flame_put_text(p->out, title);
    flame_text_colour(p, FLAME_TEXT_NORMAL);
    flame_put_text(p->out, "\n");
}

static void put_more(const struct flame_text_printer *p, size_t more)
{
    if (more)
        flame_putf(p->out, "        and %zu more\n", more);
}

static struct flame_str without_leading_space(struct flame_str s)
{
    while (s.len && strchr(" \t", *s.ptr)) {
        s.ptr++;
        s.len--;
    }
    return s;
}

/* "scan.c:7", what stands there, and whose code it is where that is another function's. */
static void put_line(const struct flame_text_printer *p, const struct flame_hits_of *line)
{
    const struct flame_source_file *source = line->source;
    if (!source) {
        flame_put_text(p->out, "no line is known\n");
        return;
    }
    struct flame_str name = flame_text_file(p, source);
    char number[16] = "";
    if (line->line)
        snprintf(number, sizeof number, ":%u", line->line);
    flame_text_colour(p, FLAME_TEXT_MARK);
    flame_put_safe(p->out, name, "");
    flame_put_text(p->out, number);
    flame_text_colour(p, FLAME_TEXT_NORMAL);
    size_t width = name.len + strlen(number);
    flame_putf(p->out, "%*s  ", width < FILE_WIDTH ? (int)(FILE_WIDTH - width) : 0, "");
    if (line->line && line->line <= source->line_count) {
        flame_text_colour(p, FLAME_TEXT_SOURCE);
        flame_text_put_cut(p->out, without_leading_space(source->lines[line->line - 1]),
                           LONGEST_LINE);
        flame_text_colour(p, FLAME_TEXT_NORMAL);
    } else {
        flame_put_text(p->out, "in ");
        flame_text_put_name(p->out, line->name);
    }
    flame_put_text(p->out, "\n");
}

typedef const struct flame_hits *hits_at(const struct flame_annotated *f, size_t i);

static const struct flame_hits *of_line(const struct flame_annotated *f, size_t i)
{
    return f->lines[i].hits;
}

static const struct flame_hits *of_inlined(const struct flame_annotated *f, size_t i)
{
    return f->inlined[i].hits;
}

static const struct flame_hits *of_instruction(const struct flame_annotated *f, size_t i)
{
    return f->instructions[i].hits;
}

/* What is worth a row, as indices: by the percentage that is shown, of the event that ranks. At
 * most most of them; *worthy is how many there were. */
static size_t rank(const struct flame_text_printer *p, hits_at *at, size_t count, size_t *ranked,
                   size_t most, size_t *worthy)
{
    size_t used = 0, event = p->annotation->ranked_by;
    *worthy = 0;
    for (size_t i = 0; i < count; i++) {
        const struct flame_hits *hits = at(p->function, i);
        if (!is_least(p, hits))
            continue;
        ++*worthy;
        double percent = flame_text_percent(p, hits, event);
        size_t k = used;
        while (k > 0 && percent > flame_text_percent(p, at(p->function, ranked[k - 1]), event))
            k--;
        if (k == most)
            continue;
        used += used < most;
        memmove(ranked + k + 1, ranked + k, (used - k - 1) * sizeof *ranked);
        ranked[k] = i;
    }
    return used;
}

static void put_lines(const struct flame_text_printer *p)
{
    size_t ranked[ROWS], worthy;
    size_t count = rank(p, of_line, p->function->line_count, ranked, ROWS, &worthy);
    if (count)
        put_title(p, "Hottest lines");
    for (size_t i = 0; i < count; i++) {
        flame_text_percents(p, p->function->lines[ranked[i]].hits);
        flame_put_text(p->out, "   ");
        put_line(p, &p->function->lines[ranked[i]]);
    }
    put_more(p, worthy - count);
}

static void put_inlined(const struct flame_text_printer *p)
{
    size_t ranked[ROWS], worthy;
    size_t count = rank(p, of_inlined, p->function->inlined_count, ranked, ROWS, &worthy);
    if (count)
        put_title(p, "Inlined functions, with what is inlined into them");
    for (size_t i = 0; i < count; i++) {
        const struct flame_hits_of *inlined = &p->function->inlined[ranked[i]];
        flame_text_percents(p, inlined->hits);
        flame_put_text(p->out, "   ");
        flame_text_put_name(p->out, inlined->name);
        flame_put_text(p->out, "\n");
    }
    put_more(p, worthy - count);
}

static void put_instructions(const struct flame_text_printer *p)
{
    size_t ranked[INSTRUCTIONS], worthy;
    const struct flame_annotated *f = p->function;
    size_t count = rank(p, of_instruction, f->instruction_count, ranked, INSTRUCTIONS, &worthy);
    if (count)
        put_title(p, "Hottest instructions");
    for (size_t i = 0; i < count; i++) {
        const struct flame_instruction *in = &f->instructions[ranked[i]];
        flame_text_percents(p, in->hits);
        flame_putf(p->out, "   %*" PRIx64 "  ", p->address_width, in->address);
        flame_text_put_instruction(p, in);
        flame_put_text(p->out, "\n");
    }
}

void flame_text_put_summary(const struct flame_text_printer *p)
{
    const struct flame_annotated *f = p->function;
    if (f->has_source)
        put_lines(p);
    put_inlined(p);
    if (f->has_code)
        put_instructions(p);
}
