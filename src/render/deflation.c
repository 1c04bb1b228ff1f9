/* deflation.c: see deflation.h.
 *
 * A piece ends on a whole byte (Z_SYNC_FLUSH), so that pieces one behind the other are one deflated
 * stream; a piece of text may refer to what stands before it, which the reader knows by then. The
 * zlib header and the checksum of all are put around them by hand. Source: RFC 1950, RFC 1951. */
#include "deflation.h"

#include "pool.h"
#include "vec.h"

#include <flamedata/render.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

/* BASE64_PIECE: bytes at once; a multiple of three. MOST_IN_PIECE: so many that what a piece costs
 * by itself is nothing. WINDOW: how far back deflate refers. FLUSH_MOST: bytes of an empty block.
 */
enum { BASE64_PIECE = 3 * 4096, MOST_IN_PIECE = 192 << 10, WINDOW = 32 << 10, FLUSH_MOST = 16 };

/* Level 9 takes eight times as long, and saves two bytes in a hundred. */
enum { LEVEL = 5 };

/* Deflate, a window of 32 KiB, a level from 2 to 5. */
static const uint8_t zlib_header[] = { 0x78, 0x5e };

enum { AROUND = sizeof zlib_header + 4 };

/* known     bytes before it that it may refer to
 * check     Adler-32 of its bytes
 * deflated  [length], once it is done; NULL: memory was exhausted */
struct piece {
    const uint8_t *bytes;
    size_t size, known;
    bool numbers, last;
    uLong check;
    uint8_t *deflated;
    size_t length;
};

struct flame_deflation {
    FLAME_VEC(struct piece) pieces;
    atomic_size_t next;
};

static bool add_run(struct flame_deflation *deflation, const uint8_t *bytes, size_t at, size_t end,
                    bool numbers)
{
    while (at < end) {
        struct piece piece = { .bytes = bytes + at, .numbers = numbers };
        piece.size = end - at < MOST_IN_PIECE ? end - at : MOST_IN_PIECE;
        piece.known = numbers ? 0 : at < WINDOW ? at : WINDOW;
        if (!flame_vec_push(&deflation->pieces, piece))
            return false;
        at += piece.size;
    }
    return true;
}

struct flame_deflation *flame_deflation_create(const void *bytes, size_t size,
                                               const struct flame_deflation_run *runs,
                                               size_t run_count)
{
    struct flame_deflation *deflation = calloc(1, sizeof *deflation);
    size_t at = 0;
    bool ok = deflation != NULL;
    for (size_t i = 0; ok && i < run_count; at = runs[i++].end)
        ok = add_run(deflation, bytes, at, runs[i].end, runs[i].numbers);
    ok = ok && add_run(deflation, bytes, at, size, false);
    if (ok && !deflation->pieces.count)
        ok = flame_vec_push(&deflation->pieces, (struct piece){ .bytes = (const uint8_t *)"" });
    if (ok) {
        deflation->pieces.items[deflation->pieces.count - 1].last = true;
        return deflation;
    }
    flame_deflation_free(deflation);
    return NULL;
}

void flame_deflation_free(struct flame_deflation *deflation)
{
    if (!deflation)
        return;
    for (size_t i = 0; i < deflation->pieces.count; i++)
        free(deflation->pieces.items[i].deflated);
    flame_vec_free(&deflation->pieces);
    free(deflation);
}

size_t flame_deflation_pieces(const struct flame_deflation *deflation)
{
    return deflation->pieces.count;
}

static void deflate_piece(struct piece *piece)
{
    z_stream stream = { 0 };
    if (deflateInit2(&stream, LEVEL, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL - 1,
                     piece->numbers ? Z_HUFFMAN_ONLY : Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    size_t cap = deflateBound(&stream, (uLong)piece->size) + FLUSH_MOST;
    bool ok = !piece->known || deflateSetDictionary(&stream, piece->bytes - piece->known,
                                                    (uInt)piece->known) == Z_OK;
    uint8_t *deflated = ok ? malloc(cap) : NULL;
    if (deflated) {
        stream.next_in = (Bytef *)(uintptr_t)piece->bytes;
        stream.avail_in = (uInt)piece->size;
        stream.next_out = deflated;
        stream.avail_out = (uInt)cap;
        int result = deflate(&stream, piece->last ? Z_FINISH : Z_SYNC_FLUSH);
        ok = !stream.avail_in && stream.avail_out && result == (piece->last ? Z_STREAM_END : Z_OK);
        piece->length = cap - stream.avail_out;
        piece->check = adler32(adler32(0, NULL, 0), piece->bytes, (uInt)piece->size);
    }
    deflateEnd(&stream);
    if (ok)
        piece->deflated = deflated;
    else
        free(deflated);
}

void flame_deflation_work(struct flame_deflation *deflation)
{
    for (size_t i; (i = atomic_fetch_add(&deflation->next, 1)) < deflation->pieces.count;)
        deflate_piece(&deflation->pieces.items[i]);
}

static void put_base64(struct flame_output *out, const uint8_t *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char text[BASE64_PIECE / 3 * 4];
    for (size_t at = 0; at < size;) {
        size_t length = 0;
        for (size_t end = at + BASE64_PIECE; at < size && at < end; at += 3) {
            size_t left = size - at;
            uint32_t three = (uint32_t)bytes[at] << 16 |
                             (left > 1 ? (uint32_t)bytes[at + 1] << 8 : 0) |
                             (left > 2 ? bytes[at + 2] : 0);
            text[length++] = digits[three >> 18];
            text[length++] = digits[three >> 12 & 63];
            text[length++] = left > 1 ? digits[three >> 6 & 63] : '=';
            text[length++] = left > 2 ? digits[three & 63] : '=';
        }
        flame_put(out, text, length);
    }
}

enum flame_status flame_deflation_write(struct flame_deflation *deflation, struct flame_output *out)
{
    size_t size = AROUND;
    uLong check = adler32(0, NULL, 0);
    for (size_t i = 0; i < deflation->pieces.count; i++)
        size += deflation->pieces.items[i].length;
    uint8_t *all = malloc(size), *to = all;
    if (!all)
        return FLAME_NOMEM;
    memcpy(to, zlib_header, sizeof zlib_header);
    to += sizeof zlib_header;
    for (size_t i = 0; i < deflation->pieces.count; i++) {
        const struct piece *piece = &deflation->pieces.items[i];
        if (!piece->deflated) {
            free(all);
            return FLAME_NOMEM;
        }
        memcpy(to, piece->deflated, piece->length);
        to += piece->length;
        check = adler32_combine(check, piece->check, (z_off_t)piece->size);
    }
    for (int shift = 24; shift >= 0; shift -= 8)
        *to++ = (uint8_t)(check >> shift);
    put_base64(out, all, size);
    free(all);
    return FLAME_OK;
}

static void work(void *deflation, size_t worker)
{
    (void)worker;
    flame_deflation_work(deflation);
}

enum flame_status flame_put_deflation(struct flame_output *out, struct flame_deflation *deflation)
{
    size_t threads = flame_pool_size(), pieces = deflation->pieces.count;
    flame_pool_run(threads < pieces ? threads : pieces, work, deflation);
    return flame_deflation_write(deflation, out);
}

enum flame_status flame_put_packed(struct flame_output *out, const void *bytes, size_t size)
{
    struct flame_deflation *deflation = flame_deflation_create(bytes, size, NULL, 0);
    enum flame_status status = deflation ? flame_put_deflation(out, deflation) : FLAME_NOMEM;
    flame_deflation_free(deflation);
    return status;
}

enum flame_status flame_page_pack(struct flame_str markup, struct flame_output *out)
{
    return flame_put_packed(out, markup.ptr, markup.len);
}
