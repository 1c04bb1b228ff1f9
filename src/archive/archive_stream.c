/* archive_stream.c: libarchive, in two steps.
 *
 * One reader takes off the compression, a second one finds members in what comes out. So all that
 * is unpacked passes through our hands and is counted, also what libarchive reads by itself: long
 * names, maps of holes, members that are skipped. Zip compresses members one by one and is read as
 * a whole; what is read of it beside members is part of the file. Does not run other programs for a
 * compression that libarchive was built without.
 * Source: libarchive's archive.h; its manual archive_read(3). */
#include "archive_stream.h"

#include "bounds.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

enum {
    SLICE = 1 << 20,       /* handed out at once, so that counting is not coarser */
    HEADER_MAX = 16 << 20, /* names are short, maps of holes may take some */
};

static enum flame_status fail(struct flame_archive_stream *s, struct archive *from,
                              enum flame_status status, struct flame_error *error)
{
    const char *text = archive_error_string(from);
    if (s->why.status != FLAME_OK)
        return flame_fail(error, s->why.status, s->path, FLAME_NO_OFFSET, "%s", s->why.text);
    if (archive_errno(from) == ENOMEM)
        return flame_fail(error, FLAME_NOMEM, s->path, FLAME_NO_OFFSET, "out of memory");
    return flame_fail(error, status, s->path, FLAME_NO_OFFSET, "%s", text ? text : "it is damaged");
}

/* Count what was unpacked; false, and why, when it is too much. */
static bool afford(struct flame_archive_stream *s, size_t size)
{
    *s->unpacked += size;
    if (*s->unpacked > s->unpacked_max)
        flame_fail_limit(&s->why, FLAME_LIMIT_ARCHIVE, s->unpacked_max, s->path, FLAME_NO_OFFSET,
                         "unpacks to", "in all, which is out of proportion to its size");
    return s->why.status == FLAME_OK;
}

/* That the compression cannot be taken off any further. Where the file ends before anything came
 * out, libarchive has given up its filters, and doesn't know any more how far it was. */
static void fail_packed(struct flame_archive_stream *s)
{
    static const char what[] = "damaged or cut; take another copy of it";
    struct flame_error why = FLAME_ERROR_INIT;
    fail(s, s->packed, FLAME_CORRUPT, &why);
    long long at = (long long)archive_filter_bytes(s->packed, -1);
    if (why.status != FLAME_CORRUPT)
        flame_fail(&s->why, why.status, s->path, FLAME_NO_OFFSET, "%s", why.text);
    else if (at < 0)
        flame_fail(&s->why, FLAME_CORRUPT, s->path, FLAME_NO_OFFSET, "%s: the file is %s", why.text,
                   what);
    else
        flame_fail(&s->why, FLAME_CORRUPT, s->path, FLAME_NO_OFFSET,
                   "%s, behind byte %lld of the file, which is %s", why.text, at, what);
}

/* libarchive's callback: the next bytes of the tar. */
static la_ssize_t hand_out(struct archive *members, void *user, const void **bytes)
{
    struct flame_archive_stream *s = user;
    *bytes = NULL;
    while (s->block_left == 0) {
        const void *block;
        la_int64_t offset;
        int r = archive_read_data_block(s->packed, &block, &s->block_left, &offset);
        if (r == ARCHIVE_EOF)
            return 0;
        s->block = block;
        if (r < ARCHIVE_WARN) {
            fail_packed(s);
            archive_set_error(members, EIO, "%s", s->why.text);
            return -1;
        }
    }
    size_t size = s->block_left < SLICE ? s->block_left : SLICE;
    if (size > s->header_left)
        flame_fail(&s->why, FLAME_LIMIT, s->path, FLAME_NO_OFFSET,
                   "what it says about a member takes more than %d MiB", HEADER_MAX >> 20);
    if (!afford(s, size) || s->why.status != FLAME_OK) {
        archive_set_error(members, EFBIG, "%s", s->why.text);
        return -1;
    }
    s->header_left -= size;
    *bytes = s->block;
    s->block += size;
    s->block_left -= size;
    return (la_ssize_t)size;
}

/* The reader that takes off the compression. */
static struct archive *open_packed(const uint8_t *bytes, size_t size)
{
    struct archive *a = archive_read_new();
    struct archive_entry *whole;
    if (!a)
        return NULL;
    archive_read_support_format_raw(a);
    archive_read_support_format_empty(a);
    if (archive_zlib_version())
        archive_read_support_filter_gzip(a);
    if (archive_bzlib_version())
        archive_read_support_filter_bzip2(a);
    if (archive_liblzma_version())
        archive_read_support_filter_xz(a);
    if (archive_libzstd_version())
        archive_read_support_filter_zstd(a);
    if (archive_read_open_memory(a, bytes, size) == ARCHIVE_OK)
        archive_read_next_header(a, &whole); /* what fails here fails again with the first bytes */
    return a;
}

enum flame_status flame_stream_open(struct flame_archive_stream *s, const uint8_t *bytes,
                                    size_t size, const char *path, uint64_t *unpacked,
                                    uint64_t unpacked_max, struct flame_error *error)
{
    *s = (struct flame_archive_stream){
        .path = path,
        .unpacked = unpacked,
        .unpacked_max = unpacked_max,
        .header_left = UINT64_MAX,
        .why = FLAME_ERROR_INIT,
    };
    if (size == 0)
        return flame_fail(error, FLAME_FORMAT, path, FLAME_NO_OFFSET, "it is empty");
    bool zip = size > 4 && memcmp(bytes, "PK", 2) == 0 && (bytes[2] == 3 || bytes[2] == 5);
    s->names = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    s->before = s->names ? uselocale(s->names) : (locale_t)0;
    s->members = archive_read_new();
    s->packed = zip ? NULL : open_packed(bytes, size);
    if (!s->members || (!zip && !s->packed)) {
        flame_stream_close(s);
        return flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
    }
    int r;
    enum flame_status status = FLAME_OK;
    if (zip) {
        archive_read_support_format_zip(s->members);
        r = archive_read_open_memory(s->members, bytes, size);
    } else {
        archive_read_support_format_tar(s->members);
        archive_read_support_format_empty(s->members);
        r = archive_read_open(s->members, s, NULL, hand_out, NULL);
    }
    if (!zip && archive_filter_count(s->packed) > 2)
        status = flame_fail(error, FLAME_UNSUPPORTED, path, FLAME_NO_OFFSET,
                            "it is compressed more than once");
    else if (r != ARCHIVE_OK)
        status = fail(s, s->members, FLAME_FORMAT, error);
    if (status != FLAME_OK)
        flame_stream_close(s);
    return status;
}

/* What became of a call of libarchive's. */
static enum flame_stream_step step_of(struct flame_archive_stream *s, int r,
                                      struct flame_error *error)
{
    if (r == ARCHIVE_OK)
        return FLAME_STREAM_ONE;
    if (r == ARCHIVE_EOF)
        return FLAME_STREAM_END;
    enum flame_status status = fail(s, s->members, FLAME_CORRUPT, error);
    bool last = r == ARCHIVE_FATAL || status != FLAME_CORRUPT;
    return last ? FLAME_STREAM_BROKEN : FLAME_STREAM_DAMAGED;
}

static uint64_t changed_ns(struct archive_entry *entry)
{
    int64_t seconds = archive_entry_mtime(entry);
    long ns = archive_entry_mtime_nsec(entry);
    if (!archive_entry_mtime_is_set(entry) || seconds < 0 || seconds > INT64_MAX / 1000000000 ||
        ns < 0 || ns > 999999999)
        return 0;
    return (uint64_t)seconds * 1000000000u + (uint64_t)ns;
}

enum flame_stream_step flame_stream_next(struct flame_archive_stream *s,
                                         struct flame_stream_member *member,
                                         struct flame_error *error)
{
    struct archive_entry *entry;
    *member = (struct flame_stream_member){ .kind = FLAME_MEMBER_NONE };
    s->header_left = HEADER_MAX;
    int r = archive_read_next_header(s->members, &entry);
    s->header_left = UINT64_MAX;
    /* A warning is about what we don't need: an owner's name, a time. */
    enum flame_stream_step step = step_of(s, r == ARCHIVE_WARN ? ARCHIVE_OK : r, error);
    if (step != FLAME_STREAM_ONE)
        return step;
    const char *hard = archive_entry_hardlink(entry), *soft = archive_entry_symlink(entry);
    unsigned type = archive_entry_filetype(entry);
    member->name = flame_str_from(archive_entry_pathname(entry));
    member->changed_ns = changed_ns(entry);
    int64_t size = archive_entry_size(entry);
    if (hard) {
        member->kind = FLAME_MEMBER_HARD;
        member->target = flame_str_from(hard);
    } else if (type == AE_IFLNK && soft) {
        member->kind = FLAME_MEMBER_SYMBOLIC;
        member->target = flame_str_from(soft);
    } else if (type == AE_IFREG) {
        member->kind = FLAME_MEMBER_FILE;
        member->size = size > 0 && archive_entry_size_is_set(entry) ? (uint64_t)size : 0;
    }
    return FLAME_STREAM_ONE;
}

enum flame_stream_step flame_stream_piece(struct flame_archive_stream *s, const uint8_t **bytes,
                                          size_t *size, uint64_t *offset, struct flame_error *error)
{
    const void *block = NULL;
    la_int64_t at = 0;
    int r;
    *size = 0;
    do
        r = archive_read_data_block(s->members, &block, size, &at);
    while (r == ARCHIVE_OK && *size == 0);
    if (r == ARCHIVE_OK && at < 0) {
        flame_fail(error, FLAME_CORRUPT, s->path, FLAME_NO_OFFSET,
                   "a part of a member lies before its begin");
        return FLAME_STREAM_BROKEN;
    }
    if (r == ARCHIVE_OK && !s->packed && !afford(s, *size))
        r = ARCHIVE_FATAL;
    *bytes = block;
    *offset = (uint64_t)at;
    return step_of(s, r, error);
}

void flame_stream_close(struct flame_archive_stream *s)
{
    archive_read_free(s->members);
    archive_read_free(s->packed);
    if (s->names) {
        uselocale(s->before);
        freelocale(s->names);
    }
    *s = (struct flame_archive_stream){ 0 };
}
