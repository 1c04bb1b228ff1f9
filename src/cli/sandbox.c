/* sandbox.c: what a command needs, as paths and calls.
 *
 * Where any file of this machine may be the recorded one, all can be read: a recording's programs
 * are anywhere. With --symfs they are not, so that nothing else is left readable but what was named
 * and what the system's own libraries read. Who fetches by debuginfod keeps the network, new
 * processes and that cache. Does not look at the environment for a way to be turned off: it may be
 * inherited. */
#include "sandbox.h"

#include "sandbox_calls.h"
#include "sandbox_files.h"

#include <dirent.h>
#include <flamedata/output.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    READ = FLAME_CLI_MAY_READ,
    KEEP = FLAME_CLI_MAY_READ | FLAME_CLI_MAY_WRITE | FLAME_CLI_MAY_MAKE,
};

static void allow(const struct flame_cli_files *files, const char *path, unsigned rights)
{
    if (path && *path)
        flame_cli_files_allow(files, path, rights);
}

/* path[length] */
static void allow_part(const struct flame_cli_files *files, const char *path, size_t length,
                       unsigned rights)
{
    char part[PATH_MAX];
    if (length >= sizeof part)
        return;
    memcpy(part, path, length);
    part[length] = 0;
    allow(files, part, rights);
}

/* The folder that holds path. */
static void allow_folder_of(const struct flame_cli_files *files, const char *path, unsigned rights)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        allow(files, ".", rights);
    else
        allow_part(files, path, slash > path ? (size_t)(slash - path) : 1, rights);
}

/* Files are written beside themselves and renamed, pipes and devices directly; a descriptor is open
 * already. */
static void allow_output(const struct flame_cli_files *files, const char *path)
{
    struct stat st;
    if (!path || flame_output_descriptor(path) >= 0)
        return;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        allow(files, path, FLAME_CLI_MAY_WRITE);
        return;
    }
    char *target = flame_output_target(path);
    if (target)
        allow_folder_of(files, target, FLAME_CLI_MAY_WRITE | FLAME_CLI_MAY_MAKE);
    free(target);
}

/* Where what is too large for memory goes. */
static void allow_spool(const struct flame_cli_files *files)
{
    const char *folder = getenv("TMPDIR");
    allow(files, folder && *folder ? folder : "/tmp", KEEP);
}

/* --- what is read --- */

static void allow_list(const struct flame_cli_files *files, const struct flame_path_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        allow(files, list->items[i], READ);
}

/* "DIR" or "DIR,flat"; a folder may have a comma in its name, too. */
static void allow_symfs(const struct flame_cli_files *files, const char *named)
{
    const char *comma = strrchr(named, ',');
    allow(files, named, READ);
    if (comma)
        allow_part(files, named, (size_t)(comma - named), READ);
}

static bool goes_with(const char *name, const char *recording)
{
    return strncmp(name, "perf-", 5) == 0 || strncmp(name, "jit-", 4) == 0 ||
           strncmp(name, recording, strlen(recording)) == 0;
}

/* The recording, and what may have been put beside it: maps and dumps of processes, FILE.tar.*. */
static void allow_recording(const struct flame_cli_files *files, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    char folder[PATH_MAX], beside[PATH_MAX + NAME_MAX + 2];
    allow(files, path, READ);
    int n = snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash + 1 - path) : 2,
                     slash ? path : "./");
    DIR *dir = n > 0 && (size_t)n < sizeof folder ? opendir(folder) : NULL;
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        if (!goes_with(entry->d_name, name))
            continue;
        snprintf(beside, sizeof beside, "%s%s", folder, entry->d_name);
        allow(files, beside, READ);
    }
    if (dir)
        closedir(dir);
}

/* The recording under its own name, and what is beside that. */
static void allow_input(const struct flame_cli_files *files, const char *path)
{
    char *target = path ? realpath(path, NULL) : NULL;
    if (path)
        allow_recording(files, path);
    if (target)
        allow_recording(files, target);
    free(target);
}

/* What libc and the readers of libraries ask the system for, and this machine's kernel. */
static void allow_system(const struct flame_cli_files *files)
{
    static const char *const paths[] = {
        "/proc/self",
        "/proc/kallsyms",
        "/proc/kcore",
        "/sys/kernel/notes",
        "/sys/devices/system/cpu",
        "/lib",
        "/lib64",
        "/usr/lib",
        "/usr/lib64",
        "/usr/share/locale",
        "/usr/share/zoneinfo",
        "/etc/localtime",
        "/dev/null",
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        allow(files, paths[i], READ);
}

static void allow_folders(const struct flame_cli_files *files, const char *folders)
{
    while (folders && *folders) {
        size_t length = strcspn(folders, ":");
        allow_part(files, folders, length, READ);
        folders += length + (folders[length] == ':');
    }
}

static void allow_reads(const struct flame_cli_files *files, const struct flame_cli_needs *needs)
{
    const struct flame_symbol_options *s = needs->symbols;
    allow_symfs(files, s->symfs);
    allow(files, s->buildid_dir, READ);
    allow(files, s->vmlinux, READ);
    allow(files, s->kallsyms, READ);
    allow_list(files, &s->debug_dirs);
    allow_list(files, &s->archives);
    allow_list(files, &s->binaries);
    allow_input(files, needs->input);
    allow_folders(files, needs->source_dirs);
    allow(files, needs->prefix, READ);
    allow_system(files);
}

/* --- debuginfod --- */

/* folder/name, made if it is not there; what is in it is kept there. */
static void allow_cache(const struct flame_cli_files *files, const char *folder, const char *name)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s%s%s", folder, *name ? "/" : "", name);
    if (n < 0 || (size_t)n >= sizeof path)
        return;
    mkdir(folder, 0700);
    mkdir(path, 0777);
    allow(files, path, KEEP);
}

/* Where libdebuginfod keeps what it gets. Source: debuginfod_find_debuginfo(3); that its old cache
 * counts where it is there: its source. */
static void allow_fetching(const struct flame_cli_files *files)
{
    const char *path = getenv("DEBUGINFOD_CACHE_PATH"), *xdg = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    char folder[PATH_MAX];
    struct stat st;
    if (path && *path) {
        allow_cache(files, path, "");
        return;
    }
    home = home ? home : "";
    int n = snprintf(folder, sizeof folder, "%s/.debuginfod_client_cache", home);
    if (n > 0 && (size_t)n < sizeof folder && stat(folder, &st) == 0) {
        allow(files, folder, KEEP);
        return;
    }
    n = snprintf(folder, sizeof folder, "%s/.cache", home);
    if (xdg && *xdg)
        allow_cache(files, xdg, "debuginfod_client");
    else if (n > 0 && (size_t)n < sizeof folder)
        allow_cache(files, folder, "debuginfod_client");
}

void flame_cli_put_sandbox(struct flame_output *out)
{
    int landlock = flame_cli_landlock();
    bool seccomp = flame_cli_has_seccomp();
    flame_put_text(out, "sandbox: ");
    if (landlock)
        flame_putf(out, "landlock %d", landlock);
    flame_putf(out, "%s%s\n", landlock && seccomp ? ", " : "",
               seccomp    ? "seccomp"
               : landlock ? ""
                          : "none");
}

void flame_cli_enter_sandbox(const struct flame_cli_needs *needs)
{
    const struct flame_symbol_options *s = needs->symbols;
    bool fetches = s && s->debuginfod;
    bool confined = s && s->symfs && *s->symfs && !fetches;
    struct flame_cli_files files;
    if (needs->off)
        return;
    flame_cli_files_begin(&files, confined, fetches);
    allow_output(&files, needs->output);
    allow_output(&files, needs->also_output);
    allow_spool(&files);
    if (fetches) {
        allow(&files, "/dev/null", FLAME_CLI_MAY_WRITE);
        allow_fetching(&files);
    }
    if (confined)
        allow_reads(&files, needs);
    flame_cli_files_end(&files);
    flame_cli_confine_calls(fetches);
}
