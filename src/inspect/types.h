/* types.h: a choice of record types, and how many there are of each. */
#ifndef FLAME_INSPECT_TYPES_H
#define FLAME_INSPECT_TYPES_H

#include "perf_data.h"

#include <flamedata/output.h>

/* All zero: every type. */
struct flame_type_filter {
    FLAME_VEC(uint32_t) types;
};

/* From names with commas between them; NULL is every type. The text is not kept. FLAME_OK,
 * FLAME_USAGE (no such type), FLAME_NOMEM; the filter is then empty. */
enum flame_status flame_type_filter_init(struct flame_type_filter *filter, const char *names,
                                         struct flame_error *error);
void flame_type_filter_deinit(struct flame_type_filter *filter);
bool flame_type_wanted(const struct flame_type_filter *filter, uint32_t type);

/* Types from this one on are looked for in a list. */
enum { FLAME_TYPES_DIRECT = 128, FLAME_TYPES_OTHER = 256 };

struct flame_type_count {
    uint32_t type;
    uint64_t count;
};

/* All zero to begin with. others is sorted; what finds no room in it is in beyond, so that a file
 * of nonsense does not take memory for each of its words. */
struct flame_type_counts {
    uint64_t direct[FLAME_TYPES_DIRECT];
    struct flame_type_count others[FLAME_TYPES_OTHER];
    size_t other_count;
    uint64_t beyond;
};

void flame_count_type(struct flame_type_counts *counts, uint32_t type);

/* The types that occurred, ascending: start with *at = 0. False at the end. */
bool flame_type_counts_next(const struct flame_type_counts *counts, size_t *at,
                            struct flame_type_count *out);

#endif
