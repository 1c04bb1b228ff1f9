/* pipeline_sites.c: from an address of a stack to what a report tells apart there.
 *
 * Each worker remembers what it looked up lately: as long as no other address takes its slot, an
 * address is a few numbers, the functions that were inlined there and the one that has the code. */
#include "pipeline_sites.h"

#include "root.h"

enum { KNOWN_SLOTS = 1 << 15, NAME_LIMIT = 1 << 16 };

static bool add_site(struct flame_site_finder *f, const struct flame_site *site, uint32_t *id)
{
    *id = flame_intern_add(&f->sites, (struct flame_str){ (const char *)site, sizeof *site });
    return *id != FLAME_INTERN_NONE;
}

/* The name of an inlined function as it is shown: instances of a template may have the same. NULL:
 * no memory. */
static const char *show_inlined(struct flame_site_finder *f, const char *linkage)
{
    struct flame_str key = { (const char *)&linkage, sizeof linkage };
    uint32_t known = flame_intern_add(&f->linkage, key);
    if (known == FLAME_INTERN_NONE)
        return NULL;
    if (known < f->shown.count)
        return f->shown.items[known];
    struct flame_site_table *t = f->table;
    struct flame_str name = { f->text, flame_inlined_show(linkage, f->text, NAME_LIMIT) };
    pthread_mutex_lock(&t->lock);
    uint32_t id = flame_intern_add(&t->inlined, name);
    const char *shown = id == FLAME_INTERN_NONE ? NULL : flame_intern_get(&t->inlined, id).ptr;
    pthread_mutex_unlock(&t->lock);
    return shown && flame_vec_push(&f->shown, shown) ? shown : NULL;
}

/* What lies nowhere is nobody's. */
static bool is_kernel(const struct flame_session *s, uint32_t dso)
{
    return dso != FLAME_DSO_NONE && flame_dso_is_kernel(&s->timeline.dsos.list.items[dso]);
}

/* Whether names at a place come from a file that is only trusted. */
static bool is_trusted(const struct flame_session *s, const struct flame_symbol_place *place)
{
    return place->owner != FLAME_DSO_NONE &&
           flame_symbolizer_object(s->symbolizer, place->owner)->trusted;
}

/* The site of a function at a place: the one that has the code, or (inlined not NULL) one inlined
 * there; line is where in its source. */
static struct flame_site site_of(const struct flame_site_table *t,
                                 const struct flame_symbol_place *place, const char *inlined,
                                 struct flame_line line, uint64_t address)
{
    const struct flame_site_keys *keys = &t->keys;
    struct flame_site site = { .dso = FLAME_DSO_NONE };
    bool has_line = keys->srcline && line.file && line.line;
    if (has_line) {
        site.file = line.file;
        site.line = line.line;
    }
    /* Lines alone: of what has none, it is said where it is. */
    site.place = keys->symbol || keys->dso || (keys->srcline && !has_line);
    if (site.place && place->dso != FLAME_DSO_NONE)
        site.dso = t->first_of_name[place->dso];
    site.kernel = site.place && is_kernel(t->session, place->dso);
    site.trusted = (site.place || has_line) && is_trusted(t->session, place);
    if (keys->symbol && inlined) {
        site.inlined = inlined;
    } else if (keys->symbol && place->symbol) {
        site.symbol = place->symbol;
        site.frame = place->frame;
    } else if (keys->symbol && keys->addresses) {
        site.address = address;
    }
    return site;
}

/* The sites of a stack at a place, innermost first. */
static enum flame_status add_sites(struct flame_site_finder *f,
                                   const struct flame_symbol_place *place,
                                   const struct flame_place_detail *detail, uint64_t pc)
{
    for (size_t i = 0; i <= detail->inlined_count; i++) {
        struct flame_line line = detail->line;
        const char *inlined = NULL;
        uint32_t id;
        if (i > 0)
            line = (struct flame_line){ detail->inlined[i - 1].call_file,
                                        detail->inlined[i - 1].call_line };
        if (i < detail->inlined_count && f->table->keys.symbol &&
            !(inlined = show_inlined(f, detail->inlined[i].name)))
            return FLAME_NOMEM;
        struct flame_site site = site_of(f->table, place, inlined, line, pc);
        if (!add_site(f, &site, &id) || !flame_vec_push(&f->ids, id))
            return FLAME_NOMEM;
    }
    return FLAME_OK;
}

static enum flame_status look_up(struct flame_site_finder *f,
                                 const struct flame_symbol_query *query,
                                 struct flame_site_known *known)
{
    const struct flame_site_table *t = f->table;
    struct flame_symbolizer *symbolizer = t->session->symbolizer;
    struct flame_symbol_place place;
    struct flame_place_detail detail = { 0 };
    enum flame_status status = flame_symbolize_place(symbolizer, query, &place);
    if (status == FLAME_OK && (t->keys.symbol || t->keys.srcline))
        status = flame_symbolize_detail(symbolizer, &place, false, &detail);
    if (status != FLAME_OK)
        return status;
    known->unnamed = !place.symbol;
    known->trusted = is_trusted(t->session, &place);
    known->dso = place.dso;
    known->root = place.symbol && flame_root_is(flame_str_from(place.symbol->name));
    known->first = (uint32_t)f->ids.count;
    struct flame_site self = site_of(t, &place, NULL, detail.line, place.address);
    if (!add_site(f, &self, &known->self))
        return FLAME_NOMEM;
    if (t->keys.callers)
        status = add_sites(f, &place, &detail, query->pc);
    known->count = (uint32_t)f->ids.count - known->first;
    return status;
}

enum flame_status flame_sites_at(struct flame_site_finder *f, const struct flame_pc *pc,
                                 const struct flame_tag *tag, const struct flame_site_known **out)
{
    struct flame_site_known *k = &f->known[flame_known_slot(pc, tag, KNOWN_SLOTS)];
    *out = k;
    if (flame_known_is(&k->key, pc, tag))
        return FLAME_OK;
    struct flame_symbol_query query = flame_known_query(pc, tag);
    *k = (struct flame_site_known){ .key = flame_known_key(pc, tag) };
    enum flame_status status = look_up(f, &query, k);
    k->key.used = status == FLAME_OK;
    return status;
}

/* An object is one to the reader, whatever else tells its dsos apart. */
static enum flame_status find_names(struct flame_site_table *t)
{
    const struct flame_dsos *dsos = &t->session->timeline.dsos;
    struct flame_intern names;
    FLAME_VEC(uint32_t) first = { 0 };
    t->first_of_name = calloc(dsos->list.count + 1, sizeof *t->first_of_name);
    bool ok = t->first_of_name;
    flame_intern_init(&names);
    for (uint32_t i = 0; i < dsos->list.count && ok; i++) {
        uint32_t id = flame_intern_add(&names, dsos->list.items[i].name);
        ok = id != FLAME_INTERN_NONE && (id < first.count || flame_vec_push(&first, i));
        if (ok)
            t->first_of_name[i] = first.items[id];
    }
    flame_vec_free(&first);
    flame_intern_deinit(&names);
    return ok ? FLAME_OK : FLAME_NOMEM;
}

enum flame_status flame_site_table_init(struct flame_site_table *t, struct flame_session *s,
                                        struct flame_site_keys keys)
{
    *t = (struct flame_site_table){ .session = s, .keys = keys };
    pthread_mutex_init(&t->lock, NULL);
    flame_intern_init(&t->inlined);
    return find_names(t);
}

void flame_site_table_deinit(struct flame_site_table *t)
{
    if (!t->session)
        return;
    free(t->first_of_name);
    flame_intern_deinit(&t->inlined);
    pthread_mutex_destroy(&t->lock);
}

enum flame_status flame_site_finder_init(struct flame_site_finder *f,
                                         struct flame_site_table *table)
{
    *f = (struct flame_site_finder){ .table = table };
    flame_intern_init(&f->sites);
    flame_intern_init(&f->linkage);
    f->known = calloc(KNOWN_SLOTS, sizeof *f->known);
    f->text = malloc(NAME_LIMIT);
    return f->known && f->text ? FLAME_OK : FLAME_NOMEM;
}

void flame_site_finder_deinit(struct flame_site_finder *f)
{
    flame_intern_deinit(&f->sites);
    flame_intern_deinit(&f->linkage);
    flame_vec_free(&f->ids);
    flame_vec_free(&f->shown);
    free(f->known);
    free(f->text);
}
