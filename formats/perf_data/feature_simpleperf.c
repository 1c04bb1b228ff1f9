/* feature_simpleperf.c: the features of Android's simpleperf: what it says of itself and of the
 * phone, and the symbols it took along.
 *
 * Invariant: an entry that is broken costs itself alone, for each has its length before it.
 * Does not keep what only the decoding of dex files would need, their offsets in the file.
 * Source: simpleperf's record_file_reader.cpp, record_file.proto; docs/formats/simpleperf.md. */
#include "feature_reader.h"
#include "protobuf.h"

enum { SYMBOL_V1_MIN = 8 + 4 + 1 };

/* Text up to its NUL, which has to be there. */
static struct flame_str take_text(struct flame_cursor *c, const char *what)
{
    size_t left = flame_cursor_left(c);
    const uint8_t *nul = left ? memchr(c->at, 0, left) : NULL;
    if (!nul) {
        flame_cursor_short(c, left + UINT64_C(1), what);
        return (struct flame_str){ 0 };
    }
    return flame_cursor_text(c, (uint64_t)(nul - c->at) + 1, what);
}

/* key NUL value NUL, over and over. */
void flame_perf_read_simpleperf_meta_info(struct flame_perf_feature_reader *r)
{
    uint64_t count = 0;
    for (const uint8_t *at = r->c.at; at < r->c.end; at++)
        count += *at == 0;
    count /= 2;
    struct flame_perf_pair *pairs =
        flame_perf_feature_list(r, &count, 2, sizeof *pairs, "meta information");
    size_t n = 0;
    while (flame_cursor_left(&r->c)) {
        struct flame_perf_pair pair;
        pair.name = take_text(&r->c, "key of the meta information");
        pair.value = take_text(&r->c, "value of the meta information");
        if (r->c.failed || n == count)
            break;
        pairs[n++] = pair;
    }
    r->out->meta_info.items = pairs;
    r->out->meta_info.count = n;
}

/* Room for a file's symbols; NULL where there are none, or (the reader has then failed) no memory.
 */
static struct flame_perf_symbol *room_for(struct flame_perf_feature_reader *r, size_t count)
{
    struct flame_perf_symbol *symbols =
        count ? flame_arena_zalloc(r->arena, count, sizeof *symbols) : NULL;
    if (count && !symbols)
        flame_perf_feature_fail(r, FLAME_NOMEM, "symbols of a file");
    return symbols;
}

static bool set_kind(struct flame_cursor *c, struct flame_perf_symbol_file *file, uint64_t kind)
{
    if (kind >= FLAME_SYMBOL_FILE_KINDS && !c->failed) {
        flame_fail(c->error, FLAME_CORRUPT, c->path, flame_cursor_offset(c),
                   "symbols of a file of an unknown kind");
        c->failed = true;
    }
    file->kind = c->failed ? FLAME_SYMBOL_FILE_UNKNOWN : (enum flame_perf_symbol_file_kind)kind;
    return !c->failed;
}

/* path, u32 kind, u64 min_vaddr, u32 n, n * { u64 vaddr, u32 size, name }; of a dex file u32 n, n *
 * u64 offset; of a later simpleperf, for an ELF file or module, u64 offset. */
static bool read_v1(struct flame_perf_feature_reader *r, struct flame_cursor *c,
                    struct flame_perf_symbol_file *file)
{
    file->path = take_text(c, "path of a symbol file");
    if (!set_kind(c, file, flame_cursor_u32(c, "kind of a symbol file")))
        return false;
    file->min_vaddr = flame_cursor_u64(c, "min_vaddr of a symbol file");
    uint32_t count = flame_cursor_u32(c, "symbols of a file");
    if (count > flame_cursor_left(c) / SYMBOL_V1_MIN) {
        flame_cursor_short(c, (uint64_t)count * SYMBOL_V1_MIN, "symbols of a file");
        return false;
    }
    struct flame_perf_symbol *symbols = room_for(r, count);
    for (; symbols && file->count < count && !c->failed; file->count++) {
        struct flame_perf_symbol *symbol = &symbols[file->count];
        symbol->vaddr = flame_cursor_u64(c, "address of a symbol");
        symbol->size = flame_cursor_u32(c, "size of a symbol");
        symbol->name = take_text(c, "name of a symbol");
    }
    file->symbols = symbols;
    bool has_offset = file->kind == FLAME_SYMBOL_FILE_ELF || file->kind == FLAME_SYMBOL_FILE_MODULE;
    if (has_offset && flame_cursor_left(c))
        file->offset = flame_cursor_u64(c, "offset of min_vaddr");
    return !c->failed;
}

static bool read_symbol(struct flame_cursor c, struct flame_perf_symbol *symbol)
{
    enum { VADDR = 1, SIZE, NAME };
    struct flame_protobuf_field f;
    while (flame_protobuf_next(&c, &f)) {
        struct flame_cursor text;
        switch (f.number) {
        case VADDR:
            symbol->vaddr = flame_protobuf_number(&c, &f, "address of a symbol");
            break;
        case SIZE:
            symbol->size = (uint32_t)flame_protobuf_number(&c, &f, "size of a symbol");
            break;
        case NAME:
            text = flame_protobuf_body(&c, &f, "name of a symbol");
            symbol->name = flame_cursor_text(&text, flame_cursor_left(&text), "name of a symbol");
            break;
        default:
            break;
        }
    }
    return !c.failed;
}

/* What is said of an ELF file or a module: one number, the offset of min_vaddr. */
static bool read_offset(struct flame_cursor c, uint64_t *offset)
{
    enum { OFFSET = 1 };
    struct flame_protobuf_field f;
    *offset = 0;
    while (flame_protobuf_next(&c, &f))
        if (f.number == OFFSET)
            *offset = flame_protobuf_number(&c, &f, "offset of min_vaddr");
    return !c.failed;
}

enum { PATH = 1, KIND, MIN_VADDR, SYMBOL, DEX_FILE, ELF_FILE, KERNEL_MODULE };

static bool read_field(struct flame_cursor *c, const struct flame_protobuf_field *f,
                       struct flame_perf_symbol_file *file, struct flame_perf_symbol *symbols)
{
    struct flame_cursor text;
    switch (f->number) {
    case PATH:
        text = flame_protobuf_body(c, f, "path of a symbol file");
        file->path = flame_cursor_text(&text, flame_cursor_left(&text), "path of a symbol file");
        return true;
    case KIND:
        return set_kind(c, file, flame_protobuf_number(c, f, "kind of a symbol file"));
    case MIN_VADDR:
        file->min_vaddr = flame_protobuf_number(c, f, "min_vaddr of a symbol file");
        return true;
    case SYMBOL:
        return read_symbol(flame_protobuf_body(c, f, "symbols of a file"), &symbols[file->count++]);
    case ELF_FILE:
    case KERNEL_MODULE:
        return read_offset(flame_protobuf_body(c, f, "offset of min_vaddr"), &file->offset);
    default:
        return true;
    }
}

static bool read_v2(struct flame_perf_feature_reader *r, struct flame_cursor *c,
                    struct flame_perf_symbol_file *file)
{
    struct flame_protobuf_field f;
    struct flame_cursor first = *c;
    size_t count = 0;
    while (flame_protobuf_next(&first, &f))
        count += f.number == SYMBOL;
    struct flame_perf_symbol *symbols = first.failed ? NULL : room_for(r, count);
    if (first.failed || (count && !symbols))
        return false;
    file->symbols = symbols;
    while (flame_protobuf_next(c, &f))
        if (!read_field(c, &f, file, symbols))
            return false;
    return !c->failed;
}

/* u32 size; entry[size], over and over. */
static void read_files(struct flame_perf_feature_reader *r,
                       bool (*read)(struct flame_perf_feature_reader *r, struct flame_cursor *c,
                                    struct flame_perf_symbol_file *file))
{
    static const char what[] = "symbol file";
    struct flame_cursor ahead = r->c;
    uint64_t count = 0;
    for (ahead.error = NULL; flame_cursor_left(&ahead); count++)
        flame_cursor_take(&ahead, flame_cursor_u32(&ahead, what), what);
    struct flame_perf_symbol_file *files =
        flame_perf_feature_list(r, &count, 1, sizeof *files, what);
    bool broken = false;
    size_t n = 0;
    while (files && flame_cursor_left(&r->c) && flame_perf_feature_ok(r)) {
        struct flame_cursor entry = flame_cursor_sub(&r->c, flame_cursor_u32(&r->c, what), what);
        struct flame_perf_symbol_file file = { .offset = FLAME_SYMBOL_FILE_NO_OFFSET };
        if (entry.failed)
            break;
        if (read(r, &entry, &file))
            files[n++] = file;
        else
            broken = true;
    }
    if (broken)
        flame_perf_feature_fail(r, FLAME_CORRUPT, "the symbols of a file cannot be read");
    r->out->symbol_files.items = files;
    r->out->symbol_files.count = n;
}

void flame_perf_read_simpleperf_file(struct flame_perf_feature_reader *r)
{
    read_files(r, read_v1);
}

/* Where there are both, simpleperf goes by the old one. */
void flame_perf_read_simpleperf_file2(struct flame_perf_feature_reader *r)
{
    if (r->out->symbol_files.count == 0)
        read_files(r, read_v2);
}
