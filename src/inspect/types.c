/* types.c: few types are common and small; any others are kept in a short sorted list. */
#include "types.h"

#include "spell.h"

enum flame_status flame_type_filter_init(struct flame_type_filter *filter, const char *names,
                                         struct flame_error *error)
{
    *filter = (struct flame_type_filter){ 0 };
    while (names) {
        const char *comma = strchr(names, ',');
        struct flame_str name = { names, comma ? (size_t)(comma - names) : strlen(names) };
        uint32_t type;
        enum flame_status status = FLAME_OK;
        if (!flame_record_named(name, &type))
            status = flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                                "there is no record type '%.*s'",
                                name.len < 40 ? (int)name.len : 40, name.ptr);
        else if (!flame_vec_push(&filter->types, type))
            status = flame_fail(error, FLAME_NOMEM, NULL, FLAME_NO_OFFSET, "out of memory");
        if (status != FLAME_OK) {
            flame_type_filter_deinit(filter);
            return status;
        }
        names = comma ? comma + 1 : NULL;
    }
    return FLAME_OK;
}

void flame_type_filter_deinit(struct flame_type_filter *filter)
{
    flame_vec_free(&filter->types);
}

bool flame_type_wanted(const struct flame_type_filter *filter, uint32_t type)
{
    for (size_t i = 0; i < filter->types.count; i++)
        if (filter->types.items[i] == type)
            return true;
    return filter->types.count == 0;
}

/* The first of others that is not below type. */
static size_t place_of(const struct flame_type_counts *counts, uint32_t type)
{
    size_t low = 0, high = counts->other_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (counts->others[middle].type < type)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void flame_count_type(struct flame_type_counts *counts, uint32_t type)
{
    if (type < FLAME_TYPES_DIRECT) {
        counts->direct[type]++;
        return;
    }
    size_t at = place_of(counts, type);
    struct flame_type_count *place = &counts->others[at];
    if (at < counts->other_count && place->type == type) {
        place->count++;
    } else if (counts->other_count < FLAME_TYPES_OTHER) {
        memmove(place + 1, place, (counts->other_count - at) * sizeof *place);
        *place = (struct flame_type_count){ type, 1 };
        counts->other_count++;
    } else {
        counts->beyond++;
    }
}

bool flame_type_counts_next(const struct flame_type_counts *counts, size_t *at,
                            struct flame_type_count *out)
{
    while (*at < FLAME_TYPES_DIRECT) {
        size_t type = (*at)++;
        *out = (struct flame_type_count){ (uint32_t)type, counts->direct[type] };
        if (out->count)
            return true;
    }
    if (*at - FLAME_TYPES_DIRECT >= counts->other_count)
        return false;
    *out = counts->others[(*at)++ - FLAME_TYPES_DIRECT];
    return true;
}
