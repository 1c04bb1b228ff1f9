/* code_file.h: what a flame_code_file consists of. Private to the files that read code. */
#ifndef FLAME_OBJECT_CODE_FILE_H
#define FLAME_OBJECT_CODE_FILE_H

#include "code.h"
#include "elf_file.h"

enum flame_code_source {
    FLAME_CODE_NOWHERE,
    FLAME_CODE_IN_ELF,
    FLAME_CODE_IN_KCORE,
    FLAME_CODE_IN_JITDUMP
};

/* An unlinked object (.ko) laid out in one address space: as its file has it, .text at 0, which is
 * how perf and the symbols count. Sections without bytes come behind the file's end, then what is
 * undefined, by index in the symbol table.
 *
 * bases   base of each section; NULL: not an unlinked object
 * symtab  NULL: none */
struct flame_code_layout {
    uint64_t *bases;
    size_t count;
    uint64_t outside;
    const struct flame_elf_section *symtab;
};

/* [start, end) of a section: offsets, or addresses. */
struct flame_code_range {
    uint64_t start, end;
    size_t section;
};

struct flame_code_ranges {
    struct flame_code_range *items; /* sorted by start */
    size_t count, cap;
};

/* source   where code is read; NOWHERE: why says why not
 * object   the one whose symbols are asked for
 * own      an object that was opened here, for its code; all-zero: none
 * holder   the one of the two that has the file
 * name     as requested; path: of the file with the code. Both the arena's, or holder's
 * elf      of the code's file; IN_KCORE: of its headers alone
 * shift    a kernel's symbol is at its svma plus this
 * guessed  no symbol has a size of its own
 * has_modules  IN_KCORE: modules lay as the symbols say
 * memory   IN_KCORE: memory[memory_size], where it was packed; NULL: it is read from path
 * marks, names, sections  made when first asked for; for the latter two see code_names.c */
struct flame_code_file {
    enum flame_code_source source;
    struct flame_object_request request;
    const struct flame_symbol_places *places;
    const struct flame_object *object, *holder;
    struct flame_object own;
    struct flame_arena arena;
    const char *name, *path;
    struct flame_build_id id;
    uint64_t built_ns, shift;
    const uint8_t *memory;
    size_t memory_size;
    struct flame_elf elf;
    struct flame_error why;
    bool guessed, has_modules, has_marks, has_names, has_sections, has_dwarf;
    struct flame_code_layout layout;
    FLAME_VEC(struct flame_code_mark) marks;
    struct flame_symbols names;
    struct flame_code_ranges sections;
    struct flame_dwarf *dwarf;
};

/* A stretch of the file that a symbol may not leave: [start, end) as file offsets. */
struct flame_code_extent {
    uint64_t start, end;
    const char *name;
};

/* Where the sections of an unlinked object are; does nothing for others. FLAME_OK or FLAME_NOMEM.
 */
enum flame_status flame_code_lay_out(struct flame_code_file *file);

/* Where the layout has the undefined symbol of that index. */
uint64_t flame_code_outside(const struct flame_code_layout *layout, uint64_t index);

/* code->bytes as a copy in which those relocations are applied that the disassembly of calls and
 * jumps needs, as far as this knows them. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_code_relocate(struct flame_code_file *file, struct flame_code *code);

/* Fill in code's marks and first_kind, its address and size being known; low is the address of its
 * section: marks before it are none of it. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_code_find_marks(struct flame_code_file *file, uint64_t low,
                                        struct flame_code *code);

/* Use a packed copy of a kernel's memory. FLAME_OK (source may stay NOWHERE) or FLAME_NOMEM. */
struct flame_packed_file;
enum flame_status flame_code_use_kcore(struct flame_code_file *file,
                                       const struct flame_packed_file *memory);

/* Find a kernel's code. FLAME_OK (source may stay NOWHERE) or FLAME_NOMEM. */
enum flame_status flame_code_open_kernel(struct flame_code_file *file);

/* The same, in perf's copies of the kernel's memory, or this machine's; want is its build-id. */
enum flame_status flame_code_open_kcore(struct flame_code_file *file,
                                        const struct flame_build_id *want);
enum flame_status flame_code_of_kcore(struct flame_code_file *file,
                                      const struct flame_symbol *symbol, struct flame_code *code,
                                      struct flame_error *error);

/* Fail, and note that the limit was reached: a function of size bytes, at offset of the file, is
 * longer than it. */
enum flame_status flame_code_is_too_long(const struct flame_code_file *file, uint64_t offset,
                                         uint64_t size, struct flame_error *error);

/* Read from a jitdump. FLAME_OK, FLAME_LIMIT or FLAME_NOMEM. */
void flame_code_open_jitted(struct flame_code_file *file);
enum flame_status flame_code_of_jitted(struct flame_code_file *file, struct flame_code *code,
                                       struct flame_error *error);

/* Set why: no code of this object can be read here, and what would help. */
void flame_code_explain(struct flame_code_file *file);

/* Whether the file has code, or is one of those that say only where it would be. */
bool flame_code_is_in(const struct flame_elf *elf);

#endif
