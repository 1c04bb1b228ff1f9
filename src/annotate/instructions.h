/* instructions.h: a function's bytes as instructions that know where they jump to. */
#ifndef FLAME_ANNOTATE_INSTRUCTIONS_H
#define FLAME_ANNOTATE_INSTRUCTIONS_H

#include "arena.h"
#include "code.h"

#include <flamedata/annotate.h>

/* A row of instructions, the arena's, sorted by address. */
struct flame_instructions {
    struct flame_instruction *list;
    size_t count;
};

/* All of code's, with address, bytes, kind, text and jump; hits and origins are not filled in.
 * function is its name, for jumps within it; room: so many more, cleared, have their place behind.
 * FLAME_OK, FLAME_NOMEM, FLAME_LIMIT, or what flame_disasm_open says. */
enum flame_status flame_instructions_decode(struct flame_instructions *out,
                                            const struct flame_code *code,
                                            struct flame_code_file *file, struct flame_str function,
                                            bool intel, size_t room, struct flame_arena *arena,
                                            struct flame_error *error);

/* The index of the row of rows[count] that holds an address, its own or one of its bytes; count:
 * none does. */
size_t flame_row_at(const struct flame_instruction *rows, size_t count, uint64_t address);

/* The index of the one that begins at an address; FLAME_NO_INSTRUCTION: none does. */
size_t flame_instructions_at(const struct flame_instructions *instructions, uint64_t address);

#endif
