/* take.h: a fuzzer's bytes as numbers and texts, from the front on. Behind their end is nothing but
 * zeros, so that an input may end anywhere and a shorter one is a simpler one. */
#ifndef FLAME_FUZZ_TAKE_H
#define FLAME_FUZZ_TAKE_H

#include <flamedata/str.h>
#include <stdint.h>
#include <string.h>

struct take {
    const uint8_t *at;
    size_t left;
};

/* At most that many bytes, as they lie there. */
static inline struct take take_part(struct take *t, size_t size)
{
    struct take part = { t->at, size < t->left ? size : t->left };
    t->at += part.left;
    t->left -= part.left;
    return part;
}

/* Little-endian, of that many bytes. */
static inline uint64_t take_number(struct take *t, size_t bytes)
{
    struct take part = take_part(t, bytes);
    uint64_t value = 0;
    for (size_t i = part.left; i > 0; i--)
        value = value << 8 | part.at[i - 1];
    return value;
}

static inline uint8_t take_u8(struct take *t)
{
    return (uint8_t)take_number(t, 1);
}

static inline uint16_t take_u16(struct take *t)
{
    return (uint16_t)take_number(t, 2);
}

static inline uint32_t take_u32(struct take *t)
{
    return (uint32_t)take_number(t, 4);
}

/* A text behind a byte with its length. */
static inline struct flame_str take_text(struct take *t)
{
    struct take part = take_part(t, take_u8(t));
    return (struct flame_str){ (const char *)part.at, part.left };
}

#endif
