/* cfi_section.c: the entries of .eh_frame and .debug_frame.
 *
 * The linker's table of functions (.eh_frame_hdr) finds an entry without reading the others. Where
 * there is none, the whole section is read once into one like it. An entry that makes no sense is
 * passed over; one whose length does ends the section. Does not know pointers relative to anything
 * but their own place, which no linker writes here. Source: DWARF 5, section 6.4.1; Linux Standard
 * Base 5, Core, 10.6. */
#include "cfi_section.h"

#include <string.h>

enum { LETTERS_MAX = 32 }; /* of an augmentation; producers have used five */

/* How .eh_frame writes addresses: the low four bits are a format, the others what is added. */
enum {
    ENCODE_WORD = 0x00,
    ENCODE_ULEB = 0x01,
    ENCODE_U16 = 0x02,
    ENCODE_U32 = 0x03,
    ENCODE_U64 = 0x04,
    ENCODE_SLEB = 0x09,
    ENCODE_S16 = 0x0a,
    ENCODE_S32 = 0x0b,
    ENCODE_S64 = 0x0c,
    ENCODE_FORMAT = 0x0f,
    ENCODE_PLACE = 0x10, /* relative to where it stands */
    ENCODE_TABLE = 0x30, /* relative to the table's address */
};

void flame_cfi_section_init(struct flame_cfi_section *section, struct flame_cursor bytes,
                            uint64_t address, uint8_t word, bool eh)
{
    struct flame_cursor c =
        flame_cursor_make(bytes.at, flame_cursor_left(&bytes), 0, bytes.swap, NULL, NULL);
    section->bytes = c;
    section->address = address;
    section->word = word;
    section->eh = eh;
    section->last.offset = UINT64_MAX;
}

void flame_cfi_section_deinit(struct flame_cfi_section *section)
{
    flame_vec_free(&section->index);
}

static uint64_t read_number(struct flame_cursor *c, uint8_t format, uint8_t word)
{
    switch (format) {
    case ENCODE_WORD:
        return word == 8 ? flame_cursor_u64(c, "address") : flame_cursor_u32(c, "address");
    case ENCODE_ULEB:
        return flame_cursor_uleb(c, "address");
    case ENCODE_U16:
        return flame_cursor_u16(c, "address");
    case ENCODE_U32:
        return flame_cursor_u32(c, "address");
    case ENCODE_U64:
    case ENCODE_S64:
        return flame_cursor_u64(c, "address");
    case ENCODE_SLEB:
        return (uint64_t)flame_cursor_sleb(c, "address");
    case ENCODE_S16:
        return (uint64_t)(int16_t)flame_cursor_u16(c, "address");
    case ENCODE_S32:
        return (uint64_t)(int32_t)flame_cursor_u32(c, "address");
    default:
        c->failed = true;
        return 0;
    }
}

static uint64_t cut(uint64_t address, uint8_t word)
{
    return word == 8 ? address : (uint32_t)address;
}

uint64_t flame_cfi_address(const struct flame_cfi_section *section, struct flame_cursor *c,
                           uint8_t encoding)
{
    uint64_t place = section->address + flame_cursor_offset(c);
    uint64_t number = read_number(c, encoding & ENCODE_FORMAT, section->word);
    uint8_t base = encoding & (uint8_t)~ENCODE_FORMAT;
    c->failed = c->failed || (base && base != ENCODE_PLACE);
    return cut(base ? number + place : number, section->word);
}

/* The pairs of a table that a linker wrote as all linkers do. */
bool flame_cfi_section_table(struct flame_cfi_section *section, struct flame_cursor bytes,
                             uint64_t address, uint64_t *frame)
{
    struct flame_cursor c =
        flame_cursor_make(bytes.at, flame_cursor_left(&bytes), 0, bytes.swap, NULL, NULL);
    uint8_t version = flame_cursor_u8(&c, "version"), how_frame = flame_cursor_u8(&c, "encoding");
    uint8_t how_count = flame_cursor_u8(&c, "encoding"), how = flame_cursor_u8(&c, "encoding");
    struct flame_cfi_section here = { .address = address, .word = section->word };
    *frame = flame_cfi_address(&here, &c, how_frame);
    if (c.failed || version != 1)
        return false;
    uint32_t count = flame_cursor_u32(&c, "count");
    if (c.failed || how_count != ENCODE_U32 || how != (ENCODE_TABLE | ENCODE_S32) ||
        count > flame_cursor_left(&c) / 8)
        return true;
    section->table = flame_cursor_sub(&c, (uint64_t)count * 8, "table");
    section->table_address = address;
    return true;
}

/* An entry without what is inside. rest: all behind its kind; next: the offset of the next entry;
 * common: of the CIE that a function's entry names. */
struct raw {
    struct flame_cursor rest;
    uint64_t next, common;
    bool is_common, nothing;
};

/* False when no further entry can be found. */
static bool read_raw(const struct flame_cfi_section *s, uint64_t offset, struct raw *raw)
{
    struct flame_cursor c = s->bytes;
    flame_cursor_seek(&c, offset, "entry");
    uint64_t length = flame_cursor_u32(&c, "length");
    bool wide = length == UINT32_MAX;
    if (wide)
        length = flame_cursor_u64(&c, "length");
    raw->rest = flame_cursor_sub(&c, length, "entry");
    raw->next = flame_cursor_offset(&c);
    raw->nothing = length == 0;
    uint64_t place = flame_cursor_offset(&raw->rest);
    if (raw->nothing || c.failed)
        return !c.failed;
    /* .eh_frame counts back from here, in four bytes; .debug_frame from the section's start. */
    uint64_t id = s->eh || !wide ? flame_cursor_u32(&raw->rest, "kind")
                                 : flame_cursor_u64(&raw->rest, "kind");
    raw->is_common = id == (s->eh ? 0 : wide ? UINT64_MAX : UINT32_MAX);
    raw->common = s->eh ? place - id : id;
    raw->nothing = raw->rest.failed;
    return true;
}

/* What the letters of the augmentation say; false for one that could hide what must be known.
 * Without a size ('z'; .debug_frame has none) only those without data are known. */
static bool read_augmentation(const struct flame_cfi_section *s, struct flame_cursor *c,
                              const char *letters, struct flame_cfi_common *out)
{
    struct flame_cursor data = { 0 };
    out->sized = letters[0] == 'z';
    if (out->sized)
        data = flame_cursor_sub(c, flame_cursor_uleb(c, "augmentation"), "data");
    for (const char *l = letters + out->sized; *l; l++) {
        if (*l == 'S')
            out->signal = true;
        else if (*l == 'B' || *l == 'G')
            continue; /* which key signs, memory tagging: nothing here */
        else if (!out->sized)
            return false;
        else if (*l == 'R')
            out->encoding = flame_cursor_u8(&data, "encoding");
        else if (*l == 'L')
            flame_cursor_u8(&data, "encoding");
        else if (*l == 'P')
            read_number(&data, flame_cursor_u8(&data, "encoding") & ENCODE_FORMAT, s->word);
        else
            break;
    }
    return !data.failed;
}

static bool read_common(struct flame_cfi_section *s, uint64_t offset, struct flame_cfi_common *out)
{
    struct raw raw;
    if (s->last.offset == offset) {
        *out = s->last;
        return true;
    }
    if (!read_raw(s, offset, &raw) || raw.nothing || !raw.is_common)
        return false;
    struct flame_cursor *c = &raw.rest;
    *out = (struct flame_cfi_common){ .offset = offset };
    uint8_t version = flame_cursor_u8(c, "version");
    size_t left = flame_cursor_left(c);
    const void *nul = memchr(c->at, 0, left < LETTERS_MAX ? left : LETTERS_MAX);
    if (!nul || (version != 1 && version != 3 && version != 4))
        return false;
    const char *letters = (const char *)c->at;
    flame_cursor_take(c, strlen(letters) + 1, "augmentation");
    if (version == 4 &&
        (flame_cursor_u8(c, "address size") != s->word || flame_cursor_u8(c, "segment size") != 0))
        return false;
    out->code_align = flame_cursor_uleb(c, "code alignment");
    out->data_align = flame_cursor_sleb(c, "data alignment");
    out->return_column =
        version == 1 ? flame_cursor_u8(c, "return column") : flame_cursor_uleb(c, "return column");
    if (!read_augmentation(s, c, letters, out) || c->failed)
        return false;
    out->initial = *c;
    s->last = *out;
    return true;
}

static bool read_entry(struct flame_cfi_section *s, const struct raw *raw,
                       struct flame_cfi_entry *out)
{
    if (raw->nothing || raw->is_common || !read_common(s, raw->common, &out->common))
        return false;
    struct flame_cursor c = raw->rest;
    out->start = flame_cfi_address(s, &c, out->common.encoding);
    out->end = out->start + read_number(&c, out->common.encoding & ENCODE_FORMAT, s->word);
    if (out->common.sized)
        flame_cursor_take(&c, flame_cursor_uleb(&c, "augmentation"), "augmentation");
    out->program = c;
    return !c.failed && out->start < out->end;
}

static int by_start(const void *a, const void *b)
{
    const struct flame_cfi_span *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static enum flame_status make_index(struct flame_cfi_section *s)
{
    struct raw raw;
    struct flame_cfi_entry entry;
    uint64_t size = flame_cursor_left(&s->bytes);
    for (uint64_t at = 0; at < size && read_raw(s, at, &raw); at = raw.next)
        if (read_entry(s, &raw, &entry) &&
            !flame_vec_push(&s->index, (struct flame_cfi_span){ entry.start, at }))
            return FLAME_NOMEM;
    if (s->index.count)
        qsort(s->index.items, s->index.count, sizeof *s->index.items, by_start);
    s->indexed = true;
    return FLAME_OK;
}

static struct flame_cfi_span from_table(const struct flame_cfi_section *s, size_t i)
{
    struct flame_cursor c = s->table;
    flame_cursor_take(&c, i * 8, "table");
    uint64_t start = s->table_address + read_number(&c, ENCODE_S32, s->word);
    uint64_t entry = s->table_address + read_number(&c, ENCODE_S32, s->word);
    return (struct flame_cfi_span){ cut(start, s->word), cut(entry - s->address, s->word) };
}

static size_t span_count(const struct flame_cfi_section *s)
{
    size_t table = flame_cursor_left(&s->table) / 8;
    return table ? table : s->index.count;
}

static struct flame_cfi_span span_at(const struct flame_cfi_section *s, size_t i)
{
    return flame_cursor_left(&s->table) ? from_table(s, i) : s->index.items[i];
}

/* How many functions start at or below an address. */
static size_t spans_up_to(const struct flame_cfi_section *s, uint64_t address)
{
    size_t low = 0, high = span_count(s);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (span_at(s, middle).start > address)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Have the index, where there is no table. */
static enum flame_status get_ready(struct flame_cfi_section *s)
{
    return s->indexed || flame_cursor_left(&s->table) ? FLAME_OK : make_index(s);
}

enum flame_status flame_cfi_find(struct flame_cfi_section *section, uint64_t address,
                                 struct flame_cfi_entry *entry, bool *found)
{
    struct raw raw;
    enum flame_status status = get_ready(section);
    size_t count = status == FLAME_OK ? spans_up_to(section, address) : 0;
    *found = false;
    if (count && read_raw(section, span_at(section, count - 1).offset, &raw) &&
        read_entry(section, &raw, entry))
        *found = entry->start <= address && address < entry->end;
    return status;
}

/* Note the entry at an offset. */
static void touch_entry(const struct flame_cfi_section *s, struct flame_touched *touched,
                        uint64_t offset)
{
    struct flame_cursor c = s->bytes;
    struct raw raw;
    if (read_raw(s, offset, &raw) && flame_cursor_seek(&c, offset, "entry"))
        flame_touch(touched, c.at, raw.next - offset);
}

/* Whether who goes from entry to entry finds those of the index even if all others are zero: an
 * entry of length zero is passed over in steps of four bytes. */
static bool can_have_gaps(const struct flame_cfi_section *s)
{
    struct raw raw;
    for (size_t i = 0; i < s->index.count; i++)
        if (s->index.items[i].offset % 4 != 0 || !read_raw(s, s->index.items[i].offset, &raw) ||
            raw.next % 4 != 0)
            return false;
    return true;
}

enum flame_status flame_cfi_section_touch(struct flame_cfi_section *section,
                                          struct flame_touched *touched)
{
    enum flame_status status = get_ready(section);
    flame_touch_rest(touched, &section->table);
    if (!can_have_gaps(section))
        flame_touch_rest(touched, &section->bytes);
    for (size_t i = 0; i < touched->wanted->count && status == FLAME_OK; i++) {
        const struct flame_range *wanted = &touched->wanted->items[i];
        size_t span = spans_up_to(section, wanted->start), count = span_count(section);
        for (span -= span > 0; span < count && span_at(section, span).start < wanted->end; span++) {
            struct flame_cfi_entry entry;
            struct raw raw;
            uint64_t offset = span_at(section, span).offset;
            if (!read_raw(section, offset, &raw) || !read_entry(section, &raw, &entry) ||
                entry.end <= wanted->start)
                continue;
            touch_entry(section, touched, offset);
            touch_entry(section, touched, entry.common.offset);
        }
    }
    return status;
}
