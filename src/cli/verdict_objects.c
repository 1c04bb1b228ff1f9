/* verdict_objects.c: the verdict on objects: lines about those that lack names, warnings about
 * files that are only trusted, and the table of all.
 *
 * The words of advice are the library's; here is only which of them are said, and how many. */
#include "terminal.h"
#include "verdict.h"
#include "verdict_parts.h"

#include <stdlib.h>

/* More lines than these would hide the first ones; a subtitle has room for fewer. */
enum { MOST_OBJECTS = 5, MOST_CAUTIONS = 5, MOST_NAMED = 3 };

static const char *grade_word(enum flame_object_grade grade)
{
    switch (grade) {
#define X(name, word, meaning)                                                                     \
    case FLAME_GRADE_##name:                                                                       \
        return word;
        FLAME_OBJECT_GRADES(X)
#undef X
    }
    return "unknown";
}

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

/* How many objects lack names: they come first. */
static size_t count_unnamed(const struct flame_verdict *v)
{
    size_t n = 0;
    while (n < v->object_count && v->objects[n].unnamed)
        n++;
    return n;
}

size_t flame_cli_shown_objects(const struct flame_verdict *v,
                               const struct flame_cli_wording *wording)
{
    size_t shown = 0, all = v->weight ? count_unnamed(v) : 0;
    while (shown < all &&
           (wording->whole || (shown < MOST_OBJECTS &&
                               flame_cli_deserves_a_line(v->objects[shown].unnamed, v->weight))))
        shown++;
    return shown;
}

/* "unnamed frames in 3.2 %: libc.so.6 is not on this machine; ...": an advice says what its object
 * is. */
void flame_cli_put_unnamed(struct flame_output *out, const struct flame_verdict *v,
                           const struct flame_cli_wording *wording)
{
    size_t shown = flame_cli_shown_objects(v, wording), rest = count_unnamed(v) - shown;
    for (size_t i = 0; i < shown; i++) {
        const struct flame_object_report *object = &v->objects[i];
        flame_cli_warn(out, wording->colour, true);
        flame_put_text(out, "unnamed frames in ");
        flame_cli_put_share(out, object->unnamed, v->weight);
        flame_cli_warn(out, wording->colour, false);
        flame_put_text(out, ": ");
        flame_cli_put_safe(out, object->name);
        flame_put_text(out, object->advice.len ? " " : ": ");
        flame_cli_put_safe(out, object->advice.len ? object->advice
                                                   : flame_str_from(state_text(object->state)));
        flame_put_text(out, "\n");
    }
    if (rest && shown) {
        flame_put_text(out, "unnamed frames in ");
        flame_cli_put_count(out, rest, "more object: flamedata info FILE names it\n",
                            "more objects: flamedata info FILE names them\n");
    } else if (rest) {
        flame_put_text(out, "unnamed frames in less than 0.1 %: ");
        flame_cli_put_count(out, rest, "object\n", "objects\n");
    }
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

bool flame_cli_put_unverified(struct flame_output *out, const struct flame_verdict *v)
{
    size_t all = 0, shown = 0;
    for (size_t i = 0; i < v->object_count; i++)
        all += v->objects[i].trusted;
    if (all == 0)
        return false;
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
    return true;
}

/* Columns of the table: the widest word of each, and two spaces. */
enum { STATUS_WIDTH = 10, SHARE_WIDTH = 8, ID_WIDTH = 8 };

static void pad(struct flame_output *out, size_t used, size_t width)
{
    for (; used < width; used++)
        flame_put_text(out, " ");
}

static void put_left(struct flame_output *out, struct flame_str text, size_t width)
{
    flame_cli_put_safe(out, text);
    pad(out, text.len, width);
}

static void put_right(struct flame_output *out, struct flame_str text, size_t width)
{
    flame_put_text(out, "  ");
    pad(out, text.len, width);
    flame_cli_put_safe(out, text);
}

static void put_share_column(struct flame_output *out, uint64_t part, uint64_t whole)
{
    struct flame_output *share = flame_output_memory();
    if (!share)
        return;
    if (whole)
        flame_cli_put_share(share, part, whole);
    put_right(out, flame_output_bytes(share), SHARE_WIDTH);
    flame_output_discard(share);
}

static void put_hex(struct flame_output *out, const struct flame_build_id *id, size_t bytes)
{
    for (size_t i = 0; i < id->size && i < bytes; i++)
        flame_putf(out, "%02x", id->bytes[i]);
}

static void put_row(struct flame_output *out, const struct flame_object_report *o, uint64_t weight)
{
    put_left(out, flame_str_from(grade_word(o->grade)), STATUS_WIDTH);
    put_share_column(out, o->weight, weight);
    put_share_column(out, o->unnamed, weight);
    flame_put_text(out, "  ");
    size_t bytes = o->build_id.size < ID_WIDTH / 2 ? o->build_id.size : ID_WIDTH / 2;
    put_hex(out, &o->build_id, bytes);
    flame_put_text(out, bytes ? "" : "-");
    pad(out, bytes ? 2 * bytes : 1, ID_WIDTH);
    flame_put_text(out, "  ");
    flame_cli_put_safe(out, o->name);
    flame_put_text(out, "\n");
}

static void put_note(struct flame_output *out, struct flame_str note)
{
    if (note.len == 0)
        return;
    flame_put_text(out, "    ");
    flame_cli_put_safe(out, note);
    flame_put_text(out, "\n");
}

/* The build-id as it is to be asked for, in the line that perf has for the object. */
static void put_id_line(struct flame_output *out, const struct flame_object_report *o)
{
    if (o->build_id.size == 0)
        return;
    flame_put_text(out, "    perf buildid-list: ");
    put_hex(out, &o->build_id, o->build_id.size);
    flame_put_text(out, " ");
    flame_cli_put_safe(out, o->name);
    flame_put_text(out, "\n");
}

void flame_cli_put_objects(struct flame_output *out, const struct flame_verdict *v)
{
    size_t rest = 0;
    if (v->object_count == 0)
        return;
    put_left(out, flame_str_from("status"), STATUS_WIDTH);
    put_right(out, flame_str_from("weight"), SHARE_WIDTH);
    put_right(out, flame_str_from("unnamed"), SHARE_WIDTH);
    flame_put_text(out, "  ");
    put_left(out, flame_str_from("build-id"), ID_WIDTH);
    flame_put_text(out, "  object\n");
    for (size_t i = 0; i < v->object_count; i++) {
        const struct flame_object_report *o = &v->objects[i];
        bool told = o->unnamed || o->trusted;
        if (!told && !flame_cli_deserves_a_line(o->weight, v->weight)) {
            rest++;
            continue;
        }
        put_row(out, o, v->weight);
        put_note(out, o->caution);
        put_note(out, o->advice);
        if (told)
            put_id_line(out, o);
    }
    if (rest) {
        flame_put_text(out, "and ");
        flame_cli_put_count(out, rest, "object more, with less than 0.1 %\n",
                            "objects more, with less than 0.1 % each\n");
    }
}

bool flame_cli_is_unresolved(const struct flame_cli_share *most, const struct flame_verdict *v)
{
    if (!most->given || (double)v->unnamed <= most->percent / 100 * (double)v->weight)
        return false;
    struct flame_output *line = flame_output_memory();
    if (!line)
        return true;
    flame_put_text(line, "flamedata: ");
    flame_cli_put_share(line, v->unnamed, v->weight);
    flame_putf(line, " has no name at its innermost function, and --fail-unresolved=%g was given\n",
               most->percent);
    flame_cli_say(flame_output_bytes(line));
    flame_output_discard(line);
    return true;
}
