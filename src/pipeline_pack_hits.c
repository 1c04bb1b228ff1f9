/* pipeline_pack_hits.c: every address that was counted, to the function that it is in.
 *
 * A caller's address is looked up one byte earlier, or as it is, by what lies there; of kernels,
 * whose lists have no sizes, both addresses are noted. */
#include "pipeline_pack_hits.h"

#include "hash.h"
#include "pipeline_branches.h"

enum { KNOWN_SLOTS = 1 << 15 };

/* An address that was looked up lately. */
struct known {
    uint64_t pc;
    uint32_t space, kernel_space;
    uint8_t mode;
    bool used, at_call;
};

struct finder {
    struct flame_pack_hits *hits;
    struct flame_session *session;
    struct known *known;
    uint32_t kernel;
};

void flame_pack_hits_free(struct flame_pack_hits *hits)
{
    for (size_t i = 0; hits->uses && i < hits->count; i++) {
        free(hits->uses[i].symbols);
        flame_ranges_free(&hits->uses[i].places);
    }
    free(hits->uses);
    *hits = (struct flame_pack_hits){ 0 };
}

/* The use of an object that was loaded; NULL when memory is exhausted. */
static struct flame_pack_use *use_of(struct finder *f, uint32_t dso)
{
    struct flame_pack_use *use = &f->hits->uses[dso];
    const struct flame_object *object = flame_symbolizer_object(f->session->symbolizer, dso);
    use->asked = true;
    if (!use->symbols && object)
        use->symbols = calloc(flame_object_symbols(object)->list.count + 1, sizeof *use->symbols);
    return use->symbols ? use : NULL;
}

/* An address, and of a caller the call's last byte. */
static bool add_place(struct finder *f, uint32_t dso, uint64_t address, bool at_call)
{
    enum { MANY = 1 << 16 };
    struct flame_pack_use *use = use_of(f, dso);
    if (!use || !flame_ranges_add(&use->places, address - (at_call && address), address + 1))
        return false;
    if (use->places.count % MANY == 0)
        flame_ranges_settle(&use->places);
    return true;
}

static enum flame_status add_found(struct finder *f, const struct flame_symbol_place *place,
                                   bool kernel, bool at_call, uint64_t pc)
{
    bool ok = true;
    if (place->symbol) {
        struct flame_pack_use *use = use_of(f, place->owner);
        const struct flame_object *object =
            flame_symbolizer_object(f->session->symbolizer, place->owner);
        if (!use)
            return FLAME_NOMEM;
        use->symbols[place->symbol - flame_object_symbols(object)->list.items] = true;
    } else if (place->dso != FLAME_DSO_NONE && !kernel) {
        ok = add_place(f, place->dso, place->address, at_call);
    }
    if (kernel && f->kernel != FLAME_DSO_NONE &&
        flame_symbolizer_object(f->session->symbolizer, f->kernel))
        ok = ok && add_place(f, f->kernel, pc, at_call);
    return ok ? FLAME_OK : FLAME_NOMEM;
}

static bool is_known(struct finder *f, const struct flame_pc *pc, const struct flame_tag *tag)
{
    struct known *k =
        &f->known[flame_hash_pair(pc->pc, (uint64_t)tag->space << 8 | (uint8_t)pc->mode) %
                  KNOWN_SLOTS];
    if (k->used && k->pc == pc->pc && k->mode == (uint8_t)pc->mode && k->at_call == pc->at_call &&
        k->space == tag->space && k->kernel_space == tag->kernel_space)
        return true;
    *k = (struct known){
        pc->pc, tag->space, tag->kernel_space, (uint8_t)pc->mode, true, pc->at_call
    };
    return false;
}

static enum flame_status find_stack(struct finder *f, const struct flame_count *key,
                                    struct flame_pc *pcs)
{
    struct flame_session *s = f->session;
    struct flame_tag tag = flame_session_tag(s, key->tag);
    struct flame_chain chain = {
        .words = key->bytes, .size = key->size, .kind = tag.kind, .space = tag.space
    };
    enum flame_status status = FLAME_OK;
    size_t count = flame_chain_pcs(s, &chain, pcs);
    for (size_t i = 0; i < count && status == FLAME_OK; i++) {
        const struct flame_pc *pc = &pcs[i];
        struct flame_symbol_place place;
        if (is_known(f, pc, &tag))
            continue;
        struct flame_symbol_query query = { pc->pc, pc->mode,  pc->at_call,
                                            false,  tag.space, tag.kernel_space };
        status = flame_symbolize_place(s->symbolizer, &query, &place);
        if (status == FLAME_OK)
            status = add_found(f, &place, pc->mode == FLAME_MODE_KERNEL, pc->at_call, pc->pc);
    }
    return status;
}

/* Branches lie in objects that samples hit, or do not count. */
static enum flame_status find_branches(struct finder *f, const struct flame_branches *branches)
{
    enum flame_status status = FLAME_OK;
    for (size_t i = 0; i < branches->list.count; i++) {
        const struct flame_branch_key *key = &branches->list.items[i].key;
        const uint64_t pcs[] = { key->from, key->before };
        for (size_t k = 0; k < 1 + (size_t)(key->has_before != 0) && status == FLAME_OK; k++) {
            struct flame_symbol_place place;
            status = flame_branch_find(f->session, key, pcs[k], &place);
            /* Which of both it is in, is not said: the kernel's has no map of the process. */
            if (status == FLAME_OK && place.owner != FLAME_DSO_NONE)
                status = add_found(f, &place, place.owner == f->kernel, false, pcs[k]);
        }
    }
    return status;
}

static uint32_t kernel_of(const struct flame_session *s)
{
    const struct flame_dsos *dsos = &s->timeline.dsos;
    for (uint32_t i = 0; i < dsos->list.count; i++)
        if (dsos->list.items[i].kind == FLAME_DSO_KERNEL)
            return i;
    return FLAME_DSO_NONE;
}

enum flame_status flame_pack_find_hits(struct flame_pack_hits *hits, struct flame_session *s)
{
    hits->count = s->timeline.dsos.list.count;
    hits->uses = calloc(hits->count + 1, sizeof *hits->uses);
    struct finder f = { hits, s, calloc(KNOWN_SLOTS, sizeof *f.known), kernel_of(s) };
    struct flame_pc *pcs = malloc(FLAME_CHAIN_LIMIT * sizeof *pcs);
    enum flame_status status = hits->uses && f.known && pcs ? FLAME_OK : FLAME_NOMEM;
    for (size_t w = 0; w < s->threads && status == FLAME_OK; w++)
        for (size_t i = 0; i < s->raw[w].list.count && status == FLAME_OK; i++)
            status = find_stack(&f, &s->raw[w].list.items[i], pcs);
    for (size_t w = 0; w < s->threads && s->branches && status == FLAME_OK; w++)
        status = find_branches(&f, &s->branches[w]);
    free(f.known);
    free(pcs);
    for (uint32_t i = 0; i < hits->count && hits->uses; i++) {
        flame_ranges_settle(&hits->uses[i].places);
        if (flame_symbolizer_object(s->symbolizer, i))
            hits->uses[i].asked = true;
    }
    return status;
}
