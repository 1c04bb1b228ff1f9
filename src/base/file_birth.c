/* file_birth.c: what POSIX does not ask a file system. Linux file systems keep the time of birth
 * (ext4, xfs and btrfs always, tmpfs since Linux 5.19); nothing else stands in for it: the other
 * times move when a file is written or read. */
#define _GNU_SOURCE /* statx */
#include "file_birth.h"

#include <fcntl.h>
#include <sys/stat.h>

uint64_t flame_file_born_ns(const char *path)
{
#ifdef STATX_BTIME
    struct statx st;
    if (statx(AT_FDCWD, path, 0, STATX_BTIME, &st) == 0 && st.stx_mask & STATX_BTIME &&
        st.stx_btime.tv_sec > 0)
        return (uint64_t)st.stx_btime.tv_sec * 1000000000u + st.stx_btime.tv_nsec;
#else
    (void)path;
#endif
    return 0;
}

bool flame_file_is_one(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}
