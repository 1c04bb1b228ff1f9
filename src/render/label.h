/* label.h: as much of a function's name as a frame has room for.
 *
 * The picture's script cuts names by the same rules (assets/core/names.js), with the widths that
 * the browser's font really has; tests/render/labels.txt holds both to them. The first of these
 * that fits is the label:
 *
 *  1. the name;
 *  2. the name folded: what stands in <> or () is "…", outermost brackets first, unless it is at
 *     most nine lower-case letters ("<int>", "<module>"): "foo<…>::bar(…)". Brackets that are an
 *     operator's own, or that the own name begins with, are not folded;
 *  3. that without its first part, its first two, ..., behind a "…": "…::vector<…>::push_back",
 *     "…/String.charAt";
 *  4. the own name, the last part, alone: "push_back";
 *  5. the beginning of that and "…", if at least two characters are left: "push…". A character is
 *     never parted from the marks on it;
 *  6. nothing; that is also what follows 1 where there is no room for two "…".
 *
 * Parts end before "::", and before "/" where neither " " nor a lone ":" stands before it (so that
 * "JS:*f /a/b.js" is one part), outside of brackets, and never inside an operator's name. "::" with
 * "{", "<" or nothing behind it belongs to the part ("main::{{closure}}", "swap::<T>").
 *
 * Brackets are <>, (), [] and {}; between round, square and curly ones "<" and ">" are signs of
 * comparison, and the ">" of "->" closes nothing. What is never closed ends with the name. */
#ifndef FLAME_RENDER_LABEL_H
#define FLAME_RENDER_LABEL_H

#include "text.h"

enum { FLAME_LABEL = 1024 };

/* name in width_px. Borrows from name or from out; of labels made by 2 to 5 none is longer than
 * out. */
struct flame_str flame_label(struct flame_str name, double width_px, const struct flame_font *font,
                             char out[FLAME_LABEL]);

#endif
