/* matrix.c: a program, and with -DLIBRARY its library, that spend their time in one static function
 * each. -DNAME(x)=wrong_##x makes them anew under other names. */
#ifndef NAME
#define NAME(x) right_##x
#endif

unsigned NAME(lib_entry)(unsigned n);

#ifdef LIBRARY
static __attribute__((noinline)) unsigned NAME(lib_static)(unsigned n)
{
    volatile unsigned sum = 0;
    for (unsigned i = 0; i < n; i++)
        sum += i * n;
    return sum;
}

unsigned NAME(lib_entry)(unsigned n)
{
    return NAME(lib_static)(n) + 1;
}

/* What the program was linked with. */
#ifdef WRONG
unsigned right_lib_entry(unsigned n);
unsigned right_lib_entry(unsigned n)
{
    return NAME(lib_entry)(n);
}
#endif
#else
static __attribute__((noinline)) unsigned NAME(prog_static)(unsigned n)
{
    volatile unsigned sum = 0;
    for (unsigned i = 0; i < n; i++)
        sum += i ^ n;
    return sum;
}

int main(int argc, char **argv)
{
    unsigned sum = 0;
    (void)argv;
    for (unsigned i = 0; i < 40; i++)
        sum += NAME(prog_static)(8000000u + (unsigned)argc) + right_lib_entry(8000000u);
    return sum == 42;
}

#endif
