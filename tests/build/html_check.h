/* html_check.h: whether a page is put together as it should be, for tests.
 *
 * Stricter than a browser: attributes have quotes, unless they are one plain word; every element
 * that is not empty is closed, in order, but for items of lists and the parts of tables. What
 * stands in script and style is no markup, and ends at the end tag. */
#ifndef HTML_CHECK_H
#define HTML_CHECK_H

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { HTML_DEEPEST = 64 };

static inline bool html_is_one_of(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

/* Past the tag whose name ends at p, or NULL. *closed: it ends with "/>". */
static inline const char *html_attributes(const char *p, bool *closed)
{
    *closed = false;
    while (*p) {
        while (isspace((unsigned char)*p))
            p++;
        if (*p == '>')
            return p + 1;
        if (p[0] == '/' && p[1] == '>') {
            *closed = true;
            return p + 2;
        }
        const char *name = p;
        while (isalnum((unsigned char)*p) || strchr("-:_", *p))
            if (!*p++)
                return NULL;
        if (p == name)
            return NULL;
        if (*p != '=')
            continue;
        size_t plain = 0;
        while (isalnum((unsigned char)p[1 + plain]) ||
               (p[1 + plain] && strchr("#-.:%", p[1 + plain])))
            plain++;
        if (plain) {
            p += 1 + plain;
            if (*p != ' ' && *p != '>')
                return NULL;
            continue;
        }
        if (p[1] != '"')
            return NULL;
        p = strchr(p + 2, '"');
        if (!p)
            return NULL;
        p++;
    }
    return NULL;
}

/* How far in an element is whose end tag may be left out: it ends one that is as far in or
 * further. 0: any other element. */
static inline unsigned html_level(const char *name)
{
    static const char *const levels[][6] = { { "li", "dt", "dd", "thead", "tbody", NULL },
                                             { "tr", NULL },
                                             { "td", "th", NULL } };
    for (unsigned i = 0; i < sizeof levels / sizeof *levels; i++)
        if (html_is_one_of(name, levels[i]))
            return i + 1;
    return 0;
}

/* What is wrong, and where (*at), or NULL. Without a NUL inside. */
static inline const char *html_fault(const char *text, const char **at)
{
    static const char *const empty[] = { "meta", "input", "br", "hr", "link", NULL };
    static const char *const raw[] = { "script", "style", NULL };
    static char open[HTML_DEEPEST][32];
    unsigned depth = 0;
    const char *p = text;
    if (strncmp(p, "<!doctype html>", 15) != 0)
        return "no doctype";
    /* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Branch): as long as a doctype it is */
    for (p += 15; (*at = p, *p);) {
        if (*p != '<') {
            p++;
            continue;
        }
        bool end = p[1] == '/', closed = false;
        char name[32] = { 0 };
        const char *from = p + 1 + end;
        size_t length =
            strspn(from, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
        if (length == 0 || length >= sizeof name)
            return "a < that opens no tag";
        memcpy(name, from, length);
        p = html_attributes(from + length, &closed);
        if (!p)
            return "a tag that does not end";
        unsigned level = html_level(name);
        if (end && !level)
            while (depth && html_level(open[depth - 1]))
                depth--;
        else if (!end && level)
            while (depth && html_level(open[depth - 1]) >= level)
                depth--;
        if (end) {
            if (depth == 0 || strcmp(open[depth - 1], name) != 0)
                return "an end tag of another element";
            depth--;
        } else if (!closed && !html_is_one_of(name, empty)) {
            if (depth == HTML_DEEPEST)
                return "too deep";
            strcpy(open[depth++], name);
        }
        if (!end && !closed && html_is_one_of(name, raw)) {
            char close[40];
            snprintf(close, sizeof close, "</%s>", name);
            p = strstr(p, close);
            if (!p)
                return "raw text that does not end";
        }
    }
    return depth ? "an element that is not closed" : NULL;
}

#endif
