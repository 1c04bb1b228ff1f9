/* a.c: functions that are inlined in each other, for make.sh. */
#include "shared.h"

static inline __attribute__((always_inline)) int leaf(int x)
{
    return x * 3 + deep(x);
}

static inline __attribute__((always_inline)) int middle(int x)
{
    int sum = 0;
    for (int i = 0; i < x; i++)
        sum += leaf(i ^ x);
    return sum;
}

__attribute__((noinline)) int outer(int x)
{
    return middle(x) + middle(x + 1);
}

__attribute__((cold, noinline)) int unlikely(int x)
{
    return leaf(x) - 1;
}

void _start(void)
{
    volatile int x = 7;
    if (outer(x) == 3)
        x = unlikely(x) + elsewhere(x);
    for (;;)
        continue;
}
