/* verdict_stacks.c: the verdict's lines about missing callers: why, and how to record them.
 *
 * Where the walk of a copied stack ended is known, by reason and object; of a chain that the kernel
 * followed only that its end is no start of a program. */
#include "terminal.h"
#include "verdict.h"
#include "verdict_parts.h"

/* More lines than these would hide the first ones. */
enum { MOST_ENDS = 5 };

/* Some stacks are always cut off, as in the first instructions of a function. From this share on it
 * is how the program was built, and they are in the way of the others. */
#define CUT_OFF_SHARE 0.1

static const char *cut_off_advice(const struct flame_verdict *v)
{
    if (v->dump_bytes)
        return ": they end in functions that are not known to start a program or a thread";
    if (v->branch_stacks)
        return ": --call-graph lbr keeps only as many calls as the processor has branch records; "
               "record with --call-graph fp";
    return ": code built without frame pointers loses its callers; build it with "
           "-fno-omit-frame-pointer, or record with --call-graph dwarf";
}

static const char *end_text(enum flame_stack_end why)
{
    switch (why) {
#define X(name, text)                                                                              \
    case FLAME_END_##name:                                                                         \
        return text;
        FLAME_STACK_ENDS(X)
#undef X
    case FLAME_END_COUNT:
        break;
    }
    return "unknown";
}

static bool are_many(uint64_t part, const struct flame_verdict *v)
{
    return v->weight && (double)part >= CUT_OFF_SHARE * (double)v->weight;
}

/* The first line of those about stacks that are cut off says what else there is. */
static void end_line(struct flame_output *out, bool *set_apart)
{
    flame_put_text(out, *set_apart ? "; --show-truncated sets them apart\n" : "\n");
    *set_apart = false;
}

static void put_end_share(struct flame_output *out, uint64_t part, uint64_t weight, bool colour)
{
    flame_cli_warn(out, colour, true);
    flame_put_text(out, "stacks end early in ");
    flame_cli_put_share(out, part, weight);
    flame_cli_warn(out, colour, false);
    flame_put_text(out, ": ");
}

/* Whether it ended in code that is not here, and it is said of the object how to bring it. */
static bool is_told_below(const struct flame_end_report *end, const struct flame_verdict *v,
                          const struct flame_cli_wording *wording)
{
    return (end->why == FLAME_END_NO_OBJECT || end->why == FLAME_END_MISMATCH) &&
           flame_cli_tells_of(v, wording, end);
}

/* "the copy of the stack ends (at most 8,192 bytes); record with ...", and, as an advice says what
 * its object is, "libfoo.so is not on this machine; copy ...". */
static void put_end(struct flame_output *out, const struct flame_end_report *end,
                    const struct flame_verdict *v)
{
    flame_cli_put_safe(out, end->object);
    if (end->object.len && end->advice.len) {
        flame_put_text(out, " ");
    } else {
        flame_put_text(out, end->object.len ? ": " : "");
        flame_put_text(out, end_text(end->why));
        if (end->why == FLAME_END_DUMP) {
            flame_put_text(out, " (at most ");
            flame_cli_put_count(out, v->dump_bytes, "byte)", "bytes)");
        }
        flame_put_text(out, end->advice.len ? "; " : "");
    }
    flame_cli_put_safe(out, end->advice);
}

/* The ends that are told of below, as one. */
struct absences {
    const struct flame_end_report *first;
    uint64_t weight;
    size_t count;
};

static struct absences gather_absences(const struct flame_verdict *v,
                                       const struct flame_cli_wording *wording)
{
    struct absences all = { 0 };
    for (size_t i = 0; i < v->end_count; i++) {
        if (!is_told_below(&v->ends[i], v, wording))
            continue;
        if (all.count++ == 0)
            all.first = &v->ends[i];
        all.weight += v->ends[i].weight;
    }
    return all;
}

/* "stacks end early in 12.3 %: the code of libfoo.so is not here, see below" */
static void put_absences(struct flame_output *out, const struct absences *absences,
                         const struct flame_verdict *v, bool colour)
{
    put_end_share(out, absences->weight, v->weight, colour);
    flame_put_text(out, "the code of ");
    if (absences->count == 1)
        flame_cli_put_safe(out, absences->first->object);
    else
        flame_cli_put_count(out, absences->count, "object", "objects");
    flame_put_text(out, " is not here, see below");
}

/* "stacks end early in 12.3 %: ...", a line each. Returns what the ends weigh together. */
static uint64_t put_ends(struct flame_output *out, const struct flame_verdict *v,
                         const struct flame_cli_wording *wording, bool *set_apart)
{
    struct absences absences = gather_absences(v, wording);
    uint64_t all = 0, told = 0;
    size_t lines = 0, shown = 0;
    for (size_t i = 0; i < v->end_count; i++)
        all += v->ends[i].weight;
    for (size_t i = 0; i < v->end_count && (wording->whole || lines < MOST_ENDS); i++) {
        const struct flame_end_report *end = &v->ends[i];
        bool below = is_told_below(end, v, wording);
        if (below && !wording->whole && end != absences.first)
            continue;
        struct absences one = { end, end->weight, 1 };
        if (below && !wording->whole)
            one = absences;
        if (!wording->whole && !flame_cli_deserves_a_line(one.weight, v->weight))
            continue;
        if (below) {
            put_absences(out, &one, v, wording->colour);
        } else {
            put_end_share(out, end->weight, v->weight, wording->colour);
            put_end(out, end, v);
        }
        told += one.weight;
        shown += one.count;
        lines++;
        end_line(out, set_apart);
    }
    if (all > told && flame_cli_deserves_a_line(all - told, v->weight)) {
        put_end_share(out, all - told, v->weight, wording->colour);
        flame_cli_put_count(out, v->end_count - shown, shown ? "other reason" : "reason",
                            shown ? "other reasons" : "reasons");
        end_line(out, set_apart);
    }
    return all;
}

/* Who is killed while recording does not say it. */
static void put_machine(struct flame_output *out, const struct flame_verdict *v)
{
    if (!v->machine.len)
        return;
    flame_put_text(out, "registers taken for those of ");
    flame_cli_put_safe(out, v->machine);
    flame_put_text(out, ", which ");
    flame_cli_put_safe(out, v->machine_object);
    flame_put_text(out, " is for: the recording does not say its architecture\n");
}

void flame_cli_put_stacks(struct flame_output *out, const struct flame_verdict *v,
                          const struct flame_cli_wording *wording)
{
    bool colour = wording->colour, set_apart = wording->set_apart && are_many(v->cut_off, v);
    put_machine(out, v);
    uint64_t ended = put_ends(out, v, wording, &set_apart);
    uint64_t cut_off = v->cut_off > ended ? v->cut_off - ended : 0;
    if (flame_cli_has_no_chains(v)) {
        flame_cli_warn(out, colour, true);
        flame_put_text(out, "no sample has a call chain");
        flame_cli_warn(out, colour, false);
        flame_put_text(out, ": record with perf record -g\n");
        return;
    }
    if (v->without_stack) {
        flame_cli_warn(out, colour, true);
        flame_cli_put_count(out, v->without_stack, "sample has no call chain",
                            "samples have no call chain");
        flame_cli_warn(out, colour, false);
        flame_put_text(out, "\n");
    }
    if (are_many(cut_off, v)) {
        flame_cli_warn(out, colour, true);
        flame_put_text(out, "stacks cut off for ");
        flame_cli_put_share(out, cut_off, v->weight);
        flame_cli_warn(out, colour, false);
        flame_put_text(out, cut_off_advice(v));
        if (v->lost_early) /* of code that is not known to be mapped nobody knows where it begins */
            flame_put_text(out, "; or what was mapped where is among what is lost");
        end_line(out, &set_apart);
    }
}
