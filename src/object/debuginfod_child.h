/* debuginfod_child.h: what the process with libdebuginfod and the one that started it tell each
 * other, through a socket that keeps messages apart. Private to debuginfod*.c. */
#ifndef FLAME_OBJECT_DEBUGINFOD_CHILD_H
#define FLAME_OBJECT_DEBUGINFOD_CHILD_H

#include <flamedata/record.h>
#include <limits.h>
#include <stdbool.h>

/* To the child. cancel: no more of the file that was asked for last, if it is not there yet. */
struct flame_debuginfod_ask {
    bool cancel, debuginfo;
    struct flame_build_id id;
};

/* From the child: one that is final for each file that was asked for, others before it.
 *
 * done, total  bytes; total 0: not known
 * final        done and total mean nothing, but:
 * loaded       there is a library
 * error        0, or an errno
 * transferred  it came from a server, not out of the cache
 * path         of the file; not loaded: what the loader says */
struct flame_debuginfod_answer {
    uint64_t done, total;
    bool final, loaded, transferred;
    int error;
    char path[PATH_MAX];
};

/* Serve what is asked through a socket until its other end is closed; returns then. */
void flame_debuginfod_serve(int fd);

#endif
