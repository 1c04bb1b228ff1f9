/* code_marks.c: where code and data, or ARM's two kinds of code, change.
 *
 * Assemblers leave symbols without a size there; they are in .symtab, so in the debug file where a
 * program is stripped. Without any, ARM's functions still say by their lowest bit what they are.
 * Source: ELF for the Arm Architecture, 5.5.5; ELF for AArch64, 5.7; RISC-V ELF psABI. */
#include "code_file.h"

#include "elf_symbols.h"

#include <stdlib.h>

/* In the order of the table: of several at one address the last holds. */
struct ordered_mark {
    struct flame_code_mark mark;
    size_t order;
};

struct collect {
    const struct flame_code_file *file;
    struct flame_elf elf; /* the one that is being read */
    FLAME_VEC(struct ordered_mark) list;
    bool failed;
};

static enum flame_code_kind kind_of(uint16_t machine, char letter)
{
    if (letter == 'd')
        return FLAME_CODE_DATA;
    return machine == EM_ARM && letter == 't' ? FLAME_CODE_THUMB : FLAME_CODE_PLAIN;
}

static bool take_mark(void *user, const struct flame_elf_entry *entry)
{
    struct collect *c = user;
    const struct flame_code_layout *layout = &c->file->layout;
    uint16_t machine = c->elf.header.e_machine;
    uint64_t address = entry->symbol.st_value;
    if (!flame_elf_is_mark(machine, entry->name) || entry->symbol.st_shndx == SHN_UNDEF)
        return true;
    if (layout->bases) {
        if (entry->section >= layout->count)
            return true;
        address += layout->bases[entry->section];
    }
    struct ordered_mark mark = { { address, kind_of(machine, entry->name[1]) }, c->list.count };
    c->failed = !flame_vec_push(&c->list, mark);
    return !c->failed;
}

static int by_address(const void *a, const void *b)
{
    const struct ordered_mark *x = a, *y = b;
    if (x->mark.address != y->mark.address)
        return x->mark.address < y->mark.address ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* Call each for the symbols of all of holder's files. Those of an unlinked object's debug file have
 * sections of their own numbering: only the file itself counts then. */
static enum flame_status each_symbol(const struct flame_code_file *file, struct collect *collect,
                                     bool (*each)(void *user, const struct flame_elf_entry *entry))
{
    const struct flame_object *holder = file->holder;
    static const uint32_t types[] = { SHT_SYMTAB, SHT_DYNSYM };
    static const char *const names[] = { ".symtab", ".dynsym" };
    for (size_t i = 0; i < holder->files.count; i++) {
        struct flame_elf *elf = &collect->elf;
        if (file->layout.bases && i + 1 < holder->files.count)
            continue;
        enum flame_status status =
            flame_elf_open(elf, holder->files.items[i].bytes, holder->files.items[i].size);
        if (status == FLAME_NOMEM)
            return FLAME_NOMEM;
        for (size_t t = 0; t < 2 && status == FLAME_OK; t++) {
            const struct flame_elf_section *table = flame_elf_section(elf, names[t], types[t]);
            if (table)
                flame_elf_each_symbol(elf, table, each, collect);
        }
        flame_elf_close(elf);
    }
    return collect->failed ? FLAME_NOMEM : FLAME_OK;
}

static enum flame_status read_marks(struct flame_code_file *file)
{
    struct collect c = { .file = file };
    enum flame_status status = each_symbol(file, &c, take_mark);
    if (status == FLAME_OK && c.list.count)
        qsort(c.list.items, c.list.count, sizeof *c.list.items, by_address);
    for (size_t i = 0; i < c.list.count && status == FLAME_OK; i++) {
        const struct flame_code_mark *mark = &c.list.items[i].mark;
        if (file->marks.count && file->marks.items[file->marks.count - 1].address == mark->address)
            file->marks.items[file->marks.count - 1] = *mark;
        else if (!flame_vec_push(&file->marks, *mark))
            status = FLAME_NOMEM;
    }
    flame_vec_free(&c.list);
    file->has_marks = status == FLAME_OK;
    return status;
}

/* Whether some function begins at address with the lowest bit set. */
struct thumb {
    struct collect collect; /* in front: each_symbol's */
    uint64_t address;
    bool found;
};

static bool look_for_thumb(void *user, const struct flame_elf_entry *entry)
{
    struct thumb *t = user;
    if (GELF_ST_TYPE(entry->symbol.st_info) == STT_FUNC &&
        entry->symbol.st_value == (t->address | 1))
        t->found = true;
    return !t->found;
}

/* How many marks are at addresses up to this one. */
static size_t marks_up_to(const struct flame_code_file *file, uint64_t address)
{
    size_t low = 0, high = file->marks.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (file->marks.items[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

enum flame_status flame_code_find_marks(struct flame_code_file *file, uint64_t low,
                                        struct flame_code *code)
{
    uint16_t machine = file->elf.header.e_machine;
    enum flame_status status = FLAME_OK;
    if (machine != EM_ARM && machine != EM_AARCH64 && machine != EM_RISCV)
        return FLAME_OK;
    if (!file->has_marks)
        status = read_marks(file);
    if (status != FLAME_OK)
        return status;
    size_t first = marks_up_to(file, code->address);
    size_t end = marks_up_to(file, code->address + (code->size - 1));
    if (end > first) {
        code->marks = file->marks.items + first;
        code->mark_count = end - first;
    }
    if (first > 0 && file->marks.items[first - 1].address >= low) {
        code->first_kind = file->marks.items[first - 1].kind;
        return FLAME_OK;
    }
    if (machine != EM_ARM)
        return FLAME_OK;
    struct thumb thumb = { .collect = { .file = file }, .address = code->address };
    status = each_symbol(file, &thumb.collect, look_for_thumb);
    if (thumb.found)
        code->first_kind = FLAME_CODE_THUMB;
    return status;
}
