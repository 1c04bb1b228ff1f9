/* runtime.c: program start, threads, memory and output by system calls alone (x86-64 Linux).
 *
 * Source: the man pages of clone(2), futex(2), mmap(2), prctl(2); System V ABI for x86-64. */
#include "runtime.h"

enum {
    SYS_WRITE = 1,
    SYS_MMAP = 9,
    SYS_EXIT = 60,
    SYS_PRCTL = 157,
    SYS_FUTEX = 202,
    SYS_EXIT_GROUP = 231,
    STACK_SIZE = 256 * 1024,
    /* CLONE_VM FS FILES SIGHAND THREAD SYSVSEM PARENT_SETTID CHILD_CLEARTID */
    CLONE_FLAGS = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000 | 0x100000 | 0x200000,
};

int main(void);

static inline long system_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

/* A zero frame pointer is where a walk along frame pointers ends. clone: rdi stack top, rsi flags,
 * rdx the word to clear at the end; the child finds its function on its new stack. */
__asm__(".globl _start\n"
        ".type _start, @function\n"
        "_start:\n"
        "    xor %ebp, %ebp\n"
        "    and $-16, %rsp\n"
        "    call start_main\n"
        "    hlt\n"
        ".size _start, .-_start\n"
        ".globl clone\n"
        ".type clone, @function\n"
        "clone:\n"
        "    mov $56, %eax\n"
        "    mov %rdx, %r10\n"
        "    xchg %rdi, %rsi\n"
        "    syscall\n"
        "    test %eax, %eax\n"
        "    jz 1f\n"
        "    ret\n"
        "1:  xor %ebp, %ebp\n"
        "    pop %rdi\n"
        "    pop %rsi\n"
        "    call start_thread\n"
        "    hlt\n"
        ".size clone, .-clone\n"
        ".section .note.GNU-stack,\"\",@progbits\n"
        ".text\n");

long clone(void *stack_top, long flags, volatile int *clear);

FRAME void start_main(void)
{
    system_call(SYS_EXIT_GROUP, main(), 0, 0, 0, 0, 0);
}

FRAME void start_thread(void (*run)(void), const char *name)
{
    system_call(SYS_PRCTL, 15 /* PR_SET_NAME */, (long)name, 0, 0, 0, 0);
    run();
    system_call(SYS_EXIT, 0, 0, 0, 0, 0, 0);
}

void thread_start(struct thread *thread, const char *name, void (*run)(void))
{
    uintptr_t *top = (uintptr_t *)((char *)allocate(STACK_SIZE) + STACK_SIZE) - 2;
    top[0] = (uintptr_t)run;
    top[1] = (uintptr_t)name;
    thread->running = 1;
    if (clone(top, CLONE_FLAGS, &thread->running) < 0)
        system_call(SYS_EXIT_GROUP, 1, 0, 0, 0, 0, 0);
}

void thread_join(struct thread *thread)
{
    for (int seen; (seen = thread->running) != 0;)
        system_call(SYS_FUTEX, (long)&thread->running, 0 /* FUTEX_WAIT */, seen, 0, 0, 0);
}

void *allocate(size_t size)
{
    /* PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS */
    long at = system_call(SYS_MMAP, 0, (long)size, 3, 0x22, -1, 0);
    if (at < 0)
        system_call(SYS_EXIT_GROUP, 1, 0, 0, 0, 0, 0);
    return (void *)at;
}

void print(const char *text, size_t size)
{
    system_call(SYS_WRITE, 1, (long)text, (long)size, 0, 0, 0);
}

/* The compiler may call these two by itself. */
FRAME void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    char *t = to;
    const char *f = from;
    while (size--)
        *t++ = *f++;
    return to;
}

FRAME void *memset(void *to, int byte, size_t size)
{
    char *t = to;
    while (size--)
        *t++ = (char)byte;
    return to;
}
