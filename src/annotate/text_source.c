/* text_source.c: source lines and inlined functions between the instructions, where marks.h says.
 *
 * Functions that begin to be inlined at the same instruction share a row: "A -> B" is B in A. How
 * far it is indented is how deep its first one is. */
#include "safe.h"
#include "short_name.h"
#include "text_printer.h"

enum {
    LONGEST_LINE = 200,
    DEEPEST = 20,
    CHAIN_NAME = 36,
};

/* depth: of the inlined function, 0 for one that is in the function itself */
static void put_mark(const struct flame_text_printer *p, size_t at, size_t depth, const char *mark,
                     const char *words)
{
    flame_text_put_margin(p, at, 0);
    flame_text_colour(p, FLAME_TEXT_MARK);
    flame_putf(p->out, "%*s%s %s ", (int)(2 * (depth < DEEPEST ? depth : DEEPEST)), "", mark,
               words);
}

static void end_mark(const struct flame_text_printer *p)
{
    flame_text_colour(p, FLAME_TEXT_NORMAL);
    flame_put_text(p->out, "\n");
}

static void put_begin(const struct flame_text_printer *p, size_t at)
{
    const struct flame_instruction *in = &p->function->instructions[at];
    const struct flame_mark *mark = &p->marks[at];
    const struct flame_inlined_at *outer = &in->inlined[mark->begins - 1];
    struct flame_str names[FLAME_MARK_NAMES];
    size_t count = flame_mark_names(mark, in, names);
    char buffer[FLAME_SHORT_NAME];
    put_mark(p, at, in->inlined_count - mark->begins, p->look->unicode ? "▸" : ">", "inlined");
    for (size_t n = 0; n < count; n++) {
        if (n)
            flame_put_text(p->out, p->look->unicode ? " → " : " -> ");
        if (names[n].len)
            flame_put_safe(p->out, flame_tail_name(names[n], CHAIN_NAME, buffer), "");
        else
            flame_put_text(p->out, "...");
    }
    if (outer->call) {
        flame_put_text(p->out, " at ");
        flame_put_safe(p->out, flame_text_file(p, outer->call), "");
        flame_putf(p->out, ":%u", outer->call_line);
    }
    end_mark(p);
}

static void put_end(const struct flame_text_printer *p, size_t at)
{
    const struct flame_instruction *before = &p->function->instructions[at - 1];
    size_t depth = p->function->instructions[at].inlined_count;
    put_mark(p, at, depth, p->look->unicode ? "◂" : "<", "end of");
    char buffer[FLAME_SHORT_NAME];
    struct flame_str name = before->inlined[before->inlined_count - 1 - depth].name;
    flame_put_safe(p->out, flame_tail_name(name, CHAIN_NAME, buffer), "");
    end_mark(p);
}

static struct flame_str trimmed(struct flame_str s, bool in_front)
{
    while (s.len && strchr(" \t\r", s.ptr[s.len - 1]))
        s.len--;
    while (in_front && s.len && strchr(" \t", *s.ptr)) {
        s.ptr++;
        s.len--;
    }
    return s;
}

static void put_line(const struct flame_text_printer *p, size_t at)
{
    const struct flame_instruction *in = &p->function->instructions[at];
    bool file = p->marks[at].file;
    flame_text_put_margin(p, at, in->line);
    if (file) {
        flame_text_colour(p, FLAME_TEXT_MARK);
        flame_put_safe(p->out, flame_text_file(p, in->source), "");
        flame_put_text(p->out, ": ");
    }
    flame_text_colour(p, FLAME_TEXT_SOURCE);
    flame_text_put_cut(p->out, trimmed(in->source->lines[in->line - 1], file), LONGEST_LINE);
    end_mark(p);
}

void flame_text_put_source(const struct flame_text_printer *p, size_t at)
{
    if (!p->marks)
        return;
    if (p->marks[at].ends)
        put_end(p, at);
    if (p->marks[at].begins)
        put_begin(p, at);
    if (p->marks[at].line)
        put_line(p, at);
}

void flame_text_put_place(const struct flame_text_printer *p, size_t at)
{
    const struct flame_instruction *in = &p->function->instructions[at];
    bool is_new = p->marks && p->marks[at].place;
    if (!in->source || (!is_new && !(p->look->print_line && flame_text_is_hit(p, in))))
        return;
    flame_text_colour(p, FLAME_TEXT_MARK);
    flame_put_text(p->out, "  ; ");
    flame_put_safe(p->out, flame_text_file(p, in->source), "");
    if (in->line)
        flame_putf(p->out, ":%u", in->line);
    flame_text_colour(p, FLAME_TEXT_NORMAL);
}
