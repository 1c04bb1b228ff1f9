/* text_words.c: foreign names and lines, safe and of bounded length. */
#include "safe.h"
#include "short_name.h"
#include "text_printer.h"

enum { TAB = 8 };

void flame_text_put_cut(struct flame_output *out, struct flame_str text, size_t most)
{
    size_t column = 0, i = 0;
    while (i < text.len && column < most) {
        struct flame_str rest = { text.ptr + i, text.len - i };
        if (*rest.ptr == '\t') {
            size_t spaces = TAB - column % TAB;
            flame_putf(out, "%*s", (int)spaces, "");
            column += spaces;
            i++;
            continue;
        }
        rest.len = flame_character_bytes(rest, 1);
        flame_put_safe(out, rest, "");
        column++;
        i += rest.len;
    }
    if (i < text.len)
        flame_put_text(out, "...");
}

void flame_text_put_name(struct flame_output *out, struct flame_str name, size_t width)
{
    char buffer[FLAME_SHORT_NAME];
    flame_put_safe(out, flame_short_name(name, width, buffer), "");
}

struct flame_str flame_text_file(const struct flame_text_printer *p,
                                 const struct flame_source_file *file)
{
    return p->look->full_paths ? file->name : flame_str_basename(file->name);
}
