/* pipeline_script_print.c: one sample: its names, and the lines that it becomes.
 *
 * The timeline is complete, so that any sample can be named at any time. Most addresses were
 * printed shortly before; a small cache knows them. Nothing is allocated for a sample. */
#include "pipeline_script.h"

#include "hash.h"

#include <stdlib.h>

enum { CACHE_SLOTS = 1 << 14, NAME_LIMIT = 1 << 16 };

/* An address that was asked for lately. where is the space in 28 bits and, above, the cpumode + 1,
 * plus 8 for a caller, as in pipeline_name.c; 0: free. */
struct flame_script_known {
    uint64_t pc;
    uint32_t where;
    struct flame_script_place place;
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

static enum flame_status look_up(struct flame_script *p, const struct flame_pc *pc,
                                 const struct flame_thread_state *state,
                                 struct flame_script_place *place)
{
    const struct flame_session *s = p->session;
    struct flame_symbol_query query = { pc->pc, pc->mode,     pc->at_call,
                                        false,  state->space, state->kernel_space };
    struct flame_symbol_place found;
    enum flame_status status = flame_symbolize_place(s->symbolizer, &query, &found);
    if (status != FLAME_OK)
        return status;
    *place = (struct flame_script_place){ .ip = found.address, .offset = found.offset };
    if (found.dso != FLAME_DSO_NONE)
        place->dso = s->timeline.dsos.list.items[found.dso].name;
    return found.symbol && !name_of(p, found.symbol, &place->symbol) ? FLAME_NOMEM : FLAME_OK;
}

static enum flame_status place_of(struct flame_script *p, const struct flame_pc *pc,
                                  const struct flame_thread_state *state,
                                  const struct flame_script_place **place)
{
    uint32_t space = pc->mode == FLAME_MODE_KERNEL ? state->kernel_space : state->space;
    uint32_t where = ((uint32_t)pc->mode + 1 + (pc->at_call ? 8 : 0)) << 28 | space;
    struct flame_script_known *known = &p->places[flame_hash_pair(pc->pc, where) % CACHE_SLOTS];
    enum flame_status status = FLAME_OK;
    if (known->pc != pc->pc || known->where != where || space >> 28) {
        *known = (struct flame_script_known){ .pc = pc->pc, .where = where };
        status = look_up(p, pc, state, &known->place);
        if (status != FLAME_OK)
            known->where = 0;
    }
    *place = &known->place;
    return status;
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
    const struct flame_script_place *place;
    enum flame_status status = FLAME_OK;
    size_t depth = flame_chain_pcs(p->session, chain, p->pcs);
    unsigned most = p->session->filter.max_stack;
    if (most && depth > most)
        depth = most;
    for (size_t i = 0; i < depth && status == FLAME_OK; i++) {
        status = place_of(p, &p->pcs[i], state, &place);
        if (status == FLAME_OK)
            flame_script_put_frame(p->out, fields, place);
    }
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
    p->room->used = 0;
    if (!flame_chain_of(s, sample, false, p->room, &chain))
        return FLAME_NOMEM;
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
    p->places = calloc(CACHE_SLOTS, sizeof *p->places);
    p->text = malloc(NAME_LIMIT);
    p->room = malloc(sizeof *p->room);
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
    free(p->text);
    free(p->room);
    free(p->pcs);
    free(p->leaves);
}
