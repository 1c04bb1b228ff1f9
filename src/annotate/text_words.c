/* text_words.c: foreign names and lines, safe and of bounded length. */
#include "bare_name.h"
#include "safe.h"
#include "text_printer.h"

enum { TAB = 8, LONGEST_NAME = 80 };

/* The bytes that the first most characters of s take; at most s.len. */
static size_t bytes_of(struct flame_str s, size_t most)
{
    size_t i = 0;
    for (size_t n = 0; i < s.len && n < most; n++) {
        uint32_t point = 0;
        size_t length = flame_utf8((struct flame_str){ s.ptr + i, s.len - i }, &point);
        i += length ? length : 1;
    }
    return i;
}

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
        rest.len = bytes_of(rest, 1);
        flame_put_safe(out, rest, "");
        column++;
        i += rest.len;
    }
    if (i < text.len)
        flame_put_text(out, "...");
}

void flame_text_put_name(struct flame_output *out, struct flame_str name)
{
    char buffer[FLAME_BARE_NAME];
    if (name.len > LONGEST_NAME) {
        struct flame_str bare = flame_bare_template(name, "<...>", buffer);
        name = bare.len ? bare : name;
    }
    if (name.len > LONGEST_NAME) {
        size_t head = bytes_of(name, LONGEST_NAME / 2), tail = name.len - LONGEST_NAME / 2;
        while (tail < name.len && ((unsigned char)name.ptr[tail] & 0xc0) == 0x80)
            tail++;
        if (head < tail) {
            flame_put_safe(out, (struct flame_str){ name.ptr, head }, "");
            flame_put_text(out, "...");
            name = (struct flame_str){ name.ptr + tail, name.len - tail };
        }
    }
    flame_put_safe(out, name, "");
}

struct flame_str flame_text_file(const struct flame_text_printer *p,
                                 const struct flame_source_file *file)
{
    return p->look->full_paths ? file->name : flame_str_basename(file->name);
}
