/* fuzz_object.c: an ELF image from its bytes: headers, build-id, sections unpacked, symbols by
 * every way of placing them, minidebuginfo, PLT slots, what has which code, and the names of
 * addresses. A file that names another one (.gnu_debuglink) is loaded by its path, too. */
#include "build_id.h"
#include "check.h"
#include "code.h"
#include "debug_file.h"
#include "elf_symbols.h"
#include "elf_unpack.h"
#include "source.h"

#include <flamedata/limits.h>
#include <stdio.h>
#include <unistd.h>

enum { UNPACKED_MAX = 16 << 20, SHOWN = 256, ASKED_MAX = 48 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_inside(const struct flame_elf *elf, const struct flame_cursor *c)
{
    size_t left = flame_cursor_left(c);
    CHECK(left == 0 || (c->at >= elf->bytes && left <= elf->size &&
                        (size_t)(c->at - elf->bytes) <= elf->size - left));
}

static void check_sections(const struct flame_elf *elf)
{
    for (size_t i = 0; i < elf->section_count; i++) {
        const struct flame_elf_section *s = &elf->sections[i];
        struct flame_cursor c = flame_elf_bytes(elf, s);
        struct flame_str text = flame_elf_strings(elf, i);
        check_inside(elf, &c);
        CHECK(text.len == 0 || text.ptr[text.len - 1] == 0);
        flame_fuzz_read(s->name, strlen(s->name));
    }
}

static void unpack_sections(const struct flame_elf *elf)
{
    size_t room = UNPACKED_MAX;
    for (size_t i = 1; i < elf->section_count; i++) {
        const struct flame_elf_section *s = &elf->sections[i];
        void *owned = NULL;
        if (!flame_elf_is_packed(s))
            continue;
        struct flame_cursor c = flame_elf_unpack(elf, s, room, &owned);
        size_t left = flame_cursor_left(&c);
        CHECK(left <= room);
        CHECK(!owned || left == flame_elf_unpacked_size(elf, s));
        room -= left;
        free(owned);
    }
}

static void check_loads(const struct flame_elf *elf)
{
    for (size_t i = 0; i < elf->load_count; i++) {
        const GElf_Phdr *p = &elf->loads[i];
        uint64_t svma = p->p_vaddr + p->p_memsz / 2, offset, back;
        CHECK(p->p_memsz > 0 && p->p_filesz <= p->p_memsz);
        CHECK(flame_elf_offset(elf, svma, &offset));
        if (flame_elf_svma(elf, p->p_offset, &back))
            CHECK(flame_elf_load(elf, p->p_offset) != NULL);
        flame_elf_word(elf, p->p_offset + p->p_filesz - 8, 8, &back);
    }
}

static void check_build_id(const struct flame_elf *elf)
{
    struct flame_build_id id = { 0 };
    char hex[FLAME_BUILD_ID_HEX];
    if (!flame_build_id_from_elf(elf, &id))
        return;
    CHECK(id.size > 0 && id.size <= FLAME_BUILD_ID_MAX);
    CHECK(flame_build_id_matches(&id, &id));
    flame_build_id_hex(&id, hex);
    CHECK(strlen(hex) == 2 * (size_t)id.size);
}

static void ask(const struct flame_symbols *symbols, uint64_t address)
{
    char text[SHOWN];
    const struct flame_symbol *found = flame_symbols_find(symbols, address);
    if (!found)
        return;
    CHECK(found >= symbols->list.items && found < symbols->list.items + symbols->list.count);
    CHECK(found->start <= address && address < found->end);
    size_t length = flame_symbol_show(found, text, sizeof text);
    CHECK(length < sizeof text && length == strlen(text));
}

static void check_symbols(const struct flame_symbols *symbols)
{
    size_t count = symbols->list.count, stride = 1 + count / ASKED_MAX;
    CHECK(symbols->settled == count);
    for (size_t i = 0; i < count; i++) {
        const struct flame_symbol *s = &symbols->list.items[i];
        CHECK(s->start <= s->end && s->name);
        CHECK(i == 0 || symbols->list.items[i - 1].start <= s->start);
    }
    for (size_t i = 0; i < count; i += stride) {
        const struct flame_symbol *s = &symbols->list.items[i];
        ask(symbols, s->start);
        ask(symbols, s->end - 1);
        ask(symbols, s->end);
    }
    ask(symbols, 0);
    ask(symbols, UINT64_MAX);
}

/* As a kernel's, whose symbols are at their own addresses. */
static void read_kernel(const struct flame_elf *elf)
{
    struct flame_elf_symbols_from from = {
        .source = elf,
        .runtime = elf,
        .table = flame_elf_section(elf, ".symtab", SHT_SYMTAB),
        .addresses = FLAME_ELF_SVMAS,
        .shift = 0x1000,
    };
    struct flame_symbols symbols;
    uint64_t value;
    if (!from.table)
        return;
    flame_symbols_init(&symbols);
    CHECK(flame_elf_symbols_add(&symbols, &from));
    if (symbols.list.count)
        check_symbols(&symbols);
    flame_elf_symbol_value(elf, flame_str_from("_text"), &value);
    flame_symbols_deinit(&symbols);
}

static void check_code(struct flame_code_file *file, const struct flame_code *code)
{
    char name[SHOWN];
    unsigned sum = flame_fuzz_read(code->bytes, code->size);
    CHECK(code->size > 0 && code->size <= flame_limit_of(NULL, FLAME_LIMIT_CODE));
    for (size_t i = 1; i < code->mark_count; i++)
        CHECK(code->marks[i - 1].address <= code->marks[i].address);
    const uint64_t asked[] = { code->address, code->address + code->size, code->address + sum,
                               code->offset, sum };
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        size_t length = flame_code_name(file, asked[i], name, sizeof name);
        CHECK(length < sizeof name && (length == 0 || length == strlen(name)));
    }
}

static void read_code(const struct flame_object *object, bool module)
{
    struct flame_symbol_places places = { .symfs = "/nonexistent" };
    struct flame_object_request request = {
        .kind = module ? FLAME_OBJECT_MODULE : FLAME_OBJECT_ELF,
        .name = flame_str_from("/fuzz/program"),
    };
    struct flame_code_file *file = NULL;
    size_t count = object->symbols.list.count, stride = 1 + count / ASKED_MAX;
    if (flame_code_open(&file, object, &request, &places) != FLAME_OK)
        return;
    for (size_t i = 0; i < count; i += stride) {
        struct flame_error error = FLAME_ERROR_INIT;
        struct flame_code code;
        if (flame_code_of(file, &object->symbols.list.items[i], &code, &error) == FLAME_OK)
            check_code(file, &code);
        else
            CHECK(memchr(error.text, 0, sizeof error.text));
    }
    flame_code_close(file);
}

static void use(const uint8_t *bytes, size_t size)
{
    struct flame_object object = { 0 };
    struct flame_source source;
    struct flame_file file = { bytes, size, FLAME_FILE_BORROWED };
    flame_symbols_init(&object.symbols);
    CHECK(flame_source_take(&source, file, NULL) == FLAME_OK);
    bool module = flame_source_usable(&source) && source.elf.header.e_type == ET_REL;
    struct flame_object_files files = { .runtime = &source, .runtime_path = "/fuzz/program" };
    if (flame_source_usable(&source) && flame_object_use_files(&object, &files) == FLAME_OK) {
        CHECK((object.state == FLAME_OBJECT_NAMED) == (object.symbols.list.count > 0));
        if (object.symbols.list.count)
            check_symbols(&object.symbols);
        read_code(&object, module);
    }
    flame_source_close(&source);
    flame_object_deinit(&object);
}

/* By its path, which is that of a nameless file. */
static void load(const uint8_t *bytes, size_t size)
{
    struct flame_symbol_places places = { .trust_paths = true };
    struct flame_object_request request = { .kind = FLAME_OBJECT_ELF };
    struct flame_object object;
    char path[64];
    int fd = flame_file_nameless("fuzz", NULL);
    if (fd < 0)
        return;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    request.name = flame_str_from(path);
    if (write(fd, bytes, size) == (ssize_t)size &&
        flame_object_load(&object, &request, &places) == FLAME_OK) {
        if (object.symbols.list.count)
            check_symbols(&object.symbols);
        flame_object_deinit(&object);
    }
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct flame_elf elf;
    if (flame_elf_open(&elf, bytes, size) != FLAME_OK)
        return 0;
    bool linked = flame_elf_section(&elf, ".gnu_debuglink", SHT_NULL) != NULL;
    check_sections(&elf);
    check_loads(&elf);
    check_build_id(&elf);
    unpack_sections(&elf);
    read_kernel(&elf);
    flame_elf_close(&elf);
    use(bytes, size);
    if (linked)
        load(bytes, size);
    return 0;
}
