/* expression.c: the stack machine of DWARF expressions, as far as call-frame information uses it.
 *
 * Values are words of the task; all arithmetic is modulo their size. Comparisons, division, abs and
 * shra take them as signed; what C leaves undefined has a result: a shift by too much leaves
 * nothing but the sign. Division by zero fails. Does not know locations, pieces or types. Source:
 * DWARF 5, section 2.5. */
#include "expression.h"

enum { STACK_MAX = 64 };

enum op {
    OP_ADDR = 0x03,
    OP_DEREF = 0x06,
    OP_CONST1U = 0x08, /* to OP_CONSTS */
    OP_CONSTS = 0x11,
    OP_DUP,
    OP_DROP,
    OP_OVER,
    OP_PICK,
    OP_SWAP,
    OP_ROT,
    OP_ABS = 0x19,
    OP_AND,
    OP_DIV,
    OP_MINUS,
    OP_MOD,
    OP_MUL,
    OP_NEG,
    OP_NOT,
    OP_OR,
    OP_PLUS,
    OP_PLUS_UCONST,
    OP_SHL,
    OP_SHR,
    OP_SHRA,
    OP_XOR,
    OP_BRA,
    OP_EQ,
    OP_GE,
    OP_GT,
    OP_LE,
    OP_LT,
    OP_NE,
    OP_SKIP,
    OP_LIT0, /* to 0x4f */
    OP_BREG0 = 0x70,
    OP_BREG31 = 0x8f,
    OP_BREGX = 0x92,
    OP_DEREF_SIZE = 0x94,
    OP_NOP = 0x96,
};

/* depth  of stack */
struct machine {
    const struct flame_expression_input *input;
    uint64_t mask;
    unsigned word, depth;
    uint64_t stack[STACK_MAX];
};

static bool push(struct machine *m, uint64_t value)
{
    if (m->depth == STACK_MAX)
        return false;
    m->stack[m->depth++] = value & m->mask;
    return true;
}

static int64_t as_signed(const struct machine *m, uint64_t word)
{
    return m->word == 4 ? (int32_t)(uint32_t)word : (int64_t)word;
}

static uint64_t magnitude(int64_t number)
{
    return number < 0 ? -(uint64_t)number : (uint64_t)number;
}

static uint64_t divided(int64_t a, int64_t b)
{
    uint64_t quotient = magnitude(a) / magnitude(b);
    return (a < 0) != (b < 0) ? -quotient : quotient;
}

static uint64_t shifted_down(int64_t number, uint64_t by)
{
    uint64_t sign = number < 0 ? UINT64_MAX : 0;
    if (by >= 64)
        return sign;
    return by ? (uint64_t)number >> by | sign << (64 - by) : (uint64_t)number;
}

/* Operations that take two and leave one. a is below b. */
static bool combine(const struct machine *m, enum op code, uint64_t a, uint64_t b, uint64_t *out)
{
    int64_t sa = as_signed(m, a), sb = as_signed(m, b);
    if (b == 0 && (code == OP_DIV || code == OP_MOD))
        return false;
    switch (code) {
    case OP_AND:
        *out = a & b;
        return true;
    case OP_DIV:
        *out = divided(sa, sb);
        return true;
    case OP_MINUS:
        *out = a - b;
        return true;
    case OP_MOD:
        *out = a % b;
        return true;
    case OP_MUL:
        *out = a * b;
        return true;
    case OP_OR:
        *out = a | b;
        return true;
    case OP_PLUS:
        *out = a + b;
        return true;
    case OP_SHL:
        *out = b < 64 ? a << b : 0;
        return true;
    case OP_SHR:
        *out = b < 64 ? a >> b : 0;
        return true;
    case OP_SHRA:
        *out = shifted_down(sa, b);
        return true;
    case OP_XOR:
        *out = a ^ b;
        return true;
    case OP_EQ:
        *out = sa == sb;
        return true;
    case OP_GE:
        *out = sa >= sb;
        return true;
    case OP_GT:
        *out = sa > sb;
        return true;
    case OP_LE:
        *out = sa <= sb;
        return true;
    case OP_LT:
        *out = sa < sb;
        return true;
    case OP_NE:
        *out = sa != sb;
        return true;
    default:
        return false;
    }
}

/* How many values an operation works on: they have to be there. */
static unsigned operands(const struct flame_rule_op *op)
{
    switch (op->code) {
    case OP_DEREF:
    case OP_DEREF_SIZE:
    case OP_DUP:
    case OP_DROP:
    case OP_ABS:
    case OP_NEG:
    case OP_NOT:
    case OP_PLUS_UCONST:
    case OP_BRA:
        return 1;
    case OP_PICK:
        return op->a < STACK_MAX ? (unsigned)op->a + 1 : STACK_MAX + 1;
    case OP_ROT:
        return 3;
    default:
        return (op->code >= OP_AND && op->code <= OP_NE) || op->code == OP_OVER ||
                       op->code == OP_SWAP
                   ? 2
                   : 0;
    }
}

static bool push_register(struct machine *m, uint64_t column, uint64_t offset)
{
    uint64_t value;
    return flame_register_get(m->input->registers, column, &value) && push(m, value + offset);
}

static bool dereference(struct machine *m, uint64_t *top, uint64_t size)
{
    return size <= m->word && flame_stack_memory_read(m->input->memory, *top, (unsigned)size, top);
}

/* One operation that is no branch. */
static bool step(struct machine *m, const struct flame_rule_op *op)
{
    uint64_t *top = m->stack + m->depth - 1; /* looked at only where there is one */
    uint64_t kept;
    enum op code = op->code;
    if (code >= OP_CONST1U && code <= OP_CONSTS)
        return push(m, op->a);
    if (code >= OP_LIT0 && code < OP_LIT0 + 32)
        return push(m, code - OP_LIT0);
    if (code >= OP_BREG0 && code <= OP_BREG31)
        return push_register(m, code - OP_BREG0, op->a);
    switch (code) {
    case OP_ADDR:
        return push(m, op->a + m->input->bias);
    case OP_BREGX:
        return push_register(m, op->a, op->b);
    case OP_DEREF:
        return dereference(m, top, m->word);
    case OP_DEREF_SIZE:
        return dereference(m, top, op->a);
    case OP_DUP:
        return push(m, *top);
    case OP_OVER:
        return push(m, top[-1]);
    case OP_PICK:
        return push(m, m->stack[m->depth - 1 - op->a]);
    case OP_DROP:
        m->depth--;
        return true;
    case OP_SWAP:
        kept = *top;
        *top = top[-1];
        top[-1] = kept;
        return true;
    case OP_ROT: /* the top goes below the two others */
        kept = *top;
        *top = top[-1];
        top[-1] = top[-2];
        top[-2] = kept;
        return true;
    case OP_ABS:
        *top = magnitude(as_signed(m, *top)) & m->mask;
        return true;
    case OP_NEG:
        *top = -*top & m->mask;
        return true;
    case OP_NOT:
        *top = ~*top & m->mask;
        return true;
    case OP_PLUS_UCONST:
        *top = (*top + op->a) & m->mask;
        return true;
    case OP_NOP:
        return true;
    default:
        break;
    }
    if (operands(op) != 2 || !combine(m, code, top[-1], *top, &kept))
        return false;
    m->depth--;
    top[-1] = kept & m->mask;
    return true;
}

bool flame_expression_evaluate(const struct flame_expression *expression,
                               const struct flame_expression_input *input, uint64_t *value)
{
    struct machine m;
    m.input = input;
    m.mask = input->memory->mask;
    m.word = input->memory->world->arch->word;
    m.depth = 0;
    if (expression->cfa_first)
        push(&m, input->cfa);
    uint64_t at = 0;
    while (at < expression->count) {
        const struct flame_rule_op *op = &expression->ops[at++];
        if (*input->steps == 0 || m.depth < operands(op))
            return false;
        --*input->steps;
        if (op->code == OP_SKIP)
            at = op->a;
        else if (op->code == OP_BRA)
            at = m.stack[--m.depth] ? op->a : at;
        else if (!step(&m, op))
            return false;
    }
    if (at != expression->count || m.depth == 0)
        return false;
    *value = m.stack[m.depth - 1];
    return true;
}
