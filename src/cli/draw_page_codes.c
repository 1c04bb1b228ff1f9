/* draw_page_codes.c: see draw_page_codes.h.
 *
 * Functions are asked for by their share of the weight, and taken as long as there is room: one
 * that does not fit any more is passed over for smaller ones. What is not taken, and why, is the
 * note. */
#include "draw_page_codes.h"

#include "command.h"
#include "terminal.h"

#include <flamedata/annotate.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>

#define BULLET "\xe2\x80\xa2 "

enum {
    MOST_FUNCTIONS = 1000,
    MOST_REASONS = 4,
    REASON = 1024,
    LEAST_PER_INSTRUCTION = 3, /* bytes of a page that one takes, at the very least */
};
static const double usual_percent = 95, usual_megabytes = 8, bytes_of_megabyte = 1e6;

/* What became of the functions: how many, and what they weigh. */
struct sum {
    size_t count;
    uint64_t weight;
};

struct making {
    struct flame_cli_codes *codes;
    const struct flame_annotation *annotation;
    struct flame_annotate_look look;
    double percent, megabytes;
    struct sum taken, large;
};

static void add(struct sum *sum, const struct flame_hits *hits)
{
    sum->count++;
    sum->weight += hits[0].period;
}

/* Of several events the first's, with its name. */
static void put_share(const struct making *m, const struct sum *sum)
{
    const struct flame_annotation *a = m->annotation;
    struct flame_output *out = m->codes->words;
    uint64_t whole = a->event_count ? a->events[0].total.period : 0;
    flame_cli_put_share(out, sum->weight, whole ? whole : 1);
    if (a->event_count > 1) {
        flame_put_text(out, " of ");
        flame_put_str(out, a->events[0].name);
    }
}

static void put_sum(const struct making *m, const struct sum *sum)
{
    struct flame_output *out = m->codes->words;
    flame_putf(out, "%zu function%s (", sum->count, sum->count == 1 ? "" : "s");
    put_share(m, sum);
    flame_put_text(out, ")");
}

static bool same_reason(const struct flame_annotated_match *a,
                        const struct flame_annotated_match *b)
{
    return a->error.status == b->error.status && flame_str_equal(a->dso, b->dso) &&
           strcmp(a->error.text, b->error.text) == 0;
}

/* The functions that have no code for the same reason as the one at; a count of 0: that is not the
 * first of them. */
static struct sum alike(const struct flame_annotation *a, size_t at)
{
    struct sum sum = { 0 };
    for (size_t i = 0; i < a->match_count; i++) {
        if (!same_reason(&a->matches[i], &a->matches[at]))
            continue;
        if (i < at)
            return (struct sum){ 0 };
        add(&sum, a->matches[i].hits);
    }
    return sum;
}

static void put_reason(const struct making *m, const struct flame_annotated_match *match,
                       const struct sum *sum)
{
    struct flame_output *out = m->codes->words;
    char words[REASON];
    struct flame_error why = match->error;
    if (why.path && flame_str_is(match->dso, why.path))
        why.path = NULL;
    flame_error_format(&why, words, sizeof words);
    flame_put_text(out, BULLET);
    flame_put_str(out, flame_str_basename(match->dso));
    flame_put_text(out, " (");
    put_share(m, sum);
    flame_putf(out, "): %s\n", words);
}

/* Why some functions have no code: why the first of them, at that index of the matches. */
struct reason {
    struct sum sum;
    size_t first;
};

static int by_weight(const void *a, const void *b)
{
    const struct reason *x = a, *y = b;
    if (x->sum.weight != y->sum.weight)
        return x->sum.weight > y->sum.weight ? -1 : 1;
    return x->first < y->first ? -1 : x->first > y->first;
}

static enum flame_status put_without_code(const struct making *m)
{
    const struct flame_annotation *a = m->annotation;
    struct flame_output *out = m->codes->words;
    struct reason *reasons = calloc(a->match_count + 1, sizeof *reasons);
    struct sum all = { 0 };
    size_t count = 0;
    if (!reasons)
        return FLAME_NOMEM;
    for (size_t i = 0; i < a->match_count; i++) {
        if (a->matches[i].error.status == FLAME_OK)
            continue;
        add(&all, a->matches[i].hits);
        reasons[count] = (struct reason){ alike(a, i), i };
        count += reasons[count].sum.count > 0;
    }
    qsort(reasons, count, sizeof *reasons, by_weight);
    if (count) {
        put_sum(m, &all);
        flame_put_text(out, all.count == 1 ? " has no code here:\n" : " have no code here:\n");
    }
    for (size_t i = 0; i < count && i < MOST_REASONS; i++)
        put_reason(m, &a->matches[reasons[i].first], &reasons[i].sum);
    if (count > MOST_REASONS)
        flame_putf(out, BULLET "and %zu more\n", count - MOST_REASONS);
    free(reasons);
    return FLAME_OK;
}

/* Of the limits that were reached the verdict has those that cost frames and names, too, which the
 * page's own session was told of. */
static void note_limits(const struct making *m)
{
    const struct flame_verdict *v = m->annotation->verdict;
    struct flame_cli_reached *reached = &m->codes->reached;
    for (size_t i = 0; i < v->reached_count; i++)
        if (v->reached[i].limit == FLAME_LIMIT_SOURCES || v->reached[i].limit == FLAME_LIMIT_CODE ||
            v->reached[i].limit == FLAME_LIMIT_INSTRUCTIONS)
            reached->items[reached->count++] = v->reached[i];
}

static void put_missing_text(const struct making *m)
{
    const struct flame_cli_reached *reached = &m->codes->reached;
    for (size_t i = 0; i < reached->count; i++)
        if (reached->items[i].limit == FLAME_LIMIT_SOURCES)
            flame_putf(m->codes->words, "Source text is left out: %s.\n",
                       reached->items[i].error.text);
}

static enum flame_status put_note(const struct making *m)
{
    const struct flame_annotation *a = m->annotation;
    struct flame_output *out = m->codes->words;
    flame_put_text(out, "The code of ");
    put_sum(m, &m->taken);
    flame_put_text(out, " is here.\n");
    enum flame_status status = put_without_code(m);
    if (m->large.count) {
        put_sum(m, &m->large);
        flame_putf(out, " would take more than the %g MB that --annotate-size allows.\n",
                   m->megabytes);
    }
    if (a->function_count == MOST_FUNCTIONS)
        flame_putf(out, "No more than %d functions are put into a page.\n", MOST_FUNCTIONS);
    else if (m->percent < 100)
        flame_putf(out, "Others are beyond the %g %% of --annotate-top.\n", m->percent);
    put_missing_text(m);
    return status;
}

/* Where the texts of a code are in the output that collects them. */
struct places {
    size_t name, object, block, end;
};

static enum flame_status take(const struct making *m, const struct flame_annotated *function,
                              struct places *places, double room)
{
    const struct flame_annotation *a = m->annotation;
    struct flame_output *to = m->codes->blocks, *block = flame_output_memory();
    struct flame_output *markup = flame_output_memory();
    size_t index = (size_t)(function - a->functions);
    enum flame_status status = block && markup ? FLAME_OK : FLAME_NOMEM;
    if (status == FLAME_OK)
        status = flame_annotate_section(a, index, &m->look, markup);
    if (status == FLAME_OK)
        status = flame_page_pack(flame_output_bytes(markup), block);
    if (status == FLAME_OK && (double)flame_output_bytes(block).len <= room) {
        places->name = flame_output_bytes(to).len;
        flame_put_str(to, function->symbol);
        places->object = flame_output_bytes(to).len;
        flame_put_str(to, flame_str_basename(function->dso));
        places->block = flame_output_bytes(to).len;
        flame_put_str(to, flame_output_bytes(block));
        places->end = flame_output_bytes(to).len;
    }
    if (status == FLAME_OK &&
        (flame_output_failed(markup) || flame_output_failed(block) || flame_output_failed(to)))
        status = FLAME_NOMEM;
    flame_output_discard(block);
    flame_output_discard(markup);
    return status;
}

static enum flame_status take_all(struct making *m, struct places *places)
{
    const struct flame_annotation *a = m->annotation;
    double room = m->megabytes * bytes_of_megabyte;
    enum flame_status status = FLAME_OK;
    for (size_t i = 0; i < a->function_count && status == FLAME_OK; i++) {
        const struct flame_annotated *f = &a->functions[i];
        struct places *at = &places[m->taken.count];
        if ((double)f->instruction_count * LEAST_PER_INSTRUCTION <= room)
            status = take(m, f, at, room);
        if (at->end == 0) {
            add(&m->large, f->total);
            continue;
        }
        room -= (double)(at->end - at->block);
        add(&m->taken, f->total);
    }
    return status;
}

static enum flame_status make(struct making *m)
{
    struct flame_cli_codes *codes = m->codes;
    size_t count = m->annotation->function_count;
    note_limits(m);
    struct places *places = calloc(count + 1, sizeof *places);
    codes->codes = calloc(count + 1, sizeof *codes->codes);
    enum flame_status status = places && codes->codes ? take_all(m, places) : FLAME_NOMEM;
    const char *text = flame_output_bytes(codes->blocks).ptr;
    for (size_t i = 0; i < m->taken.count && status == FLAME_OK; i++) {
        const struct places *p = &places[i];
        codes->codes[i] =
            (struct flame_page_code){ .name = { text + p->name, p->object - p->name },
                                      .object = { text + p->object, p->block - p->object },
                                      .block = { text + p->block, p->end - p->block } };
    }
    codes->code_count = m->taken.count;
    free(places);
    return status == FLAME_OK ? put_note(m) : status;
}

/* Whether it can be opened and read again: a pipe was emptied, and would be waited for. */
static bool is_there_twice(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode));
}

static enum flame_status annotate(struct making *m, const char *path,
                                  const struct flame_session_options *session,
                                  const struct flame_cli_code_options *options,
                                  struct flame_error *error)
{
    struct flame_annotate_options annotate = { .session = *session,
                                               .share_percent = m->percent,
                                               .top = MOST_FUNCTIONS,
                                               .no_source = options->no_source,
                                               .source_dirs = options->source_dirs };
    struct flame_error why = FLAME_ERROR_INIT;
    annotate.session.keep_samples = false;
    if (session->event && strcmp(session->event, "all") == 0)
        annotate.session.event = NULL;
    m->annotation = flame_annotate(path, &annotate, &why);
    if (m->annotation) {
        enum flame_status status = make(m);
        flame_annotation_free(m->annotation);
        return status == FLAME_OK ? status : flame_cli_no_memory(error);
    }
    if (why.status == FLAME_NOMEM)
        return flame_cli_no_memory(error);
    char words[REASON];
    flame_error_format(&why, words, sizeof words);
    flame_putf(m->codes->words, "There is no code here: %s.", words);
    return FLAME_OK;
}

enum flame_status flame_cli_codes_make(struct flame_cli_codes *codes, const char *path,
                                       const struct flame_session_options *session,
                                       const struct flame_cli_code_options *options,
                                       struct flame_error *error)
{
    struct making m = { .codes = codes, .look.no_source = options->no_source };
    m.percent = options->top.given ? options->top.percent : usual_percent;
    m.megabytes = options->size > 0 ? options->size : usual_megabytes;
    *codes =
        (struct flame_cli_codes){ .blocks = flame_output_memory(), .words = flame_output_memory() };
    enum flame_status status = FLAME_OK;
    if (!codes->blocks || !codes->words)
        status = flame_cli_no_memory(error);
    else if (m.percent <= 0)
        flame_put_text(codes->words, "This page was made without code: --annotate-top 0.");
    else if (!is_there_twice(path))
        flame_put_text(codes->words, "The recording came through a pipe, and code is looked for in "
                                     "a second pass: save it to a file first.");
    else
        status = annotate(&m, path, session, options, error);
    if (status == FLAME_OK && flame_output_failed(codes->words))
        status = flame_cli_no_memory(error);
    if (status == FLAME_OK)
        codes->note = flame_output_bytes(codes->words);
    return status;
}

void flame_cli_codes_free(struct flame_cli_codes *codes)
{
    free(codes->codes);
    flame_output_discard(codes->blocks);
    flame_output_discard(codes->words);
    *codes = (struct flame_cli_codes){ 0 };
}
