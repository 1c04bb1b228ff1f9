/* unwind_task.h: a task whose stack is a few words, and whose code has rules made by hand.
 *
 *     struct task *t = x86(0x1010);
 *     PUT(t, 0x2020, 1, 0x4040);
 *     EXPECT(t, FLAME_END_ROOT, 0x1010, 0x2020, 0x4040); */
#ifndef FLAME_TESTS_UNWIND_TASK_H
#define FLAME_TESTS_UNWIND_TASK_H

#include "check.h"
#include "unwind.h"

#include <stdlib.h>

#define CELLS(...)                                                                                 \
    .cells = (const struct flame_rule_cell[]){ __VA_ARGS__ },                                      \
    .cell_count =                                                                                  \
        sizeof((const struct flame_rule_cell[]){ __VA_ARGS__ }) / sizeof(struct flame_rule_cell)
#define EXPRESSIONS(...)                                                                           \
    .expressions = (const struct flame_expression[]){ __VA_ARGS__ },                               \
    .expression_count =                                                                            \
        sizeof((const struct flame_expression[]){ __VA_ARGS__ }) / sizeof(struct flame_expression)
#define EXPRESSION(first, ...)                                                                     \
    {                                                                                              \
        (const struct flame_rule_op[]){ __VA_ARGS__ },                                             \
            sizeof((const struct flame_rule_op[]){ __VA_ARGS__ }) / sizeof(struct flame_rule_op),  \
            first                                                                                  \
    }

enum { SP = 0x7000, WORDS_MAX = 64, CAP = 16, OUT = 0x9000 };
enum { AX, DX, CX, BX, SI, DI, RBP, RSP, RIP = 16 }; /* of x86-64 */

/* A page of code: [pc, pc + 0x100). Others are not mapped. object is the page's number. */
struct page {
    uint64_t pc;
    const struct flame_rule *rule;
    enum flame_stack_end why;
};

/* outside  words from OUT on */
struct task {
    struct flame_unwind_world world;
    struct flame_unwind_registers registers;
    const struct page *pages;
    uint8_t stack[WORDS_MAX * 8];
    uint8_t outside[32];
    uint64_t asked[CAP * 4];
    size_t asked_count, fails_at;
    uint64_t pcs[CAP];
    struct flame_unwound end;
    bool walked;
};

static inline bool code(void *user, uint64_t pc, struct flame_unwind_code *out)
{
    struct task *t = user;
    if (t->asked_count == t->fails_at)
        return false;
    assert_true(t->asked_count < CAP * 4);
    t->asked[t->asked_count++] = pc;
    *out = (struct flame_unwind_code){ NULL, FLAME_END_UNMAPPED, 77, 0x400000 };
    for (const struct page *p = t->pages; p && p->pc; p++)
        if (pc - p->pc < 0x100)
            *out =
                (struct flame_unwind_code){ p->rule, p->why, (uint32_t)(p - t->pages), 0x400000 };
    return true;
}

static inline bool word(void *user, uint64_t address, unsigned size, uint64_t *value)
{
    struct task *t = user;
    uint64_t at = address - OUT;
    if (at >= sizeof t->outside || size > sizeof t->outside - at)
        return false;
    *value = 0;
    memcpy(value, t->outside + at, size);
    return true;
}

/* Put words on the stack in the task's order and size, and cut the copy behind them. */
static inline void put(struct task *t, const uint64_t *words, size_t count)
{
    bool big = t->world.swap == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
    unsigned size = t->world.arch->word;
    assert_true(count <= WORDS_MAX);
    for (size_t i = 0; i < count * size; i++) {
        size_t byte = i % size;
        t->stack[i] = (uint8_t)(words[i / size] >> (big ? size - 1 - byte : byte) * 8);
    }
    t->world.stack_size = count * size;
}

static inline void know(struct task *t, unsigned column, uint64_t value)
{
    t->registers.known[column / 64] |= UINT64_C(1) << column % 64;
    t->registers.value[column] = value;
}

/* A task at pc, with its stack pointer at SP. */
static inline struct task *begin(const struct flame_arch *arch, uint64_t pc,
                                 const struct page *pages)
{
    struct task *t = calloc(1, sizeof *t);
    assert_non_null(t);
    t->world = (struct flame_unwind_world){
        .arch = arch, .stack = t->stack, .user = t, .code = code, .word = word
    };
    t->pages = pages;
    t->fails_at = SIZE_MAX;
    t->registers.pc = pc;
    know(t, arch->sp, SP);
    return t;
}

static inline void walk(struct task *t)
{
    t->walked = true;
    assert_true(flame_unwind(&t->world, &t->registers, t->pcs, CAP, &t->end));
}

/* Walk, if that has not been done, compare, and give the task back. */
static inline void expect(struct task *t, const uint64_t *pcs, size_t count,
                          enum flame_stack_end why, uint32_t object)
{
    if (!t->walked)
        walk(t);
    assert_int_equal(t->end.count, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(t->pcs[i], pcs[i]);
    assert_int_equal(t->end.why, why);
    assert_int_equal(t->end.object, object);
    free(t);
}

#define PUT(t, ...)                                                                                \
    put(t, (const uint64_t[]){ __VA_ARGS__ },                                                      \
        sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t))
#define EXPECT(t, why, ...)                                                                        \
    expect(t, (const uint64_t[]){ __VA_ARGS__ },                                                   \
           sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t), why, UINT32_MAX)
#define EXPECT_IN(t, object, why, ...)                                                             \
    expect(t, (const uint64_t[]){ __VA_ARGS__ },                                                   \
           sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t), why, object)

#define SP_CELL                                                                                    \
    {                                                                                              \
        .column = RSP, .kind = FLAME_RULE_CFA                                                      \
    }
#define RETURN_SAVED                                                                               \
    {                                                                                              \
        .column = RIP, .kind = FLAME_RULE_SAVED, .value = -8                                       \
    }
#define CFA_IS(reg, offset)                                                                        \
    {                                                                                              \
        .kind = FLAME_RULE_REGISTER, .other = reg, .value = offset                                 \
    }

/* x86-64: frames of a return address alone; of two words; of a pushed and used frame pointer; the
 * outermost one. */
static const struct flame_rule plain = {
    .cfa = CFA_IS(RSP, 8), .return_address = RETURN_SAVED, .return_column = RIP, CELLS(SP_CELL)
};
static const struct flame_rule two_words = {
    .cfa = CFA_IS(RSP, 16), .return_address = RETURN_SAVED, .return_column = RIP, CELLS(SP_CELL)
};
static const struct flame_rule framed = {
    .cfa = CFA_IS(RBP, 16),
    .return_address = RETURN_SAVED,
    .return_column = RIP,
    CELLS(SP_CELL, { .column = RBP, .kind = FLAME_RULE_SAVED, .value = -16 })
};
static const struct flame_rule outermost = { .cfa = CFA_IS(RSP, 8), .return_column = RIP };

static const struct page usual[] = {
    { 0x1000, &plain, 0 },
    { 0x2000, &two_words, 0 },
    { 0x3000, &framed, 0 },
    { 0x4000, &outermost, 0 },
    { 0x5000, NULL, FLAME_END_NO_CFI },
    { 0x6000, NULL, FLAME_END_NO_OBJECT },
    { 0x7000, NULL, FLAME_END_MISMATCH },
    { 0, NULL, 0 },
};

static inline struct task *x86(uint64_t pc)
{
    return begin(&flame_arch_x86_64, pc, usual);
}

#endif
