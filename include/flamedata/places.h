/* flamedata/places.h: where the names of what was recorded may come from. */
#ifndef FLAMEDATA_PLACES_H
#define FLAMEDATA_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { FLAME_PATHS_MOST = 32 };

/* Paths that were named, in order; borrowed. */
struct flame_path_list {
    const char *items[FLAME_PATHS_MOST];
    size_t count;
};

/* Who is told how fetching goes on, if anybody: of the object called name, done of total bytes are
 * there (total 0: not known yet). Called again and again from the thread that opens the session;
 * false gives this file up. At the end, once with name NULL. */
struct flame_fetch_report {
    bool (*tell)(void *user, const char *name, uint64_t done, uint64_t total);
    void *user;
};

/* All zero is the default: perf's cache, the files' own paths, /usr/lib/debug, an archive beside
 * the recording. docs/symbols.md says in which order. Whatever the place, a file is used only if it
 * is known to be the recorded one: by its build-id, or because nothing but this boot of this
 * machine was recorded.
 *
 * buildid_dir   perf's build-id cache; NULL or "" means $PERF_BUILDID_DIR or ~/.debug
 * symfs         "DIR": the recorded machine's files are below DIR, instead of below /; "DIR,flat":
 *               all in DIR itself. Its cache is DIR/.debug, unless buildid_dir is given
 * vmlinux       the kernel with its symbols
 * kallsyms      a copy of the recorded machine's /proc/kallsyms; it has no build-id, so that it
 *               needs trust_paths
 * debug_dirs    folders like /usr/lib/debug, looked into before that
 * archives      tarballs as perf archive makes them, or of any files with build-ids
 * binaries      folders of files, below which each is known by its build-id, whatever it is called
 * no_archive    do not look for an archive beside the recording
 * trust_paths   use a file at the right path, or that was named, even if its build-id differs or
 *               nothing shows that it is the recorded one; the verdict then names it
 * debuginfod    servers to ask for what is nowhere else, hottest objects first: URLs with spaces
 *               between them, "": those of $DEBUGINFOD_URLS. NULL: none
 * fetch_mib     at most as many MiB from them, in all; 0: 1024
 * fetch_seconds at most as long, in all; 0: 90 s
 * fetch         who is told meanwhile */
struct flame_symbol_options {
    const char *buildid_dir, *symfs, *vmlinux, *kallsyms;
    struct flame_path_list debug_dirs, archives, binaries;
    bool no_archive, trust_paths;
    const char *debuginfod;
    unsigned fetch_mib, fetch_seconds;
    struct flame_fetch_report fetch;
};

#ifdef __cplusplus
}
#endif

#endif
