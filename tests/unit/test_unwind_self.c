/* test_unwind_self.c: a walk over this process's own stack, beside what the C library's own
 * unwinder finds: through a library's code and a signal handler, to the root. x86-64 with glibc. */
#define _GNU_SOURCE
#include "cfi.h"
#include "check.h"
#include "unwind.h"

#include <stdlib.h>

#if defined __x86_64__ && defined __GLIBC__

#include <execinfo.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <ucontext.h>
#include <unistd.h>

enum { MAPS_MAX = 32, CAP = 64, STACK_MAX = 1 << 16 };

/* A mapped part of a file. */
struct map {
    uint64_t start, end, offset;
    struct flame_object object;
    struct flame_cfi *cfi;
};

/* What the handler has seen: the registers and the stack below it, and the library's answer. */
struct seen {
    ucontext_t context;
    uint8_t stack[STACK_MAX];
    size_t stack_size;
    void *callers[CAP];
    int caller_count;
};

struct process {
    struct map maps[MAPS_MAX];
    size_t count;
};

static struct seen *seen; /* a handler has no other way */

/* The executable parts of files that this process has mapped. */
static void add_maps(struct process *p)
{
    char line[1024], path[800];
    FILE *maps = fopen("/proc/self/maps", "r");
    assert_non_null(maps);
    while (p->count < MAPS_MAX && fgets(line, sizeof line, maps)) {
        struct map *m = &p->maps[p->count];
        struct flame_file file = { 0 };
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " r-xp %" SCNx64 " %*s %*s %799s", &m->start,
                   &m->end, &m->offset, path) != 4 ||
            flame_file_open(&file, path, NULL) != FLAME_OK)
            continue;
        p->count++;
        assert_true(flame_vec_push(&m->object.files, file));
        assert_int_equal(flame_cfi_open(&m->cfi, &m->object), FLAME_OK);
    }
    fclose(maps);
}

static void forget(struct process *p)
{
    for (size_t i = 0; i < p->count; i++) {
        flame_cfi_close(p->maps[i].cfi);
        flame_object_deinit(&p->maps[i].object);
    }
    free(p);
}

static bool code(void *user, uint64_t pc, struct flame_unwind_code *out)
{
    struct process *p = user;
    *out = (struct flame_unwind_code){ NULL, FLAME_END_UNMAPPED, 0, 0 };
    for (size_t i = 0; i < p->count; i++) {
        struct map *m = &p->maps[i];
        if (pc < m->start || pc >= m->end)
            continue;
        out->why = FLAME_END_NO_CFI;
        out->bias = m->start - m->offset;
        return flame_cfi_rule(m->cfi, pc - out->bias, &out->rule) == FLAME_OK;
    }
    return true;
}

/* The copy is made by the kernel: what lies between a sanitizer's variables is no business of
 * its. */
static void look(int number)
{
    (void)number;
    int memory = open("/proc/self/mem", O_RDONLY);
    getcontext(&seen->context);
    ssize_t size =
        pread(memory, seen->stack, STACK_MAX, (off_t)seen->context.uc_mcontext.gregs[REG_RSP]);
    seen->stack_size = size > 0 ? (size_t)size : 0;
    seen->caller_count = backtrace(seen->callers, CAP);
    close(memory);
}

static int compare(const void *a, const void *b)
{
    if (seen->stack_size == 0)
        raise(SIGUSR1);
    return *(const int *)a - *(const int *)b;
}

static struct flame_unwind_registers sampled(const ucontext_t *context)
{
    static const uint8_t places[][2] = { { 0, REG_RAX },  { 1, REG_RDX },  { 2, REG_RCX },
                                         { 3, REG_RBX },  { 4, REG_RSI },  { 5, REG_RDI },
                                         { 6, REG_RBP },  { 7, REG_RSP },  { 8, REG_R8 },
                                         { 9, REG_R9 },   { 10, REG_R10 }, { 11, REG_R11 },
                                         { 12, REG_R12 }, { 13, REG_R13 }, { 14, REG_R14 },
                                         { 15, REG_R15 }, { 16, REG_RIP } };
    struct flame_unwind_registers registers = { .known = { 0x1ffff } };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        registers.value[places[i][0]] = (uint64_t)context->uc_mcontext.gregs[places[i][1]];
    registers.pc = registers.value[16];
    return registers;
}

TEST(a_walk_finds_the_callers_that_the_c_library_finds)
{
    int numbers[] = { 3, 1, 2 };
    seen = calloc(1, sizeof *seen);
    struct process *p = calloc(1, sizeof *p);
    assert_true(seen && p);
    void *warm[1];
    backtrace(warm, 1); /* loads a library */
    add_maps(p);
    signal(SIGUSR1, look);
    qsort(numbers, 3, sizeof *numbers, compare);
    signal(SIGUSR1, SIG_DFL);
    assert_true(seen->stack_size > 0);

    struct flame_unwind_registers registers = sampled(&seen->context);
    struct flame_unwind_world world = { .arch = &flame_arch_x86_64,
                                        .stack = seen->stack,
                                        .stack_size = seen->stack_size,
                                        .user = p,
                                        .code = code };
    uint64_t pcs[CAP];
    struct flame_unwound end;
    assert_true(flame_unwind(&world, &registers, pcs, CAP, &end));
    assert_int_equal(end.why, FLAME_END_ROOT);
    /* A sanitizer's backtrace() is a frame, too. */
    size_t more = (size_t)seen->caller_count - end.count;
    assert_in_range(more, 0, 1);
    size_t exact = 0;
    for (size_t i = 1; i < end.count; i++) {
        uint64_t above = pcs[i] - (uintptr_t)seen->callers[more + i];
        assert_in_range(above, 0, 1);
        exact += above;
    }
    assert_int_equal(exact, 2); /* the handler's return, and what it interrupted */
    forget(p);
    free(seen);
}

#else

static void a_walk_finds_the_callers_that_the_c_library_finds(void **state)
{
    (void)state;
    skip();
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_walk_finds_the_callers_that_the_c_library_finds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
