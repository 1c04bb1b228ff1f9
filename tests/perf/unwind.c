/* unwind.c: stacks that are hard to walk, for live recordings with dumps of the stack.
 * Usage: unwind frames | deep | signals | altstack | vdso | gone FILE.so | jit | bare | inlined
 *
 *   frames    frames of every shape: large, of variable size, variadic, called back from libc
 *   deep      300 calls within each other
 *   signals   a handler that works, behind raise() and wherever a timer finds the program
 *   altstack  the same on a signal stack of its own, which a dump cannot go beyond
 *   vdso      the clock, asked again and again
 *   gone      a library (load.c with -DPLUGIN, copied) that is deleted once it is loaded
 *   jit       code that is made at run time and calls back, without call-frame information: with a
 *             frame pointer and without one; x86-64 alone
 *   bare      the same in assembly: the program has call-frame information, these functions do not
 *   inlined   functions within functions, in a recursion and in loops; nothing of libc
 *
 * Each runs for about 0.3 s of CPU time and stops by itself. What is a FRAME stays one at any level
 * of optimization, what is INLINED does not. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define FRAME __attribute__((noinline))
#define INLINED inline __attribute__((always_inline))

static volatile unsigned sink;

static INLINED unsigned step(unsigned h)
{
    return h * 31 + (h >> 3);
}

static FRAME unsigned spin(unsigned rounds)
{
    unsigned h = rounds;
    for (unsigned i = 0; i < rounds * 1000; i++)
        h = step(h);
    sink += h;
    return h;
}

/* --- frames, deep ----------------------------------------------------------------------------- */

static FRAME unsigned variable_frame(unsigned size, unsigned rounds)
{
    char room[size];
    memset(room, (int)rounds, size);
    return spin(rounds) + (unsigned char)room[size / 2];
}

/* The kernel's dump ends at a page that was never touched. */
static FRAME unsigned large_frame(unsigned rounds)
{
    volatile char room[20000];
    for (unsigned i = 0; i < sizeof room; i += 1000)
        room[i] = 1;
    return variable_frame(100 + rounds % 900, rounds) + (unsigned)room[rounds];
}

static FRAME unsigned variadic(unsigned count, ...)
{
    va_list list;
    unsigned sum = 0;
    va_start(list, count);
    for (unsigned i = 0; i < count; i++)
        sum += large_frame(va_arg(list, unsigned));
    va_end(list);
    return sum;
}

/* Many values live across the calls: callee-saved registers are pushed. */
static FRAME unsigned saves_registers(unsigned a, unsigned b, unsigned c, unsigned d)
{
    const unsigned e = step(a), f = step(b), g = step(c), h = step(d);
    unsigned sum = variadic(2, 400 + a % 3, 700 + b % 3);
    sum += spin(200) * e + f;
    sum += spin(100) * g + h;
    return sum + a + b + c + d + e * f * g * h;
}

static int compare(const void *a, const void *b)
{
    const unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
    sink += spin(1);
    return (x > y) - (x < y);
}

static FRAME void frames(void)
{
    unsigned values[2000];
    for (unsigned round = 0; round < 60; round++)
        sink += saves_registers(round, round + 1, round + 2, round + 3);
    for (unsigned i = 0; i < 2000; i++)
        values[i] = i * 2654435761u;
    qsort(values, 2000, sizeof *values, compare);
    char text[64];
    for (unsigned i = 0; i < 150000; i++)
        sink += (unsigned)snprintf(text, sizeof text, "%u %s %.3f", i, "text", i / 7.0);
}

static FRAME unsigned deep(unsigned depth)
{
    volatile char room[40];
    room[depth % 40] = (char)depth;
    return depth ? deep(depth - 1) + (unsigned)room[depth % 40] : spin(150000);
}

/* --- inlined ---------------------------------------------------------------------------------- */

static INLINED unsigned twice(unsigned h)
{
    return step(step(h)) + 1;
}

static INLINED unsigned many(unsigned h, unsigned rounds)
{
    for (unsigned i = 0; i < rounds; i++)
        h = twice(h) ^ step(h + i);
    return h;
}

static FRAME unsigned recursion(unsigned depth, unsigned h)
{
    h = many(h, 1000);
    if (depth)
        h = twice(recursion(depth - 1, h));
    return h;
}

static INLINED unsigned outer(unsigned round)
{
    return recursion(round % 12, round) + many(round, 500);
}

static FRAME void inlined(void)
{
    for (unsigned round = 0; round < 9000; round++)
        sink += outer(round);
}

/* --- signals, altstack ------------------------------------------------------------------------ */

static void handler(int number)
{
    sink += spin(1000 + (unsigned)number);
}

static FRAME void signals(int flags)
{
    struct sigaction action = { .sa_handler = handler, .sa_flags = flags };
    const struct itimerval soon = { { 0, 4000 }, { 0, 4000 } };
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGPROF, &action, NULL);
    for (int i = 0; i < 60; i++)
        raise(SIGUSR1);
    setitimer(ITIMER_PROF, &soon, NULL);
    spin(150000);
    setitimer(ITIMER_PROF, &(struct itimerval){ { 0, 0 }, { 0, 0 } }, NULL);
}

static FRAME void altstack(void)
{
    const stack_t own = { .ss_sp = malloc(65536), .ss_size = 65536 };
    if (!own.ss_sp || sigaltstack(&own, NULL) != 0)
        exit(1);
    signals(SA_ONSTACK);
}

/* --- vdso, gone, jit -------------------------------------------------------------------------- */

static FRAME void vdso(void)
{
    struct timespec t;
    for (unsigned i = 0; i < 8000000; i++) {
        clock_gettime(CLOCK_MONOTONIC, &t);
        sink += (unsigned)t.tv_nsec;
    }
}

static FRAME void gone(const char *path)
{
    void *handle = dlopen(path, RTLD_NOW);
    if (!handle || unlink(path) != 0)
        exit(1);
    unsigned (*run)(unsigned);
    *(void **)&run = dlsym(handle, "plugin_run");
    sink += run(150000);
}

static void called_back(void)
{
    sink += spin(150000);
}

typedef void calls(void (*function)(void));

static FRAME calls *jitted(const unsigned char *code, size_t size)
{
    void *room = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED)
        exit(1);
    memcpy(room, code, size);
    mprotect(room, 4096, PROT_READ | PROT_EXEC);
    calls *made;
    memcpy(&made, &room, sizeof made);
    return made;
}

#ifdef __x86_64__
__asm__(".text\n"
        ".type bare_with_pointer, @function\n"
        "bare_with_pointer: push %rbp; mov %rsp, %rbp; call *%rdi; pop %rbp; ret\n"
        ".size bare_with_pointer, . - bare_with_pointer\n"
        ".type bare_without, @function\n"
        "bare_without: sub $24, %rsp; call *%rdi; add $24, %rsp; ret\n"
        ".size bare_without, . - bare_without\n");
calls bare_with_pointer, bare_without;
#endif

static FRAME void bare(void)
{
#ifdef __x86_64__
    bare_with_pointer(called_back);
    bare_without(called_back);
#endif
}

static FRAME void jit(void)
{
#ifdef __x86_64__
    /* push %rbp; mov %rsp,%rbp; call *%rdi; pop %rbp; ret */
    static const unsigned char with[] = { 0x55, 0x48, 0x89, 0xe5, 0xff, 0xd7, 0x5d, 0xc3 };
    /* sub $24,%rsp; call *%rdi; add $24,%rsp; ret */
    static const unsigned char without[] = { 0x48, 0x83, 0xec, 0x18, 0xff, 0xd7,
                                             0x48, 0x83, 0xc4, 0x18, 0xc3 };
    jitted(with, sizeof with)(called_back);
    jitted(without, sizeof without)(called_back);
#endif
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "frames") == 0)
        frames();
    else if (strcmp(what, "deep") == 0)
        sink += deep(300);
    else if (strcmp(what, "signals") == 0)
        signals(SA_RESTART);
    else if (strcmp(what, "altstack") == 0)
        altstack();
    else if (strcmp(what, "vdso") == 0)
        vdso();
    else if (strcmp(what, "gone") == 0 && argc > 2)
        gone(argv[2]);
    else if (strcmp(what, "jit") == 0)
        jit();
    else if (strcmp(what, "bare") == 0)
        bare();
    else if (strcmp(what, "inlined") == 0)
        inlined();
    else
        return 2;
    return 0;
}
