/* perf_mutate.c: the kinds of mutation. */
#include "perf_mutate.h"

#include "perf_mutate_layout.h"
#include "random.h"

#include <string.h>

enum { SAMPLE = 9, ATTR = 64, FEATURE = 80, SIMPLEPERF = 32768 };

/* Where a record says how much of something there is: type, offset, width. */
static const struct perf_amount {
    uint32_t type;
    uint8_t at, width;
} amounts[] = {
    { 1, 16, 8 },  { 1, 24, 8 },  { 1, 32, 8 },  { 10, 16, 8 }, { 10, 24, 8 }, { 10, 32, 8 },
    { 11, 16, 8 }, { 16, 16, 8 }, { 17, 8, 8 },  { 17, 16, 4 }, { 20, 16, 2 }, { 20, 18, 2 },
    { 22, 16, 8 }, { 64, 12, 4 }, { 66, 8, 4 },  { 67, 32, 1 }, { 69, 8, 8 },  { 71, 8, 8 },
    { 71, 16, 8 }, { 73, 8, 8 },  { 74, 10, 2 }, { 74, 12, 2 }, { 75, 8, 8 },  { 78, 26, 2 },
    { 80, 8, 8 },  { 80, 16, 4 }, { 80, 20, 4 }, { 80, 24, 4 }, { 83, 8, 8 },
};

const char *flame_mutation_name(enum perf_mutation kind)
{
    static const char *const names[] = {
#define X(name, text) text,
        FLAME_PERF_MUTATIONS(X)
#undef X
    };
    return names[kind];
}

static void flip(struct perf_layout *l, uint64_t *state)
{
    for (size_t n = 1 + flame_random_below(state, 16); l->size && n > 0; n--)
        l->bytes[flame_random_below(state, l->size)] ^=
            (uint8_t)(1u << flame_random_below(state, 8));
}

/* A number that no honest file has in a place for amounts. */
static uint64_t huge_value(const struct perf_layout *l, uint64_t *state)
{
    const uint64_t values[] = {
        UINT64_MAX,
        INT64_MAX,
        (uint64_t)1 << 63,
        UINT64_MAX / 8 + 1,
        UINT32_MAX,
        (uint64_t)1 << 32,
        INT32_MAX,
        UINT16_MAX,
        l->size,
        l->size + 1,
        (uint64_t)l->size / 8,
        UINT64_MAX - l->size,
    };
    return values[flame_random_below(state, sizeof values / sizeof *values)];
}

/* A word of a sample that looks like a count or size: small, and not 0. */
static bool find_count(const struct perf_layout *l, struct perf_place place, uint64_t *state,
                       size_t *at)
{
    size_t words = (place.size - 8) / 8, first = flame_random_below(state, words);
    for (size_t i = 0; i < words; i++) {
        *at = place.at + 8 + 8 * ((first + i) % words);
        uint64_t value = flame_layout_get(l, *at, 8);
        if (value && value < UINT16_MAX)
            return true;
    }
    return false;
}

/* Where a record of this place has an amount; false if it is not known to have one. */
static bool find_amount(const struct perf_layout *l, struct perf_place place, uint64_t *state,
                        size_t *at, unsigned *width)
{
    *width = 8;
    if (place.type == SAMPLE)
        return find_count(l, place, state, at);
    size_t count = sizeof amounts / sizeof *amounts, first = flame_random_below(state, count);
    for (size_t i = 0; i < count; i++) {
        const struct perf_amount *amount = &amounts[(first + i) % count];
        if (amount->type == place.type && (size_t)amount->at + amount->width <= place.size) {
            *at = place.at + amount->at;
            *width = amount->width;
            return true;
        }
    }
    return false;
}

/* Where some amount stands: of the header, of the feature table, of a feature or of a record. */
static bool any_amount(const struct perf_layout *l, uint64_t *state, size_t *at, unsigned *width)
{
    size_t where = flame_random_below(state, 8);
    *width = 8;
    if (where == 0 && !l->pipe) {
        *at = 8 + 8 * flame_random_below(state, 8);
        return true;
    }
    if (where <= 2 && l->table_count) {
        *at = l->table + 16 * flame_random_below(state, l->table_count);
        uint64_t offset = flame_layout_get(l, *at, 8), size = flame_layout_get(l, *at + 8, 8);
        if (where == 1 || offset > l->size || size > l->size - offset || size < 8) {
            *at += 8 * flame_random_below(state, 2);
        } else {
            *at = (size_t)offset +
                  4 * flame_random_below(state, size < 64 ? (size_t)size / 4 - 1 : 8);
            *width = flame_random_below(state, 2) ? 4 : 8;
        }
        return true;
    }
    for (int tries = 0; l->count && tries < 8; tries++) {
        struct perf_place place = flame_layout_record(l, flame_random_below(state, l->count));
        if (find_amount(l, place, state, at, width))
            return true;
    }
    return false;
}

static bool set_amount(struct perf_layout *l, uint64_t *state, bool huge)
{
    size_t at;
    unsigned width;
    if (!l->known)
        return false;
    if (flame_random_below(state, 8) == 0 && l->count) { /* the size of a record itself */
        at = flame_layout_record(l, flame_random_below(state, l->count)).at + 6;
        width = 2;
    } else if (!any_amount(l, state, &at, &width)) {
        return false;
    }
    if (width > l->size || at > l->size - width)
        return false;
    flame_layout_put(l, at, width, huge ? huge_value(l, state) : 0);
    return true;
}

static void reverse(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size / 2; i++) {
        uint8_t byte = bytes[i];
        bytes[i] = bytes[size - 1 - i];
        bytes[size - 1 - i] = byte;
    }
}

/* Exchange two neighbouring runs of records, a few times. */
static bool shuffle(struct perf_layout *l, uint64_t *state)
{
    if (l->count < 2)
        return false;
    for (size_t n = 1 + flame_random_below(state, 4); n > 0; n--) {
        size_t first = flame_random_below(state, l->count - 1);
        size_t most = l->count - first - 1, one = flame_random_below(state, most);
        size_t two = one + 1 + flame_random_below(state, most - one);
        size_t a = flame_layout_record(l, first).at, b = flame_layout_record(l, first + one).next,
               c = flame_layout_record(l, first + two).next;
        reverse(l->bytes + a, b - a);
        reverse(l->bytes + b, c - b);
        reverse(l->bytes + a, c - a);
    }
    return true;
}

/* Repeat a run of records behind itself. */
static bool duplicate(struct perf_layout *l, uint64_t *state)
{
    if (l->count == 0)
        return false;
    size_t first = flame_random_below(state, l->count);
    size_t more = flame_random_below(state, l->count - first < 16 ? l->count - first : 16);
    size_t from = flame_layout_record(l, first).at, to = flame_layout_record(l, first + more).next;
    size_t size = to - from;
    size_t times = 1 + flame_random_below(state, (size_t)1 << flame_random_below(state, 12));
    if (times > (l->cap - l->size) / size)
        times = (l->cap - l->size) / size;
    if (!times || !flame_layout_insert(l, to, times * size))
        return false;
    for (size_t i = 0; i < times; i++)
        memcpy(l->bytes + to + i * size, l->bytes + from, size);
    return true;
}

/* Another value of a word: near to it, at an edge, or any. */
static void change_word(struct perf_layout *l, size_t at, unsigned width, uint64_t *state)
{
    uint64_t value = flame_layout_get(l, at, width);
    switch (flame_random_below(state, 7)) {
    case 0:
        value++;
        break;
    case 1:
        value--;
        break;
    case 2:
        value ^= (uint64_t)1 << flame_random_below(state, 8 * width);
        break;
    case 3:
        value = flame_random_below(state, 17);
        break;
    case 4:
        value = UINT64_MAX - flame_random_below(state, 4096); /* where the markers of chains are */
        break;
    case 5:
        value = huge_value(l, state);
        break;
    default:
        value = flame_random(state);
    }
    flame_layout_put(l, at, width, value);
}

/* Change something in [at, at + size). */
static bool change_in(struct perf_layout *l, size_t at, size_t size, uint64_t *state)
{
    unsigned width = 1u << flame_random_below(state, 4);
    if (size < width)
        width = 1;
    if (size == 0 || at > l->size || size > l->size - at)
        return false;
    change_word(l, at + width * flame_random_below(state, size / width), width, state);
    return true;
}

/* Cut a record's last words off. */
static void shorten(struct perf_layout *l, struct perf_place place, uint64_t *state)
{
    size_t cut = 8 * (1 + flame_random_below(state, place.size / 8 - 1));
    flame_layout_put(l, place.at + 6, 2, place.size - cut);
    flame_layout_drop(l, place.at + place.size - cut, cut);
}

static bool change_record(struct perf_layout *l, struct perf_place place, uint64_t *state)
{
    size_t what = flame_random_below(state, 16);
    if (what == 0)
        flame_layout_put(l, place.at, 4,
                         flame_random_below(state, 2) ? flame_random_below(state, 24)
                                                      : 64 + flame_random_below(state, 24));
    else if (what == 1)
        change_word(l, place.at + 4, 2, state);
    else if (what == 2 && place.size >= 16 && place.type < SIMPLEPERF)
        shorten(l, place, state);
    else
        return change_in(l, place.at + 8, place.size - 8, state);
    return true;
}

static bool field(struct perf_layout *l, uint64_t *state)
{
    bool changed = false;
    for (size_t n = 1 + flame_random_below(state, 4); n > 0 && l->count; n--) {
        struct perf_place place = flame_layout_record(l, flame_random_below(state, l->count));
        if (place.size >= 8) /* none, where a change took away what followed AUXTRACE */
            changed |= change_record(l, place, state);
    }
    return changed;
}

/* Of a pipe, attrs and features are records. */
static bool pipe_feature(struct perf_layout *l, uint64_t *state)
{
    struct perf_place place = { .next = l->records };
    size_t count = 0;
    while (flame_layout_next(l, place.next, &place))
        count += place.type == ATTR || place.type == FEATURE;
    size_t nth = flame_random_below(state, count);
    place.next = l->records;
    while (count && flame_layout_next(l, place.next, &place)) {
        if ((place.type == ATTR || place.type == FEATURE) && nth-- == 0)
            return change_in(l, place.at + 8, place.size - 8, state);
    }
    return false;
}

static bool feature(struct perf_layout *l, uint64_t *state)
{
    if (!l->known || l->pipe)
        return l->known && pipe_feature(l, state);
    size_t where = flame_random_below(state, 8);
    if (where == 0)
        return change_in(l, 72, 32, state); /* which there are */
    if (where <= 2 || !l->table_count) {
        uint64_t at = flame_layout_get(l, 24, 8), size = flame_layout_get(l, 32, 8);
        return at < l->size && size <= l->size - at &&
               change_in(l, (size_t)at, (size_t)size, state);
    }
    size_t entry = l->table + 16 * flame_random_below(state, l->table_count);
    uint64_t at = flame_layout_get(l, entry, 8), size = flame_layout_get(l, entry + 8, 8);
    if (where == 3 || at > l->size || size > l->size - at)
        return change_in(l, entry, 16, state);
    return change_in(l, (size_t)at, (size_t)size, state);
}

static bool mutate(struct perf_layout *l, enum perf_mutation kind, uint64_t *state)
{
    switch (kind) {
    case FLAME_MUTATE_TRUNCATE:
        l->size = flame_random_below(state, l->size);
        return true;
    case FLAME_MUTATE_HUGE:
    case FLAME_MUTATE_ZERO:
        return set_amount(l, state, kind == FLAME_MUTATE_HUGE);
    case FLAME_MUTATE_SHUFFLE:
        return shuffle(l, state);
    case FLAME_MUTATE_DUPLICATE:
        return duplicate(l, state);
    case FLAME_MUTATE_FIELD:
        return field(l, state);
    case FLAME_MUTATE_FEATURE:
        return feature(l, state);
    case FLAME_MUTATE_CORRUPT_ZSTD:
        return flame_layout_corrupt(l, state);
    case FLAME_MUTATE_EXPLODE_ZSTD:
        return flame_layout_explode(l, state);
    case FLAME_MUTATE_FLIP:
    case FLAME_MUTATIONS:
        break;
    }
    return false;
}

size_t flame_mutate_perf(uint8_t *bytes, size_t size, size_t cap, enum perf_mutation kind,
                         uint64_t seed)
{
    struct perf_layout layout;
    uint64_t state = seed;
    flame_layout_read(&layout, bytes, size, cap);
    if (!mutate(&layout, kind, &state))
        flip(&layout, &state);
    return layout.size;
}
