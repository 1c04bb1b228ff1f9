/* mutate_bytes.c: mutations of ELF files and of text. Source: elf(5). */
#include "mutate_bytes.h"

#include "random.h"

#include <elf.h>
#include <stdbool.h>
#include <string.h>

struct piece {
    size_t at, size;
};

/* The offsets of what is needed of ELF's structs, which differ between the classes. */
static const struct elf_shape {
    uint8_t word, header, phoff, shoff, phentsize, phnum, shentsize, shnum, sh_offset, sh_size;
} shapes[] = {
    { 4, 52, 28, 32, 42, 44, 46, 48, 16, 20 },
    { 8, 64, 32, 40, 54, 56, 58, 60, 24, 32 },
};

const char *flame_byte_mutation_name(enum byte_mutation kind)
{
    static const char *const names[] = {
#define X(name, text) text,
        FLAME_BYTE_MUTATIONS(X)
#undef X
    };
    return names[kind];
}

/* As flame_random_below, but that 0 takes no random number. */
static size_t pick(uint64_t *state, size_t n)
{
    return n ? flame_random_below(state, n) : 0;
}

/* 0 behind the end. */
static uint64_t get(const uint8_t *bytes, size_t size, size_t at, size_t width)
{
    uint64_t value = 0;
    if (at > size || width > size - at)
        return 0;
    for (size_t i = 0; i < width; i++) {
        size_t from = bytes[EI_DATA] == ELFDATA2MSB ? at + i : at + width - 1 - i;
        value = value << 8 | bytes[from];
    }
    return value;
}

static bool inside(struct piece p, size_t size)
{
    return p.size > 0 && p.at < size && p.size <= size - p.at;
}

/* A header, a table, or a section of an ELF file; all of any other. */
static struct piece pick_piece(const uint8_t *bytes, size_t size, uint64_t *state)
{
    const struct piece all = { 0, size };
    if (size < sizeof(Elf64_Ehdr) || memcmp(bytes, ELFMAG, SELFMAG) != 0)
        return all;
    const struct elf_shape *s = &shapes[bytes[EI_CLASS] == ELFCLASS64];
    size_t count = (size_t)get(bytes, size, s->shnum, 2),
           stride = (size_t)get(bytes, size, s->shentsize, 2);
    struct piece p = { 0, s->header },
                 table = { (size_t)get(bytes, size, s->shoff, s->word), count * stride };
    switch (pick(state, 6)) {
    case 0:
        break;
    case 1:
        p = (struct piece){ (size_t)get(bytes, size, s->phoff, s->word),
                            (size_t)(get(bytes, size, s->phentsize, 2) *
                                     get(bytes, size, s->phnum, 2)) };
        break;
    case 2:
        p = table;
        break;
    default:
        table.at += stride * pick(state, count);
        p = (struct piece){ (size_t)get(bytes, size, table.at + s->sh_offset, s->word),
                            (size_t)get(bytes, size, table.at + s->sh_size, s->word) };
    }
    return inside(p, size) ? p : all;
}

static void set_word(uint8_t *bytes, struct piece p, bool huge, uint64_t *state)
{
    static const uint64_t values[] = { UINT64_MAX,        INT64_MAX,      UINT64_C(1) << 63,
                                       UINT32_MAX,        INT32_MAX,      UINT16_MAX,
                                       UINT64_C(1) << 40, UINT64_MAX - 7, 0x7f7f7f7f7f7f7f7f };
    size_t width = (size_t)1 << pick(state, 4);
    if (width > p.size)
        width = 1;
    uint64_t value = huge ? values[pick(state, sizeof values / sizeof *values)] : 0;
    bool big = pick(state, 2);
    size_t at = p.at + width * pick(state, p.size / width);
    for (size_t i = 0; i < width; i++)
        bytes[at + i] = (uint8_t)(value >> 8 * (big ? width - 1 - i : i));
}

/* size bytes at two places of a piece that do not overlap; size is 0 if there is no room. */
static size_t two_places(struct piece p, size_t *a, size_t *b, uint64_t *state)
{
    size_t size = (size_t)1 << pick(state, 8);
    while (size > p.size / 2)
        size /= 2;
    if (size == 0)
        return 0;
    size_t count = p.size / size, first = pick(state, count - 1);
    *a = p.at + size * first;
    *b = p.at + size * (first + 1 + pick(state, count - first - 1));
    return size;
}

static void shuffle(uint8_t *bytes, struct piece p, uint64_t *state)
{
    uint8_t kept[256];
    size_t a = 0, b = 0, size = two_places(p, &a, &b, state);
    memcpy(kept, bytes + a, size);
    memmove(bytes + a, bytes + b, size);
    memcpy(bytes + b, kept, size);
}

static void duplicate(uint8_t *bytes, struct piece p, uint64_t *state)
{
    size_t a = 0, b = 0, size = two_places(p, &a, &b, state);
    for (size_t times = 1 + pick(state, 64); size && times && b + size <= p.at + p.size; times--) {
        memcpy(bytes + b, bytes + a, size);
        b += size;
    }
}

static void noise(uint8_t *bytes, struct piece p, uint64_t *state)
{
    size_t size = 1 + pick(state, p.size < 64 ? p.size : 64),
           at = p.at + pick(state, p.size - size);
    for (size_t i = 0; i < size; i++)
        bytes[at + i] = (uint8_t)flame_random(state);
}

size_t flame_mutate_bytes(uint8_t *bytes, size_t size, enum byte_mutation kind, uint64_t seed)
{
    uint64_t state = seed;
    struct piece p = pick_piece(bytes, size, &state);
    if (size == 0)
        return 0;
    switch (kind) {
    case FLAME_BYTES_TRUNCATE:
        return pick(&state, size);
    case FLAME_BYTES_HUGE:
    case FLAME_BYTES_ZERO:
        for (size_t n = 1 + pick(&state, 4); n > 0; n--)
            set_word(bytes, p, kind == FLAME_BYTES_HUGE, &state);
        break;
    case FLAME_BYTES_SHUFFLE:
        shuffle(bytes, p, &state);
        break;
    case FLAME_BYTES_DUPLICATE:
        duplicate(bytes, p, &state);
        break;
    case FLAME_BYTES_NOISE:
        noise(bytes, p, &state);
        break;
    case FLAME_BYTES_FLIP:
    case FLAME_BYTE_MUTATIONS_END:
        for (size_t n = 1 + pick(&state, 16); n > 0; n--)
            bytes[p.at + pick(&state, p.size)] ^= (uint8_t)(1u << pick(&state, 8));
        break;
    }
    return size;
}
