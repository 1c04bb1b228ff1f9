/* unwind_corpus.h: read corpus/unwind: programs, and what their registers and stacks were at some
 * instructions, with gdb's backtrace. Its README.md has the form.
 *
 * FLAME_UNWIND_CORPUS may name another such folder (corpus/unwind/record.sh makes one with every
 * instruction that the programs execute). */
#ifndef FLAME_TESTS_UNWIND_CORPUS_H
#define FLAME_TESTS_UNWIND_CORPUS_H

#include "check.h"

#include <flamedata/record.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { REGISTERS = 64, CALLERS_MAX = 32, STACK_MAX = 1 << 14, LINE = 256 };

static const char *const programs[] = { "x86_64",    "i386",  "aarch64",     "aarch64-pac", "arm",
                                        "arm-exidx", "thumb", "thumb-exidx", "riscv64" };
enum { PROGRAMS = sizeof programs / sizeof *programs };

/* What is the same for all stops of a program. */
struct program {
    const char *name;
    char path[600], machine[16];
    unsigned word;
    struct flame_build_id id;
    uint64_t start, length, offset;
};

/* The caller's pc, return addresses as they are; signal: the trampoline that a handler returns to.
 */
struct caller {
    uint64_t pc;
    char name[32];
    bool signal;
};

/* registers  by perf's numbers; those in mask are known
 * trampoline  0: it is in the program */
struct stop {
    char title[80];
    uint64_t mask, registers[REGISTERS];
    uint8_t stack[STACK_MAX];
    size_t stack_size, caller_count;
    struct caller callers[CALLERS_MAX];
    uint64_t trampoline;
    uint8_t trampoline_code[16];
};

/* Two characters a byte; returns how many bytes. */
static inline size_t from_hex(const char *text, uint8_t *out, size_t cap)
{
    size_t count = 0;
    for (unsigned byte; count < cap && sscanf(text + 2 * count, "%2x", &byte) == 1; count++)
        out[count] = (uint8_t)byte;
    return count;
}

static inline void read_program(FILE *in, struct program *p)
{
    char id[64];
    assert_int_equal(
        fscanf(in, "machine %15s %u build-id %63s map %" SCNx64 " %" SCNx64 " %" SCNx64 "\n",
               p->machine, &p->word, id, &p->start, &p->length, &p->offset),
        6);
    p->id.size = (uint8_t)from_hex(id, p->id.bytes, sizeof p->id.bytes);
    assert_int_equal(p->id.size, 20);
}

static inline void read_line(const char *line, struct stop *s)
{
    struct caller c = { 0 };
    char signal[8] = "", hex[LINE];
    unsigned number;
    uint64_t value;
    if (sscanf(line, "register %u %*s %" SCNx64, &number, &value) == 2) {
        assert_true(number < REGISTERS);
        s->mask |= UINT64_C(1) << number;
        s->registers[number] = value;
    } else if (sscanf(line, "stack %255s", hex) == 1) {
        s->stack_size += from_hex(hex, s->stack + s->stack_size, STACK_MAX - s->stack_size);
    } else if (sscanf(line, "zeros %u", &number) == 1) {
        assert_true(number <= STACK_MAX - s->stack_size);
        s->stack_size += number;
    } else if (sscanf(line, "caller %" SCNx64 " %31s %7s", &c.pc, c.name, signal) >= 2) {
        assert_true(s->caller_count < CALLERS_MAX);
        c.signal = strcmp(signal, "signal") == 0;
        s->callers[s->caller_count++] = c;
    } else if (sscanf(line, "code %" SCNx64 " %255s", &s->trampoline, hex) == 2) {
        assert_int_equal(from_hex(hex, s->trampoline_code, sizeof s->trampoline_code),
                         sizeof s->trampoline_code);
    } else {
        fail_msg("%s", line);
    }
}

/* Stops are separated by empty lines. */
static inline bool read_stop(FILE *in, struct stop *s)
{
    char line[LINE];
    *s = (struct stop){ 0 };
    if (!fgets(line, sizeof line, in))
        return false;
    assert_int_equal(sscanf(line, "stop %79[^\n]", s->title), 1);
    while (fgets(line, sizeof line, in) && line[0] != '\n')
        read_line(line, s);
    return true;
}

typedef void check_stop(void *user, const struct program *p, const struct stop *s);

static inline void open_program(struct program *p, const char *name, FILE **in)
{
    const char *folder = getenv("FLAME_UNWIND_CORPUS");
    if (!folder)
        folder = FLAME_CORPUS "/unwind";
    *p = (struct program){ .name = name };
    snprintf(p->path, sizeof p->path, "%s/%s.txt", folder, name);
    *in = fopen(p->path, "r");
    if (!*in)
        fail_msg("cannot open %s", p->path);
    read_program(*in, p);
    snprintf(p->path, sizeof p->path, "%s/%s.elf", folder, name);
}

static inline void for_each_stop(struct program *p, FILE *in, check_stop *check, void *user)
{
    static struct stop s;
    size_t count = 0;
    for (; read_stop(in, &s); count++)
        check(user, p, &s);
    assert_true(count >= 10);
    fclose(in);
}

#endif
