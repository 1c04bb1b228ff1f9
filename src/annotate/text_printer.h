/* text_printer.h: what the files that write annotated text share. */
#ifndef FLAME_ANNOTATE_TEXT_PRINTER_H
#define FLAME_ANNOTATE_TEXT_PRINTER_H

#include "lanes.h"
#include "marks.h"

/* One function on its way to the output.
 *
 * rows, lanes    where arrows run; NULL and 0: nowhere
 * address_width  hexadecimal digits of its addresses
 * marks          of its instructions; NULL: there is no source to show
 * event          what is hottest: by its hits, then by the other events'
 * bytes_width    columns that the bytes of its instructions take; 0: they are not shown */
struct flame_text_printer {
    const struct flame_annotation *annotation;
    const struct flame_annotate_look *look;
    const struct flame_annotated *function;
    struct flame_output *out;
    const struct flame_lane_row *rows;
    unsigned lanes;
    const struct flame_mark *marks;
    size_t event;
    int address_width, bytes_width;
};

enum flame_text_colour {
    FLAME_TEXT_NORMAL,
    FLAME_TEXT_HOT,
    FLAME_TEXT_WARM,
    FLAME_TEXT_ADDRESS,
    FLAME_TEXT_SOURCE,
    FLAME_TEXT_MARK,
    FLAME_TEXT_STRONG,
};

/* What follows is in that colour; nothing without look->colour. */
void flame_text_colour(const struct flame_text_printer *p, enum flame_text_colour colour);

/* perf's: from 5 percent on hot, from 0.5 on warm. */
enum flame_text_colour flame_text_heat(double percent);

/* The percentage of hits[event], as look wants it. */
double flame_text_percent(const struct flame_text_printer *p, const struct flame_hits *hits,
                          size_t event);

/* The columns in front of a row: their names, of hits (one per event; NULL: empty), and, where
 * branches were recorded, of an instruction (NULL: empty). */
void flame_text_column_names(const struct flame_text_printer *p);
void flame_text_percents(const struct flame_text_printer *p, const struct flame_hits *hits);
void flame_text_columns(const struct flame_text_printer *p, const struct flame_hits *hits,
                        const struct flame_instruction *instruction);

/* Arrows beside instruction at, or (between) beside a row above it. */
void flame_text_arrows(const struct flame_text_printer *p, size_t at, bool between);

/* At most most characters of a foreign text, the rest of it "..."; tabs become spaces. */
void flame_text_put_cut(struct flame_output *out, struct flame_str text, size_t most);

enum { FLAME_TEXT_NAME = 80 };

/* A function's name in at most width characters, see short_name.h. */
void flame_text_put_name(struct flame_output *out, struct flame_str name, size_t width);

/* The name of a file, with or without folders as look says; returns its length. */
struct flame_str flame_text_file(const struct flame_text_printer *p,
                                 const struct flame_source_file *file);

/* What comes before the instructions: which functions match, whose these are, where hits are. */
void flame_text_put_matches(const struct flame_text_printer *p);
void flame_text_put_head(const struct flame_text_printer *p);
void flame_text_put_summary(const struct flame_text_printer *p);

/* The text of an instruction, its operands aligned. */
void flame_text_put_instruction(const struct flame_text_printer *p,
                                const struct flame_instruction *instruction);

/* The rows about source and inlined functions that belong before instruction at, and behind it what
 * file and line it is of where a row does not say it. */
void flame_text_put_source(const struct flame_text_printer *p, size_t at);
void flame_text_put_place(const struct flame_text_printer *p, size_t at);

bool flame_text_is_hit(const struct flame_text_printer *p, const struct flame_instruction *in);

/* Up to where rows without an address have their text: columns, a number (0: none), arrows. */
void flame_text_put_margin(const struct flame_text_printer *p, size_t at, uint32_t number);

#endif
