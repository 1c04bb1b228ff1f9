/* test_object.c: from files to symbols: ELF selection and placing, PLT names, build-ids, the choice
 * of files and the states that tell of it. */
#include "build_id.h"
#include "check.h"
#include "elf_builder.h"
#include "elf_symbols.h"
#include "object.h"
#include "plt.h"

#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const uint8_t id_a[20] = { 0xaa, 0x01, 0x02, 0x03, 1, 2, 3, 4, 5, 6,
                                  7,    8,    9,    10,   1, 2, 3, 4, 5, 6 };
static const uint8_t id_b[20] = { 0xbb };
#define HEX_A_TAIL                                                                                 \
    "010203010203040506070809"                                                                     \
    "0a010203040506"

static struct flame_build_id id_of(const uint8_t *bytes)
{
    struct flame_build_id id = { .size = 20 };
    memcpy(id.bytes, bytes, 20);
    return id;
}

/* --- bytes to symbols --- */

/* A library whose text is mapped from offset 0x... of the file to 0x10000. */
static struct elf_builder *library(struct image_options options, const uint8_t *id, size_t *text)
{
    static const uint8_t code[256];
    options.type = options.type ? options.type : ET_DYN;
    struct elf_builder *b = image_new(options);
    if (id)
        image_build_id(b, id, 20);
    struct image_section s = { .name = ".text",
                               .type = SHT_PROGBITS,
                               .flags = SHF_ALLOC | SHF_EXECINSTR,
                               .addr = 0x10000,
                               .size = sizeof code,
                               .bytes = code };
    *text = image_section(b, &s);
    image_load(b, 0x10000, image_offset(b), sizeof code);
    return b;
}

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

/* --- files --- */

static char folder[] = "/tmp/flame-object-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : 1;
}

static int remove_folder(void **state)
{
    char command[64];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

/* The path of a file in the folder; up to four may be in use at once. */
static const char *in_folder(const char *name)
{
    static char paths[4][256];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const void *bytes, size_t size)
{
    const char *path = in_folder(name);
    char part[256];
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
        mkdir(part, 0755);
    }
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

/* A library with one function, "f" by default, at the start of its text. */
static void write_library(const char *name, const uint8_t *id, const char *function)
{
    size_t text;
    struct elf_builder *b = library((struct image_options){ .wide = true }, id, &text);
    if (function)
        image_symbol(b,
                     (struct image_symbol){ function, 0x10000, 16, text, STT_FUNC, STB_GLOBAL, 0 });
    struct flame_bytes file = image_finish(b);
    write_file(name, file.ptr, file.size);
    image_free(b);
}

static void load(struct flame_object *object, const char *name, const uint8_t *id,
                 bool same_machine)
{
    struct flame_symbol_places places = { .buildid_dir = in_folder("cache"),
                                          .beside = folder,
                                          .same_machine = same_machine };
    struct flame_object_request request = { .kind = FLAME_OBJECT_ELF,
                                            .name = flame_str_from(name) };
    if (id)
        request.build_id = id_of(id);
    assert_int_equal(flame_object_load(object, &request, &places), FLAME_OK);
}

/* Load and check the state and the first symbol's name ("" for none). */
static void check_load(const char *name, const uint8_t *id, bool same_machine,
                       enum flame_object_state state, const char *symbol)
{
    struct flame_object object;
    load(&object, name, id, same_machine);
    assert_int_equal(object.state, state);
    assert_int_equal(object.symbols.list.count, *symbol ? 1 : 0);
    if (*symbol)
        assert_string_equal(object.symbols.list.items[0].name, symbol);
    assert_true((*object.used != 0) == (*symbol != 0));
    flame_object_deinit(&object);
}

TEST(a_file_with_the_recorded_id_names_on_any_machine)
{
    write_library("lib", id_a, "f");
    check_load(in_folder("lib"), id_a, false, FLAME_OBJECT_NAMED, "f");
    check_load(in_folder("lib"), id_a, true, FLAME_OBJECT_NAMED, "f");
}

TEST(a_file_with_another_id_or_none_is_never_used)
{
    struct flame_object object;
    struct flame_build_id b = id_of(id_b);
    write_library("other", id_b, "f");
    load(&object, in_folder("other"), id_a, true);
    assert_int_equal(object.state, FLAME_OBJECT_MISMATCH);
    assert_true(flame_build_id_matches(&b, &object.found_id));
    assert_int_equal(object.symbols.list.count, 0);
    flame_object_deinit(&object);
    write_library("none", NULL, "f");
    check_load(in_folder("none"), id_a, true, FLAME_OBJECT_MISMATCH, "");
}

TEST(without_a_recorded_id_files_count_on_the_same_machine_only)
{
    write_library("plain", NULL, "f");
    check_load(in_folder("plain"), NULL, true, FLAME_OBJECT_NAMED, "f");
    check_load(in_folder("plain"), NULL, false, FLAME_OBJECT_UNVERIFIED, "");
}

TEST(missing_stripped_and_unreadable_files_are_told_apart)
{
    write_library("stripped", id_a, NULL);
    write_file("text", "hello\n", 6);
    check_load(in_folder("absent"), id_a, true, FLAME_OBJECT_MISSING, "");
    check_load("relative", id_a, true, FLAME_OBJECT_MISSING, "");
    check_load("", id_a, true, FLAME_OBJECT_MISSING, "");
    check_load("//anon", NULL, true, FLAME_OBJECT_MISSING, "");
    check_load(in_folder("stripped"), id_a, true, FLAME_OBJECT_STRIPPED, "");
    check_load(in_folder("text"), id_a, true, FLAME_OBJECT_UNREADABLE, "");
    check_load("/dev/zero", NULL, true, FLAME_OBJECT_UNREADABLE, "");
    check_load(folder, NULL, true, FLAME_OBJECT_UNREADABLE, "");
}

TEST(perfs_cache_names_files_that_are_gone)
{
    write_library("cache/.build-id/aa/" HEX_A_TAIL "/elf", id_a, "from_cache");
    check_load("/gone/lib", id_a, false, FLAME_OBJECT_NAMED, "from_cache");
    check_load("/gone/lib", NULL, true, FLAME_OBJECT_MISSING, "");
    unlink(in_folder("cache/.build-id/aa/" HEX_A_TAIL "/elf"));
    rmdir(in_folder("cache/.build-id/aa/" HEX_A_TAIL));
    write_library("cache/.build-id/aa/" HEX_A_TAIL, id_a, "old_style");
    check_load("/gone/lib", id_a, false, FLAME_OBJECT_NAMED, "old_style");
    write_library("cache/.build-id/aa/" HEX_A_TAIL, id_b, "another");
    check_load("/gone/lib", id_a, false, FLAME_OBJECT_MISSING, "");
    unlink(in_folder("cache/.build-id/aa/" HEX_A_TAIL));
}

/* A stripped program whose debuglink says "prog.debug", checksum crc. */
static void write_linked(const char *name, const uint8_t *id, uint32_t crc)
{
    size_t text;
    uint8_t link[16] = "prog.debug";
    struct elf_builder *b = library((struct image_options){ .wide = true }, id, &text);
    image_word(b, link + 12, crc, 4);
    struct image_section s = {
        .name = ".gnu_debuglink", .type = SHT_PROGBITS, .size = sizeof link, .bytes = link
    };
    image_section(b, &s);
    struct flame_bytes file = image_finish(b);
    write_file(name, file.ptr, file.size);
    image_free(b);
}

TEST(a_debuglink_is_followed_and_checked)
{
    write_linked("prog", id_a, 0);
    write_library(".debug/prog.debug", id_a, "linked");
    check_load(in_folder("prog"), id_a, false, FLAME_OBJECT_NAMED, "linked");
    check_load(in_folder("prog"), NULL, true, FLAME_OBJECT_NAMED, "linked");
    write_library(".debug/prog.debug", id_b, "linked");
    check_load(in_folder("prog"), id_a, true, FLAME_OBJECT_STRIPPED, "");
}

TEST(without_ids_a_debuglink_is_checked_by_its_checksum)
{
    uint8_t bytes[8192];
    write_library(".debug/prog.debug", NULL, "linked");
    FILE *f = fopen(in_folder(".debug/prog.debug"), "rb");
    assert_non_null(f);
    size_t size = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    write_linked("prog", NULL, lzma_crc32(bytes, size, 0));
    check_load(in_folder("prog"), NULL, true, FLAME_OBJECT_NAMED, "linked");
    write_linked("prog", NULL, 1);
    check_load(in_folder("prog"), NULL, true, FLAME_OBJECT_STRIPPED, "");
}

TEST(symbols_of_a_debug_file_are_placed_by_the_file_that_ran)
{
    size_t text;
    struct elf_builder *b = library((struct image_options){ .wide = true }, id_a, &text);
    uint64_t start = image_offset(b);
    image_free(b);
    write_linked("prog", id_a, 0);
    b = image_new((struct image_options){ .wide = true, .type = ET_DYN });
    struct image_section gap = { .name = ".note.gap", .type = SHT_NOBITS, .flags = SHF_ALLOC };
    image_section(b, &gap);
    struct image_section s = { .name = ".text",
                               .type = SHT_NOBITS,
                               .flags = SHF_ALLOC | SHF_EXECINSTR,
                               .addr = 0x10000,
                               .size = 256 };
    text = image_section(b, &s);
    image_build_id(b, id_a, 20);
    image_symbol(b, (struct image_symbol){ "f", 0x10020, 16, text, STT_FUNC, STB_GLOBAL, 0 });
    struct flame_bytes file = image_finish(b);
    write_file(".debug/prog.debug", file.ptr, file.size);
    image_free(b);
    struct flame_object object;
    load(&object, in_folder("prog"), id_a, false);
    assert_int_equal(object.state, FLAME_OBJECT_NAMED);
    assert_int_equal(object.symbols.list.items[0].start, start + 0x20);
    flame_object_deinit(&object);
}

TEST(a_symbol_table_packed_inside_the_file_is_used)
{
    size_t text, size = 0;
    static uint8_t packed[8192];
    struct elf_builder *b = library((struct image_options){ .wide = true }, NULL, &text);
    image_symbol(b, (struct image_symbol){ "packed", 0x10000, 8, text, STT_FUNC, STB_LOCAL, 0 });
    struct flame_bytes file = image_finish(b);
    assert_int_equal(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC32, NULL, file.ptr, file.size, packed,
                                             &size, sizeof packed),
                     LZMA_OK);
    image_free(b);
    for (int damaged = 0; damaged < 2; damaged++) {
        b = library((struct image_options){ .wide = true }, id_a, &text);
        struct image_section s = {
            .name = ".gnu_debugdata", .type = SHT_PROGBITS, .size = size, .bytes = packed
        };
        packed[size / 2] ^= (uint8_t)damaged;
        image_section(b, &s);
        file = image_finish(b);
        write_file("mini", file.ptr, file.size);
        image_free(b);
        check_load(in_folder("mini"), id_a, false,
                   damaged ? FLAME_OBJECT_STRIPPED : FLAME_OBJECT_NAMED, damaged ? "" : "packed");
    }
}

TEST(jit_maps_are_looked_for_beside_the_recording)
{
    struct flame_object object;
    struct flame_symbol_places places = { .beside = folder };
    struct flame_object_request request = { .kind = FLAME_OBJECT_JIT, .pid = 99999999 };
    assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
    assert_int_equal(object.state, FLAME_OBJECT_NO_MAP);
    flame_object_deinit(&object);
    write_file("perf-99999999.map", "7000 10 js function\n", 20);
    assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
    assert_int_equal(object.state, FLAME_OBJECT_NAMED);
    assert_string_equal(flame_symbols_find(&object.symbols, 0x700f)->name, "js function");
    assert_null(flame_symbols_find(&object.symbols, 0x7010));
    flame_object_deinit(&object);
}

/* A kernel with an id that no machine's has, from kallsyms in perf's cache. */
static void load_kernel(struct flame_object *object, uint64_t text_start)
{
    struct flame_symbol_places places = { .buildid_dir = in_folder("cache") };
    struct flame_object_request request = { .kind = FLAME_OBJECT_KERNEL,
                                            .name = flame_str_from("[kernel.kallsyms]"),
                                            .build_id = id_of(id_a),
                                            .reference = flame_str_from("_text"),
                                            .text_start = text_start };
    assert_int_equal(flame_object_load(object, &request, &places), FLAME_OK);
}

#define KALLSYMS "cache/[kernel.kallsyms]/aa" HEX_A_TAIL "/kallsyms"

TEST(a_foreign_kernel_is_never_named_from_the_running_one)
{
    struct flame_object object;
    unlink(in_folder(KALLSYMS));
    load_kernel(&object, 0xffffffff81000000);
    assert_true(object.state == FLAME_OBJECT_MISMATCH || object.state == FLAME_OBJECT_MISSING);
    assert_int_equal(object.symbols.list.count, 0);
    flame_object_deinit(&object);
}

TEST(cached_kallsyms_are_moved_to_where_the_kernel_was_recorded)
{
    static const char text[] = "ffffffff81000000 T _text\n"
                               "ffffffff81000100 t earlier_alias\n" /* left without a size */
                               "ffffffff81000100 T do_work\n"
                               "ffffffff81000200 r read_only\n"
                               "ffffffff81000300 D _edata\n"
                               "ffffffffc0000000 t in_module\t[mod]\n";
    struct flame_object object;
    write_file(KALLSYMS, text, sizeof text - 1);
    load_kernel(&object, 0xffffffff81000000);
    assert_int_equal(object.state, FLAME_OBJECT_NAMED);
    assert_string_equal(flame_symbols_find(&object.symbols, 0xffffffff81000150)->name, "do_work");
    assert_string_equal(flame_symbols_find(&object.symbols, 0xffffffff81000250)->name, "do_work");
    assert_string_equal(flame_symbols_find(&object.symbols, 0xffffffffc0000000)->name, "in_module");
    flame_object_deinit(&object);
    load_kernel(&object, 0xffffffff9a000000);
    assert_string_equal(flame_symbols_find(&object.symbols, 0xffffffff9a000150)->name, "do_work");
    assert_null(flame_symbols_find(&object.symbols, 0xffffffff81000150));
    assert_null(flame_symbols_find(&object.symbols, 0xffffffffc0000000));
    flame_object_deinit(&object);
}

TEST(kallsyms_with_hidden_addresses_are_called_unreadable)
{
    static const char text[] = "0000000000000000 T _text\n0000000000000000 T do_work\n";
    struct flame_object object;
    write_file(KALLSYMS, text, sizeof text - 1);
    load_kernel(&object, 0xffffffff81000000);
    assert_int_equal(object.state, FLAME_OBJECT_UNREADABLE);
    assert_int_equal(object.symbols.list.count, 0);
    flame_object_deinit(&object);
}

TEST(a_vmlinux_with_the_recorded_id_is_moved_likewise)
{
    size_t text;
    struct flame_object object;
    struct elf_builder *b =
        library((struct image_options){ .wide = true, .type = ET_EXEC }, id_a, &text);
    image_symbol(b, (struct image_symbol){ "_text", 0x10000, 0, text, STT_NOTYPE, STB_GLOBAL, 0 });
    image_symbol(b, (struct image_symbol){ "do_work", 0x10020, 16, text, STT_FUNC, STB_GLOBAL, 0 });
    struct flame_bytes file = image_finish(b);
    unlink(in_folder(KALLSYMS));
    write_file("cache/.build-id/aa/" HEX_A_TAIL "/elf", file.ptr, file.size);
    image_free(b);
    load_kernel(&object, 0xffffffff9a000000);
    assert_int_equal(object.state, FLAME_OBJECT_NAMED);
    assert_string_equal(flame_symbols_find(&object.symbols, 0xffffffff9a00002f)->name, "do_work");
    assert_string_equal(flame_symbols_find(&object.symbols, 0xffffffff9a000010)->name, "_text");
    flame_object_deinit(&object);
    unlink(in_folder("cache/.build-id/aa/" HEX_A_TAIL "/elf"));
}

TEST(the_vdso_is_this_process_s_own_only_if_it_is_the_recorded_one)
{
    struct flame_object object;
    struct flame_symbol_places places = { .same_machine = true };
    struct flame_object_request request = { .kind = FLAME_OBJECT_VDSO,
                                            .name = flame_str_from("[vdso]") };
    assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
    bool has_vdso = object.state == FLAME_OBJECT_NAMED;
    assert_int_equal(object.symbols.list.count > 0, has_vdso);
    flame_object_deinit(&object);
    places.same_machine = false;
    assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
    assert_int_equal(object.state, FLAME_OBJECT_UNVERIFIED);
    flame_object_deinit(&object);
    request.build_id = id_of(id_a);
    assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
    assert_int_equal(object.state, has_vdso ? FLAME_OBJECT_MISMATCH : FLAME_OBJECT_MISSING);
    flame_object_deinit(&object);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(symbols_lie_at_file_offsets_in_both_classes_and_byte_orders),
        cmocka_unit_test(only_symbols_that_name_code_or_data_are_taken),
        cmocka_unit_test(arm_drops_mapping_symbols_and_the_thumb_bit),
        cmocka_unit_test(powerpc_descriptors_lead_to_code),
        cmocka_unit_test(module_symbols_count_from_text_and_code_right_behind_it),
        cmocka_unit_test(x86_plt_slots_are_named_by_what_they_jump_through),
        cmocka_unit_test(truncated_and_damaged_files_are_read_without_harm),
        cmocka_unit_test(recorded_ids_may_be_padded_with_zeros_but_not_cut),
        cmocka_unit_test(ids_are_spelled_in_hex),
        cmocka_unit_test(notes_that_claim_too_much_have_no_id),
        cmocka_unit_test(a_file_with_the_recorded_id_names_on_any_machine),
        cmocka_unit_test(a_file_with_another_id_or_none_is_never_used),
        cmocka_unit_test(without_a_recorded_id_files_count_on_the_same_machine_only),
        cmocka_unit_test(missing_stripped_and_unreadable_files_are_told_apart),
        cmocka_unit_test(perfs_cache_names_files_that_are_gone),
        cmocka_unit_test(a_debuglink_is_followed_and_checked),
        cmocka_unit_test(without_ids_a_debuglink_is_checked_by_its_checksum),
        cmocka_unit_test(symbols_of_a_debug_file_are_placed_by_the_file_that_ran),
        cmocka_unit_test(a_symbol_table_packed_inside_the_file_is_used),
        cmocka_unit_test(jit_maps_are_looked_for_beside_the_recording),
        cmocka_unit_test(a_foreign_kernel_is_never_named_from_the_running_one),
        cmocka_unit_test(cached_kallsyms_are_moved_to_where_the_kernel_was_recorded),
        cmocka_unit_test(kallsyms_with_hidden_addresses_are_called_unreadable),
        cmocka_unit_test(a_vmlinux_with_the_recorded_id_is_moved_likewise),
        cmocka_unit_test(the_vdso_is_this_process_s_own_only_if_it_is_the_recorded_one),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
