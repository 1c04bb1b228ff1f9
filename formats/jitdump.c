/* jitdump.c: bytes of a jitdump to records.
 *
 * A record says its size, so that what is not known, or contradicts itself inside, is stepped over.
 * Nothing behind a size that cannot be is believed. Does not judge whether the dump belongs to a
 * recording. Source: Linux tools/perf/Documentation/jitdump-specification.txt,
 * tools/perf/util/jitdump.c. */
#include "jitdump.h"

enum { MAGIC = 0x4a695444, VERSION = 1, HEADER_SIZE = 40, PREFIX_SIZE = 16, FLAG_ARCH_CLOCK = 1 };

/* What records are called in the file. */
enum { CODE_LOAD = 0, CODE_MOVE = 1, CODE_DEBUG_INFO = 2 };

/* u64 address, u32 line, u32 discriminator, and a name of at least its NUL */
enum { LINE_SIZE_LEAST = 17 };

/* So much of a name that was freed before it was written is the allocator's: two words, the first
 * an address, so with a zero byte; for all entries the same, as they had the same memory one after
 * the other. Records are filled up to a multiple of ALIGNMENT. */
enum { OVERWRITTEN = 16, ALIGNMENT = 8 };

static enum flame_status fail(struct flame_error *error, enum flame_status status,
                              const struct flame_jitdump *dump, uint64_t offset, const char *text)
{
    return flame_fail(error, status, dump->path, offset, "%s", text);
}

enum flame_status flame_jitdump_open(struct flame_jitdump *dump, const void *bytes, size_t size,
                                     const char *path, struct flame_error *error)
{
    *dump = (struct flame_jitdump){ .bytes = bytes, .size = size, .path = path };
    struct flame_cursor c = flame_cursor_make(bytes, size, 0, false, path, error);
    uint32_t magic = size >= sizeof magic ? flame_cursor_u32(&c, "magic") : 0;
    if (magic != MAGIC && __builtin_bswap32(magic) != MAGIC)
        return fail(error, FLAME_FORMAT, dump, 0, "not a jitdump");
    c.swap = dump->swap = magic != MAGIC;
    dump->big_endian = dump->swap != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
    uint32_t version = flame_cursor_u32(&c, "jitdump header: version");
    uint32_t header_size = flame_cursor_u32(&c, "jitdump header: size");
    dump->machine = flame_cursor_u32(&c, "jitdump header: machine");
    flame_cursor_u32(&c, "jitdump header: padding");
    dump->pid = (int32_t)flame_cursor_u32(&c, "jitdump header: pid");
    flame_cursor_u64(&c, "jitdump header: time");
    uint64_t flags = flame_cursor_u64(&c, "jitdump header: flags");
    if (c.failed)
        return FLAME_TRUNCATED;
    if (version > VERSION)
        return flame_fail(error, FLAME_UNSUPPORTED, path, 4, "jitdump of version %u; known is %d",
                          version, VERSION);
    if (flags & ~(uint64_t)FLAG_ARCH_CLOCK)
        return flame_fail(error, FLAME_UNSUPPORTED, path, 32, "jitdump with unknown flags 0x%llx",
                          (unsigned long long)flags);
    if (header_size < HEADER_SIZE || header_size > size)
        return flame_fail(error, FLAME_CORRUPT, path, 8, "jitdump header of %u bytes", header_size);
    dump->first = header_size;
    dump->arch_clock = flags & FLAG_ARCH_CLOCK;
    return FLAME_OK;
}

/* The code stands at the record's end, the name at its beginning; between them may be padding. */
static enum flame_status read_load(const struct flame_jitdump *dump, struct flame_cursor *c,
                                   struct flame_jitdump_record *r, struct flame_error *error)
{
    uint64_t at = flame_cursor_offset(c);
    r->pid = (int32_t)flame_cursor_u32(c, "jitdump load: pid");
    r->tid = (int32_t)flame_cursor_u32(c, "jitdump load: tid");
    flame_cursor_u64(c, "jitdump load: vma");
    r->address = flame_cursor_u64(c, "jitdump load: address");
    r->code_size = flame_cursor_u64(c, "jitdump load: code size");
    r->index = flame_cursor_u64(c, "jitdump load: index");
    if (c->failed)
        return FLAME_CORRUPT;
    if (r->code_size > flame_cursor_left(c))
        return fail(error, FLAME_CORRUPT, dump, at, "jitdump load: code is longer than the record");
    size_t room = flame_cursor_left(c) - (size_t)r->code_size;
    r->name.ptr = (const char *)flame_cursor_take(c, room, "jitdump load: name");
    r->name.len = strnlen(r->name.ptr, room);
    if (r->name.len == room)
        return fail(error, FLAME_CORRUPT, dump, at, "jitdump load: name without an end");
    r->code = flame_cursor_take(c, r->code_size, "jitdump load: code");
    return FLAME_OK;
}

static enum flame_status read_move(struct flame_cursor *c, struct flame_jitdump_record *r)
{
    r->pid = (int32_t)flame_cursor_u32(c, "jitdump move: pid");
    r->tid = (int32_t)flame_cursor_u32(c, "jitdump move: tid");
    flame_cursor_u64(c, "jitdump move: vma");
    r->old_address = flame_cursor_u64(c, "jitdump move: old address");
    r->address = flame_cursor_u64(c, "jitdump move: new address");
    r->code_size = flame_cursor_u64(c, "jitdump move: code size");
    r->index = flame_cursor_u64(c, "jitdump move: index");
    return c->failed ? FLAME_CORRUPT : FLAME_OK;
}

static enum flame_status read_debug(struct flame_cursor *c, struct flame_jitdump_record *r)
{
    r->address = flame_cursor_u64(c, "jitdump debug info: address");
    r->entry_count = flame_cursor_u64(c, "jitdump debug info: count");
    r->entries = flame_cursor_offset(c);
    r->entries_size = flame_cursor_left(c);
    /* Counts above what fits are cut: what is there can be read. */
    if (r->entry_count > r->entries_size / LINE_SIZE_LEAST)
        r->entry_count = r->entries_size / LINE_SIZE_LEAST;
    return c->failed ? FLAME_CORRUPT : FLAME_OK;
}

static enum flame_status read_record(const struct flame_jitdump *dump, uint32_t type,
                                     struct flame_cursor *c, struct flame_jitdump_record *r,
                                     struct flame_error *error)
{
    switch (type) {
    case CODE_LOAD:
        r->type = FLAME_JITDUMP_LOAD;
        return read_load(dump, c, r, error);
    case CODE_MOVE:
        r->type = FLAME_JITDUMP_MOVE;
        return read_move(c, r);
    case CODE_DEBUG_INFO:
        r->type = FLAME_JITDUMP_DEBUG;
        return read_debug(c, r);
    default: /* the end of the runtime, unwinding tables, what is not known yet */
        return FLAME_EMPTY;
    }
}

enum flame_status flame_jitdump_next(const struct flame_jitdump *dump, uint64_t *at,
                                     struct flame_jitdump_record *record, struct flame_error *error)
{
    enum flame_status status = FLAME_EMPTY;
    while (status == FLAME_EMPTY && *at < dump->size && dump->size - *at >= PREFIX_SIZE) {
        size_t left = dump->size - (size_t)*at;
        struct flame_cursor c =
            flame_cursor_make(dump->bytes + *at, left, *at, dump->swap, dump->path, error);
        *record = (struct flame_jitdump_record){ .at = *at };
        uint32_t type = flame_cursor_u32(&c, "jitdump record: type");
        uint32_t size = flame_cursor_u32(&c, "jitdump record: size");
        record->time_ns = flame_cursor_u64(&c, "jitdump record: time");
        /* Zeros are what was reserved and not written. */
        if (size > left || (type == 0 && size == 0))
            break;
        if (size < PREFIX_SIZE) {
            uint64_t where = *at;
            *at = dump->size;
            return flame_fail(error, FLAME_CORRUPT, dump->path, where,
                              "jitdump record of %u bytes; the rest is not read", size);
        }
        struct flame_cursor payload = flame_cursor_sub(&c, size - PREFIX_SIZE, "jitdump record");
        *at += size;
        status = read_record(dump, type, &payload, record, error);
    }
    return status;
}

struct flame_jitdump_lines flame_jitdump_lines(const struct flame_jitdump *dump,
                                               const struct flame_jitdump_record *record)
{
    return (struct flame_jitdump_lines){
        .cursor = flame_cursor_make(dump->bytes + record->entries, (size_t)record->entries_size,
                                    record->entries, dump->swap, dump->path, NULL),
        .left = record->entry_count,
    };
}

bool flame_jitdump_overwritten(const struct flame_jitdump *dump,
                               const struct flame_jitdump_record *record, struct flame_str file,
                               struct flame_jitdump_lines *lines)
{
    uint64_t count = record->entry_count, size;
    size_t entry = LINE_SIZE_LEAST + file.len,
           head = file.len < OVERWRITTEN ? file.len : OVERWRITTEN;
    *lines = flame_jitdump_lines(dump, record);
    struct flame_cursor c = lines->cursor;
    const uint8_t *first = NULL;
    /* One short name could as well be another one, and what the record was filled up with. */
    if (count == 0 || (count == 1 && file.len <= OVERWRITTEN) ||
        __builtin_mul_overflow(count, entry, &size) || size > record->entries_size ||
        record->entries_size - size >= ALIGNMENT)
        return false;
    for (uint64_t i = 0; i < count; i++) {
        const uint8_t *name = flame_cursor_take(&c, entry, "jitdump line");
        if (!name)
            return false;
        name += LINE_SIZE_LEAST - 1;
        first = first ? first : name;
        if (memcmp(name, first, head) != 0 || name[file.len] != 0 ||
            memcmp(name + head, file.ptr + head, file.len - head) != 0)
            return false;
    }
    lines->file = file;
    lines->overwritten = memchr(first, 0, head) != NULL;
    return lines->overwritten;
}

bool flame_jitdump_line(struct flame_jitdump_lines *lines, struct flame_jitdump_line *line)
{
    struct flame_cursor *c = &lines->cursor;
    if (lines->left == 0)
        return false;
    lines->left--;
    line->address = flame_cursor_u64(c, "jitdump line: address");
    line->line = flame_cursor_u32(c, "jitdump line: number");
    line->discriminator = flame_cursor_u32(c, "jitdump line: discriminator");
    if (lines->overwritten) {
        flame_cursor_take(c, lines->file.len + 1, "jitdump line: file");
        line->file = lines->file;
        return !c->failed;
    }
    size_t room = flame_cursor_left(c);
    const char *name = (const char *)c->at;
    size_t length = strnlen(name, room);
    if (c->failed || length == room) {
        lines->left = 0;
        return false;
    }
    flame_cursor_take(c, length + 1, "jitdump line: file");
    /* This name stands for that of the entry before. */
    if (!(length == 1 && (unsigned char)name[0] == 0xff))
        lines->file = (struct flame_str){ name, length };
    line->file = lines->file;
    return true;
}
