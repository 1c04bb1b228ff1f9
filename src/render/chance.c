/* chance.c: the numbers that a name's colour follows from.
 *
 * Two of the three ways are other programs', to the last bit (so with their single precision): a
 * function has the colour here that it has there. Source: the documentation and output of
 * flamegraph.pl --hash and inferno-flamegraph 0.12 --deterministic; the parameters of FNV-1a. */
#include "colour.h"
#include "hash.h"

/* FlameGraph's hash of a name: its first three characters, the first weighing most, as a number in
 * 0..1. A module in front of a backquote is left out. backward reads the name from its end. */
static float end_hash(struct flame_str name, bool backward)
{
    float vector = 0, weight = 1, most = 1;
    size_t skip = 0;
    for (size_t i = 1; i < name.len && !skip; i++)
        if (name.ptr[backward ? name.len - 1 - i : i] == '`')
            skip = i + 1;
    for (unsigned i = 0; i < 3 && skip + i < name.len; i++) {
        size_t at = skip + i;
        unsigned c = (uint8_t)name.ptr[backward ? name.len - 1 - at : at];
        vector += (float)(c % (10 + i)) / (float)(9 + i) * weight;
        most += weight;
        weight *= 0.7f;
    }
    return 1 - vector / most;
}

static float share_of(uint64_t hash)
{
    return (float)((double)hash / (double)UINT64_MAX);
}

void flame_name_values(float v[3], struct flame_str name, const struct flame_chance *chance)
{
    static const uint64_t fnv_offset = 0xcbf29ce484222325, fnv_prime = 0x100000001b3;
    uint64_t hash = fnv_offset;
    switch (chance->values) {
    case FLAME_VALUES_ENDS:
        v[0] = end_hash(name, false);
        v[1] = v[2] = end_hash(name, true);
        return;
    case FLAME_VALUES_RANDOM:
        hash = flame_hash_seed(name.ptr, name.len, chance->seed);
        for (unsigned i = 0; i < 3; i++, hash >>= 21)
            v[i] = (float)(hash & 0x1fffff) / 0x1fffff;
        return;
    case FLAME_VALUES_WHOLE:
        break;
    }
    for (size_t i = 0; i < name.len; i++) /* FNV-1a */
        hash = (hash ^ (uint8_t)name.ptr[i]) * fnv_prime;
    for (unsigned i = 0; i < 3; i++, hash *= fnv_prime)
        v[i] = share_of(hash);
}

unsigned flame_shade_of(struct flame_str name, const struct flame_chance *chance)
{
    float v[3];
    flame_name_values(v, name, chance);
    unsigned shade = (unsigned)(v[0] * (float)FLAME_SHADES);
    return shade < FLAME_SHADES ? shade : FLAME_SHADES - 1;
}
