/* line_files.c: the files of a unit, by their numbers in its line table.
 *
 * libdw reads them only together with the line program, which takes longer than all that inlined
 * functions need otherwise. Paths are put together when they are asked for. Does not read what else
 * is known of a file (its time, size, checksum). Source: DWARF 5, 6.2.4; DWARF 4, 6.2.4. */
#include "line.h"
#include "line_header.h"

#include <dwarf.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { FORMATS_MAX = 16 }; /* kinds of content that an entry has; the standard knows five */

/* name  as it stands in the table
 * path  put together, once asked for */
struct file {
    const char *name, *path;
    uint64_t folder;
};

/* first  number of files[0] */
struct flame_line_files {
    FLAME_VEC(const char *) folders;
    FLAME_VEC(struct file) files;
    uint64_t first;
};

/* The tables while they are read. */
struct reading {
    struct flame_line_files *files;
    struct flame_cursor at, strings, line_strings;
    uint8_t offset_size;
    bool failed; /* memory */
};

/* The text at the cursor, which has its NUL; NULL if it has none. */
static const char *text_at(struct flame_cursor *c)
{
    size_t left = flame_cursor_left(c);
    const uint8_t *end = left ? memchr(c->at, 0, left) : NULL;
    return (const char *)flame_cursor_take(c, end ? (size_t)(end - c->at) + 1 : UINT64_MAX, "text");
}

static void add_folder(struct reading *r, const char *name)
{
    r->failed = r->failed || !flame_vec_push(&r->files->folders, name);
}

static void add_file(struct reading *r, const char *name, uint64_t folder)
{
    struct file file = { name, NULL, folder };
    r->failed = r->failed || !flame_vec_push(&r->files->files, file);
}

/* Before DWARF 5: folder 0 is the one of compilation; files count from 1. */
static void read_old(struct reading *r, const char *compiled_in)
{
    struct flame_cursor *c = &r->at;
    const char *name = NULL;
    add_folder(r, compiled_in);
    while (!r->failed && (name = text_at(c)) && *name)
        add_folder(r, name);
    r->files->first = 1;
    while (name && !r->failed && (name = text_at(c)) && *name) {
        uint64_t folder = flame_cursor_uleb(c, "directory index");
        flame_cursor_uleb(c, "time");
        flame_cursor_uleb(c, "length");
        add_file(r, name, folder);
    }
}

static uint64_t offset_at(struct reading *r)
{
    return r->offset_size == 8 ? flame_cursor_u64(&r->at, "offset")
                               : flame_cursor_u32(&r->at, "offset");
}

static const char *text_in(struct reading *r, struct flame_cursor section)
{
    uint64_t offset = offset_at(r);
    return !r->at.failed && flame_cursor_seek(&section, offset, "text") ? text_at(&section) : NULL;
}

/* One part of an entry: text or number, whichever the form is. False: it cannot be read. */
static bool read_part(struct reading *r, uint64_t form, const char **text, uint64_t *number)
{
    struct flame_cursor *c = &r->at;
    switch (form) {
    case DW_FORM_string:
        *text = text_at(c);
        break;
    case DW_FORM_line_strp:
        *text = text_in(r, r->line_strings);
        break;
    case DW_FORM_strp:
        *text = text_in(r, r->strings);
        break;
    case DW_FORM_udata:
        *number = flame_cursor_uleb(c, "number");
        break;
    case DW_FORM_data1:
        *number = flame_cursor_u8(c, "number");
        break;
    case DW_FORM_data2:
        *number = flame_cursor_u16(c, "number");
        break;
    case DW_FORM_data4:
        *number = flame_cursor_u32(c, "number");
        break;
    case DW_FORM_data8:
        *number = flame_cursor_u64(c, "number");
        break;
    case DW_FORM_data16:
        flame_cursor_take(c, 16, "checksum");
        break;
    case DW_FORM_block:
        flame_cursor_take(c, flame_cursor_uleb(c, "block"), "block");
        break;
    default:
        return false;
    }
    return !c->failed;
}

/* A table of DWARF 5, of folders or of files. False: what follows cannot be read. */
static bool read_table(struct reading *r, bool of_files)
{
    struct flame_cursor *c = &r->at;
    uint64_t content[FORMATS_MAX], form[FORMATS_MAX];
    size_t formats = flame_cursor_u8(c, "format count");
    for (size_t i = 0; i < formats && i < FORMATS_MAX; i++) {
        content[i] = flame_cursor_uleb(c, "content");
        form[i] = flame_cursor_uleb(c, "form");
    }
    uint64_t count = flame_cursor_uleb(c, "count");
    if (c->failed || formats > FORMATS_MAX || (formats == 0 && count) ||
        count > flame_cursor_left(c))
        return false;
    for (uint64_t i = 0; i < count && !r->failed; i++) {
        const char *name = NULL;
        uint64_t folder = 0;
        for (size_t k = 0; k < formats; k++) {
            const char *text = NULL;
            uint64_t number = 0;
            if (!read_part(r, form[k], &text, &number))
                return false;
            if (content[k] == DW_LNCT_path)
                name = text;
            else if (content[k] == DW_LNCT_directory_index)
                folder = number;
        }
        if (of_files)
            add_file(r, name, folder);
        else
            add_folder(r, name);
    }
    return !r->failed;
}

void flame_line_files_free(struct flame_dwarf_unit *unit)
{
    if (!unit->files)
        return;
    flame_vec_free(&unit->files->folders);
    flame_vec_free(&unit->files->files);
}

static enum flame_status read_files(struct flame_dwarf *dwarf, struct flame_dwarf_unit *unit)
{
    struct flame_line_header header;
    struct reading r = { 0 };
    unit->files = r.files = flame_arena_zalloc(&dwarf->arena, 1, sizeof *r.files);
    if (!r.files)
        return FLAME_NOMEM;
    if (!flame_line_header_read(&header, dwarf, unit, flame_line_header_offset(unit)) ||
        !flame_line_affords(dwarf, &header.files))
        return FLAME_OK;
    r.at = header.files;
    r.offset_size = header.offset_size;
    r.strings = dwarf->strs;
    r.line_strings = dwarf->line_strs;
    if (header.version < 5)
        read_old(&r, flame_dwarf_text(dwarf, &unit->skeleton, DW_AT_comp_dir));
    else if (read_table(&r, false))
        read_table(&r, true);
    return r.failed ? FLAME_NOMEM : FLAME_OK;
}

/* A path from the root, if folders have one; folder 0 is where the others are counted from. */
static const char *join(struct flame_dwarf *dwarf, const struct flame_line_files *files,
                        const struct file *file)
{
    char path[PATH_MAX];
    const char *root = files->folders.count ? files->folders.items[0] : NULL;
    const char *folder =
        file->folder < files->folders.count ? files->folders.items[file->folder] : NULL;
    flame_touch_text(dwarf->touched, file->name);
    flame_touch_text(dwarf->touched, folder);
    flame_touch_text(dwarf->touched, root);
    if (file->name[0] == '/' || !folder)
        return flame_dwarf_string(dwarf, file->name);
    bool from_root = folder[0] != '/' && file->folder && root;
    /* With a precision their ends are not looked for: they may be megabytes away. */
    const int most = PATH_MAX;
    int length = snprintf(path, sizeof path, "%.*s%s%.*s/%.*s", most, from_root ? root : "",
                          from_root ? "/" : "", most, folder, most, file->name);
    if (length < 0)
        path[0] = 0;
    return flame_dwarf_string(dwarf, path);
}

enum flame_status flame_unit_file(struct flame_dwarf *dwarf, struct flame_dwarf_unit *unit,
                                  uint64_t index, const char **path)
{
    enum flame_status status = unit->files ? FLAME_OK : read_files(dwarf, unit);
    *path = NULL;
    if (status != FLAME_OK)
        return status;
    struct flame_line_files *files = unit->files;
    if (index < files->first || index - files->first >= files->files.count)
        return FLAME_OK;
    struct file *file = &files->files.items[index - files->first];
    if (!file->path && file->name) {
        file->path = join(dwarf, files, file);
        status = file->path ? FLAME_OK : FLAME_NOMEM;
    }
    *path = file->path && *file->path ? file->path : NULL;
    return status;
}
