/* kallsyms.c: parse kallsyms text.
 *
 * A kernel has two hundred thousand lines, so a line costs one pass over its bytes and no memory.
 * Source: Linux kernel/kallsyms.c, s_show(); kernel/module/procfs.c, m_show(). */
#include "kallsyms.h"

#include "text_scan.h"

static bool parse(struct flame_str text, struct flame_kallsyms_line *line)
{
    size_t digits;
    line->address = flame_text_hex(&text, &digits);
    if (digits == 0 || digits > 16 || text.len < 4 || text.ptr[0] != ' ' || text.ptr[2] != ' ')
        return false;
    line->type = text.ptr[1];
    flame_text_skip(&text, 3);
    line->name = flame_text_until(&text, '\t');
    line->module = (struct flame_str){ 0 };
    if (text.len > 2 && text.ptr[0] == '[') {
        flame_text_skip(&text, 1);
        line->module = flame_text_until(&text, ']');
    }
    return line->name.len > 0;
}

size_t flame_kallsyms_read(const char *text, size_t size,
                           bool (*each)(void *user, const struct flame_kallsyms_line *line),
                           void *user)
{
    struct flame_str left = { text, size };
    size_t skipped = 0;
    while (left.len) {
        struct flame_kallsyms_line line;
        if (!parse(flame_text_until(&left, '\n'), &line))
            skipped++;
        else if (!each(user, &line))
            break;
    }
    return skipped;
}

static bool parse_module(struct flame_str text, struct flame_modules_line *line)
{
    size_t digits;
    line->name = flame_text_until(&text, ' ');
    for (int i = 0; i < 4; i++) /* size, users, whom by, state */
        flame_text_until(&text, ' ');
    if (line->name.len == 0 || text.len < 3 || memcmp(text.ptr, "0x", 2) != 0)
        return false;
    flame_text_skip(&text, 2);
    line->address = flame_text_hex(&text, &digits);
    return digits > 0 && digits <= 16;
}

size_t flame_modules_read(const char *text, size_t size,
                          bool (*each)(void *user, const struct flame_modules_line *line),
                          void *user)
{
    struct flame_str left = { text, size };
    size_t skipped = 0;
    while (left.len) {
        struct flame_modules_line line;
        if (!parse_module(flame_text_until(&left, '\n'), &line))
            skipped++;
        else if (!each(user, &line))
            break;
    }
    return skipped;
}
