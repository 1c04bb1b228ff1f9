/* flamedata/format.h: the formats that flamedata reads and writes. */
#ifndef FLAMEDATA_FORMAT_H
#define FLAMEDATA_FORMAT_H

#include <flamedata/error.h>
#include <flamedata/output.h>
#include <flamedata/stack.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* What kind of input these first bytes begin. */
enum flame_input {
    FLAME_INPUT_UNKNOWN,
    FLAME_INPUT_PERF_DATA,
    FLAME_INPUT_FOLDED, /* text, and one of its first lines is a folded stack */
};

enum flame_input flame_probe(const void *bytes, size_t size);

/* A text to read; path is what messages call it. Both borrowed while it is read. */
struct flame_text {
    const char *path;
    const void *bytes;
    size_t size;
};

/* in_order    the lines' order is one of time: each stays a stack of its own; else equal ones are
 *             one, and in any order
 * last_first  in_order, but from the last line to the first, as inferno draws --flamechart */
struct flame_folded_options {
    bool in_order, last_first;
};

/* lines        that are stacks
 * passed_over  lines that are none; blank ones don't count
 * cut          lines whose weight has a fraction, which was cut off
 * first_passed_over  the first of them: file, line number and what it lacks; FLAME_OK: none */
struct flame_folded_report {
    uint64_t lines, passed_over, cut;
    struct flame_error first_passed_over;
};

/* Folded text as stacks: "frame;frame;frame weight" lines of anybody's making, of one or more texts
 * (docs/formats/folded.md). Names are kept as they are; _[k], _[j] and _[i] at their ends, and
 * brackets around them, tell their kinds. With two numbers on a line the first is what the stack
 * weighed before. Samples are the weight. The result is of no text's bytes; flame_folded_free()
 * frees it. NULL: FLAME_FORMAT when no line is a stack (the message has the first line's number),
 * FLAME_EMPTY when they weigh nothing, FLAME_LIMIT beyond 2^32 frames, FLAME_NOMEM. */
struct flame_folded;
struct flame_folded *flame_folded_read(const struct flame_text *texts, size_t count,
                                       const struct flame_folded_options *options,
                                       struct flame_error *error);
void flame_folded_free(struct flame_folded *folded);

/* Both live until it is freed. */
const struct flame_stacks *flame_folded_stacks(const struct flame_folded *folded);
const struct flame_folded_report *flame_folded_report(const struct flame_folded *folded);

/* Write stacks as folded lines, "root;...;leaf weight\n" (where they are compared,
 * "root;...;leaf before weight\n"), in the order of their frames' names; ';'
 * inside a name becomes ':', a line break becomes a space, and every space in the first frame of a
 * stack, where it is a process's, becomes '_'; so does the blank before a number at the end of a
 * name, which would be read as a weight. Names that become equal keep lines of their own.
 * Returns FLAME_OK or FLAME_NOMEM; errors of writing are the output's. */
enum flame_status flame_write_folded(const struct flame_stacks *stacks, struct flame_output *output,
                                     struct flame_error *error);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
