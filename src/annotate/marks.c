/* marks.c: see marks.h. */
#include "marks.h"

#include <stdlib.h>

/* Lines that were shown so few lines and instructions ago are still in sight. */
enum { SHOWN = 16, REACH = 64 };

/* shown  ring of instructions before which a line was shown; shown_count of all
 * named  the instruction whose file and line were named last, or NULL */
struct marking {
    const struct flame_instruction *instructions, *named;
    size_t shown[SHOWN], shown_count;
};

static bool same_call(const struct flame_inlined_at *a, const struct flame_inlined_at *b)
{
    return a == b || (a->call == b->call && a->call_line == b->call_line &&
                      flame_str_equal(a->name, b->name));
}

/* How many of the outermost inlined functions two instructions share. */
static size_t shared(const struct flame_instruction *a, const struct flame_instruction *b)
{
    size_t n = 0, p = a->inlined_count, q = b->inlined_count;
    while (n < p && n < q && same_call(&a->inlined[p - 1 - n], &b->inlined[q - 1 - n]))
        n++;
    return n;
}

static bool same_line(const struct flame_instruction *a, const struct flame_instruction *b)
{
    return a->source == b->source && a->line == b->line;
}

static bool is_in_sight(const struct marking *m, size_t i)
{
    size_t count = m->shown_count < SHOWN ? m->shown_count : SHOWN;
    for (size_t n = 0; n < count; n++)
        if (i - m->shown[n] <= REACH &&
            same_line(&m->instructions[m->shown[n]], &m->instructions[i]))
            return true;
    return false;
}

static struct flame_mark mark_of(struct marking *m, size_t i)
{
    static const struct flame_instruction nothing = { 0 };
    const struct flame_instruction *in = &m->instructions[i], *before = i ? in - 1 : &nothing;
    size_t common = shared(in, before);
    struct flame_mark mark = { .begins = in->inlined_count - common };
    mark.ends = mark.begins == 0 && before->inlined_count > common;
    if (!in->source || !in->line || (m->named && same_line(in, m->named)))
        return mark;
    mark.line = in->line <= in->source->line_count && !is_in_sight(m, i);
    mark.place = !mark.line;
    mark.file = mark.line && (!m->named || m->named->source != in->source);
    m->named = in;
    if (mark.line)
        m->shown[m->shown_count++ % SHOWN] = i;
    return mark;
}

size_t flame_mark_names(const struct flame_mark *mark, const struct flame_instruction *in,
                        struct flame_str names[FLAME_MARK_NAMES])
{
    size_t count = mark->begins < FLAME_MARK_NAMES ? mark->begins : FLAME_MARK_NAMES;
    for (size_t n = 0; n < count; n++) {
        size_t inner = count - 1 - n, outer = mark->begins - 1 - n;
        names[n] = in->inlined[n < count / 2 ? outer : inner].name;
    }
    if (count < mark->begins)
        names[count / 2] = (struct flame_str){ 0 };
    return count;
}

struct flame_mark *flame_marks_make(const struct flame_instruction *instructions, size_t count)
{
    struct flame_mark *marks = calloc(count + 1, sizeof *marks);
    struct marking m = { .instructions = instructions };
    for (size_t i = 0; marks && i < count; i++)
        marks[i] = mark_of(&m, i);
    return marks;
}
