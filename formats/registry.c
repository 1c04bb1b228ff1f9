/* registry.c: the list of formats, and telling them apart by their first bytes.
 *
 * A format is one line here. A magic names the container only: whether the rest can be read is the
 * reader's to say. Source: docs/formats/perf_data.md. */
#include <flamedata/format.h>

/* X(magic, input): PERFILE2 is a number in the recorded machine's byte order, and begins pipe-mode
 * files too; PERFFILE, of 2009, is the same text in either order. */
#define MAGICS(X)                                                                                  \
    X("PERFILE2", PERF_DATA)                                                                       \
    X("2ELIFREP", PERF_DATA)                                                                       \
    X("PERFFILE", PERF_DATA)

enum flame_input flame_probe(const void *bytes, size_t size)
{
    struct flame_str head = { bytes, size };
#define X(magic, input)                                                                            \
    if (flame_str_starts(head, magic))                                                             \
        return FLAME_INPUT_##input;
    MAGICS(X)
#undef X
    return FLAME_INPUT_UNKNOWN;
}
