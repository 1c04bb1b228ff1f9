/* test_elf.c: from an ELF file's bytes to symbols: their selection and places, PLT names, and
 * build-ids. */
#include "build_id.h"
#include "check.h"
#include "elf_library.h"
#include "elf_symbols.h"
#include "plt.h"

#include <stdlib.h>

#define HEX_A_TAIL                                                                                 \
    "010203010203040506070809"                                                                     \
    "0a010203040506"

struct loaded {
    struct flame_elf elf;
    struct flame_symbols symbols;
    char name[128];
};

static void load_elf(struct loaded *l, struct flame_bytes file, const char *table)
{
    flame_symbols_init(&l->symbols);
    assert_int_equal(flame_elf_open(&l->elf, file.ptr, file.size), FLAME_OK);
    struct flame_elf_symbols_from from = { .source = &l->elf,
                                           .runtime = &l->elf,
                                           .table = flame_elf_section(&l->elf, table, SHT_NULL),
                                           .addresses = l->elf.header.e_type == ET_REL
                                                            ? FLAME_ELF_FROM_TEXT
                                                            : FLAME_ELF_FILE_OFFSETS };
    assert_non_null(from.table);
    assert_true(flame_elf_symbols_add(&l->symbols, &from));
}

static const char *name_at(struct loaded *l, uint64_t address)
{
    const struct flame_symbol *s = flame_symbols_find(&l->symbols, address);
    if (!s)
        return "none";
    flame_symbol_show(s, l->name, sizeof l->name);
    return l->name;
}

static void unload(struct loaded *l)
{
    flame_symbols_deinit(&l->symbols);
    flame_elf_close(&l->elf);
}

TEST(symbols_lie_at_file_offsets_in_both_classes_and_byte_orders)
{
    for (int i = 0; i < 4; i++) {
        size_t text;
        struct loaded l;
        struct elf_builder *b =
            library((struct image_options){ .wide = i & 1, .big_endian = i & 2 }, id_a, &text);
        uint64_t start = image_offset(b);
        image_symbol(b, (struct image_symbol){ "f", 0x10010, 16, text, STT_FUNC, STB_GLOBAL, 0 });
        load_elf(&l, image_finish(b), ".symtab");
        assert_string_equal(name_at(&l, start + 0x0f), "none");
        assert_string_equal(name_at(&l, start + 0x10), "f");
        assert_string_equal(name_at(&l, start + 0x1f), "f");
        assert_string_equal(name_at(&l, start + 0x20), "none");
        struct flame_build_id id, want = id_of(id_a);
        assert_true(flame_build_id_from_elf(&l.elf, &id));
        assert_true(flame_build_id_matches(&want, &id));
        unload(&l);
        image_free(b);
    }
}

/* As a linker makes it that is told to, or a tool that strips sections. */
TEST(a_build_id_of_zeros_is_none)
{
    static const uint8_t zeros[20] = { 0 };
    size_t text;
    struct flame_elf elf;
    struct flame_build_id id = { 0 }, zero = { .size = 20 };
    struct elf_builder *b = library((struct image_options){ .wide = true }, zeros, &text);
    struct flame_bytes file = image_finish(b);
    assert_int_equal(flame_elf_open(&elf, file.ptr, file.size), FLAME_OK);
    assert_false(flame_build_id_from_elf(&elf, &id));
    assert_false(flame_build_id_matches(&zero, &zero));
    flame_elf_close(&elf);
    image_free(b);
}

TEST(an_id_that_no_section_has_is_in_a_segment)
{
    size_t text;
    struct flame_elf elf;
    struct flame_build_id id, want = id_of(id_a);
    struct elf_builder *b = library((struct image_options){ .wide = true }, id_a, &text);
    struct flame_bytes file = image_finish(b);
    uint8_t *copy = malloc(file.size);
    assert_non_null(copy);
    memcpy(copy, file.ptr, file.size);
    Elf64_Ehdr header;
    Elf64_Shdr note;
    Elf64_Phdr segment;
    memcpy(&header, copy, sizeof header);
    uint8_t *notes = copy + header.e_shoff + sizeof note; /* the first one that was added */
    memcpy(&note, notes, sizeof note);
    assert_int_equal(note.sh_type, SHT_NOTE);
    note.sh_type = SHT_PROGBITS;
    memcpy(notes, &note, sizeof note);
    assert_int_equal(flame_elf_open(&elf, copy, file.size), FLAME_OK);
    assert_false(flame_build_id_from_elf(&elf, &id));
    flame_elf_close(&elf);
    memcpy(&segment, copy + header.e_phoff, sizeof segment);
    segment.p_type = PT_NOTE;
    segment.p_offset = note.sh_offset;
    segment.p_filesz = note.sh_size;
    segment.p_align = 4;
    memcpy(copy + header.e_phoff, &segment, sizeof segment);
    assert_int_equal(flame_elf_open(&elf, copy, file.size), FLAME_OK);
    assert_true(flame_build_id_from_elf(&elf, &id));
    assert_true(flame_build_id_matches(&want, &id));
    flame_elf_close(&elf);
    free(copy);
    image_free(b);
}

TEST(only_symbols_that_name_code_or_data_are_taken)
{
    size_t text;
    struct loaded l;
    struct elf_builder *b = library((struct image_options){ .wide = true }, NULL, &text);
    uint64_t start = image_offset(b);
    struct image_section other = {
        .name = "foosec", .type = SHT_PROGBITS, .flags = SHF_ALLOC, .addr = 0x20000, .size = 64
    };
    size_t foosec = image_section(b, &other);
    uint64_t foo_start = image_offset(b);
    other.name = ".debug";
    other.flags = 0;
    size_t debug = image_section(b, &other);
    const struct image_symbol symbols[] = {
        { "label", 0x10000, 4, text, STT_NOTYPE, STB_LOCAL, 0 },
        { "hidden_label", 0x10010, 4, text, STT_NOTYPE, STB_LOCAL, STV_HIDDEN },
        { "object", 0x10020, 4, text, STT_OBJECT, STB_LOCAL, STV_HIDDEN },
        { "ifunc", 0x10030, 4, text, STT_GNU_IFUNC, STB_GLOBAL, 0 },
        { "file.c", 0x10040, 4, text, STT_FILE, STB_LOCAL, 0 },
        { "tls", 0x10050, 4, text, STT_TLS, STB_LOCAL, 0 },
        { "absolute", 0x10060, 4, SHN_ABS, STT_FUNC, STB_GLOBAL, 0 },
        { "undefined", 0x10070, 4, SHN_UNDEF, STT_FUNC, STB_GLOBAL, 0 },
        { "not_loaded", 0x10080, 4, debug, STT_FUNC, STB_GLOBAL, 0 },
        { "far_away", 0x10090, 4, 0x7000, STT_FUNC, STB_GLOBAL, 0 },
        { "", 0x100a0, 4, text, STT_SECTION, STB_LOCAL, 0 },
        { "foo_label", 0x20000, 4, foosec, STT_NOTYPE, STB_LOCAL, 0 },
        { "no_segment", 0x20010, 4, foosec, STT_FUNC, STB_LOCAL, 0 },
    };
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
        image_symbol(b, symbols[i]);
    load_elf(&l, image_finish(b), ".symtab");
    assert_int_equal(l.symbols.list.count, 4);
    assert_string_equal(name_at(&l, start), "label");
    assert_string_equal(name_at(&l, start + 0x20), "object");
    assert_string_equal(name_at(&l, start + 0x30), "ifunc");
    assert_string_equal(name_at(&l, foo_start + 0x10), "no_segment");
    unload(&l);
    image_free(b);
}

TEST(arm_drops_mapping_symbols_and_the_thumb_bit)
{
    size_t text;
    struct loaded l;
    struct elf_builder *b = library((struct image_options){ .machine = EM_ARM }, NULL, &text);
    uint64_t start = image_offset(b);
    image_symbol(b, (struct image_symbol){ "thumb", 0x10011, 8, text, STT_FUNC, STB_GLOBAL, 0 });
    image_symbol(b, (struct image_symbol){ "$t", 0x10010, 0, text, STT_NOTYPE, STB_LOCAL, 0 });
    image_symbol(b, (struct image_symbol){ "$d.7", 0x10012, 0, text, STT_NOTYPE, STB_LOCAL, 0 });
    load_elf(&l, image_finish(b), ".symtab");
    assert_int_equal(l.symbols.list.count, 1);
    assert_string_equal(name_at(&l, start + 0x10), "thumb");
    assert_string_equal(name_at(&l, start + 0x18), "none");
    unload(&l);
    image_free(b);
}

TEST(powerpc_descriptors_lead_to_code)
{
    size_t text;
    struct loaded l;
    struct elf_builder *b =
        library((struct image_options){ .wide = true, .big_endian = true, .machine = EM_PPC64 },
                NULL, &text);
    uint64_t start = image_offset(b);
    uint8_t descriptors[24] = { 0 };
    image_word(b, descriptors, 0x10040, 8);
    struct image_section s = { .name = ".opd",
                               .type = SHT_PROGBITS,
                               .flags = SHF_ALLOC,
                               .addr = 0x30000,
                               .size = sizeof descriptors,
                               .bytes = descriptors };
    size_t opd = image_section(b, &s);
    image_symbol(b, (struct image_symbol){ "f", 0x30000, 16, opd, STT_FUNC, STB_GLOBAL, 0 });
    image_symbol(b, (struct image_symbol){ "out", 0x30100, 16, opd, STT_FUNC, STB_GLOBAL, 0 });
    image_symbol(b, (struct image_symbol){ "under", 0x2ff00, 16, opd, STT_FUNC, STB_GLOBAL, 0 });
    load_elf(&l, image_finish(b), ".symtab");
    assert_int_equal(l.symbols.list.count, 1);
    assert_string_equal(name_at(&l, start + 0x40), "f");
    unload(&l);
    image_free(b);
}

TEST(module_symbols_count_from_text_and_code_right_behind_it)
{
    size_t text;
    struct loaded l;
    struct elf_builder *b =
        library((struct image_options){ .wide = true, .type = ET_REL }, NULL, &text);
    struct image_section s = { .name = ".noinstr.text",
                               .type = SHT_PROGBITS,
                               .flags = SHF_ALLOC | SHF_EXECINSTR,
                               .size = 32,
                               .align = 16 };
    size_t noinstr = image_section(b, &s);
    s.name = ".data";
    s.flags = SHF_ALLOC | SHF_WRITE;
    size_t data = image_section(b, &s);
    /* In a real module sh_addr is 0; symbols are offsets into their sections all the same. */
    image_symbol(b, (struct image_symbol){ "f", 0x10020, 8, text, STT_FUNC, STB_LOCAL, 0 });
    image_symbol(b, (struct image_symbol){ "_Z1gv", 0x8, 8, noinstr, STT_FUNC, STB_LOCAL, 0 });
    image_symbol(b, (struct image_symbol){ "d", 0x8, 8, data, STT_OBJECT, STB_LOCAL, 0 });
    load_elf(&l, image_finish(b), ".symtab");
    assert_int_equal(l.symbols.list.count, 2);
    assert_string_equal(name_at(&l, 0x20), "f");
    assert_string_equal(name_at(&l, 0x108), "_Z1gv");
    unload(&l);
    image_free(b);
}

/* .plt with a header and two lazy slots, .plt.got with one, their relocations in another order. */
static struct elf_builder *x86_with_plt(uint64_t *plt_offset, uint64_t *got_offset)
{
    static const uint8_t plt[48] = {
        0xff, 0x35, 0,    0,    0,    0, 0xff, 0x25,
        0,    0,    0,    0,    0,    0, 0,    0, /* header */
        0xff, 0x25, 0xea, 0xff, 0,    0, 0x68, 1,
        0,    0,    0,    0xe9, 0,    0, 0,    0, /* 0x21000 */
        0xf3, 0x0f, 0x1e, 0xfa, 0x68, 0, 0,    0,
        0,    0xe9, 0,    0,    0,    0, 0x66, 0, /* relocation 0 */
    };
    static const uint8_t plt_got[8] = { 0xff, 0x25, 0xfa, 0x00, 0x00, 0x00, 0x66, 0x90 };
    struct elf_builder *b = image_new((struct image_options){
        .wide = true, .dynamic = true, .type = ET_DYN, .machine = EM_X86_64 });
    struct image_section s = { .name = ".plt",
                               .type = SHT_PROGBITS,
                               .flags = SHF_ALLOC | SHF_EXECINSTR,
                               .addr = 0x11000,
                               .size = sizeof plt,
                               .entsize = 16,
                               .bytes = plt };
    image_section(b, &s);
    *plt_offset = image_offset(b);
    s = (struct image_section){ .name = ".plt.got",
                                .type = SHT_PROGBITS,
                                .flags = SHF_ALLOC | SHF_EXECINSTR,
                                .addr = 0x11100,
                                .size = sizeof plt_got,
                                .entsize = 8,
                                .bytes = plt_got };
    image_section(b, &s);
    *got_offset = image_offset(b);
    uint8_t relocations[72] = { 0 };
    const struct {
        uint64_t svma, symbol;
    } links[] = { { 0x21008, 1 }, { 0x21000, 2 }, { 0x11200, 3 } };
    for (size_t i = 0; i < 3; i++) {
        image_word(b, relocations + 24 * i, links[i].svma, 8);
        image_word(b, relocations + 24 * i + 8, links[i].symbol << 32 | R_X86_64_JUMP_SLOT, 8);
    }
    s = (struct image_section){ .name = ".rela.plt",
                                .type = SHT_RELA,
                                .flags = SHF_ALLOC,
                                .size = 48,
                                .link = 5, /* .dynsym, behind .rela.dyn */
                                .entsize = 24,
                                .bytes = relocations };
    image_section(b, &s);
    s.name = ".rela.dyn";
    s.size = 24;
    s.bytes = relocations + 48;
    image_section(b, &s);
    image_symbol(b, (struct image_symbol){ "_Z3foov", 0, 0, 0, STT_FUNC, STB_GLOBAL, 0 });
    image_symbol(b, (struct image_symbol){ "puts", 0, 0, 0, STT_FUNC, STB_GLOBAL, 0 });
    image_symbol(b, (struct image_symbol){ "__cxa_finalize", 0, 0, 0, STT_FUNC, STB_WEAK, 0 });
    return b;
}

TEST(x86_plt_slots_are_named_by_what_they_jump_through)
{
    uint64_t plt, got;
    struct loaded l;
    struct elf_builder *b = x86_with_plt(&plt, &got);
    load_elf(&l, image_finish(b), ".dynsym");
    assert_true(flame_plt_add(&l.symbols, &l.elf));
    assert_string_equal(name_at(&l, plt), "none");
    assert_string_equal(name_at(&l, plt + 16), "puts@plt");
    assert_string_equal(name_at(&l, plt + 31), "puts@plt");
    assert_string_equal(name_at(&l, plt + 32), "foo@plt");
    assert_string_equal(name_at(&l, got), "__cxa_finalize@plt");
    assert_string_equal(name_at(&l, got + 8), "none");
    unload(&l);
    image_free(b);
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static void read_all(const uint8_t *bytes, size_t size)
{
    struct flame_elf elf;
    struct flame_build_id id;
    if (flame_elf_open(&elf, bytes, size) != FLAME_OK)
        return;
    flame_build_id_from_elf(&elf, &id);
    struct flame_symbols symbols;
    flame_symbols_init(&symbols);
    for (size_t i = 1; i < elf.section_count; i++) {
        struct flame_elf_symbols_from from = { .source = &elf,
                                               .runtime = &elf,
                                               .table = &elf.sections[i],
                                               .addresses = (enum flame_elf_addresses)(i % 3) };
        if (elf.sections[i].header.sh_type == SHT_SYMTAB ||
            elf.sections[i].header.sh_type == SHT_DYNSYM)
            assert_true(flame_elf_symbols_add(&symbols, &from));
    }
    assert_true(flame_symbols_settle(&symbols, FLAME_SIZES_ELF));
    assert_true(flame_plt_add(&symbols, &elf));
    flame_symbols_find(&symbols, 0x100);
    flame_symbols_deinit(&symbols);
    flame_elf_close(&elf);
}

TEST(truncated_and_damaged_files_are_read_without_harm)
{
    uint64_t plt, got, seed = 7;
    struct elf_builder *b = x86_with_plt(&plt, &got);
    struct flame_bytes file = image_finish(b);
    for (size_t size = 0; size <= file.size; size++) {
        uint8_t *copy = malloc(size + 1); /* its end is where ASan looks */
        memcpy(copy, file.ptr, size);
        read_all(copy, size);
        free(copy);
    }
    uint8_t *copy = malloc(file.size);
    for (int round = 0; round < 3000; round++) {
        memcpy(copy, file.ptr, file.size);
        for (uint64_t n = 1 + next_random(&seed) % 4; n > 0; n--) {
            uint8_t value = (uint8_t)(next_random(&seed) % 3 ? next_random(&seed) : 0xff);
            copy[next_random(&seed) % file.size] = value;
        }
        read_all(copy, file.size);
    }
    free(copy);
    image_free(b);
}

/* --- build-ids --- */

TEST(recorded_ids_may_be_padded_with_zeros_but_not_cut)
{
    struct flame_build_id found = { .size = 16, .bytes = { 1, 2, 3 } }, recorded = found;
    recorded.size = 20;
    assert_true(flame_build_id_matches(&found, &found));
    assert_true(flame_build_id_matches(&recorded, &found));
    assert_false(flame_build_id_matches(&found, &recorded));
    recorded.bytes[19] = 1;
    assert_false(flame_build_id_matches(&recorded, &found));
    recorded = found;
    recorded.size = 8;
    assert_false(flame_build_id_matches(&recorded, &found));
    recorded.size = 0;
    assert_false(flame_build_id_matches(&recorded, &found));
    assert_false(flame_build_id_matches(&found, &recorded));
}

TEST(ids_are_spelled_in_hex)
{
    struct flame_build_id id = id_of(id_a);
    char hex[FLAME_BUILD_ID_HEX];
    flame_build_id_hex(&id, hex);
    assert_string_equal(hex, "aa" HEX_A_TAIL);
}

TEST(notes_that_claim_too_much_have_no_id)
{
    static const uint8_t notes[] = { 4, 0, 0,   0,   200, 0, 0, 0, 3, 0,
                                     0, 0, 'G', 'N', 'U', 0, 1, 2, 3, 4 };
    struct flame_build_id id;
    bool swap = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    for (size_t size = 0; size <= sizeof notes; size++) {
        struct flame_cursor c = flame_cursor_make(notes, size, 0, swap, NULL, NULL);
        assert_false(flame_build_id_from_notes(c, 4, &id));
    }
}

/* Each symbol without a type has its section's name looked through. */
TEST(a_section_name_of_kilobytes_is_none)
{
    char name[8000] = { 0 };
    struct loaded l;
    struct elf_builder *b = image_new((struct image_options){ .wide = true, .type = ET_DYN });
    memset(name, 'a', sizeof name - 1);
    memcpy(name, ".text", 5);
    size_t text = image_section(b, &(struct image_section){ .name = name,
                                                            .type = SHT_PROGBITS,
                                                            .flags = SHF_ALLOC | SHF_EXECINSTR,
                                                            .addr = 0x10000,
                                                            .size = 64 });
    image_load(b, 0x10000, image_offset(b), 64);
    image_symbol(b, (struct image_symbol){ "f", 0x10000, 1, text, STT_NOTYPE, STB_GLOBAL, 0 });
    load_elf(&l, image_finish(b), ".symtab");
    assert_string_equal(l.elf.sections[text].name, "");
    assert_int_equal(l.symbols.list.count, 0);
    unload(&l);
    image_free(b);
}

/* A short file can have relocations, or notes, without end: its sections lie over each other. */
TEST(tables_are_read_as_long_as_the_file_has_room_for_them)
{
    static const uint8_t bytes[256];
    struct flame_elf elf;
    struct elf_builder *b = image_new((struct image_options){ .wide = true, .type = ET_DYN });
    size_t index = image_section(b, &(struct image_section){ .name = ".rela.dyn",
                                                             .type = SHT_RELA,
                                                             .entsize = sizeof(Elf64_Rela),
                                                             .size = 240,
                                                             .bytes = bytes });
    struct flame_bytes file = image_finish(b);
    assert_int_equal(flame_elf_open(&elf, file.ptr, file.size), FLAME_OK);
    uint64_t left = 500;
    assert_non_null(flame_elf_data(&elf.sections[index], &left));
    assert_non_null(flame_elf_data(&elf.sections[index], &left));
    assert_null(flame_elf_data(&elf.sections[index], &left));
    assert_int_equal(left, 20);
    flame_elf_close(&elf);
    image_free(b);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(symbols_lie_at_file_offsets_in_both_classes_and_byte_orders),
        cmocka_unit_test(a_build_id_of_zeros_is_none),
        cmocka_unit_test(an_id_that_no_section_has_is_in_a_segment),
        cmocka_unit_test(only_symbols_that_name_code_or_data_are_taken),
        cmocka_unit_test(arm_drops_mapping_symbols_and_the_thumb_bit),
        cmocka_unit_test(powerpc_descriptors_lead_to_code),
        cmocka_unit_test(module_symbols_count_from_text_and_code_right_behind_it),
        cmocka_unit_test(x86_plt_slots_are_named_by_what_they_jump_through),
        cmocka_unit_test(truncated_and_damaged_files_are_read_without_harm),
        cmocka_unit_test(recorded_ids_may_be_padded_with_zeros_but_not_cut),
        cmocka_unit_test(ids_are_spelled_in_hex),
        cmocka_unit_test(notes_that_claim_too_much_have_no_id),
        cmocka_unit_test(a_section_name_of_kilobytes_is_none),
        cmocka_unit_test(tables_are_read_as_long_as_the_file_has_room_for_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
