/* stack_memory.h: the memory of a sampled task, as far as it is known: the copied part of its
 * stack, and what the world adds.
 *
 * Invariant: addresses are taken modulo the architecture's address size; a read either gives all of
 * its bytes or fails. */
#ifndef FLAME_UNWIND_STACK_MEMORY_H
#define FLAME_UNWIND_STACK_MEMORY_H

#include "unwind.h"

#include <string.h>

/* base      address of the first copied byte
 * mask      bits of an address
 * places    how many bytes of the copy a word may begin at
 * straight  a word is 8 bytes in the host's order
 * cut_off   a read failed because the copy ends below it */
struct flame_stack_memory {
    const struct flame_unwind_world *world;
    const uint8_t *stack;
    uint64_t base, mask, places;
    bool straight, cut_off;
};

/* All bits of an address. */
static inline uint64_t flame_address_mask(const struct flame_arch *arch)
{
    return arch->word == 4 ? UINT32_MAX : UINT64_MAX;
}

static inline struct flame_stack_memory
flame_stack_memory_make(const struct flame_unwind_world *world, uint64_t base)
{
    unsigned word = world->arch->word;
    return (struct flame_stack_memory){
        .world = world,
        .stack = world->stack,
        .base = base,
        .mask = flame_address_mask(world->arch),
        .places = world->stack_size < word ? 0 : world->stack_size - word + 1,
        .straight = word == 8 && !world->swap,
    };
}

/* The number in size bytes (1, 2, 4 or 8) at an address; false, and *value as it was, where they
 * are not known. */
bool flame_stack_memory_read(struct flame_stack_memory *memory, uint64_t address, unsigned size,
                             uint64_t *value);

/* The same of a word. This is what walking a stack spends its time with. */
static inline bool flame_stack_memory_word(struct flame_stack_memory *memory, uint64_t address,
                                           uint64_t *value)
{
    uint64_t at = address - memory->base;
    if (__builtin_expect(at < memory->places && memory->straight, 1)) {
        memcpy(value, memory->stack + at, 8);
        return true;
    }
    return flame_stack_memory_read(memory, address, memory->world->arch->word, value);
}

#endif
