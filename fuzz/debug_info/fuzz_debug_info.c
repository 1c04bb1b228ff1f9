/* fuzz_debug_info.c: inlined functions and source lines of a program, at many of its addresses.
 *
 * An input is a program's ELF file, or "FZ", three sizes of 4 bytes, little-endian, and as many
 * files behind them: the program; a split file, which is what the program calls a.dwo, and its
 * package; dwz's file, by its build-id. What is behind the last size is nobody's. */
#include "build_id.h"
#include "check.h"
#include "debug_file.h"
#include "dwarf_unit.h"
#include "hash.h"
#include "packed.h"
#include "source.h"
#include "take.h"
#include "touched.h"

#include <flamedata/limits.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* TEXT_MAX: names and paths are no longer */
enum { ASKED = 128, SPANS = 512, TEXT_MAX = 1 << 16, PARTS = 3 };

static void check_text(const char *text)
{
    CHECK(!text || strlen(text) <= TEXT_MAX);
}

static void ask(struct flame_dwarf *dwarf, uint64_t offset)
{
    const struct flame_inlined *chain;
    char shown[256];
    struct flame_line line;
    size_t count;
    CHECK(flame_dwarf_inlined(dwarf, offset, &chain, &count) == FLAME_OK);
    CHECK(count <= flame_limit_of(NULL, FLAME_LIMIT_INLINED));
    for (size_t i = 0; i < count; i++) {
        CHECK(chain[i].name && *chain[i].name);
        check_text(chain[i].name);
        check_text(chain[i].call_file);
        size_t length = flame_inlined_show(chain[i].name, shown, sizeof shown);
        CHECK(length < sizeof shown && length == strlen(shown));
    }
    CHECK(flame_dwarf_line(dwarf, offset, &line) == FLAME_OK);
    check_text(line.file);
}

static void ask_all(struct flame_dwarf *dwarf)
{
    const struct flame_segments *spans = &dwarf->spans;
    for (size_t i = 1; i < spans->list.count; i++)
        CHECK(spans->list.items[i - 1].low < spans->list.items[i].low);
    for (size_t i = 0; i < spans->list.count; i += 1 + spans->list.count / SPANS) {
        const struct flame_segment *s = &spans->list.items[i];
        uint64_t offset;
        CHECK(s->id == FLAME_INTERVAL_NONE || s->id < dwarf->units.count);
        for (uint64_t k = 0; k < 64; k += 7)
            if (flame_elf_offset(&dwarf->program, s->low + k, &offset))
                ask(dwarf, offset);
    }
    for (size_t i = 0; i < dwarf->program.load_count && i < 8; i++) {
        const GElf_Phdr *p = &dwarf->program.loads[i];
        uint64_t size = p->p_filesz < dwarf->program.size ? p->p_filesz : dwarf->program.size;
        for (uint64_t k = 0; k < size; k += 1 + size / ASKED)
            ask(dwarf, p->p_offset + k);
    }
    ask(dwarf, UINT64_MAX);
}

/* As a pack is made: what is read is noted. */
static void watch(const struct flame_object *object, const struct flame_symbol_places *places)
{
    struct flame_ranges wanted = { 0 };
    struct flame_touched touched = { .wanted = &wanted };
    struct flame_dwarf *dwarf = NULL;
    CHECK(flame_ranges_add(&wanted, 0, UINT64_MAX));
    flame_ranges_settle(&wanted);
    CHECK(flame_dwarf_watch(&dwarf, object, flame_str_from("/fuzz/program"), places, &touched) ==
          FLAME_OK);
    if (dwarf)
        ask_all(dwarf);
    CHECK(!touched.failed);
    flame_dwarf_close(dwarf);
    flame_touched_deinit(&touched);
    flame_ranges_free(&wanted);
}

static void add_file(struct flame_packed *packed, const char *path, const struct take *part)
{
    struct flame_packed_file file = {
        .member = flame_str_from(path),
        .path = flame_str_from(path),
        .size = part->left,
        .bytes = part->at,
    };
    struct flame_elf elf;
    if (part->left == 0)
        return;
    file.hash = flame_hash_blocks(file.bytes, file.size, &file.extents);
    if (flame_elf_open(&elf, part->at, part->left) == FLAME_OK)
        flame_build_id_from_elf(&elf, &file.build_id);
    flame_elf_close(&elf);
    CHECK(flame_vec_push(&packed->files, file));
}

static void read_program(const struct take parts[PARTS])
{
    struct flame_packed packed;
    struct flame_symbol_places places = { .symfs = "/nonexistent", .packed = &packed };
    struct flame_object object = { 0 };
    struct flame_dwarf *dwarf = NULL;
    struct flame_file file = { parts[0].at, parts[0].left, FLAME_FILE_BORROWED };
    flame_packed_init(&packed);
    add_file(&packed, "/fuzz/program.dwp", &parts[1]);
    add_file(&packed, "/fuzz/a.dwo", &parts[1]);
    add_file(&packed, "/fuzz/alt", &parts[2]);
    CHECK(flame_packed_seal(&packed) == FLAME_OK);
    CHECK(flame_vec_push(&object.files, file));
    CHECK(flame_dwarf_open(&dwarf, &object, flame_str_from("/fuzz/program"), &places, true) ==
          FLAME_OK);
    if (dwarf) {
        ask_all(dwarf);
        flame_dwarf_close(dwarf);
        watch(&object, &places);
    }
    flame_vec_free(&object.files);
    flame_packed_deinit(&packed);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct take input = { bytes, size }, parts[PARTS] = { input };
    if (size >= 2 && memcmp(bytes, "FZ", 2) == 0) {
        uint32_t sizes[PARTS];
        take_part(&input, 2);
        for (size_t i = 0; i < PARTS; i++)
            sizes[i] = take_u32(&input);
        for (size_t i = 0; i < PARTS; i++)
            parts[i] = take_part(&input, sizes[i]);
    }
    read_program(parts);
    return 0;
}
