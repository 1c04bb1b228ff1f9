/* instructions.c: decode a function whole, and put names to addresses.
 *
 * Where each instruction lies is known only when all are decoded, so what is known by then is kept
 * small: a function may have a million of them. Bytes between two marks are decoded for
 * themselves: data in the middle of code does not swallow what follows.
 * Does not follow jumps: code is what lies there from the first byte to the last. */
#include "instructions.h"

#include "bounds.h"
#include "disasm.h"
#include "fail.h"
#include "vec.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    NAME_MOST = 1024,
    TEXTS_MOST = 256 << 20, /* bytes; beyond it no more names are added */
};

/* target  of a jump; not used otherwise */
struct draft {
    uint64_t target;
    const char *text;
    uint32_t length, size;
    enum flame_instruction_kind kind;
    bool jumps;
};

struct decoding {
    const struct flame_code *code;
    struct flame_code_file *file;
    struct flame_str function;
    struct flame_arena *arena;
    struct flame_disasm *disasm;
    FLAME_VEC(struct draft) drafts;
    size_t mark, texts; /* the next mark; bytes of text */
};

static bool within(const struct flame_code *code, uint64_t address)
{
    return address - code->address < code->size;
}

/* The name of what lies at an address, in out; "" where it has none. */
static void name_of(struct decoding *d, uint64_t address, char out[NAME_MOST])
{
    out[0] = 0;
    if (d->texts > TEXTS_MOST)
        return;
    if (!within(d->code, address)) {
        flame_code_name(d->file, address, out, NAME_MOST);
        return;
    }
    uint64_t offset = address - d->code->address;
    int most = d->function.len < NAME_MOST - 32 ? (int)d->function.len : NAME_MOST - 32;
    int n = snprintf(out, NAME_MOST, "%.*s", most, d->function.ptr ? d->function.ptr : "");
    if (offset && n >= 0)
        snprintf(out + n, NAME_MOST - (size_t)n, "+0x%" PRIx64, offset);
}

/* Keep an instruction, its text with the name of what it refers to. False: out of memory. */
static bool add(struct decoding *d, const struct flame_decoded *decoded)
{
    char text[FLAME_DISASM_TEXT + NAME_MOST + 32], name[NAME_MOST] = "";
    bool names = decoded->has_target && decoded->kind != FLAME_INSTRUCTION_DATA;
    if (names)
        name_of(d, decoded->target, name);
    int length = snprintf(text, sizeof text, "%s", decoded->text);
    if (length >= 0 && names && decoded->comment)
        length +=
            snprintf(text + length, sizeof text - (size_t)length, "  # %" PRIx64, decoded->target);
    if (length >= 0 && name[0])
        length += snprintf(text + length, sizeof text - (size_t)length, " <%s>", name);
    if (length < 0)
        return false;
    struct draft draft = { .target = decoded->target,
                           .text = flame_arena_copy(d->arena,
                                                    (struct flame_str){ text, (size_t)length }),
                           .length = (uint32_t)length,
                           .size = decoded->size,
                           .kind = decoded->kind,
                           .jumps = names && decoded->kind == FLAME_INSTRUCTION_JUMP };
    d->texts += draft.length;
    return draft.text && flame_vec_push(&d->drafts, draft);
}

/* What the bytes at an offset are, and in *end where that changes. */
static enum flame_code_kind kind_at(struct decoding *d, size_t at, size_t *end)
{
    const struct flame_code *code = d->code;
    while (d->mark < code->mark_count && code->marks[d->mark].address <= code->address + at)
        d->mark++;
    *end = code->size;
    if (d->mark < code->mark_count && within(code, code->marks[d->mark].address))
        *end = (size_t)(code->marks[d->mark].address - code->address);
    return d->mark ? code->marks[d->mark - 1].kind : code->first_kind;
}

static enum flame_status decode(struct decoding *d, struct flame_error *error)
{
    const struct flame_code *code = d->code;
    struct flame_decoded decoded;
    struct flame_bounds *bounds = d->file ? flame_code_bounds(d->file) : NULL;
    uint64_t most = flame_bound(bounds, FLAME_LIMIT_INSTRUCTIONS);
    for (size_t at = 0, end; at < code->size; at += decoded.size) {
        enum flame_code_kind kind = kind_at(d, at, &end);
        if (d->drafts.count == most) {
            char what[64];
            flame_bounds_reach(bounds, FLAME_LIMIT_INSTRUCTIONS,
                               d->file ? flame_code_path(d->file) : "", "a function has",
                               "instructions");
            snprintf(what, sizeof what, "the function at 0x%" PRIx64 " has", code->address);
            return flame_fail_limit(error, FLAME_LIMIT_INSTRUCTIONS, most, flame_code_path(d->file),
                                    FLAME_NO_OFFSET, what, "instructions");
        }
        flame_disasm_next(d->disasm, code->bytes + at, end - at, code->address + at, kind,
                          &decoded);
        if (!add(d, &decoded))
            return FLAME_NOMEM;
    }
    return FLAME_OK;
}

size_t flame_row_at(const struct flame_instruction *rows, size_t count, uint64_t address)
{
    size_t first = 0, end = count; /* rows before first begin at the address or before it */
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (rows[middle].address <= address)
            first = middle + 1;
        else
            end = middle;
    }
    if (first == 0)
        return count;
    const struct flame_instruction *at = &rows[first - 1];
    return address - at->address < (at->size ? at->size : 1) ? first - 1 : count;
}

size_t flame_instructions_at(const struct flame_instructions *instructions, uint64_t address)
{
    size_t row = flame_row_at(instructions->list, instructions->count, address);
    bool found = row < instructions->count && instructions->list[row].address == address;
    return found ? row : FLAME_NO_INSTRUCTION;
}

/* Drafts to instructions, which know each other. */
static enum flame_status finish(struct decoding *d, size_t room, struct flame_instructions *out)
{
    size_t count = d->drafts.count, at = 0;
    struct flame_instruction *list = flame_arena_zalloc(d->arena, count + room, sizeof *list);
    if (!list)
        return FLAME_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct draft *draft = &d->drafts.items[i];
        list[i] = (struct flame_instruction){ .address = d->code->address + at,
                                              .bytes = d->code->bytes + at,
                                              .size = draft->size,
                                              .kind = draft->kind,
                                              .text = { draft->text, draft->length },
                                              .jump = FLAME_NO_INSTRUCTION };
        at += draft->size;
    }
    *out = (struct flame_instructions){ list, count };
    for (size_t i = 0; i < count; i++)
        if (d->drafts.items[i].jumps && within(d->code, d->drafts.items[i].target))
            list[i].jump = flame_instructions_at(out, d->drafts.items[i].target);
    return FLAME_OK;
}

enum flame_status flame_instructions_decode(struct flame_instructions *out,
                                            const struct flame_code *code,
                                            struct flame_code_file *file, struct flame_str function,
                                            bool intel, size_t room, struct flame_arena *arena,
                                            struct flame_error *error)
{
    struct decoding d = { .code = code, .file = file, .function = function, .arena = arena };
    enum flame_status status = flame_disasm_open(&d.disasm, &code->machine, intel, error);
    if (status != FLAME_OK)
        return status;
    status = decode(&d, error);
    if (status == FLAME_OK)
        status = finish(&d, room, out);
    flame_disasm_close(d.disasm);
    flame_vec_free(&d.drafts);
    return status;
}
