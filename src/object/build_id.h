/* build_id.h: the identity of an ELF file, from its notes. */
#ifndef FLAME_OBJECT_BUILD_ID_H
#define FLAME_OBJECT_BUILD_ID_H

#include "cursor.h"

#include <flamedata/record.h>

struct flame_elf;

enum { FLAME_BUILD_ID_HEX = 2 * FLAME_BUILD_ID_MAX + 1 };

/* The GNU build-id among notes whose entries are padded to align (4 or 8) bytes; false when there
 * is none. One that is all zeros identifies nothing, and is none. */
bool flame_build_id_from_notes(struct flame_cursor notes, uint64_t align,
                               struct flame_build_id *id);

/* The file's build-id: from its note sections, or, if these have none, its PT_NOTEs. */
bool flame_build_id_from_elf(const struct flame_elf *elf, struct flame_build_id *id);

/* Whether a file with the id found is the recorded one. Old perf padded recorded ids with zeros to
 * 20 bytes, so there trailing zeros don't count. False when either is empty, or zeros. */
bool flame_build_id_matches(const struct flame_build_id *recorded,
                            const struct flame_build_id *found);

/* The id as perf wrote it into its cache's paths may be the padded one: without the zeros. */
struct flame_build_id flame_build_id_trimmed(const struct flame_build_id *id);

/* Lower-case hex, NUL-terminated. */
void flame_build_id_hex(const struct flame_build_id *id, char out[FLAME_BUILD_ID_HEX]);

#endif
