/* nested.c: functions that are inlined into each other, in scopes, in loops, and into several
 * places. Compiled by inline.test.sh in many ways; what it computes is of no interest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INLINED static inline __attribute__((always_inline))

volatile unsigned sink;

INLINED unsigned mix(unsigned v)
{
    v ^= v >> 13;
    v *= 0x5bd1e995u;
    return v ^ v >> 15;
}

INLINED unsigned mix_twice(unsigned v)
{
    return mix(mix(v) + 1);
}

INLINED unsigned scoped(const unsigned *items, size_t count)
{
    unsigned sum = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned v = items[i];
        if (v & 1) {
            unsigned odd = mix_twice(v);
            sum += odd;
        } else {
            unsigned even = mix(v);
            sum -= even;
        }
    }
    return sum;
}

static unsigned called_once(unsigned *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        items[i] = mix((unsigned)i);
    return scoped(items, count);
}

/* Its body is split: the part that is seldom run lies elsewhere. */
INLINED void check(unsigned v)
{
    if (__builtin_expect(v == 0xdeadbeef, 0)) {
        fprintf(stderr, "met %u\n", mix_twice(v));
        abort();
    }
}

__attribute__((noinline)) unsigned work(unsigned *items, size_t count)
{
    unsigned sum = called_once(items, count);
    check(sum);
    for (int round = 0; round < 3; round++) {
        sum += scoped(items, count);
        check(sum ^ (unsigned)round);
    }
    return sum;
}

static int order(const void *a, const void *b)
{
    const unsigned *x = a, *y = b;
    return mix(*x) < mix(*y) ? -1 : mix(*x) > mix(*y);
}

__attribute__((noinline)) unsigned unused(unsigned v)
{
    return mix_twice(mix_twice(v));
}

int main(int argc, char **argv)
{
    enum { COUNT = 64 };
    unsigned items[COUNT];
    (void)argv;
    sink = work(items, COUNT);
    qsort(items, COUNT, sizeof items[0], order);
    sink += scoped(items, (size_t)argc) + mix_twice((unsigned)strlen(argv[0]));
    return 0;
}
