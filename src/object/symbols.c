/* symbols.c: sort, size and look up symbols.
 *
 * perf removes aliases while loading, which makes it demangle every symbol. Here settle() applies
 * only the rules that need no names (size, binding); what is still tied stays in the table, and
 * find() decides by the demangled names of those few. So loading does not touch the names at all.
 *
 * Invariant after settle: list is sorted by start; of equal starts there are at most MAX_ALIASES,
 * all of one rank. Does not imitate the shape of perf's tree: with overlapping symbols the
 * innermost wins. Source of the rules: Linux tools/perf/util/symbol.c. */
#include "symbols.h"

#include "demangled.h"

enum { MAX_ALIASES = 64, MAX_RETRIES = 64, PAGE_SIZE = 4096, SHOWN_MAX = 8192 };

void flame_symbols_init(struct flame_symbols *symbols)
{
    *symbols = (struct flame_symbols){ 0 };
    flame_arena_init(&symbols->names, SIZE_MAX);
}

void flame_symbols_deinit(struct flame_symbols *symbols)
{
    flame_vec_free(&symbols->list);
    flame_vec_free(&symbols->groups);
    free(symbols->reach);
    flame_arena_deinit(&symbols->names);
    symbols->reach = NULL;
    symbols->leaves = symbols->settled = 0;
}

static uint64_t add_clamped(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

bool flame_symbols_borrow(struct flame_symbols *symbols, uint64_t start, uint64_t size,
                          const char *name, enum flame_binding binding, bool plain)
{
    if (flame_symbols_full(symbols)) {
        symbols->left_out++;
        return true;
    }
    return flame_vec_push(&symbols->list, (struct flame_symbol){ .start = start,
                                                                 .end = add_clamped(start, size),
                                                                 .name = name,
                                                                 .binding = (uint8_t)binding,
                                                                 .plain = plain });
}

bool flame_symbols_add(struct flame_symbols *symbols, uint64_t start, uint64_t size,
                       struct flame_str name, enum flame_binding binding, bool plain)
{
    if (flame_symbols_full(symbols))
        return flame_symbols_borrow(symbols, start, size, NULL, binding, plain);
    const char *copy = flame_arena_copy(&symbols->names, name);
    return copy && flame_symbols_borrow(symbols, start, size, copy, binding, plain);
}

struct key {
    uint64_t start;
    size_t index;
};

enum { DIGIT_BITS = 8, DIGITS = 64 / DIGIT_BITS, BUCKETS = 1 << DIGIT_BITS };

static size_t digit(uint64_t start, unsigned d)
{
    return (size_t)(start >> (d * DIGIT_BITS)) % BUCKETS;
}

/* Sort keys by start, least digit first; digits that all keys share are skipped. Returns whichever
 * of the two arrays holds the result. */
static struct key *radix_sort(struct key *keys, struct key *spare, size_t count,
                              size_t (*counts)[BUCKETS])
{
    for (size_t i = 0; i < count; i++)
        for (unsigned d = 0; d < DIGITS; d++)
            counts[d][digit(keys[i].start, d)]++;
    for (unsigned d = 0; d < DIGITS; d++) {
        if (counts[d][digit(keys[0].start, d)] == count)
            continue;
        size_t at = 0;
        for (size_t b = 0; b < BUCKETS; b++) {
            size_t n = counts[d][b];
            counts[d][b] = at;
            at += n;
        }
        for (size_t i = 0; i < count; i++)
            spare[counts[d][digit(keys[i].start, d)]++] = keys[i];
        struct key *swap = keys;
        keys = spare;
        spare = swap;
    }
    return keys;
}

/* The items in sorted order, in an array of their own; NULL when memory is exhausted. */
static struct flame_symbol *sorted_copy(const struct flame_symbol *items, size_t count)
{
    struct key *keys = calloc(count, sizeof *keys), *spare = calloc(count, sizeof *spare);
    size_t(*counts)[BUCKETS] = calloc(DIGITS, sizeof *counts);
    struct flame_symbol *out = calloc(count, sizeof *out);
    if (keys && spare && counts && out) {
        for (size_t i = 0; i < count; i++)
            keys[i] = (struct key){ items[i].start, i };
        const struct key *order = radix_sort(keys, spare, count, counts);
        for (size_t i = 0; i < count; i++)
            out[i] = items[order[i].index];
    } else {
        free(out);
        out = NULL;
    }
    free(keys);
    free(spare);
    free(counts);
    return out;
}

/* Sort what was added since the last time, and merge it into the rest from the end backwards; of
 * equals, the older come first. */
static bool sort(struct flame_symbols *symbols)
{
    struct flame_symbol *items = symbols->list.items;
    size_t count = symbols->list.count, old = symbols->settled;
    size_t i = old ? old : 1;
    while (i < count && items[i - 1].start <= items[i].start)
        i++;
    if (i >= count)
        return true;
    struct flame_symbol *added = sorted_copy(items + old, count - old);
    if (!added)
        return false;
    for (size_t left = count - old, to = count; left > 0; to--) {
        if (old > 0 && items[old - 1].start > added[left - 1].start)
            items[to - 1] = items[--old];
        else
            items[to - 1] = added[--left];
    }
    free(added);
    return true;
}

/* The end of the page after the one that address begins or lies in. */
static uint64_t page_after(uint64_t address)
{
    return add_clamped(add_clamped(address, PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1), PAGE_SIZE);
}

static void give_sizes(struct flame_symbols *symbols, enum flame_symbol_sizes sizes)
{
    struct flame_symbol *items = symbols->list.items;
    for (size_t i = 0; i < symbols->list.count; i++) {
        struct flame_symbol *s = &items[i];
        bool last = i + 1 == symbols->list.count;
        if (s->end != s->start)
            continue;
        if (sizes == FLAME_SIZES_EXACT)
            s->end = add_clamped(s->start, 1);
        else if (last || (sizes == FLAME_SIZES_KALLSYMS && s->group != items[i + 1].group))
            s->end = page_after(s->start);
        else
            s->end = items[i + 1].start;
        s->guessed = sizes == FLAME_SIZES_ELF;
    }
}

/* perf's first rules, as one number: a size beats none, strong beats weak, global beats local. */
static unsigned rank(const struct flame_symbol *s)
{
    return (s->end > s->start ? 4u : 0) | (s->binding != FLAME_BINDING_WEAK ? 2u : 0) |
           (s->binding == FLAME_BINDING_GLOBAL ? 1u : 0);
}

struct shape {
    size_t underscores, length;
};

static struct shape shape_of(const struct flame_symbol *s)
{
    char text[SHOWN_MAX];
    const char *shown = s->name;
    struct shape shape = { 0, 0 };
    if (s->plain) {
        shape.length = strnlen(shown, SHOWN_MAX);
    } else {
        shape.length = flame_symbol_show(s, text, sizeof text);
        shown = text;
    }
    while (shown[shape.underscores] == '_')
        shape.underscores++;
    return shape;
}

/* The first of two tied symbols stays, unless its name is an old spelling of a system call's. */
static bool is_old_syscall(const char *name)
{
    return strncmp(name, "SyS", 3) == 0 || strncmp(name, "compat_SyS", 10) == 0;
}

/* Of [first, end), which have equal start and rank, the one that perf keeps. */
static size_t choose(const struct flame_symbol *items, size_t first, size_t end)
{
    size_t best = first;
    if (end - first == 1)
        return first;
    struct shape a = { 0, 0 };
    bool shaped = false;
    for (size_t i = first + 1; i < end; i++) {
        if (strncmp(items[best].name, items[i].name, SHOWN_MAX) == 0 &&
            items[best].plt == items[i].plt)
            continue; /* in .symtab and in .dynsym */
        if (!shaped)
            a = shape_of(&items[best]);
        shaped = true;
        struct shape b = shape_of(&items[i]);
        bool better = b.underscores != a.underscores ? b.underscores < a.underscores
                      : b.length != a.length         ? b.length > a.length
                                                     : is_old_syscall(items[best].name);
        if (better) {
            best = i;
            a = b;
        }
    }
    return best;
}

/* Reduce each run of equal starts to those that only their names could tell apart, and where these
 * need no demangling, to one; in an exact table, which takes the first anyway, only to a number
 * that find can walk. */
static void drop_aliases(struct flame_symbols *symbols)
{
    struct flame_symbol *items = symbols->list.items;
    size_t kept = 0, count = symbols->list.count;
    for (size_t first = 0, end; first < count; first = end) {
        unsigned best = 0;
        bool plain = true;
        for (end = first; end < count && items[end].start == items[first].start; end++) {
            if (rank(&items[end]) > best)
                best = rank(&items[end]);
            plain = plain && items[end].plain;
        }
        size_t from = kept;
        for (size_t i = first; i < end && kept - from < MAX_ALIASES; i++)
            if (symbols->exact || rank(&items[i]) == best)
                items[kept++] = items[i];
        if (plain && !symbols->exact && kept - from > 1) {
            items[from] = items[choose(items, from, kept)];
            kept = from + 1;
        }
    }
    symbols->list.count = kept;
}

/* Node i of the tree of maxima. */
static uint64_t node(const struct flame_symbols *symbols, size_t i)
{
    if (i < symbols->leaves)
        return symbols->reach[i];
    i -= symbols->leaves;
    return i < symbols->list.count ? symbols->list.items[i].end : 0;
}

static bool build_reach(struct flame_symbols *symbols)
{
    size_t leaves = 1;
    while (leaves < symbols->list.count)
        leaves *= 2;
    free(symbols->reach);
    symbols->reach = calloc(leaves, sizeof *symbols->reach);
    symbols->leaves = leaves;
    if (!symbols->reach)
        return false;
    for (size_t i = leaves - 1; i > 0; i--) {
        uint64_t a = node(symbols, 2 * i), b = node(symbols, 2 * i + 1);
        symbols->reach[i] = a > b ? a : b;
    }
    return true;
}

bool flame_symbols_settle(struct flame_symbols *symbols, enum flame_symbol_sizes sizes)
{
    if (!sort(symbols))
        return false;
    give_sizes(symbols, sizes);
    symbols->exact = sizes == FLAME_SIZES_EXACT;
    drop_aliases(symbols);
    symbols->settled = symbols->list.count;
    flame_vec_fit(&symbols->list);
    return build_reach(symbols);
}

/* The last of list[0..count) whose end is beyond address; SIZE_MAX when there is none. */
static size_t last_beyond(const struct flame_symbols *symbols, size_t count, uint64_t address)
{
    if (count == 0)
        return SIZE_MAX;
    size_t i = symbols->leaves + count - 1;
    while (node(symbols, i) <= address) {
        while (i % 2 == 0)
            i /= 2;
        if (i == 1)
            return SIZE_MAX;
        i--;
    }
    while (i < symbols->leaves)
        i = node(symbols, 2 * i + 1) > address ? 2 * i + 1 : 2 * i;
    return i - symbols->leaves;
}

const struct flame_symbol *flame_symbols_find(const struct flame_symbols *symbols, uint64_t address)
{
    const struct flame_symbol *items = symbols->list.items;
    size_t low = 0, high = symbols->list.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (items[middle].start <= address)
            low = middle + 1;
        else
            high = middle;
    }
    const struct flame_symbol *label = NULL;
    for (int tries = 0; tries < MAX_RETRIES; tries++) {
        size_t i = last_beyond(symbols, low, address);
        if (i == SIZE_MAX)
            break;
        size_t first = i, end = i + 1;
        while (first > 0 && items[first - 1].start == items[i].start)
            first--;
        while (end < symbols->list.count && items[end].start == items[i].start)
            end++;
        if (symbols->exact) {
            while (items[first].end <= address)
                first++;
            return &items[first];
        }
        /* perf has forgotten the aliases that lost: if the winner is too short, none of them. */
        const struct flame_symbol *best = &items[choose(items, first, end)];
        if (address < best->end && !best->guessed)
            return best;
        if (address < best->end && !label)
            label = best;
        low = first;
    }
    return label;
}

size_t flame_symbol_show(const struct flame_symbol *symbol, char *out, size_t cap)
{
    if (cap == 0)
        return 0;
    size_t length = symbol->plain ? 0 : flame_demangle(symbol->name, out, cap);
    const char *rest[] = { length ? "" : symbol->name, symbol->plt ? "@plt" : "" };
    for (size_t i = 0; i < 2; i++) {
        size_t n = strnlen(rest[i], cap - 1 - length); /* it may be megabytes long */
        memcpy(out + length, rest[i], n);
        length += n;
    }
    out[length] = 0;
    return length;
}
