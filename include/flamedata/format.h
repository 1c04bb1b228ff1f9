/* flamedata/format.h: the formats that flamedata reads and writes. */
#ifndef FLAMEDATA_FORMAT_H
#define FLAMEDATA_FORMAT_H

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
};

enum flame_input flame_probe(const void *bytes, size_t size);

/* Write stacks as folded lines, "root;...;leaf weight\n", in the order of their frames' names; ';'
 * inside a name becomes ':', a line break becomes a space, and every space in the first frame of a
 * stack, the thread's name, becomes '_'. Names that become equal keep lines of their own. Returns
 * FLAME_OK or FLAME_NOMEM; errors of writing are the output's. */
enum flame_status flame_write_folded(const struct flame_stacks *stacks, struct flame_output *output,
                                     struct flame_error *error);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
