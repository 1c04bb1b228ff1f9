/* fuzz_kallsyms.c: a kernel's symbol list, read as a list, as modules, and into a symbol table.
 *
 * Holds of any bytes: names lie inside of them, in order; every line is either read or skipped; the
 * table is sorted, and what is found at an address covers it. */
#include "check.h"
#include "kallsyms.h"
#include "kernel.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* text   what is read
 * at     end of the last name
 * lines  so many were read; stop: so many are wanted */
struct seen {
    struct flame_str text;
    const char *at;
    size_t lines, stop;
};

static void is_next(struct seen *seen, struct flame_str s)
{
    CHECK(s.ptr >= seen->at && s.ptr + s.len <= seen->text.ptr + seen->text.len);
    CHECK(s.len == 0 || !memchr(s.ptr, '\n', s.len));
    seen->at = s.ptr + s.len;
}

static bool take_symbol(void *user, const struct flame_kallsyms_line *line)
{
    struct seen *seen = user;
    CHECK(line->name.len > 0);
    is_next(seen, line->name);
    if (line->module.len)
        is_next(seen, line->module);
    return ++seen->lines != seen->stop;
}

static bool take_module(void *user, const struct flame_modules_line *line)
{
    struct seen *seen = user;
    CHECK(line->name.len > 0);
    is_next(seen, line->name);
    return ++seen->lines != seen->stop;
}

static size_t count_lines(struct flame_str text)
{
    size_t lines = text.len && text.ptr[text.len - 1] != '\n';
    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    return lines;
}

static void check_lines(struct flame_str text)
{
    size_t lines = count_lines(text);
    struct seen seen = { text, text.ptr, 0, 0 };
    CHECK(flame_kallsyms_read(text.ptr, text.len, take_symbol, &seen) + seen.lines == lines);
    struct seen half = { text, text.ptr, 0, (seen.lines + 1) / 2 };
    flame_kallsyms_read(text.ptr, text.len, take_symbol, &half);
    CHECK(half.lines == half.stop);
    struct seen modules = { text, text.ptr, 0, 0 };
    CHECK(flame_modules_read(text.ptr, text.len, take_module, &modules) + modules.lines == lines);
}

static void check_table(struct flame_str text)
{
    struct flame_object kernel = { 0 };
    bool usable;
    flame_symbols_init(&kernel.symbols);
    CHECK(flame_kernel_add_list(&kernel, text, &usable) == FLAME_OK);
    const struct flame_symbols *symbols = &kernel.symbols;
    CHECK(usable || symbols->list.count == 0);
    for (size_t i = 0; i < symbols->list.count; i++) {
        const struct flame_symbol *s = &symbols->list.items[i];
        CHECK(i == 0 || s[-1].start <= s->start);
        CHECK(s->end >= s->start && s->group <= symbols->groups.count);
        const struct flame_symbol *found = flame_symbols_find(symbols, s->start);
        CHECK(s->end == s->start || found);
        CHECK(!found || (found->start <= s->start && s->start < found->end));
        flame_kernel_symbol_counts(&kernel, s, flame_str_from("[module]"), s->start);
    }
    flame_object_deinit(&kernel);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct flame_str text = { (const char *)bytes, size };
    if (size == 0)
        return 0;
    check_lines(text);
    check_table(text);
    return 0;
}
