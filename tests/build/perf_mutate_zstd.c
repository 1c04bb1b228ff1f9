/* perf_mutate_zstd.c: compressed records that are broken, or expand to far more than they are.
 *
 * A zstd frame is a header and blocks, and a recording's frame is never ended. So where a file has
 * one already, blocks that repeat one byte 128 KiB long are put behind its last record, at 4 bytes
 * each; where it has none, they follow a header, or libzstd packs a great many valid records. The
 * latter is what a strict reader does not refuse for what it reads. Source: RFC 8878. */
#include "perf_mutate_layout.h"
#include "random.h"

#include <string.h>
#include <zstd.h>

enum {
    COMPRESSED = 81,
    COMPRESSED2 = 83,
    FINISHED_ROUND = 68,
    MOST_PAYLOAD = 65000,
    BLOCK_BYTES = 128 << 10,
};

static bool is_compressed(uint32_t type)
{
    return type == COMPRESSED || type == COMPRESSED2;
}

/* The compressed records: how many, and the nth of them. */
static size_t count_compressed(const struct perf_layout *l)
{
    struct perf_place place = { .next = l->records };
    size_t count = 0;
    while (flame_layout_next(l, place.next, &place))
        count += is_compressed(place.type);
    return count;
}

static struct perf_place find_compressed(const struct perf_layout *l, size_t nth)
{
    struct perf_place place = { .next = l->records };
    while (flame_layout_next(l, place.next, &place)) {
        if (is_compressed(place.type) && nth-- == 0)
            break;
    }
    return place;
}

/* A record with this payload at an offset. */
static bool put_compressed(struct perf_layout *l, size_t at, bool second, const uint8_t *payload,
                           size_t size)
{
    size_t head = second ? 16 : 8, all = (head + size + 7) / 8 * 8;
    if (!second) /* all of it is payload: no padding */
        all = head + size;
    if (!flame_layout_insert(l, at, all))
        return false;
    memset(l->bytes + at, 0, all);
    flame_layout_put(l, at, 4, second ? COMPRESSED2 : COMPRESSED);
    flame_layout_put(l, at + 6, 2, all);
    if (second)
        flame_layout_put(l, at + 8, 8, size);
    memcpy(l->bytes + at + head, payload, size);
    return true;
}

/* Blocks that repeat a byte; with a header first unless the frame has begun. */
static size_t repeat_blocks(uint8_t *out, bool begun, uint64_t *state)
{
    static const uint8_t header[] = { 0x28, 0xb5, 0x2f, 0xfd, 0, 0x38 }; /* window: 128 KiB */
    static const uint8_t fills[] = { 0, 8, 1, 0x40, 0xff };
    size_t size = 0,
           blocks = 1 + flame_random_below(state, (size_t)1 << flame_random_below(state, 15));
    uint8_t fill = fills[flame_random_below(state, sizeof fills)];
    if (!begun) {
        memcpy(out, header, sizeof header);
        size = sizeof header;
    }
    for (; blocks && MOST_PAYLOAD - size >= 4; blocks--) {
        uint32_t block = BLOCK_BYTES << 3 | 1 << 1; /* its size, and that it repeats */
        out[size++] = (uint8_t)block;
        out[size++] = (uint8_t)(block >> 8);
        out[size++] = (uint8_t)(block >> 16);
        out[size++] = fill;
    }
    return size;
}

/* Records of 8 bytes that say nothing, many of them. */
static size_t pack_records(const struct perf_layout *l, uint8_t *out, uint64_t *state)
{
    uint8_t plain[1 << 14];
    struct perf_layout lay = { .bytes = plain, .big = l->big };
    memset(plain, 0, sizeof plain);
    for (size_t at = 0; at < sizeof plain; at += 8) {
        flame_layout_put(&lay, at, 4, FINISHED_ROUND);
        flame_layout_put(&lay, at + 6, 2, 8);
    }
    size_t times = 1 + flame_random_below(state, (size_t)1 << flame_random_below(state, 14));
    ZSTD_outBuffer packed = { .dst = out, .size = MOST_PAYLOAD };
    ZSTD_CCtx *context = ZSTD_createCCtx();
    for (size_t i = 0; context && i < times; i++) {
        ZSTD_inBuffer in = { .src = plain, .size = sizeof plain };
        ZSTD_EndDirective end = i + 1 == times ? ZSTD_e_flush : ZSTD_e_continue;
        if (ZSTD_isError(ZSTD_compressStream2(context, &packed, &in, end)))
            break;
    }
    ZSTD_freeCCtx(context);
    return packed.pos;
}

bool flame_layout_explode(struct perf_layout *l, uint64_t *state)
{
    uint8_t payload[MOST_PAYLOAD];
    size_t compressed = l->known ? count_compressed(l) : 0, at, size;
    if (!l->known)
        return false;
    if (compressed) {
        at = find_compressed(l, compressed - 1).next;
        size = repeat_blocks(payload, true, state);
    } else {
        at = l->count ? flame_layout_record(l, flame_random_below(state, l->count)).next
                      : l->records;
        size = flame_random_below(state, 2) ? repeat_blocks(payload, false, state)
                                            : pack_records(l, payload, state);
    }
    return put_compressed(l, at, flame_random_below(state, 2), payload, size);
}

bool flame_layout_corrupt(struct perf_layout *l, uint64_t *state)
{
    size_t compressed = l->known ? count_compressed(l) : 0;
    if (!l->known)
        return false;
    if (!compressed) {
        uint8_t payload[256] = { 0x28, 0xb5, 0x2f, 0xfd };
        size_t size = 4 + flame_random_below(state, sizeof payload - 4);
        for (size_t i = 4; i < size; i++)
            payload[i] = (uint8_t)flame_random(state);
        return put_compressed(l, l->records_end, flame_random_below(state, 2), payload, size);
    }
    struct perf_place place = find_compressed(l, flame_random_below(state, compressed));
    if (place.size == 8)
        return false;
    for (size_t n = 1 + flame_random_below(state, 16); n > 0; n--) {
        /* half of them where frame and block begin */
        size_t inside = place.size - 8, near = inside < 16 ? inside : 16;
        size_t at = 8 + flame_random_below(state, n % 2 ? near : inside);
        l->bytes[place.at + at] = (uint8_t)flame_random(state);
    }
    return true;
}
