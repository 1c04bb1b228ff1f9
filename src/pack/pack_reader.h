/* pack_reader.h: a pack that was made by flamedata pack, ready to be asked. */
#ifndef FLAME_PACK_READER_H
#define FLAME_PACK_READER_H

#include "archive_reader.h"
#include "manifest.h"

struct flame_pack {
    struct flame_manifest manifest;
};

/* Read the pack that an archive is, which must outlive it; path is what messages call it. Of what
 * was packed, any may be damaged or missing. Errors: those of flame_manifest_read; FLAME_IO and
 * FLAME_LIMIT, where the archive could not be unpacked for want of room; then *pack is NULL. */
enum flame_status flame_pack_open(struct flame_pack **pack, const struct flame_archive *archive,
                                  const char *path, struct flame_error *error);

enum flame_part_state {
    FLAME_PART_WHOLE,   /* as it was packed */
    FLAME_PART_CHANGED, /* it is not what was packed */
    FLAME_PART_TORN,    /* the archive could not be read to its end */
    FLAME_PART_MISSING,
};

/* A part of its recording, and what became of it; nothing where it is missing. */
enum flame_part_state flame_pack_part(const struct flame_pack *pack,
                                      const struct flame_archive *archive, size_t part,
                                      struct flame_archived *found);

/* NULL is allowed. */
void flame_pack_close(struct flame_pack *pack);

#endif
