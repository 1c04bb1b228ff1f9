/* disasm_check.h: instructions written as hex digits, and what the disassembler is to say of them.
 */
#ifndef FLAME_TESTS_DISASM_CHECK_H
#define FLAME_TESTS_DISASM_CHECK_H

#include "check.h"
#include "disasm.h"

/* One instruction of hex digits at 0x1000, and what it is to be; target 0: none. */
struct disasm_expected {
    const char *hex, *text;
    enum flame_instruction_kind kind;
    uint64_t target;
    bool comment;
};

#define PLAIN FLAME_INSTRUCTION_PLAIN
#define JUMP FLAME_INSTRUCTION_JUMP
#define CALL FLAME_INSTRUCTION_CALL
#define RETURN FLAME_INSTRUCTION_RETURN
#define DATA FLAME_INSTRUCTION_DATA

/* A disassembler of that machine, which this capstone is to know. */
struct flame_disasm *disasm_opened(const struct flame_machine *machine, bool intel);

/* Compare count instructions, tell all that differ, and close. */
void disasm_check(struct flame_disasm *disasm, enum flame_code_kind kind,
                  const struct disasm_expected *expected, size_t count);

/* What holds of every instruction, and of data: of the first of bytes[size] at address. */
void disasm_check_any(struct flame_disasm *disasm, const uint8_t *bytes, size_t size,
                      uint64_t address, enum flame_code_kind kind);

#define CHECK(machine, intel, kind, ...)                                                           \
    do {                                                                                           \
        static const struct disasm_expected all[] = { __VA_ARGS__ };                               \
        disasm_check(disasm_opened(machine, intel), kind, all, sizeof all / sizeof *all);          \
    } while (0)

#endif
