/* b.c: the second unit. */
#include "shared.h"

int elsewhere(int x)
{
    return deep(x) + deep(x - 1);
}
