/* vec.c: growth by half again. */
#include "vec.h"

void *flame_vec_grow(void *items, size_t *cap, size_t count, size_t more, size_t size)
{
    size_t need, bytes;
    if (__builtin_add_overflow(count, more, &need))
        return NULL;
    size_t wanted = *cap + *cap / 2 + 8;
    if (wanted < need)
        wanted = need;
    if (__builtin_mul_overflow(wanted, size, &bytes))
        return NULL;
    void *grown = realloc(items, bytes);
    if (grown)
        *cap = wanted;
    return grown;
}
