/* program.c: a few functions whose frames differ, without a C library.
 *
 * Runs once, the same way on every architecture, and ends in die(). record.sh compiles it and stops
 * in it. Each function is compiled as if nothing were known of the others (noipa). */
#define KEEP __attribute__((noipa))

#if defined(__x86_64__)
enum { EXIT = 231, SIGACTION = 13, SA_RESTORER = 0x04000000 };
#define SYSTEM(number, a, b, c, d)                                                                 \
    ({                                                                                             \
        register long r10 __asm__("r10") = (d);                                                    \
        long result = (number);                                                                    \
        __asm__ volatile("syscall"                                                                 \
                         : "+a"(result)                                                            \
                         : "D"((long)(a)), "S"((long)(b)), "d"((long)(c)), "r"(r10)                \
                         : "rcx", "r11", "memory");                                                \
        result;                                                                                    \
    })
#define FAULT "ud2"
__asm__(".text; .globl _start; .type _start, @function; _start:\n"
        ".cfi_startproc; .cfi_undefined rip\n"
        "xor %ebp, %ebp; and $-16, %rsp; call program\n"
        ".cfi_endproc; .size _start, . - _start");

/* As in glibc: the caller's registers are in the ucontext_t at the stack pointer, each found by an
 * expression, and the information begins one byte early, at the nop, because the handler's return
 * address is looked up one less. breg7 is the stack pointer. */
/* clang-format off */
#define AT(column, offset) \
    ".cfi_escape 0x10, " #column ", 4, 0x77, (" #offset " & 0x7f) | 0x80, " #offset " >> 7, 0x96\n"
__asm__(".cfi_startproc; .cfi_signal_frame\n"
        ".cfi_escape 0x0f, 4, 0x77, (160 & 0x7f) | 0x80, 160 >> 7, 6\n" /* CFA: its rsp */
        AT(8, 40) AT(9, 48) AT(10, 56) AT(11, 64) AT(12, 72) AT(13, 80) AT(14, 88) AT(15, 96)
        AT(5, 104) AT(4, 112) AT(6, 120) AT(3, 128) AT(1, 136) AT(0, 144) AT(2, 152) AT(7, 160)
        AT(16, 168)
        "nop; .type restore, @function; restore: mov $15, %rax; syscall\n"
        ".cfi_endproc; .size restore, . - restore");
/* clang-format on */

#elif defined(__i386__)
enum { EXIT = 252, SIGACTION = 174, SA_RESTORER = 0x04000000 };
#define SYSTEM(number, a, b, c, d)                                                                 \
    ({                                                                                             \
        long result = (number);                                                                    \
        __asm__ volatile("int $0x80"                                                               \
                         : "+a"(result)                                                            \
                         : "b"((long)(a)), "c"((long)(b)), "d"((long)(c)), "S"((long)(d))          \
                         : "memory");                                                              \
        result;                                                                                    \
    })
#define FAULT "ud2"
__asm__(".text; .globl _start; .type _start, @function; _start:\n"
        ".cfi_startproc; .cfi_undefined eip\n"
        "xor %ebp, %ebp; and $-16, %esp; call program\n"
        ".cfi_endproc; .size _start, . - _start");

/* As on x86-64. The handler's three arguments and the siginfo_t lie below the ucontext_t. */
/* clang-format off */
#define AT(column, offset) \
    ".cfi_escape 0x10, " #column ", 4, 0x74, (" #offset " & 0x7f) | 0x80, " #offset " >> 7, 0x96\n"
__asm__(".cfi_startproc; .cfi_signal_frame\n"
        ".cfi_escape 0x0f, 4, 0x74, (188 & 0x7f) | 0x80, 188 >> 7, 6\n" /* CFA: its esp */
        AT(7, 176) AT(6, 180) AT(5, 184) AT(4, 188) AT(3, 192) AT(2, 196) AT(1, 200) AT(0, 204)
        AT(8, 216)
        "nop; .type restore, @function; restore: mov $173, %eax; int $0x80\n"
        ".cfi_endproc; .size restore, . - restore");
/* clang-format on */

#elif defined(__aarch64__)
enum { EXIT = 94, SIGACTION = 134, SA_RESTORER = 0x04000000 };
#define SYSTEM(number, a, b, c, d)                                                                 \
    ({                                                                                             \
        register long x8 __asm__("x8") = (number), x0 __asm__("x0") = (long)(a);                   \
        register long x1 __asm__("x1") = (long)(b), x2 __asm__("x2") = (long)(c);                  \
        register long x3 __asm__("x3") = (d);                                                      \
        __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");     \
        x0;                                                                                        \
    })
#define FAULT ".inst 0"
__asm__(".text; .globl _start; .type _start, %function; _start:\n"
        ".cfi_startproc; .cfi_undefined x30\n"
        "mov x29, #0; bl program\n"
        ".cfi_endproc; .size _start, . - _start");

/* In the kernel's vdso this has no information that names the pc. Here it has: column 32 is the
 * pc. siginfo_t is 128 bytes long; x0 lies 184 bytes into the ucontext_t. */
__asm__(".cfi_startproc; .cfi_signal_frame; .cfi_return_column 32; .cfi_def_cfa sp, 0\n"
        ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,"
        " 23, 24, 25, 26, 27, 28, 29, 30, 31, 32\n"
        ".cfi_offset \\n, 312 + 8 * \\n\n"
        ".endr\n"
        "nop; .type restore, %function; restore: mov x8, #139; svc #0\n"
        ".cfi_endproc; .size restore, . - restore");

#elif defined(__arm__)
enum { EXIT = 248, SIGACTION = 174, SA_RESTORER = 0x04000000 };
/* Thumb keeps its frame pointer in r7, where the number of the system call goes. */
#define SYSTEM(number, a, b, c, d)                                                                 \
    ({                                                                                             \
        register long r0 __asm__("r0") = (long)(a), r1 __asm__("r1") = (long)(b);                  \
        register long r2 __asm__("r2") = (long)(c), r3 __asm__("r3") = (d);                        \
        register long r12 __asm__("r12") = (number);                                               \
        __asm__ volatile("mov r4, r7\n mov r7, r12\n svc #0\n mov r7, r4"                          \
                         : "+r"(r0)                                                                \
                         : "r"(r12), "r"(r1), "r"(r2), "r"(r3)                                     \
                         : "r4", "memory");                                                        \
        r0;                                                                                        \
    })
#define FAULT "udf #0"
#ifdef EXIDX
#define TABLE(directives) directives
#else
#define TABLE(directives)
#endif
__asm__(".text; .globl _start; .type _start, %function; _start:\n" TABLE(
    ".fnstart; .cantunwind\n") ".cfi_startproc; .cfi_undefined lr\n"
                               "mov r11, #0; bl program\n" TABLE(
                                   ".fnend\n") ".cfi_endproc; .size _start, . - _start");

/* Column 15 is the pc. siginfo_t is 128 bytes long; r0 lies 32 bytes into the ucontext_t. In the
 * other tables, as in glibc, the frame is an entry's that pops all of it. */
__asm__(TABLE(".fnstart; .save {r0-r15}; .pad #160\n") ".cfi_startproc; .cfi_signal_frame; "
                                                       ".cfi_return_column 15; .cfi_def_cfa sp, 0\n"
                                                       ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, "
                                                       "11, 12, 13, 14, 15\n"
                                                       ".cfi_offset \\n, 160 + 4 * \\n\n"
                                                       ".endr\n"
                                                       "nop; .type restore, %function; restore: "
                                                       "mov r7, #173; svc #0\n" TABLE(
                                                           ".fnend\n") ".cfi_endproc; .size "
                                                                       "restore, . - restore");

#elif defined(__riscv)
enum { EXIT = 94, SIGACTION = 134 };
#define SYSTEM(number, a, b, c, d)                                                                 \
    ({                                                                                             \
        register long a7 __asm__("a7") = (number), a0 __asm__("a0") = (long)(a);                   \
        register long a1 __asm__("a1") = (long)(b), a2 __asm__("a2") = (long)(c);                  \
        register long a3 __asm__("a3") = (d);                                                      \
        __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2), "r"(a3) : "memory");      \
        a0;                                                                                        \
    })
#define FAULT "unimp"
__asm__(".text; .globl _start; .type _start, @function; _start:\n"
        ".cfi_startproc; .cfi_undefined ra\n"
        "call program\n"
        ".cfi_endproc; .size _start, . - _start");
#endif

/* Keeps nothing, calls nothing. */
KEEP unsigned leaf(unsigned a)
{
    return a * 3 + 1;
}

/* A frame whose size is known when it runs: the CFA is found through the frame pointer. */
KEEP unsigned variable(unsigned size)
{
    unsigned char *room = __builtin_alloca(size);
    __asm__ volatile("" ::"r"(room) : "memory");
    unsigned result = leaf(size);
    return result + room[0];
}

/* Its values outlive a call: they go to registers that the function has to save. */
KEEP unsigned saving(unsigned a, unsigned b, unsigned c, unsigned d)
{
    unsigned w = a * b, x = b * c, y = c * d, z = a ^ d;
    unsigned result = variable(17 + (a & 7));
    return (result ^ w) + (result ^ x) * y + z;
}

KEEP unsigned recursion(unsigned depth, unsigned a)
{
    if (depth == 0)
        return saving(a, a + 1, a + 2, a + 3) + a;
    unsigned result = recursion(depth - 1, a + depth);
    __asm__ volatile("" : "+r"(result)); /* no loop may be made of it */
    return result + depth;
}

KEEP __attribute__((noreturn)) void die(void)
{
    SYSTEM(EXIT, 0, 0, 0, 0);
    __builtin_unreachable();
}

/* The call is the last instruction: its return address is in the next function. */
KEEP __attribute__((noreturn)) void finish(void)
{
    leaf(1);
    die();
}

KEEP void handler(int signal, void *info, void *context)
{
    (void)info;
    (void)context;
    leaf((unsigned)signal);
    finish();
}

/* Interrupted by a signal in its first instruction: the byte before belongs to another function. */
KEEP void faulting(void)
{
    __asm__ volatile(FAULT);
}

KEEP void provoking(void)
{
    faulting();
    __asm__ volatile("");
}

enum { SIGILL = 4, SA_SIGINFO = 4 };

KEEP void installing(void)
{
#ifdef __riscv
    struct {
        void (*handler)(int, void *, void *);
        unsigned long flags, mask[2];
    } action = { handler, SA_SIGINFO, { 0 } };
#else
    extern __attribute__((visibility("hidden"))) void restore(void);
    struct {
        void (*handler)(int, void *, void *);
        unsigned long flags;
        void (*restorer)(void);
        unsigned long mask[2];
    } action = { handler, SA_SIGINFO | SA_RESTORER, restore, { 0 } };
#endif
    SYSTEM(SIGACTION, SIGILL, &action, 0, 8);
}

KEEP __attribute__((noreturn)) void program(void)
{
    recursion(2, 5);
    installing();
    provoking();
    die();
}
