/* pipeline_pack_objects.c: what of an object's files goes into a pack.
 *
 * Which functions were hit is known as symbols; where the file has them, the reader of code says,
 * which knows all kinds of files. Names, the program and a kernel's code may lie in three files;
 * the manifest says which is which. */
#include "pipeline_pack.h"

#include "build_id.h"
#include "cfi.h"
#include "depot.h"
#include "kernel.h"
#include "pipeline_pack_lists.h"

#include <inttypes.h>
#include <stdio.h>

/* An object while it is packed.
 *
 * functions  of it that were hit, as offsets in its file */
struct subject {
    const struct flame_dso *dso;
    const struct flame_object *object;
    const struct flame_pack_use *use;
    struct flame_object_request request;
    struct flame_code_file *code;
    struct flame_ranges functions, words;
    struct flame_packed_object entry;
};

uint64_t flame_pack_changed_ns(const struct flame_packing *p, const char *path)
{
    const struct flame_packed_file *packed =
        flame_packed_at(p->session->places.packed, flame_str_from(path));
    return packed ? packed->changed_ns : flame_depot_changed_ns(p->session->places.depot, path);
}

/* Code without symbols, as whole functions where call-frame information knows them: who reads the
 * pack may have their names. */
static enum flame_status find_nameless(struct subject *o)
{
    const struct flame_object *holder = flame_code_holder(o->code);
    const struct flame_object *object = o->object->files.count ? o->object : holder;
    const struct flame_ranges *places = &o->use->places;
    struct flame_cfi *cfi = NULL;
    uint64_t start = 0, end = 0;
    bool found = false;
    enum flame_status status = FLAME_OK;
    if (places->count && object && object->files.count)
        status = flame_cfi_open(&cfi, object);
    for (size_t i = 0; i < places->count && status == FLAME_OK; i++) {
        const struct flame_range *place = &places->items[i];
        if (!flame_ranges_add(&o->functions, place->start, place->end))
            status = FLAME_NOMEM;
        /* A range has a few addresses, next to each other. */
        for (uint64_t at = place->start; at < place->end && status == FLAME_OK; at++) {
            if (found && at >= start && at < end)
                continue;
            status = flame_cfi_function(cfi, at, &start, &end, &found);
            if (status == FLAME_OK && found && !flame_ranges_add(&o->functions, start, end))
                status = FLAME_NOMEM;
        }
    }
    flame_cfi_close(cfi);
    return status;
}

/* Where the file has the functions that were hit, and code without symbols. */
static enum flame_status find_functions(struct subject *o)
{
    const struct flame_symbols *symbols = flame_object_symbols(o->object);
    bool kernel = o->request.kind == FLAME_OBJECT_KERNEL, ok = true;
    for (size_t i = 0; i < symbols->list.count && ok && o->use->symbols; i++) {
        const struct flame_symbol *symbol = &symbols->list.items[i];
        struct flame_error why = FLAME_ERROR_INIT;
        struct flame_code code;
        if (!o->use->symbols[i])
            continue;
        enum flame_status status = flame_code_of(o->code, symbol, &code, &why);
        uint64_t start = o->object->base + symbol->start;
        if (status == FLAME_NOMEM)
            return status;
        if (status == FLAME_OK && code.size)
            ok = flame_ranges_add(&o->functions, code.offset, code.offset + code.size);
        if (!kernel && o->request.kind != FLAME_OBJECT_MODULE)
            ok = ok && flame_ranges_add(&o->functions, start, o->object->base + symbol->end);
    }
    enum flame_status status = !ok ? FLAME_NOMEM : kernel ? FLAME_OK : find_nameless(o);
    flame_ranges_settle(&o->functions);
    return status;
}

/* Keep what is needed of the files of an object: of subject's, or that with its code. */
static enum flame_status keep_files(struct flame_packing *p, struct subject *o,
                                    const struct flame_object *object)
{
    struct flame_kept *kept = calloc(1, sizeof *kept);
    if (!kept || !flame_vec_push(&p->kepts, kept)) {
        free(kept);
        return FLAME_NOMEM;
    }
    struct flame_keep_request request = { .path = o->dso->path,
                                          .reference = o->request.reference,
                                          .places = &p->session->places,
                                          .functions = &o->functions,
                                          .words = &o->words,
                                          .unwinds = true };
    enum flame_status status = flame_keep_object(kept, object, &request);
    const char *program = object->program ? object->program : object->used;
    for (size_t i = 0; i < kept->files.count && status == FLAME_OK; i++) {
        const struct flame_kept_file *file = &kept->files.items[i];
        bool is_program = strcmp(file->path, program) == 0;
        struct flame_packer_add add = {
            .role = !is_program                            ? FLAME_PACKER_DEBUG
                    : o->request.kind == FLAME_OBJECT_VDSO ? FLAME_PACKER_VDSO
                                                           : FLAME_PACKER_PROGRAM,
            .path = file->path,
            .bytes = file->bytes,
            .size = file->size,
            .kept = &file->kept,
            .original = file->changed ? file->original : NULL,
            .packed = &file->packed,
            .changed_ns = flame_pack_changed_ns(p, file->path),
        };
        uint32_t number;
        status = flame_packer_add(&p->packer, &add, &number);
    }
    if (status == FLAME_OK && p->options.source && !object->trusted && !o->object->trusted)
        status = flame_pack_sources_of_dwarf(&p->sources, kept->dwarf, &o->functions);
    return status;
}

/* The files of a program, library, module or vDSO. */
static enum flame_status add_files(struct flame_packing *p, struct subject *o)
{
    const struct flame_object *holder = flame_code_holder(o->code);
    const struct flame_object *object = o->object->files.count ? o->object : holder;
    if (!object || object->files.count == 0)
        return FLAME_OK;
    enum flame_status status = keep_files(p, o, object);
    o->entry.state = object->state;
    o->entry.used = flame_str_from(object->used);
    o->entry.program = flame_str_from(object->program ? object->program : object->used);
    o->entry.runtime = flame_packer_find(&p->packer, o->entry.program.ptr);
    if (!flame_str_equal(o->entry.used, o->entry.program))
        o->entry.names = flame_packer_find(&p->packer, o->entry.used.ptr);
    return status;
}

/* A text that was made of a list. */
static enum flame_status add_text(struct flame_packing *p, struct flame_output *text,
                                  const char *member, const char *path,
                                  const struct flame_build_id *id, uint32_t *number)
{
    struct flame_str bytes = flame_output_bytes(text);
    struct flame_packer_add add = { .role = FLAME_PACKER_TEXT,
                                    .path = path,
                                    .bytes = (const uint8_t *)bytes.ptr,
                                    .size = bytes.len,
                                    .changed_ns = flame_pack_changed_ns(p, path),
                                    .id = *id };
    return flame_packer_add_as(&p->packer, member, &add, number);
}

static struct flame_output *new_text(struct flame_packing *p)
{
    struct flame_output *text = flame_output_memory();
    if (text && flame_vec_push(&p->texts, text))
        return text;
    flame_output_discard(text);
    return NULL;
}

/* Code of a kernel in a copy of its memory. */
static enum flame_status add_memory(struct flame_packing *p, struct subject *o,
                                    const struct flame_code_memory *memory)
{
    const char *path = flame_code_path(o->code);
    struct flame_ranges kept = { 0 };
    struct flame_file file;
    enum flame_status status = flame_depot_open(p->session->places.depot, path, &file, NULL);
    if (status != FLAME_OK) {
        p->contents.memory_left_out = true;
        return status == FLAME_NOMEM ? FLAME_NOMEM : FLAME_OK;
    }
    bool ok = flame_vec_push(&p->files, file);
    if (!ok)
        flame_file_close(&file);
    ok = ok && flame_ranges_add(&kept, 0, memory->head_size);
    for (size_t i = 0; i < o->functions.count && ok; i++)
        ok = flame_ranges_add(&kept, o->functions.items[i].start, o->functions.items[i].end);
    flame_ranges_settle(&kept);
    struct flame_packer_add add = { .role = FLAME_PACKER_DEBUG,
                                    .path = path,
                                    .bytes = file.bytes,
                                    .size = file.size,
                                    .kept = &kept,
                                    .changed_ns = flame_pack_changed_ns(p, path) };
    status = ok ? flame_packer_add(&p->packer, &add, &o->entry.code) : FLAME_NOMEM;
    o->entry.shift = memory->shift;
    o->entry.modules = memory->modules;
    flame_ranges_free(&kept);
    return status;
}

/* Where it was not recorded, it is this boot's. */
static struct flame_build_id kernel_id(const struct flame_packing *p, const struct subject *o)
{
    const struct flame_packed_file *packed = NULL;
    struct flame_build_id id = o->request.build_id;
    if (o->object->packed)
        packed = flame_packed_file(p->session->places.packed, o->object->packed->names);
    if (packed)
        id = packed->build_id;
    else if (id.size == 0 && p->session->places.same_boot)
        flame_kernel_running_id(&id);
    return id;
}

static enum flame_status add_kernel_list(struct flame_packing *p, struct subject *o, bool whole)
{
    struct flame_output *text = new_text(p);
    char hex[FLAME_BUILD_ID_HEX], member[128];
    struct flame_build_id id = kernel_id(p, o);
    bool there;
    if (!text)
        return FLAME_NOMEM;
    enum flame_status status =
        flame_pack_put_kernel(text, p->session, o->object, &o->request, o->use, whole, &there);
    if (status != FLAME_OK || !there)
        return status;
    flame_build_id_hex(&id, hex);
    snprintf(member, sizeof member, "cache/[kernel.kallsyms]/%s/kallsyms", *hex ? hex : "unknown");
    return add_text(p, text, member, o->object->used, &id, &o->entry.names);
}

/* A kernel's names may be in a list and its code in an image, or both in one image. */
static enum flame_status add_kernel(struct flame_packing *p, struct subject *o, bool embedded)
{
    const struct flame_object *holder = flame_code_holder(o->code), *object = o->object;
    struct flame_code_memory memory = flame_code_memory(o->code);
    enum flame_status status = FLAME_OK;
    o->entry.used = flame_str_from(object->used);
    if (holder)
        status = keep_files(p, o, holder);
    else if (memory.head_size)
        status = add_memory(p, o, &memory);
    if (holder && status == FLAME_OK)
        o->entry.code = flame_packer_find(&p->packer, flame_code_path(o->code));
    if (status != FLAME_OK || embedded)
        return status;
    if (object->files.count == 0 && *object->used)
        return add_kernel_list(p, o, memory.head_size != 0);
    if (object->files.count && !(holder && strcmp(holder->used, object->used) == 0))
        status = keep_files(p, o, object);
    if (object->files.count)
        o->entry.names = flame_packer_find(&p->packer, object->used);
    return status;
}

static enum flame_status add_jit_map(struct flame_packing *p, struct subject *o)
{
    struct flame_output *text = new_text(p);
    char member[64];
    bool there;
    if (!text)
        return FLAME_NOMEM;
    enum flame_status status = flame_pack_put_jit_map(text, p->session, o->object, o->use, &there);
    if (status != FLAME_OK || !there)
        return status;
    o->entry.used = flame_str_from(o->object->used);
    snprintf(member, sizeof member, "beside/perf-%" PRId32 ".map", o->request.pid);
    return add_text(p, text, member, o->object->used, &o->request.build_id, &o->entry.names);
}

static enum flame_status open_code(struct flame_packing *p, struct subject *o)
{
    enum flame_status status =
        flame_code_open(&o->code, o->object, &o->request, &p->session->places);
    if (status != FLAME_OK || flame_vec_push(&p->codes, o->code))
        return status;
    flame_code_close(o->code);
    return FLAME_NOMEM;
}

static enum flame_status add_by_kind(struct flame_packing *p, struct subject *o, bool embedded)
{
    switch (o->request.kind) {
    case FLAME_OBJECT_ELF:
    case FLAME_OBJECT_VDSO:
    case FLAME_OBJECT_MODULE:
        return add_files(p, o);
    case FLAME_OBJECT_KERNEL:
        return add_kernel(p, o, embedded);
    case FLAME_OBJECT_JIT:
        return *o->object->used && !embedded ? add_jit_map(p, o) : FLAME_OK;
    case FLAME_OBJECT_JITTED:
    case FLAME_OBJECT_JIT_COPY:
    case FLAME_OBJECT_PLAIN:
        break;
    }
    return FLAME_OK;
}

/* Whether an object of that kind may have files. */
static bool is_packed(const struct flame_dso *dso)
{
    return dso->kind == FLAME_DSO_FILE || dso->kind == FLAME_DSO_VDSO ||
           dso->kind == FLAME_DSO_JIT || dso->kind == FLAME_DSO_KERNEL ||
           dso->kind == FLAME_DSO_MODULE;
}

enum flame_status flame_pack_add_object(struct flame_packing *p, uint32_t number)
{
    struct flame_session *s = p->session;
    struct subject o = { .dso = &s->timeline.dsos.list.items[number],
                         .object = flame_symbolizer_object(s->symbolizer, number),
                         .use = &p->hits.uses[number] };
    if (!o.object || !is_packed(o.dso))
        return FLAME_OK;
    o.request = flame_symbol_request(o.dso);
    o.entry = (struct flame_packed_object){
        .kind = o.request.kind,
        .name = o.request.name,
        .build_id = o.request.build_id,
        .found_id = o.object->found_id,
        .pid = o.request.pid,
        .narrow = o.request.narrow,
        .trusted = o.object->trusted,
        .state = o.object->state,
        .used = { "", 0 },
        .program = { "", 0 },
        .names = FLAME_PACKED_NONE,
        .runtime = FLAME_PACKED_NONE,
        .code = FLAME_PACKED_NONE,
    };
    bool embedded = s->places.embedded && flame_embedded_has(s->places.embedded, &o.request);
    enum flame_status status = open_code(p, &o);
    if (status == FLAME_OK)
        status = find_functions(&o);
    if (status == FLAME_OK)
        status = flame_symbolizer_words(s->symbolizer, number, &o.words);
    flame_ranges_settle(&o.words);
    if (status == FLAME_OK)
        status = add_by_kind(p, &o, embedded);
    if (status == FLAME_OK && p->packer.manifest.packed.objects.count == FLAME_MANIFEST_MANY)
        status = FLAME_LIMIT;
    if (status == FLAME_OK && !flame_vec_push(&p->packer.manifest.packed.objects, o.entry))
        status = FLAME_NOMEM;
    flame_ranges_free(&o.functions);
    flame_ranges_free(&o.words);
    return status;
}
