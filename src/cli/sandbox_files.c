/* sandbox_files.c: landlock, as much of it as the running kernel has.
 *
 * The system's headers may be older than the kernel, so the numbers stand here: they are the
 * kernel's promise, and the same on all architectures. Rights are looked at where a file is opened;
 * what is open already (standard input and output) stays as it is. Source: Linux
 * Documentation/userspace-api/landlock.rst. */
#define _GNU_SOURCE /* O_PATH */
#include "sandbox_files.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__linux__) && !defined(FLAME_SANDBOX_NONE)

enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };
enum { ASK_VERSION = 1, RULE_PATH_BENEATH = 1 };

#define RIGHT(number) (UINT64_C(1) << (number))

/* Rights of files, in the order of the versions that brought them. */
#define EXECUTE RIGHT(0)
#define WRITE_FILE RIGHT(1)
#define READ_FILE RIGHT(2)
#define READ_DIR RIGHT(3)
#define REMOVE_DIR RIGHT(4)
#define REMOVE_FILE RIGHT(5)
#define MAKE_DIR RIGHT(7)
#define MAKE_REG RIGHT(8)
#define FIRST_ALL (RIGHT(13) - 1)
#define REFER RIGHT(13)
#define TRUNCATE RIGHT(14)
#define IOCTL_DEV RIGHT(15)

#define OF_FILES (EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV)

#define BIND_TCP RIGHT(0)
#define CONNECT_TCP RIGHT(1)
#define ABSTRACT_SOCKETS RIGHT(0)
#define SIGNALS RIGHT(1)

struct ruleset {
    uint64_t files, network, scoped;
};

struct path_beneath {
    uint64_t rights;
    int32_t fd;
} __attribute__((packed));

/* All rights of files that a version knows. */
static uint64_t known_to(int version)
{
    uint64_t all = FIRST_ALL;
    all |= version >= 2 ? REFER : 0;
    all |= version >= 3 ? TRUNCATE : 0;
    all |= version >= 5 ? IOCTL_DEV : 0;
#ifdef FLAME_SANDBOX_INSTRUMENTED
    all &= ~EXECUTE; /* a sanitizer runs its symbolizer */
#endif
    return all;
}

int flame_cli_landlock(void)
{
    long version = syscall(CREATE_RULESET, NULL, (size_t)0, ASK_VERSION);
    return version > 0 ? (int)version : 0;
}

void flame_cli_files_begin(struct flame_cli_files *files, bool confine_reads, bool network)
{
    struct ruleset rules = { 0 };
    int version = flame_cli_landlock();
    *files = (struct flame_cli_files){ .fd = -1 };
    if (version < 1)
        return;
    rules.files = known_to(version);
    if (!confine_reads)
        rules.files &= ~(READ_FILE | READ_DIR);
    if (!network) {
        rules.network = BIND_TCP | CONNECT_TCP;
        rules.scoped = ABSTRACT_SOCKETS | SIGNALS;
    }
    size_t size = version >= 6   ? sizeof rules
                  : version >= 4 ? offsetof(struct ruleset, scoped)
                                 : offsetof(struct ruleset, network);
    files->handled = rules.files;
    files->fd = (int)syscall(CREATE_RULESET, &rules, size, 0);
}

void flame_cli_files_allow(const struct flame_cli_files *files, const char *path, unsigned rights)
{
    struct path_beneath rule = { .fd = files->fd < 0 ? -1 : open(path, O_PATH | O_CLOEXEC) };
    struct stat st;
    if (rule.fd < 0)
        return;
    if (rights & FLAME_CLI_MAY_READ)
        rule.rights |= READ_FILE | READ_DIR;
    if (rights & FLAME_CLI_MAY_WRITE)
        rule.rights |= WRITE_FILE | TRUNCATE;
    if (rights & FLAME_CLI_MAY_MAKE)
        rule.rights |= MAKE_REG | MAKE_DIR | REMOVE_FILE | REMOVE_DIR;
    rule.rights &= files->handled;
    if (fstat(rule.fd, &st) == 0) {
        if (!S_ISDIR(st.st_mode))
            rule.rights &= OF_FILES;
        if (rule.rights)
            syscall(ADD_RULE, files->fd, RULE_PATH_BENEATH, &rule, 0);
    }
    close(rule.fd);
}

void flame_cli_files_end(struct flame_cli_files *files)
{
    if (files->fd < 0)
        return;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
        syscall(RESTRICT_SELF, files->fd, 0);
    close(files->fd);
    files->fd = -1;
}

#else

int flame_cli_landlock(void)
{
    return 0;
}

void flame_cli_files_begin(struct flame_cli_files *files, bool confine_reads, bool network)
{
    (void)confine_reads;
    (void)network;
    *files = (struct flame_cli_files){ .fd = -1 };
}

void flame_cli_files_allow(const struct flame_cli_files *files, const char *path, unsigned rights)
{
    (void)files;
    (void)path;
    (void)rights;
}

void flame_cli_files_end(struct flame_cli_files *files)
{
    (void)files;
}

#endif
