/* scenario.c: see scenario.h. What sources of a function promise is kept: hits, branches, marks and
 * lines are in order, and the hits of a set are among the others. */
#include "scenario.h"

#include <elf.h>
#include <stdlib.h>

enum { OFFSET = 0x400 }; /* of the function in its file */

static const uint16_t machines[] = { EM_X86_64,  EM_386,         EM_AARCH64, EM_ARM,   EM_PPC64,
                                     EM_PPC,     EM_S390,        EM_MIPS,    EM_RISCV, EM_SPARC,
                                     EM_SPARCV9, EM_SPARC32PLUS, EM_BPF };

static uint64_t word_at(const uint8_t *bytes, size_t at, size_t size, bool big)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++)
        value = value << 8 | bytes[at + (big ? i : size - 1 - i)];
    return value;
}

static void take_elf(struct scenario *s, const struct take *t)
{
    struct flame_code *code = &s->file.code;
    struct flame_machine *m = &code->machine;
    m->big_endian = t->at[EI_DATA] == ELFDATA2MSB;
    m->wide = t->at[EI_CLASS] == ELFCLASS64;
    m->machine = (uint16_t)word_at(t->at, 18, 2, m->big_endian);
    m->flags = (uint32_t)word_at(t->at, m->wide ? 48 : 36, 4, m->big_endian);
    code->bytes = t->at;
    code->size = t->left;
    code->address = 0x10000;
}

static void take_code(struct scenario *s, struct take *t)
{
    struct flame_code *code = &s->file.code;
    uint8_t machine = take_u8(t), how = take_u8(t);
    s->intel = how & 1;
    s->no_code = how & 2;
    code->machine.machine = machines[machine % (sizeof machines / sizeof *machines)];
    code->machine.wide = how & 4;
    code->machine.big_endian = how & 8;
    code->first_kind = (enum flame_code_kind)((how >> 4) % (FLAME_CODE_DATA + 1));
    code->machine.flags = take_u32(t);
    code->address = take_number(t, 8);
    struct take bytes = take_part(t, take_u16(t));
    code->bytes = bytes.at;
    code->size = bytes.left;
    /* Addresses of a function do not wrap: a symbol's end is behind its start. */
    if (code->address > UINT64_MAX - (1 << 20))
        code->address -= 1 << 20;
}

static const char *name(struct scenario *s, struct take *t)
{
    return s->names[take_u8(t) % SCENARIO_NAMES];
}

static struct flame_str name_text(struct scenario *s, struct take *t)
{
    return flame_str_from(name(s, t));
}

static void take_names(struct scenario *s, struct take *t)
{
    for (size_t i = 0; i < SCENARIO_NAMES; i++) {
        struct flame_str text = take_text(t);
        if (text.len)
            memcpy(s->names[i], text.ptr, text.len);
    }
}

static void take_marks(struct scenario *s, struct take *t)
{
    struct flame_code *code = &s->file.code;
    uint64_t at = 0;
    for (uint8_t count = take_u8(t) % (SCENARIO_MARKS + 1); code->mark_count < count;) {
        at += take_u8(t);
        s->marks[code->mark_count++] =
            (struct flame_code_mark){ code->address + at,
                                      (enum flame_code_kind)(take_u8(t) % (FLAME_CODE_DATA + 1)) };
    }
    code->marks = s->marks;
}

static void take_origins(struct scenario *s, struct take *t)
{
    struct flame_dwarf *d = &s->dwarf;
    uint64_t at = 0;
    for (uint8_t count = take_u8(t) % (SCENARIO_PLACES + 1); d->count < count; d->count++) {
        struct scenario_origin *o = &d->origins[d->count];
        at += take_u8(t);
        o->offset = OFFSET + at;
        uint8_t what = take_u8(t);
        if (what & 3)
            o->line = (struct flame_line){ name(s, t), take_u8(t) };
        for (; o->chain_count < (what >> 2) % (SCENARIO_CHAIN + 1); o->chain_count++) {
            const char *function = name(s, t);
            o->chain[o->chain_count] =
                (struct flame_inlined){ function, what & 128 ? name(s, t) : NULL, take_u8(t) };
        }
    }
    s->file.dwarf = d->count ? d : NULL;
}

static int by_offset(const void *a, const void *b)
{
    const struct flame_offset_hits *x = a, *y = b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void add_hit(struct scenario *s, uint64_t offset, uint32_t event,
                    const struct flame_hits *hits)
{
    s->hits[s->input.hit_count++] = (struct flame_offset_hits){ offset, event, *hits };
}

/* Within the function, and a few bytes behind its code. */
static uint64_t take_offset(struct scenario *s, struct take *t)
{
    return take_u16(t) % (s->file.code.size + 16);
}

static void take_hits(struct scenario *s, struct take *t)
{
    struct flame_function_input *in = &s->input;
    in->event_count = 1 + take_u8(t) % SCENARIO_EVENTS;
    uint8_t singles = take_u8(t) % (SCENARIO_HITS - 2 * SCENARIO_SETS + 1);
    while (in->hit_count < singles) {
        struct flame_hits hits = { take_u8(t), take_number(t, 4) };
        add_hit(s, take_offset(s, t), (uint32_t)(take_u8(t) % in->event_count), &hits);
    }
    for (uint8_t sets = take_u8(t) % (SCENARIO_SETS + 1); in->set_count < sets;) {
        uint64_t *offsets = s->offsets[in->set_count];
        struct flame_place_set *set = &s->sets[in->set_count++];
        uint64_t a = take_offset(s, t), b = take_offset(s, t);
        offsets[0] = a < b ? a : b;
        offsets[1] = a < b ? b : a;
        *set = (struct flame_place_set){ offsets,
                                         a == b ? 1 : 2,
                                         (uint32_t)(take_u8(t) % in->event_count),
                                         { take_u8(t), take_u16(t) } };
        for (size_t i = 0; i < set->count; i++)
            add_hit(s, offsets[i], set->event, &set->hits);
    }
    qsort(s->hits, in->hit_count, sizeof *s->hits, by_offset);
    in->hits = s->hits;
    in->sets = s->sets;
}

static void take_branches(struct scenario *s, struct take *t)
{
    struct flame_function_input *in = &s->input;
    uint64_t at = 0;
    for (uint8_t n = take_u8(t) % (SCENARIO_BRANCHES + 1); in->branch_count < n;) {
        at += take_u8(t);
        s->branches[in->branch_count++] =
            (struct flame_branch_count){ at, take_u16(t), take_u8(t) };
    }
    at = 0;
    for (uint8_t n = take_u8(t) % (SCENARIO_BRANCHES + 1); in->run_count < n;) {
        uint8_t length = take_u8(t), what = take_u8(t);
        at += what & 63;
        s->runs[in->run_count++] = (struct flame_run_count){ length < at ? at - length : 0,
                                                             at,
                                                             take_u8(t),
                                                             take_u32(t),
                                                             take_u8(t),
                                                             take_u16(t),
                                                             what & 64 };
    }
    in->branches = s->branches;
    in->runs = s->runs;
}

void scenario_take(struct scenario *s, struct take *t)
{
    memset(s, 0, sizeof *s);
    if (t->left >= sizeof(Elf64_Ehdr) && memcmp(t->at, ELFMAG, SELFMAG) == 0)
        take_elf(s, t);
    else
        take_code(s, t);
    s->file.code.offset = OFFSET;
    s->file.names = s->names;
    s->symbol =
        (struct flame_symbol){ .start = OFFSET, .end = OFFSET + s->file.code.size + take_u8(t) };
    take_names(s, t);
    take_marks(s, t);
    take_origins(s, t);
    take_hits(s, t);
    take_branches(s, t);
    s->file.path = name(s, t);
    s->input.symbol = name_text(s, t);
    s->input.dso = name_text(s, t);
    s->input.file = &s->file;
    s->input.place = &s->symbol;
}
