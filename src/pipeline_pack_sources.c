/* pipeline_pack_sources.c: which source files, and their text.
 *
 * Only names that begin at the root are taken, which is where debug information says that they are.
 * Nothing else is looked for: who has sources elsewhere can say so where the pack is read. What may
 * not go into a pack: pipeline_pack_public.c. */
#include "pipeline_pack_sources.h"

#include "pipeline_pack_public.h"

void flame_pack_sources_init(struct flame_pack_sources *s)
{
    *s = (struct flame_pack_sources){ 0 };
    flame_intern_init(&s->names);
}

void flame_pack_sources_deinit(struct flame_pack_sources *s)
{
    for (size_t i = 0; i < s->files.count; i++)
        flame_file_close(&s->files.items[i]);
    flame_vec_free(&s->files);
    flame_intern_deinit(&s->names);
}

static bool add_name(struct flame_pack_sources *s, const char *name)
{
    return !name || *name != '/' ||
           flame_intern_add(&s->names, flame_str_from(name)) != FLAME_INTERN_NONE;
}

/* What the instruction before had: one after the other most have the same. */
struct last {
    const char *file, *call_file;
};

static enum flame_status add_at(struct flame_pack_sources *s, struct flame_dwarf *dwarf,
                                uint64_t offset, struct last *last)
{
    const struct flame_inlined *chain;
    struct flame_line line = { 0 };
    size_t count = 0;
    bool ok = true;
    enum flame_status status = flame_dwarf_line(dwarf, offset, &line);
    if (status == FLAME_OK)
        status = flame_dwarf_inlined(dwarf, offset, &chain, &count);
    if (status != FLAME_OK)
        return status;
    if (line.file != last->file)
        ok = add_name(s, last->file = line.file);
    for (size_t i = 0; i < count && ok; i++)
        if (chain[i].call_file != last->call_file)
            ok = add_name(s, last->call_file = chain[i].call_file);
    return ok ? FLAME_OK : FLAME_NOMEM;
}

enum flame_status flame_pack_sources_of_dwarf(struct flame_pack_sources *s,
                                              struct flame_dwarf *dwarf,
                                              const struct flame_ranges *functions)
{
    struct last last = { 0 };
    enum flame_status status = FLAME_OK;
    for (size_t i = 0; i < functions->count && dwarf && status == FLAME_OK; i++)
        for (uint64_t at = functions->items[i].start;
             at < functions->items[i].end && status == FLAME_OK; at++)
            status = add_at(s, dwarf, at, &last);
    return status;
}

enum flame_status flame_pack_sources_of_jit(struct flame_pack_sources *s,
                                            const struct flame_jit_dump *dump,
                                            const struct flame_jit_method *method)
{
    struct flame_arena names;
    struct flame_code_line *lines = NULL;
    size_t count = 0;
    flame_arena_init(&names, SIZE_MAX);
    enum flame_status status = flame_jit_lines(dump, method, &names, &lines, &count);
    for (size_t i = 0; i < count && status == FLAME_OK; i++)
        if (!add_name(s, lines[i].file))
            status = FLAME_NOMEM;
    free(lines);
    flame_arena_deinit(&names);
    return status;
}

enum flame_status flame_pack_sources_add(struct flame_pack_sources *s, struct flame_packer *packer,
                                         const struct flame_symbol_places *places)
{
    enum flame_status status = FLAME_OK;
    for (uint32_t i = 0; i < s->names.strings.count && status == FLAME_OK; i++) {
        struct flame_str name = flame_intern_get(&s->names, i);
        struct flame_packer_add add = { .role = FLAME_PACKER_TEXT, .path = name.ptr };
        const struct flame_packed_file *packed = flame_packed_at(places->packed, name);
        struct flame_file file = { 0 };
        enum flame_pack_public what = FLAME_PACK_SOURCE;
        uint32_t number;
        if (packed) {
            file = flame_packed_lend(packed);
            add.changed_ns = packed->changed_ns;
        } else {
            what = flame_pack_open_source(&file, name.ptr, places->recorded_ns, &add.changed_ns);
        }
        s->left_out += what == FLAME_PACK_SOURCE_LEFT_OUT;
        if (what != FLAME_PACK_SOURCE)
            continue;
        if (!flame_vec_push(&s->files, file)) {
            flame_file_close(&file);
            return FLAME_NOMEM;
        }
        add.bytes = file.bytes;
        add.size = file.size;
        status = flame_packer_add(packer, &add, &number);
    }
    return status;
}
