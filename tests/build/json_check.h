/* json_check.h: is this text one JSON value, in UTF-8? Source: RFC 8259. Knows no more than a test
 * needs: it does not keep what it reads. */
#ifndef FLAME_TESTS_JSON_CHECK_H
#define FLAME_TESTS_JSON_CHECK_H

#include <stdbool.h>
#include <string.h>

static inline const char *json_space(const char *p)
{
    return p + strspn(p, " \t\r\n");
}

/* The length of the UTF-8 character at p, or 0. */
static inline int json_utf8(const unsigned char *p)
{
    int n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    for (int i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xf0 && p[1] < 0x90);
    bool outside = (p[0] == 0xed && p[1] >= 0xa0) || p[0] > 0xf4 || (p[0] == 0xf4 && p[1] >= 0x90);
    return overlong || outside ? 0 : n;
}

/* Each takes what begins at p, and returns what is behind it, or NULL. */
static inline const char *json_string(const char *p)
{
    if (*p++ != '"')
        return NULL;
    while (*p != '"') {
        int n = json_utf8((const unsigned char *)p);
        if (n == 0 || (unsigned char)*p < 0x20)
            return NULL;
        if (*p == '\\') {
            p++;
            if (*p == 'u' && strspn(p + 1, "0123456789abcdefABCDEF") < 4)
                return NULL;
            if (*p == 0 || !strchr("\"\\/bfnrtu", *p))
                return NULL;
        }
        p += n;
    }
    return p + 1;
}

static inline const char *json_number(const char *p)
{
    p += *p == '-';
    size_t n = strspn(p, "0123456789");
    if (n == 0 || (n > 1 && *p == '0'))
        return NULL;
    p += n;
    if (*p != '.')
        return p;
    n = strspn(p + 1, "0123456789");
    return n == 0 ? NULL : p + 1 + n;
}

static inline const char *json_value(const char *p);

/* Members of an object (keyed) or of an array, up to its bracket. */
static inline const char *json_members(const char *p, char bracket, bool keyed)
{
    p = json_space(p + 1);
    if (*p == bracket)
        return p + 1;
    for (;;) {
        if (keyed) {
            p = json_string(json_space(p));
            p = p ? json_space(p) : NULL;
            if (!p || *p++ != ':')
                return NULL;
        }
        p = json_value(p);
        if (!p)
            return NULL;
        p = json_space(p);
        if (*p == bracket)
            return p + 1;
        if (*p++ != ',')
            return NULL;
    }
}

static inline const char *json_value(const char *p)
{
    static const char *const words[] = { "true", "false", "null" };
    p = json_space(p);
    if (*p == '{')
        return json_members(p, '}', true);
    if (*p == '[')
        return json_members(p, ']', false);
    if (*p == '"')
        return json_string(p);
    for (int i = 0; i < 3; i++)
        if (strncmp(p, words[i], strlen(words[i])) == 0)
            return p + strlen(words[i]);
    return json_number(p);
}

static inline bool json_valid(const char *text)
{
    const char *end = json_value(text);
    return end && *json_space(end) == 0;
}

#endif
