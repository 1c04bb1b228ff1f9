/* cfi.c: call-frame information of an object, remembered as rules.
 *
 * A rule is made once for each run of instructions. Which ones are known is kept by blocks of the
 * file: to find one again takes a hash and a look at the few that were asked for in that block;
 * that there is none is found in the same way. What a hostile file can make us do is bounded, by
 * memory and by instructions run. We read the sections ourselves: libdw runs their instructions
 * without such bounds (a section of 12 KB makes it take gigabytes), loses a row's start when a
 * remembered one is restored, and its older versions misread AArch64's signed return addresses.
 * Nor does it know what 32-bit ARM has instead (exidx.h). */
#include "cfi.h"

#include "cfi_memo.h"
#include "cfi_rule.h"
#include "elf_unpack.h"
#include "exidx.h"

/* Of one object: the bytes that unpacked sections, rules and what finds them may take, and the
 * instructions that may be run to make them; a rule takes about a hundred of either. */
enum { FILES_MAX = 2, SECTIONS_MAX = 2 * FILES_MAX, BLOCK_SHIFT = 6 };
#define MEMORY_MAX ((size_t)64 << 20)
#define BUDGET (UINT64_C(1) << 26)

/* What is known about the offsets [start, end) that are in one block: this rule, or that there is
 * none. next: of the same block. */
struct known {
    uint64_t start, end;
    const struct flame_rule *rule;
    struct known *next;
};

/* unpacked  what the section's bytes are freed by, or NULL */
struct source {
    struct flame_cfi_section section;
    void *unpacked;
};

/* files     the headers of the object's; program: of the one that was mapped, NULL when it cannot
 *           be read
 * sources   in the order in which they are asked; exidx: then, of the program alone
 * unpacked  bytes of sections that were compressed
 * asked     by the offsets that were asked for; starts: by where rules begin */
struct flame_cfi {
    struct flame_elf files[FILES_MAX];
    const struct flame_elf *program;
    struct source sources[SECTIONS_MAX];
    size_t file_count, source_count, unpacked;
    struct flame_exidx exidx;
    struct flame_arena arena;
    struct flame_memo blocks, rules;
    uint64_t budget;
};

/* Where .eh_frame_hdr is, by its section, or by its segment where there are no sections. */
static struct flame_cursor find_table(const struct flame_elf *elf, uint64_t *address)
{
    struct flame_cursor none = flame_cursor_make(NULL, 0, 0, elf->swap, NULL, NULL);
    const struct flame_elf_section *section = flame_elf_section(elf, ".eh_frame_hdr", SHT_NULL);
    if (section) {
        *address = section->header.sh_addr;
        return flame_elf_bytes(elf, section);
    }
    size_t count = 0;
    GElf_Phdr p = { 0 };
    if (elf->section_count || elf_getphdrnum(elf->handle, &count) != 0 || count > INT32_MAX)
        return none;
    for (size_t i = 0; i < count && p.p_type != PT_GNU_EH_FRAME; i++)
        if (!gelf_getphdr(elf->handle, (int)i, &p))
            return none;
    struct flame_cursor c = flame_cursor_make(elf->bytes, elf->size, 0, elf->swap, NULL, NULL);
    if (p.p_type != PT_GNU_EH_FRAME || !flame_cursor_seek(&c, p.p_offset, "table"))
        return none;
    *address = p.p_vaddr;
    return flame_cursor_sub(&c, p.p_filesz, "table");
}

static void add_source(struct flame_cfi *cfi, const struct flame_elf *elf,
                       struct flame_cursor bytes, uint64_t address, bool eh, void *unpacked)
{
    struct source *s = &cfi->sources[cfi->source_count++];
    flame_cfi_section_init(&s->section, bytes, address, elf->wide ? 8 : 4, eh);
    s->unpacked = unpacked;
}

/* .eh_frame with its table; without sections the table says where .eh_frame begins, and it goes on
 * to the end of the file as far as entries make sense. */
static void add_eh_frame(struct flame_cfi *cfi, const struct flame_elf *elf)
{
    const struct flame_elf_section *section = flame_elf_section(elf, ".eh_frame", SHT_NULL);
    struct flame_cfi_section probe = { .word = elf->wide ? 8 : 4 };
    uint64_t address = 0, frame = 0, offset;
    struct flame_cursor table = find_table(elf, &address);
    bool known = flame_cfi_section_table(&probe, table, address, &frame);
    if (section) {
        struct flame_cursor bytes = flame_elf_bytes(elf, section);
        if (!flame_cursor_left(&bytes))
            return;
        add_source(cfi, elf, bytes, section->header.sh_addr, true, NULL);
        known = known && frame == section->header.sh_addr;
    } else if (known && flame_elf_offset(elf, frame, &offset)) {
        struct flame_cursor c = flame_cursor_make(elf->bytes, elf->size, 0, elf->swap, NULL, NULL);
        flame_cursor_seek(&c, offset, ".eh_frame");
        add_source(cfi, elf, c, frame, true, NULL);
    } else {
        return;
    }
    if (known)
        flame_cfi_section_table(&cfi->sources[cfi->source_count - 1].section, table, address,
                                &frame);
}

static void add_debug_frame(struct flame_cfi *cfi, const struct flame_elf *elf)
{
    const struct flame_elf_section *section = flame_elf_section(elf, ".debug_frame", SHT_NULL);
    void *unpacked = NULL;
    if (!section)
        section = flame_elf_section(elf, ".zdebug_frame", SHT_NULL);
    if (!section)
        return;
    struct flame_cursor bytes =
        flame_elf_unpack(elf, section, MEMORY_MAX - cfi->unpacked, &unpacked);
    if (unpacked)
        cfi->unpacked += flame_cursor_left(&bytes);
    if (flame_cursor_left(&bytes))
        add_source(cfi, elf, bytes, 0, false, unpacked);
}

/* The program's own tables are asked before those of its debug files. */
enum flame_status flame_cfi_open(struct flame_cfi **out, const struct flame_object *object)
{
    struct flame_cfi *cfi = *out = calloc(1, sizeof *cfi);
    enum flame_status status = cfi ? FLAME_OK : FLAME_NOMEM;
    if (cfi) {
        flame_arena_init(&cfi->arena, SIZE_MAX);
        cfi->budget = BUDGET;
    }
    for (size_t i = object->files.count; status == FLAME_OK && i-- > 0;) {
        if (cfi->file_count == FILES_MAX)
            break;
        struct flame_elf *elf = &cfi->files[cfi->file_count];
        const struct flame_file *file = &object->files.items[i];
        status = flame_elf_open(elf, file->bytes, file->size);
        if (status == FLAME_OK) {
            cfi->file_count++;
            if (i + 1 == object->files.count)
                cfi->program = elf;
            add_eh_frame(cfi, elf);
            add_debug_frame(cfi, elf);
        } else if (status == FLAME_FORMAT) {
            status = FLAME_OK;
        }
    }
    if (status == FLAME_OK && cfi->program)
        flame_exidx_init(&cfi->exidx, cfi->program);
    bool nothing = cfi && !cfi->source_count && !flame_cursor_left(&cfi->exidx.table);
    if (status != FLAME_OK || nothing || !cfi->program) {
        flame_cfi_close(cfi);
        *out = NULL;
    }
    return status;
}

void flame_cfi_close(struct flame_cfi *cfi)
{
    if (!cfi)
        return;
    for (size_t i = 0; i < cfi->source_count; i++) {
        flame_cfi_section_deinit(&cfi->sources[i].section);
        free(cfi->sources[i].unpacked);
    }
    for (size_t i = 0; i < cfi->file_count; i++)
        flame_elf_close(&cfi->files[i]);
    flame_arena_deinit(&cfi->arena);
    flame_memo_deinit(&cfi->blocks);
    flame_memo_deinit(&cfi->rules);
    free(cfi);
}

/* What a segment maps of the addresses [start, end), as offsets of the file. False when the offset
 * that was asked for is not among them: a rule that does not hold there would never be found again.
 */
static bool to_offsets(const GElf_Phdr *segment, uint64_t offset, uint64_t *start, uint64_t *end)
{
    uint64_t first = segment->p_vaddr, last = segment->p_vaddr + segment->p_filesz;
    uint64_t bias = segment->p_offset - segment->p_vaddr;
    *start = (*start > first ? *start : first) + bias;
    *end = (*end < last ? *end : last) + bias;
    return *start <= offset && offset < *end;
}

/* The rule that was made for an offset in another block; NULL when there is none. */
static struct flame_rule *find_rule(const struct flame_cfi *cfi, uint64_t start, uint64_t end)
{
    struct flame_rule *rule = flame_memo_find(&cfi->rules, start);
    return rule && rule->end == end ? rule : NULL;
}

static bool keep_rule(struct flame_cfi *cfi, struct flame_rule *rule, uint64_t start, uint64_t end)
{
    rule->start = start;
    rule->end = end;
    return flame_memo_put(&cfi->rules, start, rule);
}

static enum flame_status rule_of_row(struct flame_cfi *cfi, const struct flame_cfi_section *section,
                                     const struct flame_cfi_entry *entry,
                                     const struct flame_cfi_row *row, const GElf_Phdr *segment,
                                     uint64_t offset, const struct flame_rule **out)
{
    uint64_t start = row->start, end = row->end;
    if (!to_offsets(segment, offset, &start, &end))
        return FLAME_OK;
    struct flame_rule *rule = find_rule(cfi, start, end);
    enum flame_status status = FLAME_OK;
    if (!rule) {
        status = flame_rule_make(&cfi->arena, cfi->program, section, entry, row, &rule);
        if (status != FLAME_OK || !rule)
            return status;
        if (!keep_rule(cfi, rule, start, end))
            return FLAME_NOMEM;
    }
    *out = rule;
    return FLAME_OK;
}

static enum flame_status ask_section(struct flame_cfi *cfi, struct flame_cfi_section *section,
                                     const GElf_Phdr *segment, uint64_t offset,
                                     const struct flame_rule **rule)
{
    uint64_t address = offset - segment->p_offset + segment->p_vaddr;
    bool aarch64 = cfi->program->header.e_machine == EM_AARCH64, found;
    struct flame_cfi_entry entry;
    struct flame_cfi_row row;
    enum flame_status status = flame_cfi_find(section, address, &entry, &found);
    if (status != FLAME_OK || !found ||
        !flame_cfi_run(section, &entry, address, aarch64, &cfi->budget, &row))
        return status;
    return rule_of_row(cfi, section, &entry, &row, segment, offset, rule);
}

static enum flame_status ask_exidx(struct flame_cfi *cfi, const GElf_Phdr *segment, uint64_t offset,
                                   const struct flame_rule **out)
{
    struct flame_exidx_entry entry;
    uint64_t address = offset - segment->p_offset + segment->p_vaddr;
    if (!flame_exidx_find(&cfi->exidx, address, &entry))
        return FLAME_OK;
    uint64_t start = entry.start, end = entry.end;
    if (!to_offsets(segment, offset, &start, &end))
        return FLAME_OK;
    struct flame_rule *rule = find_rule(cfi, start, end);
    if (!rule) {
        enum flame_status status =
            flame_exidx_rule(&cfi->exidx, &entry, &cfi->arena, &cfi->budget, &rule);
        if (status != FLAME_OK || !rule)
            return status;
        if (!keep_rule(cfi, rule, start, end))
            return FLAME_NOMEM;
    }
    *out = rule;
    return FLAME_OK;
}

/* A separate debug file's headers count addresses as the program's do, but its offsets are its own:
 * so the program's make addresses of offsets. */
static enum flame_status ask(struct flame_cfi *cfi, uint64_t offset, const struct flame_rule **rule)
{
    const GElf_Phdr *segment = flame_elf_load(cfi->program, offset);
    enum flame_status status = FLAME_OK;
    for (size_t i = 0; segment && i < cfi->source_count && status == FLAME_OK && !*rule; i++)
        status = ask_section(cfi, &cfi->sources[i].section, segment, offset, rule);
    if (segment && status == FLAME_OK && !*rule)
        status = ask_exidx(cfi, segment, offset, rule);
    return status;
}

static bool add_known(struct flame_cfi *cfi, struct known *first, uint64_t offset,
                      const struct flame_rule *rule)
{
    struct known *k = flame_arena_alloc(&cfi->arena, sizeof *k);
    if (!k)
        return false;
    *k = (struct known){ offset, offset + 1, rule, first };
    if (rule) {
        k->start = rule->start;
        k->end = rule->end;
    }
    return flame_memo_put(&cfi->blocks, offset >> BLOCK_SHIFT, k);
}

enum flame_status flame_cfi_rule(struct flame_cfi *cfi, uint64_t offset,
                                 const struct flame_rule **rule)
{
    *rule = NULL;
    if (!cfi)
        return FLAME_OK;
    struct known *first = flame_memo_find(&cfi->blocks, offset >> BLOCK_SHIFT);
    for (const struct known *k = first; k; k = k->next) {
        if (k->start <= offset && offset < k->end) {
            *rule = k->rule;
            return FLAME_OK;
        }
    }
    size_t used = cfi->unpacked + cfi->arena.used + flame_memo_size(&cfi->blocks) +
                  flame_memo_size(&cfi->rules);
    if (used > MEMORY_MAX)
        return FLAME_OK;
    enum flame_status status = ask(cfi, offset, rule);
    if (status == FLAME_OK && !add_known(cfi, first, offset, *rule))
        status = FLAME_NOMEM;
    return status;
}

enum flame_status flame_cfi_function(struct flame_cfi *cfi, uint64_t offset, uint64_t *start,
                                     uint64_t *end, bool *found)
{
    const GElf_Phdr *segment = cfi ? flame_elf_load(cfi->program, offset) : NULL;
    uint64_t address = segment ? offset - segment->p_offset + segment->p_vaddr : 0;
    enum flame_status status = FLAME_OK;
    *found = false;
    for (size_t i = 0; segment && i < cfi->source_count && status == FLAME_OK && !*found; i++) {
        struct flame_cfi_entry entry;
        status = flame_cfi_find(&cfi->sources[i].section, address, &entry, found);
        if (status == FLAME_OK && *found) {
            *start = entry.start;
            *end = entry.end;
        }
    }
    struct flame_exidx_entry entry;
    if (segment && status == FLAME_OK && !*found &&
        flame_exidx_find(&cfi->exidx, address, &entry)) {
        *start = entry.start;
        *end = entry.end;
        *found = true;
    }
    *found = status == FLAME_OK && *found && to_offsets(segment, offset, start, end);
    return status;
}

enum flame_status flame_cfi_touch(struct flame_cfi *cfi, struct flame_touched *touched)
{
    enum flame_status status = FLAME_OK;
    for (size_t i = 0; cfi && i < cfi->source_count && status == FLAME_OK; i++)
        status = flame_cfi_section_touch(&cfi->sources[i].section, touched);
    if (cfi)
        flame_exidx_touch(&cfi->exidx, touched);
    return status;
}

enum flame_return_place flame_rule_return_place(const struct flame_rule *rule)
{
    if (!rule || rule->return_address.kind == FLAME_RULE_UNDEFINED)
        return FLAME_RETURN_UNKNOWN;
    return rule->return_address.kind == FLAME_RULE_SAME ? FLAME_RETURN_IN_REGISTER
                                                        : FLAME_RETURN_SAVED;
}
