/* folded_line.h: one line of folded text taken apart.
 *
 * A line is "frame;frame;frame weight", or "frame;frame weight-before weight" where two profiles
 * are compared. The weight stands behind the last blank, so that names may hold blanks; blanks
 * around the line and before the weight don't count. A weight is decimal, maybe with a point: what
 * stands behind the point is cut off, as inferno does it.
 *
 * Source: FlameGraph's flamegraph.pl and difffolded.pl, inferno's flamegraph. */
#ifndef FLAME_FORMATS_FOLDED_LINE_H
#define FLAME_FORMATS_FOLDED_LINE_H

#include <flamedata/str.h>
#include <stdint.h>

enum flame_folded_verdict {
    FLAME_FOLDED_STACK,
    FLAME_FOLDED_BLANK,     /* nothing on the line */
    FLAME_FOLDED_NO_WEIGHT, /* does not end in a blank and a number */
    FLAME_FOLDED_TOO_LARGE, /* the number does not fit 64 bits */
};

/* stack    the frames with ';' between them; never empty, but its frames may be
 * before   what the stack weighed in the profile that this one is compared with; weight, when only
 *          one number is given
 * compared two numbers are given
 * cut      a fraction that is not zero was cut off */
struct flame_folded_line {
    struct flame_str stack;
    uint64_t weight, before;
    bool compared, cut;
};

/* line without its line break. Unless the result is FLAME_FOLDED_STACK, out is not to be used. */
enum flame_folded_verdict flame_folded_parse(struct flame_str line, struct flame_folded_line *out);

/* Whether these first bytes of a file begin folded text: one of the first lines is folded, and
 * those before it are text. A last line without an end counts. */
bool flame_folded_probe(const void *bytes, size_t size);

#endif
