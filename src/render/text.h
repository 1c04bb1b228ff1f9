/* text.h: foreign names as XML text, cut to a width.
 *
 * Names come from binaries and may hold anything. Whatever goes in, what comes out is valid UTF-8,
 * valid XML 1.0, and reads from left to right as far as a name can decide it: bytes that are not
 * UTF-8, control characters and the marks that turn the direction of text become U+FFFD, white
 * space becomes a space. Source: XML 1.0 section 2.2, Unicode 15 sections 3.9 and 23.2. */
#ifndef FLAME_RENDER_TEXT_H
#define FLAME_RENDER_TEXT_H

#include <flamedata/output.h>
#include <flamedata/stack.h>

/* Write s as element content or as an attribute value in quotes. flame_put_lines keeps line
 * breaks. */
void flame_put_xml(struct flame_output *out, struct flame_str s);
void flame_put_lines(struct flame_output *out, struct flame_str s);

/* Write s as plain text, on one line: neither escaped nor quoted. */
void flame_put_clean(struct flame_output *out, struct flame_str s);

/* Write s as a JavaScript string with its quotes, safe inside CDATA and inside an HTML script. */
void flame_put_js_string(struct flame_output *out, struct flame_str s);

/* At most the first max_bytes of s, cut between characters. */
struct flame_str flame_str_head(struct flame_str s, size_t max_bytes);

/* A font, as far as we know it without having it.
 *
 * size_px   as in CSS
 * fixed     every ASCII character has the same width; otherwise the widths of wide sans-serif
 *           faces (Verdana, DejaVu Sans) are taken, which the usual ones stay below
 * share     every character is that wide, as a share of size_px; 0: nobody said so */
struct flame_font {
    double size_px;
    bool fixed;
    double share;
};

/* How much of s can be shown in width_px: the whole (cut false), or so much that an ellipsis fits
 * behind it (cut true), or nothing when that would be fewer than two characters. Never splits a
 * character from its combining marks. */
struct flame_str flame_label_fit(struct flame_str s, double width_px, const struct flame_font *font,
                                 bool *cut);

/* The width of s in px. */
double flame_text_width(struct flame_str s, const struct flame_font *font);

#endif
