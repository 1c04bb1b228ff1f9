/* perf_map.c: parse perf-PID.map text.
 *
 * Source: Linux tools/perf/Documentation/jit-interface.txt. perf skips names of one or two bytes;
 * they are read here. */
#include "perf_map.h"

#include "text_scan.h"

static uint64_t number(struct flame_str *text, bool *ok)
{
    size_t digits;
    if (text->len > 2 && text->ptr[0] == '0' && (text->ptr[1] | 0x20) == 'x')
        flame_text_skip(text, 2);
    uint64_t value = flame_text_hex(text, &digits);
    *ok = *ok && digits > 0 && digits <= 16 && text->len > 0 && text->ptr[0] == ' ';
    if (text->len)
        flame_text_skip(text, 1);
    return value;
}

static bool parse(struct flame_str text, struct flame_perf_map_line *line)
{
    bool ok = true;
    line->start = number(&text, &ok);
    line->size = number(&text, &ok);
    if (text.len && text.ptr[text.len - 1] == '\r')
        text.len--;
    line->name = text;
    return ok && text.len > 0;
}

size_t flame_perf_map_read(const char *text, size_t size,
                           bool (*each)(void *user, const struct flame_perf_map_line *line),
                           void *user)
{
    struct flame_str left = { text, size };
    size_t skipped = 0;
    while (left.len) {
        struct flame_perf_map_line line;
        if (!parse(flame_text_until(&left, '\n'), &line))
            skipped++;
        else if (!each(user, &line))
            break;
    }
    return skipped;
}
