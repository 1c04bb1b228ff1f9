/* feature_machine.c: the features that describe the recorded machine: processors, memory, caches,
 * PMUs.
 *
 * Invariant: a list that is cut short keeps the entries that are whole.
 * Source: tools/perf/util/header.c of Linux 3.2 to 7.2. */
#include "feature_reader.h"

#include <stdlib.h>

enum { STRING_MIN = FLAME_PERF_STRING_MIN, DOMAIN_NAMES_SINCE = 17, PMUS_MAX = 4096 };

void flame_perf_read_cpu_topology(struct flame_perf_feature_reader *r)
{
    struct flame_perf_features *out = r->out;
    out->core_siblings = flame_perf_feature_strings(r, "core siblings");
    out->thread_siblings = flame_perf_feature_strings(r, "thread siblings");
    out->die_siblings = (struct flame_perf_strings){ 0 };
    out->cpus.items = NULL;
    out->cpus.count = 0;

    /* Later perfs appended two parts; their length is in another feature. */
    uint64_t count = out->cpus_available;
    if (!flame_perf_feature_ok(r) || !flame_cursor_left(&r->c) || !count)
        return;
    struct flame_perf_cpu *cpus =
        flame_perf_feature_list(r, &count, 8, sizeof *cpus, "cores and sockets");
    for (size_t i = 0; i < count; i++) {
        cpus[i].core = flame_cursor_u32(&r->c, "core");
        cpus[i].socket = flame_cursor_u32(&r->c, "socket");
    }
    if (!flame_perf_feature_ok(r))
        return;
    out->cpus.items = cpus;
    out->cpus.count = (size_t)count;
    if (!flame_cursor_left(&r->c))
        return;
    out->die_siblings = flame_perf_feature_strings(r, "die siblings");
    for (size_t i = 0; i < count; i++)
        cpus[i].die = flame_cursor_u32(&r->c, "die");
}

void flame_perf_read_numa_topology(struct flame_perf_feature_reader *r)
{
    uint64_t count = flame_cursor_u32(&r->c, "NUMA nodes");
    struct flame_perf_numa_node *nodes =
        flame_perf_feature_list(r, &count, 20 + STRING_MIN, sizeof *nodes, "NUMA nodes");
    size_t n = 0;
    for (; n < count; n++) {
        struct flame_perf_numa_node node;
        node.node = flame_cursor_u32(&r->c, "NUMA node");
        node.total_kb = flame_cursor_u64(&r->c, "memory of a NUMA node");
        node.free_kb = flame_cursor_u64(&r->c, "free memory of a NUMA node");
        node.cpus = flame_perf_feature_string(r, "CPUs of a NUMA node");
        if (r->c.failed)
            break;
        nodes[n] = node;
    }
    r->out->numa.items = nodes;
    r->out->numa.count = n;
}

void flame_perf_read_cache(struct flame_perf_feature_reader *r)
{
    if (flame_cursor_u32(&r->c, "cache version") != 1)
        flame_perf_feature_fail(r, FLAME_UNSUPPORTED, "caches in a later layout");
    uint64_t count = flame_cursor_u32(&r->c, "caches");
    struct flame_perf_cache *caches =
        flame_perf_feature_list(r, &count, 16 + 3 * STRING_MIN, sizeof *caches, "caches");
    size_t n = 0;
    for (; n < count; n++) {
        struct flame_perf_cache cache;
        cache.level = flame_cursor_u32(&r->c, "cache level");
        cache.line_size = flame_cursor_u32(&r->c, "cache line size");
        cache.sets = flame_cursor_u32(&r->c, "cache sets");
        cache.ways = flame_cursor_u32(&r->c, "cache ways");
        cache.type = flame_perf_feature_string(r, "cache type");
        cache.size = flame_perf_feature_string(r, "cache size");
        cache.map = flame_perf_feature_string(r, "CPUs of a cache");
        if (r->c.failed)
            break;
        caches[n] = cache;
    }
    r->out->caches.items = caches;
    r->out->caches.count = n;
}

static bool read_mem_node(struct flame_perf_feature_reader *r, struct flame_perf_mem_node *node)
{
    node->node = flame_cursor_u64(&r->c, "memory node");
    flame_cursor_u64(&r->c, "bits of a memory node");
    /* The map is written as a bitmap of its own, with its length again. */
    node->bits = flame_cursor_u64(&r->c, "bits of a memory node");
    uint64_t count = node->bits / 64 + (node->bits % 64 != 0);
    uint64_t *words = flame_perf_feature_list(r, &count, 8, sizeof *words, "map of a memory node");
    for (size_t i = 0; i < count; i++)
        words[i] = flame_cursor_u64(&r->c, "map of a memory node");
    node->words = words;
    return flame_perf_feature_ok(r);
}

void flame_perf_read_mem_topology(struct flame_perf_feature_reader *r)
{
    if (flame_cursor_u64(&r->c, "memory version") != 1)
        flame_perf_feature_fail(r, FLAME_UNSUPPORTED, "memory in a later layout");
    uint64_t block = flame_cursor_u64(&r->c, "memory block size");
    uint64_t count = flame_cursor_u64(&r->c, "memory nodes");
    struct flame_perf_mem_node *nodes =
        flame_perf_feature_list(r, &count, 24, sizeof *nodes, "memory nodes");
    size_t n = 0;
    while (n < count && read_mem_node(r, &nodes[n]))
        n++;
    r->out->mem_block_bytes = n ? block : 0;
    r->out->mem.items = nodes;
    r->out->mem.count = n;
}

static bool read_cpu_domains(struct flame_perf_feature_reader *r, uint32_t version,
                             struct flame_perf_cpu_domains *cpu)
{
    cpu->cpu = flame_cursor_u32(&r->c, "CPU of domains");
    uint64_t count = flame_cursor_u32(&r->c, "domains of a CPU");
    struct flame_perf_domain *domains =
        flame_perf_feature_list(r, &count, 4 + 2 * STRING_MIN, sizeof *domains, "domains of a CPU");
    for (size_t i = 0; i < count; i++) {
        domains[i].domain = flame_cursor_u32(&r->c, "domain");
        if (version >= DOMAIN_NAMES_SINCE)
            domains[i].name = flame_perf_feature_string(r, "name of a domain");
        domains[i].mask = flame_perf_feature_string(r, "mask of a domain");
        domains[i].list = flame_perf_feature_string(r, "CPUs of a domain");
    }
    cpu->domains.items = domains;
    cpu->domains.count = (size_t)count;
    return flame_perf_feature_ok(r);
}

void flame_perf_read_cpu_domain_info(struct flame_perf_feature_reader *r)
{
    uint32_t version = flame_cursor_u32(&r->c, "schedstat version");
    uint32_t max_domains = flame_cursor_u32(&r->c, "domains");
    if (!flame_perf_feature_ok(r))
        return;
    r->out->schedstat_version = version;
    r->out->max_domains = max_domains;
    r->out->cpu_domains.count = 0;

    /* One entry per online CPU, to the section's end; their number is written nowhere. */
    uint64_t count = flame_cursor_left(&r->c) / 8;
    if (r->out->cpus_available && count > r->out->cpus_available)
        count = r->out->cpus_available;
    struct flame_perf_cpu_domains *cpus =
        flame_perf_feature_list(r, &count, 8, sizeof *cpus, "CPUs of domains");
    size_t n = 0;
    while (n < count && flame_cursor_left(&r->c) && read_cpu_domains(r, version, &cpus[n]))
        n++;
    r->out->cpu_domains.items = cpus;
    r->out->cpu_domains.count = n;
}

/* Of PMUs with one type the first counts: names lie in the file in the order of the list. */
static int by_type(const void *a, const void *b)
{
    const struct flame_perf_pmu *x = a, *y = b;
    if (x->type != y->type)
        return x->type < y->type ? -1 : 1;
    uintptr_t p = (uintptr_t)x->name.ptr, q = (uintptr_t)y->name.ptr;
    return p < q ? -1 : p > q;
}

static const struct flame_perf_pmu *sorted(struct flame_perf_feature_reader *r,
                                           const struct flame_perf_pmu *pmus, size_t count)
{
    struct flame_perf_pmu *copy = flame_arena_zalloc(r->arena, count, sizeof *copy);
    if (!copy) {
        flame_perf_feature_fail(r, FLAME_NOMEM, "PMUs");
        return NULL;
    }
    memcpy(copy, pmus, count * sizeof *copy);
    qsort(copy, count, sizeof *copy, by_type);
    return copy;
}

void flame_perf_read_pmu_mappings(struct flame_perf_feature_reader *r)
{
    uint64_t count = flame_cursor_u32(&r->c, "PMUs");
    struct flame_perf_pmu *pmus =
        flame_perf_feature_list(r, &count, 4 + STRING_MIN, sizeof *pmus, "PMUs");
    if (count > PMUS_MAX) {
        flame_perf_feature_fail(r, FLAME_LIMIT, "more PMUs than any machine has");
        count = PMUS_MAX;
    }
    size_t n = 0;
    for (; n < count; n++) {
        struct flame_perf_pmu pmu;
        pmu.type = flame_cursor_u32(&r->c, "type of a PMU");
        pmu.name = flame_perf_feature_string(r, "name of a PMU");
        if (r->c.failed)
            break;
        pmus[n] = pmu;
    }
    r->out->pmus.items = pmus;
    r->out->pmus.count = n;
    r->out->pmus_by_type = n ? sorted(r, pmus, n) : NULL;
    if (n && !r->out->pmus_by_type)
        r->out->pmus.count = 0;
}

void flame_perf_read_cpu_pmu_caps(struct flame_perf_feature_reader *r)
{
    uint32_t count = flame_cursor_u32(&r->c, "capabilities of the CPU");
    r->out->cpu_pmu_caps = flame_perf_feature_pairs(r, count, "capabilities of the CPU");
}

void flame_perf_read_hybrid_topology(struct flame_perf_feature_reader *r)
{
    uint32_t count = flame_cursor_u32(&r->c, "hybrid PMUs");
    r->out->hybrid = flame_perf_feature_pairs(r, count, "hybrid PMUs");
}

void flame_perf_read_pmu_caps(struct flame_perf_feature_reader *r)
{
    uint64_t count = flame_cursor_u32(&r->c, "PMUs with capabilities");
    struct flame_perf_pmu_caps *pmus =
        flame_perf_feature_list(r, &count, 4 + STRING_MIN, sizeof *pmus, "PMUs with capabilities");
    size_t n = 0;
    for (; n < count; n++) {
        struct flame_perf_pmu_caps pmu;
        uint32_t caps = flame_cursor_u32(&r->c, "capabilities of a PMU");
        pmu.caps = flame_perf_feature_pairs(r, caps, "capabilities of a PMU");
        pmu.pmu = flame_perf_feature_string(r, "name of a PMU");
        if (!flame_perf_feature_ok(r))
            break;
        pmus[n] = pmu;
    }
    r->out->pmu_caps.items = pmus;
    r->out->pmu_caps.count = n;
}
