/* packed.h: objects and files that came with the recording (flamedata pack), each in the role that
 * it had where it was packed.
 *
 * Nothing is searched then: which file has an object's names, which is the program, is written
 * down. What is not there, or is damaged, is as if it had not been packed. Only a program that had
 * no table of symbols where it was packed may get one where it is read. */
#ifndef FLAME_OBJECT_PACKED_H
#define FLAME_OBJECT_PACKED_H

#include "block_hash.h"
#include "intern.h"
#include "object.h"

#include <stdatomic.h>

#define FLAME_PACKED_NONE UINT32_MAX

/* The first member of a pack, and what it begins with. */
#define FLAME_PACKED_MANIFEST "manifest"
#define FLAME_PACKED_MAGIC "flamedata pack\t"

/* Whether an archive is a pack. */
struct flame_archive;
bool flame_packed_is(const struct flame_archive *archive);

/* A file, or the part of it that was kept: what was not is zeros.
 *
 * member      its name in the pack
 * path        where it was found; empty: it is not to be found by its path
 * hash        of its bytes, by blocks (block_hash.h)
 * changed_ns  when it was changed last, in ns since 1970; 0: not known
 * build_id    its own; size 0: none
 * bytes       [size]; NULL: the pack does not have it. extents: of them
 * checked     whether bytes have that hash: 0 not known, 1 yes, 2 no */
struct flame_packed_file {
    struct flame_str member, path;
    uint64_t size, hash, changed_ns;
    struct flame_build_id build_id;
    const uint8_t *bytes;
    struct flame_extents extents;
    atomic_int checked;
};

/* What was requested, and what became of it.
 *
 * used, program  as in struct flame_object
 * names, runtime, code  numbers of files, or FLAME_PACKED_NONE: which gave the names (of a kernel
 *                a list of symbols as they lay in the recording), which was mapped, and which has
 *                a kernel's code
 * shift, modules  of a kernel's code in a copy of its memory: struct flame_code_file */
struct flame_packed_object {
    enum flame_object_kind kind;
    struct flame_str name;
    struct flame_build_id build_id, found_id;
    int32_t pid;
    bool narrow, trusted, modules;
    enum flame_object_state state;
    struct flame_str used, program;
    uint32_t names, runtime, code;
    uint64_t shift;
};

/* A jitdump, by the path under which the process had it. */
struct flame_packed_dump {
    struct flame_str recorded;
    uint32_t file;
};

/* paths  of files, those with one; file_of_path: by its ids, of several the first
 * slots  numbers of objects + 1, at the hash of what was requested or the next ones that are free;
 *        0: free. A power of two of them */
struct flame_packed {
    FLAME_VEC(struct flame_packed_file) files;
    FLAME_VEC(struct flame_packed_object) objects;
    FLAME_VEC(struct flame_packed_dump) dumps;
    struct flame_intern paths;
    FLAME_VEC(uint32_t) file_of_path;
    uint32_t *slots;
    size_t slot_count;
};

void flame_packed_init(struct flame_packed *packed);
void flame_packed_deinit(struct flame_packed *packed);

/* Get ready to be asked, once all is there. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_packed_seal(struct flame_packed *packed);

/* All of the following are thread-safe, and packed may be NULL, which has nothing.
 *
 * A file by its number, path or build-id, or the jitdump that a process had at a path; NULL: none
 * such, or it is damaged. */
const struct flame_packed_file *flame_packed_file(const struct flame_packed *packed, uint32_t file);
const struct flame_packed_file *flame_packed_at(const struct flame_packed *packed,
                                                struct flame_str path);
const struct flame_packed_file *flame_packed_with_id(const struct flame_packed *packed,
                                                     const struct flame_build_id *id);
const struct flame_packed_file *flame_packed_dump(const struct flame_packed *packed,
                                                  struct flame_str recorded);

/* The next file from number *from on whose path ends in that name; *from is then behind it. */
const struct flame_packed_file *flame_packed_called(const struct flame_packed *packed,
                                                    struct flame_str name, uint32_t *from);

/* Its bytes, lent. */
static inline struct flame_file flame_packed_lend(const struct flame_packed_file *file)
{
    return (struct flame_file){ file->bytes, (size_t)file->size, FLAME_FILE_BORROWED };
}

/* What was packed for a request, or NULL. */
const struct flame_packed_object *flame_packed_find(const struct flame_packed *packed,
                                                    const struct flame_object_request *request);

/* Whether a file that was packed for a request is missing or damaged. */
bool flame_packed_is_damaged(const struct flame_packed *packed,
                             const struct flame_object_request *request);

/* Load an object, whose symbols are empty, if its files are in places->packed: used is set then. A
 * file whose build-id is not the recorded one is not used. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_packed_load(const struct flame_symbol_places *places,
                                    struct flame_object *object,
                                    const struct flame_object_request *request);

/* The same for one that was looked for in vain, there and here: its state is what it was when it
 * was packed. */
void flame_packed_recall(const struct flame_packed *packed, struct flame_object *object,
                         const struct flame_object_request *request);

#endif
