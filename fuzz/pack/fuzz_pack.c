/* fuzz_pack.c: archives and packs from strangers. The first byte says what the others are:
 *
 *     1 a tar, packed by zstd first    2 a tar, packed by gzip first    3 a tar as it is
 *     4 a manifest without its end     5 names and links                6 puts of a spool
 *
 * and with any other all of it is an archive. What has a checksum in the first four gets the right
 * one (tar's headers, the manifest's last line), so that what is changed behind it is looked at. */
#include "archive_names.h"
#include "archive_spool.h"
#include "check.h"
#include "hash.h"
#include "pack_reader.h"
#include "take.h"
#include "tar_mend.h"

#include <inttypes.h>
#include <zlib.h>
#include <zstd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { ZSTD_TAR = 1, GZIP_TAR, PLAIN_TAR, MANIFEST, NAMES, SPOOL };

static void check_name(struct flame_str name)
{
    CHECK(name.len > 0 && name.ptr[0] != '/' && name.ptr[name.len - 1] != '/');
    for (size_t at = 0; at < name.len;) {
        const char *part = name.ptr + at, *slash = memchr(part, '/', name.len - at);
        struct flame_str one = { part, slash ? (size_t)(slash - part) : name.len - at };
        CHECK(one.len > 0 && !flame_str_is(one, "..") && !flame_str_is(one, "."));
        at += one.len + 1;
    }
}

/* A byte of each end of each range that has something, and of what is before it. */
static unsigned touch(const struct flame_archived *member)
{
    unsigned sum = 0;
    uint64_t before = 0;
    for (size_t i = 0; i < member->extents.count; i++) {
        const struct flame_range *r = &member->extents.items[i];
        CHECK(r->start < r->end && r->start >= before);
        before = r->end;
        uint64_t base = member->extents.base, start = r->start > base ? r->start - base : 0;
        uint64_t end = r->end > base ? r->end - base : 0;
        end = end < member->size ? end : member->size;
        if (start < end)
            sum += (unsigned)member->bytes[start] + member->bytes[end - 1];
    }
    return member->size ? sum + member->bytes[0] + member->bytes[member->size - 1] : sum;
}

static void check_members(const struct flame_archive *archive)
{
    for (size_t i = 0; i < flame_archive_count(archive); i++) {
        struct flame_archived member = flame_archive_get(archive, i), found;
        check_name(member.name);
        CHECK(member.bytes);
        CHECK(flame_archive_find(archive, member.name, &found));
        CHECK(found.bytes == member.bytes && found.size == member.size);
        volatile unsigned sum = touch(&member);
        (void)sum;
    }
}

static void check_pack(const struct flame_pack *pack, const struct flame_archive *archive)
{
    const struct flame_manifest *m = &pack->manifest;
    CHECK(m->parts.count > 0);
    for (size_t i = 0; i < m->parts.count; i++) {
        struct flame_archived part;
        enum flame_part_state state = flame_pack_part(pack, archive, i, &part);
        CHECK(state != FLAME_PART_WHOLE || part.size == m->parts.items[i].size);
        CHECK(state == FLAME_PART_MISSING ? !part.bytes : part.bytes != NULL);
    }
    for (uint32_t i = 0; i < m->packed.files.count; i++) {
        const struct flame_packed_file *file = flame_packed_file(&m->packed, i);
        if (file)
            flame_packed_at(&m->packed, file->path);
    }
    for (size_t i = 0; i < m->packed.dumps.count; i++)
        flame_packed_dump(&m->packed, m->packed.dumps.items[i].recorded);
}

static void read_archive(const uint8_t *bytes, size_t size)
{
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_archive *archive;
    struct flame_pack *pack;
    if (flame_archive_read(&archive, bytes, size, "fuzz.tar", &error) != FLAME_OK) {
        CHECK(!archive && error.text[0]);
        return;
    }
    check_members(archive);
    if (flame_pack_open(&pack, archive, "fuzz.fdpack", &error) == FLAME_OK)
        check_pack(pack, archive);
    else
        CHECK(!pack && error.text[0]);
    flame_pack_close(pack);
    flame_archive_close(archive);
}

static void read_tar(int kind, const uint8_t *bytes, size_t size)
{
    uint8_t *tar = malloc(size + 1);
    size_t cap = ZSTD_compressBound(size) + compressBound(size) + 64;
    uint8_t *packed = malloc(cap);
    CHECK(tar && packed);
    memcpy(tar, bytes, size);
    tar_mend(tar, size);
    if (kind == PLAIN_TAR) {
        read_archive(tar, size);
    } else if (kind == ZSTD_TAR) {
        size_t got = ZSTD_compress(packed, cap, tar, size, 1);
        CHECK(!ZSTD_isError(got));
        read_archive(packed, got);
    } else {
        z_stream z = { .next_in = tar, .avail_in = (uInt)size };
        z.next_out = packed;
        z.avail_out = (uInt)cap;
        CHECK(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
        CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
        read_archive(packed, z.total_out);
        deflateEnd(&z);
    }
    free(packed);
    free(tar);
}

/* The manifest's lines with their end, as it was read; NULL: it was refused. */
static struct flame_output *again(struct flame_str lines)
{
    struct flame_manifest manifest;
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_output *out = flame_output_memory();
    CHECK(out);
    flame_manifest_init(&manifest);
    if (flame_manifest_read(&manifest, lines, "fuzz", &error) == FLAME_OK) {
        CHECK(flame_manifest_write(&manifest, out) == FLAME_OK);
    } else {
        CHECK(error.text[0]);
        flame_output_discard(out);
        out = NULL;
    }
    flame_manifest_deinit(&manifest);
    return out;
}

/* What is read can be written, and read again as the same. */
static void read_manifest(const uint8_t *bytes, size_t size)
{
    struct flame_output *text = flame_output_memory();
    CHECK(text);
    flame_put(text, bytes, size);
    flame_putf(text, "end\t%016" PRIx64 "\n", flame_hash(bytes, size));
    struct flame_output *first = again(flame_output_bytes(text));
    if (first) {
        struct flame_output *second = again(flame_output_bytes(first));
        CHECK(second);
        CHECK(flame_str_equal(flame_output_bytes(first), flame_output_bytes(second)));
        flame_output_discard(second);
    }
    flame_output_discard(first);
    flame_output_discard(text);
}

static void set_names(struct take *t)
{
    struct flame_archive_names names;
    flame_archive_names_init(&names);
    while (t->left) {
        uint8_t op = take_u8(t);
        struct flame_str name = take_text(t);
        struct flame_archive_member member = { .kind = FLAME_ARCHIVE_FILE };
        if (op % 4 == 1)
            flame_archive_names_link(&names, take_text(t), &member);
        else if (op % 4 == 2)
            flame_archive_names_same(&names, take_text(t), &member);
        if (op % 4 < 3) {
            CHECK(flame_archive_names_set(&names, name, &member) == FLAME_OK);
            continue;
        }
        uint32_t id = flame_archive_names_find(&names, name);
        if (id == FLAME_INTERN_NONE)
            continue;
        CHECK(id < names.members.count && names.members.items[id].kind == FLAME_ARCHIVE_FILE);
        check_name(flame_intern_get(&names.names, id));
    }
    flame_archive_names_deinit(&names);
}

/* Members of at most 64 KiB, so that what they are to hold is known here, too. Zeros are not put
 * over what was put before: the spool leaves them out. */
enum { SPOOLED = 64 << 10, SPOOLED_MEMBERS = 8 };

struct spooled {
    uint8_t bytes[SPOOLED];
    uint64_t size, at;
};

static void put_piece(struct flame_spool *spool, struct spooled *member, struct take *t)
{
    static uint8_t piece[SPOOLED];
    uint64_t offset = take_u16(t), size = take_u16(t);
    uint8_t value = take_u8(t), middle = take_u8(t);
    size = size < SPOOLED - offset ? size : SPOOLED - offset;
    bool over = false;
    for (size_t i = 0; i < size; i++)
        over = over || member->bytes[offset + i];
    memset(piece, value | over, size);
    if (size)
        piece[size / 2] = middle | over;
    CHECK(flame_spool_put(spool, offset, piece, size, NULL) == FLAME_OK);
    memcpy(member->bytes + offset, piece, size);
    if (offset + size > member->size)
        member->size = offset + size;
}

/* What was put is what is mapped, and nothing of what was taken back. */
static void fill_spool(struct take *t)
{
    static struct spooled members[SPOOLED_MEMBERS];
    struct flame_spool spool;
    size_t count = 0;
    memset(members, 0, sizeof members);
    CHECK(flame_spool_open(&spool, "fuzz", UINT64_C(1) << 30, NULL) == FLAME_OK);
    while (t->left && count < SPOOLED_MEMBERS) {
        uint8_t op = take_u8(t);
        struct spooled *member = &members[count];
        if (op % 8 < 6) {
            put_piece(&spool, member, t);
        } else if (op % 8 == 6) {
            CHECK(flame_spool_end(&spool, member->size, &member->at, NULL) == FLAME_OK);
            count++;
        } else {
            CHECK(flame_spool_forget(&spool, NULL) == FLAME_OK);
            memset(member, 0, sizeof *member);
        }
    }
    for (size_t i = 0; i < count; i++) {
        struct flame_file file;
        CHECK(flame_spool_map(&spool, members[i].at, members[i].size, &file, NULL) == FLAME_OK);
        CHECK(file.size == members[i].size);
        CHECK(file.size == 0 || memcmp(file.bytes, members[i].bytes, file.size) == 0);
        flame_file_close(&file);
    }
    flame_spool_close(&spool);
    flame_ranges_free(&spool.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct take t = { bytes, size };
    int kind = take_u8(&t);
    switch (kind) {
    case ZSTD_TAR:
    case GZIP_TAR:
    case PLAIN_TAR:
        read_tar(kind, t.at, t.left);
        break;
    case MANIFEST:
        read_manifest(t.at, t.left);
        break;
    case NAMES:
        set_names(&t);
        break;
    case SPOOL:
        fill_spool(&t);
        break;
    default:
        read_archive(bytes, size);
    }
    return 0;
}
