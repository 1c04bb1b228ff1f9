/* nearest.c: what somebody may have meant who named a function that is not there.
 *
 * Likeness comes in steps: the same but for case or for what stands before the last "::"; a part;
 * a slip of the pen. Within a step the heavier function is nearer, because that is what people ask
 * for. A name of 10 KB costs one look at each of its bytes, and edits are counted in short names
 * alone. */
#include "bare_name.h"
#include "match.h"

#include <ctype.h>
#include <stdint.h>

enum { LONGEST = 64, LEAST_PART = 3, FAR = 16 };

struct near {
    size_t index;
    unsigned step;
};

static char lower(char c)
{
    return (char)tolower((unsigned char)c);
}

static bool same(struct flame_str a, struct flame_str b)
{
    for (size_t i = 0; a.len == b.len && i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return a.len == b.len;
}

static bool contains(struct flame_str s, struct flame_str part)
{
    for (size_t i = 0; part.len <= s.len && i <= s.len - part.len; i++)
        if (same((struct flame_str){ s.ptr + i, part.len }, part))
            return true;
    return false;
}

/* The end of s that has this many parts, or all of it. */
static struct flame_str last_parts(struct flame_str s, size_t parts)
{
    for (size_t i = s.len; i > 1; i--)
        if (s.ptr[i - 1] == ':' && s.ptr[i - 2] == ':' && --parts == 0)
            return (struct flame_str){ s.ptr + i, s.len - i };
    return s;
}

static struct flame_str last_part(struct flame_str s)
{
    return last_parts(s, 1);
}

static size_t count_parts(struct flame_str s)
{
    size_t parts = 1;
    for (size_t i = 2; i <= s.len; i++)
        parts += s.ptr[i - 1] == ':' && s.ptr[i - 2] == ':';
    return parts;
}

/* Edits (insert, delete, replace, swap two neighbours) between two names of at most LONGEST bytes,
 * whatever the case; more than most where they are more. Source: the optimal string alignment
 * variant of Levenshtein's distance, three rows. */
static unsigned edits(struct flame_str a, struct flame_str b, unsigned most)
{
    unsigned rows[3][LONGEST + 1];
    if (a.len > LONGEST || b.len > LONGEST || a.len > b.len + most || b.len > a.len + most)
        return most + 1;
    for (unsigned j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (unsigned i = 1; i <= a.len; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *above = rows[(i + 2) % 3], *second = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            char here = lower(a.ptr[i - 1]), there = lower(b.ptr[j - 1]);
            unsigned replaced = here == there ? above[j - 1] : above[j - 1] + 1;
            unsigned added = (row[j - 1] < above[j] ? row[j - 1] : above[j]) + 1;
            row[j] = replaced < added ? replaced : added;
            bool swapped =
                i > 1 && j > 1 && here == lower(b.ptr[j - 2]) && there == lower(a.ptr[i - 2]);
            if (swapped && second[j - 2] + 1 < row[j])
                row[j] = second[j - 2] + 1;
        }
    }
    return rows[a.len % 3][b.len];
}

/* How far name is from wanted in steps; FAR: not near. */
static unsigned step_of(const struct flame_match_name *name, struct flame_str wanted)
{
    char whole_buffer[FLAME_BARE_NAME], spoken_buffer[FLAME_BARE_NAME], buffer[FLAME_BARE_NAME];
    struct flame_str bare = flame_bare_template(name->name, "", whole_buffer);
    struct flame_str spoken = flame_spoken_name(name->name, false, spoken_buffer);
    spoken = flame_bare_template(spoken, "", buffer);
    struct flame_str last = last_part(spoken);
    if (same(name->name, wanted) || same(bare, wanted) || same(spoken, wanted))
        return 0;
    if (same(last, wanted) || same(last, last_part(wanted)))
        return 1;
    if (wanted.len >= LEAST_PART && contains(bare.len ? bare : name->name, wanted))
        return 2;
    if (last.len >= LEAST_PART && contains(wanted, last))
        return 3;
    unsigned most = wanted.len > 11 ? 4 : (unsigned)wanted.len / 3;
    unsigned whole = edits(spoken, wanted, most);
    unsigned end = edits(last_parts(spoken, count_parts(wanted)), wanted, most);
    unsigned least = whole < end ? whole : end;
    return least <= most ? 3 + least : FAR;
}

static bool is_same_function(const struct flame_match_name *a, const struct flame_match_name *b)
{
    char of_a[FLAME_BARE_NAME], of_b[FLAME_BARE_NAME];
    struct flame_str x = flame_spoken_name(a->name, false, of_a);
    struct flame_str y = flame_spoken_name(b->name, false, of_b);
    return x.len && flame_str_equal(x, y);
}

/* Put candidate among found[*used], which are sorted, unless it is too far, or what is called the
 * same is there and nearer. */
static void note_near(const struct flame_match_name *names, struct near candidate,
                      struct near *found, size_t *used, size_t most)
{
    const struct flame_match_name *name = &names[candidate.index];
    size_t at = 0, twin = 0;
    while (at < *used &&
           (found[at].step < candidate.step ||
            (found[at].step == candidate.step && names[found[at].index].weight >= name->weight)))
        at++;
    while (twin < *used && !is_same_function(name, &names[found[twin].index]))
        twin++;
    if (at == most || twin < at)
        return;
    size_t gone = twin; /* the twin, or the last where there is no more room, or nobody */
    if (twin == *used && *used == most)
        gone = most - 1;
    else if (twin == *used)
        ++*used;
    memmove(found + at + 1, found + at, (gone - at) * sizeof *found);
    found[at] = candidate;
}

size_t flame_match_nearest(const struct flame_match_name *names, size_t count, const char *wanted,
                           size_t *nearest, size_t most)
{
    struct near found[FLAME_MATCH_NEAREST];
    struct flame_str text = flame_str_from(wanted);
    size_t used = 0;
    most = most < FLAME_MATCH_NEAREST ? most : FLAME_MATCH_NEAREST;
    for (size_t i = 0; i < count; i++) {
        struct near candidate = { i, step_of(&names[i], text) };
        if (candidate.step != FAR)
            note_near(names, candidate, found, &used, most);
    }
    for (size_t i = 0; i < used; i++)
        nearest[i] = found[i].index;
    return used;
}
