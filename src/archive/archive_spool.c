/* archive_spool.c: write what is not zero, and map that over zeros that take no room. */
#include "archive_spool.h"

#include "bounds.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* File systems keep files in blocks of this size. */
enum { BLOCK = 4096 };

static enum flame_status refuse(const struct flame_spool *spool, const char *what,
                                struct flame_error *error)
{
    return flame_fail(error, FLAME_IO, spool->path, FLAME_NO_OFFSET, "%s: %s", what,
                      strerror(errno));
}

static enum flame_status too_much(const struct flame_spool *spool, struct flame_error *error)
{
    return flame_fail_limit(error, FLAME_LIMIT_ARCHIVE, spool->disk_max, spool->path,
                            FLAME_NO_OFFSET, "unpacks to",
                            "of files, which is out of proportion to its size");
}

static enum flame_status no_memory(const struct flame_spool *spool, struct flame_error *error)
{
    return flame_fail(error, FLAME_NOMEM, spool->path, FLAME_NO_OFFSET, "out of memory");
}

enum flame_status flame_spool_open(struct flame_spool *spool, const char *path, uint64_t disk_max,
                                   struct flame_error *error)
{
    *spool = (struct flame_spool){ .path = path, .disk_max = disk_max };
    spool->fd = flame_file_nameless(path, error);
    return spool->fd < 0 ? FLAME_IO : FLAME_OK;
}

static bool all_zero(const uint8_t *bytes, size_t size)
{
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0;
}

/* Bytes with something in them, at an offset of the file. */
static enum flame_status write_at(struct flame_spool *spool, uint64_t at, const uint8_t *bytes,
                                  size_t size, struct flame_error *error)
{
    uint64_t from = at / BLOCK * BLOCK, to = (at + size + BLOCK - 1) / BLOCK * BLOCK;
    if (from + BLOCK == spool->counted)
        from = spool->counted; /* the block that the last write ended in */
    spool->disk += to - from;
    spool->counted = to;
    if (!flame_ranges_add(&spool->data, at, at + size))
        return no_memory(spool, error);
    if (spool->disk > spool->disk_max)
        return too_much(spool, error);
    while (size > 0) {
        ssize_t n = pwrite(spool->fd, bytes, size, (off_t)at);
        if (n < 0 && errno != EINTR)
            return refuse(spool, "cannot keep what is unpacked in $TMPDIR or /tmp", error);
        size_t done = n > 0 ? (size_t)n : 0;
        at += done;
        bytes += done;
        size -= done;
    }
    return FLAME_OK;
}

static enum flame_status too_long(const struct flame_spool *spool, struct flame_error *error)
{
    return flame_fail(error, FLAME_LIMIT, spool->path, FLAME_NO_OFFSET,
                      "a member is longer than %llu GiB, or all together than %llu GiB",
                      (unsigned long long)(FLAME_SPOOL_MEMBER_MAX >> 30),
                      (unsigned long long)(FLAME_SPOOL_MAX >> 30));
}

static bool fits(const struct flame_spool *spool, uint64_t offset, uint64_t size)
{
    return offset <= FLAME_SPOOL_MEMBER_MAX && size <= FLAME_SPOOL_MEMBER_MAX - offset &&
           spool->end + offset + size <= FLAME_SPOOL_MAX;
}

enum flame_status flame_spool_put(struct flame_spool *spool, uint64_t offset, const uint8_t *bytes,
                                  size_t size, struct flame_error *error)
{
    enum flame_status status = FLAME_OK;
    size_t kept = 0, at = 0; /* bytes[kept..at) hold something and are not written yet */
    if (!fits(spool, offset, size))
        return too_long(spool, error);
    uint64_t start = spool->end + offset;
    while (at < size && status == FLAME_OK) {
        size_t block = BLOCK - (size_t)((start + at) % BLOCK);
        if (block > size - at)
            block = size - at;
        if (all_zero(bytes + at, block)) {
            if (at > kept)
                status = write_at(spool, start + kept, bytes + kept, at - kept, error);
            kept = at + block;
        }
        at += block;
    }
    if (status == FLAME_OK && at > kept)
        status = write_at(spool, start + kept, bytes + kept, at - kept, error);
    if (start + size > spool->reach)
        spool->reach = start + size;
    return status;
}

enum flame_status flame_spool_end(struct flame_spool *spool, uint64_t size, uint64_t *at,
                                  struct flame_error *error)
{
    if (!fits(spool, 0, size))
        return too_long(spool, error);
    *at = spool->end;
    spool->end += (size + FLAME_SPOOL_PAGE - 1) / FLAME_SPOOL_PAGE * FLAME_SPOOL_PAGE;
    spool->reach = spool->end;
    return FLAME_OK;
}

enum flame_status flame_spool_forget(struct flame_spool *spool, struct flame_error *error)
{
    if (spool->reach > spool->end && ftruncate(spool->fd, (off_t)spool->end) != 0)
        return refuse(spool, "cannot shorten what is unpacked", error);
    spool->reach = spool->end;
    struct flame_ranges *data = &spool->data;
    while (data->count && data->items[data->count - 1].start >= spool->end)
        data->count--;
    return FLAME_OK;
}

/* A system allows so many mappings (65530, vm.max_map_count); each piece takes two. */
enum { PIECES_MAX = 1 << 14 };

/* How many gaps between pages with data are longer than that. */
static size_t count_gaps(const struct flame_ranges *pages, uint64_t longer)
{
    size_t count = 0;
    for (size_t i = 1; i < pages->count; i++)
        count += pages->items[i].start - pages->items[i - 1].end > longer;
    return count;
}

/* The pages with data, and few enough of them: gaps between are then filled with zeros, shorter
 * ones first. */
static enum flame_status find_pages(struct flame_spool *spool, struct flame_ranges *pages,
                                    struct flame_error *error)
{
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), filled = 0;
    bool ok = true;
    flame_ranges_settle(&spool->data);
    for (size_t i = 0; i < spool->data.count && ok; i++)
        ok = flame_ranges_add(pages, spool->data.items[i].start / page * page,
                              (spool->data.items[i].end + page - 1) / page * page);
    flame_ranges_settle(pages);
    while (ok && count_gaps(pages, filled) >= PIECES_MAX)
        filled = filled ? 2 * filled : page;
    for (size_t i = 1; i < pages->count && ok; i++) {
        uint64_t start = pages->items[i - 1].end, size = pages->items[i].start - start;
        if (size > filled)
            continue;
        spool->disk += size;
        if (spool->disk > spool->disk_max)
            return too_much(spool, error);
        errno = posix_fallocate(spool->fd, (off_t)start, (off_t)size);
        if (errno && errno != EOPNOTSUPP && errno != EINVAL) /* those that cannot are on a disk */
            return refuse(spool, "cannot keep what is unpacked in $TMPDIR or /tmp", error);
        ok = flame_ranges_add(pages, start, start + size);
    }
    flame_ranges_settle(pages);
    return ok ? FLAME_OK : no_memory(spool, error);
}

/* Lay pages over zeros[size], which stand for the spool from at on. */
static bool lay_over(const struct flame_spool *spool, uint8_t *zeros, uint64_t at, uint64_t size,
                     const struct flame_ranges *pages)
{
    bool ok = true;
    for (size_t i = 0; i < pages->count && ok; i++) {
        uint64_t start = pages->items[i].start, end = pages->items[i].end;
        start = start > at ? start : at;
        end = end < at + size ? end : at + size;
        if (start < end)
            ok = mmap(zeros + (start - at), (size_t)(end - start), PROT_READ,
                      MAP_PRIVATE | MAP_FIXED, spool->fd, (off_t)start) != MAP_FAILED;
    }
    return ok;
}

enum flame_status flame_spool_map(struct flame_spool *spool, uint64_t at, uint64_t size,
                                  struct flame_file *file, struct flame_error *error)
{
    struct flame_ranges pages = { 0 };
    struct stat st;
    *file = (struct flame_file){ 0 };
    if (size == 0)
        return FLAME_OK;
    enum flame_status status = find_pages(spool, &pages, error);
    if (status == FLAME_OK &&
        (fstat(spool->fd, &st) != 0 || size > SIZE_MAX ||
         ((uint64_t)st.st_size < at + size && ftruncate(spool->fd, (off_t)(at + size)) != 0)))
        status = refuse(spool, "cannot make room in $TMPDIR or /tmp", error);
    if (status == FLAME_OK) {
        void *zeros =
            mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        bool mapped = zeros != MAP_FAILED;
        if (mapped)
            *file = (struct flame_file){ zeros, (size_t)size, FLAME_FILE_MAPPED };
        if (!mapped || !lay_over(spool, zeros, at, size, &pages)) {
            status = errno == ENOMEM ? no_memory(spool, error)
                                     : refuse(spool, "cannot map what is unpacked", error);
            flame_file_close(file);
        }
    }
    flame_ranges_free(&pages);
    return status;
}

void flame_spool_close(struct flame_spool *spool)
{
    if (spool->fd >= 0)
        close(spool->fd);
    spool->fd = -1;
    flame_ranges_free(&spool->data);
}
