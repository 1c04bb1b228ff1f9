/* pipeline_ends.c: why stacks do not reach a root, and what to do about it.
 *
 * There may be millions of dsos, the methods of a jitdump; few of them end a walk. The others' sums
 * are never written to, so that calloc's pages of zeros take no memory. */
#include "pipeline.h"

#include <stdio.h>
#include <stdlib.h>

/* perf copies 8192 bytes unless it is told otherwise. */
enum { USUAL_DUMP = 8192, LARGEST_DUMP = 65528 };

bool flame_walk_ends_init(struct flame_walk_ends *ends, size_t dsos)
{
    ends->dsos = dsos;
    ends->weights = calloc(FLAME_END_COUNT * (dsos + 1), sizeof *ends->weights);
    return ends->weights;
}

void flame_walk_ends_deinit(struct flame_walk_ends *ends)
{
    free(ends->weights);
    *ends = (struct flame_walk_ends){ 0 };
}

void flame_walk_ends_add(struct flame_walk_ends *ends, enum flame_stack_end why, size_t dso,
                         uint64_t weight)
{
    uint64_t *sum = &ends->weights[why * (ends->dsos + 1) + (dso < ends->dsos ? dso : ends->dsos)];
    *sum = flame_sum(*sum, weight);
}

void flame_walk_ends_join(struct flame_walk_ends *sum, const struct flame_walk_ends *part)
{
    for (size_t i = 0; part->weights && i < FLAME_END_COUNT * (sum->dsos + 1); i++)
        if (part->weights[i])
            sum->weights[i] = flame_sum(sum->weights[i], part->weights[i]);
}

/* What to do about walks that ended for a reason, as one sentence; "" where nothing is known. */
static void advise(const struct flame_session *s, enum flame_stack_end why, uint32_t dso, char *out,
                   size_t cap)
{
    struct flame_str machine = flame_session_machine(s);
    uint32_t dumped = s->verdict.dump_bytes;
    enum flame_dso_kind kind = FLAME_DSO_FILE;
    if (dso < s->timeline.dsos.list.count)
        kind = s->timeline.dsos.list.items[dso].kind;
    uint32_t more = dumped < USUAL_DUMP         ? USUAL_DUMP
                    : dumped > LARGEST_DUMP / 2 ? LARGEST_DUMP
                                                : dumped * 2;
    out[0] = 0;
    switch (why) {
    case FLAME_END_DUMP:
        if (dumped < LARGEST_DUMP)
            snprintf(out, cap, "record with --call-graph dwarf,%u", more);
        else
            snprintf(out, cap,
                     "no larger copy can be recorded; build with "
                     "-fno-omit-frame-pointer and record with --call-graph fp");
        break;
    case FLAME_END_SHORT_DUMP:
        snprintf(out, cap,
                 "what was not in memory could not be copied, and no record holds more than "
                 "65528 bytes; build with -fno-omit-frame-pointer and record with --call-graph fp");
        break;
    case FLAME_END_NO_CFI:
        if (kind == FLAME_DSO_JIT || kind == FLAME_DSO_JITTED)
            snprintf(out, cap,
                     "is generated code; let the runtime keep frame pointers "
                     "(node --interpreted-frames-native-stack, "
                     "java -XX:+PreserveFramePointer)");
        else
            snprintf(out, cap,
                     "has no .eh_frame for this code; build it with "
                     "-fasynchronous-unwind-tables, or install its debug symbols");
        break;
    case FLAME_END_NO_OBJECT:
    case FLAME_END_MISMATCH:
        flame_pipeline_advise(s, dso, out, cap);
        break;
    case FLAME_END_UNMAPPED:
        snprintf(out, cap, "mostly code that was unmapped, or a walk that went wrong before");
        break;
    case FLAME_END_UNKNOWN_ARCH:
        if (!machine.len)
            snprintf(out, cap,
                     "the recording does not say it, as one that was killed or cut, nor does a "
                     "file that ran: none is here that is known to be the recorded one; record "
                     "with perf record --buildid-mmap, or pass --trust-paths if the files here "
                     "are those that ran");
        else
            snprintf(out, cap, "flamedata cannot walk stacks of %.*s by these registers",
                     (int)(machine.len < 64 ? machine.len : 64), machine.ptr);
        break;
    case FLAME_END_BROKEN:
        snprintf(out, cap,
                 "mostly functions about to return, of which the compiler says too little; "
                 "nothing is lost but these callers");
        break;
    case FLAME_END_ROOT:
    case FLAME_END_CYCLE:
    case FLAME_END_LIMIT:
    case FLAME_END_COUNT:
        break;
    }
}

static int by_weight(const void *a, const void *b)
{
    const struct flame_end_report *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    if (x->why != y->why)
        return x->why < y->why ? -1 : 1;
    return flame_str_compare(x->object, y->object);
}

static enum flame_status report(struct flame_session *s, struct flame_end_report *out,
                                enum flame_stack_end why, uint32_t dso, uint64_t weight)
{
    char advice[1024];
    advise(s, why, dso, advice, sizeof advice);
    char *copy = flame_arena_copy(&s->arena, flame_str_from(advice));
    *out = (struct flame_end_report){ .why = why, .weight = weight };
    const struct flame_dso *object = dso < s->ends.dsos ? &s->timeline.dsos.list.items[dso] : NULL;
    if (object && object->kind == FLAME_DSO_JITTED)
        out->object = flame_str_from(s->jitdumps.dumps.list.items[object->dump].header.path);
    else if (object)
        out->object = object->name;
    out->advice = flame_str_from(copy ? copy : "");
    return copy ? FLAME_OK : FLAME_NOMEM;
}

/* All methods of a dump are one to the reader: the first of them has the sum. */
static enum flame_status gather_methods(struct flame_session *s)
{
    const struct flame_walk_ends *ends = &s->ends;
    size_t dumps = s->jitdumps.dumps.list.count, rows = ends->dsos + 1;
    if (dumps == 0 || !ends->weights)
        return FLAME_OK;
    size_t *first = flame_arena_zalloc(&s->arena, dumps, sizeof *first); /* and 1 more */
    if (!first)
        return FLAME_NOMEM;
    for (size_t dso = 0; dso < ends->dsos; dso++) {
        const struct flame_dso *d = &s->timeline.dsos.list.items[dso];
        if (d->kind != FLAME_DSO_JITTED)
            continue;
        if (first[d->dump] == 0)
            first[d->dump] = dso + 1;
        size_t to = first[d->dump] - 1;
        for (size_t why = 0; to != dso && why < FLAME_END_COUNT; why++) {
            uint64_t *sum = &ends->weights[why * rows + to],
                     *part = &ends->weights[why * rows + dso];
            if (*part == 0)
                continue;
            *sum = flame_sum(*sum, *part);
            *part = 0;
        }
    }
    return FLAME_OK;
}

enum flame_status flame_pipeline_report_ends(struct flame_session *s)
{
    const struct flame_walk_ends *ends = &s->ends;
    size_t rows = ends->dsos + 1, count = 0, n = 0;
    if (gather_methods(s) != FLAME_OK)
        return FLAME_NOMEM;
    for (size_t i = 0; i < FLAME_END_COUNT * rows; i++)
        count += ends->weights[i] != 0;
    struct flame_end_report *reports = flame_arena_zalloc(&s->arena, count + 1, sizeof *reports);
    enum flame_status status = reports ? FLAME_OK : FLAME_NOMEM;
    for (size_t i = 0; status == FLAME_OK && i < FLAME_END_COUNT * rows; i++)
        if (ends->weights[i])
            status = report(s, &reports[n++], (enum flame_stack_end)(i / rows),
                            (uint32_t)(i % rows), ends->weights[i]);
    if (status == FLAME_OK)
        qsort(reports, n, sizeof *reports, by_weight);
    s->verdict.ends = reports;
    s->verdict.end_count = n;
    return status;
}
