/* debuginfod.h: files from debuginfod's servers, by their build-id.
 *
 * libdebuginfod does the asking and keeps what comes in its own cache, as for gdb and the others.
 * It is loaded when the first file is asked for, in a process of its own: there its environment can
 * be set, which tells it of the servers, and whatever it or a server does ends with the time that
 * it was given. */
#ifndef FLAME_OBJECT_DEBUGINFOD_H
#define FLAME_OBJECT_DEBUGINFOD_H

#include <flamedata/session.h>

/* urls     with spaces between them; "": those of $DEBUGINFOD_URLS
 * bytes    that may come, of all files; seconds that it may take, of all files
 * report   who is told meanwhile, and may give a file up */
struct flame_debuginfod_options {
    const char *urls;
    uint64_t bytes;
    unsigned seconds;
    struct flame_fetch_report report;
};

struct flame_debuginfod;

/* Nothing is loaded, started or asked yet. The options' strings are borrowed. NULL when memory is
 * exhausted. */
struct flame_debuginfod *flame_debuginfod_create(const struct flame_debuginfod_options *options);

/* Ends the process, too. NULL is fine. */
void flame_debuginfod_free(struct flame_debuginfod *client);

/* Of one file.
 *
 * outcome    FLAME_FETCH_FETCHED or _CACHED: it is there and has the build-id; else why not
 * bytes      its size, or how much of it had come
 * named      it has a symbol table (.symtab)
 * path       of what came, also of the wrong file; else "". Valid until the next question
 * reason     what the system says, where the outcome is FLAME_FETCH_FAILED or NO_CLIENT; else "" */
struct flame_debuginfod_file {
    enum flame_fetch_outcome outcome;
    uint64_t bytes;
    bool named;
    const char *path, *reason;
};

/* Ask for the object of a build-id, or for its debug file; name is what report is told of it. It
 * takes no longer than the time that is left, and the second or two until a transfer has ended;
 * once servers were found not to answer, or time is over, nobody is asked any more. The only
 * failure is FLAME_NOMEM. Not thread-safe. */
enum flame_status flame_debuginfod_find(struct flame_debuginfod *client,
                                        const struct flame_build_id *id, bool debuginfo,
                                        const char *name, struct flame_debuginfod_file *file);

#endif
