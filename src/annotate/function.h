/* function.h: one function's code, hits, lines and branches put together. */
#ifndef FLAME_ANNOTATE_FUNCTION_H
#define FLAME_ANNOTATE_FUNCTION_H

#include "arena.h"
#include "code.h"
#include "cost.h"
#include "place_set.h"
#include "sources.h"

/* Hits of one event at an offset from the function's start. */
struct flame_offset_hits {
    uint64_t offset;
    uint32_t event;
    struct flame_hits hits;
};

/* hits are sorted by offset. sets: of stacks that are at several places of the function; their hits
 * are in hits, too. */
struct flame_function_input {
    struct flame_str symbol, dso;
    struct flame_code_file *file;
    const struct flame_symbol *place;
    const struct flame_offset_hits *hits;
    size_t hit_count, event_count;
    const struct flame_place_set *sets;
    size_t set_count;
    const struct flame_branch_count *branches;
    size_t branch_count;
    const struct flame_run_count *runs;
    size_t run_count;
};

/* Fill in out; what it points to is the arena's, sources', or input's. FLAME_OK; FLAME_NOMEM; or
 * what flame_code_of and flame_disasm_open say; error->path is then file's. */
enum flame_status flame_function_annotate(struct flame_annotated *out,
                                          const struct flame_function_input *input,
                                          const struct flame_annotate_options *options,
                                          struct flame_sources *sources, struct flame_arena *arena,
                                          struct flame_error *error);

#endif
