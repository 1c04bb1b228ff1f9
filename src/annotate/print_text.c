/* print_text.c: annotated functions as text, in the shape that perf annotate --stdio gave it:
 * columns of numbers, ':', address, code.
 *
 * What perf's readers know is where they know it; docs/differences.md has what differs. Widths are
 * worked out per function, in one walk. */
#include "text_printer.h"

#include <inttypes.h>
#include <stdlib.h>

enum { MNEMONIC = 6, MOST_BYTES = 12, LONGEST_TEXT = 160 };

/* x86: what may stand before a mnemonic. */
static bool is_prefix(struct flame_str word)
{
    static const char *const prefixes[] = { "rep",  "repz",    "repnz", "repe",     "repne",
                                            "lock", "notrack", "bnd",   "xacquire", "xrelease" };
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (flame_str_is(word, prefixes[i]))
            return true;
    return false;
}

/* "<name+0x10>" with the name shortened; a jump within the function has an arrow, and needs none.
 */
static void put_operands(const struct flame_text_printer *p, struct flame_str text, bool is_arrow)
{
    size_t before = 0;
    while (before + 1 < text.len && (text.ptr[before] != ' ' || text.ptr[before + 1] != '<'))
        before++;
    if (before + 1 >= text.len || !flame_str_ends(text, ">")) {
        flame_text_put_cut(p->out, text, LONGEST_TEXT);
        return;
    }
    flame_text_put_cut(p->out, (struct flame_str){ text.ptr, before }, LONGEST_TEXT);
    if (is_arrow)
        return;
    struct flame_str name = { text.ptr + before + 2, text.len - before - 3 };
    size_t plus = name.len;
    while (plus > 0 && name.ptr[plus - 1] != '+')
        plus--;
    struct flame_str offset = { name.ptr + plus, name.len - plus };
    if (plus && flame_str_starts(offset, "0x"))
        name.len = plus - 1;
    else
        offset.len = 0;
    flame_put_text(p->out, " <");
    flame_text_put_name(p->out, name, FLAME_TEXT_NAME);
    if (offset.len)
        flame_put_text(p->out, "+");
    flame_put_safe(p->out, offset, "");
    flame_put_text(p->out, ">");
}

void flame_text_put_instruction(const struct flame_text_printer *p,
                                const struct flame_instruction *instruction)
{
    struct flame_str text = instruction->text;
    const char *space = text.len ? memchr(text.ptr, ' ', text.len) : NULL;
    struct flame_str word = { text.ptr, space ? (size_t)(space - text.ptr) : 0 };
    if (word.len && word.len < MNEMONIC && !is_prefix(word)) {
        flame_put_safe(p->out, word, "");
        flame_putf(p->out, "%*s", MNEMONIC - (int)word.len, "");
        text = (struct flame_str){ space, text.len - word.len };
    }
    put_operands(p, text, instruction->jump != FLAME_NO_INSTRUCTION);
}

static void put_bytes(const struct flame_text_printer *p, const struct flame_instruction *in)
{
    int used = 0;
    for (uint32_t i = 0; in && i < in->size; i++)
        if (used + 3 <= p->bytes_width) {
            flame_putf(p->out, "%02x ", in->bytes[i]);
            used += 3;
        }
    if (p->bytes_width)
        flame_putf(p->out, "%*s ", p->bytes_width - used, "");
}

void flame_text_put_margin(const struct flame_text_printer *p, size_t at, uint32_t number)
{
    flame_text_columns(p, NULL, NULL);
    flame_text_colour(p, FLAME_TEXT_SOURCE);
    if (number)
        flame_putf(p->out, " %*u ", p->address_width, number);
    else
        flame_putf(p->out, " %*s ", p->address_width, "");
    flame_text_colour(p, FLAME_TEXT_NORMAL);
    flame_put_text(p->out, " ");
    put_bytes(p, NULL);
    flame_text_arrows(p, at, true);
}

static double heat_of(const struct flame_text_printer *p, const struct flame_hits *hits)
{
    double most = 0;
    for (size_t e = 0; e < p->annotation->event_count; e++) {
        double percent = flame_text_percent(p, hits, e);
        most = percent > most ? percent : most;
    }
    return most;
}

bool flame_text_is_hit(const struct flame_text_printer *p, const struct flame_instruction *in)
{
    for (size_t e = 0; e < p->annotation->event_count; e++)
        if (in->hits[e].samples)
            return true;
    return false;
}

static void put_row(struct flame_text_printer *p, size_t at)
{
    const struct flame_instruction *in = &p->function->instructions[at];
    flame_text_columns(p, in->hits, in);
    flame_text_colour(p, FLAME_TEXT_ADDRESS);
    flame_putf(p->out, " %*" PRIx64, p->address_width, in->address);
    flame_text_colour(p, FLAME_TEXT_NORMAL);
    if (p->function->has_code) {
        bool hot = flame_text_heat(heat_of(p, in->hits)) == FLAME_TEXT_HOT;
        flame_put_text(p->out, ": ");
        put_bytes(p, in);
        flame_text_arrows(p, at, false);
        if (hot)
            flame_text_colour(p, FLAME_TEXT_HOT);
        flame_text_put_instruction(p, in);
        if (hot)
            flame_text_colour(p, FLAME_TEXT_NORMAL);
    }
    flame_text_put_place(p, at);
    flame_put_text(p->out, "\n");
}

/* The first event with hits in the function. */
static size_t deciding_event(const struct flame_text_printer *p)
{
    size_t e = 0;
    while (e + 1 < p->annotation->event_count && p->function->total[e].samples == 0)
        e++;
    return e;
}

static void measure(struct flame_text_printer *p)
{
    const struct flame_annotated *f = p->function;
    uint64_t largest = f->end;
    uint32_t longest = 0;
    p->event = deciding_event(p);
    for (size_t i = 0; i < f->instruction_count; i++) {
        const struct flame_instruction *in = &f->instructions[i];
        largest = in->address > largest ? in->address : largest;
        longest = in->size > longest ? in->size : longest;
    }
    for (p->address_width = 4; p->address_width < 16 && largest >> 4 * p->address_width;)
        p->address_width++;
    longest = longest < MOST_BYTES ? longest : MOST_BYTES;
    p->bytes_width = p->look->raw && f->has_code ? 3 * (int)longest : 0;
}

static void put_code(struct flame_text_printer *p)
{
    flame_put_text(p->out, "\n");
    flame_text_colour(p, FLAME_TEXT_STRONG);
    flame_text_column_names(p);
    flame_putf(p->out, " : %*s", p->address_width, "Address");
    flame_text_colour(p, FLAME_TEXT_NORMAL);
    flame_put_text(p->out, "\n");
    for (size_t i = 0; i < p->function->instruction_count; i++) {
        flame_text_put_source(p, i);
        put_row(p, i);
    }
}

static enum flame_status put_function(struct flame_text_printer *p)
{
    const struct flame_annotated *f = p->function;
    struct flame_lane_row *rows = NULL;
    struct flame_mark *marks = NULL;
    if (f->has_code)
        p->rows = rows = flame_lanes_make(f->instructions, f->instruction_count, &p->lanes);
    if (f->has_source && !p->look->no_source)
        p->marks = marks = flame_marks_make(f->instructions, f->instruction_count);
    bool ok = (rows || !f->has_code) && (marks || !f->has_source || p->look->no_source);
    if (ok) {
        measure(p);
        flame_text_put_head(p);
        flame_text_put_summary(p);
        put_code(p);
    }
    free(rows);
    free(marks);
    return ok ? FLAME_OK : FLAME_NOMEM;
}

enum flame_status flame_annotate_text(const struct flame_annotation *annotation,
                                      const struct flame_annotate_look *look,
                                      struct flame_output *output)
{
    static const struct flame_annotate_look plain = { 0 };
    const struct flame_text_printer empty = { .annotation = annotation,
                                              .look = look ? look : &plain,
                                              .out = output };
    enum flame_status status = FLAME_OK;
    flame_text_put_matches(&empty);
    for (size_t i = 0; i < annotation->function_count && status == FLAME_OK; i++) {
        struct flame_text_printer p = empty;
        p.function = &annotation->functions[i];
        if (i)
            flame_put_text(output, "\n\n");
        status = put_function(&p);
    }
    return status;
}
