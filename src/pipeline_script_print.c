/* pipeline_script_print.c: one sample: its names, and the lines that it becomes.
 *
 * The timeline is complete, so that any sample can be named at any time. Most addresses were
 * printed shortly before; a small cache knows them. Nothing is allocated for a sample. */
#include "pipeline_script.h"

#include "hash.h"

#include <stdio.h>
#include <stdlib.h>

enum { CACHE_SLOTS = 1 << 14, NAME_LIMIT = 1 << 16 };

/* An address that was asked for lately. where is the space in 28 bits and, above, the cpumode + 1,
 * plus 8 for a caller, as in pipeline_name.c; 0: free. While a user-space address has the same key,
 * it is right under other versions of the maps, too. */
struct flame_script_known {
    uint64_t pc;
    uint32_t where;
    struct flame_map_key key;
    struct flame_script_place place;
    const struct flame_script_place *inlined; /* in place, innermost first */
    size_t inlined_count;
};

/* The text of a symbol, made once: places of the cache borrow it. */
static bool name_of(struct flame_script *p, const struct flame_symbol *symbol,
                    struct flame_str *name)
{
    struct flame_str key = { (const char *)&symbol, sizeof symbol };
    uint32_t id = flame_intern_add(&p->symbols, key);
    if (id == FLAME_INTERN_NONE)
        return false;
    if (id == p->names.count) {
        struct flame_str text = { p->text, flame_symbol_show(symbol, p->text, NAME_LIMIT) };
        text.ptr = flame_arena_copy(&p->session->arena, text);
        if (!text.ptr || !flame_vec_push(&p->names, text))
            return false;
    }
    *name = p->names.items[id];
    return true;
}

/* "file:line" without folders, as perf shows it; empty where it is not known. */
static bool line_text(struct flame_script *p, const char *file, uint32_t line,
                      struct flame_str *text)
{
    *text = (struct flame_str){ 0 };
    if (!file || !line)
        return true;
    struct flame_str base = flame_str_basename(flame_str_from(file));
    int n = snprintf(p->text, NAME_LIMIT, "%.*s:%u", (int)(base.len < 4096 ? base.len : 4096),
                     base.ptr, line);
    *text = (struct flame_str){
        flame_arena_copy(&p->session->arena, (struct flame_str){ p->text, (size_t)n }), (size_t)n
    };
    return text->ptr;
}

/* Rows of what is inlined at a place. Where a function stands in its source is where the one inside
 * it was inlined. */
static bool make_detail(struct flame_script *p, const struct flame_place_detail *found,
                        struct flame_script_detail *detail)
{
    struct flame_arena *arena = &p->session->arena;
    struct flame_script_place *rows =
        flame_arena_zalloc(arena, found->inlined_count + 1, sizeof *rows);
    const char *file = found->line.file;
    uint32_t line = found->line.line;
    for (size_t i = 0; rows && i < found->inlined_count; i++) {
        const struct flame_inlined *inlined = &found->inlined[i];
        struct flame_str name = { p->text, flame_inlined_show(inlined->name, p->text, NAME_LIMIT) };
        rows[i].inlined = true;
        rows[i].symbol = (struct flame_str){ flame_arena_copy(arena, name), name.len };
        if (!rows[i].symbol.ptr || !line_text(p, file, line, &rows[i].srcline))
            return false;
        file = inlined->call_file;
        line = inlined->call_line;
    }
    *detail = (struct flame_script_detail){ .inlined = rows, .count = found->inlined_count };
    return rows && line_text(p, file, line, &detail->line);
}

/* What debug information says of a place, made once. */
static enum flame_status detail_of(struct flame_script *p, const struct flame_symbol_place *place,
                                   struct flame_script_detail *detail)
{
    uint64_t key[] = { place->dso, place->code };
    struct flame_place_detail found;
    *detail = (struct flame_script_detail){ 0 };
    enum flame_status status = flame_symbolize_detail(p->session->symbolizer, place, false, &found);
    if (status != FLAME_OK || (found.inlined_count == 0 && !found.line.file))
        return status;
    uint32_t id = flame_intern_add(&p->codes, (struct flame_str){ (const char *)key, sizeof key });
    if (id == FLAME_INTERN_NONE)
        return FLAME_NOMEM;
    if (id == p->details.count &&
        !(make_detail(p, &found, detail) && flame_vec_push(&p->details, *detail)))
        return FLAME_NOMEM;
    *detail = p->details.items[id];
    return FLAME_OK;
}

static enum flame_status look_up(struct flame_script *p, const struct flame_symbol_query *query,
                                 struct flame_script_known *known)
{
    struct flame_script_place *place = &known->place;
    const struct flame_session *s = p->session;
    struct flame_symbol_place found;
    enum flame_status status = flame_symbolize_place(s->symbolizer, query, &found);
    if (status != FLAME_OK)
        return status;
    *place = (struct flame_script_place){ .ip = found.address, .offset = found.offset };
    if (found.dso != FLAME_DSO_NONE)
        place->dso = s->timeline.dsos.list.items[found.dso].name;
    struct flame_script_detail detail;
    status = detail_of(p, &found, &detail);
    place->srcline = detail.line;
    known->inlined = detail.inlined;
    known->inlined_count = detail.count;
    if (status != FLAME_OK)
        return status;
    return found.symbol && !name_of(p, found.symbol, &place->symbol) ? FLAME_NOMEM : FLAME_OK;
}

static enum flame_status find(struct flame_script *p, const struct flame_pc *pc,
                              const struct flame_thread_state *state,
                              const struct flame_script_known **out)
{
    uint32_t space = pc->mode == FLAME_MODE_KERNEL ? state->kernel_space : state->space;
    uint32_t where = ((uint32_t)pc->mode + 1 + (pc->at_call ? 8 : 0)) << 28 | space;
    struct flame_script_known *known =
        &p->places[flame_hash_pair(pc->pc, where >> 28) % CACHE_SLOTS];
    bool same_pc = known->pc == pc->pc && known->where >> 28 == where >> 28 && space >> 28 == 0;
    *out = known;
    if (same_pc && known->where == where)
        return FLAME_OK;
    struct flame_symbol_query query = { pc->pc, pc->mode,     pc->at_call,
                                        false,  state->space, state->kernel_space };
    struct flame_map_key key = flame_symbolize_key(p->session->symbolizer, &query);
    if (same_pc && pc->mode == FLAME_MODE_USER && flame_map_key_equal(key, known->key)) {
        known->where = where;
        return FLAME_OK;
    }
    *known = (struct flame_script_known){ .pc = pc->pc, .where = where, .key = key };
    enum flame_status status = look_up(p, &query, known);
    if (status != FLAME_OK)
        known->where = 0;
    return status;
}

static enum flame_status place_of(struct flame_script *p, const struct flame_pc *pc,
                                  const struct flame_thread_state *state,
                                  const struct flame_script_place **place)
{
    const struct flame_script_known *known;
    enum flame_status status = find(p, pc, state, &known);
    *place = &known->place;
    return status;
}

/* The frames of one address. */
static enum flame_status put_address(struct flame_script *p, uint32_t fields,
                                     const struct flame_pc *pc,
                                     const struct flame_thread_state *state)
{
    const struct flame_script_known *known;
    enum flame_status status = find(p, pc, state, &known);
    if (status != FLAME_OK)
        return status;
    for (size_t i = 0; i < known->inlined_count; i++) {
        struct flame_script_place place = known->inlined[i];
        place.ip = known->place.ip;
        place.offset = known->place.offset;
        flame_script_put_frame(p->out, fields, &place);
    }
    flame_script_put_frame(p->out, fields, &known->place);
    return FLAME_OK;
}

/* Of these events the address, too, is one of code or data that maps know. */
static bool names_addr(const struct flame_event_attr *attr)
{
    enum { SOFTWARE = 1, PAGE_FAULTS = 2, PAGE_FAULTS_MIN = 5, PAGE_FAULTS_MAJ = 6 };
    return attr->type == SOFTWARE &&
           (attr->config == PAGE_FAULTS || attr->config == PAGE_FAULTS_MIN ||
            attr->config == PAGE_FAULTS_MAJ);
}

/* The kernel, too, touches what is the program's: where its own maps do not know the address. */
static enum flame_status find_addr(struct flame_script *p, const struct flame_sample *sample,
                                   const struct flame_thread_state *state,
                                   struct flame_script_place *place)
{
    const struct flame_script_place *found;
    struct flame_pc addr = { sample->addr, flame_cpumode(sample->misc), false };
    enum flame_status status = place_of(p, &addr, state, &found);
    if (status == FLAME_OK && !found->dso.ptr && addr.mode == FLAME_MODE_KERNEL) {
        addr.mode = FLAME_MODE_USER;
        status = place_of(p, &addr, state, &found);
    }
    *place = *found;
    return status;
}

static enum flame_status put_frames(struct flame_script *p, uint32_t fields,
                                    const struct flame_chain *chain,
                                    const struct flame_thread_state *state)
{
    enum flame_status status = FLAME_OK;
    size_t depth = flame_session_depth(p->session, flame_chain_pcs(p->session, chain, p->pcs));
    for (size_t i = 0; i < depth && status == FLAME_OK; i++)
        status = put_address(p, fields, &p->pcs[i], state);
    return status;
}

static enum flame_status put_leaf(struct flame_script *p, uint32_t fields,
                                  const struct flame_sample *sample,
                                  const struct flame_thread_state *state)
{
    const struct flame_script_place *known;
    struct flame_pc leaf = flame_callchain_leaf(sample->ip, sample->misc);
    enum flame_status status = place_of(p, &leaf, state, &known);
    if (status != FLAME_OK)
        return status;
    struct flame_script_place place = *known;
    place.ip = sample->ip;
    flame_script_put_leaf(p->out, fields, &place);
    return FLAME_OK;
}

static struct flame_str comm_of(const struct flame_session *s,
                                const struct flame_thread_state *state)
{
    if (state->comm == FLAME_COMM_NONE)
        return (struct flame_str){ 0 };
    return flame_intern_get(&s->timeline.comms, state->comm);
}

static enum flame_status chain_of(struct flame_script *p, const struct flame_sample *sample,
                                  const struct flame_thread_state *state, struct flame_chain *chain)
{
    const struct flame_session *s = p->session;
    p->room->used = 0;
    if (!flame_unwinds(s, sample))
        return flame_chain_of(s, sample, false, p->room, chain) ? FLAME_OK : FLAME_NOMEM;
    if (!p->room->unwinder && !(p->room->unwinder = flame_unwinder_create()))
        return FLAME_NOMEM;
    return flame_chain_unwind(s, sample, state->space, p->room, chain);
}

static enum flame_status put_sample(struct flame_script *p, const struct flame_sample *sample,
                                    const struct flame_thread_state *state)
{
    const struct flame_session *s = p->session;
    const struct flame_perf_event *event = &s->recording.perf.events.items[sample->attr];
    struct flame_script_sample line = { .fields = p->fields[sample->attr],
                                        .comm = comm_of(s, state),
                                        .event = event->name,
                                        .pid = sample->where.pid,
                                        .tid = sample->where.tid,
                                        .cpu = sample->where.cpu,
                                        .time_ns = sample->where.time_ns,
                                        .period = sample->period,
                                        .addr = sample->addr };
    enum flame_status status = FLAME_OK;
    struct flame_script_place addr_place;
    if (line.fields & FLAME_SCRIPT_ADDR && names_addr(&event->attr)) {
        status = find_addr(p, sample, state, &addr_place);
        line.addr_place = &addr_place;
    }
    if (status != FLAME_OK)
        return status;
    struct flame_chain chain;
    status = chain_of(p, sample, state, &chain);
    if (status != FLAME_OK)
        return status;
    chain.space = state->space;
    line.has_chain = !p->no_chains && (chain.kind < FLAME_CHAIN_LEAF ||
                                       event->attr.sample_type & FLAME_SAMPLE_CALLCHAIN);
    flame_script_put_head(p->out, &p->style, &line);
    if (line.has_chain && line.fields & FLAME_SCRIPT_IP)
        status = put_frames(p, line.fields, &chain, state);
    else if (line.fields & FLAME_SCRIPT_IP)
        status = put_leaf(p, line.fields, sample, state);
    flame_script_put_end(p->out);
    p->session->verdict.samples++;
    p->session->verdict.unmerged_chains += chain.unmerged;
    return status;
}

/* The filters' word on a sample, once its thread is known. */
static enum flame_status filter(struct flame_script *p, const struct flame_sample *sample,
                                const struct flame_thread_state *state, bool *taken)
{
    const struct flame_session *s = p->session;
    *taken = flame_pipeline_takes_comm(s, state->comm, sample->where.tid);
    if (!*taken || !s->filter.by_leaf)
        return FLAME_OK;
    return flame_pipeline_takes_leaf(s, p->leaves, sample, state->space, state->kernel_space,
                                     taken);
}

enum flame_status flame_script_print(struct flame_script *p, const struct flame_sample *sample)
{
    struct flame_session *s = p->session;
    enum flame_cpumode mode = flame_cpumode(sample->misc);
    if (!flame_session_draws(s, s->group_of_attr[sample->attr]))
        return FLAME_OK;
    if (mode == FLAME_MODE_GUEST_KERNEL || mode == FLAME_MODE_GUEST_USER) {
        s->verdict.guest_samples++;
        return FLAME_OK;
    }
    if (s->filter.by_where && !flame_filter_takes_where(&s->filter, &sample->where)) {
        s->verdict.filtered_out++;
        return FLAME_OK;
    }
    struct flame_moment when = flame_moment_of(&sample->where, sample->position, s->timeline.timed);
    struct flame_thread_state state =
        flame_timeline_at(&s->timeline, sample->where.pid, sample->where.tid, when);
    bool taken;
    enum flame_status status = filter(p, sample, &state, &taken);
    if (status != FLAME_OK || taken)
        return status == FLAME_OK ? put_sample(p, sample, &state) : status;
    s->verdict.filtered_out++;
    return FLAME_OK;
}

enum flame_status flame_script_print_init(struct flame_script *p)
{
    flame_intern_init(&p->symbols);
    flame_intern_init(&p->codes);
    p->places = calloc(CACHE_SLOTS, sizeof *p->places);
    p->text = malloc(NAME_LIMIT);
    p->room = calloc(1, sizeof *p->room);
    p->pcs = malloc(FLAME_CHAIN_LIMIT * sizeof *p->pcs);
    if (p->session->filter.by_leaf)
        p->leaves = calloc(1, sizeof *p->leaves);
    bool ok = p->places && p->text && p->room && p->pcs;
    return ok && (p->leaves || !p->session->filter.by_leaf) ? FLAME_OK : FLAME_NOMEM;
}

void flame_script_print_deinit(struct flame_script *p)
{
    free(p->places);
    flame_intern_deinit(&p->symbols);
    flame_vec_free(&p->names);
    flame_intern_deinit(&p->codes);
    flame_vec_free(&p->details);
    free(p->text);
    if (p->room)
        flame_unwinder_free(p->room->unwinder);
    free(p->room);
    free(p->pcs);
    free(p->leaves);
}
