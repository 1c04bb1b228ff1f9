/* fuzz_perf_map.c: a perf-PID.map, line by line and as the symbols of an object.
 *
 * Holds of any bytes: names lie inside of them, in order; every line is either read or skipped;
 * the table is sorted, and what is found at an address covers it. */
#include "check.h"
#include "object.h"
#include "perf_map.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct seen {
    struct flame_str text;
    const char *at;
    size_t lines;
};

static bool take_line(void *user, const struct flame_perf_map_line *line)
{
    struct seen *seen = user;
    CHECK(line->name.len > 0 && line->name.ptr >= seen->at);
    CHECK(line->name.ptr + line->name.len <= seen->text.ptr + seen->text.len);
    CHECK(!memchr(line->name.ptr, '\n', line->name.len));
    seen->at = line->name.ptr + line->name.len;
    seen->lines++;
    return true;
}

static size_t count_lines(struct flame_str text)
{
    size_t lines = text.len && text.ptr[text.len - 1] != '\n';
    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    return lines;
}

static void check_symbol(const struct flame_symbols *symbols, const struct flame_symbol *s)
{
    char shown[256];
    const uint64_t near[] = { s->start - 1, s->start, s->start + (s->end - s->start) / 2,
                              s->end - 1, s->end };
    CHECK(s->end > s->start || s->end == UINT64_MAX);
    CHECK(flame_symbol_show(s, shown, sizeof shown) < sizeof shown);
    for (size_t i = 0; i < sizeof near / sizeof *near; i++) {
        const struct flame_symbol *found = flame_symbols_find(symbols, near[i]);
        CHECK(!found || (found->start <= near[i] && near[i] < found->end));
        CHECK(found || near[i] < s->start || near[i] >= s->end);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct flame_str text = { (const char *)bytes, size };
    struct seen seen = { .text = text, .at = text.ptr };
    struct flame_object object = { 0 };
    if (size == 0)
        return 0;
    size_t skipped = flame_perf_map_read(text.ptr, size, take_line, &seen);
    CHECK(skipped + seen.lines == count_lines(text));
    flame_symbols_init(&object.symbols);
    CHECK(flame_object_use_jit_map(&object, bytes, size, "perf-5.map") == FLAME_OK);
    const struct flame_symbols *symbols = &object.symbols;
    CHECK(symbols->list.count <= seen.lines);
    CHECK((object.state == FLAME_OBJECT_NAMED) == (seen.lines > 0));
    for (size_t i = 0; i < symbols->list.count; i++) {
        CHECK(i == 0 || symbols->list.items[i - 1].start <= symbols->list.items[i].start);
        check_symbol(symbols, &symbols->list.items[i]);
    }
    flame_object_deinit(&object);
    return 0;
}
