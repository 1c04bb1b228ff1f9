/* run_mutants.h: what the parts of run_mutants share: a run, and how it can end. */
#ifndef FLAME_TESTS_RUN_MUTANTS_H
#define FLAME_TESTS_RUN_MUTANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { RUN_JOBS = 64, RUN_PATH = 1024, RUN_SAID = 200 };

/* From the best to the worst. BROKEN: output that is not whole, or left although there is an error,
 * or a message that does not name the file. */
#define RUN_ENDS(X)                                                                                \
    X(OK, "exit 0")                                                                                \
    X(ERROR, "exit 1")                                                                             \
    X(SILENT, "silent")                                                                            \
    X(OTHER, "other")                                                                              \
    X(BROKEN, "broken")                                                                            \
    X(CRASH, "crash")                                                                              \
    X(HANG, "hang")                                                                                \
    X(MEMORY, "memory")

enum run_end {
#define X(name, text) RUN_##name,
    RUN_ENDS(X)
#undef X
        RUN_ENDS_COUNT
};

const char *end_name(enum run_end end);

struct run_options {
    const char *folder, *label, *named;
    long most_ms, memory_mib;
    size_t jobs, every;
    bool promise;
    FILE *log;
};

/* name     the entry, which must stay where it is until the run has ended
 * status   exit status, or the signal
 * ms       of the processor
 * lines    of standard output that are not empty and do not begin with a tab
 * located  an error's message has an offset
 * said     the last line of standard error */
struct run {
    const char *name;
    size_t command;
    enum run_end end;
    int status;
    long ms, kib;
    unsigned long lines;
    bool located;
    char said[RUN_SAID];
};

/* A line of the table: sums, and the largest ms and kib. */
struct row {
    unsigned long runs, ends[RUN_ENDS_COUNT], located, lines;
    long ms, kib;
};

struct run_pool;

/* Any failure of the machine (no process, no folder) ends the program with status 2. */
struct run_pool *run_pool_begin(const struct run_options *o);
/* At most o->jobs at once. */
void run_pool_start(struct run_pool *pool, const char *name, const char *command, size_t number);
/* The next run that ends. */
void run_pool_wait(struct run_pool *pool, struct run *out);
void run_pool_end(struct run_pool *pool);

/* How a run that exited with 0 or 1 ended, by what is in its folder: "1" and "2" are standard
 * output and error, all else is its output. Fills in lines, located and said. The folder is empty
 * then. */
void run_look(const struct run_options *o, const char *folder, struct run *r);

#endif
