/* packed.c: see packed.h. */
#include "packed.h"

#include <flamedata/render.h>
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

enum { PIECE = 3 * 4096, MOST_AT_ONCE = 1 << 30, RUN_COST = 1024 };

/* Level 9 takes eight times as long, and saves two bytes in a hundred. */
enum { LEVEL = 5 };

static void put_base64(struct flame_output *out, const uint8_t *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char text[PIECE / 3 * 4];
    for (size_t at = 0; at < size;) {
        size_t length = 0;
        for (size_t end = at + PIECE; at < size && at < end; at += 3) {
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

/* Deflate size bytes into what is left of the stream's output, which must be enough. */
static bool deflate_run(z_stream *stream, const uint8_t *bytes, size_t size, bool numbers,
                        bool last)
{
    if (deflateParams(stream, LEVEL, numbers ? Z_HUFFMAN_ONLY : Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    int result = Z_OK;
    for (bool first = true; first || size; first = false) {
        uInt some = size < MOST_AT_ONCE ? (uInt)size : MOST_AT_ONCE;
        stream->next_in = (Bytef *)(uintptr_t)bytes;
        stream->avail_in = some;
        size -= some;
        bytes += some;
        result = deflate(stream, last && !size ? Z_FINISH : Z_NO_FLUSH);
        if (stream->avail_in)
            return false;
    }
    return last ? result == Z_STREAM_END : result == Z_OK || result == Z_BUF_ERROR;
}

enum flame_status flame_put_packed_runs(struct flame_output *out, const void *bytes, size_t size,
                                        const struct flame_packed_run *runs, size_t run_count)
{
    z_stream stream = { 0 };
    size_t cap = size + size / 4 + (run_count + 1) * RUN_COST, at = 0;
    uint8_t *deflated = cap < UINT32_MAX ? malloc(cap) : NULL;
    bool ok = deflated && deflateInit(&stream, LEVEL) == Z_OK;
    if (!ok) {
        free(deflated);
        return FLAME_NOMEM;
    }
    stream.next_out = deflated;
    stream.avail_out = (uInt)cap;
    for (size_t i = 0; ok && i <= run_count; i++) {
        size_t end = i < run_count ? runs[i].end : size;
        ok = deflate_run(&stream, (const uint8_t *)bytes + at, end - at,
                         i < run_count && runs[i].numbers, i == run_count);
        at = end;
    }
    if (ok)
        put_base64(out, deflated, cap - stream.avail_out);
    deflateEnd(&stream);
    free(deflated);
    return ok ? FLAME_OK : FLAME_NOMEM;
}

enum flame_status flame_put_packed(struct flame_output *out, const void *bytes, size_t size)
{
    return flame_put_packed_runs(out, size ? bytes : "", size, NULL, 0);
}

enum flame_status flame_page_pack(struct flame_str markup, struct flame_output *out)
{
    return flame_put_packed(out, markup.ptr, markup.len);
}
