/* pipeline_pack_dumps.c: what of a jitdump goes into a pack: all but the code of methods that were
 * not hit, since what a record means depends on those before it. */
#include "pipeline_pack.h"

#include <inttypes.h>
#include <stdio.h>

static bool is_hit(const struct flame_pack_use *use, const struct flame_object *object)
{
    bool hit = false;
    size_t count = object ? flame_object_symbols(object)->list.count : 0;
    for (size_t i = 0; i < count && use->symbols && !hit; i++)
        hit = use->symbols[i];
    return hit;
}

/* Which methods of a dump were hit: hit[methods]. With source, also where these are from. */
static enum flame_status find_methods(struct flame_packing *p, uint32_t dump, bool *hit)
{
    struct flame_session *s = p->session;
    enum flame_status status = FLAME_OK;
    for (uint32_t i = 0; i < p->hits.count && status == FLAME_OK; i++) {
        const struct flame_dso *dso = &s->timeline.dsos.list.items[i];
        if (dso->kind != FLAME_DSO_JITTED || dso->dump != dump ||
            !is_hit(&p->hits.uses[i], flame_symbolizer_object(s->symbolizer, i)))
            continue;
        hit[dso->method] = true;
        const struct flame_jit_dump *d = &s->jitdumps.dumps.list.items[dump];
        if (p->options.source)
            status = flame_pack_sources_of_jit(&p->sources, d, &d->methods.items[dso->method]);
    }
    return status;
}

/* All of the dump but the code of methods that were not hit. */
static bool keep_methods(const struct flame_jit_dump *dump, const bool *hit,
                         struct flame_ranges *kept)
{
    struct flame_ranges left_out = { 0 };
    uint64_t at = 0;
    bool ok = true;
    for (size_t i = 0; i < dump->methods.count && ok; i++) {
        const struct flame_jit_method *m = &dump->methods.items[i];
        uint64_t start = (uint64_t)(m->code - dump->file.bytes);
        if (!hit[i] && m->size)
            ok = flame_ranges_add(&left_out, start, start + m->size);
    }
    flame_ranges_settle(&left_out);
    for (size_t i = 0; i < left_out.count && ok; i++) {
        ok = flame_ranges_add(kept, at, left_out.items[i].start);
        at = left_out.items[i].end;
    }
    ok = ok && flame_ranges_add(kept, at, dump->file.size);
    flame_ranges_settle(kept);
    flame_ranges_free(&left_out);
    return ok;
}

enum flame_status flame_pack_add_dump(struct flame_packing *p, uint32_t marker)
{
    struct flame_session *s = p->session;
    const struct flame_jitdump_marker *m = &s->jitdumps.markers.items[marker];
    const struct flame_jit_dump *dump = &s->jitdumps.dumps.list.items[m->dump];
    struct flame_ranges kept = { 0 };
    struct flame_packed_dump entry = { .recorded = flame_intern_get(&s->jitdumps.paths, marker) };
    bool *hit = calloc(dump->methods.count + 1, sizeof *hit);
    enum flame_status status = hit ? find_methods(p, m->dump, hit) : FLAME_NOMEM;
    if (status == FLAME_OK && !keep_methods(dump, hit, &kept))
        status = FLAME_NOMEM;
    char member[64];
    snprintf(member, sizeof member, "beside/jit-%" PRId32 ".dump", m->pid);
    struct flame_packer_add add = { .role = FLAME_PACKER_TEXT,
                                    .path = dump->header.path,
                                    .bytes = dump->file.bytes,
                                    .size = dump->file.size,
                                    .kept = &kept,
                                    .changed_ns = flame_pack_changed_ns(p, dump->header.path) };
    if (status == FLAME_OK)
        status = flame_packer_add_as(&p->packer, member, &add, &entry.file);
    if (status == FLAME_OK && !flame_vec_push(&p->packer.manifest.packed.dumps, entry))
        status = FLAME_NOMEM;
    flame_ranges_free(&kept);
    free(hit);
    return status;
}
