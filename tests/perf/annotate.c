/* annotate.c: functions that are awkward to annotate; the program takes about 0.5 s.
 *
 *   table     a jump table's dispatch
 *   vectors   loops that the compiler unrolls and pads
 *   inlined   all of it inlined from elsewhere
 *   island    bytes that are no instructions, in the middle of the code (x86-64 alone)
 *   twin      there is a second one of this name, from this file compiled with -DSECOND
 *   copies    the hits are libc's
 *   faults    page faults, for a second event */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define FRAME __attribute__((noinline))

enum { ROUNDS = 6000000 };

uint64_t second(uint64_t h);

static FRAME uint64_t twin(uint64_t h)
{
#ifdef SECOND
    for (unsigned i = 0; i < 2 * ROUNDS; i++)
        h = (h >> 3) ^ (h * 33) ^ i;
#else
    for (unsigned i = 0; i < 2 * ROUNDS; i++)
        h = h * 17 + (h >> 5) + i;
#endif
    return h;
}

#ifdef SECOND

uint64_t second(uint64_t h)
{
    return twin(h) + 1;
}

#else

static volatile uint64_t sink;

static FRAME uint64_t table(uint64_t h)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        switch ((h >> 13) % 8) {
        case 0:
            h += 3;
            break;
        case 1:
            h ^= h << 7;
            break;
        case 2:
            h -= i;
            break;
        case 3:
            h *= 31;
            break;
        case 4:
            h = ~h;
            break;
        case 5:
            h ^= h >> 9;
            break;
        case 6:
            h += h << 3;
            break;
        default:
            h = h * 5 + 1;
            break;
        }
    }
    return h;
}

static FRAME uint64_t vectors(void)
{
    static uint32_t a[4096], b[4096];
    uint64_t sum = 0;
    for (unsigned round = 0; round < ROUNDS / 400; round++) {
        for (unsigned i = 0; i < 4096; i++)
            a[i] = a[i] * 3 + b[i] + round;
        for (unsigned i = 0; i < 4096; i++)
            sum += a[i] ^ b[i];
    }
    return sum;
}

static inline __attribute__((always_inline)) uint64_t mix(uint64_t h, unsigned i)
{
    return (h ^ i) * UINT64_C(0x9e3779b97f4a7c15);
}

static inline __attribute__((always_inline)) uint64_t twice(uint64_t h, unsigned i)
{
    return mix(mix(h, i), ~i);
}

static FRAME uint64_t inlined(uint64_t h)
{
    for (unsigned i = 0; i < 3 * ROUNDS; i++)
        h = twice(h, i);
    return h;
}

#ifdef __x86_64__
uint64_t island(uint64_t rounds);
__asm__(".text\n"
        ".globl island\n"
        ".type island, @function\n"
        "island:\n"
        "    xor %eax, %eax\n"
        "1:  add $1, %rax\n"
        "    jmp 2f\n"
        "    .byte 0x06, 0x62, 0xff, 0x0f, 0xff\n" /* none in 64 bits */
        "    .zero 24\n"
        "    .fill 16, 1, 0x90\n"            /* by here everybody is in step again */
        "2:  .byte 0x66, 0x66, 0x66, 0x90\n" /* prefixes that change nothing */
        "    lock addq $1, -8(%rsp)\n"
        "    cmp %rdi, %rax\n"
        "    jb 1b\n"
        "    ret\n"
        "    .byte 0x0f\n" /* the first byte of two */
        ".size island, . - island\n");
#else
static FRAME uint64_t island(uint64_t rounds)
{
    while (rounds-- > 0)
        sink++;
    return sink;
}
#endif

static FRAME uint64_t copies(void)
{
    enum { SIZE = 1 << 16 };
    char *from = calloc(1, SIZE), *to = calloc(1, SIZE);
    uint64_t sum = 0;
    for (unsigned i = 0; from && to && i < ROUNDS / 400; i++) {
        memcpy(to, from, SIZE - i % 100);
        sum += strlen(memset(from, 'a', SIZE - 1)) + (unsigned)memcmp(from, to, SIZE);
    }
    free(from);
    free(to);
    return sum;
}

static FRAME uint64_t faults(void)
{
    const size_t size = (size_t)4 << 20;
    uint64_t sum = 0;
    for (unsigned round = 0; round < 10; round++) {
        char *area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        for (size_t i = 0; area != MAP_FAILED && i < size; i += 4096)
            sum += (uint64_t)++area[i];
        if (area != MAP_FAILED)
            munmap(area, size);
    }
    return sum;
}

int main(void)
{
    uint64_t h = table(sink);
    h += vectors() + inlined(h) + island(2 * ROUNDS) + twin(h) + second(h) + copies() + faults();
    sink = h;
    return 0;
}

#endif
