/* html.h: what the files that write an annotation's page share.
 *
 * Text from a recording, an object or a source file goes through flame_html_text, without
 * exception; what else is written is ours. */
#ifndef FLAME_ANNOTATE_HTML_H
#define FLAME_ANNOTATE_HTML_H

#include <flamedata/annotate.h>

/* look is never NULL.
 *
 * style   the attribute that styles go into: "style", or "data-style" where a page that is not ours
 *         may forbid it, and a script has to apply them
 * bytes   of instructions are written; shown or not, the page has a switch
 * least   of summaries, in percent */
struct flame_html {
    struct flame_output *out;
    const struct flame_annotation *annotation;
    const struct flame_annotate_look *look;
    const char *style;
    bool bytes;
    double least;
};

/* With the defaults where look has none; style and bytes are to be filled in. */
struct flame_html flame_html_of(const struct flame_annotation *annotation,
                                const struct flame_annotate_look *look, struct flame_output *out);

/* Longer names are shortened in headings, and written out below. */
enum { FLAME_HTML_HEADING = 80 };

/* As element content, or as an attribute's value in double quotes: markup escaped, and what could
 * mislead a reader as flame_put_safe has it. */
void flame_html_text(struct flame_output *out, struct flame_str s);

/* A function's name in at most width characters, see short_name.h, and whole where one points at
 * it; tail: flame_tail_name. */
void flame_html_name(struct flame_output *out, struct flame_str name, size_t width, bool tail);

/* The columns that a text takes in a font of fixed width, at least. */
size_t flame_html_columns(struct flame_str s);

/* What a page shows of an instruction's text: all, but where it jumps inside of its function the
 * address alone, without "<function+0x8d>". */
struct flame_str flame_html_shown_code(const struct flame_instruction *in);

/* That, its parts marked up: mnemonic, names, comment. target: what a jump's operands link to, the
 * id of a row; NULL: none. lane: where its arrow runs, or FLAME_NO_LANE. */
void flame_html_code(struct flame_output *out, const struct flame_instruction *in,
                     const char *target, unsigned lane);

/* 12.34 */
void flame_html_percent(struct flame_output *out, double percent);

/* The attribute data-h, from which the script works out all kinds of percentages:
 * "samples,period samples,period", one pair for each event. */
void flame_html_hits(const struct flame_html *html, const struct flame_hits *hits);

/* Of all samples, as the kind of percentage counts. */
double flame_html_share(const struct flame_html *html, const struct flame_hits *hits, size_t event);

bool flame_html_is_hit(const struct flame_html *html, const struct flame_hits *hits);

/* The first event with hits of the function: it decides what is hottest there. */
size_t flame_html_event(const struct flame_html *html, const struct flame_annotated *function);

/* The function's hottest instruction: by that event, then by the others. SIZE_MAX: none was hit. */
size_t flame_html_hottest(const struct flame_html *html, const struct flame_annotated *function);

/* As qsort has it: a is hotter. */
int flame_html_compare(const struct flame_html *html, const struct flame_annotated *function,
                       const struct flame_hits *a, const struct flame_hits *b);

/* Of the function, or of everything, as the look has it; of the event that decides. */
double flame_html_local(const struct flame_html *html, const struct flame_annotated *function,
                        const struct flame_hits *hits);

/* A percentage with its hits, so that the script can put another kind in its place. of: "local":
 * as rows of the listing have it; "global": a share of all samples. */
void flame_html_put_share(const struct flame_html *html, const char *of,
                          const struct flame_hits *hits, double percent);

/* A file's name as the look has it. */
struct flame_str flame_html_file(const struct flame_html *html,
                                 const struct flame_source_file *file);

enum { FLAME_HTML_ID = 48 };

/* The id of an address' row in the function of that index: "f0-13f0". */
void flame_html_id(char id[FLAME_HTML_ID], size_t function, uint64_t address);

/* The attributes from which, and from hits, the script works out percentages: the kind that is
 * shown, the least of summaries, and the events' totals. */
void flame_html_measures(const struct flame_html *html);

/* Beyond the table: lists of a function's hottest lines and inlined functions, or where lines are
 * not known, instructions. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_html_hottest_lists(const struct flame_html *html, size_t function);

/* Heading, facts and table of a function as its section; lists: with those of what is hottest, and
 * with what percentages are worked out from. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_html_section(const struct flame_html *html, size_t function, bool lists);

/* The table of a function. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_html_listing(const struct flame_html *html, size_t function);

/* The table of contents. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_html_contents(const struct flame_html *html);

/* Notes about what the result rests on. */
void flame_html_notes(const struct flame_html *html);

#endif
