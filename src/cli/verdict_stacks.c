/* verdict_stacks.c: the verdict's lines about missing callers: why, and how to record them.
 *
 * Where the walk of a copied stack ended is known, by reason and object; of a chain that the kernel
 * followed only that its end is no start of a program. */
#include "terminal.h"
#include "verdict_parts.h"

/* More lines than these would hide the first ones. */
enum { MOST_ENDS = 5 };

/* Some stacks are always cut off, as in the first instructions of a function. From this share on it
 * is how the program was built. */
#define CUT_OFF_SHARE 0.1

/* Without the records that say what was mapped where, nothing can be said of how a program was
 * built. */
static const char *cut_off_advice(const struct flame_verdict *v)
{
    if (v->all_losses)
        return ": what was mapped where may be among what is lost\n";
    if (v->dump_bytes)
        return ": they end in functions that are not known to start a program or a thread\n";
    if (v->branch_stacks)
        return ": --call-graph lbr keeps only as many calls as the processor has branch records; "
               "record with --call-graph fp\n";
    return ": code built without frame pointers loses its callers; build it with "
           "-fno-omit-frame-pointer, or record with --call-graph dwarf\n";
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

static void put_end_share(struct flame_output *out, uint64_t part, uint64_t weight, bool colour)
{
    flame_cli_warn(out, colour, true);
    flame_put_text(out, "stacks end early in ");
    flame_cli_put_share(out, part, weight);
    flame_cli_warn(out, colour, false);
    flame_put_text(out, ": ");
}

/* "the copy of the stack ends (at most 8,192 bytes); record with ...", and, as an advice says what
 * its object is, "libfoo.so is not on this machine; copy ...". */
static void put_end(struct flame_output *out, const struct flame_end_report *end,
                    uint32_t dump_bytes)
{
    flame_cli_put_safe(out, end->object);
    if (end->object.len && end->advice.len) {
        flame_put_text(out, " ");
    } else {
        flame_put_text(out, end->object.len ? ": " : "");
        flame_put_text(out, end_text(end->why));
        if (end->why == FLAME_END_DUMP) {
            flame_put_text(out, " (at most ");
            flame_cli_put_count(out, dump_bytes, "byte)", "bytes)");
        }
        flame_put_text(out, end->advice.len ? "; " : "");
    }
    flame_cli_put_safe(out, end->advice);
    flame_put_text(out, "\n");
}

/* "stacks end early in 12.3 %: ...", a line each. Returns what the ends weigh together. */
static uint64_t put_ends(struct flame_output *out, const struct flame_verdict *v, bool colour)
{
    uint64_t all = 0, told = 0;
    size_t shown = 0;
    for (size_t i = 0; i < v->end_count; i++)
        all += v->ends[i].weight;
    for (; shown < v->end_count && shown < MOST_ENDS; shown++) {
        const struct flame_end_report *end = &v->ends[shown];
        if (!flame_cli_deserves_a_line(end->weight, v->weight))
            break;
        told += end->weight;
        put_end_share(out, end->weight, v->weight, colour);
        put_end(out, end, v->dump_bytes);
    }
    if (all > told && flame_cli_deserves_a_line(all - told, v->weight)) {
        put_end_share(out, all - told, v->weight, colour);
        flame_cli_put_count(out, v->end_count - shown, shown ? "other reason" : "reason",
                            shown ? "other reasons" : "reasons");
        flame_put_text(out, "\n");
    }
    return all;
}

void flame_cli_put_stacks(struct flame_output *out, const struct flame_verdict *v, bool colour)
{
    uint64_t ended = put_ends(out, v, colour);
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
    if (v->weight && (double)cut_off >= CUT_OFF_SHARE * (double)v->weight) {
        flame_cli_warn(out, colour, true);
        flame_put_text(out, "stacks cut off for ");
        flame_cli_put_share(out, cut_off, v->weight);
        flame_cli_warn(out, colour, false);
        flame_put_text(out, cut_off_advice(v));
    }
}
