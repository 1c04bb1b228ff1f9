/* jit.c: a JIT compiler of one loop, for jitdump.test.sh: it notes what it makes in jit-PID.dump in
 * the folder it is told, as the specification of perf asks for.
 *
 *     jit FOLDER
 *
 * The same address is used again and again under other names, and one method is moved. Exits with
 * 77 on machines whose loop it does not know. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#if defined(__x86_64__)
enum { MACHINE = 62 };
/* mov $50000000,%ecx; 1: dec %ecx; jne 1b; ret */
static const uint8_t loop[] = { 0xb9, 0x80, 0xf0, 0xfa, 0x02, 0xff, 0xc9, 0x75, 0xfc, 0xc3 };
#elif defined(__aarch64__)
enum { MACHINE = 183 };
/* mov w0, #0x2fa0000; 1: subs w0, w0, #1; b.ne 1b; ret */
static const uint8_t loop[] = { 0x40, 0x5f, 0xa0, 0x52, 0x00, 0x04, 0x00, 0x71,
                                0xe1, 0xff, 0xff, 0x54, 0xc0, 0x03, 0x5f, 0xd6 };
#else
enum { MACHINE = 0 };
static const uint8_t loop[1];
#endif

static FILE *dump;

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void u32(uint32_t v)
{
    fwrite(&v, sizeof v, 1, dump);
}

static void u64(uint64_t v)
{
    fwrite(&v, sizeof v, 1, dump);
}

static void header(void)
{
    const uint32_t words[] = { 0x4a695444, 1, 40, MACHINE, 0, (uint32_t)getpid() };
    fwrite(words, sizeof words, 1, dump);
    u64(now());
    u64(0);
}

static void begin(uint32_t type, size_t size)
{
    u32(type);
    u32((uint32_t)size);
    u64(now());
    u32((uint32_t)getpid());
    u32((uint32_t)getpid());
}

/* Make code at address, note it, and run it. */
static void run(uint8_t *at, uint64_t index, const char *name)
{
    memcpy(at, loop, sizeof loop);
    __builtin___clear_cache((char *)at, (char *)at + sizeof loop);
    begin(0, 56 + strlen(name) + 1 + sizeof loop);
    u64((uintptr_t)at);
    u64((uintptr_t)at);
    u64(sizeof loop);
    u64(index);
    fwrite(name, strlen(name) + 1, 1, dump);
    fwrite(loop, sizeof loop, 1, dump);
    fflush(dump);
    void (*f)(void);
    memcpy(&f, &at, sizeof f);
    f();
}

static void move(uint8_t *to, const uint8_t *from, uint64_t index)
{
    memcpy(to, from, sizeof loop);
    __builtin___clear_cache((char *)to, (char *)to + sizeof loop);
    begin(1, 64);
    u64((uintptr_t)to);
    u64((uintptr_t)from);
    u64((uintptr_t)to);
    u64(sizeof loop);
    u64(index);
    fflush(dump);
    void (*f)(void);
    memcpy(&f, &to, sizeof f);
    f();
}

int main(int argc, char **argv)
{
    static const char *const names[] = {
        "first",
        "second one",
        "_ZN3app4workEi",
        "Ljava/lang/String;indexOf([CII)I",
        "LMain;<init>([Ljava/lang/String;ZJ)V",
        "JS:*run file:///app/a.js:1:1",
    };
    char path[4096];
    if (MACHINE == 0)
        return 77;
    snprintf(path, sizeof path, "%s/jit-%d.dump", argc > 1 ? argv[1] : ".", (int)getpid());
    dump = fopen(path, "w+");
    int prot = PROT_READ | PROT_WRITE | PROT_EXEC, flags = MAP_PRIVATE | MAP_ANONYMOUS;
    uint8_t *code = mmap(NULL, 8192, prot, flags, -1, 0);
    if (!dump || code == MAP_FAILED)
        return 1;
    header();
    fflush(dump);
    /* What the recording is told by. */
    if (mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fileno(dump), 0) == MAP_FAILED)
        return 1;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        run(code + 64 * (i % 2), i, names[i]);
        mprotect(code, 4096, prot & ~PROT_WRITE); /* a map of this memory is recorded anew */
        mprotect(code, 4096, prot);
    }
    move(code + 1024, code, 4);
    fclose(dump);
    return 0;
}
