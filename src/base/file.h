/* file.h: the only place that opens files. Readers take bytes. */
#ifndef FLAME_BASE_FILE_H
#define FLAME_BASE_FILE_H

#include "fail.h"

#include <flamedata/str.h>

enum flame_file_kind {
    FLAME_FILE_ALLOCATED, /* by malloc; freed by flame_file_close */
    FLAME_FILE_MAPPED,
    FLAME_FILE_BORROWED, /* somebody else's, who keeps them for longer (a member of an archive) */
};

/* bytes[size] as mapped, read or lent; valid until flame_file_close. The all-zero value is closed.
 */
struct flame_file {
    const uint8_t *bytes;
    size_t size;
    enum flame_file_kind kind;
};

/* Open path for reading: a regular file is mapped, anything else (a pipe, /proc) is read whole;
 * what is large is spooled to a nameless file in $TMPDIR, or /tmp, and mapped from there. Empty
 * files give size 0 and FLAME_OK. Errors: FLAME_IO with the system's reason, FLAME_NOMEM. */
enum flame_status flame_file_open(struct flame_file *file, const char *path,
                                  struct flame_error *error);
/* The same for what holds most bytes at most, else FLAME_LIMIT: nothing more is read, so that what
 * never ends (/dev/zero) fills neither memory nor the disk. */
enum flame_status flame_file_open_within(struct flame_file *file, const char *path, size_t most,
                                         struct flame_error *error);
/* The same for what a user named, which may be a pipe or a device: as much of it as intake says
 * (flamedata/contents.h). */
struct flame_intake;
enum flame_status flame_file_open_named(struct flame_file *file, const char *path,
                                        const struct flame_intake *intake,
                                        struct flame_error *error);
void flame_file_close(struct flame_file *file);

/* Map size bytes of what is open; false: it cannot be, errno says why. */
bool flame_file_map(struct flame_file *file, int fd, size_t size);

/* Whether path is a regular file with bytes in it, and they are kept somewhere: not made up by the
 * kernel, as those of /proc and /sys are. Some of these never end, or do something when they are
 * read. Whoever names the path, nothing else is to be opened for a recording. */
bool flame_file_is_plain(const char *path);

/* Whether what is open, a folder say, is on a file system that keeps bytes. */
bool flame_file_is_kept(int fd);

/* Open path where it is such a file, and still is one when it is open; else FLAME_IO. A regular one
 * may also be empty. */
enum flame_status flame_file_open_regular(struct flame_file *file, const char *path,
                                          struct flame_error *error);
enum flame_status flame_file_open_plain(struct flame_file *file, const char *path,
                                        struct flame_error *error);

/* Read up to size bytes from an offset of path, which may be made up by the kernel, without reading
 * what is before them: *count of them are there. FLAME_OK or FLAME_IO. */
enum flame_status flame_file_read_at(const char *path, uint64_t offset, uint8_t *bytes, size_t size,
                                     size_t *count, struct flame_error *error);

/* Make a file without a name in $TMPDIR, or /tmp, for what is too large for memory: its descriptor,
 * which the caller closes, or -1 with error set. path is what it is for. */
int flame_file_nameless(const char *path, struct flame_error *error);

bool flame_file_is_folder(const char *path);

/* When the bytes of path were last changed, in ns since 1970; 0: not known. */
uint64_t flame_file_changed_ns(const char *path);

/* When path last became this file with these bytes, as the system knows it, whatever time the file
 * was given since: also when it was moved or linked there. 0: not known. */
uint64_t flame_file_settled_ns(const char *path);

/* Names of files, in any order. */
struct flame_file_names {
    char **items;
    size_t count, cap;
};

/* The regular files in a folder whose names begin with prefix, and dangling links. Errors:
 * FLAME_IO, FLAME_NOMEM; names is then empty. */
enum flame_status flame_file_list(const char *folder, const char *prefix,
                                  struct flame_file_names *names, struct flame_error *error);
void flame_file_names_free(struct flame_file_names *names);

/* A file as the kernel knows it: what /proc/PID/maps and perf's records of maps say. number 0: not
 * known. */
struct flame_inode {
    uint32_t major, minor;
    uint64_t number;
};

/* Whether two of them are one file. Kernels 6.8 to 6.17 know a file in an overlay by two devices,
 * the overlay's (which, having no disk, is of major 0) and that of the layer below: such a pair of
 * devices counts as one. */
bool flame_inode_same(const struct flame_inode *a, const struct flame_inode *b);

/* Whether path names the regular file of this inode. The file is mapped to learn how the kernel
 * knows it, since overlays and subvolumes show another device to who asks by stat; that counts
 * where there is no /proc. */
bool flame_file_is(const char *path, const struct flame_inode *inode);

/* Whether a path, here or on a recorded machine, is in a folder where a package manager, not the
 * user, puts files. */
bool flame_path_is_packaged(struct flame_str path);

/* Whether path is in such a folder, here, and root's. Package managers replace such files by new
 * ones and never change their bytes. */
bool flame_file_is_installed(const char *path);

#endif
