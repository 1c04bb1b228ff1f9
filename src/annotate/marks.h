/* marks.h: what stands before the instructions of a listing, and behind them: which inlined
 * functions begin, whose source this is.
 *
 * A row is there where something changes. Optimized code goes to and fro between a few lines, so a
 * line that was shown a little above is not shown again: it is named behind the instruction, which
 * costs no row. So is one whose text is not here. Lines without code are not shown. */
#ifndef FLAME_ANNOTATE_MARKS_H
#define FLAME_ANNOTATE_MARKS_H

#include <flamedata/annotate.h>

/* Of an instruction.
 *
 * begins  how many inlined functions, the innermost of its chain: those that the instruction before
 *         is not in
 * ends    some that the instruction before is in have ended, and none begins
 * line    its line of source is shown before it
 * file    that line is of another file than what was named last
 * place   file and line are named behind it */
struct flame_mark {
    size_t begins;
    bool ends, line, file, place;
};

enum { FLAME_MARK_NAMES = 8 };

/* Names of the functions that begin, outermost first; an empty one stands for those in the middle
 * that there are too many of. Returns how many. */
size_t flame_mark_names(const struct flame_mark *mark, const struct flame_instruction *instruction,
                        struct flame_str names[FLAME_MARK_NAMES]);

/* marks[count], to be freed; NULL when memory is exhausted. */
struct flame_mark *flame_marks_make(const struct flame_instruction *instructions, size_t count);

#endif
