/* test_code.c: a function's bytes, their kinds, the names of addresses, and why there are none. */
#include "build_id.h"
#include "check.h"
#include "code.h"
#include "elf_library.h"
#include "embedded.h"
#include "folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEX_A_TAIL                                                                                 \
    "010203010203040506070809"                                                                     \
    "0a010203040506"
#define CACHED "cache/.build-id/aa/" HEX_A_TAIL "/elf"
#define FIRST_COPY "cache/[kernel.kcore]/aa" HEX_A_TAIL "/2026112100000000/"
#define COPY "cache/[kernel.kcore]/aa" HEX_A_TAIL "/2026112200000000/"

static void write_file(const char *name, struct flame_bytes bytes)
{
    const char *path = in_folder(name);
    char part[256];
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
        mkdir(part, 0755);
    }
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.size, f), bytes.size);
    assert_int_equal(fclose(f), 0);
}

static void write_text(const char *name, const char *text)
{
    write_file(name, (struct flame_bytes){ (const uint8_t *)text, strlen(text) });
}

static void remove_file(const char *name)
{
    unlink(in_folder(name));
}

/* An object, its code, and what was asked of it. */
struct scene {
    struct flame_symbol_places places;
    struct flame_object_request request;
    struct flame_object object;
    struct flame_code_file *file;
    struct flame_code code;
    struct flame_error error;
};

static void open_scene(struct scene *s, enum flame_object_kind kind, const char *name,
                       const uint8_t *id)
{
    s->places.buildid_dir = in_folder("cache");
    s->request.kind = kind;
    s->request.name = flame_str_from(name);
    if (id)
        s->request.build_id = id_of(id);
    s->error = (struct flame_error)FLAME_ERROR_INIT;
    assert_int_equal(flame_object_load(&s->object, &s->request, &s->places), FLAME_OK);
    assert_int_equal(flame_code_open(&s->file, &s->object, &s->request, &s->places), FLAME_OK);
}

static void close_scene(struct scene *s)
{
    flame_code_close(s->file);
    flame_object_deinit(&s->object);
}

static const struct flame_symbol *symbol_called(const struct scene *s, const char *name)
{
    const struct flame_symbols *symbols = flame_object_symbols(&s->object);
    for (size_t i = 0; i < symbols->list.count; i++)
        if (strcmp(symbols->list.items[i].name, name) == 0)
            return &symbols->list.items[i];
    fail_msg("no symbol %s", name);
    return NULL;
}

static enum flame_status code_of(struct scene *s, const char *name)
{
    s->error = (struct flame_error)FLAME_ERROR_INIT;
    return flame_code_of(s->file, symbol_called(s, name), &s->code, &s->error);
}

/* There is no code, and this is what is said. */
static void check_refusal(struct scene *s, enum flame_status status, const char *text)
{
    static const struct flame_symbol symbol = { .start = 0x1000, .end = 0x1010, .name = "f" };
    s->error = (struct flame_error)FLAME_ERROR_INIT;
    assert_int_equal(flame_code_of(s->file, &symbol, &s->code, &s->error), status);
    assert_int_equal(s->error.status, status);
    assert_non_null(s->error.path);
    assert_null(s->code.bytes);
    assert_int_equal(s->code.size, 0);
    assert_int_equal(s->code.address, 0x1000);
    if (!strstr(s->error.text, text))
        fail_msg("'%s' does not say '%s'", s->error.text, text);
    assert_true(strlen(s->error.text) < sizeof s->error.text - 1); /* not cut */
}

static void check_name(struct scene *s, uint64_t address, const char *name)
{
    char text[64];
    size_t length = flame_code_name(s->file, address, text, sizeof text);
    assert_string_equal(text, name);
    assert_int_equal(length, strlen(name));
}

static void check_opens_to(enum flame_object_kind kind, const char *name, const uint8_t *id,
                           enum flame_status status, const char *text)
{
    struct scene s = { 0 };
    open_scene(&s, kind, name, id);
    check_refusal(&s, status, text);
    assert_string_equal(flame_code_path(s.file), "");
    assert_int_equal(flame_code_build_id(s.file).size, 0);
    assert_int_equal(flame_code_built_ns(s.file), 0);
    struct flame_dwarf *dwarf;
    assert_int_equal(flame_code_dwarf(s.file, &dwarf), FLAME_OK);
    assert_null(dwarf);
    check_name(&s, 0x1000, "");
    close_scene(&s);
}

/* --- programs and libraries --- */

static uint8_t pattern[256];

/* A library with some code, at 0x10000, and f in it. */
static struct elf_builder *coded(struct image_options options, const uint8_t *id, size_t *text)
{
    for (size_t i = 0; i < sizeof pattern; i++)
        pattern[i] = (uint8_t)(i * 7 + 1);
    options.type = options.type ? options.type : ET_DYN;
    struct elf_builder *b = image_new(options);
    if (id)
        image_build_id(b, id, 20);
    struct image_section s = { .name = ".text",
                               .type = SHT_PROGBITS,
                               .flags = SHF_ALLOC | SHF_EXECINSTR,
                               .addr = options.type == ET_REL ? 0 : 0x10000,
                               .size = sizeof pattern,
                               .bytes = pattern };
    *text = image_section(b, &s);
    if (options.type != ET_REL)
        image_load(b, 0x10000, image_offset(b), sizeof pattern);
    return b;
}

static struct image_symbol function(const char *name, uint64_t value, uint64_t size, size_t section)
{
    return (struct image_symbol){ name, value, size, section, STT_FUNC, STB_GLOBAL, 0 };
}

static void save(struct elf_builder *b, const char *name)
{
    write_file(name, image_finish(b));
    image_free(b);
}

TEST(the_bytes_are_the_files_and_the_address_is_its_own)
{
    FOR_BOTH_ORDERS(big)
    for (int wide = 0; wide < 2; wide++) {
        size_t text;
        struct image_options options = { .wide = wide,
                                         .big_endian = big,
                                         .machine = wide ? EM_PPC64 : EM_MIPS };
        struct elf_builder *b = coded(options, id_a, &text);
        uint64_t offset = image_offset(b);
        image_symbol(b, function("f", 0x10020, 16, text));
        image_symbol(b, function("g", 0x10030, 0x20, text));
        save(b, "lib");
        struct scene s = { 0 };
        open_scene(&s, FLAME_OBJECT_ELF, in_folder("lib"), id_a);
        assert_int_equal(code_of(&s, "f"), FLAME_OK);
        assert_int_equal(s.code.size, 16);
        assert_memory_equal(s.code.bytes, pattern + 0x20, 16);
        assert_int_equal(s.code.address, 0x10020);
        assert_int_equal(s.code.offset, offset + 0x20);
        assert_int_equal(s.code.machine.machine, options.machine);
        assert_int_equal(s.code.machine.wide, wide);
        assert_int_equal(s.code.machine.big_endian, big);
        assert_int_equal(s.code.first_kind, FLAME_CODE_PLAIN);
        assert_int_equal(s.code.mark_count, 0);
        assert_int_equal(s.code.line_count, 0);
        assert_string_equal(flame_code_path(s.file), in_folder("lib"));
        struct flame_build_id id = flame_code_build_id(s.file), want = id_of(id_a);
        assert_true(flame_build_id_matches(&want, &id));
        struct stat st;
        assert_int_equal(stat(in_folder("lib"), &st), 0);
        assert_int_equal(flame_code_built_ns(s.file) / 1000000000, st.st_mtim.tv_sec);
        check_name(&s, 0x10020, "f");
        check_name(&s, 0x10021, "f+0x1");
        check_name(&s, 0x1004f, "g+0x1f");
        check_name(&s, 0x10050, "");
        check_name(&s, 0x7fffffff, "");
        close_scene(&s);
    }
}

/* The test's own program: what lies in memory is what is in the file. */
static int own_function(int x)
{
    int y = 0;
    for (int i = 0; i < x; i++)
        y += (y ^ i) * x;
    return y;
}

TEST(the_code_of_this_very_program_is_found_with_names_and_lines)
{
    char path[256];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0)
        skip();
    path[n] = 0;
    int (*volatile called)(int) = own_function;
    assert_true(called(3) != 12345);
    struct scene s = { .places.same_boot = true, .places.unchanged_ns = UINT64_MAX };
    open_scene(&s, FLAME_OBJECT_ELF, path, NULL);
    assert_int_equal(s.object.state, FLAME_OBJECT_NAMED);
    assert_int_equal(code_of(&s, "own_function"), FLAME_OK);
    assert_memory_equal(s.code.bytes, (const void *)(uintptr_t)called, s.code.size);
    check_name(&s, s.code.address, "own_function");
    assert_true(flame_code_built_ns(s.file) > 0);
    struct flame_dwarf *dwarf, *again;
    assert_int_equal(flame_code_dwarf(s.file, &dwarf), FLAME_OK);
    assert_int_equal(flame_code_dwarf(s.file, &again), FLAME_OK);
    assert_ptr_equal(dwarf, again);
    struct flame_line line = { 0 };
    if (dwarf) {
        assert_int_equal(flame_dwarf_line(dwarf, s.code.offset, &line), FLAME_OK);
        assert_true(!line.file || flame_str_ends(flame_str_from(line.file), "test_code.c"));
    }
    size_t slots = 0;
    for (size_t i = 0; i < s.object.symbols.list.count; i++) {
        const struct flame_symbol *symbol = &s.object.symbols.list.items[i];
        char name[256];
        if (!symbol->plt || flame_code_of(s.file, symbol, &s.code, &s.error) != FLAME_OK)
            continue;
        slots++;
        flame_code_name(s.file, s.code.address, name, sizeof name);
        assert_true(flame_str_ends(flame_str_from(name), "@plt"));
    }
    assert_true(slots > 0 || s.code.machine.machine != EM_X86_64);
    close_scene(&s);
}

TEST(a_size_that_leaves_the_section_is_corrupt_a_guessed_one_is_cut)
{
    size_t text;
    struct scene s = { 0 };
    struct elf_builder *b = coded((struct image_options){ .wide = true }, id_a, &text);
    uint64_t offset = image_offset(b);
    image_symbol(b, function("long", 0x100e0, 0x21, text));
    image_symbol(b, function("fits", 0x100e1, 0x1f, text));
    image_symbol(b, function("endless", 0x100f0, UINT64_MAX, text));
    image_symbol(b, function("guessed", 0x100f8, 0, text));
    save(b, "lib");
    open_scene(&s, FLAME_OBJECT_ELF, in_folder("lib"), id_a);
    assert_int_equal(code_of(&s, "long"), FLAME_CORRUPT);
    char text_of[200];
    snprintf(text_of, sizeof text_of, "the function has 33 bytes, but .text ends at 0x%llx",
             (unsigned long long)offset + 256);
    assert_string_equal(s.error.text, text_of);
    assert_int_equal(s.error.offset, offset + 0xe0);
    assert_string_equal(s.error.path, in_folder("lib"));
    assert_int_equal(s.code.address, 0x100e0);
    assert_null(s.code.bytes);
    assert_int_equal(code_of(&s, "fits"), FLAME_OK);
    assert_int_equal(s.code.size, 0x1f);
    assert_int_equal(code_of(&s, "endless"), FLAME_CORRUPT);
    assert_int_equal(code_of(&s, "guessed"), FLAME_OK);
    assert_int_equal(s.code.size, 8);
    close_scene(&s);
}

/* A program fills it in itself; in the file, other things are at its offset. */
TEST(a_function_in_bss_has_no_bytes)
{
    size_t text;
    struct scene s = { 0 };
    struct elf_builder *b = coded((struct image_options){ .wide = true }, id_a, &text);
    struct image_section bss = { .name = ".bss",
                                 .type = SHT_NOBITS,
                                 .flags = SHF_ALLOC | SHF_WRITE,
                                 .addr = 0x20000,
                                 .size = 64 };
    size_t section = image_section(b, &bss);
    image_zero_fill(b, 0x20000, image_offset(b), 64);
    image_symbol(b, function("f", 0x20010, 16, section));
    save(b, "lib");
    open_scene(&s, FLAME_OBJECT_ELF, in_folder("lib"), id_a);
    assert_int_equal(code_of(&s, "f"), FLAME_CORRUPT);
    assert_non_null(strstr(s.error.text, "is in no section of the file that has bytes"));
    check_name(&s, 0x20010, "f");
    close_scene(&s);
}

/* An object around bytes that were made here. */
static void open_made(struct scene *s, struct flame_bytes bytes, uint64_t start, uint64_t size)
{
    struct flame_file file = { malloc(bytes.size), bytes.size, false };
    assert_non_null(file.bytes);
    memcpy((uint8_t *)(uintptr_t)file.bytes, bytes.ptr, bytes.size);
    s->request =
        (struct flame_object_request){ .kind = FLAME_OBJECT_ELF, .name = flame_str_from("/made") };
    s->object = (struct flame_object){ .state = FLAME_OBJECT_NAMED };
    flame_symbols_init(&s->object.symbols);
    s->object.program = flame_arena_copy(&s->object.symbols.names, s->request.name);
    assert_true(flame_vec_push(&s->object.files, file));
    assert_true(flame_symbols_add(&s->object.symbols, start, size, flame_str_from("f"),
                                  FLAME_BINDING_GLOBAL, true));
    assert_true(flame_symbols_settle(&s->object.symbols, FLAME_SIZES_ELF));
    assert_int_equal(flame_code_open(&s->file, &s->object, &s->request, &s->places), FLAME_OK);
}

/* As a packer leaves it: no section headers. */
TEST(without_sections_an_executable_segment_bounds_the_code)
{
    size_t text;
    struct elf_builder *b = coded((struct image_options){ .wide = true }, NULL, &text);
    uint64_t offset = image_offset(b);
    struct flame_bytes file = image_finish(b);
    uint8_t *bytes = (uint8_t *)(uintptr_t)file.ptr;
    memset(bytes + offsetof(Elf64_Ehdr, e_shoff), 0, 8);
    memset(bytes + offsetof(Elf64_Ehdr, e_shnum), 0, 4);
    struct scene s = { 0 };
    open_made(&s, file, offset + 0x40, 16);
    assert_int_equal(code_of(&s, "f"), FLAME_OK);
    assert_memory_equal(s.code.bytes, pattern + 0x40, 16);
    assert_int_equal(s.code.address, 0x10040);
    close_scene(&s);
    open_made(&s, file, offset + 0xf8, 16);
    assert_int_equal(code_of(&s, "f"), FLAME_CORRUPT);
    assert_non_null(strstr(s.error.text, "its segment ends at"));
    close_scene(&s);
    open_made(&s, file, offset + 0x100, 16);
    assert_int_equal(code_of(&s, "f"), FLAME_CORRUPT);
    assert_non_null(strstr(s.error.text, "in no section of the file that has bytes"));
    close_scene(&s);
    bytes[sizeof(Elf64_Ehdr) + offsetof(Elf64_Phdr, p_flags)] = PF_R;
    open_made(&s, file, offset + 0x40, 16);
    check_refusal(&s, FLAME_UNSUPPORTED, "is stripped of its code");
    close_scene(&s);
    image_free(b);
}

/* The section claims to be larger than the file is. */
TEST(what_is_too_long_and_what_is_beyond_the_file_are_refused)
{
    size_t text;
    struct scene s = { 0 };
    struct elf_builder *b = coded((struct image_options){ .wide = true }, NULL, &text);
    uint64_t offset = image_offset(b), table, size = UINT64_C(1) << 63;
    struct flame_bytes file = image_finish(b);
    memcpy(&table, file.ptr + offsetof(Elf64_Ehdr, e_shoff), 8);
    memcpy((uint8_t *)(uintptr_t)file.ptr + table + text * sizeof(Elf64_Shdr) +
               offsetof(Elf64_Shdr, sh_size),
           &size, 8);
    open_made(&s, file, offset, (16 << 20) + 1);
    assert_int_equal(code_of(&s, "f"), FLAME_LIMIT);
    assert_string_equal(s.error.text,
                        "the function has 16777217 bytes, more than the 16777216 that are "
                        "disassembled; --limit code=64M allows more");
    close_scene(&s);
    open_made(&s, file, offset, 16 << 20);
    assert_int_equal(code_of(&s, "f"), FLAME_CORRUPT);
    assert_non_null(strstr(s.error.text, "but the file ends at 0x"));
    close_scene(&s);
    open_made(&s, file, UINT64_C(1) << 62, 16);
    assert_int_equal(code_of(&s, "f"), FLAME_CORRUPT);
    close_scene(&s);
    open_made(&s, file, offset, 16);
    assert_int_equal(code_of(&s, "f"), FLAME_OK);
    close_scene(&s);
    image_free(b);
}

TEST(a_file_with_another_build_id_gives_no_code)
{
    size_t text;
    struct elf_builder *b = coded((struct image_options){ .wide = true }, id_b, &text);
    uint64_t offset = image_offset(b);
    image_symbol(b, function("f", 0x10020, 16, text));
    struct flame_bytes file = image_finish(b);
    write_file("lib", file);
    check_opens_to(FLAME_OBJECT_ELF, in_folder("lib"), id_a, FLAME_IO,
                   "is another file here (build-id bb00000000000000000000000000000000000000, "
                   "recorded aa" HEX_A_TAIL ")");
    struct scene s = { 0 }; /* not even if the object has the file open */
    open_made(&s, file, offset, 16);
    flame_code_close(s.file);
    s.request.build_id = id_of(id_a);
    assert_int_equal(flame_code_open(&s.file, &s.object, &s.request, &s.places), FLAME_OK);
    assert_true(code_of(&s, "f") != FLAME_OK);
    assert_null(s.code.bytes);
    close_scene(&s);
    s.request.build_id = id_of(id_b);
    image_free(b);
}

TEST(what_is_no_file_or_no_elf_file_is_said_so)
{
    check_opens_to(FLAME_OBJECT_ELF, "/gone/lib", id_a, FLAME_IO,
                   "is not here (build-id aa" HEX_A_TAIL "); copy it here, and name its folder: "
                   "--binaries DIR");
    check_opens_to(FLAME_OBJECT_ELF, "/gone/lib", NULL, FLAME_IO,
                   "is not here, and was recorded without a build-id");
    write_text("text", "hello\n");
    check_opens_to(FLAME_OBJECT_ELF, in_folder("text"), id_a, FLAME_FORMAT, "is not an ELF file");
    check_opens_to(FLAME_OBJECT_ELF, folder, id_a, FLAME_IO, "cannot be read");
    size_t text;
    struct elf_builder *b = coded((struct image_options){ .wide = true }, NULL, &text);
    save(b, "plain");
    check_opens_to(FLAME_OBJECT_ELF, in_folder("plain"), NULL, FLAME_IO,
                   "was recorded without a build-id");
    check_opens_to(FLAME_OBJECT_MODULE, "/gone/m.ko", id_a, FLAME_IO, "is not here (build-id");
    check_opens_to(FLAME_OBJECT_VDSO, "[vdso]", id_a, FLAME_IO, "");
}

/* A debug file: the same sections, without bytes. */
static struct elf_builder *debug_file(const uint8_t *id)
{
    struct elf_builder *b = image_new((struct image_options){ .wide = true, .type = ET_DYN });
    image_build_id(b, id, 20);
    struct image_section s = { .name = ".text",
                               .type = SHT_NOBITS,
                               .flags = SHF_ALLOC | SHF_EXECINSTR,
                               .addr = 0x10000,
                               .size = sizeof pattern };
    size_t text = image_section(b, &s);
    image_load(b, 0x10000, 0x100, sizeof pattern); /* as eu-strip leaves it */
    image_symbol(b, function("f", 0x10020, 16, text));
    return b;
}

TEST(a_debug_file_has_no_code)
{
    struct elf_builder *b = debug_file(id_a);
    struct flame_bytes file = image_finish(b);
    write_file("lib", file);
    check_opens_to(FLAME_OBJECT_ELF, in_folder("lib"), id_a, FLAME_UNSUPPORTED,
                   "is stripped of its code");
    write_file(CACHED, file);
    check_opens_to(FLAME_OBJECT_ELF, "/gone/lib", id_a, FLAME_IO,
                   "is not here: there is only a debug file");
    image_free(b);
    size_t text; /* the file is there, but was built anew */
    b = coded((struct image_options){ .wide = true }, id_b, &text);
    save(b, "lib");
    check_opens_to(FLAME_OBJECT_ELF, in_folder("lib"), id_a, FLAME_IO,
                   "is another file here (build-id bb00");
    remove_file(CACHED);
}

TEST(names_of_a_debug_file_find_the_code_of_the_program)
{
    size_t text;
    struct elf_builder *b =
        coded((struct image_options){ .wide = true, .dynamic = true }, id_a, &text);
    image_symbol(b, function("exported", 0x10080, 16, text));
    save(b, "lib");
    save(debug_file(id_a), CACHED);
    struct scene s = { 0 };
    open_scene(&s, FLAME_OBJECT_ELF, in_folder("lib"), id_a);
    assert_string_equal(s.object.used, in_folder(CACHED));
    assert_int_equal(code_of(&s, "f"), FLAME_OK);
    assert_memory_equal(s.code.bytes, pattern + 0x20, 16);
    assert_string_equal(flame_code_path(s.file), in_folder("lib"));
    close_scene(&s);
    remove_file(CACHED);
}

TEST(what_was_never_in_a_file_is_said_so)
{
    check_opens_to(FLAME_OBJECT_JIT, "/tmp/perf-99999999.map", NULL, FLAME_UNSUPPORTED,
                   "is JIT code, which only a jitdump has: perf record -k mono");
    check_opens_to(FLAME_OBJECT_JIT_COPY, "/data/TMP_jit_app_cache:1-2", NULL, FLAME_UNSUPPORTED,
                   "is JIT code");
    check_opens_to(FLAME_OBJECT_PLAIN, "bpf_prog_6deef7357e7b4530_sd_fw", NULL, FLAME_UNSUPPORTED,
                   "is a BPF program, whose code is not in a recording");
    check_opens_to(FLAME_OBJECT_PLAIN, "[vsyscall]", NULL, FLAME_UNSUPPORTED,
                   "is code of the recorded kernel that is in no file");
    check_opens_to(FLAME_OBJECT_PLAIN, "[heap]", NULL, FLAME_UNSUPPORTED, "has no file behind it");
}

/* simpleperf took symbols along; the file is looked for all the same. */
TEST(where_the_recording_has_the_symbols_code_is_the_files)
{
    size_t text;
    struct elf_builder *b = coded((struct image_options){ .wide = true }, id_a, &text);
    uint64_t offset = image_offset(b);
    save(b, "lib");
    struct flame_str path = flame_str_from(in_folder("lib"));
    const struct flame_perf_symbol symbols[] = { { 0x10020, 16, { "f", 1 } } };
    const struct flame_perf_symbol_file files[] = { { .kind = FLAME_SYMBOL_FILE_ELF,
                                                      .path = path,
                                                      .min_vaddr = 0x10000,
                                                      .offset = offset,
                                                      .symbols = symbols,
                                                      .count = 1 } };
    const struct flame_perf_symbol_files all = { files, 1 };
    struct flame_embedded embedded;
    flame_embedded_init(&embedded, "perf.data");
    assert_int_equal(flame_embedded_add(&embedded, &all), FLAME_OK);
    struct scene s = { .places.embedded = &embedded };
    open_scene(&s, FLAME_OBJECT_ELF, path.ptr, id_a);
    assert_non_null(s.object.shared);
    assert_int_equal(code_of(&s, "f"), FLAME_OK);
    assert_memory_equal(s.code.bytes, pattern + 0x20, 16);
    assert_int_equal(s.code.address, 0x10020);
    close_scene(&s);
    s.request.build_id.size = 0; /* nothing says that the file here is the one on the phone */
    open_scene(&s, FLAME_OBJECT_ELF, path.ptr, NULL);
    check_refusal(&s, FLAME_IO, "was recorded without a build-id");
    close_scene(&s);
    flame_embedded_deinit(&embedded);
}

/* --- marks --- */

static struct image_symbol mark(const char *name, uint64_t value, size_t section)
{
    return (struct image_symbol){ name, value, 0, section, STT_NOTYPE, STB_LOCAL, 0 };
}

TEST(marks_say_where_code_of_another_kind_and_data_begin)
{
    FOR_BOTH_ORDERS(big)
    {
        size_t text;
        struct image_options options = { .big_endian = big, .machine = EM_ARM };
        struct elf_builder *b = coded(options, id_a, &text);
        image_symbol(b, mark("$a", 0x10000, text));
        image_symbol(b, mark("$t", 0x10020, text));
        image_symbol(b, mark("$d.7", 0x10030, text));
        image_symbol(b, mark("$d", 0x10034, text));
        image_symbol(b, mark("$t", 0x10034, text)); /* the later one holds */
        image_symbol(b, function("arm", 0x10010, 0x10, text));
        image_symbol(b, function("thumb", 0x10021, 0x20, text));
        image_symbol(b, function("tail", 0x10045, 0x10, text));
        save(b, "lib");
        struct scene s = { 0 };
        open_scene(&s, FLAME_OBJECT_ELF, in_folder("lib"), id_a);
        assert_int_equal(code_of(&s, "arm"), FLAME_OK);
        assert_int_equal(s.code.first_kind, FLAME_CODE_PLAIN);
        assert_int_equal(s.code.mark_count, 0);
        assert_int_equal(code_of(&s, "thumb"), FLAME_OK);
        assert_int_equal(s.code.address, 0x10020);
        assert_int_equal(s.code.first_kind, FLAME_CODE_THUMB);
        assert_int_equal(s.code.mark_count, 2);
        assert_int_equal(s.code.marks[0].address, 0x10030);
        assert_int_equal(s.code.marks[0].kind, FLAME_CODE_DATA);
        assert_int_equal(s.code.marks[1].address, 0x10034);
        assert_int_equal(s.code.marks[1].kind, FLAME_CODE_THUMB);
        assert_int_equal(code_of(&s, "tail"), FLAME_OK);
        assert_int_equal(s.code.first_kind, FLAME_CODE_THUMB);
        close_scene(&s);
    }
}

TEST(without_marks_the_lowest_bit_says_thumb)
{
    size_t text;
    struct elf_builder *b =
        coded((struct image_options){ .machine = EM_ARM, .dynamic = true }, id_a, &text);
    image_symbol(b, function("arm", 0x10010, 0x10, text));
    image_symbol(b, function("thumb", 0x10021, 0x20, text));
    save(b, "lib");
    struct scene s = { 0 };
    open_scene(&s, FLAME_OBJECT_ELF, in_folder("lib"), id_a);
    assert_int_equal(code_of(&s, "arm"), FLAME_OK);
    assert_int_equal(s.code.first_kind, FLAME_CODE_PLAIN);
    assert_int_equal(code_of(&s, "thumb"), FLAME_OK);
    assert_int_equal(s.code.first_kind, FLAME_CODE_THUMB);
    close_scene(&s);
}

TEST(a_mark_of_another_section_does_not_hold)
{
    static const uint16_t machines[] = { EM_AARCH64, EM_RISCV };
    for (size_t m = 0; m < 2; m++) {
        size_t text;
        struct elf_builder *b =
            coded((struct image_options){ .wide = true, .machine = machines[m] }, id_a, &text);
        image_symbol(b, mark("$d", 0xfff0, text)); /* before the section */
        image_symbol(b, mark(m ? "$xrv64i2p1" : "$x", 0x10040, text));
        image_symbol(b, function("f", 0x10020, 0x30, text));
        save(b, "lib");
        struct scene s = { 0 };
        open_scene(&s, FLAME_OBJECT_ELF, in_folder("lib"), id_a);
        assert_int_equal(code_of(&s, "f"), FLAME_OK);
        assert_int_equal(s.code.first_kind, FLAME_CODE_PLAIN);
        assert_int_equal(s.code.mark_count, 1);
        assert_int_equal(s.code.marks[0].kind, FLAME_CODE_PLAIN);
        close_scene(&s);
    }
}

/* --- names --- */

TEST(words_of_the_got_are_called_after_their_relocations)
{
    for (int wide = 0; wide < 2; wide++) {
        size_t text;
        uint8_t rela[2 * sizeof(Elf64_Rela)] = { 0 }, got[32] = { 0 };
        struct image_options options = { .wide = wide,
                                         .dynamic = true,
                                         .machine = wide ? EM_X86_64 : EM_386 };
        struct elf_builder *b = coded(options, id_a, &text);
        size_t word = wide ? 8 : 4, entry = wide ? sizeof(Elf64_Rela) : sizeof(Elf32_Rel);
        if (!wide) /* the second word: relative, its addend is in place */
            image_word(b, got + word, 0x10020, word);
        struct image_section s = { .name = ".got",
                                   .type = SHT_PROGBITS,
                                   .flags = SHF_ALLOC | SHF_WRITE,
                                   .addr = 0x20000,
                                   .size = sizeof got,
                                   .bytes = got };
        image_section(b, &s);
        image_load(b, 0x20000, image_offset(b), sizeof got);
        image_word(b, rela, 0x20000, word);
        image_word(b, rela + word, wide ? UINT64_C(2) << 32 | R_X86_64_GLOB_DAT : 2 << 8 | 6, word);
        image_word(b, rela + entry, 0x20000 + word, word);
        image_word(b, rela + entry + word, 8, word); /* R_*_RELATIVE */
        if (wide)
            image_word(b, rela + entry + 2 * word, 0x10020, word);
        struct image_section r = { .name = wide ? ".rela.dyn" : ".rel.dyn",
                                   .type = wide ? SHT_RELA : SHT_REL,
                                   .flags = SHF_ALLOC,
                                   .size = 2 * entry,
                                   .entsize = entry,
                                   .bytes = rela };
        r.link = (uint32_t)text + 3; /* .got, this, .dynsym */
        image_section(b, &r);
        image_symbol(b, function("_ZN1a1fEv", 0x10020, 16, text));
        image_symbol(b, function("puts", 0, 0, SHN_UNDEF));
        image_symbol(
            b, (struct image_symbol){ "table", 0x20010, 8, text + 1, STT_OBJECT, STB_GLOBAL, 0 });
        /* As linkers leave it: without a size, so that it seems to cover all of these words. */
        struct image_symbol whole = {
            "_GLOBAL_OFFSET_TABLE_", 0x20000, 0, text + 1, STT_OBJECT, STB_LOCAL, 0
        };
        image_symbol(b, whole);
        save(b, "lib");
        struct scene scene = { 0 };
        open_scene(&scene, FLAME_OBJECT_ELF, in_folder("lib"), id_a);
        check_name(&scene, 0x10020, "a::f");
        check_name(&scene, 0x20000, "puts@GOT");
        check_name(&scene, 0x20000 + word, "a::f@GOT");
        check_name(&scene, 0x20000 + 2 * word - 1, wide ? "a::f@GOT+0x7" : "a::f@GOT+0x3");
        check_name(&scene, 0x20010, "table");
        check_name(&scene, 0x20014, "table+0x4");
        check_name(&scene, 0x20018, "");
        char small[4] = "xxx";
        assert_true(flame_code_name(scene.file, 0x20000, small, sizeof small) < sizeof small);
        assert_int_equal(small[3], 0);
        assert_int_equal(flame_code_name(scene.file, 0x20000, NULL, 0), 0);
        close_scene(&scene);
    }
}

/* Give a file SECTIONS sections, its code's the last of them, and RELOCATIONS in section rela, none
 * of a .got; its tables are those of a 64-bit file in this machine's byte order. */
enum { SECTIONS = 65000, RELOCATIONS = 1 << 20 };

static struct flame_bytes crowd(struct flame_bytes plain, size_t text, size_t rela)
{
    const size_t words = RELOCATIONS * sizeof(Elf64_Rela);
    Elf64_Ehdr header;
    memcpy(&header, plain.ptr, sizeof header);
    size_t at = (plain.size + 15) / 16 * 16, size = at + words + SECTIONS * sizeof(Elf64_Shdr);
    uint8_t *file = calloc(1, size);
    assert_non_null(file);
    memcpy(file, plain.ptr, plain.size);
    Elf64_Shdr *sections = (Elf64_Shdr *)(void *)(file + at + words);
    memcpy(sections, plain.ptr + header.e_shoff, header.e_shnum * sizeof(Elf64_Shdr));
    for (size_t i = header.e_shnum; i < SECTIONS; i++)
        sections[i] = (Elf64_Shdr){
            .sh_type = SHT_NOBITS, .sh_flags = SHF_ALLOC, .sh_addr = 8, .sh_offset = 8, .sh_size = 8
        };
    sections[SECTIONS - 1] = sections[text];
    sections[text] = sections[header.e_shnum];
    sections[rela].sh_offset = at;
    sections[rela].sh_size = words;
    Elf64_Rela *r = (Elf64_Rela *)(void *)(file + at);
    for (size_t i = 0; i < RELOCATIONS; i++)
        r[i] = (Elf64_Rela){ 0x500000, 8, 0x1000 };
    header.e_shoff = at + words;
    header.e_shnum = SECTIONS;
    memcpy(file, &header, sizeof header);
    return (struct flame_bytes){ file, size };
}

/* Passing over all sections for each name and each relocation would take minutes. */
TEST(any_number_of_sections_and_relocations_is_done_at_once)
{
    size_t text;
    struct scene s = { 0 };
    struct image_options options = { .wide = true,
                                     .big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__,
                                     .dynamic = true,
                                     .machine = EM_X86_64 };
    struct elf_builder *b = coded(options, id_a, &text);
    static const uint8_t nothing[sizeof(Elf64_Rela)];
    struct image_section rela = { .name = ".rela.dyn",
                                  .type = SHT_RELA,
                                  .flags = SHF_ALLOC,
                                  .size = sizeof nothing,
                                  .entsize = sizeof nothing,
                                  .bytes = nothing };
    rela.link = (uint32_t)text + 2;
    size_t at = image_section(b, &rela);
    image_symbol(b, function("label", 0x10020, 0, SECTIONS - 1));
    struct flame_bytes crowded = crowd(image_finish(b), text, at);
    image_free(b);
    write_file("lib", crowded);
    free((void *)(uintptr_t)crowded.ptr);
    open_scene(&s, FLAME_OBJECT_ELF, in_folder("lib"), id_a);
    check_name(&s, 0x10021, "label+0x1");
    check_name(&s, 0x10100, ""); /* behind the section */
    char name[32];
    for (size_t i = 0; i < 2000000; i++)
        assert_true(flame_code_name(s.file, 0x10020 + i % 64, name, sizeof name) != 0);
    close_scene(&s);
}

/* --- kernel modules --- */

TEST(a_modules_calls_are_named_although_it_is_not_linked)
{
    size_t text;
    struct scene s = { 0 };
    uint8_t rela[4 * sizeof(Elf64_Rela)] = { 0 };
    struct elf_builder *b = coded(
        (struct image_options){ .wide = true, .type = ET_REL, .machine = EM_X86_64 }, id_a, &text);
    static const struct {
        uint64_t offset, info;
        int64_t addend;
    } r[] = {
        { 0x21, UINT64_C(2) << 32 | R_X86_64_PLT32, -4 }, /* call printk */
        { 0x28, UINT64_C(3) << 32 | R_X86_64_PC32, -4 },  /* a function in .init.text */
        { 0x30, UINT64_C(4) << 32 | R_X86_64_32S, 2 },    /* data */
        { 0x3e, UINT64_C(2) << 32 | R_X86_64_PLT32, -4 }, /* reaches out of the function */
    };
    for (size_t i = 0; i < 4; i++) {
        image_word(b, rela + i * sizeof(Elf64_Rela), r[i].offset, 8);
        image_word(b, rela + i * sizeof(Elf64_Rela) + 8, r[i].info, 8);
        image_word(b, rela + i * sizeof(Elf64_Rela) + 16, (uint64_t)r[i].addend, 8);
    }
    struct image_section init = { .name = ".init.text",
                                  .type = SHT_PROGBITS,
                                  .flags = SHF_ALLOC | SHF_EXECINSTR,
                                  .size = sizeof pattern,
                                  .bytes = pattern };
    size_t init_text = image_section(b, &init);
    struct image_section bss = {
        .name = ".bss", .type = SHT_NOBITS, .flags = SHF_ALLOC | SHF_WRITE, .size = 64
    };
    size_t data = image_section(b, &bss);
    struct image_section written = {
        .name = ".data", .type = SHT_PROGBITS, .flags = SHF_ALLOC | SHF_WRITE, .size = 64
    };
    size_t written_data = image_section(b, &written); /* at the same offset as .bss */
    struct image_section relocations = { .name = ".rela.text",
                                         .type = SHT_RELA,
                                         .info = (uint32_t)text,
                                         .link = (uint32_t)data + 3,
                                         .size = sizeof rela,
                                         .entsize = sizeof(Elf64_Rela),
                                         .bytes = rela };
    image_section(b, &relocations);
    image_symbol(b, function("probe", 0x20, 0x20, text));
    image_symbol(b, function("printk", 0, 0, SHN_UNDEF));
    image_symbol(b, function("setup", 0x10, 0x10, init_text));
    image_symbol(b, (struct image_symbol){ "table", 0x20, 8, data, STT_OBJECT, STB_LOCAL, 0 });
    image_symbol(b, (struct image_symbol){ "another_table", 0x20, 8, written_data, STT_OBJECT,
                                           STB_LOCAL, 0 });
    save(b, "m.ko");
    open_scene(&s, FLAME_OBJECT_MODULE, in_folder("m.ko"), id_a);
    assert_int_equal(code_of(&s, "probe"), FLAME_OK);
    assert_int_equal(s.code.address, 0x20);
    assert_int_equal(s.code.size, 0x20);
    assert_memory_equal(s.code.bytes, pattern + 0x20, 1);
    assert_memory_equal(s.code.bytes + 0x1e, pattern + 0x3e, 2);
    int32_t operand;
    memcpy(&operand, s.code.bytes + 1, 4);
    check_name(&s, 0x25 + (uint64_t)(int64_t)operand, "printk");
    memcpy(&operand, s.code.bytes + 8, 4);
    check_name(&s, 0x2c + (uint64_t)(int64_t)operand, "setup");
    memcpy(&operand, s.code.bytes + 16, 4);
    check_name(&s, (uint64_t)(int64_t)operand, "table+0x2");
    check_name(&s, 0x20, "probe");
    assert_memory_equal(s.code.bytes + 20, pattern + 0x34, 10);
    close_scene(&s);
}

/* --- the kernel --- */

static void open_kernel(struct scene *s, const uint8_t *id, uint64_t text_start)
{
    s->request.reference = flame_str_from("_text");
    s->request.text_start = text_start;
    open_scene(s, FLAME_OBJECT_KERNEL, "[kernel.kallsyms]", id);
}

static const char kallsyms[] = "ffffffff81000000 T _text\n"
                               "ffffffff81000020 T do_work\n"
                               "ffffffff81000030 T last\n"
                               "ffffffffc0000000 t in_module\t[mod]\n";

/* A list, and beside it where its module lay. */
static void write_lists(const char *list, const char *modules)
{
    write_text(list, kallsyms);
    write_text(modules, "mod 4096 0 - Live 0xffffffffc0000000\n");
}

static void remove_lists(const char *list, const char *modules)
{
    remove_file(list);
    remove_file(modules);
}

static void save_vmlinux(const char *name, const uint8_t *id)
{
    size_t text;
    struct elf_builder *b =
        coded((struct image_options){ .wide = true, .type = ET_EXEC }, id, &text);
    image_symbol(b, (struct image_symbol){ "_text", 0x10000, 0, text, STT_NOTYPE, STB_GLOBAL, 0 });
    image_symbol(b, function("do_work", 0x10020, 12, text));
    save(b, name);
}

TEST(a_kernels_code_is_in_the_vmlinux_of_its_build_id)
{
    struct scene s = { 0 };
    save_vmlinux(CACHED, id_a);
    for (int listed = 0; listed < 2; listed++) { /* symbols from the vmlinux, or from a list */
        if (listed)
            write_lists(COPY "kallsyms", COPY "modules");
        open_kernel(&s, id_a, 0xffffffff9a000000);
        assert_int_equal(code_of(&s, "do_work"), FLAME_OK);
        assert_int_equal(s.code.size, listed ? 16 : 12);
        assert_memory_equal(s.code.bytes, pattern + 0x20, s.code.size);
        assert_int_equal(s.code.address, 0x10020);
        assert_string_equal(flame_code_path(s.file), in_folder(CACHED));
        assert_true(flame_code_built_ns(s.file) > 0);
        check_name(&s, 0x10024, "do_work+0x4");
        struct flame_dwarf *dwarf;
        assert_int_equal(flame_code_dwarf(s.file, &dwarf), FLAME_OK);
        assert_null(dwarf);
        if (listed) { /* cut at the section's end; and what a vmlinux does not have */
            assert_int_equal(code_of(&s, "last"), FLAME_OK);
            assert_int_equal(s.code.size, 0xd0);
        }
        close_scene(&s);
    }
    open_kernel(&s, id_a, 0xffffffff81000000);
    assert_int_equal(code_of(&s, "in_module"), FLAME_UNSUPPORTED);
    assert_non_null(strstr(s.error.text, "has no code at 0xffffffffc0000000"));
    assert_int_equal(s.code.address, 0xffffffffc0000000);
    close_scene(&s);
    save_vmlinux(CACHED, id_b);
    open_kernel(&s, id_a, 0xffffffff81000000);
    assert_int_equal(code_of(&s, "do_work"), FLAME_IO);
    assert_non_null(strstr(s.error.text, "(build-id aa" HEX_A_TAIL
                                         "); name its vmlinux: -k FILE; or bring what perf"));
    assert_true(strlen(s.error.text) < sizeof s.error.text - 1);
    close_scene(&s);
    remove_file(CACHED);
    s.request.build_id.size = 0;
    open_kernel(&s, NULL, 0xffffffff81000000);
    check_refusal(&s, FLAME_IO, "was recorded without a build-id");
    close_scene(&s);
    open_kernel(&s, id_a, 0);
    check_refusal(&s, FLAME_IO, "was recorded with its addresses hidden");
    close_scene(&s);
    remove_lists(COPY "kallsyms", COPY "modules");
}

/* A core as perf makes it: no sections, the kernel's code and a module's. */
static void save_kcore(const char *name)
{
    size_t text;
    struct elf_builder *b = coded(
        (struct image_options){ .wide = true, .type = ET_CORE, .machine = EM_X86_64 }, NULL, &text);
    uint64_t offset = image_offset(b);
    image_load(b, 0xffffffff81000000, offset, 0x80);
    image_load(b, 0xffffffffc0000000, offset + 0x80, 0x80);
    struct flame_bytes file = image_finish(b);
    uint8_t *bytes = (uint8_t *)(uintptr_t)file.ptr;
    memset(bytes + offsetof(Elf64_Ehdr, e_shoff), 0, 8);
    memset(bytes + offsetof(Elf64_Ehdr, e_shnum), 0, 4);
    write_file(name, file);
    image_free(b);
}

TEST(a_kernels_code_is_in_a_copy_of_its_memory)
{
    struct scene s = { 0 };
    save_kcore(COPY "kcore");
    write_lists(COPY "kallsyms", COPY "modules");
    open_kernel(&s, id_a, 0xffffffff81000000);
    assert_string_equal(flame_code_path(s.file), in_folder(COPY "kcore"));
    assert_int_equal(code_of(&s, "do_work"), FLAME_OK);
    assert_int_equal(s.code.size, 16);
    assert_memory_equal(s.code.bytes, pattern + 0x20, 16);
    assert_int_equal(s.code.address, 0xffffffff81000020);
    assert_int_equal(s.code.machine.machine, EM_X86_64);
    assert_true(s.code.machine.wide);
    const uint8_t *first = s.code.bytes;
    assert_int_equal(code_of(&s, "last"), FLAME_OK); /* cut where the memory ends */
    assert_int_equal(s.code.size, 0x50);
    assert_int_equal(code_of(&s, "in_module"), FLAME_OK);
    assert_memory_equal(s.code.bytes, pattern + 0x80, 0x80);
    assert_memory_equal(first, pattern + 0x20, 16); /* what was given stays */
    check_name(&s, 0xffffffffc0000001, "in_module+0x1");
    assert_int_equal(flame_code_built_ns(s.file), 0);
    close_scene(&s);
    /* Another boot: the kernel lay elsewhere, and where modules lay is not known. */
    open_kernel(&s, id_a, 0xffffffff9a000000);
    assert_int_equal(code_of(&s, "do_work"), FLAME_OK);
    assert_memory_equal(s.code.bytes, pattern + 0x20, 16);
    assert_int_equal(s.code.address, 0xffffffff81000020);
    check_name(&s, 0xffffffff81000024, "do_work+0x4");
    close_scene(&s);
    /* The symbols are of another list: no word on where modules lay in this boot. */
    write_lists(FIRST_COPY "kallsyms", FIRST_COPY "modules");
    open_kernel(&s, id_a, 0xffffffff81000000);
    assert_string_equal(s.object.used, in_folder(FIRST_COPY "kallsyms"));
    assert_string_equal(flame_code_path(s.file), in_folder(COPY "kcore"));
    assert_int_equal(code_of(&s, "do_work"), FLAME_OK);
    assert_int_equal(code_of(&s, "in_module"), FLAME_UNSUPPORTED);
    assert_non_null(strstr(s.error.text, "has no code for 0xffffffffc0000000"));
    close_scene(&s);
    remove_lists(FIRST_COPY "kallsyms", FIRST_COPY "modules");
    write_text(COPY "kcore", "no memory");
    open_kernel(&s, id_a, 0xffffffff81000000);
    assert_int_equal(code_of(&s, "do_work"), FLAME_IO);
    close_scene(&s);
    save_kcore(COPY "kcore");
    assert_int_equal(truncate(in_folder(COPY "kcore"), 0x2f0), 0);
    open_kernel(&s, id_a, 0xffffffff81000000);
    assert_int_equal(code_of(&s, "in_module"), FLAME_CORRUPT);
    assert_non_null(strstr(s.error.text, "but the file ends after"));
    close_scene(&s);
    remove_file(COPY "kcore");
    remove_lists(COPY "kallsyms", COPY "modules");
}

/* --- damage --- */

/* Ask everything of every symbol. */
static void exercise(struct scene *s)
{
    char name[64];
    for (size_t i = 0; i < s->object.symbols.list.count; i++) {
        const struct flame_symbol *symbol = &s->object.symbols.list.items[i];
        s->error = (struct flame_error)FLAME_ERROR_INIT;
        enum flame_status status = flame_code_of(s->file, symbol, &s->code, &s->error);
        assert_int_equal(status == FLAME_OK, s->code.bytes != NULL);
        assert_int_equal(status, s->error.status);
        uint8_t sum = 0;
        for (size_t k = 0; k < s->code.size && s->code.bytes; k++)
            sum ^= s->code.bytes[k];
        for (size_t k = 0; k < s->code.mark_count; k++)
            sum ^= (uint8_t)s->code.marks[k].kind;
        snprintf(name, sizeof name, "%d", sum);
        flame_code_name(s->file, s->code.address, name, sizeof name);
    }
    for (uint64_t at = 0; at < 0x200; at += 4)
        for (uint64_t base = 0; base < 0x30000; base += 0x10000)
            flame_code_name(s->file, base + at, name, sizeof name);
}

static void flip_all(enum flame_object_kind kind, struct flame_bytes file, uint64_t text_start,
                     const char *name)
{
    uint8_t *bytes = (uint8_t *)(uintptr_t)file.ptr;
    static const uint8_t flips[] = { 0x01, 0x80, 0xff };
    for (size_t i = 0; i < file.size; i++) {
        bytes[i] ^= flips[i % 3];
        write_file(name, file);
        struct scene s = { .places.same_boot = true, .places.unchanged_ns = UINT64_MAX };
        s.request.reference = flame_str_from("_text");
        s.request.text_start = text_start;
        bool kernel = kind == FLAME_OBJECT_KERNEL;
        open_scene(&s, kind, kernel ? "[kernel.kallsyms]" : in_folder(name), kernel ? id_a : NULL);
        exercise(&s);
        close_scene(&s);
        bytes[i] ^= flips[i % 3];
    }
    remove_file(name);
}

TEST(no_damaged_byte_does_harm)
{
    static const uint16_t types[] = { ET_DYN, ET_REL };
    for (size_t t = 0; t < 2; t++) {
        size_t text;
        uint8_t rela[sizeof(Elf64_Rela)] = { 0 }, got[16] = { 0 };
        struct elf_builder *b =
            coded((struct image_options){ .wide = true, .type = types[t], .machine = EM_AARCH64 },
                  id_a, &text);
        struct image_section s = { .name = ".got",
                                   .type = SHT_PROGBITS,
                                   .flags = SHF_ALLOC,
                                   .addr = t ? 0 : 0x20000,
                                   .size = sizeof got,
                                   .bytes = got };
        image_section(b, &s);
        image_word(b, rela, t ? 0x24 : 0x20000, 8);
        image_word(b, rela + 8, UINT64_C(2) << 32 | (t ? R_AARCH64_CALL26 : R_AARCH64_GLOB_DAT), 8);
        struct image_section r = { .name = ".rela.text",
                                   .type = SHT_RELA,
                                   .flags = t ? 0 : SHF_ALLOC,
                                   .info = (uint32_t)text,
                                   .link = (uint32_t)text + 3,
                                   .size = sizeof rela,
                                   .entsize = sizeof rela,
                                   .bytes = rela };
        image_section(b, &r);
        uint64_t at = t ? 0 : 0x10000;
        image_symbol(b, function("f", at + 0x20, 0x20, text));
        image_symbol(b, function("puts", 0, 0, SHN_UNDEF));
        image_symbol(b, mark("$d", at + 0x28, text));
        image_symbol(b, function("guessed", at + 0x80, 0, text));
        flip_all(t ? FLAME_OBJECT_MODULE : FLAME_OBJECT_ELF, image_finish(b), 0, "flipped");
        image_free(b);
    }
    save_vmlinux(CACHED, id_a);
    static uint8_t bytes[8192];
    FILE *f = fopen(in_folder(CACHED), "rb");
    assert_non_null(f);
    size_t size = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    flip_all(FLAME_OBJECT_KERNEL, (struct flame_bytes){ bytes, size }, 0xffffffff81000000, CACHED);
    save_kcore(COPY "kcore");
    write_lists(COPY "kallsyms", COPY "modules");
    f = fopen(in_folder(COPY "kcore"), "rb");
    assert_non_null(f);
    size = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    flip_all(FLAME_OBJECT_KERNEL, (struct flame_bytes){ bytes, size }, 0xffffffff81000000,
             COPY "kcore");
    remove_lists(COPY "kallsyms", COPY "modules");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bytes_are_the_files_and_the_address_is_its_own),
        cmocka_unit_test(the_code_of_this_very_program_is_found_with_names_and_lines),
        cmocka_unit_test(a_size_that_leaves_the_section_is_corrupt_a_guessed_one_is_cut),
        cmocka_unit_test(a_function_in_bss_has_no_bytes),
        cmocka_unit_test(without_sections_an_executable_segment_bounds_the_code),
        cmocka_unit_test(what_is_too_long_and_what_is_beyond_the_file_are_refused),
        cmocka_unit_test(a_file_with_another_build_id_gives_no_code),
        cmocka_unit_test(what_is_no_file_or_no_elf_file_is_said_so),
        cmocka_unit_test(a_debug_file_has_no_code),
        cmocka_unit_test(names_of_a_debug_file_find_the_code_of_the_program),
        cmocka_unit_test(what_was_never_in_a_file_is_said_so),
        cmocka_unit_test(where_the_recording_has_the_symbols_code_is_the_files),
        cmocka_unit_test(marks_say_where_code_of_another_kind_and_data_begin),
        cmocka_unit_test(without_marks_the_lowest_bit_says_thumb),
        cmocka_unit_test(a_mark_of_another_section_does_not_hold),
        cmocka_unit_test(words_of_the_got_are_called_after_their_relocations),
        cmocka_unit_test(any_number_of_sections_and_relocations_is_done_at_once),
        cmocka_unit_test(a_modules_calls_are_named_although_it_is_not_linked),
        cmocka_unit_test(a_kernels_code_is_in_the_vmlinux_of_its_build_id),
        cmocka_unit_test(a_kernels_code_is_in_a_copy_of_its_memory),
        cmocka_unit_test(no_damaged_byte_does_harm),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
