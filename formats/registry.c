/* registry.c: the list of formats, and telling them apart by their first bytes.
 *
 * A format is one line here. What its first bytes are is the format's own to know, and whether the
 * rest can be read is its reader's to say. */
#include "folded_line.h"
#include "perf_data.h"

#include <flamedata/format.h>

/* X(INPUT, probe); the first that says yes counts. */
#define INPUTS(X)                                                                                  \
    X(PERF_DATA, flame_perf_probe)                                                                 \
    X(FOLDED, flame_folded_probe)

enum flame_input flame_probe(const void *bytes, size_t size)
{
#define X(input, probe)                                                                            \
    if (probe(bytes, size))                                                                        \
        return FLAME_INPUT_##input;
    INPUTS(X)
#undef X
    return FLAME_INPUT_UNKNOWN;
}
