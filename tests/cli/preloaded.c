/* preloaded.c: an allocator that somebody put before libc's (LD_PRELOAD), as jemalloc and tcmalloc
 * are. Where it is to free what is not its own it ends the process, and says so. Its constructor
 * has libc allocate what it then frees, as those of C++ libraries do. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void __libc_free(void *block);

#define MARK UINT64_C(0xfeedfacecafebeef)

/* Right before what is handed out. block: libc's, which it is in */
struct head {
    void *block;
    size_t size;
    uint64_t mark, pad;
};

static struct head *head_of(void *p)
{
    struct head *head = (struct head *)p - 1;
    static const char text[] = "preloaded: this is not mine\n";
    if (head->mark != MARK) {
        ssize_t n = write(STDERR_FILENO, text, sizeof text - 1);
        _exit(n == 0 ? 98 : 99);
    }
    return head;
}

void *aligned_alloc(size_t align, size_t size)
{
    align = align < sizeof(struct head) ? sizeof(struct head) : align;
    char *block = size < SIZE_MAX - 2 * align ? __libc_malloc(size + 2 * align) : NULL;
    if (!block) {
        errno = ENOMEM;
        return NULL;
    }
    char *p = block + 2 * align - (uintptr_t)block % align;
    ((struct head *)(void *)p)[-1] = (struct head){ .block = block, .size = size, .mark = MARK };
    return p;
}

void *memalign(size_t align, size_t size);
void *memalign(size_t align, size_t size)
{
    return aligned_alloc(align, size);
}

int posix_memalign(void **out, size_t align, size_t size)
{
    void *p = aligned_alloc(align, size);
    if (p)
        *out = p;
    return p ? 0 : ENOMEM;
}

void *malloc(size_t size)
{
    return aligned_alloc(1, size);
}

void *calloc(size_t count, size_t size)
{
    size_t all = size && count > SIZE_MAX / size ? SIZE_MAX : count * size;
    void *p = aligned_alloc(1, all);
    return p ? memset(p, 0, all) : NULL;
}

void free(void *p)
{
    if (p) {
        struct head *head = head_of(p);
        head->mark = 0;
        __libc_free(head->block);
    }
}

void *realloc(void *old, size_t size)
{
    size_t kept = old ? head_of(old)->size : 0;
    void *p = aligned_alloc(1, size);
    if (p && old) {
        memcpy(p, old, kept < size ? kept : size);
        free(old);
    }
    return p;
}

__attribute__((constructor)) static void begin(void)
{
    free(strdup("what libc asks of malloc"));
}
