/* outputs_drawn.c: what is drawn, and folded text: of a recording, or of folded text itself. */
#include "outputs_parts.h"
#include "well_formed.h"

#include <flamedata/contents.h>
#include <flamedata/format.h>
#include <flamedata/render.h>

/* Stacks with a name for each frame, from a recording or from folded text: one of the two. */
struct source {
    struct flame_session *session;
    struct flame_folded *folded;
    const struct flame_stacks *stacks;
};

static void check_stacks(const struct flame_stacks *s)
{
    uint64_t samples = 0;
    for (size_t i = 1; i < s->frame_count; i++) {
        int order = flame_str_compare(s->frames[i - 1].name, s->frames[i].name);
        CHECK(order < 0 || (order == 0 && s->frames[i - 1].kind < s->frames[i].kind));
    }
    for (size_t i = 0; i < s->id_count; i++)
        CHECK(s->ids[i] < s->frame_count);
    for (size_t i = 0; i < s->stack_count; i++) {
        const struct flame_stack *stack = &s->stacks[i];
        CHECK(stack->depth <= s->id_count && stack->first <= s->id_count - stack->depth);
        CHECK(stack->weight <= s->total_weight);
        samples += stack->samples;
    }
    CHECK(s->total_samples == samples);
}

static void close_source(struct source *from)
{
    flame_session_close(from->session);
    flame_folded_free(from->folded);
}

static struct flame_folded *read_folded(const char *path, struct flame_error *error)
{
    struct flame_contents contents;
    struct flame_folded *folded = NULL;
    const struct flame_folded_options options = { 0 };
    CHECK(flame_contents_open(&contents, path, NULL, error) == FLAME_OK);
    if (flame_probe(contents.bytes, contents.size) == FLAME_INPUT_FOLDED) {
        const struct flame_text text = { path, contents.bytes, contents.size };
        folded = flame_folded_read(&text, 1, &options, error);
        fuzz_check_failed(folded, error);
    }
    flame_contents_close(&contents);
    return folded;
}

static bool open_source(struct source *from, const struct fuzz_request *request)
{
    struct flame_error error = FLAME_ERROR_INIT;
    *from = (struct source){ .folded = read_folded(request->path, &error) };
    if (from->folded) {
        from->stacks = flame_folded_stacks(from->folded);
    } else {
        error = (struct flame_error)FLAME_ERROR_INIT;
        from->session = flame_session_open(request->path, &request->session, &error);
        fuzz_check_failed(from->session, &error);
        if (from->session)
            from->stacks = flame_session_stacks(from->session);
    }
    if (from->stacks)
        check_stacks(from->stacks);
    return from->stacks != NULL;
}

static struct flame_look look_of(const struct fuzz_request *request)
{
    static const char *const colors[] = { NULL, "dso", "java", "hot" };
    return (struct flame_look){
        .inverted = request->variant & 1,
        .reversed = request->variant & 2,
        .hash = request->variant & 4,
        .still = request->variant & 8,
        .colors = colors[request->variant >> 4 & 3],
        .has_min_width = request->variant & 64,
        .title = request->variant & 128 ? "<&\"]]>" : NULL,
    };
}

static void draw(const struct flame_stacks *stacks, enum flame_tree_order order,
                 const struct flame_look *look, struct flame_output *out)
{
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_tree tree;
    enum flame_status status = flame_tree_build(&tree, stacks, order, &error);
    fuzz_check_status(status, &error);
    if (status == FLAME_OK) {
        status = flame_render_svg(&tree, look, out, &error);
        fuzz_check_status(status, &error);
        if (status == FLAME_OK)
            check_xml(out);
    }
    flame_tree_free(&tree);
}

void fuzz_make_svg(const struct fuzz_request *request, struct flame_output *out)
{
    struct source from;
    struct flame_look look = look_of(request);
    if (open_source(&from, request))
        draw(from.stacks, look.reversed ? FLAME_TREE_LEAF_FIRST : FLAME_TREE_CALLERS_FIRST, &look,
             out);
    close_source(&from);
}

void fuzz_make_chart(const struct fuzz_request *request, struct flame_output *out)
{
    struct flame_error error = FLAME_ERROR_INIT;
    struct fuzz_request keeping = *request;
    struct flame_look look = look_of(request);
    struct source from;
    look.flamechart = true;
    look.reversed = false;
    keeping.session.keep_samples = true;
    if (open_source(&from, &keeping) && from.session) {
        struct flame_stacks *chart =
            flame_samples_chart(flame_session_samples(from.session), from.stacks, &error);
        fuzz_check_failed(chart, &error);
        if (chart)
            draw(chart, FLAME_TREE_IN_ORDER, &look, out);
        flame_samples_chart_free(chart);
    }
    close_source(&from);
}

void fuzz_make_folded(const struct fuzz_request *request, struct flame_output *out)
{
    struct flame_error error = FLAME_ERROR_INIT;
    struct source from;
    if (open_source(&from, request))
        CHECK(flame_write_folded(from.stacks, out, &error) == FLAME_OK);
    close_source(&from);
    /* Each line is a stack again. */
    struct flame_str lines = flame_output_bytes(out);
    const struct flame_text text = { "folded", lines.ptr, lines.len };
    const struct flame_folded_options options = { 0 };
    struct flame_folded *folded = lines.len ? flame_folded_read(&text, 1, &options, &error) : NULL;
    if (folded)
        CHECK(flame_folded_report(folded)->passed_over == 0);
    flame_folded_free(folded);
}

/* A page's codes, by their names. */
static size_t take_codes(const struct flame_annotation *annotation, struct flame_output **blocks,
                         struct flame_page_code *codes, size_t most)
{
    size_t count = 0;
    for (; annotation && count < most && count < annotation->function_count; count++) {
        const struct flame_annotated *function = &annotation->functions[count];
        struct flame_output *markup = flame_output_memory();
        CHECK(markup && (blocks[count] = flame_output_memory()));
        CHECK(flame_annotate_section(annotation, count, NULL, markup) == FLAME_OK);
        CHECK(flame_page_pack(flame_output_bytes(markup), blocks[count]) == FLAME_OK);
        flame_output_discard(markup);
        codes[count] = (struct flame_page_code){ function->symbol, function->dso,
                                                 flame_output_bytes(blocks[count]) };
    }
    return count;
}

static void write_page(const struct source *from, const struct fuzz_request *request,
                       const struct flame_tree *tree, struct flame_output *out)
{
    enum { CODES = 4 };
    struct flame_error error = FLAME_ERROR_INIT, no_code = FLAME_ERROR_INIT;
    struct flame_output *verdict = flame_output_memory(), *blocks[CODES] = { NULL };
    struct flame_page_code codes[CODES];
    struct flame_look look = look_of(request);
    const struct flame_annotate_options options = fuzz_annotate_of(request);
    const struct flame_stacks *stacks = from->stacks;
    const struct flame_page_event event = { .name = stacks->event_name, .unit = stacks->unit };
    const struct flame_page_fact facts[] = { { .label = stacks->event_name },
                                             { stacks->event_name, stacks->event_name } };
    const struct flame_annotation *annotation =
        from->session && request->variant & 1 ? flame_annotate(request->path, &options, &no_code)
                                              : NULL;
    CHECK(verdict);
    if (from->session)
        flame_verdict_json(flame_session_verdict(from->session), stacks->unit, verdict);
    const struct flame_page page = {
        .tree = tree,
        .events = &event,
        .event_count = 1,
        .samples = from->session ? flame_session_samples(from->session) : NULL,
        .facts = facts,
        .fact_count = 2,
        .verdict = flame_output_bytes(verdict),
        .doubts = stacks->event_name,
        .codes = codes,
        .code_count = take_codes(annotation, blocks, codes, CODES),
        .look = &look,
    };
    enum flame_status status = flame_render_html(&page, out, &error);
    fuzz_check_status(status, &error);
    if (status == FLAME_OK)
        check_html(out);
    flame_annotation_free(annotation);
    flame_output_discard(verdict);
    for (size_t i = 0; i < CODES; i++)
        flame_output_discard(blocks[i]);
}

void fuzz_make_page(const struct fuzz_request *request, struct flame_output *out)
{
    struct flame_error error = FLAME_ERROR_INIT;
    struct source from;
    struct flame_tree tree;
    if (open_source(&from, request)) {
        enum flame_status status =
            flame_tree_build(&tree, from.stacks, FLAME_TREE_CALLERS_FIRST, &error);
        fuzz_check_status(status, &error);
        if (status == FLAME_OK)
            write_page(&from, request, &tree, out);
        flame_tree_free(&tree);
    }
    close_source(&from);
}
