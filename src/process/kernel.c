/* kernel.c: what is mapped in the kernel: its text, modules, and functions that come and go.
 *
 * KSYMBOL records announce BPF programs and trampolines; inside a mapped object they would only add
 * a symbol, outside they are objects of their own. Source: tools/perf/util/machine.c. */
#include "timeline.h"

enum { KSYMBOL_UNREGISTER = 1 };

static enum flame_status change(struct flame_timeline *t, uint32_t space, struct flame_moment when)
{
    if (space == FLAME_SPACE_NONE || !flame_space_became(&t->kernel, space, when))
        return FLAME_NOMEM;
    return FLAME_OK;
}

enum flame_status flame_kernel_mapped(struct flame_timeline *t, const struct flame_map_record *map,
                                      struct flame_moment when)
{
    struct flame_map m = { .start = map->start };
    m.dso = flame_dsos_of_kernel_map(&t->dsos, map);
    if (m.dso == FLAME_DSO_NONE)
        return FLAME_NOMEM;
    /* Perf of the 3.x years wrote the kernel's map with a length of 0: to the end of memory. */
    m.end = map->len && map->start + map->len > map->start ? map->start + map->len : UINT64_MAX;
    return change(t, flame_space_insert(&t->spaces, flame_space_now(&t->kernel), m), when);
}

enum flame_status flame_kernel_symbol(struct flame_timeline *t,
                                      const struct flame_ksymbol_record *symbol,
                                      struct flame_moment when)
{
    uint32_t space = flame_space_now(&t->kernel);
    const struct flame_map *under = flame_space_find(&t->spaces, space, symbol->addr);
    uint64_t end = symbol->addr + symbol->len;
    if (symbol->len == 0 || end < symbol->addr)
        return FLAME_OK;
    if (under && t->dsos.list.items[under->dso].kind != FLAME_DSO_BPF)
        return FLAME_OK;
    if (symbol->flags & KSYMBOL_UNREGISTER)
        return change(t, flame_space_remove(&t->spaces, space, symbol->addr, end), when);
    struct flame_dso dso = { .kind = FLAME_DSO_BPF, .name = symbol->name, .path = symbol->name };
    struct flame_map m = { symbol->addr, end, 0, flame_dsos_add(&t->dsos, &dso) };
    if (m.dso == FLAME_DSO_NONE)
        return FLAME_NOMEM;
    return change(t, flame_space_insert(&t->spaces, space, m), when);
}
