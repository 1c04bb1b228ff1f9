/* outputs.h: everything that flamedata makes of a recording, in memory, and looked at. */
#ifndef FLAME_FUZZ_OUTPUTS_H
#define FLAME_FUZZ_OUTPUTS_H

#include <flamedata/session.h>

/* X(NAME): what is written */
#define FUZZ_OUTPUTS(X)                                                                            \
    X(svg)                                                                                         \
    X(page)                                                                                        \
    X(folded)                                                                                      \
    X(chart)                                                                                       \
    X(script)                                                                                      \
    X(report_text)                                                                                 \
    X(report_json)                                                                                 \
    X(report_csv)                                                                                  \
    X(annotate_text)                                                                               \
    X(annotate_json)                                                                               \
    X(annotate_html)                                                                               \
    X(info_text)                                                                                   \
    X(info_json)                                                                                   \
    X(dump)                                                                                        \
    X(counts)                                                                                      \
    X(pack)

enum fuzz_output {
#define X(name) FUZZ_OUTPUT_##name,
    FUZZ_OUTPUTS(X)
#undef X
        FUZZ_OUTPUT_COUNT
};

/* session  for all outputs that are made by one
 * variant  bits for what an output has to choose from itself */
struct fuzz_request {
    const char *path;
    struct flame_session_options session;
    uint8_t variant;
};

/* Make an output of the recording at request->path and check it. That it cannot be read is fine, if
 * there is an error that says so. */
void fuzz_make(enum fuzz_output output, const struct fuzz_request *request);

#endif
