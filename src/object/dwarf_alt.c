/* dwarf_alt.c: look for dwz's shared file.
 *
 * dwz moves entries and strings that several programs have in common into one file, and names it
 * and its build-id in .gnu_debugaltlink. libdw would open that file by itself when it comes across
 * the first reference, unchecked; so it is always given one, if need be one that holds nothing.
 * Source: dwz(1); DWARF 5, 7.3.6; elfutils libdw.h. */
#include "dwarf_alt.h"

#include "bounds.h"
#include "build_id.h"
#include "packed.h"
#include "search_path.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* A name and a build-id; false when there is no usable link. name is NUL-terminated. */
static bool read_link(const struct flame_elf *elf, struct flame_str *name,
                      struct flame_build_id *id)
{
    const struct flame_elf_section *s = flame_elf_section(elf, ".gnu_debugaltlink", SHT_NULL);
    if (!s)
        return false;
    struct flame_cursor c = flame_elf_bytes(elf, s), text = c;
    *name = flame_cursor_text(&text, flame_cursor_left(&text), "altlink name");
    if (name->len == 0 || name->len >= flame_cursor_left(&c))
        return false;
    flame_cursor_take(&c, name->len + 1, "altlink name");
    size_t size = flame_cursor_left(&c);
    if (size == 0 || size > FLAME_BUILD_ID_MAX)
        return false;
    id->size = (uint8_t)size;
    memcpy(id->bytes, flame_cursor_take(&c, size, "altlink id"), size);
    return true;
}

static const char *leaf_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* What a link of the file at path, which is one of this machine, may mean. */
static void add_beside(struct flame_paths *paths, const struct flame_symbol_places *places,
                       const char *name, const char *path)
{
    if (!strchr(path, '/'))
        return;
    struct flame_str folder = { path, (size_t)flame_search_folder(path) };
    if (*name != '/')
        flame_search_add_from(paths, places, folder, "/%s", name);
    flame_search_add_from(paths, places, folder, "/.dwz/%s", leaf_of(name));
}

/* What a link of the recorded machine's file at path may mean, beside it and its debug file. */
static void add_recorded(struct flame_paths *paths, const struct flame_symbol_places *places,
                         const char *name, const char *path)
{
    if (*path != '/')
        return;
    int folder = flame_search_folder(path);
    if (*name != '/')
        flame_search_add(paths, places, "%.*s/%s", folder, path, name);
    flame_search_add(paths, places, "%.*s/.dwz/%s", folder, path, leaf_of(name));
    if (*name != '/')
        flame_search_add_debug(paths, places, "%.*s/%s", folder, path, name);
}

/* The link may name the file from the root, or from the folder of the file that has the link; of
 * that under its own name, too, where a build-id's path is a symbolic link to it. */
static void add_places(struct flame_paths *paths, const struct flame_symbol_places *places,
                       const char *name, const char *holder, const char *path,
                       const struct flame_build_id *id)
{
    char real[PATH_MAX];
    flame_search_add(paths, places, "%s", name);
    add_beside(paths, places, name, holder);
    if (!places->symfs && realpath(holder, real) && strcmp(real, holder) != 0)
        add_beside(paths, places, name, real);
    add_recorded(paths, places, name, path);
    flame_search_add_debug(paths, places, "/.dwz/%s", leaf_of(name));
    flame_search_add_debug_id(paths, places, id);
}

/* Open the first of these files that has the id. */
static enum flame_status open_first(struct flame_dwarf_alt *alt,
                                    const struct flame_symbol_places *places,
                                    const struct flame_paths *paths,
                                    const struct flame_build_id *id)
{
    enum flame_status status = paths->failed ? FLAME_NOMEM : FLAME_OK;
    for (size_t i = 0; status == FLAME_OK && !alt->file.handle && i < paths->list.count; i++) {
        struct flame_source *source = &alt->source;
        status = flame_source_open(source, places->depot, paths->list.items[i], id);
        if (status == FLAME_OK && flame_source_usable(source))
            status = flame_dwarf_file_open(&alt->file, source->file.bytes, source->file.size, false,
                                           flame_bounds_limits(places->bounds));
        if (!alt->file.handle) {
            flame_dwarf_file_close(&alt->file);
            flame_source_close(source);
        } else if (!(alt->path = strdup(paths->list.items[i]))) {
            status = FLAME_NOMEM;
        }
    }
    return status;
}

/* Use the file that was packed with the recording. */
static enum flame_status use_packed(struct flame_dwarf_alt *alt,
                                    const struct flame_packed_file *file,
                                    const struct flame_build_id *id)
{
    struct flame_source *source = &alt->source;
    enum flame_status status = flame_source_take(source, flame_packed_lend(file), id);
    if (status == FLAME_OK && flame_source_usable(source))
        status =
            flame_dwarf_file_open(&alt->file, source->file.bytes, source->file.size, false, NULL);
    if (alt->file.handle && !(alt->path = strdup(file->path.ptr)))
        status = FLAME_NOMEM;
    return status == FLAME_NOMEM ? FLAME_NOMEM : FLAME_OK;
}

static enum flame_status search(struct flame_dwarf_alt *alt, const struct flame_elf *elf,
                                const char *holder, const char *path,
                                const struct flame_symbol_places *places)
{
    struct flame_str name;
    struct flame_build_id id = { 0 };
    if (!read_link(elf, &name, &id))
        return FLAME_OK;
    const struct flame_packed_file *came_along = flame_packed_with_id(places->packed, &id);
    if (came_along)
        return use_packed(alt, came_along, &id);
    struct flame_paths near, packed;
    flame_paths_init(&near);
    flame_paths_init(&packed);
    add_places(&near, places, name.ptr, holder, path, &id);
    enum flame_status status = open_first(alt, places, &near, &id);
    if (status == FLAME_OK && !alt->file.handle) {
        flame_search_add_depot(&packed, places, &id);
        status = open_first(alt, places, &packed, &id);
    }
    flame_paths_deinit(&near);
    flame_paths_deinit(&packed);
    return status;
}

/* The least that libdw takes for a file with debug information. */
static const struct image {
    Elf64_Ehdr header;
    Elf64_Shdr sections[3];
    char names[24], info[8];
} nothing = {
    .header = {
        .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
                     __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? ELFDATA2MSB : ELFDATA2LSB,
                     EV_CURRENT },
        .e_type = ET_REL,
        .e_version = EV_CURRENT,
        .e_shoff = offsetof(struct image, sections),
        .e_ehsize = sizeof(Elf64_Ehdr),
        .e_shentsize = sizeof(Elf64_Shdr),
        .e_shnum = 3,
        .e_shstrndx = 1,
    },
    .sections = {
        { .sh_type = SHT_NULL },
        { .sh_name = 13, .sh_type = SHT_STRTAB, .sh_offset = offsetof(struct image, names),
          .sh_size = sizeof(((struct image *)0)->names), .sh_addralign = 1 },
        { .sh_name = 1, .sh_type = SHT_PROGBITS, .sh_offset = offsetof(struct image, info),
          .sh_size = sizeof(((struct image *)0)->info), .sh_addralign = 1 },
    },
    .names = "\0.debug_info\0.shstrtab",
};

enum flame_status flame_dwarf_alt_open(struct flame_dwarf_alt *alt, Dwarf *dwarf,
                                       const struct flame_elf *elf, const char *holder,
                                       const char *path, const struct flame_symbol_places *places)
{
    *alt = (struct flame_dwarf_alt){ 0 };
    enum flame_status status = flame_dwarf_file_open(&alt->nothing, (const uint8_t *)&nothing,
                                                     sizeof nothing, false, NULL);
    if (status == FLAME_OK)
        status = search(alt, elf, holder, path, places);
    if (status != FLAME_OK || !alt->nothing.handle) {
        flame_dwarf_alt_close(alt);
        return FLAME_NOMEM;
    }
    dwarf_setalt(dwarf, alt->file.handle ? alt->file.handle : alt->nothing.handle);
    if (alt->file.handle)
        dwarf_setalt(alt->file.handle, alt->nothing.handle);
    return FLAME_OK;
}

void flame_dwarf_alt_close(struct flame_dwarf_alt *alt)
{
    flame_dwarf_file_close(&alt->file);
    flame_dwarf_file_close(&alt->nothing);
    flame_source_close(&alt->source);
    free(alt->path);
    alt->path = NULL;
}
