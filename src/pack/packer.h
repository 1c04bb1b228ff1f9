/* packer.h: collect what a pack is to hold, and write it. */
#ifndef FLAME_PACK_PACKER_H
#define FLAME_PACK_PACKER_H

#include "archive_writer.h"
#include "manifest.h"
#include "ranges.h"

/* Where a file's name in the pack follows from what it is for: so that perf finds it in the cache
 * that an unpacked pack has. */
enum flame_packer_role {
    FLAME_PACKER_PROGRAM, /* the mapped file, or a kernel's image */
    FLAME_PACKER_DEBUG,   /* what has names or debug information alone */
    FLAME_PACKER_VDSO,
    FLAME_PACKER_TEXT, /* of a source file; or named otherwise, and no ELF file */
};

/* What is kept of a file: bytes[size]; kept, unless whole. original: its own bytes, where these
 * were changed; else NULL. packed: the sections that were. */
struct flame_packer_content {
    const uint8_t *bytes, *original;
    struct flame_ranges kept, packed;
    bool whole;
};

/* manifest   what there is so far; the caller fills in all but parts and files
 * contents   of its files, by the same number; parts: of its parts, whole
 * members    names that are taken */
struct flame_packer {
    struct flame_manifest manifest;
    FLAME_VEC(struct flame_packer_content) contents;
    FLAME_VEC(const uint8_t *) parts;
    struct flame_intern members;
};

void flame_packer_init(struct flame_packer *packer);
void flame_packer_deinit(struct flame_packer *packer);

/* In all of these bytes are borrowed until the pack is written; texts are copied.
 *
 * Add a part of the recording: member is its name in the pack. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_packer_add_part(struct flame_packer *packer, const char *member,
                                        const uint8_t *bytes, size_t size);

/* Add a file that was found at path. kept are settled; NULL: all of it. What is added under the
 * same path once more is one file, of which more is kept; of sections that were packed anew for one
 * of them then all, as they were. *number is the file's. FLAME_OK, FLAME_NOMEM,
 * or FLAME_LIMIT: there are FLAME_MANIFEST_MANY. */
struct flame_packer_add {
    enum flame_packer_role role;
    const char *path;
    const uint8_t *bytes;
    size_t size;
    const struct flame_ranges *kept;
    const uint8_t *original;           /* where bytes were changed; else NULL */
    const struct flame_ranges *packed; /* and what of it */
    uint64_t changed_ns;
    struct flame_build_id id; /* of what is no ELF file; size 0: none */
};
enum flame_status flame_packer_add(struct flame_packer *packer, const struct flame_packer_add *add,
                                   uint32_t *number);

/* The same under a name of its own in the pack, "beside/perf-5.map"; where that is taken, under
 * "beside/2/perf-5.map". */
enum flame_status flame_packer_add_as(struct flame_packer *packer, const char *member,
                                      const struct flame_packer_add *add, uint32_t *number);

/* The number of the file that was added under a path; FLAME_PACKED_NONE: none was. */
uint32_t flame_packer_find(const struct flame_packer *packer, const char *path);

/* How many bytes of files are kept. */
uint64_t flame_packer_kept(const struct flame_packer *packer);

/* Write all but what the caller wants to add. FLAME_OK or FLAME_NOMEM; the writer keeps other
 * failures. */
enum flame_status flame_packer_write(struct flame_packer *packer,
                                     struct flame_archive_writer *writer);

#endif
