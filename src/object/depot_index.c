/* depot_index.c: read what is at the begin of each file, and the id of those that are ELF.
 *
 * What is no ELF file costs no more than its first bytes. Several threads read a folder's files:
 * where these are not in memory, most of the time is waiting for the disk. Packed modules (.ko.xz)
 * would have to be unpacked for their ids, and have none here. */
#include "depot_index.h"

#include "archive_reader.h"
#include "build_id.h"
#include "dwarf_file.h"
#include "elf_file.h"
#include "file.h"
#include "folder_walk.h"
#include "path_list.h"
#include "pool.h"

#include <pthread.h>
#include <stdio.h>

enum { THREADS = 8 };

void flame_depot_index_init(struct flame_depot_index *index)
{
    *index = (struct flame_depot_index){ 0 };
    flame_arena_init(&index->arena, SIZE_MAX);
}

void flame_depot_index_deinit(struct flame_depot_index *index)
{
    flame_vec_free(&index->entries);
    flame_arena_deinit(&index->arena);
}

struct flame_depot_entry flame_depot_entry(const struct flame_build_id *id, const char *path,
                                           size_t order)
{
    struct flame_depot_entry entry = { .path = path, .order = order };
    memcpy(entry.id, id->bytes, id->size);
    return entry;
}

static bool has_elf_magic(const uint8_t *bytes, size_t size)
{
    return size > SELFMAG && memcmp(bytes, ELFMAG, SELFMAG) == 0;
}

static unsigned contents_of(const struct flame_elf *elf)
{
    unsigned has = flame_dwarf_file_has(elf, "info") ? FLAME_DEPOT_DEBUG_INFO : 0;
    for (size_t i = 1; i < elf->section_count; i++) {
        const GElf_Shdr *header = &elf->sections[i].header;
        if (header->sh_type == SHT_SYMTAB)
            has |= FLAME_DEPOT_SYMBOLS;
        else if (header->sh_type == SHT_PROGBITS && header->sh_flags & SHF_EXECINSTR)
            has |= FLAME_DEPOT_CODE;
    }
    return has;
}

/* What an ELF file is, and has. */
struct seen {
    struct flame_build_id id;
    unsigned has;
};

/* Of the ELF file bytes[size]. FLAME_OK; FLAME_FORMAT: it has no id; FLAME_NOMEM. */
static enum flame_status see(const uint8_t *bytes, size_t size, struct seen *seen)
{
    struct flame_elf elf;
    if (!has_elf_magic(bytes, size))
        return FLAME_FORMAT;
    enum flame_status status = flame_elf_open(&elf, bytes, size);
    if (status == FLAME_OK && !flame_build_id_from_elf(&elf, &seen->id))
        status = FLAME_FORMAT;
    if (status == FLAME_OK)
        seen->has = contents_of(&elf);
    flame_elf_close(&elf);
    return status;
}

/* Note what came of looking at path, in the place of that order. */
static void note(struct flame_depot_index *index, size_t order, const char *path,
                 enum flame_status status, const struct seen *seen)
{
    if (status == FLAME_OK) {
        const char *copy = flame_arena_copy(&index->arena, flame_str_from(path));
        struct flame_depot_entry entry = flame_depot_entry(&seen->id, copy, order);
        entry.has = seen->has;
        if (!copy || !flame_vec_push(&index->entries, entry))
            status = FLAME_NOMEM;
    }
    if (status == FLAME_NOMEM)
        index->failed = true;
}

bool flame_depot_virtual_path(const char *archive, struct flame_str member, char out[PATH_MAX])
{
    int n = snprintf(out, PATH_MAX, "%s!/%.*s", archive, (int)member.len, member.ptr);
    return n > 0 && n < PATH_MAX;
}

void flame_depot_index_archive(struct flame_depot_index *index, size_t order, const char *path,
                               const struct flame_archive *archive)
{
    size_t count = flame_archive_count(archive);
    for (size_t i = 0; i < count && !index->failed; i++) {
        struct flame_archived member = flame_archive_get(archive, i);
        struct seen seen;
        char full[PATH_MAX];
        if (flame_depot_virtual_path(path, member.name, full))
            note(index, order, full, see(member.bytes, member.size, &seen), &seen);
    }
}

static bool collect(void *user, const char *path)
{
    struct flame_paths *paths = user;
    flame_paths_add(paths, "%s", path);
    return !paths->failed;
}

/* lock is for the index. */
struct looking {
    struct flame_depot_index *index;
    const struct flame_paths *paths;
    size_t order;
    pthread_mutex_t lock;
};

static void look_into(struct looking *l, const char *path)
{
    uint8_t first[SELFMAG + 1];
    size_t count;
    struct flame_file file;
    struct seen seen;
    if (flame_file_read_at(path, 0, first, sizeof first, &count, NULL) != FLAME_OK ||
        !has_elf_magic(first, count))
        return;
    enum flame_status status = flame_file_open_plain(&file, path, NULL);
    if (status == FLAME_OK)
        status = see(file.bytes, file.size, &seen);
    flame_file_close(&file);
    pthread_mutex_lock(&l->lock);
    note(l->index, l->order, path, status, &seen);
    pthread_mutex_unlock(&l->lock);
}

static void look(void *user, size_t worker)
{
    struct looking *l = user;
    for (size_t i = worker; i < l->paths->list.count; i += THREADS)
        look_into(l, l->paths->list.items[i]);
}

void flame_depot_index_folder(struct flame_depot_index *index, size_t order, const char *path,
                              struct flame_error *error)
{
    struct flame_paths paths;
    struct looking looking = { .index = index, .paths = &paths, .order = order };
    flame_paths_init(&paths);
    flame_walk_files(path, collect, &paths, error);
    index->failed = index->failed || paths.failed;
    if (pthread_mutex_init(&looking.lock, NULL) == 0) {
        flame_pool_run(THREADS, look, &looking);
        pthread_mutex_destroy(&looking.lock);
    } else {
        index->failed = true;
    }
    flame_paths_deinit(&paths);
}

static int by_id(const void *a, const void *b)
{
    const struct flame_depot_entry *x = a, *y = b;
    int order = memcmp(x->id, y->id, sizeof x->id);
    if (order == 0 && x->has != y->has)
        return x->has > y->has ? -1 : 1;
    if (order == 0 && x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return order ? order : strcmp(x->path, y->path);
}

void flame_depot_index_settle(struct flame_depot_index *index)
{
    if (index->entries.count)
        qsort(index->entries.items, index->entries.count, sizeof *index->entries.items, by_id);
}

size_t flame_depot_index_find(const struct flame_depot_index *index,
                              const struct flame_build_id *id, size_t *first)
{
    struct flame_depot_entry want = flame_depot_entry(id, NULL, 0);
    size_t low = 0, high = index->entries.count, end;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(index->entries.items[middle].id, want.id, sizeof want.id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (end = low; end < index->entries.count; end++)
        if (memcmp(index->entries.items[end].id, want.id, sizeof want.id) != 0)
            break;
    *first = low;
    return end - low;
}
