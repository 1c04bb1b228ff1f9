/* text_arrows.c: jumps' arrows in characters. */
#include "text_printer.h"

enum piece {
    GAP,
    DOWN,
    ACROSS,
    CROSSING,
    TOP,
    TOP_ACROSS,
    BOTTOM,
    BOTTOM_ACROSS,
    TEE,
    TEE_ACROSS,
    HEAD,
    PIECES,
};

static const char *const pieces[2][PIECES] = {
    { " ", "|", "-", "|", "/", "/", "\\", "\\", "+", "+", ">" },
    { " ", "│", "─", "┼", "┌", "┬", "└", "┴", "├", "┼", ">" },
};

/* What stands in one lane; across: an arrow on the left of it leads to the instruction, or from it.
 */
static enum piece piece_of(bool up, bool down, bool ends, bool across)
{
    if (ends && up && down)
        return across ? TEE_ACROSS : TEE;
    if (ends && up)
        return across ? BOTTOM_ACROSS : BOTTOM;
    if (ends)
        return across ? TOP_ACROSS : TOP;
    if (up || down)
        return across ? CROSSING : DOWN;
    return across ? ACROSS : GAP;
}

void flame_text_arrows(const struct flame_text_printer *p, size_t at, bool between)
{
    const char *const *set = pieces[p->look->unicode];
    if (!p->lanes)
        return;
    struct flame_lane_row row = p->rows[at];
    if (between)
        row = (struct flame_lane_row){ .up = row.up, .down = row.up };
    bool across = false;
    for (unsigned lane = p->lanes; lane-- > 0;) {
        bool ends = row.ends >> lane & 1;
        enum piece piece = piece_of(row.up >> lane & 1, row.down >> lane & 1, ends, across);
        flame_put_text(p->out, set[piece]);
        across = across || ends;
    }
    flame_put_text(p->out, set[row.heads ? HEAD : across ? ACROSS : GAP]);
    flame_put_text(p->out, " ");
}
