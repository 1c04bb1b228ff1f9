/* origins.c: ask debug information once for each instruction, and convert each answer once.
 *
 * Debug information gives equal things at equal addresses: names of files and chains of inlined
 * functions are known by their pointers. So a chain is converted and its names demangled when it is
 * first met. JIT code brings its lines along, and nothing is inlined there as far as they say. */
#include "origins.h"

enum { NAME_LIMIT = 1 << 16 };

/* names   linkage names; shown are those by id
 * chains  pointers to chains of the debug information; converted are those by id
 * file    asked for last, as debug information has it, and what came of it */
struct origins {
    struct flame_dwarf *dwarf;
    struct flame_sources *sources;
    struct flame_arena *arena;
    uint64_t built_ns;
    struct flame_intern names, chains;
    FLAME_VEC(struct flame_str) shown;
    FLAME_VEC(const struct flame_inlined_at *) converted;
    const char *file;
    const struct flame_source_file *source;
    const struct flame_inlined *chain;
    const struct flame_inlined_at *inlined;
    char *text;
};

/* NULL for NULL. */
static enum flame_status source_of(struct origins *o, const char *file,
                                   const struct flame_source_file **out)
{
    enum flame_status status = FLAME_OK;
    if (file != o->file) {
        o->source = NULL;
        if (file)
            status = flame_sources_get(o->sources, file, o->built_ns, &o->source);
        o->file = file;
    }
    *out = o->source;
    return status;
}

static bool show(struct origins *o, const char *name, struct flame_str *out)
{
    uint32_t id = flame_intern_add(&o->names, flame_str_from(name));
    if (id == FLAME_INTERN_NONE)
        return false;
    if (id == o->shown.count) {
        struct flame_str text = { o->text, flame_inlined_show(name, o->text, NAME_LIMIT) };
        text.ptr = flame_arena_copy(o->arena, text);
        if (!text.ptr || !flame_vec_push(&o->shown, text))
            return false;
    }
    *out = o->shown.items[id];
    return true;
}

static enum flame_status convert(struct origins *o, const struct flame_inlined *chain, size_t count,
                                 const struct flame_inlined_at **out)
{
    struct flame_inlined_at *list = flame_arena_zalloc(o->arena, count, sizeof *list);
    enum flame_status status = list ? FLAME_OK : FLAME_NOMEM;
    for (size_t i = 0; i < count && status == FLAME_OK; i++) {
        status = source_of(o, chain[i].call_file, &list[i].call);
        list[i].call_line = list[i].call ? chain[i].call_line : 0;
        if (status == FLAME_OK && !show(o, chain[i].name, &list[i].name))
            status = FLAME_NOMEM;
    }
    *out = list;
    return status;
}

static enum flame_status inlined_of(struct origins *o, const struct flame_inlined *chain,
                                    size_t count, const struct flame_inlined_at **out)
{
    if (chain != o->chain) {
        struct flame_str key = { (const char *)&chain, sizeof chain };
        uint32_t id = flame_intern_add(&o->chains, key);
        if (id == FLAME_INTERN_NONE)
            return FLAME_NOMEM;
        if (id == o->converted.count) {
            const struct flame_inlined_at *list;
            enum flame_status status = convert(o, chain, count, &list);
            if (status != FLAME_OK || !flame_vec_push(&o->converted, list))
                return FLAME_NOMEM;
        }
        o->chain = chain;
        o->inlined = o->converted.items[id];
    }
    *out = o->inlined;
    return FLAME_OK;
}

static enum flame_status from_dwarf(struct origins *o, uint64_t offset,
                                    struct flame_instruction *at)
{
    struct flame_line line;
    const struct flame_inlined *chain;
    size_t count;
    enum flame_status status = flame_dwarf_line(o->dwarf, offset, &line);
    if (status == FLAME_OK)
        status = source_of(o, line.file, &at->source);
    if (status == FLAME_OK)
        status = flame_dwarf_inlined(o->dwarf, offset, &chain, &count);
    if (status != FLAME_OK)
        return status;
    at->line = at->source ? line.line : 0;
    at->inlined_count = count;
    return count ? inlined_of(o, chain, count, &at->inlined) : FLAME_OK;
}

static enum flame_status from_lines(struct origins *o, const struct flame_code *code,
                                    const struct flame_instructions *instructions)
{
    enum flame_status status = FLAME_OK;
    size_t next = 0;
    for (size_t i = 0; i < instructions->count && status == FLAME_OK; i++) {
        struct flame_instruction *at = &instructions->list[i];
        while (next < code->line_count && code->lines[next].address <= at->address)
            next++;
        if (next == 0)
            continue;
        status = source_of(o, code->lines[next - 1].file, &at->source);
        at->line = at->source ? code->lines[next - 1].line : 0;
    }
    return status;
}

static enum flame_status find(struct origins *o, const struct flame_instructions *instructions,
                              const struct flame_code *code, struct flame_code_file *file)
{
    if (code->line_count)
        return from_lines(o, code, instructions);
    enum flame_status status = flame_code_dwarf(file, &o->dwarf);
    for (size_t i = 0; i < instructions->count && o->dwarf && status == FLAME_OK; i++) {
        struct flame_instruction *at = &instructions->list[i];
        status = from_dwarf(o, code->offset + (at->address - code->address), at);
    }
    return status;
}

enum flame_status flame_origins_find(const struct flame_instructions *instructions,
                                     const struct flame_code *code, struct flame_code_file *file,
                                     struct flame_sources *sources, struct flame_arena *arena,
                                     bool *known)
{
    struct origins o = { .sources = sources,
                         .arena = arena,
                         .built_ns = flame_code_built_ns(file),
                         .text = malloc(NAME_LIMIT) };
    flame_intern_init(&o.names);
    flame_intern_init(&o.chains);
    enum flame_status status = o.text ? find(&o, instructions, code, file) : FLAME_NOMEM;
    *known = false;
    for (size_t i = 0; i < instructions->count; i++)
        *known = *known || instructions->list[i].source;
    flame_intern_deinit(&o.names);
    flame_intern_deinit(&o.chains);
    flame_vec_free(&o.shown);
    flame_vec_free(&o.converted);
    free(o.text);
    return status;
}
