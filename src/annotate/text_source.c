/* text_source.c: source lines and inlined functions between the instructions. Where a line's text
 * is not here, its number stands behind the first instruction, and costs no row.
 *
 * A row is shown where something changes: the inlined function, the file, the line. Optimized code
 * goes to and fro between lines, so that a line may stand several times; lines without code are not
 * shown. */
#include "text_printer.h"

enum { LONGEST_LINE = 200 };

static bool same_call(const struct flame_inlined_at *a, const struct flame_inlined_at *b)
{
    return flame_str_equal(a->name, b->name) && a->call == b->call && a->call_line == b->call_line;
}

/* How many of the outermost inlined functions two instructions share. */
static size_t shared(const struct flame_inlined_at *a, size_t a_count,
                     const struct flame_inlined_at *b, size_t b_count)
{
    size_t n = 0;
    while (n < a_count && n < b_count && same_call(&a[a_count - 1 - n], &b[b_count - 1 - n]))
        n++;
    return n;
}

/* depth: of the inlined function, 0 for one that is in the function itself */
static void put_mark(struct flame_text_printer *p, size_t at, size_t depth, const char *mark,
                     const char *words, struct flame_str name)
{
    flame_text_put_margin(p, at, 0);
    flame_text_colour(p, FLAME_TEXT_MARK);
    flame_putf(p->out, "%*s%s %s ", (int)(depth < 20 ? 2 * depth : 40), "", mark, words);
    flame_text_put_name(p->out, name);
}

static void end_mark(struct flame_text_printer *p)
{
    flame_text_colour(p, FLAME_TEXT_NORMAL);
    flame_put_text(p->out, "\n");
}

static void put_inlined(struct flame_text_printer *p, size_t at)
{
    const struct flame_instruction *in = &p->function->instructions[at];
    size_t n = shared(p->chain, p->chain_count, in->inlined, in->inlined_count);
    if (n < p->chain_count && n == in->inlined_count) {
        put_mark(p, at, n, p->look->unicode ? "◂" : "<", "end of",
                 p->chain[p->chain_count - 1 - n].name);
        end_mark(p);
    }
    for (; n < in->inlined_count; n++) {
        const struct flame_inlined_at *inlined = &in->inlined[in->inlined_count - 1 - n];
        put_mark(p, at, n, p->look->unicode ? "▸" : ">", "inlined", inlined->name);
        if (inlined->call) {
            flame_put_text(p->out, " at ");
            flame_put_safe(p->out, flame_text_file(p, inlined->call), "");
            flame_putf(p->out, ":%u", inlined->call_line);
        }
        end_mark(p);
    }
    p->chain = in->inlined;
    p->chain_count = in->inlined_count;
}

static struct flame_str without_trailing_space(struct flame_str s)
{
    while (s.len && strchr(" \t\r", s.ptr[s.len - 1]))
        s.len--;
    return s;
}

void flame_text_put_source(struct flame_text_printer *p, size_t at)
{
    const struct flame_instruction *in = &p->function->instructions[at];
    if (p->look->no_source)
        return;
    put_inlined(p, at);
    if (!in->source || !in->line || (in->source == p->source && in->line == p->line))
        return;
    if (in->line > in->source->line_count)
        return; /* it stands behind the instruction */
    if (in->source != p->source) {
        flame_text_put_margin(p, at, 0);
        flame_text_colour(p, FLAME_TEXT_MARK);
        flame_put_safe(p->out, flame_text_file(p, in->source), "");
        end_mark(p);
    }
    flame_text_put_margin(p, at, in->line);
    flame_text_colour(p, FLAME_TEXT_SOURCE);
    flame_text_put_cut(p->out, without_trailing_space(in->source->lines[in->line - 1]),
                       LONGEST_LINE);
    end_mark(p);
}

void flame_text_put_place(struct flame_text_printer *p, size_t at)
{
    const struct flame_instruction *in = &p->function->instructions[at];
    bool moved = in->line && (in->source != p->source || in->line != p->line);
    bool textless = in->source && in->line > in->source->line_count && !p->look->no_source;
    if (in->source && in->line) {
        p->source = in->source;
        p->line = in->line;
    }
    if (!in->source || (!(moved && textless) && !(p->look->print_line && flame_text_is_hit(p, in))))
        return;
    flame_text_colour(p, FLAME_TEXT_MARK);
    flame_put_text(p->out, "  ; ");
    flame_put_safe(p->out, flame_text_file(p, in->source), "");
    if (in->line)
        flame_putf(p->out, ":%u", in->line);
    flame_text_colour(p, FLAME_TEXT_NORMAL);
}
