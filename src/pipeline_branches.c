/* pipeline_branches.c: branch stacks to what each function's branches and runs cost.
 *
 * Between where one branch went and the next one is code that ran through, if every kind of branch
 * was recorded. A sample whose newest branch has no cycles has none to tell, as perf has it. What
 * --call-graph lbr records are calls that have not returned: no code runs from one to the next.
 * Branches don't say whether they were the kernel's: like perf we look among the process's maps
 * first. Source: Linux 6.1, tools/perf/util/hist.c, hist__account_cycles();
 * tools/perf/util/annotate.c, addr_map_symbol__account_cycles(). */
#include "pipeline_branches.h"

#include "branch.h"

static const struct flame_event_attr *attr_of(const struct flame_session *s, size_t event)
{
    return &s->recording.perf.events.items[event].attr;
}

static bool has_branches(const struct flame_event_attr *attr)
{
    return (attr->sample_type & FLAME_SAMPLE_BRANCH_STACK) &&
           !(attr->branch_sample_type & FLAME_BRANCH_CALL_STACK);
}

/* Whether no branch was passed over because of its kind. What perf makes of a processor trace names
 * no kinds. */
static bool has_all_kinds(const struct flame_event_attr *attr)
{
    const uint64_t kinds = FLAME_BRANCH_ANY_CALL | FLAME_BRANCH_ANY_RETURN | FLAME_BRANCH_IND_CALL |
                           FLAME_BRANCH_ABORT_TX | FLAME_BRANCH_COND | FLAME_BRANCH_IND_JUMP |
                           FLAME_BRANCH_CALL;
    return (attr->branch_sample_type & FLAME_BRANCH_ANY) || !(attr->branch_sample_type & kinds);
}

bool flame_branches_wanted(const struct flame_session *s)
{
    bool wanted = s->counted_as >= FLAME_COUNT_LEAVES;
    for (size_t i = 0; wanted && i < s->recording.perf.events.count; i++)
        if (has_branches(attr_of(s, i)))
            return true;
    return false;
}

void flame_branches_free(struct flame_session *s)
{
    for (size_t i = 0; s->branches && i < s->threads; i++)
        flame_branches_deinit(&s->branches[i]);
    free(s->branches);
    s->branches = NULL;
}

bool flame_branches_add_sample(const struct flame_session *s, struct flame_branches *branches,
                               const struct flame_sample *sample, uint32_t event, uint32_t space,
                               uint32_t kernel_space)
{
    const struct flame_event_attr *attr = attr_of(s, sample->attr);
    const struct flame_perf_file *file = &s->recording.perf;
    struct flame_branch_key key = { .event = event, .space = space, .kernel_space = kernel_space };
    bool all = has_all_kinds(attr);
    if (!has_branches(attr) || sample->branch_count == 0)
        return true;
    bool timed = flame_branch_load(sample->branches, 0, file->swap, file->big_endian).cycles != 0;
    for (uint64_t i = sample->branch_count; i > 0; i--) {
        struct flame_branch branch =
            flame_branch_load(sample->branches, i - 1, file->swap, file->big_endian);
        key.from = branch.from;
        if (!flame_branches_add(branches, &key, branch.mispredicted, timed ? branch.cycles : 0))
            return false;
        key.has_before = all;
        key.before = all ? branch.to : 0;
    }
    return true;
}

void flame_placed_branches_deinit(struct flame_placed_branches *placed)
{
    flame_vec_free(&placed->list);
}

/* Look an address up in one of two spaces. symbol stays NULL where nothing is known, or the object
 * was never asked for. */
static enum flame_status find_in(struct flame_session *s, const struct flame_branch_key *key,
                                 uint64_t address, enum flame_cpumode mode,
                                 struct flame_symbol_place *place)
{
    struct flame_symbol_query query = {
        .pc = address, .mode = mode, .space = key->space, .kernel_space = key->kernel_space
    };
    const struct flame_map *map = flame_space_find(
        &s->timeline.spaces, mode == FLAME_MODE_KERNEL ? key->kernel_space : key->space, address);
    *place = (struct flame_symbol_place){ .dso = map ? map->dso : FLAME_DSO_NONE,
                                          .owner = FLAME_DSO_NONE };
    bool asked_for = map && flame_symbolizer_object(s->symbolizer, map->dso);
    if (map ? !asked_for : mode != FLAME_MODE_KERNEL)
        return FLAME_OK;
    return flame_symbolize_place(s->symbolizer, &query, place);
}

enum flame_status flame_branch_find(struct flame_session *s, const struct flame_branch_key *key,
                                    uint64_t address, struct flame_symbol_place *place)
{
    enum flame_status status = find_in(s, key, address, FLAME_MODE_USER, place);
    if (status == FLAME_OK && place->dso == FLAME_DSO_NONE)
        status = find_in(s, key, address, FLAME_MODE_KERNEL, place);
    return status;
}

/* The run of code between where the branch before went and this one. */
static enum flame_status place_run(struct flame_session *s, const struct flame_branch_sum *sum,
                                   const struct flame_symbol_place *end,
                                   struct flame_run_count *run)
{
    struct flame_symbol_place start;
    *run = (struct flame_run_count){ .end = end->offset,
                                     .count = sum->runs,
                                     .cycles = sum->cycles,
                                     .least = sum->least,
                                     .most = sum->most };
    if (sum->runs == 0 || !sum->key.has_before)
        return FLAME_OK;
    enum flame_status status = flame_branch_find(s, &sum->key, sum->key.before, &start);
    run->has_start =
        start.symbol == end->symbol && start.owner == end->owner && start.offset < end->offset;
    run->start = run->has_start ? start.offset : 0;
    return status;
}

static enum flame_status place(struct flame_session *s, const struct flame_branch_sum *sum,
                               struct flame_placed_branches *placed)
{
    struct flame_symbol_place from;
    struct flame_placed_branch new;
    enum flame_status status = flame_branch_find(s, &sum->key, sum->key.from, &from);
    if (status != FLAME_OK || !from.symbol)
        return status;
    new.symbol = from.symbol;
    new.owner = from.owner;
    new.branch = (struct flame_branch_count){ from.offset, sum->taken, sum->mispredicted };
    status = place_run(s, sum, &from, &new.run);
    if (status == FLAME_OK && !flame_vec_push(&placed->list, new))
        status = FLAME_NOMEM;
    return status;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int by_function(const void *a, const void *b)
{
    const struct flame_placed_branch *x = a, *y = b;
    if (x->owner != y->owner)
        return compare_numbers(x->owner, y->owner);
    return compare_numbers((uintptr_t)x->symbol, (uintptr_t)y->symbol);
}

/* Those of one offset may come in any order: they are added up. */
static int by_place(const void *a, const void *b)
{
    const struct flame_placed_branch *x = a, *y = b;
    int order = by_function(a, b);
    return order ? order : compare_numbers(x->branch.offset, y->branch.offset);
}

enum flame_status flame_branches_place(struct flame_session *s, const uint32_t *event_of_group,
                                       struct flame_placed_branches *placed)
{
    for (size_t w = 0; s->branches && w < s->threads; w++) {
        for (size_t i = 0; i < s->branches[w].list.count; i++) {
            const struct flame_branch_sum *sum = &s->branches[w].list.items[i];
            bool shown = event_of_group[sum->key.event] != UINT32_MAX;
            enum flame_status status = shown ? place(s, sum, placed) : FLAME_OK;
            if (status != FLAME_OK)
                return status;
        }
    }
    if (placed->list.count)
        qsort(placed->list.items, placed->list.count, sizeof *placed->list.items, by_place);
    return FLAME_OK;
}

enum flame_status flame_branches_of(const struct flame_placed_branches *placed, uint32_t owner,
                                    const struct flame_symbol *symbol, struct flame_arena *arena,
                                    struct flame_function_branches *out)
{
    const struct flame_placed_branch wanted = { .symbol = symbol, .owner = owner };
    const struct flame_placed_branch *items = placed->list.items;
    size_t first = 0, behind = placed->list.count;
    *out = (struct flame_function_branches){ 0 };
    while (first < behind) {
        size_t middle = first + (behind - first) / 2;
        if (by_function(&items[middle], &wanted) < 0)
            first = middle + 1;
        else
            behind = middle;
    }
    while (behind < placed->list.count && by_function(&items[behind], &wanted) == 0)
        behind++;
    if (first == behind)
        return FLAME_OK;
    out->branches = flame_arena_zalloc(arena, behind - first, sizeof *out->branches);
    out->runs = flame_arena_zalloc(arena, behind - first, sizeof *out->runs);
    if (!out->branches || !out->runs)
        return FLAME_NOMEM;
    for (size_t i = first; i < behind; i++) {
        out->branches[out->branch_count++] = items[i].branch;
        if (items[i].run.count)
            out->runs[out->run_count++] = items[i].run;
    }
    return FLAME_OK;
}
