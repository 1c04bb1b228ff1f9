/* exidx.c: rules from 32-bit ARM's own unwind tables.
 *
 * A sorted index (.ARM.exidx) has a word for each function: a few instructions that undo its
 * prologue, or where in .ARM.extab they are. They pop what was pushed from a virtual stack pointer,
 * whose last value is the CFA. We run them once and keep where each register lay; instructions
 * whose effect is no offset from one register make no rule.
 *
 * The tables are made for exceptions, which come out of calls: they are right in a function's body,
 * and approximate while its prologue or epilogue runs. Of an entry's first instruction we know
 * more: nothing has been saved yet. (The linker joins entries that are equal, so that not all
 * functions begin one.) That code cannot be unwound is said of all that was compiled without
 * tables, and of functions that throw nothing: it is no root, but for the program's first function.
 *
 * Data for a language's own personality routine is read as GNU's routines have it, which others
 * follow. Source: Exception Handling ABI for the Arm Architecture (EHABI32). */
#include "exidx.h"

#include <string.h>

enum { SP = 13, LR = 14, PC = 15, REGISTERS = 16 };

enum { ENTRY_SIZE = 8, CANNOT_UNWIND = 1, COMPACT = 0x80 };

/* How much of the program's first function is that function: nothing says its size. glibc's has 52
 * bytes; what linkers put behind it runs before main or calls nothing. */
enum { FIRST_FUNCTION_MAX = 64 };

void flame_exidx_init(struct flame_exidx *exidx, const struct flame_elf *elf)
{
    size_t count = 0;
    GElf_Phdr p = { 0 };
    *exidx = (struct flame_exidx){ .elf = elf };
    if (elf->header.e_machine != EM_ARM || elf->wide || elf_getphdrnum(elf->handle, &count) != 0 ||
        count > INT32_MAX)
        return;
    for (size_t i = 0; i < count && p.p_type != PT_ARM_EXIDX; i++)
        if (!gelf_getphdr(elf->handle, (int)i, &p))
            return;
    struct flame_cursor c = flame_cursor_make(elf->bytes, elf->size, 0, elf->swap, NULL, NULL);
    if (p.p_type != PT_ARM_EXIDX || !flame_cursor_seek(&c, p.p_offset, "index"))
        return;
    exidx->table = flame_cursor_sub(&c, p.p_filesz, "index");
    exidx->address = p.p_vaddr;
}

void flame_exidx_touch(const struct flame_exidx *exidx, struct flame_touched *touched)
{
    if (!flame_cursor_left(&exidx->table))
        return;
    flame_touch_rest(touched, &exidx->table);
    const struct flame_elf_section *section =
        flame_elf_section(exidx->elf, ".ARM.extab", SHT_PROGBITS);
    if (section) {
        struct flame_cursor c = flame_elf_bytes(exidx->elf, section);
        flame_touch_rest(touched, &c);
    }
}

/* Where a word points to: the lower 31 bits are a distance from the word itself. */
static uint64_t target(uint32_t word, uint64_t place)
{
    uint32_t distance = word & UINT32_C(0x7fffffff);
    if (distance & UINT32_C(0x40000000))
        distance |= UINT32_C(0x80000000);
    return (uint32_t)(place + distance);
}

/* The function of an entry, without the bit that says Thumb. */
static uint64_t function_of(const struct flame_exidx *exidx, size_t i, uint32_t *word)
{
    struct flame_cursor c = exidx->table;
    flame_cursor_take(&c, i * ENTRY_SIZE, "index");
    uint32_t function = flame_cursor_u32(&c, "function");
    *word = flame_cursor_u32(&c, "entry");
    return target(function, exidx->address + i * ENTRY_SIZE) & ~UINT64_C(1);
}

/* Cut the entry to the part that the address is in. */
static bool classify(const struct flame_exidx *exidx, uint64_t address,
                     struct flame_exidx_entry *entry)
{
    if (entry->word == CANNOT_UNWIND) {
        uint64_t first = exidx->elf->header.e_entry & ~UINT64_C(1);
        entry->kind = FLAME_EXIDX_ROOT;
        if (entry->end > first + FIRST_FUNCTION_MAX)
            entry->end = first + FIRST_FUNCTION_MAX;
        bool holds = entry->start <= first;
        entry->start = first;
        return holds && first <= address && address < entry->end;
    }
    /* One byte, not one instruction: a caller is looked up a byte before its return address, and a
     * first instruction that calls has left its own caller in no register. */
    bool entered = address == entry->start;
    entry->kind = entered ? FLAME_EXIDX_ENTERED : FLAME_EXIDX_BODY;
    if (entered)
        entry->end = entry->start + 1;
    else
        entry->start++;
    return true;
}

/* An entry holds up to the next function's. The last one does to the end; linkers make it one that
 * says nothing. */
bool flame_exidx_find(const struct flame_exidx *exidx, uint64_t address,
                      struct flame_exidx_entry *entry)
{
    size_t low = 0, high = flame_cursor_left(&exidx->table) / ENTRY_SIZE;
    *entry = (struct flame_exidx_entry){ .end = UINT64_C(1) << 32 };
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint32_t word;
        uint64_t function = function_of(exidx, middle, &word);
        if (function > address) {
            high = middle;
            entry->end = function;
        } else {
            low = middle + 1;
            entry->start = function;
            entry->word = word;
            entry->place = exidx->address + middle * ENTRY_SIZE + 4;
        }
    }
    return low > 0 && address < entry->end && classify(exidx, address, entry);
}

/* The instructions, most significant byte of each word first, and what they have done so far.
 *
 * words  those that follow word, of which left bytes are still to be read
 * base   the register that vsp, the virtual stack pointer, is counted from
 * saved  a bit for each register that was popped, from base + place[register] */
struct machine {
    struct flame_cursor words;
    uint32_t word;
    unsigned left;
    unsigned base, saved;
    int64_t vsp, place[REGISTERS];
    bool failed;
};

/* Find an entry's instructions. */
static bool find_code(const struct flame_exidx *exidx, const struct flame_exidx_entry *entry,
                      struct machine *m)
{
    const struct flame_elf *elf = exidx->elf;
    struct flame_cursor c = flame_cursor_make(elf->bytes, elf->size, 0, elf->swap, NULL, NULL);
    uint64_t offset;
    m->word = entry->word;
    m->left = 3;
    if (entry->word >> 24 == COMPACT)
        return true;
    if (entry->word >> 31 || !flame_elf_offset(elf, target(entry->word, entry->place), &offset))
        return false;
    flame_cursor_seek(&c, offset, "entry");
    m->word = flame_cursor_u32(&c, "entry");
    unsigned kind = m->word >> 24;
    uint32_t count = 0;
    if (!(m->word >> 31)) { /* where the personality routine is, of no interest here */
        m->word = flame_cursor_u32(&c, "entry");
        count = m->word >> 24;
    } else if (kind == COMPACT + 1 || kind == COMPACT + 2) {
        count = m->word >> 16 & 0xff;
        m->left = 2;
    } else if (kind != COMPACT) {
        return false;
    }
    m->words = flame_cursor_sub(&c, (uint64_t)count * 4, "instructions");
    return !c.failed;
}

static bool at_end(const struct machine *m)
{
    return !m->left && !flame_cursor_left(&m->words);
}

static unsigned next_byte(struct machine *m)
{
    if (!m->left) {
        m->failed = m->failed || at_end(m);
        m->word = flame_cursor_u32(&m->words, "instructions");
        m->left = 4;
    }
    m->left--;
    return m->word >> 8 * m->left & 0xff;
}

static void move(struct machine *m, int64_t bytes)
{
    m->vsp += bytes;
    m->failed = m->failed || m->vsp > INT32_MAX || m->vsp < INT32_MIN;
}

/* The lowest register lies lowest. */
static void pop(struct machine *m, unsigned registers)
{
    m->failed = m->failed || !registers;
    for (unsigned r = 0; r < REGISTERS; r++) {
        if (registers >> r & 1) {
            m->place[r] = m->vsp;
            move(m, 4);
        }
    }
    m->saved |= registers;
}

/* vsp becomes a register's value: what was popped from elsewhere would be lost. */
static void take_register(struct machine *m, unsigned r)
{
    m->failed = m->failed || r == SP || r == PC || m->saved;
    m->base = r;
    m->vsp = 0;
}

static void move_far(struct machine *m)
{
    int64_t words = 0;
    unsigned byte = 0x80;
    for (unsigned shift = 0; byte & 0x80; shift += 7) {
        m->failed = m->failed || shift > 21; /* of 2^28 words no frame is */
        if (m->failed)
            return;
        byte = next_byte(m);
        words |= (int64_t)(byte & 0x7f) << shift;
    }
    move(m, 0x204 + words * 4);
}

/* Instructions that have a second byte of registers. What it says that it pops: a mask of at most
 * four, or the first one and the count less one. */
static void pop_by_second(struct machine *m, unsigned op)
{
    unsigned second = next_byte(m), count = (second & 15) + 1;
    bool is_mask = op == 0xb1 || op == 0xc7;
    m->failed = m->failed || (is_mask && (second == 0 || second > 15));
    if (op == 0xb1)
        pop(m, second);
    else if (op == 0xc7) /* control registers of iWMMXt */
        move(m, 4 * __builtin_popcount(second));
    else if (op == 0xb3) /* double ones, with a word that FSTMX adds */
        move(m, 8 * count + 4);
    else /* double ones, or iWMMXt's */
        move(m, 8 * count);
}

/* False: it was the last. */
static bool run_one(struct machine *m)
{
    unsigned op = next_byte(m), n = op & 7;
    if (op < 0x80) {
        int bytes = (int)(op & 0x3f) * 4 + 4;
        move(m, op & 0x40 ? -bytes : bytes);
    } else if (op < 0x90) {
        pop(m, ((op & 15) << 8 | next_byte(m)) << 4); /* none: refuse to unwind */
    } else if (op < 0xa0) {
        take_register(m, op & 15);
    } else if (op < 0xb0) {
        pop(m, ((2u << n) - 1) << 4 | (op & 8 ? 1u << LR : 0));
    } else if (op == 0xb0) {
        return false;
    } else if (op == 0xb1 || op == 0xb3 || (op >= 0xc6 && op <= 0xc9)) {
        pop_by_second(m, op);
    } else if (op == 0xb2) {
        move_far(m);
    } else if (op == 0xb4) { /* a code that the return address was signed with */
        move(m, 4);
    } else if (op >= 0xb8 && op < 0xc0) { /* double registers by FSTMX */
        move(m, 8 * ((int64_t)n + 1) + 4);
    } else if ((op >= 0xc0 && op < 0xc6) || (op >= 0xd0 && op < 0xd8)) { /* iWMMXt's; double ones */
        move(m, 8 * ((int64_t)n + 1));
    } else if (op != 0xb5) { /* which says what was signed */
        m->failed = true;
    }
    return true;
}

/* When the stack pointer itself was popped nothing can come behind it. */
static bool run(struct machine *m, uint64_t *budget)
{
    while (!m->failed && !at_end(m)) {
        if (!*budget)
            return false;
        --*budget;
        bool ended = m->saved >> SP & 1;
        if (!run_one(m))
            break;
        m->failed = m->failed || ended;
    }
    return !m->failed;
}

/* A register where the function's instructions leave it. */
static struct flame_rule_cell cell_of(const struct machine *m, unsigned column)
{
    struct flame_rule_cell cell = { .column = (uint8_t)column, .kind = FLAME_RULE_SAME };
    if (m->saved >> column & 1) {
        cell.kind = FLAME_RULE_SAVED;
        cell.value = (int32_t)(m->place[column] - m->vsp);
    } else if (column == SP) {
        cell.kind = FLAME_RULE_CFA;
    }
    return cell;
}

/* Only the kernel saves the pc together with the stack pointer, when a signal comes. */
static enum flame_status publish(const struct machine *m, bool root, struct flame_arena *arena,
                                 struct flame_rule **out)
{
    unsigned return_column = m->saved >> PC & 1 ? PC : LR;
    unsigned columns = (m->saved | 1u << SP) & ~(1u << return_column);
    size_t count = (size_t)__builtin_popcount(columns);
    struct flame_rule *rule =
        flame_arena_alloc(arena, sizeof *rule + count * sizeof(struct flame_rule_cell));
    if (!rule)
        return FLAME_NOMEM;
    struct flame_rule_cell *cells = (struct flame_rule_cell *)(rule + 1);
    *rule = (struct flame_rule){
        .cfa = { .kind = FLAME_RULE_REGISTER,
                 .other = (uint16_t)m->base,
                 .value = (int32_t)m->vsp },
        .return_address = cell_of(m, return_column),
        .cells = cells,
        .return_column = (uint8_t)return_column,
        .signal = return_column == PC && m->saved >> SP & 1,
    };
    if (root)
        rule->return_address.kind = FLAME_RULE_UNDEFINED;
    for (unsigned column = 0; column < REGISTERS; column++)
        if (columns >> column & 1)
            cells[rule->cell_count++] = cell_of(m, column);
    *out = rule;
    return FLAME_OK;
}

enum flame_status flame_exidx_rule(const struct flame_exidx *exidx,
                                   const struct flame_exidx_entry *entry, struct flame_arena *arena,
                                   uint64_t *budget, struct flame_rule **rule)
{
    struct machine m = { .base = SP };
    *rule = NULL;
    if (entry->kind == FLAME_EXIDX_BODY && (!find_code(exidx, entry, &m) || !run(&m, budget)))
        return FLAME_OK;
    return publish(&m, entry->kind == FLAME_EXIDX_ROOT, arena, rule);
}
