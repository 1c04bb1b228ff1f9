/* recording.c: open all the files that one recording is made of.
 *
 * A folder holds `data`, a whole perf.data, and streams of records `data.0`, `data.1`, ... The
 * order in which these are read decides nothing but which of two records of one moment is first, so
 * it is that of their numbers. Of an archive that is no pack, the member called perf.data counts,
 * or the first one that looks like it. Source: tools/perf/util/data.c, perf-archive.sh. */
#include "recording.h"

#include "archive_reader.h"
#include "pack_reader.h"

#include <flamedata/contents.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static enum flame_status no_memory(const char *path, struct flame_error *error)
{
    return flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
}

/* folder/name, owned by the recording; NULL when memory is exhausted. */
static const char *path_in(struct flame_recording *r, const char *folder, const char *name)
{
    size_t cap = strlen(folder) + 1 + strlen(name) + 1;
    char *path = flame_arena_alloc(&r->names, cap);
    if (path)
        snprintf(path, cap, "%s/%s", folder, name);
    return path;
}

/* Where the longest of these is over. */
enum { MAGIC_END = 257 + 5 };

/* How what is packed or archived begins, and the program that unpacks it. */
static const struct packing {
    size_t at, size;
    char bytes[7], program[8];
} packings[] = {
    { 0, 4, "\x28\xb5\x2f\xfd", "unzstd" },
    { 0, 2, "\x1f\x8b", "gunzip" },
    { 0, 3, "BZh", "bunzip2" },
    { 0, 6, "\xfd\x37zXZ", "unxz" },
    { 257, 5, "ustar", "tar -xf" },
    { 0, 4, "PK\x03\x04", "unzip" },
};

/* NULL: neither. */
static const struct packing *packing_of(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < sizeof packings / sizeof *packings; i++)
        if (size >= packings[i].at + packings[i].size &&
            memcmp(bytes + packings[i].at, packings[i].bytes, packings[i].size) == 0)
            return &packings[i];
    return NULL;
}

enum flame_begin flame_begins_recording(const void *bytes, size_t size)
{
    if (flame_perf_probe(bytes, size) || packing_of(bytes, size))
        return FLAME_BEGIN_RIGHT;
    return size < MAGIC_END ? FLAME_BEGIN_OPEN : FLAME_BEGIN_WRONG;
}

/* named: by the user, and so it may be anything; a part of a folder is a file. */
static enum flame_status open_file(struct flame_recording *r, const char *path, bool named,
                                   struct flame_error *error)
{
    struct flame_file file;
    const struct flame_intake intake = { r->limits, flame_begins_recording };
    enum flame_status status = named ? flame_file_open_named(&file, path, &intake, error)
                                     : flame_file_open_regular(&file, path, error);
    if (status != FLAME_OK)
        return status;
    if (flame_vec_push(&r->files, file))
        return FLAME_OK;
    flame_file_close(&file);
    return no_memory(path, error);
}

/* A part of a recording in an archive, by the path that messages call it, or NULL: no memory. The
 * first one is opened. */
static enum flame_status add_member(struct flame_recording *r, const struct flame_archived *member,
                                    const char *path, struct flame_error *error)
{
    struct flame_file lent = { member->bytes, member->size, FLAME_FILE_BORROWED };
    bool first = r->files.count == 0;
    if (!path || !flame_vec_push(&r->files, lent))
        return no_memory(path, error);
    if (first)
        return flame_perf_open_within(&r->perf, member->bytes, member->size, path, r->limits,
                                      error);
    bool ok = flame_perf_add_part(&r->perf, member->bytes, member->size, path) == FLAME_OK;
    return ok ? FLAME_OK : no_memory(path, error);
}

#define TAKE_ANOTHER "take another copy"

/* A part of the packed recording. One that is damaged is read as far as it can be; where there is
 * no first one, there is no recording. */
static enum flame_status add_packed(struct flame_recording *r, const char *path, size_t i,
                                    struct flame_error *error)
{
    const char *member = r->pack->manifest.parts.items[i].member.ptr;
    const struct flame_error *damage = flame_archive_damage(r->archive);
    struct flame_archived part;
    enum flame_part_state state = flame_pack_part(r->pack, r->archive, i, &part);
    enum flame_status status = FLAME_OK;
    struct flame_error why = FLAME_ERROR_INIT;
    if (state == FLAME_PART_MISSING)
        flame_fail(&why, FLAME_CORRUPT, path, FLAME_NO_OFFSET,
                   "the pack is damaged, it has no %.64s%s%s", member, damage ? ": " : "; ",
                   damage ? damage->text : TAKE_ANOTHER);
    else if (state == FLAME_PART_CHANGED)
        flame_fail(&why, FLAME_CORRUPT, path, FLAME_NO_OFFSET,
                   "the pack is damaged: %.64s is not what was packed; " TAKE_ANOTHER, member);
    if (state == FLAME_PART_MISSING && i == 0) {
        *error = why;
        return FLAME_CORRUPT;
    }
    if (state != FLAME_PART_MISSING) {
        const char *name = flame_str_basename(part.name).ptr;
        status =
            add_member(r, &part, r->pack->manifest.folder ? path_in(r, path, name) : path, error);
    }
    if (status == FLAME_OK && why.status != FLAME_OK)
        flame_perf_lose(&r->perf.losses)->error = why;
    r->perf.losses.early |= state == FLAME_PART_MISSING;
    r->harmed |= state != FLAME_PART_WHOLE;
    return status;
}

/* Name the files that are not as they were packed. Where the archive could not be read to its end,
 * that is told already, and stands for all that are missing. */
static void lose_files(struct flame_recording *r, const char *path, bool ended_early)
{
    const struct flame_packed *packed = &r->pack->manifest.packed;
    for (uint32_t i = 0; i < packed->files.count; i++) {
        const struct flame_packed_file *file = &packed->files.items[i];
        if (!flame_packed_file(packed, i) && (file->bytes || !ended_early))
            flame_fail(&flame_perf_lose(&r->perf.losses)->error, FLAME_CORRUPT, path,
                       FLAME_NO_OFFSET, "the pack is damaged: %.300s is %s; " TAKE_ANOTHER,
                       file->member.ptr,
                       file->bytes ? "not what was packed" : "missing or has another size");
    }
}

static enum flame_status open_pack(struct flame_recording *r, const char *path,
                                   struct flame_error *error)
{
    const struct flame_error *damage = flame_archive_damage(r->archive);
    enum flame_status status = flame_pack_open(&r->pack, r->archive, path, error);
    size_t count = status == FLAME_OK ? r->pack->manifest.parts.count : 0;
    for (size_t i = 0; i < count && status == FLAME_OK; i++)
        status = add_packed(r, path, i, error);
    if (status == FLAME_OK && damage)
        flame_perf_lose(&r->perf.losses)->error = *damage;
    r->harmed |= damage != NULL;
    if (status == FLAME_OK)
        lose_files(r, path, damage != NULL);
    return status;
}

static bool is_recording(const struct flame_archived *member)
{
    return member->size >= 8 &&
           (memcmp(member->bytes, "PERFILE2", 8) == 0 || memcmp(member->bytes, "2ELIFREP", 8) == 0);
}

/* What may be the recording of an archive that somebody made: the first one that looks like it, or
 * that is called so. */
struct candidate {
    struct flame_archived member;
    bool found, named, torn;
};

static void consider(struct candidate *best, struct flame_archived member, bool torn)
{
    bool named = flame_str_is(flame_str_basename(member.name), "perf.data");
    if (is_recording(&member) && (!best->found || (named && !best->named)))
        *best = (struct candidate){ member, true, named, torn };
}

/* The recording in such an archive. Where there is none, but the archive could not be read to its
 * end, that is what is wrong. */
static enum flame_status open_member(struct flame_recording *r, const char *path,
                                     struct flame_error *error)
{
    struct candidate best = { 0 };
    for (size_t i = 0; i < flame_archive_count(r->archive); i++)
        consider(&best, flame_archive_get(r->archive, i), false);
    for (size_t i = 0; i < flame_archive_torn_count(r->archive); i++)
        consider(&best, flame_archive_torn(r->archive, i), true);
    const struct flame_error *damage = flame_archive_damage(r->archive);
    if (!best.found && damage)
        return flame_fail(error, damage->status, path, FLAME_NO_OFFSET, "%s", damage->text);
    if (!best.found)
        return flame_fail(error, FLAME_FORMAT, path, FLAME_NO_OFFSET,
                          "an archive without a recording (perf.data) in it");
    r->changed_ns = best.member.changed_ns;
    enum flame_status status = add_member(r, &best.member, path, error);
    if (status == FLAME_OK && best.torn && damage)
        flame_perf_lose(&r->perf.losses)->error = *damage;
    return status;
}

static enum flame_status open_archived(struct flame_recording *r, const char *path,
                                       const struct packing *packing, struct flame_error *error)
{
    struct flame_file packed = r->files.items[--r->files.count];
    enum flame_status status =
        flame_archive_read_within(&r->archive, packed.bytes, packed.size, path, r->limits, error);
    flame_file_close(&packed);
    if (status == FLAME_FORMAT) {
        *error = (struct flame_error)FLAME_ERROR_INIT;
        return flame_fail(error, status, path, FLAME_NO_OFFSET,
                          "compressed, and no archive; unpack it first, with %s", packing->program);
    }
    if (status != FLAME_OK)
        return status;
    const struct flame_error *damage = flame_archive_damage(r->archive);
    if (damage && damage->status == FLAME_IO)
        return flame_fail(error, FLAME_IO, path, FLAME_NO_OFFSET, "%s", damage->text);
    return flame_packed_is(r->archive) ? open_pack(r, path, error) : open_member(r, path, error);
}

static enum flame_status open_main(struct flame_recording *r, const char *path, bool named,
                                   struct flame_error *error)
{
    enum flame_status status = open_file(r, path, named, error);
    if (status != FLAME_OK)
        return status;
    const struct packing *packing = packing_of(r->files.items[0].bytes, r->files.items[0].size);
    if (packing)
        return open_archived(r, path, packing, error);
    return flame_perf_open_within(&r->perf, r->files.items[0].bytes, r->files.items[0].size, path,
                                  r->limits, error);
}

/* The next data.N of the folder. One that cannot be opened is a loss, not a failure. */
static enum flame_status add_stream(struct flame_recording *r, const char *path)
{
    struct flame_error error = FLAME_ERROR_INIT;
    enum flame_status status = open_file(r, path, false, &error);
    if (status == FLAME_NOMEM)
        return status;
    if (status != FLAME_OK) {
        flame_perf_lose(&r->perf.losses)->error = error;
        r->perf.losses.early = true; /* it was written beside the others */
        return FLAME_OK;
    }
    const struct flame_file *file = &r->files.items[r->files.count - 1];
    return flame_perf_add_part(&r->perf, file->bytes, file->size, path);
}

/* data.2 before data.10 */
static int by_number(const void *a, const void *b)
{
    const char *x = *(char *const *)a, *y = *(char *const *)b;
    size_t nx = strlen(x), ny = strlen(y);
    return nx != ny ? (nx < ny ? -1 : 1) : strcmp(x, y);
}

/* N of data.N; UINT64_MAX: it has another name, or more digits than there are processors. */
static uint64_t stream_number(const char *name)
{
    size_t start = strlen("data."), digits = strspn(name + start, "0123456789");
    if (digits == 0 || digits > 5 || name[start + digits])
        return UINT64_MAX;
    return strtoul(name + start, NULL, 10);
}

/* The streams from number *next to before end. perf numbers them without gaps, so one that is not
 * listed is a loss, whose reason is why it cannot be opened; only the first of a gap is told.
 * Behind the last that is listed (end UINT64_MAX) there may still be a pipe or the like. */
static enum flame_status add_unlisted(struct flame_recording *r, const char *folder, uint64_t next,
                                      uint64_t end)
{
    char name[32];
    struct stat st;
    if (next >= end)
        return FLAME_OK;
    snprintf(name, sizeof name, "data.%" PRIu64, next);
    const char *path = path_in(r, folder, name);
    if (!path)
        return FLAME_NOMEM;
    return end != UINT64_MAX || lstat(path, &st) == 0 ? add_stream(r, path) : FLAME_OK;
}

static enum flame_status open_folder(struct flame_recording *r, const char *path,
                                     struct flame_error *error)
{
    const char *main_path = path_in(r, path, "data");
    struct flame_file_names names;
    if (!main_path)
        return no_memory(path, error);
    enum flame_status status = open_main(r, main_path, false, error);
    if (status == FLAME_IO) {
        *error = (struct flame_error)FLAME_ERROR_INIT;
        flame_fail(error, status, path, FLAME_NO_OFFSET,
                   "a folder, but not one that perf record --threads wrote: it has no file data");
    }
    if (status == FLAME_OK)
        status = flame_file_list(path, "data.", &names, error);
    if (status != FLAME_OK)
        return status;
    if (names.count)
        qsort(names.items, names.count, sizeof *names.items, by_number);
    uint64_t next = 0;
    for (size_t i = 0; i < names.count && status == FLAME_OK; i++) {
        uint64_t number = stream_number(names.items[i]);
        const char *stream_path = path_in(r, path, names.items[i]);
        if (number != UINT64_MAX) {
            status = add_unlisted(r, path, next, number);
            next = number + 1;
        }
        if (status == FLAME_OK)
            status = stream_path ? add_stream(r, stream_path) : FLAME_NOMEM;
    }
    if (status == FLAME_OK)
        status = add_unlisted(r, path, next, UINT64_MAX);
    flame_file_names_free(&names);
    return status == FLAME_OK ? FLAME_OK : no_memory(path, error);
}

void flame_recording_detach(struct flame_error *error, const char *path)
{
    char text[sizeof error->text];
    if (!error || !error->path || error->path == path)
        return;
    int n = snprintf(text, sizeof text, "%s: %s",
                     flame_str_basename(flame_str_from(error->path)).ptr, error->text);
    if (n > 0)
        memcpy(error->text, text, sizeof text);
    error->path = path;
}

enum flame_status flame_recording_open(struct flame_recording *r, const char *path,
                                       const struct flame_limits *limits, struct flame_error *error)
{
    struct flame_error own = FLAME_ERROR_INIT;
    error = error ? error : &own;
    *r = (struct flame_recording){ .limits = limits };
    flame_arena_init(&r->names, SIZE_MAX);
    enum flame_status status =
        flame_file_is_folder(path) ? open_folder(r, path, error) : open_main(r, path, true, error);
    if (status != FLAME_OK) {
        flame_recording_detach(error, path);
        flame_recording_close(r);
    }
    return status;
}

void flame_recording_close(struct flame_recording *r)
{
    flame_perf_close(&r->perf);
    for (size_t i = 0; i < r->files.count; i++)
        flame_file_close(&r->files.items[i]);
    flame_vec_free(&r->files);
    flame_pack_close(r->pack);
    flame_archive_close(r->archive);
    r->pack = NULL;
    r->archive = NULL;
    flame_arena_deinit(&r->names);
}
