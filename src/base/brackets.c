/* brackets.c: see brackets.h. */
#include "brackets.h"

#include <ctype.h>

bool flame_is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

size_t flame_closing(struct flame_str s, size_t i)
{
    size_t round = 0, angles = 0;
    for (; i < s.len; i++) {
        char c = s.ptr[i];
        if (memchr("([{", c, 3))
            round++;
        else if (memchr(")]}", c, 3))
            round -= round > 0;
        else if (c == '<' && !round)
            angles++;
        else if (c == '>' && !round && angles && s.ptr[i - 1] != '-')
            angles--;
        if (!round && !angles)
            return i + 1;
    }
    return s.len;
}

size_t flame_operator_at(struct flame_str s)
{
    static const char *const signs[] = { "<=>", "<<=", ">>=", "->*", "<<", ">>", "<=",
                                         ">=",  "->",  "()",  "[]",  "<",  ">" };
    size_t n = strlen("operator");
    if (!flame_str_starts(s, "operator") || n == s.len || flame_is_word(s.ptr[n]))
        return 0;
    if (s.ptr[n] == ' ')
        return s.len;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (flame_str_starts((struct flame_str){ s.ptr + n, s.len - n }, signs[i]))
            return n + strlen(signs[i]);
    return n + 1;
}
