/* output_gzip.c: an output in front of another that compresses what goes there.
 *
 * The header has neither a name nor a time, so that the same bytes give the same file. */
#include "output_stage.h"

#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

enum { GZIP_WINDOW = 15 + 16, MEMORY_LEVEL = 8, PIECE = 1 << 15 };

struct gzip {
    z_stream stream;
    struct flame_output *to;
};

static void deflate_bytes(struct gzip *g, struct flame_str bytes, int flush)
{
    uint8_t piece[PIECE];
    do {
        uInt some = bytes.len < UINT32_MAX / 2 ? (uInt)bytes.len : UINT32_MAX / 2;
        g->stream.next_in = (Bytef *)(uintptr_t)bytes.ptr;
        g->stream.avail_in = some;
        do {
            g->stream.next_out = piece;
            g->stream.avail_out = sizeof piece;
            deflate(&g->stream, some == bytes.len ? flush : Z_NO_FLUSH);
            flame_put(g->to, piece, sizeof piece - g->stream.avail_out);
        } while (g->stream.avail_out == 0);
        bytes.ptr += some;
        bytes.len -= some;
    } while (bytes.len);
}

static void take(void *user, struct flame_str bytes)
{
    deflate_bytes(user, bytes, Z_NO_FLUSH);
}

static void end(void *user, bool whole)
{
    struct gzip *g = user;
    if (whole)
        deflate_bytes(g, flame_str_from(""), Z_FINISH);
    deflateEnd(&g->stream);
    free(g);
}

struct flame_output *flame_output_gzip(struct flame_output *to)
{
    struct gzip *g = calloc(1, sizeof *g);
    if (!g || deflateInit2(&g->stream, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL,
                           Z_DEFAULT_STRATEGY) != Z_OK) {
        free(g);
        return NULL;
    }
    g->to = to;
    struct flame_output *o = flame_output_stage(take, end, g);
    if (!o)
        end(g, false);
    return o;
}
