/* manifest_read.c: lines of fields, back to a manifest.
 *
 * The last line is a hash of all the others: a manifest is believed whole, or not at all. Lines of
 * kinds that are not known are passed over, so that later versions can tell more. Whatever the
 * text says, what comes out refers to nothing that is not there. */
#include "manifest.h"

#include "hash.h"
#include "manifest_words.h"

#include <inttypes.h>
#include <stdio.h>

enum { FIELDS_MAX = 20, LINES_MAX = 1 << 20, MEMBER_MAX = 32 };

/* A line in fields; next: of those that are still to be taken. bad: one was not as it must be.
 * members: of all files so far. */
struct line {
    struct flame_manifest *manifest;
    struct flame_intern members;
    struct flame_str fields[FIELDS_MAX];
    size_t count, next;
    bool bad, no_memory;
};

static bool split(struct line *line, struct flame_str text)
{
    line->count = line->next = 0;
    for (const char *at = text.ptr, *end = at + text.len; line->count < FIELDS_MAX;) {
        const char *tab = memchr(at, '\t', (size_t)(end - at));
        line->fields[line->count++] = (struct flame_str){ at, (size_t)((tab ? tab : end) - at) };
        if (!tab)
            return true;
        at = tab + 1;
    }
    return false;
}

static struct flame_str take(struct line *line)
{
    if (line->next < line->count)
        return line->fields[line->next++];
    line->bad = true;
    return (struct flame_str){ "", 0 };
}

static bool take_word(struct line *line, const char *word)
{
    return flame_str_is(take(line), word);
}

static unsigned digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}

static uint64_t number_of(struct line *line, struct flame_str s, unsigned base)
{
    uint64_t value = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned digit = digit_of(s.ptr[i]);
        if (digit >= base || value > (UINT64_MAX - digit) / base)
            line->bad = true;
        value = value * base + digit;
    }
    line->bad = line->bad || s.len == 0;
    return value;
}

static uint64_t take_number(struct line *line)
{
    return number_of(line, take(line), 10);
}

static uint64_t take_hex(struct line *line)
{
    return number_of(line, take(line), 16);
}

static bool take_flag(struct line *line)
{
    uint64_t value = take_number(line);
    line->bad = line->bad || value > 1;
    return value == 1;
}

static int32_t take_signed(struct line *line)
{
    struct flame_str s = take(line);
    bool minus = s.len && s.ptr[0] == '-';
    uint64_t value = number_of(line, (struct flame_str){ s.ptr + minus, s.len - minus }, 10);
    line->bad = line->bad || value > INT32_MAX;
    return minus ? -(int32_t)(value & INT32_MAX) : (int32_t)(value & INT32_MAX);
}

/* A text without NUL, as it was before its bytes were spelled out. */
static struct flame_str take_text(struct line *line)
{
    struct flame_str s = take(line), out = { "", 0 };
    char *to = flame_arena_alloc(&line->manifest->arena, s.len + 1);
    if (!to) {
        line->no_memory = true;
        return out;
    }
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '\\') {
            unsigned high = 16, low = 16;
            if (s.len - i >= 4 && s.ptr[i + 1] == 'x') {
                high = digit_of(s.ptr[i + 2]);
                low = digit_of(s.ptr[i + 3]);
            }
            if (high > 15 || low > 15)
                line->bad = true;
            c = (char)(high << 4 | low);
            i += 3;
        }
        line->bad = line->bad || c == 0;
        to[out.len++] = c;
    }
    to[out.len] = 0;
    out.ptr = to;
    return out;
}

static struct flame_build_id take_id(struct line *line)
{
    struct flame_str s = take(line);
    struct flame_build_id id = { 0 };
    if (s.len % 2 || s.len / 2 > FLAME_BUILD_ID_MAX) {
        line->bad = true;
        return id;
    }
    for (size_t i = 0; i < s.len; i += 2) {
        unsigned high = digit_of(s.ptr[i]), low = digit_of(s.ptr[i + 1]);
        line->bad = line->bad || high > 15 || low > 15;
        id.bytes[i / 2] = (uint8_t)(high << 4 | low);
    }
    id.size = (uint8_t)(s.len / 2);
    return id;
}

static uint32_t take_file_number(struct line *line)
{
    struct flame_str s = take(line);
    uint64_t number = s.len ? number_of(line, s, 10) : FLAME_PACKED_NONE;
    line->bad = line->bad || (s.len && number >= line->manifest->packed.files.count);
    return (uint32_t)number;
}

/* The number of a word in a table. */
static unsigned take_one_of(struct line *line, const char *const *words, size_t count)
{
    struct flame_str s = take(line);
    for (unsigned i = 0; i < count; i++)
        if (flame_str_is(s, words[i]))
            return i;
    line->bad = true;
    return 0;
}

static bool read_file(struct line *line)
{
    struct flame_packed_file f = { 0 };
    f.member = take_text(line);
    f.size = take_number(line);
    f.hash = take_hex(line);
    f.changed_ns = take_number(line);
    f.build_id = take_id(line);
    f.path = take_text(line);
    size_t count = line->manifest->packed.files.count;
    uint32_t id = flame_intern_add(&line->members, f.member);
    line->bad = line->bad || f.size > SIZE_MAX || count == FLAME_MANIFEST_MANY || id != count;
    return id != FLAME_INTERN_NONE && flame_vec_push(&line->manifest->packed.files, f);
}

static bool read_object(struct line *line)
{
    struct flame_packed_object o = { 0 };
    o.kind = take_one_of(line, flame_manifest_kinds, FLAME_OBJECT_PLAIN + 1);
    o.name = take_text(line);
    o.build_id = take_id(line);
    o.pid = take_signed(line);
    o.narrow = take_flag(line);
    o.state = take_one_of(line, flame_manifest_states, FLAME_OBJECT_UNREADABLE + 1);
    o.trusted = take_flag(line);
    o.found_id = take_id(line);
    o.used = take_text(line);
    o.program = take_text(line);
    o.names = take_file_number(line);
    o.runtime = take_file_number(line);
    o.code = take_file_number(line);
    o.shift = take_hex(line);
    o.modules = take_flag(line);
    line->bad = line->bad || line->manifest->packed.objects.count == FLAME_MANIFEST_MANY;
    return flame_vec_push(&line->manifest->packed.objects, o);
}

static bool read_recording(struct line *line)
{
    struct flame_manifest *m = line->manifest;
    line->bad = line->bad || m->parts.count > 0;
    m->name = take_text(line);
    m->folder = take_word(line, "folder");
    m->recorded_ns = take_number(line);
    m->same_host = take_flag(line);
    m->same_boot = take_flag(line);
    m->source = take_flag(line);
    return true;
}

/* The recording's files in order, as they are always called. */
static bool read_part(struct line *line)
{
    struct flame_manifest *m = line->manifest;
    struct flame_manifest_part part = { .member = take_text(line) };
    char name[MEMBER_MAX] = "perf.data";
    if (m->folder && m->parts.count == 0)
        snprintf(name, sizeof name, "perf.data/data");
    else if (m->folder)
        snprintf(name, sizeof name, "perf.data/data.%u", (unsigned)m->parts.count - 1);
    else
        line->bad = line->bad || m->parts.count > 0;
    part.size = take_number(line);
    part.hash = take_hex(line);
    line->bad = line->bad || part.size > SIZE_MAX || !flame_str_is(part.member, name);
    return flame_vec_push(&m->parts, part);
}

static bool read_line(struct line *line)
{
    struct flame_manifest *m = line->manifest;
    struct flame_str kind = take(line);
    if (flame_str_is(kind, "file"))
        return read_file(line);
    if (flame_str_is(kind, "object"))
        return read_object(line);
    if (flame_str_is(kind, "recording"))
        return read_recording(line);
    if (flame_str_is(kind, "made")) {
        m->made_s = take_number(line);
        m->version = take_text(line);
    } else if (flame_str_is(kind, "part")) {
        return read_part(line);
    } else if (flame_str_is(kind, "jitdump")) {
        struct flame_packed_dump dump = { .recorded = take_text(line) };
        dump.file = take_file_number(line);
        return flame_vec_push(&m->packed.dumps, dump);
    }
    return true;
}

static enum flame_status damaged(const char *path, const char *text, struct flame_error *error)
{
    return flame_fail(error, FLAME_CORRUPT, path, FLAME_NO_OFFSET,
                      "the pack's manifest %s; take another copy", text);
}

/* The version in the first line. */
static enum flame_status check_version(struct flame_str text, const char *path,
                                       struct flame_error *error)
{
    const size_t magic = sizeof FLAME_PACKED_MAGIC - 1;
    if (!flame_str_starts(text, FLAME_PACKED_MAGIC))
        return flame_fail(error, FLAME_FORMAT, path, FLAME_NO_OFFSET, "not a pack of flamedata");
    if (text.len < magic + 2 || text.ptr[magic] != '0' + FLAME_MANIFEST_VERSION ||
        text.ptr[magic + 1] != '\n')
        return flame_fail(error, FLAME_UNSUPPORTED, path, FLAME_NO_OFFSET,
                          "a pack of a later flamedata, in a format that is not known here");
    return FLAME_OK;
}

/* Cut off the last line, which must be what its hash says. */
static bool check_end(struct flame_str *text)
{
    enum { END = 4 + 16 + 1 };
    char end[END + 1];
    if (text->len < END)
        return false;
    text->len -= END;
    snprintf(end, sizeof end, "end\t%016" PRIx64 "\n", flame_hash(text->ptr, text->len));
    return memcmp(text->ptr + text->len, end, END) == 0;
}

static enum flame_status read_lines(struct line *line, struct flame_str text, const char *path,
                                    struct flame_error *error)
{
    size_t count = 0;
    for (const char *at = text.ptr, *end = at + text.len; at < end; count++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        struct flame_str one = { at, (size_t)((stop ? stop : end) - at) };
        bool room = count < LINES_MAX && split(line, one);
        if (room && !read_line(line))
            line->no_memory = true;
        if (line->no_memory)
            return flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
        if (!room || line->bad)
            return damaged(path, "says what cannot be", error);
        at = stop ? stop + 1 : end;
    }
    return FLAME_OK;
}

enum flame_status flame_manifest_read(struct flame_manifest *m, struct flame_str text,
                                      const char *path, struct flame_error *error)
{
    struct line line = { .manifest = m };
    enum flame_status status = check_version(text, path, error);
    if (status != FLAME_OK)
        return status;
    if (!check_end(&text))
        return damaged(path, "is damaged", error);
    flame_intern_init(&line.members);
    status = read_lines(&line, text, path, error);
    flame_intern_deinit(&line.members);
    if (status != FLAME_OK)
        return status;
    if (m->parts.count == 0)
        return damaged(path, "names no recording", error);
    if (flame_packed_seal(&m->packed) != FLAME_OK)
        return flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
    return FLAME_OK;
}
