/* program.c: a few functions that call others, here and elsewhere, for make.sh. */
extern int outside(int), other(int);
int counter = 3;
static int (*const table[])(int) = { outside, other };

__attribute__((noinline)) static int inner(int x)
{
    return table[x & 1](x) + counter;
}

__attribute__((weak)) int alias_of(int x)
{
    return inner(x) + outside(x);
}

int visible(int x)
{
    return alias_of(x) * other(x + 1);
}

__attribute__((section(".init.text"))) int starts(int x)
{
    return visible(x) + x;
}

void _start(void)
{
    counter = starts(counter);
    for (;;)
        continue;
}
