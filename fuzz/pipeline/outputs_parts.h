/* outputs_parts.h: what the files that make outputs share. Private to them. */
#ifndef FLAME_FUZZ_OUTPUTS_PARTS_H
#define FLAME_FUZZ_OUTPUTS_PARTS_H

#include "outputs.h"

#include <flamedata/annotate.h>

/* A failure is one that says why. Running out of memory is none that an input may cause. */
void fuzz_check_status(enum flame_status status, const struct flame_error *error);

/* The same for what is NULL when it fails. */
void fuzz_check_failed(const void *made, const struct flame_error *error);

/* What a request asks of an annotation. */
struct flame_annotate_options fuzz_annotate_of(const struct fuzz_request *request);

/* Each puts its output into out, and checks it. */
typedef void fuzz_maker(const struct fuzz_request *request, struct flame_output *out);
#define X(name) fuzz_maker fuzz_make_##name;
FUZZ_OUTPUTS(X)
#undef X

#endif
