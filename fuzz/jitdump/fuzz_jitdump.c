/* fuzz_jitdump.c: a jitdump's records and lines, then the index of its methods.
 *
 * Holds of any bytes: records come in the order of their offsets, what they hold lies inside of the
 * file, and names end with a NUL there; a method's lines are sorted, and lie in its code. */
#include "check.h"
#include "jit_dump.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A text and the NUL behind it. */
static void is_text_inside(const struct flame_jitdump *dump, struct flame_str s)
{
    const char *bytes = (const char *)dump->bytes;
    CHECK(s.ptr >= bytes && s.ptr + s.len < bytes + dump->size);
    CHECK(s.ptr[s.len] == '\0' && !memchr(s.ptr, '\0', s.len));
}

static void check_lines(const struct flame_jitdump *dump, const struct flame_jitdump_record *r)
{
    struct flame_jitdump_lines lines = flame_jitdump_lines(dump, r);
    struct flame_jitdump_line line;
    uint64_t count = 0;
    CHECK(r->entries <= dump->size && r->entries_size <= dump->size - r->entries);
    while (flame_jitdump_line(&lines, &line)) {
        if (line.file.ptr)
            is_text_inside(dump, line.file);
        count++;
    }
    CHECK(count <= r->entry_count && r->entry_count <= r->entries_size / 17);
}

/* Returns how many methods there are. */
static size_t check_records(const struct flame_jitdump *dump)
{
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_jitdump_record r;
    uint64_t at = dump->first, before = at;
    size_t loads = 0;
    enum flame_status status;
    while ((status = flame_jitdump_next(dump, &at, &r, &error)) != FLAME_EMPTY) {
        CHECK(status == FLAME_OK || status == FLAME_CORRUPT);
        CHECK(at > before && at <= dump->size && r.at >= before && r.at < at);
        before = at;
        if (status == FLAME_CORRUPT) {
            CHECK(error.status == FLAME_CORRUPT || error.status == FLAME_TRUNCATED);
            continue;
        }
        if (r.type == FLAME_JITDUMP_DEBUG)
            check_lines(dump, &r);
        if (r.type != FLAME_JITDUMP_LOAD)
            continue;
        loads++;
        is_text_inside(dump, r.name);
        CHECK(r.code >= dump->bytes && r.code_size <= dump->size);
        CHECK(r.code + r.code_size == dump->bytes + at);
    }
    return loads;
}

static void check_method(const struct flame_jit_dump *dump, const struct flame_jit_method *method)
{
    struct flame_arena names;
    struct flame_code_line *lines;
    size_t count;
    flame_arena_init(&names, SIZE_MAX);
    CHECK(flame_jit_lines(dump, method, &names, &lines, &count) == FLAME_OK);
    for (size_t i = 0; i < count; i++) {
        CHECK(lines[i].address - method->address < method->size);
        CHECK(i == 0 || lines[i - 1].address < lines[i].address);
        CHECK(strlen(lines[i].file) < dump->header.size);
    }
    free(lines);
    flame_arena_deinit(&names);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct flame_jit_dump dump;
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_file file = { bytes, size, FLAME_FILE_BORROWED };
    if (flame_jit_dump_take(&dump, file, "jit-5.dump", &error) != FLAME_OK) {
        CHECK(error.status != FLAME_OK && error.text[0] != '\0');
        return 0;
    }
    size_t loads = check_records(&dump.header);
    CHECK(flame_jit_dump_index(&dump) == FLAME_OK);
    CHECK(dump.methods.count == loads && dump.places.count >= loads);
    for (size_t i = 0; i < dump.methods.count; i++)
        check_method(&dump, &dump.methods.items[i]);
    for (size_t i = 0; i < dump.places.count; i++) {
        const struct flame_jit_place *place = &dump.places.items[i];
        CHECK(place->method < dump.methods.count && place->start + place->size >= place->start);
        CHECK(place->size <= dump.methods.items[place->method].size);
    }
    flame_jit_dump_machine(&dump);
    flame_jit_dump_close(&dump);
    return 0;
}
