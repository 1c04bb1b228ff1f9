/* check_output.c: did a hostile name break out of what the program wrote? See hostile_names.h.
 *
 *     check_output KIND < output         what is wrong is said, and the exit status is 1
 *
 *     terminal   no byte steers a terminal but line feeds, tabs, and colours; nothing that turns
 *                text around, ends a line, or shows as nothing; all of it is UTF-8
 *     json, xml  well-formed
 *     html       the tokens that a browser would see: no tag and no attribute that is not ours, no
 *                handler, no link but into the page; and a policy that forbids the rest
 *     csv        rows are as long as the first; names come back; no cell is a formula
 *     folded     lines are frames and a weight; names come back
 *
 * Knows nothing of the program's own code: it is the control. Sources: WHATWG HTML 13.2.5 (of which
 * it reads what the pages use, and calls all else wrong), RFC 4180, Unicode 15. */
#define _GNU_SOURCE /* memrchr */
#include "hostile_names.h"
#include "json_check.h"
#include "xml_check.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { CELLS = 64 };

/* What is checked, with a NUL behind it. */
static struct flame_str text;

static void bad(const char *what, size_t at)
{
    size_t from = at > 60 ? at - 60 : 0, to = at + 60 < text.len ? at + 60 : text.len;
    fprintf(stderr, "check_output: %s, at byte %zu: ", what, at);
    for (size_t i = from; i < to; i++)
        fprintf(stderr, isprint((unsigned char)text.ptr[i]) ? "%c" : "\\x%02x",
                (unsigned char)text.ptr[i]);
    fprintf(stderr, "\n");
    exit(1);
}

static void read_all(void)
{
    size_t size = 0, room = 1 << 20;
    char *bytes = malloc(room);
    for (size_t n = 1; bytes && n > 0; size += n) {
        if (room - size < 2) {
            char *grown = realloc(bytes, room *= 2);
            if (!grown)
                abort();
            bytes = grown;
        }
        n = fread(bytes + size, 1, room - size - 1, stdin);
    }
    if (!bytes)
        abort();
    bytes[size] = 0;
    text = (struct flame_str){ bytes, size };
    if (size == 0)
        bad("there is nothing", 0);
}

/* The length of "ESC [ digits m" at p, or 0. */
static size_t colour_at(const char *p)
{
    if (p[0] != '\x1b' || p[1] != '[')
        return 0;
    size_t n = 2 + strspn(p + 2, "0123456789;");
    return p[n] == 'm' ? n + 1 : 0;
}

static void check_terminal(void)
{
    static const char *const misleading[] = {
        "\xd8\x9c",     "\xe2\x80\x8b", "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xa8",
        "\xe2\x80\xa9", "\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac", "\xe2\x80\xad",
        "\xe2\x80\xae", "\xe2\x81\xa0", "\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8",
        "\xe2\x81\xa9", "\xef\xbb\xbf", "\xf3\xa0\x80", "\xf3\xa0\x81",
    };
    for (size_t i = 0, n; i < text.len; i += n) {
        const char *p = text.ptr + i;
        unsigned char c = (unsigned char)*p;
        n = c < 0x80 ? 1 : (size_t)json_utf8((const unsigned char *)p);
        if (n == 0)
            bad("not UTF-8", i);
        if (colour_at(p))
            n = colour_at(p);
        else if ((c < 0x20 && c != '\n' && c != '\t' && !(c == '\r' && p[1] == '\n')) || c == 0x7f)
            bad("a control character", i);
        if (c == 0xc2 && (unsigned char)p[1] < 0xa0)
            bad("a control character of 8 bits", i);
        for (size_t m = 0; m < sizeof misleading / sizeof *misleading; m++)
            if (strncmp(p, misleading[m], strlen(misleading[m])) == 0)
                bad("a character that misleads", i);
    }
}

static bool one_of(struct flame_str word, const char *const *words)
{
    for (; *words; words++)
        if (word.len == strlen(*words) && strncasecmp(word.ptr, *words, word.len) == 0)
            return true;
    return false;
}

static const char *const tags[] = {
    "html",     "head",    "meta",    "title",   "style",    "script", "body",     "div",
    "span",     "p",       "pre",     "code",    "b",        "i",      "em",       "a",
    "h1",       "h2",      "h3",      "ul",      "ol",       "li",     "dl",       "dt",
    "dd",       "table",   "thead",   "tbody",   "tr",       "th",     "td",       "col",
    "colgroup", "caption", "bdi",     "section", "header",   "main",   "footer",   "nav",
    "aside",    "details", "summary", "button",  "input",    "label",  "select",   "option",
    "svg",      "g",       "rect",    "text",    "path",     "defs",   "use",      "strong",
    "small",    "output",  "canvas",  "dialog",  "kbd",      "form",   "br",       "article",
    "time",     "figure",  "tfoot",   "desc",    "metadata", "menu",   "datalist", "noscript",
    "hr",       NULL,
};

static const char *const attributes[] = {
    "id",
    "class",
    "lang",
    "charset",
    "http-equiv",
    "content",
    "name",
    "type",
    "title",
    "style",
    "href",
    "hidden",
    "role",
    "tabindex",
    "colspan",
    "rowspan",
    "scope",
    "for",
    "value",
    "placeholder",
    "open",
    "disabled",
    "checked",
    "selected",
    "width",
    "height",
    "viewbox",
    "x",
    "y",
    "rx",
    "ry",
    "d",
    "fill",
    "transform",
    "xmlns",
    "spellcheck",
    "autocomplete",
    "size",
    "min",
    "max",
    "step",
    "dir",
    "focusable",
    "method",
    "autocapitalize",
    "text-anchor",
    "font-size",
    "font-family",
    "preserveaspectratio",
    NULL,
};

static bool is_attribute_ours(struct flame_str name)
{
    return one_of(name, attributes) || flame_str_starts(name, "data-") ||
           flame_str_starts(name, "aria-");
}

/* An attribute at p, in a tag; returns what is behind it. */
static const char *check_attribute(const char *p)
{
    struct flame_str name = { p, strcspn(p, " \t\r\n\f/>=") }, value = { 0 };
    p += name.len;
    if (*p == '=') {
        bool quoted = *++p == '"';
        if (*p == '\'')
            bad("an attribute in single quotes, which we do not write", (size_t)(p - text.ptr));
        p += quoted;
        value = (struct flame_str){ p, strcspn(p, quoted ? "\"" : " \t\r\n\f>") };
        p += value.len + quoted;
    }
    size_t at = (size_t)(name.ptr - text.ptr);
    if (!name.len || !is_attribute_ours(name))
        bad("an attribute that is not ours", at);
    if (flame_str_is(name, "href") && !flame_str_starts(value, "#"))
        bad("a link out of the page", at);
    return p;
}

/* Past an element whose content is no markup, up to its end tag. */
static const char *skip_raw(const char *p, struct flame_str tag)
{
    for (; *p; p++)
        if (p[0] == '<' && p[1] == '/' && strncasecmp(p + 2, tag.ptr, tag.len) == 0 &&
            strchr(" \t\r\n\f/>", p[2 + tag.len]))
            return p;
    bad("raw text that does not end", (size_t)(tag.ptr - text.ptr));
    return p;
}

/* A tag at p, which is '<'; returns what is behind it, or behind what no markup is in. */
static const char *check_tag(const char *p)
{
    static const char *const raw[] = { "script", "style", NULL };
    bool end = p[1] == '/';
    struct flame_str tag = { p + 1 + end, strcspn(p + 1 + end, " \t\r\n\f/>") };
    if (!one_of(tag, tags))
        bad("a tag that is not ours", (size_t)(p - text.ptr));
    for (p = tag.ptr + tag.len; *p && *p != '>';) {
        p += strspn(p, " \t\r\n\f/");
        if (*p && *p != '>')
            p = check_attribute(p);
    }
    return !end && one_of(tag, raw) ? skip_raw(p, tag) : p;
}

static void check_html(void)
{
    static const char doctype[] = "<!doctype html>";
    static const char policy[] = "Content-Security-Policy", nothing[] = "default-src 'none'; ";
    if (strlen(text.ptr) != text.len)
        bad("a NUL", strlen(text.ptr));
    if (strncmp(text.ptr, doctype, strlen(doctype)) != 0)
        bad("no doctype", 0);
    const char *head = strstr(text.ptr, policy), *first = strstr(text.ptr, "<title");
    head = head ? strstr(head, nothing) : NULL;
    if (!head || !first || head > first)
        bad("no policy before the first name", 0);
    for (const char *p = text.ptr + strlen(doctype); *p; p++)
        if (*p == '<')
            p = check_tag(p);
}

/* The cells of the row at *p, which goes behind it, as they are in quotes or without; their number.
 * Quotes that stand for one are taken away where they are. */
static size_t read_row(char **p, struct flame_str cells[CELLS])
{
    size_t count = 0;
    for (bool more = true; more;) {
        char *to = *p, *from = *p;
        bool quoted = *from == '"';
        if (count == CELLS)
            bad("too many cells", (size_t)(*p - text.ptr));
        for (from += quoted; *from || from < text.ptr + text.len; from++) {
            if (quoted && *from == '"' && *++from != '"')
                break;
            if (!quoted && (*from == ',' || *from == '\n'))
                break;
            if (!quoted && (*from == '"' || *from == '\r'))
                bad("a cell that needs quotes", (size_t)(from - text.ptr));
            *to++ = *from;
        }
        cells[count++] = (struct flame_str){ *p, (size_t)(to - *p) };
        if (*from != ',' && *from != '\n')
            bad("something behind a cell", (size_t)(from - text.ptr));
        more = *from == ',';
        *p = from + 1;
    }
    return count;
}

/* What a spreadsheet takes for a formula, or for the beginning of one. */
static bool is_formula(struct flame_str cell)
{
    static const char *const starts[] = { "=",
                                          "+",
                                          "-",
                                          "@",
                                          "\t",
                                          "\r",
                                          "\n",
                                          "\xef\xbc\x9d",
                                          "\xef\xbc\x8b",
                                          "\xef\xbc\x8d",
                                          "\xef\xbc\xa0" };
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (flame_str_starts(cell, starts[i]))
            return true;
    return false;
}

static size_t column(const struct flame_str cells[CELLS], size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (flame_str_is(cells[i], name))
            return i;
    bad("a column is missing", 0);
    return 0;
}

static void expect_all(const bool seen[HOSTILE_COUNT])
{
    for (int i = 0; i < HOSTILE_COUNT; i++)
        if (!seen[i]) {
            fprintf(stderr, "check_output: name %d does not come back\n", i);
            exit(1);
        }
}

static void check_csv(void)
{
    static const char *const texts[] = { "event", "comm", "dso", "symbol", "file" };
    struct flame_str cells[CELLS];
    bool comms[HOSTILE_COUNT] = { 0 }, symbols[HOSTILE_COUNT] = { 0 };
    size_t places[sizeof texts / sizeof *texts];
    char *p = (char *)text.ptr;
    size_t width = read_row(&p, cells);
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        places[t] = column(cells, width, texts[t]);
    while (p < text.ptr + text.len) {
        size_t at = (size_t)(p - text.ptr);
        if (read_row(&p, cells) != width)
            bad("a row of another length", at);
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
            struct flame_str *cell = &cells[places[t]];
            if (is_formula(*cell))
                bad("a formula", (size_t)(cell->ptr - text.ptr));
            if (cell->len && cell->ptr[0] == '\'')
                *cell = (struct flame_str){ cell->ptr + 1, cell->len - 1 };
        }
        for (int i = 0; i < HOSTILE_COUNT; i++) {
            comms[i] |= flame_str_equal(cells[places[1]], hostile_names[i]);
            symbols[i] |= flame_str_equal(cells[places[3]], hostile_names[i]);
        }
    }
    expect_all(comms);
    expect_all(symbols);
}

/* Whether a frame is the name as folded text has it: blanks of threads, and before numbers, are
 * "_". */
static bool is_folded(struct flame_str frame, struct flame_str name)
{
    bool equal = frame.len == name.len;
    for (size_t i = 0; equal && i < name.len; i++) {
        char c = name.ptr[i];
        c = c == ';' ? ':' : c == '\n' || c == '\r' ? ' ' : c;
        equal = frame.ptr[i] == c || (c == ' ' && frame.ptr[i] == '_');
    }
    return equal;
}

static void check_folded(void)
{
    bool seen[HOSTILE_COUNT] = { 0 };
    const char *all = text.ptr + text.len;
    for (const char *p = text.ptr, *end; p < all; p = end + 1) {
        end = memchr(p, '\n', (size_t)(all - p));
        size_t at = (size_t)(p - text.ptr);
        if (!end)
            bad("no line feed at the end", at);
        const char *space = memrchr(p, ' ', (size_t)(end - p));
        if (!space || space + 1 == end || space + 1 + strspn(space + 1, "0123456789") != end)
            bad("a line without a weight", at);
        if (memchr(p, '\r', (size_t)(end - p)) || memchr(p, 0, (size_t)(end - p)))
            bad("what may end a line", at);
        for (const char *stop; p < space; p = stop + 1) {
            stop = memchr(p, ';', (size_t)(space - p));
            stop = stop ? stop : space;
            for (int i = 0; i < HOSTILE_COUNT; i++)
                seen[i] |= is_folded((struct flame_str){ p, (size_t)(stop - p) }, hostile_names[i]);
        }
    }
    expect_all(seen);
}

int main(int argc, char **argv)
{
    const char *kind = argc == 2 ? argv[1] : "";
    read_all();
    if (strcmp(kind, "terminal") == 0)
        check_terminal();
    else if (strcmp(kind, "json") == 0 && (strlen(text.ptr) != text.len || !json_valid(text.ptr)))
        bad("no JSON", 0);
    else if (strcmp(kind, "xml") == 0 && xml_fault(text.ptr, text.len))
        bad(xml_fault(text.ptr, text.len), 0);
    else if (strcmp(kind, "html") == 0)
        check_html();
    else if (strcmp(kind, "csv") == 0)
        check_csv();
    else if (strcmp(kind, "folded") == 0)
        check_folded();
    else if (strcmp(kind, "json") != 0 && strcmp(kind, "xml") != 0)
        bad("usage: check_output terminal|json|xml|html|csv|folded", 0);
    return 0;
}
