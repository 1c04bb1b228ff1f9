/* pipeline_pack_sources.h: the source files that annotated functions show. Private to
 * src/pipeline_pack*.c. */
#ifndef FLAME_PIPELINE_PACK_SOURCES_H
#define FLAME_PIPELINE_PACK_SOURCES_H

#include "dwarf_info.h"
#include "jit_dump.h"
#include "packer.h"

/* names  as debug information has them
 * files  those that were found, open until this is; left_out: and those that may not be packed */
struct flame_pack_sources {
    struct flame_intern names;
    FLAME_VEC(struct flame_file) files;
    size_t left_out;
};

void flame_pack_sources_init(struct flame_pack_sources *sources);
void flame_pack_sources_deinit(struct flame_pack_sources *sources);

/* Collect the files of all instructions of functions (offsets in the file; settled), and of what is
 * inlined there; of a method of a jitdump. dwarf may be NULL. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_pack_sources_of_dwarf(struct flame_pack_sources *sources,
                                              struct flame_dwarf *dwarf,
                                              const struct flame_ranges *functions);
enum flame_status flame_pack_sources_of_jit(struct flame_pack_sources *sources,
                                            const struct flame_jit_dump *dump,
                                            const struct flame_jit_method *method);

/* Add those that are here to a pack. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_pack_sources_add(struct flame_pack_sources *sources,
                                         struct flame_packer *packer,
                                         const struct flame_symbol_places *places);

#endif
