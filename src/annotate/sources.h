/* sources.h: the text of source files, each looked for and read once. */
#ifndef FLAME_ANNOTATE_SOURCES_H
#define FLAME_ANNOTATE_SOURCES_H

#include "arena.h"
#include "intern.h"

#include <flamedata/annotate.h>

struct flame_symbol_places;
struct flame_source_entry;

/* recorded_ns when the recording was last written, 0: not known; text that is newer is marked, too
 * places      of the recording: whether text came with it, and what it is looked for below; or NULL
 * line_count  of all texts
 * bytes       of all texts */
struct flame_sources {
    const struct flame_annotate_options *options;
    const struct flame_symbol_places *places;
    uint64_t recorded_ns;
    struct flame_arena arena;
    struct flame_intern names;
    FLAME_VEC(struct flame_source_entry *) entries; /* by id in names */
    size_t line_count, bytes;
};

/* options are borrowed. */
void flame_sources_init(struct flame_sources *sources,
                        const struct flame_annotate_options *options);
void flame_sources_deinit(struct flame_sources *sources);

/* The file of that name (as debug information has it), its text read if it can be found and is
 * source text: in source_dirs by ever shorter ends of the name, then where prefix and prefix_strip
 * put it, or else what was packed, or is there.
 * built_ns: when the code was built (time of change of the file it was read from), 0: not known.
 * *out lives as long as sources; one name and one answer to newer give one *out. FLAME_OK or
 * FLAME_NOMEM: what cannot be read has no text. */
enum flame_status flame_sources_get(struct flame_sources *sources, const char *name,
                                    uint64_t built_ns, const struct flame_source_file **out);

#endif
