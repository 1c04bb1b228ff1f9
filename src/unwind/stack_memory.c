/* stack_memory.c: reads that are not of the usual kind: other sizes, other orders, other places. */
#include "stack_memory.h"

/* A copy that ends below an address is to blame for a failed read only if a stack may be that deep.
 */
enum { STACK_REACH = 64 << 20 };

static uint64_t load(const uint8_t *bytes, unsigned size, bool swap)
{
    uint64_t eight;
    uint32_t four;
    uint16_t two;
    switch (size) {
    case 8:
        memcpy(&eight, bytes, sizeof eight);
        return swap ? __builtin_bswap64(eight) : eight;
    case 4:
        memcpy(&four, bytes, sizeof four);
        return swap ? __builtin_bswap32(four) : four;
    case 2:
        memcpy(&two, bytes, sizeof two);
        return swap ? __builtin_bswap16(two) : two;
    default:
        return *bytes;
    }
}

bool flame_stack_memory_read(struct flame_stack_memory *memory, uint64_t address, unsigned size,
                             uint64_t *value)
{
    const struct flame_unwind_world *world = memory->world;
    uint64_t at = (address - memory->base) & memory->mask;
    if (size != 1 && size != 2 && size != 4 && size != 8)
        return false;
    if (size <= world->stack_size && at <= world->stack_size - size) {
        *value = load(memory->stack + at, size, world->swap);
        return true;
    }
    if (world->word && world->word(world->user, address & memory->mask, size, value))
        return true;
    if (at < STACK_REACH)
        memory->cut_off = true;
    return false;
}
