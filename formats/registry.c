/* registry.c: the list of formats, and telling them apart by their first bytes.
 *
 * A format is one line here. What its first bytes are is the format's own to know, and whether the
 * rest can be read is its reader's to say. */
#include "perf_data.h"

#include <flamedata/format.h>

/* X(INPUT, probe) */
#define INPUTS(X) X(PERF_DATA, flame_perf_probe)

enum flame_input flame_probe(const void *bytes, size_t size)
{
#define X(input, probe)                                                                            \
    if (probe(bytes, size))                                                                        \
        return FLAME_INPUT_##input;
    INPUTS(X)
#undef X
    return FLAME_INPUT_UNKNOWN;
}
