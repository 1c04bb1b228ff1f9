/* disasm.h: bytes to instructions, one at a time. disasm.c is the only user of capstone. */
#ifndef FLAME_ANNOTATE_DISASM_H
#define FLAME_ANNOTATE_DISASM_H

#include "code.h"

#include <flamedata/annotate.h>

enum { FLAME_DISASM_TEXT = 224 };

/* One instruction, or, as FLAME_INSTRUCTION_DATA, bytes that are none (".byte 0x06").
 *
 * size       bytes; at least 1
 * text       mnemonic, space, operands, in the spelling of objdump, without names; addresses of
 *            code as objdump has them: without 0x
 * has_target target is an address that it jumps to, calls, or refers to relative to itself
 * comment    the target is not in text yet ("lea 0xe9f(%rip),%rdi"): it wants a comment */
struct flame_decoded {
    uint32_t size;
    enum flame_instruction_kind kind;
    bool has_target, comment;
    uint64_t target;
    char text[FLAME_DISASM_TEXT];
};

struct flame_disasm;

/* intel: x86 in Intel's syntax. FLAME_OK; FLAME_NOMEM; FLAME_UNSUPPORTED: this capstone does not
 * know the machine, and error says which. */
enum flame_status flame_disasm_open(struct flame_disasm **out, const struct flame_machine *machine,
                                    bool intel, struct flame_error *error);
void flame_disasm_close(struct flame_disasm *disasm);

/* Decode the first of bytes[size], size > 0, that lie at address; kind is what they are. Never
 * fails: what is no instruction is data, of the length that its encoding tells, or else that the
 * machine's instructions have at least. size of out is at most size. */
void flame_disasm_next(struct flame_disasm *disasm, const uint8_t *bytes, size_t size,
                       uint64_t address, enum flame_code_kind kind, struct flame_decoded *out);

#endif
