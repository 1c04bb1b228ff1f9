/* excerpt.c: the middle of what is too long is left out: the end of a path says which file, and the
 * end of a qualified name which function. Characters of UTF-8 are not cut in two. */
#include "excerpt.h"

#include <stdbool.h>

enum { DOTS = 3 };

static bool begins_character(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

char *flame_excerpt(struct flame_str s, char *out, size_t cap)
{
    size_t room = cap - 1, name = flame_str_basename(s).len + 1; /* with the slash */
    if (s.len <= room) {
        if (s.len)
            memcpy(out, s.ptr, s.len);
        out[s.len] = 0;
        return out;
    }
    bool is_path = name <= s.len && name <= room - DOTS;
    size_t end = is_path ? name : (room - DOTS) / 2, begin = room - DOTS - end;
    while (end > 0 && !begins_character(s.ptr[s.len - end]))
        end--;
    while (begin > 0 && (is_path ? s.ptr[begin - 1] != '/' : !begins_character(s.ptr[begin])))
        begin--;
    memcpy(out, s.ptr, begin);
    memcpy(out + begin, "...", DOTS);
    memcpy(out + begin + DOTS, s.ptr + s.len - end, end);
    out[begin + DOTS + end] = 0;
    return out;
}
