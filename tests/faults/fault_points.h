/* fault_points.h: calls that may fail, counted, and made to fail when their turn comes.
 *
 *     fault_arm(FAULT_ALLOC, 17, false);     the 17th allocation from here on fails
 *     ... what is tested ...
 *     struct fault_tally t = fault_disarm();
 *
 * fault_points.c defines malloc and its kin, and the calls to the system, in the executable itself,
 * so that they stand in for libc's also where libdw, zstd or capstone call them. What libraries ask
 * for in functions that are known not to look whether they got it is spared (docs/robustness.md has
 * the list, and what is done about it). */
#ifndef FLAME_TESTS_FAULT_POINTS_H
#define FLAME_TESTS_FAULT_POINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(KIND, word): what is made to fail together, under one count */
#define FAULT_KINDS(X)                                                                             \
    X(NONE, "none")                                                                                \
    X(ALLOC, "alloc")   /* malloc, calloc, realloc, ... : ENOMEM */                                \
    X(OPEN, "open")     /* open, openat, fopen, opendir, mkstemp: EMFILE */                        \
    X(READ, "read")     /* read, pread: EIO */                                                     \
    X(WRITE, "write")   /* write: ENOSPC, the first half of it written before */                   \
    X(STAT, "stat")     /* fstat, stat, lstat, statfs, fstatfs: EIO */                             \
    X(MAP, "map")       /* mmap: ENOMEM */                                                         \
    X(PLACE, "place")   /* rename, renameat, ftruncate, linkat, fsync, close of a file: EIO */     \
    X(THREAD, "thread") /* pthread_create: EAGAIN */

enum fault_kind {
#define X(kind, word) FAULT_##kind,
    FAULT_KINDS(X)
#undef X
        FAULT_KIND_COUNT
};

/* reached      calls of the kind
 * failed       of these, how many were made to fail
 * spared       and how many were not, although it was their turn
 * live, maps   blocks and mappings made since it was armed, and not given back
 * first_live   the number, as counted, of the first such block; 0: none */
struct fault_tally {
    uint64_t reached, failed, spared, live, maps, first_live;
};

/* From now on count calls of this kind; fail the nth (1 is the first; 0: none), and with all_after
 * every one behind it. One at a time. */
void fault_arm(enum fault_kind kind, uint64_t nth, bool all_after);
struct fault_tally fault_disarm(void);

/* Print a backtrace to standard error where the nth call is, whether or not it is to fail. */
void fault_watch(uint64_t nth);

#endif
