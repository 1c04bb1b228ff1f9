/* fuzz_annotate.c: code of any machine, with hits and names of any kind, to a listing, and that to
 * text, JSON and HTML. What the bytes are: scenario.h. */
#include "packed.h"
#include "scenario.h"
#include "well_formed.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { ARENA = 256 << 20 };

/* Instructions follow each other without a gap and are all of the code; what was hit behind it has
 * rows of its own; no hit is lost. */
static void check_rows(const struct scenario *s, const struct flame_annotated *f)
{
    const struct flame_code *code = &s->file.code;
    uint64_t at = code->address, hits[SCENARIO_EVENTS] = { 0 };
    CHECK(f->coverage >= 0 && f->coverage <= 1);
    for (size_t i = 0; i < f->instruction_count; i++) {
        const struct flame_instruction *in = &f->instructions[i];
        CHECK(in->jump == FLAME_NO_INSTRUCTION || in->jump < f->instruction_count);
        CHECK(in->hits);
        if (in->size) {
            CHECK(in->address == at && in->bytes == code->bytes + (at - code->address));
            CHECK(in->text.len > 0 && memchr(in->text.ptr, 0, in->text.len) == NULL);
            at += in->size;
        }
        for (size_t e = 0; e < s->input.event_count; e++)
            hits[e] += in->hits[e].samples;
    }
    CHECK(at == (f->has_code ? code->address + code->size : code->address));
    for (size_t e = 0; e < s->input.event_count; e++)
        CHECK(s->input.set_count ? hits[e] <= f->total[e].samples : hits[e] == f->total[e].samples);
}

static struct flame_annotate_look take_look(struct take *t)
{
    uint16_t bits = take_u16(t);
    return (struct flame_annotate_look){ .percent = (enum flame_percent_type)(bits & 3),
                                         .raw = bits & 4,
                                         .samples = bits & 8,
                                         .period = bits & 16,
                                         .print_line = bits & 32,
                                         .full_paths = bits & 64,
                                         .no_source = bits & 128,
                                         .unicode = bits & 256,
                                         .min_percent = bits & 512 ? 0.001 : 0 };
}

static void write_all(const struct flame_annotation *annotation,
                      const struct flame_annotate_look *look, unsigned which)
{
    struct flame_output *out[4];
    for (size_t i = 0; i < 4; i++)
        CHECK((out[i] = flame_output_memory()));
    if (which & 1) {
        CHECK(flame_annotate_text(annotation, look, out[0]) == FLAME_OK);
        check_safe(out[0]);
    }
    if (which & 2) {
        CHECK(flame_annotate_json(annotation, look, out[1]) == FLAME_OK);
        check_json(out[1]);
    }
    if (which & 4) {
        CHECK(flame_annotate_html(annotation, look, out[2]) == FLAME_OK);
        check_html(out[2]);
    }
    if (which & 8 && annotation->function_count) {
        flame_put_text(out[3], "<!doctype html>");
        CHECK(flame_annotate_section(annotation, 0, look, out[3]) == FLAME_OK);
        check_html(out[3]);
    }
    for (size_t i = 0; i < 4; i++)
        flame_output_discard(out[i]);
}

/* The function as part of an annotation in which everything else has hostile names, too. */
static void write_annotation(struct scenario *s, const struct flame_annotated *function,
                             const struct flame_error *why, struct take *t)
{
    struct flame_str names[SCENARIO_NAMES];
    for (size_t i = 0; i < SCENARIO_NAMES; i++)
        names[i] = flame_str_from(s->names[i]);
    struct flame_annotated_event events[SCENARIO_EVENTS];
    struct flame_hits none[SCENARIO_EVENTS] = { { 0, 0 } };
    for (size_t e = 0; e < s->input.event_count; e++)
        events[e] = (struct flame_annotated_event){ names[e], (enum flame_unit)(e % 3),
                                                    function ? function->total[e] : none[e] };
    const struct flame_annotated_match matches[] = {
        { s->input.symbol, s->input.dso, function ? function->total : none, function ? 0 : SIZE_MAX,
          *why },
        { names[5], names[6], none, SIZE_MAX, { FLAME_IO, 5, s->names[7], "not here" } },
    };
    const struct flame_object_report object = { .name = names[1],
                                                .advice = names[2],
                                                .caution = names[3],
                                                .used = names[4],
                                                .weight = 4,
                                                .unnamed = 3,
                                                .trusted = true };
    const struct flame_end_report end = { FLAME_END_NO_CFI, names[8], names[9], 3 };
    const struct flame_loss loss = { { FLAME_CORRUPT, 9, s->names[10], "lost" }, 8 };
    const struct flame_verdict verdict = { .samples = 9,
                                           .weight = 9,
                                           .lost_samples = 2,
                                           .objects = &object,
                                           .object_count = 1,
                                           .ends = &end,
                                           .end_count = 1,
                                           .losses = &loss,
                                           .loss_count = 1,
                                           .all_losses = 1,
                                           .places = &matches[1].error,
                                           .place_count = 1,
                                           .machine = names[11] };
    const struct flame_annotation annotation = { .path = s->names[0],
                                                 .callers = s->input.set_count > 0,
                                                 .events = events,
                                                 .event_count = s->input.event_count,
                                                 .matches = matches,
                                                 .match_count = 2,
                                                 .functions = function,
                                                 .function_count = function != NULL,
                                                 .skipped = function ? 1 : 2,
                                                 .verdict = &verdict };
    const struct flame_annotate_look look = take_look(t);
    uint8_t which = take_u8(t);
    write_all(&annotation, &look, 1u << (which & 3) | which >> 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct scenario s;
    struct take t = { bytes, size };
    struct flame_arena arena;
    struct flame_sources sources;
    struct flame_annotated function;
    struct flame_error error = FLAME_ERROR_INIT;
    scenario_take(&s, &t);
    const struct flame_annotate_options options = { .intel = s.intel, .no_code = s.no_code };
    flame_arena_init(&arena, ARENA);
    /* code_stub.c gives this text to every source file. */
    struct flame_packed_file text = { .bytes = t.at, .size = t.left, .changed_ns = 2 };
    struct flame_packed packed = { .files = { &text, 1, 1 } };
    flame_sources_init(&sources, &options);
    const struct flame_symbol_places places = { .packed = &packed };
    sources.places = &places;
    sources.recorded_ns = 4;
    enum flame_status status =
        flame_function_annotate(&function, &s.input, &options, &sources, &arena, &error);
    CHECK(status == FLAME_OK || status == FLAME_UNSUPPORTED);
    CHECK(status == FLAME_OK || error.text[0]);
    if (status == FLAME_OK)
        check_rows(&s, &function);
    write_annotation(&s, status == FLAME_OK ? &function : NULL, &error, &t);
    flame_sources_deinit(&sources);
    flame_arena_deinit(&arena);
    return 0;
}
