/* perf_mutator.h: how libFuzzer mutates a perf.data: half of the time as perf_mutate.h does, a
 * quarter as it does any bytes, a quarter the insides of one record, whose size stays. */
#ifndef FLAME_FUZZ_PERF_MUTATOR_H
#define FLAME_FUZZ_PERF_MUTATOR_H

#include "perf_mutate.h"
#include "perf_mutate_layout.h"
#include "random.h"

/* libFuzzer's; a replay program has none, and does not mutate. */
__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t cap);

static inline size_t flame_fuzz_mutate_perf(uint8_t *bytes, size_t size, size_t cap, unsigned seed)
{
    struct perf_layout layout;
    uint64_t state = seed;
    size_t how = flame_random_below(&state, 8);
    if (how >= 4) {
        size_t kind = flame_random_below(&state, FLAME_MUTATIONS * 4 - 3);
        return flame_mutate_perf(bytes, size, cap, (enum perf_mutation)(kind / 4), state);
    }
    flame_layout_read(&layout, bytes, size, cap);
    if (how >= 2 && layout.count) {
        struct perf_place place =
            flame_layout_record(&layout, flame_random_below(&state, layout.count));
        if (place.size > 8) {
            LLVMFuzzerMutate(bytes + place.at + 8, place.size - 8, place.size - 8);
            return size;
        }
    }
    return LLVMFuzzerMutate(bytes, size, cap);
}

#endif
