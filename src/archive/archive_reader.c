/* archive_reader.c: from the stream of members into the spool, and the table of names.
 *
 * What goes wrong behind the first member ends the reading and is remembered as damage; members
 * that were complete stay. Source: Linux tools/perf/perf-archive.sh. */
#include "archive_reader.h"

#include "archive_names.h"
#include "archive_spool.h"
#include "archive_stream.h"

/* Beyond the limit so many times an archive's size may be unpacked. Debug information packs to a
 * fourth or an eighth. */
enum { UNPACKED_TIMES = 64 };

enum {
    MEMBERS_MAX = 1 << 20,
    NESTED_MAX = 4,
};

struct flame_archive {
    const char *path;
    struct flame_archive_names names;
    FLAME_VEC(uint32_t) files, torn; /* ids of regular members */
    struct flame_file bytes;
    struct flame_ranges data; /* which of bytes were in the archive */
    struct flame_error damage;
    uint64_t unpacked, unpacked_max;
    size_t seen;
};

static enum flame_status no_memory(const struct flame_archive *a, struct flame_error *error)
{
    return flame_fail(error, FLAME_NOMEM, a->path, FLAME_NO_OFFSET, "out of memory");
}

/* Read a member's bytes to their end, and keep those of a file, also if they end early. */
static enum flame_stream_step unpack(struct flame_archive_stream *stream, struct flame_spool *spool,
                                     bool file, struct flame_archive_member *member,
                                     struct flame_error *damage)
{
    enum flame_stream_step step;
    const uint8_t *bytes;
    size_t size;
    uint64_t offset, given = 0, reach = 0;
    while ((step = flame_stream_piece(stream, &bytes, &size, &offset, damage)) ==
           FLAME_STREAM_ONE) {
        if (file && flame_spool_put(spool, offset, bytes, size, damage) != FLAME_OK)
            return FLAME_STREAM_BROKEN;
        given += size;
        reach = offset + size > reach ? offset + size : reach;
    }
    enum flame_status status = FLAME_OK;
    bool torn = file && step != FLAME_STREAM_END && reach > 0;
    if (file && (torn || reach > member->size))
        member->size = reach;
    if (torn)
        member->kind = FLAME_ARCHIVE_TORN;
    member->sparse = given < member->size;
    if (torn || (file && step == FLAME_STREAM_END))
        status = flame_spool_end(spool, member->size, &member->at, damage);
    else
        status = flame_spool_forget(spool, damage);
    return status == FLAME_OK ? step : FLAME_STREAM_BROKEN;
}

/* What a member of the stream is to be, once its bytes are kept. */
static enum flame_status meaning(struct flame_archive *a, const struct flame_stream_member *from,
                                 struct flame_archive_member *member)
{
    *member = (struct flame_archive_member){ .kind = FLAME_ARCHIVE_OTHER,
                                             .size = from->size,
                                             .changed_ns = from->changed_ns };
    if (from->kind == FLAME_MEMBER_FILE)
        member->kind = FLAME_ARCHIVE_FILE;
    else if (from->kind == FLAME_MEMBER_SYMBOLIC)
        return flame_archive_names_link(&a->names, from->target, member);
    else if (from->kind == FLAME_MEMBER_HARD)
        flame_archive_names_same(&a->names, from->target, member);
    return FLAME_OK;
}

/* One member of the stream, which has just come to it. */
static enum flame_stream_step take(struct flame_archive *a, struct flame_archive_stream *stream,
                                   struct flame_spool *spool, struct flame_stream_member *from,
                                   struct flame_error *damage)
{
    struct flame_archive_member member;
    if (++a->seen > MEMBERS_MAX) {
        flame_fail(damage, FLAME_LIMIT, a->path, FLAME_NO_OFFSET, "more than %d members",
                   MEMBERS_MAX);
        return FLAME_STREAM_BROKEN;
    }
    enum flame_status status = meaning(a, from, &member);
    bool file = member.kind == FLAME_ARCHIVE_FILE && from->kind == FLAME_MEMBER_FILE;
    enum flame_stream_step step = unpack(stream, spool, file, &member, damage);
    if (status == FLAME_OK && (step == FLAME_STREAM_END || member.kind == FLAME_ARCHIVE_TORN))
        status = flame_archive_names_set(&a->names, from->name, &member);
    if (status == FLAME_LIMIT)
        flame_fail(damage, FLAME_LIMIT, a->path, FLAME_NO_OFFSET,
                   "its names are longer than %d MiB together", FLAME_ARCHIVE_NAMES_MAX >> 20);
    else if (status != FLAME_OK)
        no_memory(a, damage);
    return status == FLAME_OK ? step : FLAME_STREAM_BROKEN;
}

/* How many names stand for something that was read to its end. */
static size_t count_whole(const struct flame_archive *a)
{
    size_t count = 0;
    for (size_t i = 0; i < a->names.members.count; i++)
        count += a->names.members.items[i].kind != FLAME_ARCHIVE_TORN;
    return count;
}

/* All members of bytes[size]. What is wrong behind the first one is damage; error is set when there
 * is no first one. */
static enum flame_status read_members(struct flame_archive *a, struct flame_spool *spool,
                                      const uint8_t *bytes, size_t size, struct flame_error *error)
{
    struct flame_archive_stream stream;
    struct flame_error why = FLAME_ERROR_INIT;
    enum flame_status status =
        flame_stream_open(&stream, bytes, size, a->path, &a->unpacked, a->unpacked_max, error);
    if (status != FLAME_OK)
        return status;
    enum flame_stream_step step = FLAME_STREAM_ONE;
    for (bool first = true; step != FLAME_STREAM_BROKEN; first = false) {
        struct flame_stream_member from;
        step = flame_stream_next(&stream, &from, &why);
        if (step == FLAME_STREAM_END)
            break;
        if (step == FLAME_STREAM_BROKEN && first && why.status == FLAME_CORRUPT)
            status = flame_fail(error, FLAME_FORMAT, a->path, FLAME_NO_OFFSET,
                                "not a tar or zip archive that can be read: %s", why.text);
        else if (step == FLAME_STREAM_BROKEN && first)
            status = flame_fail(error, why.status, a->path, FLAME_NO_OFFSET, "%s", why.text);
        else if (step == FLAME_STREAM_ONE)
            step = take(a, &stream, spool, &from, &why);
        else if (++a->seen > MEMBERS_MAX)
            step = FLAME_STREAM_BROKEN;
    }
    /* What is wrong below members says itself what to do. */
    bool advised = stream.why.status != FLAME_OK || why.status != FLAME_CORRUPT;
    flame_stream_close(&stream);
    if (why.status == FLAME_NOMEM)
        return no_memory(a, error);
    size_t whole = count_whole(a);
    if (status == FLAME_OK && why.status != FLAME_OK)
        flame_fail(&a->damage, why.status, a->path, FLAME_NO_OFFSET,
                   "%zu member%s can be read; then: %s%s", whole, whole == 1 ? "" : "s", why.text,
                   advised ? "" : "; take another copy of it");
    return status;
}

static bool is_nested(struct flame_str name)
{
    return flame_str_starts(flame_str_basename(name), "perf.symbols.tar");
}

/* The archives in the archive. */
static enum flame_status read_nested(struct flame_archive *a, struct flame_spool *spool,
                                     struct flame_error *error)
{
    struct flame_archive_member nested[NESTED_MAX];
    size_t count = 0;
    for (size_t i = 0; i < a->names.members.count && count < NESTED_MAX; i++)
        if (a->names.members.items[i].kind == FLAME_ARCHIVE_FILE &&
            is_nested(flame_intern_get(&a->names.names, (uint32_t)i)))
            nested[count++] = a->names.members.items[i];
    enum flame_status status = FLAME_OK;
    for (size_t i = 0; i < count && status != FLAME_NOMEM; i++) {
        struct flame_file file;
        struct flame_error why = FLAME_ERROR_INIT;
        status = flame_spool_map(spool, nested[i].at, nested[i].size, &file, &why);
        if (status == FLAME_OK)
            status = read_members(a, spool, file.bytes, file.size, &why);
        if (status != FLAME_OK)
            flame_fail(&a->damage, why.status, a->path, FLAME_NO_OFFSET, "the archive in it: %s",
                       why.text);
        flame_file_close(&file);
    }
    return status == FLAME_NOMEM ? no_memory(a, error) : FLAME_OK;
}

static enum flame_status read_all(struct flame_archive *a, const uint8_t *bytes, size_t size,
                                  const struct flame_limits *limits, struct flame_error *error)
{
    struct flame_spool spool;
    a->unpacked_max = flame_limit_of(limits, FLAME_LIMIT_ARCHIVE);
    if (!limits || !limits->archive)
        a->unpacked_max += (uint64_t)size * UNPACKED_TIMES;
    enum flame_status status = flame_spool_open(&spool, a->path, a->unpacked_max, error);
    if (status != FLAME_OK)
        return status;
    status = read_members(a, &spool, bytes, size, error);
    if (status == FLAME_OK)
        status = read_nested(a, &spool, error);
    if (status == FLAME_OK)
        status = flame_spool_map(&spool, 0, spool.end, &a->bytes, error);
    a->data = spool.data;
    spool.data = (struct flame_ranges){ 0 };
    flame_spool_close(&spool);
    for (uint32_t id = 0; id < a->names.members.count && status == FLAME_OK; id++) {
        enum flame_archive_kind kind = a->names.members.items[id].kind;
        if ((kind == FLAME_ARCHIVE_FILE && !flame_vec_push(&a->files, id)) ||
            (kind == FLAME_ARCHIVE_TORN && !flame_vec_push(&a->torn, id)))
            status = no_memory(a, error);
    }
    return status;
}

enum flame_status flame_archive_read(struct flame_archive **archive, const uint8_t *bytes,
                                     size_t size, const char *path, struct flame_error *error)
{
    return flame_archive_read_within(archive, bytes, size, path, NULL, error);
}

enum flame_status flame_archive_read_within(struct flame_archive **archive, const uint8_t *bytes,
                                            size_t size, const char *path,
                                            const struct flame_limits *limits,
                                            struct flame_error *error)
{
    struct flame_archive *a = *archive = calloc(1, sizeof *a);
    if (!a)
        return flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
    flame_archive_names_init(&a->names);
    a->damage = (struct flame_error)FLAME_ERROR_INIT;
    a->path = flame_arena_copy(&a->names.names.arena, flame_str_from(path));
    struct flame_error why = FLAME_ERROR_INIT;
    enum flame_status status =
        a->path ? read_all(a, bytes, size, limits, &why) : no_memory(a, &why);
    if (status == FLAME_OK)
        return FLAME_OK;
    flame_archive_close(a);
    *archive = NULL;
    return flame_fail(error, status, path, FLAME_NO_OFFSET, "%s", why.text);
}

enum flame_status flame_archive_open(struct flame_archive **archive, const char *path,
                                     struct flame_error *error)
{
    return flame_archive_open_within(archive, path, NULL, error);
}

enum flame_status flame_archive_open_within(struct flame_archive **archive, const char *path,
                                            const struct flame_limits *limits,
                                            struct flame_error *error)
{
    struct flame_file file;
    *archive = NULL;
    enum flame_status status = flame_file_open_plain(&file, path, error);
    if (status == FLAME_OK)
        status = flame_archive_read_within(archive, file.bytes, file.size, path, limits, error);
    flame_file_close(&file);
    return status;
}

const struct flame_error *flame_archive_damage(const struct flame_archive *archive)
{
    return archive->damage.status == FLAME_OK ? NULL : &archive->damage;
}

static size_t first_behind(const struct flame_ranges *data, uint64_t at)
{
    size_t low = 0, high = data->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (data->items[middle].end <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct flame_extents extents_of(const struct flame_archive *a,
                                       const struct flame_archive_member *m)
{
    static const struct flame_range none;
    size_t first = first_behind(&a->data, m->at), end = first_behind(&a->data, m->at + m->size);
    end += end < a->data.count && a->data.items[end].start < m->at + m->size;
    if (first == end)
        return (struct flame_extents){ .items = &none };
    return (struct flame_extents){ a->data.items + first, end - first, m->at };
}

static struct flame_archived archived(const struct flame_archive *a, uint32_t id)
{
    static const uint8_t nothing[1];
    const struct flame_archive_member *m = &a->names.members.items[id];
    return (struct flame_archived){
        .name = flame_intern_get(&a->names.names, id),
        .bytes = m->size ? a->bytes.bytes + m->at : nothing,
        .size = (size_t)m->size,
        .extents = extents_of(a, m),
        .sparse = m->sparse,
        .changed_ns = m->changed_ns,
    };
}

size_t flame_archive_count(const struct flame_archive *archive)
{
    return archive->files.count;
}

struct flame_archived flame_archive_get(const struct flame_archive *archive, size_t i)
{
    return archived(archive, archive->files.items[i]);
}

size_t flame_archive_torn_count(const struct flame_archive *archive)
{
    return archive->torn.count;
}

struct flame_archived flame_archive_torn(const struct flame_archive *archive, size_t i)
{
    return archived(archive, archive->torn.items[i]);
}

bool flame_archive_find(const struct flame_archive *archive, struct flame_str name,
                        struct flame_archived *found)
{
    uint32_t id = flame_archive_names_find(&archive->names, name);
    if (id == FLAME_INTERN_NONE)
        return false;
    *found = archived(archive, id);
    return true;
}

void flame_archive_close(struct flame_archive *archive)
{
    if (!archive)
        return;
    flame_file_close(&archive->bytes);
    flame_ranges_free(&archive->data);
    flame_vec_free(&archive->files);
    flame_vec_free(&archive->torn);
    flame_archive_names_deinit(&archive->names);
    free(archive);
}
