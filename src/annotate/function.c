/* function.c: one function: its instructions, and what each of them was hit by.
 *
 * A hit belongs to the instruction whose bytes it lies in; as perf annotate has it, hits in the
 * middle of an instruction are its hits. Every hit belongs to exactly one row, so that rows add up
 * to the total: where the code ends before the symbol does (a symbol without a size that reaches
 * over the end of its section), hits behind the end get rows without bytes, as all hits do where
 * code is not wanted or not there. */
#include "function.h"

#include "fail.h"
#include "hits.h"
#include "instructions.h"
#include "origins.h"
#include "summary.h"

/* How many distinct offsets hits[count] have. */
static size_t count_offsets(const struct flame_offset_hits *hits, size_t count)
{
    size_t distinct = 0;
    for (size_t i = 0; i < count; i++)
        distinct += i == 0 || hits[i].offset != hits[i - 1].offset;
    return distinct;
}

/* Rows without bytes for hits[count], behind the others, where there is room for them. */
static void add_addresses(struct flame_instructions *instructions, uint64_t start,
                          const struct flame_offset_hits *hits, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (i == 0 || hits[i].offset != hits[i - 1].offset)
            instructions->list[instructions->count++] =
                (struct flame_instruction){ .address = start + hits[i].offset,
                                            .jump = FLAME_NO_INSTRUCTION };
}

/* Whether an offset from the function's start belongs to the row at. */
static bool holds(const struct flame_instruction *at, uint64_t start, uint64_t offset)
{
    uint64_t from = at->address - start;
    return offset >= from && offset - from < (at->size ? at->size : 1);
}

/* Give the rows their hits; those without any share one row of zeros. False: out of memory. */
static bool assign_hits(struct flame_instructions *instructions,
                        const struct flame_function_input *input, uint64_t start,
                        struct flame_arena *arena)
{
    size_t events = input->event_count, next = 0;
    const struct flame_hits *none = flame_arena_zalloc(arena, events, sizeof *none);
    if (!none)
        return false;
    for (size_t i = 0; i < instructions->count; i++) {
        struct flame_instruction *at = &instructions->list[i];
        struct flame_hits *hits = NULL;
        at->hits = none;
        for (; next < input->hit_count && holds(at, start, input->hits[next].offset); next++) {
            const struct flame_offset_hits *hit = &input->hits[next];
            if (!hits && !(hits = flame_arena_zalloc(arena, events, sizeof *hits)))
                return false;
            flame_hits_add(&hits[hit->event], &hit->hits);
            at->hits = hits;
        }
    }
    return true;
}

/* A stack that is at two offsets of one row (a call was sampled, and is also returned to) hit it
 * once. The rows' hits are their own: assign_hits made them. */
static void take_back_doubles(struct flame_instructions *rows,
                              const struct flame_function_input *input, uint64_t start)
{
    for (size_t i = 0; i < input->set_count; i++) {
        const struct flame_place_set *set = &input->sets[i];
        size_t before = SIZE_MAX;
        for (size_t k = 0; k < set->count; k++) {
            size_t row = flame_row_at(rows->list, rows->count, start + set->offsets[k]);
            if (row == before && row < rows->count)
                flame_hits_take_back(
                    (struct flame_hits *)(uintptr_t)&rows->list[row].hits[set->event], &set->hits);
            before = row;
        }
    }
}

static bool sum_hits(struct flame_annotated *out, const struct flame_function_input *input,
                     struct flame_arena *arena)
{
    struct flame_hits *total = flame_arena_zalloc(arena, input->event_count, sizeof *total);
    for (size_t i = 0; total && i < input->hit_count; i++)
        flame_hits_add(&total[input->hits[i].event], &input->hits[i].hits);
    out->total = total;
    return total;
}

/* The rows: of code, and of hits that code does not hold. code is NULL where there is none. */
static enum flame_status make_rows(struct flame_instructions *rows, const struct flame_code *code,
                                   uint64_t start, const struct flame_function_input *input,
                                   bool intel, struct flame_arena *arena, struct flame_error *error)
{
    size_t first = 0;
    while (code && first < input->hit_count && input->hits[first].offset < code->size)
        first++;
    const struct flame_offset_hits *rest = input->hits + first;
    size_t rest_count = input->hit_count - first, room = count_offsets(rest, rest_count);
    enum flame_status status = FLAME_OK;
    if (code)
        status = flame_instructions_decode(rows, code, input->file, input->symbol, intel, room,
                                           arena, error);
    else
        rows->list = flame_arena_zalloc(arena, room, sizeof *rows->list);
    if (status != FLAME_OK || !rows->list)
        return status != FLAME_OK ? status : FLAME_NOMEM;
    add_addresses(rows, start, rest, rest_count);
    return FLAME_OK;
}

/* What is known of all rows together. */
static enum flame_status complete(struct flame_annotated *out,
                                  const struct flame_function_input *input,
                                  struct flame_instructions *rows, const struct flame_code *code,
                                  struct flame_sources *sources, struct flame_arena *arena)
{
    enum flame_status status =
        flame_origins_find(rows, code, input->file, sources, arena, &out->has_source);
    if (status != FLAME_OK)
        return status;
    if (!assign_hits(rows, input, code->address, arena) || !sum_hits(out, input, arena))
        return FLAME_NOMEM;
    take_back_doubles(rows, input, code->address);
    if (out->has_code) {
        out->has_branches = input->branch_count || input->run_count;
        out->coverage = flame_cost_apply(rows->list, rows->count, code->address, input->branches,
                                         input->branch_count, input->runs, input->run_count);
    }
    out->instructions = rows->list;
    out->instruction_count = rows->count;
    return flame_summarize(out, input->event_count, input->sets, input->set_count, arena);
}

/* Where the function ends: where its code does, or, with hits behind that, where its symbol does.
 */
static uint64_t end_of(const struct flame_function_input *input, const struct flame_code *code,
                       bool has_code)
{
    const struct flame_offset_hits *last =
        input->hit_count ? &input->hits[input->hit_count - 1] : NULL;
    if (has_code && (!last || last->offset < code->size))
        return code->address + code->size;
    return code->address + (input->place->end - input->place->start);
}

enum flame_status flame_function_annotate(struct flame_annotated *out,
                                          const struct flame_function_input *input,
                                          const struct flame_annotate_options *options,
                                          struct flame_sources *sources, struct flame_arena *arena,
                                          struct flame_error *error)
{
    struct flame_code code = { 0 };
    struct flame_error unwanted = FLAME_ERROR_INIT;
    enum flame_status status =
        flame_code_of(input->file, input->place, &code, options->no_code ? &unwanted : error);
    if (status != FLAME_OK && (status == FLAME_NOMEM || !options->no_code))
        return status;
    *out = (struct flame_annotated){ .symbol = input->symbol,
                                     .dso = input->dso,
                                     .has_code = !options->no_code,
                                     .build_id = flame_code_build_id(input->file),
                                     .start = code.address };
    if (out->has_code)
        out->file = flame_str_from(flame_code_path(input->file));
    out->end = end_of(input, &code, out->has_code);
    struct flame_instructions rows = { 0 };
    status = make_rows(&rows, out->has_code ? &code : NULL, code.address, input, options->intel,
                       arena, error);
    if (status == FLAME_OK)
        status = complete(out, input, &rows, &code, sources, arena);
    if (error && error->status != FLAME_OK && !error->path)
        error->path = flame_code_path(input->file);
    return status == FLAME_NOMEM ? flame_fail(error, FLAME_NOMEM, flame_code_path(input->file),
                                              FLAME_NO_OFFSET, "out of memory for a function")
                                 : status;
}
