/* archive_spool.h: what was unpacked, in one file without a name.
 *
 * Members lie one behind the other, each at the start of a page; zeros are left out of the file as
 * far as they fill blocks. So what a member costs is what it holds, and not how long it is: also
 * when it is read, since what was left out is mapped from nowhere. On a file system in memory, a
 * hole of a file that is read takes room, and kills who reads it where there is none left. */
#ifndef FLAME_ARCHIVE_SPOOL_H
#define FLAME_ARCHIVE_SPOOL_H

#include "file.h"
#include "ranges.h"

/* Members begin at multiples of this. */
enum { FLAME_SPOOL_PAGE = 64 << 10 };

/* path      what is unpacked; for messages
 * end       behind the last member, where the one that is being written begins
 * reach     how far that one was written
 * disk      about as many bytes as the file takes on the disk, and how many it may take
 * counted   the end of the last block that is in disk
 * data      what was written: the rest is zero */
struct flame_spool {
    const char *path;
    int fd;
    uint64_t end, reach;
    uint64_t disk, disk_max;
    uint64_t counted;
    struct flame_ranges data;
};

/* No member, and not all of them, may be longer than these, however little they hold. */
#define FLAME_SPOOL_MEMBER_MAX (UINT64_C(1) << 36)
#define FLAME_SPOOL_MAX (UINT64_C(1) << 40)

/* Returns FLAME_OK or FLAME_IO. path is borrowed. Closed by flame_spool_close in any case. */
enum flame_status flame_spool_open(struct flame_spool *spool, const char *path, uint64_t disk_max,
                                   struct flame_error *error);

/* Put bytes at an offset of the member that is being written; in any order. Returns FLAME_OK,
 * FLAME_IO or FLAME_LIMIT. */
enum flame_status flame_spool_put(struct flame_spool *spool, uint64_t offset, const uint8_t *bytes,
                                  size_t size, struct flame_error *error);

/* The member is complete and size bytes long: *at is where it begins, and the next one comes behind
 * it. size counts what was put, at least. Returns FLAME_OK or FLAME_LIMIT. */
enum flame_status flame_spool_end(struct flame_spool *spool, uint64_t size, uint64_t *at,
                                  struct flame_error *error);

/* Take back what was put since the last end. Returns FLAME_OK or FLAME_IO. */
enum flame_status flame_spool_forget(struct flame_spool *spool, struct flame_error *error);

/* Map [at, at+size) for reading; data is settled then. Returns FLAME_OK, FLAME_IO, FLAME_NOMEM or
 * FLAME_LIMIT. */
enum flame_status flame_spool_map(struct flame_spool *spool, uint64_t at, uint64_t size,
                                  struct flame_file *file, struct flame_error *error);

/* What is mapped stays. */
void flame_spool_close(struct flame_spool *spool);

#endif
