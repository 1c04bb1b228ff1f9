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

/* "scan.c:7", what stands there, and whose code it is where the text does not say it, or the line
 * is there twice, in several functions. */
static void put_line(const struct flame_text_printer *p, const struct flame_hits_of *line,
                     bool is_twice)
{
    const struct flame_source_file *source = line->source;
    struct flame_str name = flame_text_file(p, source);
    char number[16] = "";
    if (line->line)
        snprintf(number, sizeof number, ":%u%s", line->line,
                 source->newer && !p->look->no_source ? "?" : "");
    flame_text_colour(p, FLAME_TEXT_MARK);
    flame_put_safe(p->out, name, "");
    flame_put_text(p->out, number);
    flame_text_colour(p, FLAME_TEXT_NORMAL);
    size_t width = name.len + strlen(number);
    flame_putf(p->out, "%*s  ", width < FILE_WIDTH ? (int)(FILE_WIDTH - width) : 0, "");
    bool has_text = line->line && line->line <= source->line_count;
    if (has_text) {
        flame_text_colour(p, FLAME_TEXT_SOURCE);
        flame_text_put_cut(p->out, without_leading_space(source->lines[line->line - 1]),
                           LONGEST_LINE);
        flame_text_colour(p, FLAME_TEXT_NORMAL);
    }
    if (!has_text || is_twice) {
        flame_put_text(p->out, has_text ? "  in " : "in ");
        flame_text_put_name(p->out, line->name, FLAME_TEXT_NAME);
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

/* Whether a is hotter than b: by the event that decides, then by the others. */
static bool is_hotter(const struct flame_text_printer *p, const struct flame_hits *a,
                      const struct flame_hits *b)
{
    for (size_t e = p->event; e < p->annotation->event_count; e++) {
        double x = flame_text_percent(p, a, e), y = flame_text_percent(p, b, e);
        if (x > y || x < y)
            return x > y;
    }
    return false;
}

/* What is worth a row, as indices, hottest first. At most most of them; *worthy is how many there
 * were. */
static size_t rank(const struct flame_text_printer *p, hits_at *at, size_t count, size_t *ranked,
                   size_t most, size_t *worthy)
{
    size_t used = 0;
    *worthy = 0;
    for (size_t i = 0; i < count; i++) {
        const struct flame_hits *hits = at(p->function, i);
        if (!is_least(p, hits))
            continue;
        ++*worthy;
        size_t k = used;
        while (k > 0 && is_hotter(p, hits, at(p->function, ranked[k - 1])))
            k--;
        if (k == most)
            continue;
        used += used < most;
        memmove(ranked + k + 1, ranked + k, (used - k - 1) * sizeof *ranked);
        ranked[k] = i;
    }
    return used;
}

static bool same_line(const struct flame_text_printer *p, size_t i, size_t k)
{
    const struct flame_hits_of *a = &p->function->lines[i], *b = &p->function->lines[k];
    return a->source == b->source && a->line == b->line;
}

static bool has_lines(const struct flame_annotated *f)
{
    bool found = false;
    for (size_t i = 0; i < f->line_count && !found; i++)
        found = f->lines[i].line > 0;
    return found;
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
        bool is_twice = false;
        for (size_t k = 0; k < count && !is_twice; k++)
            is_twice = k != i && same_line(p, ranked[k], ranked[i]);
        put_line(p, &p->function->lines[ranked[i]], is_twice);
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
        flame_text_put_name(p->out, inlined->name, FLAME_TEXT_NAME);
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
    if (has_lines(f))
        put_lines(p);
    put_inlined(p);
    if (f->has_code)
        put_instructions(p);
}
