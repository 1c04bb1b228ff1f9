/* well_formed.h: whether what was written is what its format asks for, whatever names are in it. */
#ifndef FLAME_FUZZ_WELL_FORMED_H
#define FLAME_FUZZ_WELL_FORMED_H

#include "check.h"
#include "html_check.h"
#include "json_check.h"
#include "xml_check.h"

#include <flamedata/output.h>

/* The bytes that were put, NUL-terminated, without another NUL. To be freed. */
static inline char *written_text(const struct flame_output *output)
{
    struct flame_str bytes = flame_output_bytes(output);
    CHECK(!flame_output_failed(output));
    char *text = malloc(bytes.len + 1);
    CHECK(text);
    if (bytes.len)
        memcpy(text, bytes.ptr, bytes.len);
    text[bytes.len] = 0;
    CHECK(strlen(text) == bytes.len);
    return text;
}

static inline void check_fault(const char *fault, const char *text, const char *at)
{
    if (fault)
        fprintf(stderr, "%s: byte %zu: %.80s\n", fault, at ? (size_t)(at - text) : 0,
                at ? at : text);
    CHECK(!fault);
}

static inline void check_xml(const struct flame_output *output)
{
    char *text = written_text(output);
    check_fault(xml_fault(text, strlen(text)), text, NULL);
    free(text);
}

static inline void check_html(const struct flame_output *output)
{
    char *text = written_text(output);
    const char *at = NULL, *fault = html_fault(text, &at);
    check_fault(fault, text, at);
    free(text);
}

static inline void check_json(const struct flame_output *output)
{
    char *text = written_text(output);
    check_fault(json_valid(text) ? NULL : "no JSON", text, NULL);
    free(text);
}

/* Text for a terminal: nothing in it but lines and tabs needs to be made safe. */
static inline void check_safe(const struct flame_output *output)
{
    struct flame_output *safe = flame_output_memory();
    struct flame_str bytes = flame_output_bytes(output);
    CHECK(safe);
    flame_put_safe(safe, bytes, "\n\t");
    CHECK(flame_str_equal(bytes, flame_output_bytes(safe)));
    flame_output_discard(safe);
}

/* Lines of cells with commas between them, a cell with a quote in double quotes, quotes in it
 * doubled: as many cells in each line as in the first. Source: RFC 4180. */
static inline void check_csv(const struct flame_output *output)
{
    char *text = written_text(output);
    size_t cells = 1, first = 0;
    for (const char *p = text; *p; p++) {
        if (*p == '"') {
            do
                p += 1 + strcspn(p + 1, "\"");
            while (*p && *++p == '"');
            check_fault(*p == ',' || *p == '\n' || *p == '\r' ? NULL : "behind a quoted cell", text,
                        p);
        }
        if (*p == ',')
            cells++;
        if (*p != '\n')
            continue;
        first = first ? first : cells;
        check_fault(cells == first ? NULL : "another number of cells", text, p);
        cells = 1;
    }
    check_fault(cells == 1 ? NULL : "a line without an end", text, NULL);
    free(text);
}

#endif
