/* manifest.h: what a pack holds, and what each part of it is for. docs/formats/fdpack.md. */
#ifndef FLAME_PACK_MANIFEST_H
#define FLAME_PACK_MANIFEST_H

#include "packed.h"

#include <flamedata/output.h>

enum { FLAME_MANIFEST_VERSION = 1 };

/* Of each kind, as many lines: files, and objects. */
enum { FLAME_MANIFEST_MANY = 1 << 16 };

/* A file of the recording itself, which has no holes; hash: by blocks (block_hash.h). */
struct flame_manifest_part {
    struct flame_str member;
    uint64_t size, hash;
};

/* made_s       when it was packed, in s since 1970
 * version      of the flamedata that packed it
 * name         of the recording, without its folder
 * folder       as perf record --threads writes it: parts[0] is its "data", the others follow
 * recorded_ns, same_host, same_boot  as in struct flame_symbol_places, where it was packed
 * source       text of source files was asked for
 * packed       bytes of files are not there yet
 * arena        holds all texts of a manifest that was read */
struct flame_manifest {
    uint64_t made_s, recorded_ns;
    bool folder, same_host, same_boot, source;
    struct flame_str version, name;
    FLAME_VEC(struct flame_manifest_part) parts;
    struct flame_packed packed;
    struct flame_arena arena;
};

void flame_manifest_init(struct flame_manifest *manifest);
void flame_manifest_deinit(struct flame_manifest *manifest);

/* FLAME_OK or FLAME_NOMEM; out's own failures are for its commit. */
enum flame_status flame_manifest_write(const struct flame_manifest *manifest,
                                       struct flame_output *out);

/* Read text, which is foreign, into a manifest that holds nothing; path is what messages call it.
 * What it refers to by number is there, and packed is sealed. FLAME_OK; FLAME_FORMAT (no manifest),
 * FLAME_UNSUPPORTED (of a later version), FLAME_CORRUPT (damaged), FLAME_NOMEM. */
enum flame_status flame_manifest_read(struct flame_manifest *manifest, struct flame_str text,
                                      const char *path, struct flame_error *error);

#endif
