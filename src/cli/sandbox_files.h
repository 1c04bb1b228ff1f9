/* sandbox_files.h: which files this process can still open, by landlock. */
#ifndef FLAME_CLI_SANDBOX_FILES_H
#define FLAME_CLI_SANDBOX_FILES_H

#include <stdbool.h>
#include <stdint.h>

/* What is allowed below a path; all bits that do not apply to a file are left out of its rule. */
enum {
    FLAME_CLI_MAY_READ = 1,
    FLAME_CLI_MAY_WRITE = 2, /* what is there */
    FLAME_CLI_MAY_MAKE = 4,  /* files and folders, and take them away; with MAY_WRITE */
};

/* fd is -1 where there is no landlock: then all the rest does nothing. handled are the rights that
 * are given up where no rule gives them back, by the kernel's numbers. */
struct flame_cli_files {
    int fd;
    uint64_t handled;
};

/* The version of landlock that this system and this build have; 0: none. */
int flame_cli_landlock(void);

/* Begin with nothing allowed: no file is written, made or executed, no TCP port is bound or
 * connected to unless network, no process outside is signalled, and, with confine_reads, none is
 * read. To be ended. */
void flame_cli_files_begin(struct flame_cli_files *files, bool confine_reads, bool network);

/* Allow path, and all that is below it. What is not there stays forbidden. */
void flame_cli_files_allow(const struct flame_cli_files *files, const char *path, unsigned rights);

/* From now on it holds, for this thread and those that it starts; never again for less. */
void flame_cli_files_end(struct flame_cli_files *files);

#endif
