/* verdict_table.c: the verdict on objects as a table: a row for each, and below it what to do.
 *
 * The words of advice are the library's. A next step that helps several objects stands with the
 * first of them. */
#include "terminal.h"
#include "verdict.h"
#include "verdict_parts.h"

/* Next steps that are remembered; others are repeated. */
enum { MOST_STEPS = 16 };

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
    struct flame_cli_share_text share = { "" };
    if (whole)
        share = flame_cli_share_of(part, whole);
    put_right(out, flame_str_from(share.text), SHARE_WIDTH);
}

static void put_hex(struct flame_output *out, const struct flame_build_id *id, size_t bytes)
{
    for (size_t i = 0; i < id->size && i < bytes; i++)
        flame_putf(out, "%02x", id->bytes[i]);
}

static void put_row(struct flame_output *out, const struct flame_object_report *o, uint64_t weight)
{
    put_left(out, flame_str_from(flame_object_grade_word(o->grade)), STATUS_WIDTH);
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

/* The objects whose next step was put, the first ones; all zero to begin with. */
struct steps {
    const struct flame_object_report *of[MOST_STEPS];
    size_t count;
};

/* What is the matter, and of the next step what was not put before. */
static void put_advice(struct flame_output *out, struct steps *steps,
                       const struct flame_object_report *o)
{
    if (o->advice.len == 0)
        return;
    flame_put_text(out, "    ");
    flame_cli_put_safe(out, flame_cli_matter_of(o->advice));
    if (flame_cli_put_step(out, o, steps->of, steps->count, true) && steps->count < MOST_STEPS)
        steps->of[steps->count++] = o;
    flame_put_text(out, "\n");
}

void flame_cli_put_objects(struct flame_output *out, const struct flame_verdict *v)
{
    struct steps steps = { .count = 0 };
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
        put_advice(out, &steps, o);
        if (told)
            put_id_line(out, o);
    }
    if (rest) {
        flame_put_text(out, "and ");
        flame_cli_put_count(out, rest, "object more, with less than 0.1 %\n",
                            "objects more, with less than 0.1 % each\n");
    }
}
