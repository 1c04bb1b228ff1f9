/* test_unwind.c: walks over stacks of a few words, with rules made by hand. */
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
    uint64_t asked[CAP * 2];
    size_t asked_count, fails_at;
    uint64_t pcs[CAP];
    struct flame_unwound end;
    bool walked;
};

static bool code(void *user, uint64_t pc, struct flame_unwind_code *out)
{
    struct task *t = user;
    if (t->asked_count == t->fails_at)
        return false;
    assert_true(t->asked_count < CAP * 2);
    t->asked[t->asked_count++] = pc;
    *out = (struct flame_unwind_code){ NULL, FLAME_END_UNMAPPED, 77, 0x400000 };
    for (const struct page *p = t->pages; p && p->pc; p++)
        if (pc - p->pc < 0x100)
            *out =
                (struct flame_unwind_code){ p->rule, p->why, (uint32_t)(p - t->pages), 0x400000 };
    return true;
}

static bool word(void *user, uint64_t address, unsigned size, uint64_t *value)
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
static void put(struct task *t, const uint64_t *words, size_t count)
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

static void know(struct task *t, unsigned column, uint64_t value)
{
    t->registers.known[column / 64] |= UINT64_C(1) << column % 64;
    t->registers.value[column] = value;
}

/* A task at pc, with its stack pointer at SP. */
static struct task *begin(const struct flame_arch *arch, uint64_t pc, const struct page *pages)
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

static void walk(struct task *t)
{
    t->walked = true;
    assert_true(flame_unwind(&t->world, &t->registers, t->pcs, CAP, &t->end));
}

/* Walk, if that has not been done, compare, and give the task back. */
static void expect(struct task *t, const uint64_t *pcs, size_t count, enum flame_stack_end why,
                   uint32_t object)
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

static struct task *x86(uint64_t pc)
{
    return begin(&flame_arch_x86_64, pc, usual);
}

TEST(a_walk_reaches_the_root)
{
    struct task *t = x86(0x1010);
    know(t, RBP, SP + 5 * 8);
    PUT(t, 0x2020, 1, 0x3030, 2, 3, 0x99, 0x4040);
    EXPECT(t, FLAME_END_ROOT, 0x1010, 0x2020, 0x3030, 0x4040);
}

TEST(callers_are_looked_up_at_their_call)
{
    struct task *t = x86(0x1000);
    PUT(t, 0x4001);
    walk(t);
    assert_int_equal(t->asked_count, 2);
    assert_int_equal(t->asked[0], 0x1000);
    assert_int_equal(t->asked[1], 0x4000);
    free(t);
}

TEST(a_return_address_of_zero_is_the_end)
{
    struct task *t = x86(0x1010);
    PUT(t, 0x1020, 0);
    EXPECT(t, FLAME_END_ROOT, 0x1010, 0x1020);
}

TEST(the_copy_may_end)
{
    struct task *t = x86(0x1010);
    PUT(t, 0x2020, 1);
    EXPECT(t, FLAME_END_DUMP, 0x1010, 0x2020);
    t = x86(0x1010);
    EXPECT(t, FLAME_END_DUMP, 0x1010);
    t = x86(0x1010);
    PUT(t, 0x2020, 1, 0x1030);
    t->world.stack_size--;
    EXPECT(t, FLAME_END_DUMP, 0x1010, 0x2020);
    /* The last word counts. */
    t = x86(0x1010);
    PUT(t, 0x2020, 1, 0x4030);
    EXPECT(t, FLAME_END_ROOT, 0x1010, 0x2020, 0x4030);
}

TEST(what_is_neither_in_the_copy_nor_behind_it_is_broken)
{
    struct task *t = x86(0x3010);
    know(t, RBP, SP - 64);
    PUT(t, 1, 2, 3);
    EXPECT(t, FLAME_END_BROKEN, 0x3010);
    t = x86(0x3010);
    know(t, RBP, UINT64_C(0x7fff00000000));
    EXPECT(t, FLAME_END_BROKEN, 0x3010);
    t = x86(0x3010); /* its register is not known */
    PUT(t, 1, 2, 3);
    EXPECT(t, FLAME_END_BROKEN, 0x3010);
    t = x86(0x3010); /* wraps around */
    know(t, RBP, UINT64_MAX - 3);
    EXPECT(t, FLAME_END_BROKEN, 0x3010);
    t = x86(0x1010);
    t->registers.known[0] = 0;
    EXPECT(t, FLAME_END_BROKEN, 0x1010);
}

TEST(memory_outside_of_the_copy_is_asked_for)
{
    struct task *t = x86(0x3010);
    know(t, RBP, OUT);
    memcpy(t->outside, (uint64_t[]){ 0, 0x4040 }, 16);
    PUT(t, 1);
    EXPECT(t, FLAME_END_ROOT, 0x3010, 0x4040);
}

TEST(the_ends_that_code_knows_name_its_object)
{
    struct task *t = x86(0x1010);
    PUT(t, 0x5050);
    EXPECT_IN(t, 4, FLAME_END_NO_CFI, 0x1010, 0x5050);
    t = x86(0x1010);
    know(t, RBP, SP + 16); /* a file that is missing is not guessed about */
    PUT(t, 0x6060, 1, 0, 0x4040);
    EXPECT_IN(t, 5, FLAME_END_NO_OBJECT, 0x1010, 0x6060);
    t = x86(0x7070);
    EXPECT_IN(t, 6, FLAME_END_MISMATCH, 0x7070);
    t = x86(0x1010);
    PUT(t, 0x8888);
    EXPECT(t, FLAME_END_UNMAPPED, 0x1010, 0x8888);
    t = x86(0);
    EXPECT(t, FLAME_END_UNMAPPED, 0);
}

TEST(frames_do_not_go_down)
{
    struct task *t = x86(0x1010);
    know(t, RBP, SP); /* its CFA is SP + 16, below that of the frame below */
    PUT(t, 0x2020, 1, 0x3030, 0x3031);
    EXPECT(t, FLAME_END_CYCLE, 0x1010, 0x2020, 0x3030);
}

TEST(the_same_frame_twice_is_a_cycle)
{
    /* The return address is in a register, and nothing was pushed: arm64's way. */
    enum { LR = 30, ARM_SP = 31 };
    const struct flame_rule leaf = { .cfa = CFA_IS(ARM_SP, 0),
                                     .return_address = { .kind = FLAME_RULE_SAME },
                                     .return_column = LR,
                                     CELLS({ .column = ARM_SP, .kind = FLAME_RULE_CFA }) };
    const struct flame_rule from_1 = { .cfa = CFA_IS(ARM_SP, 0),
                                       .return_address = CFA_IS(1, 0),
                                       .return_column = LR,
                                       CELLS({ .column = ARM_SP, .kind = FLAME_RULE_CFA }) };
    const struct flame_rule from_2 = { .cfa = CFA_IS(ARM_SP, 0),
                                       .return_address = CFA_IS(2, 4),
                                       .return_column = LR,
                                       CELLS({ .column = ARM_SP, .kind = FLAME_RULE_CFA }) };
    const struct page pages[] = {
        { 0x1000, &leaf, 0 }, { 0x2000, &from_1, 0 }, { 0x3000, &from_2, 0 }, { 0, NULL, 0 }
    };
    struct task *t = begin(&flame_arch_arm64, 0x1010, pages);
    know(t, LR, 0x1020);
    EXPECT(t, FLAME_END_CYCLE, 0x1010, 0x1020);
    t = begin(&flame_arch_arm64, 0x1010, pages);
    know(t, LR, 0x2020);
    know(t, 1, 0x3030);
    know(t, 2, 0x201c);
    EXPECT(t, FLAME_END_CYCLE, 0x1010, 0x2020, 0x3030);
    t = begin(&flame_arch_arm64, 0x1010, pages);
    EXPECT(t, FLAME_END_BROKEN, 0x1010);
}

TEST(no_more_than_cap_frames_are_written)
{
    struct task *t = x86(0x1010);
    uint64_t words[CAP + 1];
    for (size_t i = 0; i <= CAP; i++)
        words[i] = 0x1020;
    put(t, words, CAP + 1);
    walk(t);
    assert_int_equal(t->end.count, CAP);
    assert_int_equal(t->end.why, FLAME_END_LIMIT);
    assert_int_equal(t->pcs[CAP - 1], 0x1020);
    free(t);
    t = x86(0x1010);
    words[CAP - 1] = 0;
    put(t, words, CAP);
    walk(t);
    assert_int_equal(t->end.count, CAP);
    assert_int_equal(t->end.why, FLAME_END_ROOT);
    free(t);
}

TEST(cells_are_computed_from_the_old_registers)
{
    /* bx and cx are exchanged, dx is bx + 1, si is where an expression finds it, di what another
     * computes from the CFA, ax the CFA - 4; bp is lost. */
    const struct flame_rule all = {
        .cfa = CFA_IS(RSP, 32),
        .return_address = { .column = RIP, .kind = FLAME_RULE_SAVED_AT, .value = 2 },
        .return_column = RIP,
        CELLS({ BX, FLAME_RULE_REGISTER, CX, 0 }, { CX, FLAME_RULE_REGISTER, BX, 0 },
              { DX, FLAME_RULE_REGISTER, BX, 1 }, { SI, FLAME_RULE_SAVED_AT, 0, 0 },
              { DI, FLAME_RULE_COMPUTED, 0, 1 }, { AX, FLAME_RULE_CFA, 0, -4 },
              { RBP, FLAME_RULE_SAVED, 0, -4000 }, { 8, FLAME_RULE_COMPUTED, 0, 3 },
              { 9, FLAME_RULE_COMPUTED, 0, -1 }, { 10, 99, 0, 0 }, SP_CELL),
        EXPRESSIONS(EXPRESSION(true, { .code = 0x23, .a = (uint64_t)-24 }),
                    EXPRESSION(true, { .code = 0x31 }, { .code = 0x22 }),
                    EXPRESSION(false, { .code = 0x77, .a = 24 })),
    };
    const struct page pages[] = { { 0x1000, &all, 0 }, { 0, NULL, 0 } };
    struct task *t = begin(&flame_arch_x86_64, 0x1010, pages);
    know(t, BX, 100);
    know(t, CX, 200);
    know(t, RBP, 1);
    know(t, 8, 1);
    know(t, 9, 1);
    know(t, 10, 1);
    know(t, 11, 300);
    PUT(t, 5, 6, 7, 0x8080);
    walk(t);
    assert_int_equal(t->end.count, 2);
    assert_int_equal(t->pcs[1], 0x8080);
    const struct flame_unwind_registers *r = &t->registers;
    assert_int_equal(r->known[0], 1 << AX | 1 << BX | 1 << CX | 1 << DX | 1 << SI | 1 << DI |
                                      1 << RSP | 1 << 11 | 1 << RIP);
    assert_int_equal(r->value[BX], 200);
    assert_int_equal(r->value[CX], 100);
    assert_int_equal(r->value[DX], 101);
    assert_int_equal(r->value[SI], 6);
    assert_int_equal(r->value[DI], SP + 33);
    assert_int_equal(r->value[AX], SP + 28);
    assert_int_equal(r->value[RSP], SP + 32);
    assert_int_equal(r->value[11], 300);
    assert_int_equal(r->value[RIP], 0x8080);
    free(t);
}

TEST(a_register_that_was_behind_the_copys_end_blames_the_copy)
{
    const struct flame_rule far = { .cfa = CFA_IS(RSP, 8),
                                    .return_address = RETURN_SAVED,
                                    .return_column = RIP,
                                    CELLS(SP_CELL, { RBP, FLAME_RULE_SAVED, 0, 16 }) };
    const struct page pages[] = { { 0x1000, &far, 0 }, { 0x3000, &framed, 0 }, { 0, NULL, 0 } };
    struct task *t = begin(&flame_arch_x86_64, 0x1010, pages);
    know(t, RBP, SP);
    PUT(t, 0x3030, 1);
    EXPECT(t, FLAME_END_DUMP, 0x1010, 0x3030);
}

TEST(a_computed_cfa_leads_through_a_stub)
{
    /* What GNU ld writes for PLT entries: rsp + 8, and 8 more from the 11th byte of the 16 on. */
    const struct flame_rule stub = {
        .cfa = { .kind = FLAME_RULE_COMPUTED },
        .return_address = RETURN_SAVED,
        .return_column = RIP,
        CELLS(SP_CELL),
        EXPRESSIONS(EXPRESSION(false, { .code = 0x77, .a = 8 }, { .code = 0x80 }, { .code = 0x3f },
                               { .code = 0x1a }, { .code = 0x3b }, { .code = 0x2a },
                               { .code = 0x33 }, { .code = 0x24 }, { .code = 0x22 })),
    };
    const struct page pages[] = { { 0x1000, &stub, 0 }, { 0x4000, &outermost, 0 }, { 0, NULL, 0 } };
    struct task *t = begin(&flame_arch_x86_64, 0x1016, pages);
    know(t, RIP, 0x1016);
    PUT(t, 0x4040, 0x4050);
    EXPECT(t, FLAME_END_ROOT, 0x1016, 0x4040);
    t = begin(&flame_arch_x86_64, 0x101b, pages);
    know(t, RIP, 0x101b);
    PUT(t, 0x4040, 0x4050);
    EXPECT(t, FLAME_END_ROOT, 0x101b, 0x4050);
}

/* What libc has at a handler's return: registers at fixed places of the copied context. */
static const struct flame_rule handler_return = {
    .cfa = { .kind = FLAME_RULE_COMPUTED },
    .return_address = { .column = RIP, .kind = FLAME_RULE_SAVED_AT, .value = 1 },
    .return_column = RIP,
    .signal = true,
    CELLS(SP_CELL),
    EXPRESSIONS(EXPRESSION(false, { .code = 0x77, .a = 8 }, { .code = 0x06 }),
                EXPRESSION(false, { .code = 0x77, .a = 16 })),
};
static const struct page with_signals[] = {
    { 0x1000, &plain, 0 }, { 0x4000, &outermost, 0 }, { 0x8000, &handler_return, 0 }, { 0, NULL, 0 }
};

TEST(what_a_signal_interrupted_is_exact)
{
    struct task *t = begin(&flame_arch_x86_64, 0x1010, with_signals);
    PUT(t, 0x8001, 1, SP + 4 * 8, 0x1000, 0x4040);
    walk(t);
    assert_int_equal(t->asked[1], 0x8000);
    assert_int_equal(t->asked[2], 0x1000); /* not in the page before */
    EXPECT(t, FLAME_END_ROOT, 0x1010, 0x8001 | FLAME_PC_EXACT, 0x1000 | FLAME_PC_EXACT, 0x4040);
}

TEST(a_handler_may_have_a_stack_of_its_own)
{
    struct task *t = begin(&flame_arch_x86_64, 0x1010, with_signals);
    memcpy(t->outside, (uint64_t[]){ 0x4040 }, 8);
    t->world.stack = t->stack;
    know(t, RSP, OUT + 0x100);
    PUT(t, 0x8001, 1, OUT, 0x1005);
    EXPECT(t, FLAME_END_ROOT, 0x1010, 0x8001 | FLAME_PC_EXACT, 0x1005 | FLAME_PC_EXACT, 0x4040);
}

TEST(a_handlers_return_is_exact_even_where_the_walk_ends)
{
    struct task *t = begin(&flame_arch_x86_64, 0x1010, with_signals);
    PUT(t, 0x8001, 1, SP);
    EXPECT(t, FLAME_END_DUMP, 0x1010, 0x8001 | FLAME_PC_EXACT);
    t = begin(&flame_arch_x86_64, 0x8000, with_signals);
    EXPECT(t, FLAME_END_DUMP, 0x8000);
}

TEST(big_endian_words_of_32_bits_are_read)
{
    enum { LINK = 65, R1 = 1, R31 = 31 };
    const struct flame_rule saved = { .cfa = CFA_IS(R1, 16),
                                      .return_address = { LINK, FLAME_RULE_SAVED, 0, 4 },
                                      .return_column = LINK,
                                      CELLS({ .column = R1, .kind = FLAME_RULE_CFA },
                                            { R31, FLAME_RULE_SAVED, 0, -4 }) };
    const struct flame_rule wraps = { .cfa = CFA_IS(R31, 0x20),
                                      .return_address = { LINK, FLAME_RULE_SAVED, 0, -4 },
                                      .return_column = LINK,
                                      CELLS({ .column = R1, .kind = FLAME_RULE_CFA }) };
    const struct page pages[] = { { 0x1000, &saved, 0 }, { 0x2000, &wraps, 0 }, { 0, NULL, 0 } };
    struct task *t = begin(&flame_arch_ppc, 0x1010, pages);
    t->world.swap = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
    know(t, R1, SP);
    PUT(t, 0, 0, 0, SP, 0, 0x2020, 0x3333, 0);
    EXPECT(t, FLAME_END_ROOT, 0x1010, 0x2020);
    /* Addresses wrap at 32 bits. */
    t = begin(&flame_arch_ppc, 0x2010, pages);
    t->world.swap = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
    know(t, R1, 0);
    know(t, R31, 0xfffffff0);
    PUT(t, 0, 0, 0, 0x5555);
    EXPECT(t, FLAME_END_UNMAPPED, 0x2010, 0x5555);
}

TEST(words_of_64_bits_are_read_in_the_files_order)
{
    struct task *t = x86(0x1010);
    t->world.swap = true;
    PUT(t, 0x2020, 1, 0x4040);
    EXPECT(t, FLAME_END_ROOT, 0x1010, 0x2020, 0x4040);
}

TEST(what_is_no_address_is_taken_off_return_addresses)
{
    enum { LR = 30, ARM_SP = 31, LR_32 = 14, SP_32 = 13 };
    const struct flame_rule signed_away = { .cfa = CFA_IS(ARM_SP, 16),
                                            .return_address = { LR, FLAME_RULE_SAVED, 0, -8 },
                                            .return_column = LR,
                                            CELLS({ .column = ARM_SP, .kind = FLAME_RULE_CFA }) };
    const struct flame_rule thumb = { .cfa = CFA_IS(SP_32, 8),
                                      .return_address = { LR_32, FLAME_RULE_SAVED, 0, -4 },
                                      .return_column = LR_32,
                                      CELLS({ .column = SP_32, .kind = FLAME_RULE_CFA }) };
    const struct page wide[] = { { 0x1000, &signed_away, 0 }, { 0, NULL, 0 } };
    const struct page narrow[] = { { 0x1000, &thumb, 0 }, { 0, NULL, 0 } };
    struct task *t = begin(&flame_arch_arm64, 0x1010, wide);
    PUT(t, 0, UINT64_C(0x00a5000000001020), 0, UINT64_C(0xff35000000000000));
    EXPECT(t, FLAME_END_ROOT, 0x1010, 0x1020);
    t = begin(&flame_arch_arm, 0x1010, narrow);
    PUT(t, 0, 0x1021, 0, 0x2021);
    walk(t);
    assert_int_equal(t->asked[1], 0x101f);
    EXPECT(t, FLAME_END_UNMAPPED, 0x1010, 0x1020, 0x2020);
}

TEST(code_without_rules_is_left_by_its_frame_pointer)
{
    struct task *t = x86(0x1010);
    know(t, RBP, SP + 3 * 8);
    know(t, BX, 1);
    /* jitted code calls plain; its caller has a frame pointer; that one's has none */
    PUT(t, 0x5050, 1, 2, SP + 6 * 8, 0x5060, 3, 0xdead, 0x4040);
    walk(t);
    assert_int_equal(t->registers.known[0], 1 << RBP | 1 << RSP);
    assert_int_equal(t->registers.value[RSP], SP + 8 * 8);
    assert_int_equal(t->registers.value[RBP], 0xdead);
    EXPECT(t, FLAME_END_ROOT, 0x1010, 0x5050, 0x5060, 0x4040);
}

/* A frame without rules whose frame pointer is fp, on a stack of three words. */
static void expect_no_frame(uint64_t fp, uint64_t caller)
{
    struct task *t = x86(0x5010);
    know(t, RBP, fp);
    PUT(t, 0, SP + 0x100, caller);
    EXPECT_IN(t, 4, FLAME_END_NO_CFI, 0x5010);
}

TEST(what_is_no_frame_pointer_is_not_followed)
{
    expect_no_frame(SP + 8, 0);           /* leads to nothing */
    expect_no_frame(SP + 8, 0x8888);      /* to no code */
    expect_no_frame(SP + 9, 0x4040);      /* is not aligned */
    expect_no_frame(SP + 16, 0x4040);     /* is at the end */
    expect_no_frame(SP - 8, 0x4040);      /* is below the frame */
    expect_no_frame(0, 0x4040);           /* is none */
    expect_no_frame(SP + 0x4008, 0x4040); /* is far away */
    expect_no_frame(UINT64_MAX - 7, 0x4040);
    struct task *t = x86(0x5010); /* is not known */
    PUT(t, 0, SP + 0x100, 0x4040);
    EXPECT_IN(t, 4, FLAME_END_NO_CFI, 0x5010);
    t = x86(0x5010); /* the one that is */
    know(t, RBP, SP + 8);
    PUT(t, 0, SP + 0x100, 0x4040);
    EXPECT(t, FLAME_END_ROOT, 0x5010, 0x4040);
}

/* A frame without rules, with what a frame pointer of OUT + at leads to; sp is its stack pointer.
 */
static struct task *pointing_out(uint64_t sp, size_t at)
{
    struct task *t = x86(0x5010);
    know(t, RSP, sp);
    know(t, RBP, OUT + at);
    memcpy(t->outside + at, (uint64_t[]){ SP, 0x4040 }, 16);
    PUT(t, 1);
    return t;
}

TEST(a_frame_pointer_lies_in_its_frame)
{
    enum { REACH = 0x4000 };
    EXPECT(pointing_out(OUT, 0), FLAME_END_ROOT, 0x5010, 0x4040);
    EXPECT(pointing_out(OUT - REACH, 0), FLAME_END_ROOT, 0x5010, 0x4040);
    EXPECT_IN(pointing_out(OUT - REACH - 8, 0), 4, FLAME_END_NO_CFI, 0x5010);
    EXPECT_IN(pointing_out(OUT + 24, 0), 4, FLAME_END_NO_CFI, 0x5010);
    EXPECT_IN(pointing_out(OUT - 64, 1), 4, FLAME_END_NO_CFI, 0x5010);
}

/* Of an architecture, a frame without rules at a frame pointer of SP + fp words. */
static struct flame_unwind_registers left(const struct flame_arch *arch, unsigned fp,
                                          const uint64_t words[4], uint64_t pc)
{
    struct task *t = begin(arch, 0x5010, usual);
    know(t, arch->frame.column, SP + fp * arch->word);
    put(t, words, 4);
    walk(t);
    assert_int_equal(t->end.count, 2);
    assert_int_equal(t->pcs[1], pc);
    struct flame_unwind_registers registers = t->registers;
    free(t);
    return registers;
}

TEST(each_architecture_has_its_frames)
{
    struct flame_unwind_registers r;
    r = left(&flame_arch_i386, 1, (uint64_t[]){ 0, SP + 64, 0x6060, 0 }, 0x6060);
    assert_int_equal(r.value[4], SP + 12);
    assert_int_equal(r.value[5], SP + 64);
    r = left(&flame_arch_arm64, 1, (uint64_t[]){ 0, SP + 64, UINT64_C(0x00a5000000006060), 0 },
             0x6060);
    assert_int_equal(r.value[31], SP + 64);
    assert_int_equal(r.value[29], SP + 64);
    r = left(&flame_arch_riscv64, 3, (uint64_t[]){ 0, SP + 64, 0x6060, 0 }, 0x6060);
    assert_int_equal(r.value[2], SP + 24);
    assert_int_equal(r.value[8], SP + 64);
    r = left(&flame_arch_riscv32, 3, (uint64_t[]){ 0, SP + 64, 0x6060, 0 }, 0x6060);
    assert_int_equal(r.value[2], SP + 12);
    r = left(&flame_arch_loongarch64, 3, (uint64_t[]){ 0, SP + 64, 0x6060, 0 }, 0x6060);
    assert_int_equal(r.value[3], SP + 24);
    assert_int_equal(r.value[22], SP + 64);
}

TEST(architectures_without_such_a_habit_stay)
{
    struct task *t = begin(&flame_arch_s390x, 0x5010, usual);
    know(t, 11, SP + 8);
    PUT(t, 0, SP + 0x100, 0x4040);
    EXPECT_IN(t, 4, FLAME_END_NO_CFI, 0x5010);
}

static const struct page stubs[] = { { OUT, NULL, FLAME_END_NO_CFI },
                                     { 0x1000, &plain, 0 },
                                     { 0x4000, &outermost, 0 },
                                     { 0, NULL, 0 } };

/* Code as a number in the host's order. */
static void put_code(struct task *t, size_t at, uint64_t bytes)
{
    memcpy(t->outside + at, &bytes, 8);
}

TEST(a_linkers_stub_is_left_like_a_call)
{
    struct task *t = begin(&flame_arch_x86_64, OUT, stubs);
    put_code(t, 0, 0x68040302010025ff);
    know(t, RBP, SP + 8);
    PUT(t, 0x4040, SP + 64, 0x4050);
    EXPECT(t, FLAME_END_ROOT, OUT, 0x4040);
    /* Nothing returns to one. */
    t = begin(&flame_arch_x86_64, 0x1010, stubs);
    put_code(t, 1, 0x68040302010025ff);
    PUT(t, OUT + 1, 0x4040);
    EXPECT_IN(t, 0, FLAME_END_NO_CFI, 0x1010, OUT + 1);
    /* Another instruction. */
    t = begin(&flame_arch_x86_64, OUT, stubs);
    put_code(t, 0, 0x680403020100d0ff);
    PUT(t, 0x4040, SP + 64, 0x4050);
    EXPECT_IN(t, 0, FLAME_END_NO_CFI, OUT);
    t = begin(&flame_arch_i386, OUT, stubs);
    put_code(t, 0, 0x680403020100a3ff);
    PUT(t, 0x8080);
    EXPECT(t, FLAME_END_UNMAPPED, OUT, 0x8080);
}

TEST(a_handlers_return_is_known_by_its_code)
{
    struct task *t = begin(&flame_arch_x86_64, 0x1010, stubs);
    put_code(t, 1, 0x0f0000000fc0c748);
    uint64_t words[28] = { OUT + 1 };
    for (unsigned i = 0; i < 17; i++)
        words[6 + i] = 100 + i; /* r8 to rax, rcx, rsp, rip of the context */
    words[6 + 15] = SP + 24 * 8;
    words[6 + 16] = 0x1000;
    words[24] = 0x8888;
    put(t, words, 28);
    walk(t);
    static const uint8_t columns[] = { 8, 9, 10, 11, 12, 13, 14, 15, DI, SI, RBP, BX, DX, AX, CX };
    for (unsigned i = 0; i < sizeof columns; i++)
        assert_int_equal(t->registers.value[columns[i]], 100 + i);
    EXPECT(t, FLAME_END_UNMAPPED, 0x1010, (OUT + 1) | FLAME_PC_EXACT, 0x1000 | FLAME_PC_EXACT,
           0x8888);
}

TEST(a_stack_below_the_handlers_is_no_cycle)
{
    struct task *t = begin(&flame_arch_x86_64, 0x1010, stubs);
    put_code(t, 1, 0x0f0000000fc0c748);
    memcpy(t->outside + 16, (uint64_t[]){ 0x4040 }, 8);
    know(t, RSP, OUT + 0x100);
    uint64_t words[28] = { OUT + 1 };
    words[6 + 15] = OUT + 16;
    words[6 + 16] = 0x1000;
    put(t, words, 28);
    EXPECT(t, FLAME_END_ROOT, 0x1010, (OUT + 1) | FLAME_PC_EXACT, 0x1000 | FLAME_PC_EXACT, 0x4040);
}

TEST(exhausted_memory_is_told)
{
    for (size_t i = 0; i < 3; i++) {
        struct task *t = x86(0x1010);
        t->fails_at = i;
        know(t, RBP, SP + 16);
        PUT(t, 0x5050, 1, 0, 0x4040); /* the third look-up is of a frame pointer's caller */
        assert_false(flame_unwind(&t->world, &t->registers, t->pcs, CAP, &t->end));
        free(t);
    }
}

TEST(a_world_may_know_nothing_but_the_stack)
{
    struct task *t = x86(0x5010);
    t->world.word = NULL;
    t->world.stack = NULL;
    EXPECT_IN(t, 4, FLAME_END_NO_CFI, 0x5010);
    t = x86(0x1010);
    t->world.word = NULL;
    EXPECT(t, FLAME_END_DUMP, 0x1010);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_walk_reaches_the_root),
        cmocka_unit_test(callers_are_looked_up_at_their_call),
        cmocka_unit_test(a_return_address_of_zero_is_the_end),
        cmocka_unit_test(the_copy_may_end),
        cmocka_unit_test(what_is_neither_in_the_copy_nor_behind_it_is_broken),
        cmocka_unit_test(memory_outside_of_the_copy_is_asked_for),
        cmocka_unit_test(the_ends_that_code_knows_name_its_object),
        cmocka_unit_test(frames_do_not_go_down),
        cmocka_unit_test(the_same_frame_twice_is_a_cycle),
        cmocka_unit_test(no_more_than_cap_frames_are_written),
        cmocka_unit_test(cells_are_computed_from_the_old_registers),
        cmocka_unit_test(a_register_that_was_behind_the_copys_end_blames_the_copy),
        cmocka_unit_test(a_computed_cfa_leads_through_a_stub),
        cmocka_unit_test(what_a_signal_interrupted_is_exact),
        cmocka_unit_test(a_handler_may_have_a_stack_of_its_own),
        cmocka_unit_test(a_handlers_return_is_exact_even_where_the_walk_ends),
        cmocka_unit_test(big_endian_words_of_32_bits_are_read),
        cmocka_unit_test(words_of_64_bits_are_read_in_the_files_order),
        cmocka_unit_test(what_is_no_address_is_taken_off_return_addresses),
        cmocka_unit_test(code_without_rules_is_left_by_its_frame_pointer),
        cmocka_unit_test(what_is_no_frame_pointer_is_not_followed),
        cmocka_unit_test(a_frame_pointer_lies_in_its_frame),
        cmocka_unit_test(each_architecture_has_its_frames),
        cmocka_unit_test(architectures_without_such_a_habit_stay),
        cmocka_unit_test(a_linkers_stub_is_left_like_a_call),
        cmocka_unit_test(a_handlers_return_is_known_by_its_code),
        cmocka_unit_test(a_stack_below_the_handlers_is_no_cycle),
        cmocka_unit_test(exhausted_memory_is_told),
        cmocka_unit_test(a_world_may_know_nothing_but_the_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
