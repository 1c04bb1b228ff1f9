/* exhausted.c: when memory is exhausted in a library that cannot bear it.
 *
 * Everything here takes a NULL from malloc for what it is. libdw and libelf do not: they end the
 * process, or use it. So what they ask for goes through here (the program's malloc comes before
 * libc's), and if it is not there, the program says so and ends as it would have a little later.
 * Whatever else asks gets its NULL. Source: elfutils 0.188; the C library's manual, "Replacing
 * malloc"; dladdr(3); for .preinit_array the System V ABI, "Initialization and Termination
 * Functions". */
#define _GNU_SOURCE /* dladdr, RTLD_NEXT */
#include "command.h"
#include "memory_limit.h"

#if defined __GLIBC__ && !defined FLAME_MALLOC_IS_TAKEN

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

/* What is behind this: libc, or what was loaded before it (LD_PRELOAD) and has a free of its own.
 */
static struct {
    void *(*get)(size_t size);
    void *(*get_zeros)(size_t count, size_t size);
    void *(*change)(void *old, size_t size);
} next = { __libc_malloc, __libc_calloc, __libc_realloc };

/* The call at this address got nothing. */
static void *fail(const void *caller)
{
    static const char *const fragile[] = { "libdw", "libelf" };
    Dl_info info;
    const char *file = dladdr(caller, &info) && info.dli_fname ? info.dli_fname : "";
    const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
    for (size_t i = 0; i < sizeof fragile / sizeof *fragile; i++) {
        if (strncmp(name, fragile[i], strlen(fragile[i])) != 0)
            continue;
        char limit[120], line[160];
        flame_cli_memory_limit(limit, sizeof limit);
        int n = snprintf(line, sizeof line, "flamedata: out of memory%s\n", limit);
        if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0)
            _exit(FLAME_CLI_FAILED); /* nobody listens */
        _exit(FLAME_CLI_FAILED);
    }
    return NULL;
}

__attribute__((visibility("default"))) void *malloc(size_t size)
{
    void *p = next.get(size);
    return p || size == 0 ? p : fail(__builtin_return_address(0));
}

__attribute__((visibility("default"))) void *calloc(size_t count, size_t size)
{
    void *p = next.get_zeros(count, size);
    return p || count == 0 || size == 0 ? p : fail(__builtin_return_address(0));
}

__attribute__((visibility("default"))) void *realloc(void *old, size_t size)
{
    void *p = next.change(old, size);
    return p || size == 0 ? p : fail(__builtin_return_address(0));
}

static void find_next(void)
{
    void *get = dlsym(RTLD_NEXT, "malloc"), *get_zeros = dlsym(RTLD_NEXT, "calloc"),
         *change = dlsym(RTLD_NEXT, "realloc");
    if (!get || !get_zeros || !change)
        return;
    memcpy(&next.get, &get, sizeof get);
    memcpy(&next.get_zeros, &get_zeros, sizeof get_zeros);
    memcpy(&next.change, &change, sizeof change);
}

/* Before the constructors of libraries: what they get from one malloc must not go to another's
 * free. */
__attribute__((section(".preinit_array"), used)) static void (*first)(void) = find_next;

#endif
