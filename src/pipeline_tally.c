/* pipeline_tally.c: counted stacks to sums by place and thread, on all processors.
 *
 * Each worker adds up the stacks of its own table. A row is a pair of numbers, a site and a thread;
 * what the workers have is added up at the end.
 *
 * A stack counts once in each row's total, and by its innermost address alone in a row's self: of
 * inlined functions only the one that has the code. That is perf's rule. */
#include "pipeline_tally.h"

#include "pool.h"

/* The row that a site was last counted in. */
struct last_row {
    bool known;
    uint32_t who, row;
};

/* last        by site
 * stamps      number of the last stack that was counted in the row's total, by row
 * dso_stamps  the same, of the last one that the dso has unnamed frames in; [dsos] is for no dso
 * objects     what the verdict asks of each dso */
struct worker {
    struct flame_tally tally; /* but for its sites */
    struct flame_site_finder finder;
    FLAME_VEC(struct last_row) last;
    FLAME_VEC(uint64_t) stamps;
    uint64_t stamp, *dso_stamps;
    struct flame_object_sums objects;
    struct flame_pc *pcs;
    struct flame_walk_ends ends;
    uint64_t unnamed, rooted, cut_off, shortened, unwound, without_stack;
    enum flame_status status;
};

struct tallying {
    struct flame_session *session;
    struct flame_tally *tally;
    const uint32_t *event_of_group;
    size_t event_count;
    struct worker *workers;
    uint32_t *who_of_tag;
};

static bool init(struct flame_tally *t, size_t event_count)
{
    *t = (struct flame_tally){ .unnamed = calloc(event_count + 1, sizeof *t->unnamed) };
    flame_intern_init(&t->whos);
    flame_intern_init(&t->sites);
    flame_intern_init(&t->keys);
    return t->unnamed;
}

void flame_tally_deinit(struct flame_tally *t)
{
    flame_intern_deinit(&t->whos);
    flame_intern_deinit(&t->sites);
    flame_intern_deinit(&t->keys);
    flame_vec_free(&t->rows);
    free(t->unnamed);
    flame_site_table_deinit(&t->table);
}

/* The row of who at site, a new one if need be; UINT32_MAX: no memory. */
static uint32_t find_row(struct flame_tally *t, uint32_t who, uint32_t site)
{
    uint32_t key[] = { who, site };
    uint32_t row = flame_intern_add(&t->keys, (struct flame_str){ (const char *)key, sizeof key });
    if (row == FLAME_INTERN_NONE ||
        (row == t->rows.count &&
         !flame_vec_push(&t->rows, (struct flame_tally_row){ .who = who, .site = site })))
        return UINT32_MAX;
    return row;
}

/* The same of a worker, which mostly counts a site for the thread that it counted it for last.
 * Sites have their numbers one after another. */
static uint32_t row_of(struct worker *w, uint32_t who, uint32_t site)
{
    while (w->last.count <= site)
        if (!flame_vec_push(&w->last, (struct last_row){ 0 }))
            return UINT32_MAX;
    struct last_row *last = &w->last.items[site];
    if (!last->known || last->who != who)
        *last = (struct last_row){ true, who, find_row(&w->tally, who, site) };
    return last->row;
}

/* Count a stack in the total of a row, and, for self, in that. */
static bool add_to_row(struct worker *w, uint32_t who, uint32_t site, const struct flame_hits *hits,
                       bool self)
{
    uint32_t row = row_of(w, who, site);
    if (row == UINT32_MAX || (row == w->stamps.count && !flame_vec_push(&w->stamps, 0)))
        return false;
    struct flame_tally_row *r = &w->tally.rows.items[row];
    if (self)
        flame_hits_add(&r->self, hits);
    if (w->stamps.items[row] != w->stamp)
        flame_hits_add(&r->total, hits);
    w->stamps.items[row] = w->stamp;
    return true;
}

/* Of an event that the verdict is not about, it has to know whether names are only trusted. */
static void note_other_frame(struct worker *w, const struct flame_site_known *known)
{
    if (known->trusted)
        flame_object_sum_of(&w->objects, known->dso)->hit = true;
}

/* What the verdict asks of a frame of an event that it is about. */
static void note_frame(struct worker *w, const struct flame_site_known *known, bool innermost,
                       uint64_t weight)
{
    size_t dso = known->dso == FLAME_DSO_NONE ? w->objects.dsos : known->dso;
    struct flame_object_sum *sum = flame_object_sum_of(&w->objects, known->dso);
    sum->hit = true;
    if (innermost)
        sum->weight = flame_sum(sum->weight, weight);
    if (!known->unnamed)
        return;
    if (innermost)
        w->unnamed = flame_sum(w->unnamed, weight);
    if (w->dso_stamps[dso] != w->stamp)
        sum->unnamed = flame_sum(sum->unnamed, weight);
    w->dso_stamps[dso] = w->stamp;
}

/* Where a stack ends: as pipeline_name.c and pipeline_join.c see it. */
static void note_end(struct worker *w, const struct flame_chain *chain,
                     const struct flame_site_known *outermost, bool shortened, uint64_t weight)
{
    struct flame_walk_end end = { .why = FLAME_END_COUNT };
    if (chain->kind == FLAME_CHAIN_UNWOUND)
        end = flame_chain_end(chain);
    bool walked = end.why != FLAME_END_COUNT;
    bool rooted = outermost->root || end.why == FLAME_END_ROOT;
    bool perhaps = !walked && outermost->unnamed && outermost->dso != FLAME_DSO_NONE;
    if (walked)
        w->unwound = flame_sum(w->unwound, weight);
    if (shortened)
        w->shortened = flame_sum(w->shortened, weight);
    else if (rooted)
        w->rooted = flame_sum(w->rooted, weight);
    else if (!perhaps)
        w->cut_off = flame_sum(w->cut_off, weight);
    if (walked && !shortened && !rooted)
        flame_walk_ends_add(&w->ends, end.why, end.object, weight);
}

/* Count a stack in the rows of one of its addresses. Where there is no chain, an address without a
 * symbol is sampled, and no caller's. */
static bool add_address(struct worker *w, uint32_t who, const struct flame_site_known *known,
                        bool innermost, bool chained, const struct flame_hits *hits)
{
    if (innermost && !add_to_row(w, who, known->self, hits, true))
        return false;
    for (uint32_t k = 0; k < known->count && (chained || !known->unnamed); k++)
        if (!add_to_row(w, who, w->finder.ids.items[known->first + k], hits, false))
            return false;
    return true;
}

static enum flame_status add_stack(const struct tallying *t, struct worker *w,
                                   const struct flame_count *key)
{
    struct flame_session *s = t->session;
    struct flame_tag tag = flame_session_tag(s, key->tag);
    struct flame_hits hits = { key->samples, key->weight };
    struct flame_chain chain = {
        .words = key->bytes, .size = key->size, .kind = tag.kind, .space = tag.space
    };
    uint32_t event = t->event_of_group[tag.event];
    if (event == UINT32_MAX)
        return FLAME_OK;
    bool judged = flame_session_draws(s, tag.event), callers = t->tally->table.keys.callers;
    size_t recorded = flame_chain_pcs(s, &chain, w->pcs);
    size_t depth = flame_session_depth(s, recorded);
    bool shortened = depth < recorded;
    const struct flame_site_known *known = NULL;
    if (!callers && depth)
        depth = 1;
    w->stamp++;
    for (size_t i = 0; i < depth; i++) {
        enum flame_status status = flame_sites_at(&w->finder, &w->pcs[i], &tag, &known);
        if (status != FLAME_OK)
            return status;
        if (!add_address(w, t->who_of_tag[key->tag], known, i == 0, tag.kind < FLAME_CHAIN_LEAF,
                         &hits))
            return FLAME_NOMEM;
        if (i == 0 && known->unnamed)
            w->tally.unnamed[event] = flame_sum(w->tally.unnamed[event], key->weight);
        if (judged)
            note_frame(w, known, i == 0, key->weight);
        else
            note_other_frame(w, known);
    }
    if (judged && callers && known)
        note_end(w, &chain, known, shortened, key->weight);
    if (judged && callers && tag.kind >= FLAME_CHAIN_LEAF)
        w->without_stack += key->samples;
    return FLAME_OK;
}

static void add_stacks(void *user, size_t worker)
{
    struct tallying *t = user;
    struct worker *w = &t->workers[worker];
    const struct flame_counts *raw = &t->session->raw[worker];
    for (size_t i = 0; i < raw->list.count && w->status == FLAME_OK; i++)
        w->status = add_stack(t, w, &raw->list.items[i]);
}

/* Every tag's part of the rows. */
static enum flame_status find_whos(struct tallying *t, struct flame_who_keys keys)
{
    struct flame_session *s = t->session;
    size_t count = s->tags.strings.count;
    t->who_of_tag = calloc(count + 1, sizeof *t->who_of_tag);
    for (uint32_t i = 0; t->who_of_tag && i < count; i++) {
        struct flame_tag tag = flame_session_tag(s, i);
        struct flame_who who = { .event = t->event_of_group[tag.event] };
        if (keys.comm)
            who.comm = tag.comm;
        if (keys.pid)
            who.pid = tag.pid;
        if (keys.tid || (keys.comm && tag.comm == FLAME_COMM_NONE))
            who.tid = tag.tid;
        t->who_of_tag[i] =
            flame_intern_add(&t->tally->whos, (struct flame_str){ (const char *)&who, sizeof who });
        if (t->who_of_tag[i] == FLAME_INTERN_NONE)
            return FLAME_NOMEM;
    }
    return t->who_of_tag ? FLAME_OK : FLAME_NOMEM;
}

static enum flame_status set_up(struct tallying *t)
{
    struct flame_session *s = t->session;
    size_t dsos = s->timeline.dsos.list.count;
    t->workers = calloc(s->threads, sizeof *t->workers);
    bool ok = t->workers && flame_object_sums_init(&s->objects, dsos) &&
              flame_walk_ends_init(&s->ends, dsos);
    for (size_t i = 0; ok && i < s->threads; i++) {
        struct worker *w = &t->workers[i];
        ok = init(&w->tally, t->event_count);
        w->pcs = malloc(FLAME_CHAIN_LIMIT * sizeof *w->pcs);
        w->dso_stamps = calloc(dsos + 1, sizeof *w->dso_stamps);
        ok = ok && flame_site_finder_init(&w->finder, &t->tally->table) == FLAME_OK && w->pcs &&
             w->dso_stamps && flame_object_sums_init(&w->objects, dsos) &&
             flame_walk_ends_init(&w->ends, dsos);
    }
    return ok && flame_counts_even_out(s->raw, s->threads) ? FLAME_OK : FLAME_NOMEM;
}

static void tear_down(struct tallying *t)
{
    for (size_t i = 0; t->workers && i < t->session->threads; i++) {
        struct worker *w = &t->workers[i];
        flame_tally_deinit(&w->tally);
        flame_site_finder_deinit(&w->finder);
        flame_vec_free(&w->last);
        free(w->pcs);
        free(w->dso_stamps);
        flame_object_sums_deinit(&w->objects);
        flame_vec_free(&w->stamps);
        flame_walk_ends_deinit(&w->ends);
    }
    free(t->workers);
    free(t->who_of_tag);
}

static void join_verdict(struct flame_session *s, const struct worker *w)
{
    struct flame_verdict *v = &s->verdict;
    v->unnamed = flame_sum(v->unnamed, w->unnamed);
    v->rooted = flame_sum(v->rooted, w->rooted);
    v->cut_off = flame_sum(v->cut_off, w->cut_off);
    v->shortened = flame_sum(v->shortened, w->shortened);
    v->unwound = flame_sum(v->unwound, w->unwound);
    v->without_stack += w->without_stack;
    flame_object_sums_join(&s->objects, &w->objects);
    flame_walk_ends_join(&s->ends, &w->ends);
}

/* Add a worker's sums to those of all. */
static enum flame_status join_tally(struct flame_tally *all, const struct worker *w,
                                    size_t event_count)
{
    for (size_t e = 0; e < event_count; e++)
        all->unnamed[e] = flame_sum(all->unnamed[e], w->tally.unnamed[e]);
    for (size_t i = 0; i < w->tally.rows.count; i++) {
        const struct flame_tally_row *r = &w->tally.rows.items[i];
        uint32_t site = flame_intern_add(&all->sites, flame_intern_get(&w->finder.sites, r->site));
        uint32_t row = site == FLAME_INTERN_NONE ? UINT32_MAX : find_row(all, r->who, site);
        if (row == UINT32_MAX)
            return FLAME_NOMEM;
        flame_hits_add(&all->rows.items[row].self, &r->self);
        flame_hits_add(&all->rows.items[row].total, &r->total);
    }
    return FLAME_OK;
}

enum flame_status flame_tally_fill(struct flame_tally *tally, struct flame_session *s,
                                   struct flame_who_keys who, struct flame_site_keys where,
                                   const uint32_t *event_of_group, size_t event_count)
{
    struct tallying t = {
        .session = s, .tally = tally, .event_of_group = event_of_group, .event_count = event_count
    };
    enum flame_status status = init(tally, event_count) ? FLAME_OK : FLAME_NOMEM;
    if (status == FLAME_OK)
        status = flame_site_table_init(&tally->table, s, where);
    if (status == FLAME_OK)
        status = find_whos(&t, who);
    if (status == FLAME_OK)
        status = set_up(&t);
    if (status == FLAME_OK)
        flame_pool_run(s->threads, add_stacks, &t);
    for (size_t i = 0; status == FLAME_OK && i < s->threads; i++) {
        status = t.workers[i].status;
        if (status == FLAME_OK)
            status = join_tally(tally, &t.workers[i], event_count);
        join_verdict(s, &t.workers[i]);
    }
    tear_down(&t);
    return status;
}
