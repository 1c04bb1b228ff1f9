/* draw_page_facts.c: what `flamedata info` says of a recording, line by line.
 *
 * A line without indentation, and one without a value, is a heading; else a name is followed by
 * what it is, behind at least one space, and by two of them where the name is long. */
#include "draw_page.h"
#include "terminal.h"

#include <flamedata/inspect.h>
#include <stdlib.h>

static struct flame_str trimmed(struct flame_str s)
{
    while (s.len && s.ptr[0] == ' ')
        s = (struct flame_str){ s.ptr + 1, s.len - 1 };
    while (s.len && s.ptr[s.len - 1] == ' ')
        s.len--;
    return s;
}

/* Names are padded to a column that no value begins before. */
static struct flame_page_fact fact_of(struct flame_str line)
{
    enum { COLUMN = 20 };
    size_t end = 0;
    if (line.len > COLUMN && line.ptr[0] == ' ')
        end = COLUMN;
    while (end && end < line.len && line.ptr[end - 1] != ' ')
        end++;
    if (end == 0 || end == line.len)
        return (struct flame_page_fact){ .label = trimmed(line) };
    return (
        struct flame_page_fact){ trimmed((struct flame_str){ line.ptr, end }),
                                 trimmed((struct flame_str){ line.ptr + end, line.len - end }) };
}

static size_t count_lines(struct flame_str text)
{
    size_t lines = 0;
    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    return lines;
}

enum flame_status flame_cli_facts_make(struct flame_cli_facts *facts, const char *path,
                                       struct flame_error *error)
{
    *facts = (struct flame_cli_facts){ .text = flame_output_memory() };
    if (!facts->text)
        return flame_cli_no_memory(error);
    const struct flame_info_options options = { .head_only = true };
    struct flame_error ignored = FLAME_ERROR_INIT;
    enum flame_status status = flame_write_info(path, &options, facts->text, &ignored);
    if (flame_output_failed(facts->text))
        return flame_cli_no_memory(error);
    if (status != FLAME_OK)
        return status == FLAME_NOMEM ? flame_cli_no_memory(error) : FLAME_OK;
    struct flame_str left = flame_output_bytes(facts->text);
    size_t lines = count_lines(left);
    facts->facts = calloc(lines + 1, sizeof *facts->facts);
    if (!facts->facts)
        return flame_cli_no_memory(error);
    for (; facts->fact_count < lines; facts->fact_count++) {
        size_t length = (size_t)((const char *)memchr(left.ptr, '\n', left.len) - left.ptr);
        facts->facts[facts->fact_count] = fact_of((struct flame_str){ left.ptr, length });
        left = (struct flame_str){ left.ptr + length + 1, left.len - length - 1 };
    }
    return FLAME_OK;
}

void flame_cli_facts_free(struct flame_cli_facts *facts)
{
    free(facts->facts);
    flame_output_discard(facts->text);
}
