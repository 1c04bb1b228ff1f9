/* fuzz_unwind.c: a walk of a copied stack, by the rules that a file's own tables make.
 *
 * An input, numbers little-endian:
 *
 *     u8  architecture: index in `arches` below
 *     u8  flags: bit 0 the sample's byte order is not the host's; bits 1 and 2 what the rest is;
 * bit 3 a file that is made is big-endian u16 bytes of stack u64 process address of the file's
 * offset 0 u64 mask of registers, perf's numbers u64 for each register of the mask; the stack; the
 * rest:
 *
 * an ELF file (0), or the bytes of .eh_frame (1), .debug_frame (2) or .ARM.exidx (3), around which
 * a file is made. Of an ELF input that is none the words are taken as a recorded call chain, with
 * branch records behind it (src/unwind/lbr.h, link.h). */
#include "cfi.h"
#include "check.h"
#include "elf_builder.h"
#include "elf_file.h"
#include "lbr.h"
#include "link.h"
#include "stack_memory.h"
#include "take.h"
#include "unwind.h"

#include <elf.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum content { WHOLE, EH_FRAME, DEBUG_FRAME, EXIDX };

enum { PCS = 200, ASKED = 64, CHAIN_MAX = 512 };

/* Of a file that is made: where .eh_frame is in memory, how much of it is code. */
enum { SECTION = 0x2000, SECTION_MAX = 1 << 19, CODE_SIZE = 1 << 30 };

/* wide: of a file that is made */
static const struct {
    const char *machine;
    uint64_t abi;
    uint16_t machine_number;
    bool wide;
} arches[] = {
    { "x86_64", 2, EM_X86_64, true },   { "x86_64", 1, EM_386, false },
    { "aarch64", 2, EM_AARCH64, true }, { "aarch64", 1, EM_ARM, false },
    { "riscv64", 2, EM_RISCV, true },   { "riscv64", 1, EM_RISCV, false },
    { "s390x", 2, EM_S390, true },      { "s390x", 1, EM_S390, false },
    { "ppc64", 2, EM_PPC64, true },     { "ppc", 1, EM_PPC, false },
    { "mips64", 2, EM_MIPS, true },     { "mips", 1, EM_MIPS, false },
    { "loongarch64", 2, 258, true },
};

enum { ARCHES = sizeof arches / sizeof *arches };

/* A file around a section's bytes, mapped as it lies there; to be freed. Longer ones are cut. */
static struct elf_builder *make_file(unsigned arch, enum content content, bool big,
                                     const struct take *rest, struct flame_file *file)
{
    static const char *const names[] = { "", ".eh_frame", ".debug_frame", ".ARM.exidx" };
    size_t size = rest->left < SECTION_MAX ? rest->left : SECTION_MAX;
    struct elf_builder *b =
        image_new((struct image_options){ .wide = arches[arch].wide,
                                          .big_endian = big,
                                          .type = ET_DYN,
                                          .machine = arches[arch].machine_number });
    image_section(b, &(struct image_section){ .name = names[content],
                                              .type = SHT_PROGBITS,
                                              .flags = SHF_ALLOC,
                                              .addr = content == EH_FRAME ? SECTION : 0,
                                              .size = size,
                                              .bytes = rest->at });
    image_load(b, 0, 0, CODE_SIZE);
    if (content == EXIDX)
        image_segment(b, PT_ARM_EXIDX, image_offset(b), image_offset(b), size);
    struct flame_bytes bytes = image_finish(b);
    *file = (struct flame_file){ bytes.ptr, bytes.size, FLAME_FILE_BORROWED };
    return b;
}

/* What a walk asks. */
struct code {
    struct flame_cfi *cfi;
    const struct flame_elf *elf;
    uint64_t start;
};

static void check_cell(const struct flame_rule *rule, const struct flame_rule_cell *cell)
{
    bool computed = cell->kind == FLAME_RULE_SAVED_AT || cell->kind == FLAME_RULE_COMPUTED;
    CHECK(cell->kind <= FLAME_RULE_COMPUTED);
    CHECK(!computed || (cell->value >= 0 && cell->value < rule->expression_count));
}

static void check_rule(const struct flame_rule *rule, uint64_t offset)
{
    CHECK(rule->start <= offset && offset < rule->end);
    CHECK(rule->cfa.kind == FLAME_RULE_REGISTER || rule->cfa.kind == FLAME_RULE_COMPUTED);
    CHECK(rule->cell_count <= FLAME_COLUMNS);
    check_cell(rule, &rule->cfa);
    check_cell(rule, &rule->return_address);
    for (size_t i = 0; i < rule->cell_count; i++) {
        check_cell(rule, &rule->cells[i]);
        CHECK(rule->cells[i].column < FLAME_COLUMNS);
    }
    for (size_t i = 0; i < rule->expression_count; i++) {
        const struct flame_expression *e = &rule->expressions[i];
        for (size_t k = 0; k < e->count; k++)
            CHECK((e->ops[k].code != 0x28 && e->ops[k].code != 0x2f) || e->ops[k].a <= e->count);
    }
    flame_rule_return_place(rule);
}

static const struct flame_rule *rule_at(struct flame_cfi *cfi, uint64_t offset)
{
    const struct flame_rule *rule, *again;
    uint64_t start, end;
    bool found;
    CHECK(flame_cfi_rule(cfi, offset, &rule) == FLAME_OK);
    if (rule)
        check_rule(rule, offset);
    CHECK(flame_cfi_rule(cfi, offset, &again) == FLAME_OK && again == rule);
    CHECK(flame_cfi_function(cfi, offset, &start, &end, &found) == FLAME_OK);
    CHECK(!found || (start <= offset && offset < end));
    return rule;
}

static bool code_at(void *user, uint64_t pc, struct flame_unwind_code *out)
{
    const struct code *code = user;
    *out = (struct flame_unwind_code){ .why = FLAME_END_NO_CFI, .bias = code->start };
    out->rule = rule_at(code->cfi, pc - code->start);
    return true;
}

static bool word_at(void *user, uint64_t address, unsigned size, uint64_t *value)
{
    const struct code *code = user;
    return flame_elf_word(code->elf, address - code->start, size, value);
}

static void walk(const struct flame_unwind_world *world,
                 const struct flame_unwind_registers *registers)
{
    for (size_t cap = 1; cap <= PCS; cap += PCS - 1) {
        struct flame_unwind_registers used = *registers;
        struct flame_unwound unwound;
        uint64_t pcs[PCS];
        CHECK(flame_unwind(world, &used, pcs, cap, &unwound));
        CHECK(unwound.count >= 1 && unwound.count <= cap);
        CHECK(pcs[0] == registers->pc);
    }
}

/* Ask for the rules of offsets all over the file's code. */
static void ask_all(struct flame_cfi *cfi, const struct flame_elf *elf)
{
    for (size_t i = 0; i < elf->load_count && i < 4; i++) {
        const GElf_Phdr *p = &elf->loads[i];
        uint64_t size = p->p_filesz < elf->size ? p->p_filesz : elf->size;
        for (uint64_t k = 0; k < size; k += 1 + size / ASKED)
            rule_at(cfi, p->p_offset + k);
        rule_at(cfi, p->p_offset + p->p_filesz - 1);
    }
}

static void read_chain(struct take rest, bool swap, uint64_t link)
{
    size_t words = rest.left / 8 < CHAIN_MAX ? rest.left / 8 : CHAIN_MAX;
    size_t chain = words / 2, branches = (words - chain) / 3, cap = chain ? chain : 1;
    uint64_t joined[CHAIN_MAX + 1];
    struct flame_pc pcs[CHAIN_MAX + 2];
    const uint8_t *at = rest.at;
    size_t count = flame_callchain_read(at, chain, swap, pcs, cap);
    CHECK(count <= chain);
    CHECK((count > 0) == flame_callchain_has_frame(at, chain, swap));
    size_t leaf = flame_link_leaf(pcs, count);
    CHECK(leaf <= count);
    if (leaf < count)
        CHECK(flame_link_insert(pcs, count, leaf, link) <= count + 1);
    size_t n = flame_lbr_join(at, chain, at + 8 * chain, branches, swap, joined);
    CHECK(n <= chain + branches + 1);
    count = flame_lbr_read((const uint8_t *)joined, n, swap, pcs, CHAIN_MAX + 1);
    CHECK(count <= n);
}

/* The file's rules, and a walk by them. False: it is none. */
static bool walk_by(struct flame_file file, struct flame_unwind_world *world,
                    const struct flame_unwind_registers *registers, uint64_t start)
{
    struct flame_object object = { 0 };
    struct flame_elf elf;
    if (flame_elf_open(&elf, file.bytes, file.size) != FLAME_OK)
        return false;
    struct code code = { .elf = &elf, .start = start };
    CHECK(flame_vec_push(&object.files, file));
    CHECK(flame_cfi_open(&code.cfi, &object) == FLAME_OK);
    world->user = &code;
    world->code = code_at;
    world->word = word_at;
    if (registers)
        walk(world, registers);
    ask_all(code.cfi, &elf);
    world->user = NULL;
    flame_cfi_close(code.cfi);
    flame_vec_free(&object.files);
    flame_elf_close(&elf);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct take input = { bytes, size };
    unsigned index = take_u8(&input) % ARCHES, flags = take_u8(&input);
    enum content content = flags >> 1 & 3;
    size_t stack_size = take_u16(&input);
    uint64_t start = take_number(&input, 8), mask = take_number(&input, 8), words[64] = { 0 };
    for (int i = 0; i < __builtin_popcountll(mask); i++)
        words[i] = take_number(&input, 8);
    struct take stack = take_part(&input, stack_size);
    struct flame_unwind_registers registers = { 0 };
    struct flame_unwind_world world = {
        .arch = flame_arch_find(flame_str_from(arches[index].machine), arches[index].abi),
        .stack = stack.at,
        .stack_size = stack.left,
        .swap = flags & 1,
    };
    CHECK(world.arch);
    bool known = flame_unwind_registers_read(world.arch, (const uint8_t *)words, mask, world.swap,
                                             &registers);
    struct flame_file file = { input.at, input.left, FLAME_FILE_BORROWED };
    struct elf_builder *made = NULL;
    if (content != WHOLE)
        made = make_file(index, content, flags & 8, &input, &file);
    if (!walk_by(file, &world, known ? &registers : NULL, start) && content == WHOLE)
        read_chain(input, world.swap, words[0]);
    if (made)
        image_free(made);
    return 0;
}
