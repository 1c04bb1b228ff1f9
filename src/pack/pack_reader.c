/* pack_reader.c: from an archive's members to what the manifest says that they are.
 *
 * A file of a pack is looked at when it is first needed (packed.c); the recording at once, since
 * all of it will be. What is not as it was packed is still read if it is of the recording: there is
 * no other. */
#include "pack_reader.h"

#include <stdlib.h>

enum flame_part_state flame_pack_part(const struct flame_pack *pack,
                                      const struct flame_archive *archive, size_t part,
                                      struct flame_archived *found)
{
    const struct flame_manifest_part *want = &pack->manifest.parts.items[part];
    bool torn = false, there = flame_archive_find(archive, want->member, found);
    for (size_t i = 0; i < flame_archive_torn_count(archive) && !there; i++) {
        *found = flame_archive_torn(archive, i);
        torn = there = flame_str_equal(found->name, want->member);
    }
    /* What was packed has no holes, and what a hole stands for may be more than can be read. */
    if (!there || found->sparse) {
        *found = (struct flame_archived){ 0 };
        return FLAME_PART_MISSING;
    }
    if (torn)
        return FLAME_PART_TORN;
    return found->size == want->size &&
                   flame_hash_blocks(found->bytes, found->size, &found->extents) == want->hash
               ? FLAME_PART_WHOLE
               : FLAME_PART_CHANGED;
}

/* Let files have their bytes. */
static void attach(struct flame_packed *packed, const struct flame_archive *archive)
{
    for (size_t i = 0; i < packed->files.count; i++) {
        struct flame_packed_file *file = &packed->files.items[i];
        struct flame_archived found;
        if (flame_archive_find(archive, file->member, &found) && found.size == file->size) {
            file->bytes = found.bytes;
            file->extents = found.extents;
        }
    }
}

enum flame_status flame_pack_open(struct flame_pack **out, const struct flame_archive *archive,
                                  const char *path, struct flame_error *error)
{
    struct flame_archived manifest = { 0 };
    struct flame_pack *pack = calloc(1, sizeof *pack);
    *out = NULL;
    if (!pack)
        return flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
    flame_manifest_init(&pack->manifest);
    const struct flame_error *damage = flame_archive_damage(archive);
    enum flame_status status = FLAME_OK;
    /* It could not be kept here, which says nothing about the pack. */
    if (damage && (damage->status == FLAME_IO || damage->status == FLAME_LIMIT))
        status = flame_fail(error, damage->status, path, FLAME_NO_OFFSET, "%s", damage->text);
    else if (!flame_archive_find(archive, flame_str_from(FLAME_PACKED_MANIFEST), &manifest))
        status = flame_fail(error, FLAME_FORMAT, path, FLAME_NO_OFFSET, "not a pack of flamedata");
    if (status == FLAME_OK)
        status = flame_manifest_read(
            &pack->manifest, (struct flame_str){ (const char *)manifest.bytes, manifest.size },
            path, error);
    if (status != FLAME_OK) {
        flame_pack_close(pack);
        return status;
    }
    attach(&pack->manifest.packed, archive);
    *out = pack;
    return FLAME_OK;
}

void flame_pack_close(struct flame_pack *pack)
{
    if (!pack)
        return;
    flame_manifest_deinit(&pack->manifest);
    free(pack);
}
