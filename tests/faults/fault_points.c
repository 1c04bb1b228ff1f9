/* fault_points.c: see fault_points.h.
 *
 * Blocks are noted in a table of addresses, so that what is left when all is done can be told by
 * its number. Blocks from before are not in it, and giving them back changes nothing.
 *
 * A sanitizer has a malloc of its own, which must stay. There the linker redirects the calls of our
 * own objects alone (--wrap; FAULTS_WRAPPED): other libraries' allocations then never fail. Other
 * calls find the next definition behind the executable's, which is the sanitizer's.
 *
 * Source: the GNU C Library's manual, "Replacing malloc", for which functions belong together. */
#define _GNU_SOURCE
#include "fault_points.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { SLOTS = 1 << 20, DEPTH = 40 };

/* A slot's block is 0 where none ever was, and GONE where one was given back. */
#define GONE ((uintptr_t)1)

static struct {
    enum fault_kind kind;
    bool armed, all_after;
    uint64_t nth, watched, reached, failed, spared, maps;
    pthread_mutex_t lock;
    struct slot {
        uintptr_t block;
        uint64_t number;
    } * slots; /* a mapping: what is not touched costs nothing */
    uint64_t live;
} points = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* What this thread calls meanwhile is no part of the test. */
static _Thread_local bool aside;

static bool is_armed(void)
{
    return points.armed && !aside;
}

static void show_place(void)
{
    void *places[DEPTH];
    aside = true;
    backtrace_symbols_fd(places, backtrace(places, DEPTH), STDERR_FILENO);
    aside = false;
}

/* Functions, and libraries, that crash or end the process when memory ends. */
static const char *const careless[] = { "cs_open", "cs_disasm_iter" };
static const char *const careless_libraries[] = { "libarchive.so", "libdw.so" };

/* Whether one of these is being called. */
static bool is_spared(void)
{
    void *places[DEPTH];
    bool spared = false;
    aside = true;
    int depth = backtrace(places, DEPTH);
    for (int i = 0; i < depth && !spared; i++) {
        Dl_info place;
        if (!dladdr(places[i], &place))
            continue;
        for (size_t k = 0; k < sizeof careless_libraries / sizeof *careless_libraries; k++)
            spared |= place.dli_fname && strstr(place.dli_fname, careless_libraries[k]);
        if (!place.dli_sname)
            continue;
        for (size_t k = 0; k < sizeof careless / sizeof *careless; k++)
            spared |= strcmp(place.dli_sname, careless[k]) == 0;
    }
    aside = false;
    return spared;
}

/* A call of that kind: whether it is to fail. */
static bool point(enum fault_kind kind)
{
    if (!is_armed() || kind != points.kind)
        return false;
    uint64_t n = __atomic_add_fetch(&points.reached, 1, __ATOMIC_RELAXED);
    if (n == points.watched)
        show_place();
    if (!points.nth || n < points.nth || (n > points.nth && !points.all_after))
        return false;
    bool spared = kind == FAULT_ALLOC && is_spared();
    __atomic_add_fetch(spared ? &points.spared : &points.failed, 1, __ATOMIC_RELAXED);
    return !spared;
}

static struct slot *slot_of(uintptr_t block, bool free_one)
{
    size_t at = (block >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 44;
    for (size_t tried = 0; tried < SLOTS; tried++, at = (at + 1) % SLOTS) {
        struct slot *s = &points.slots[at];
        if (s->block == block || s->block == 0 || (free_one && s->block == GONE))
            return s;
    }
    abort(); /* more blocks at once than the table is made for */
}

static void *made(void *block)
{
    uint64_t number = points.reached;
    if (block && is_armed()) {
        pthread_mutex_lock(&points.lock);
        *slot_of((uintptr_t)block, true) = (struct slot){ (uintptr_t)block, number + 1 };
        points.live++;
        pthread_mutex_unlock(&points.lock);
    }
    return block;
}

static void given_back(void *block)
{
    if (!block || !is_armed())
        return;
    pthread_mutex_lock(&points.lock);
    struct slot *s = slot_of((uintptr_t)block, false);
    if (s->block) {
        s->block = GONE;
        points.live--;
    }
    pthread_mutex_unlock(&points.lock);
}

/* An empty table in place of the one before, which may be NULL. */
static struct slot *empty_table(struct slot *slots)
{
    if (slots)
        munmap(slots, SLOTS * sizeof *slots);
    slots = mmap(NULL, SLOTS * sizeof *slots, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (slots == MAP_FAILED)
        abort();
    return slots;
}

void fault_arm(enum fault_kind kind, uint64_t nth, bool all_after)
{
    void *place;
    backtrace(&place, 1); /* loads what it needs now */
    points.slots = empty_table(points.slots);
    points.live = 0;
    points.kind = kind;
    points.nth = nth;
    points.all_after = all_after;
    points.reached = points.failed = points.spared = points.maps = 0;
    points.armed = true;
}

struct fault_tally fault_disarm(void)
{
    struct fault_tally t = { .reached = points.reached,
                             .failed = points.failed,
                             .spared = points.spared,
                             .live = points.live,
                             .maps = points.maps };
    points.armed = false;
    for (size_t i = 0; t.live && i < SLOTS; i++) {
        const struct slot *s = &points.slots[i];
        if (s->block <= GONE)
            continue;
        if (!t.first_live || s->number < t.first_live)
            t.first_live = s->number;
    }
    return t;
}

void fault_watch(uint64_t nth)
{
    points.watched = nth;
}

#ifdef FAULTS_WRAPPED
#define ENTRY(name) __wrap_##name
#define BEHIND(name) __real_##name
#else
#define ENTRY(name) name
#define BEHIND(name) __libc_##name
#endif

void *BEHIND(malloc)(size_t size);
void *BEHIND(calloc)(size_t count, size_t size);
void *BEHIND(realloc)(void *block, size_t size);
void *BEHIND(memalign)(size_t alignment, size_t size);
void BEHIND(free)(void *block);
void *ENTRY(malloc)(size_t size);
void *ENTRY(calloc)(size_t count, size_t size);
void *ENTRY(realloc)(void *block, size_t size);
void *ENTRY(memalign)(size_t alignment, size_t size);
void *ENTRY(aligned_alloc)(size_t alignment, size_t size);
int ENTRY(posix_memalign)(void **block, size_t alignment, size_t size);
void *ENTRY(reallocarray)(void *block, size_t count, size_t size);
void ENTRY(free)(void *block);

static bool refuse_block(void)
{
    if (!point(FAULT_ALLOC))
        return false;
    errno = ENOMEM;
    return true;
}

void *ENTRY(malloc)(size_t size)
{
    return refuse_block() ? NULL : made(BEHIND(malloc)(size));
}

void *ENTRY(calloc)(size_t count, size_t size)
{
    return refuse_block() ? NULL : made(BEHIND(calloc)(count, size));
}

void *ENTRY(realloc)(void *block, size_t size)
{
    if (size && refuse_block())
        return NULL;
    /* Noted before: afterwards another thread may have a block there. */
    given_back(block);
    void *grown = BEHIND(realloc)(block, size);
    if (!grown && size)
        made(block);
    return made(grown);
}

void *ENTRY(reallocarray)(void *block, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return ENTRY(realloc)(block, bytes);
}

void *ENTRY(memalign)(size_t alignment, size_t size)
{
    return refuse_block() ? NULL : made(BEHIND(memalign)(alignment, size));
}

void *ENTRY(aligned_alloc)(size_t alignment, size_t size)
{
    return ENTRY(memalign)(alignment, size);
}

int ENTRY(posix_memalign)(void **block, size_t alignment, size_t size)
{
    void *p = ENTRY(memalign)(alignment, size);
    if (!p)
        return ENOMEM;
    *block = p;
    return 0;
}

void ENTRY(free)(void *block)
{
    given_back(block);
    BEHIND(free)(block);
}

/* What libc has of that name. */
static void *next(const char *name)
{
    bool before = aside;
    aside = true;
    void *symbol = dlsym(RTLD_NEXT, name);
    aside = before;
    return symbol;
}

/* CALL(KIND, ERRNO, FAILURE, TYPE, NAME, (PARAMETERS), (ARGUMENTS)): define NAME */
#define CALL(kind, why, failure, type, name, parameters, arguments)                                \
    type name parameters;                                                                          \
    type name parameters                                                                           \
    {                                                                                              \
        static type(*behind) parameters;                                                           \
        if (!behind)                                                                               \
            *(void **)&behind = next(#name);                                                       \
        if (point(FAULT_##kind)) {                                                                 \
            errno = why;                                                                           \
            return failure;                                                                        \
        }                                                                                          \
        return behind arguments;                                                                   \
    }

CALL(OPEN, EMFILE, NULL, FILE *, fopen, (const char *path, const char *mode), (path, mode))
CALL(OPEN, EMFILE, NULL, FILE *, fopen64, (const char *path, const char *mode), (path, mode))
CALL(OPEN, EMFILE, NULL, DIR *, opendir, (const char *path), (path))
CALL(OPEN, EMFILE, -1, int, mkstemp, (char *path), (path))
CALL(OPEN, EMFILE, -1, int, mkstemp64, (char *path), (path))
CALL(READ, EIO, -1, ssize_t, read, (int fd, void *to, size_t size), (fd, to, size))
CALL(READ, EIO, -1, ssize_t, pread, (int fd, void *to, size_t size, off_t at), (fd, to, size, at))
CALL(READ, EIO, -1, ssize_t, pread64, (int fd, void *to, size_t size, off64_t at),
     (fd, to, size, at))
CALL(STAT, EIO, -1, int, fstat, (int fd, struct stat *st), (fd, st))
CALL(STAT, EIO, -1, int, fstat64, (int fd, struct stat64 *st), (fd, st))
CALL(STAT, EIO, -1, int, stat, (const char *path, struct stat *st), (path, st))
CALL(STAT, EIO, -1, int, stat64, (const char *path, struct stat64 *st), (path, st))
CALL(STAT, EIO, -1, int, lstat, (const char *path, struct stat *st), (path, st))
CALL(STAT, EIO, -1, int, fstatat, (int folder, const char *path, struct stat *st, int flags),
     (folder, path, st, flags))
CALL(STAT, EIO, -1, int, statfs, (const char *path, struct statfs *fs), (path, fs))
CALL(STAT, EIO, -1, int, fstatfs, (int fd, struct statfs *fs), (fd, fs))
CALL(PLACE, EIO, -1, int, rename, (const char *from, const char *to), (from, to))
CALL(PLACE, EIO, -1, int, ftruncate, (int fd, off_t size), (fd, size))
CALL(PLACE, EIO, -1, int, ftruncate64, (int fd, off64_t size), (fd, size))
CALL(PLACE, EIO, -1, int, linkat,
     (int from_folder, const char *from, int to_folder, const char *to, int flags),
     (from_folder, from, to_folder, to, flags))
CALL(THREAD, EAGAIN, EAGAIN, int, pthread_create,
     (pthread_t * thread, const pthread_attr_t *attributes, void *(*run)(void *), void *user),
     (thread, attributes, run, user))

/* A file that is closed is closed, whatever is said of it. */
int close(int fd)
{
    static int (*behind)(int);
    if (!behind)
        *(void **)&behind = next("close");
    int result = behind(fd);
    if (fd > STDERR_FILENO && point(FAULT_PLACE)) {
        errno = EIO;
        return -1;
    }
    return result;
}

/* A disk that is full takes some of it first. */
ssize_t write(int fd, const void *bytes, size_t size)
{
    static ssize_t (*behind)(int, const void *, size_t);
    if (!behind)
        *(void **)&behind = next("write");
    if (fd != STDERR_FILENO && point(FAULT_WRITE)) {
        if (size > 1)
            behind(fd, bytes, size / 2);
        errno = ENOSPC;
        return -1;
    }
    return behind(fd, bytes, size);
}

#define OPENING(name, parameters, last, ...)                                                       \
    int name parameters;                                                                           \
    int name parameters                                                                            \
    {                                                                                              \
        static int(*behind) parameters;                                                            \
        mode_t mode = 0;                                                                           \
        if (!behind)                                                                               \
            *(void **)&behind = next(#name);                                                       \
        if (last & (O_CREAT | O_TMPFILE)) {                                                        \
            va_list rest;                                                                          \
            va_start(rest, last);                                                                  \
            mode = va_arg(rest, mode_t);                                                           \
            va_end(rest);                                                                          \
        }                                                                                          \
        if (point(FAULT_OPEN)) {                                                                   \
            errno = EMFILE;                                                                        \
            return -1;                                                                             \
        }                                                                                          \
        return behind(__VA_ARGS__, last, mode);                                                    \
    }

OPENING(open, (const char *path, int flags, ...), flags, path)
OPENING(open64, (const char *path, int flags, ...), flags, path)
OPENING(openat, (int folder, const char *path, int flags, ...), flags, folder, path)
OPENING(openat64, (int folder, const char *path, int flags, ...), flags, folder, path)

static void *map(void *(*behind)(void *, size_t, int, int, int, off_t), void *at, size_t size,
                 int protection, int flags, int fd, off_t offset)
{
    if (point(FAULT_MAP)) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    void *p = behind(at, size, protection, flags, fd, offset);
    if (p != MAP_FAILED && is_armed())
        __atomic_add_fetch(&points.maps, 1, __ATOMIC_RELAXED);
    return p;
}

static void *(*next_map(void))(void *, size_t, int, int, int, off_t)
{
    static void *(*behind)(void *, size_t, int, int, int, off_t);
    if (!behind)
        *(void **)&behind = next("mmap");
    return behind;
}

void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
    return map(next_map(), at, size, protection, flags, fd, offset);
}

void *mmap64(void *at, size_t size, int protection, int flags, int fd, off64_t offset)
{
    return map(next_map(), at, size, protection, flags, fd, offset);
}

int munmap(void *at, size_t size)
{
    static int (*behind)(void *, size_t);
    if (!behind)
        *(void **)&behind = next("munmap");
    if (is_armed())
        __atomic_sub_fetch(&points.maps, 1, __ATOMIC_RELAXED);
    return behind(at, size);
}
