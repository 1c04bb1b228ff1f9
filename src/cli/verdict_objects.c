/* verdict_objects.c: the verdict on objects: lines about those that lack names, and warnings about
 * files that are only trusted.
 *
 * The words of advice are the library's; here is only which of them are said, and how often: what
 * helps several objects is said once. */
#include "terminal.h"
#include "verdict.h"
#include "verdict_parts.h"

#include <stdlib.h>

/* More lines than these would hide the first ones; a subtitle has room for fewer. */
enum { MOST_LINES = 5, MOST_CAUTIONS = 5, MOST_NAMED = 3 };

/* From this share of unnamed weight on a picture says so itself. */
#define UNNAMED_SHARE 0.1

static const char *state_text(enum flame_object_state state)
{
    switch (state) {
#define X(name, text)                                                                              \
    case FLAME_OBJECT_##name:                                                                      \
        return text;
        FLAME_OBJECT_STATES(X)
#undef X
    }
    return "unknown";
}

/* Which objects of a group of the same grade are meant: "5 objects missing here". */
static const char *grade_phrase(enum flame_object_grade grade)
{
    switch (grade) {
    case FLAME_GRADE_MISSING:
        return " missing here";
    case FLAME_GRADE_MISMATCHED:
        return " of another build here";
    case FLAME_GRADE_UNVERIFIED:
        return " that are not verified";
    case FLAME_GRADE_STRIPPED:
        return " without symbols";
    case FLAME_GRADE_UNREADABLE:
        return " that cannot be read";
    case FLAME_GRADE_NO_MAP:
        return " of JIT code without a map";
    case FLAME_GRADE_PARTIAL:
        return " named in part";
    case FLAME_GRADE_NO_FILE:
        return " without a file";
    case FLAME_GRADE_FOUND:
    case FLAME_GRADE_TRUSTED:
    case FLAME_GRADE_UNMAPPED:
        break;
    }
    return "";
}

/* What to do, with the "; " in front of it; "" where an advice only says what is the matter. */
static struct flame_str step_of(struct flame_str advice)
{
    for (size_t i = 0; i + 1 < advice.len; i++)
        if (advice.ptr[i] == ';' && advice.ptr[i + 1] == ' ')
            return (struct flame_str){ advice.ptr + i, advice.len - i };
    return flame_str_from("");
}

struct flame_str flame_cli_matter_of(struct flame_str advice)
{
    return (struct flame_str){ advice.ptr, advice.len - step_of(advice).len };
}

/* Whether a step is all the ways of an earlier one, and perhaps others. */
static bool continues(struct flame_str step, struct flame_str earlier)
{
    struct flame_str rest = { step.ptr + earlier.len, step.len - earlier.len };
    return step.len >= earlier.len && memcmp(step.ptr, earlier.ptr, earlier.len) == 0 &&
           (rest.len == 0 || flame_str_starts(rest, ", or "));
}

bool flame_cli_put_step(struct flame_output *out, const struct flame_object_report *object,
                        const struct flame_object_report *const *earlier, size_t count,
                        bool by_name)
{
    struct flame_str step = step_of(object->advice);
    const struct flame_object_report *like = NULL;
    size_t most = 0;
    for (size_t i = 0; i < count; i++) {
        struct flame_str other = step_of(earlier[i]->advice);
        if (other.len > most && continues(step, other)) {
            like = earlier[i];
            most = other.len;
        }
    }
    if (like) {
        flame_put_text(out, by_name ? "; as for " : "; as above");
        if (by_name)
            flame_cli_put_safe(out, like->name);
    }
    flame_cli_put_safe(out, (struct flame_str){ step.ptr + most, step.len - most });
    return most < step.len;
}

/* Whether one line tells of both. */
static bool are_alike(const struct flame_object_report *a, const struct flame_object_report *b)
{
    struct flame_str step = step_of(a->advice);
    return a->grade == b->grade && step.len && flame_str_equal(step, step_of(b->advice));
}

/* How many objects lack names: they come first. */
static size_t count_unnamed(const struct flame_verdict *v)
{
    size_t n = 0;
    while (n < v->object_count && v->objects[n].unnamed)
        n++;
    return n;
}

/* The heaviest object of each line. */
struct lines {
    const struct flame_object_report *first[MOST_LINES];
    size_t count;
};

static bool is_told(const struct lines *lines, const struct flame_object_report *object)
{
    for (size_t i = 0; i < lines->count; i++)
        if (lines->first[i] == object || are_alike(lines->first[i], object))
            return true;
    return false;
}

static struct lines choose_lines(const struct flame_verdict *v)
{
    struct lines lines = { .count = 0 };
    size_t all = v->weight ? count_unnamed(v) : 0;
    for (size_t i = 0; i < all && lines.count < MOST_LINES; i++) {
        if (!flame_cli_deserves_a_line(v->objects[i].unnamed, v->weight))
            break;
        if (!is_told(&lines, &v->objects[i]))
            lines.first[lines.count++] = &v->objects[i];
    }
    return lines;
}

bool flame_cli_tells_of(const struct flame_verdict *v, const struct flame_cli_wording *wording,
                        const struct flame_end_report *end)
{
    struct lines lines = choose_lines(v);
    for (size_t i = 0, all = count_unnamed(v); i < all; i++)
        if (flame_str_equal(v->objects[i].name, end->object) &&
            flame_str_equal(v->objects[i].advice, end->advice))
            return wording->whole || is_told(&lines, &v->objects[i]);
    return false;
}

/* "unnamed frames in 3.2 %: libc.so.6 is not on this machine; ...": an advice says what its object
 * is. */
static void put_one(struct flame_output *out, const struct flame_verdict *v,
                    const struct lines *lines, size_t line, bool colour)
{
    const struct flame_object_report *object = lines->first[line];
    flame_cli_warn(out, colour, true);
    flame_put_text(out, "unnamed frames in ");
    flame_cli_put_share(out, object->unnamed, v->weight);
    flame_cli_warn(out, colour, false);
    flame_put_text(out, ": ");
    flame_cli_put_safe(out, object->name);
    flame_put_text(out, object->advice.len ? " " : ": ");
    flame_cli_put_safe(out, object->advice.len ? flame_cli_matter_of(object->advice)
                                               : flame_str_from(state_text(object->state)));
    flame_cli_put_step(out, object, lines->first, line, false);
    flame_put_text(out, "\n");
}

/* "unnamed frames in 5 objects missing here: a.so (3.2 %), b.so (1.0 %) and 3 more; ..." */
static void put_several(struct flame_output *out, const struct flame_verdict *v,
                        const struct lines *lines, size_t line, size_t count, bool colour)
{
    const struct flame_object_report *first = lines->first[line];
    size_t shown = 0, most = count > MOST_NAMED + 1 ? MOST_NAMED : count;
    flame_cli_warn(out, colour, true);
    flame_put_text(out, "unnamed frames in ");
    flame_cli_put_count(out, count, "object", "objects");
    flame_cli_warn(out, colour, false);
    flame_put_text(out, grade_phrase(first->grade));
    for (const struct flame_object_report *o = first; shown < most; o++) {
        if (!are_alike(first, o))
            continue;
        flame_put_text(out, shown == 0 ? ": " : shown + 1 == count ? " and " : ", ");
        flame_cli_put_safe(out, flame_str_basename(o->name));
        flame_put_text(out, " (");
        flame_cli_put_share(out, o->unnamed, v->weight);
        flame_put_text(out, ")");
        shown++;
    }
    if (shown < count) {
        flame_put_text(out, " and ");
        flame_cli_put_number(out, count - shown);
        flame_put_text(out, " more");
    }
    flame_cli_put_step(out, first, lines->first, line, false);
    flame_put_text(out, "\n");
}

void flame_cli_put_unnamed(struct flame_output *out, const struct flame_verdict *v, bool colour)
{
    const struct lines lines = choose_lines(v);
    size_t all = count_unnamed(v), told = 0;
    for (size_t i = 0; i < lines.count; i++) {
        size_t count = 0;
        for (size_t k = 0; k < all; k++)
            count += lines.first[i] == &v->objects[k] || are_alike(lines.first[i], &v->objects[k]);
        if (count == 1)
            put_one(out, v, &lines, i, colour);
        else
            put_several(out, v, &lines, i, count, colour);
        told += count;
    }
    if (all == told)
        return;
    flame_put_text(out, told ? "unnamed frames in " : "unnamed frames in less than 0.1 %: ");
    if (told)
        flame_cli_put_count(out, all - told, "more object: flamedata info FILE names it\n",
                            "more objects: flamedata info FILE names them\n");
    else
        flame_cli_put_count(out, all, "object\n", "objects\n");
}

/* "names from PATH are not verified: ...", a line for each file. */
void flame_cli_put_cautions(struct flame_output *out, const struct flame_verdict *v, bool colour)
{
    size_t shown = 0, rest = 0;
    for (size_t i = 0; i < v->object_count; i++) {
        if (!v->objects[i].trusted)
            continue;
        if (shown == MOST_CAUTIONS) {
            rest++;
            continue;
        }
        shown++;
        flame_cli_warn(out, colour, true);
        flame_cli_put_safe(out, v->objects[i].caution);
        flame_cli_warn(out, colour, false);
        flame_put_text(out, "\n");
    }
    if (rest == 0)
        return;
    flame_cli_warn(out, colour, true);
    flame_put_text(out, "names in ");
    flame_cli_put_count(out, rest, "more object are not verified", "more objects are not verified");
    flame_cli_warn(out, colour, false);
    flame_put_text(out, ": flamedata info --trust-paths FILE names them\n");
}

/* "unverified names: libfoo.so (--trust-paths)" */
static void put_unverified(struct flame_output *out, const struct flame_verdict *v, size_t all)
{
    size_t shown = 0;
    flame_put_text(out, "unverified names: ");
    for (size_t i = 0; i < v->object_count && shown < MOST_NAMED; i++) {
        if (!v->objects[i].trusted)
            continue;
        flame_put_text(out, shown++ ? ", " : "");
        flame_cli_put_safe(out, flame_str_basename(v->objects[i].name));
    }
    if (all > shown) {
        flame_put_text(out, " and ");
        flame_cli_put_number(out, all - shown);
        flame_put_text(out, " more");
    }
    flame_put_text(out, " (--trust-paths)");
}

bool flame_cli_put_doubts(struct flame_output *out, const struct flame_verdict *v)
{
    bool unnamed = (double)v->unnamed > UNNAMED_SHARE * (double)v->weight;
    size_t trusted = 0;
    for (size_t i = 0; i < v->object_count; i++)
        trusted += v->objects[i].trusted;
    if (unnamed) {
        flame_cli_put_share(out, v->unnamed, v->weight);
        flame_put_text(out, " unnamed: see flamedata info");
    }
    if (unnamed && trusted)
        flame_put_text(out, "; ");
    if (trusted)
        put_unverified(out, v, trusted);
    return unnamed || trusted;
}
