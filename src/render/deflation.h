/* deflation.h: bytes for the script of a picture or a page: deflated (zlib), in base64.
 *
 * They are deflated in pieces, which are cut by their sizes alone: however many threads share the
 * work, what comes out is the same. */
#ifndef FLAME_RENDER_DEFLATION_H
#define FLAME_RENDER_DEFLATION_H

#include <flamedata/output.h>

/* A run of bytes that are alike, up to before end. numbers: small numbers that hardly ever repeat
 * as a row; no repeats are looked for in them, which is not only faster by far, but leaves less:
 * every byte is as long as it is rare. */
struct flame_deflation_run {
    size_t end;
    bool numbers;
};

struct flame_deflation;

/* Bytes that are to be packed, in runs; those behind the last run are no numbers. bytes are
 * borrowed until the deflation is written, runs are not. NULL when memory is exhausted; free takes
 * NULL. */
struct flame_deflation *flame_deflation_create(const void *bytes, size_t size,
                                               const struct flame_deflation_run *runs,
                                               size_t run_count);
void flame_deflation_free(struct flame_deflation *deflation);

/* How many threads can share the work. */
size_t flame_deflation_pieces(const struct flame_deflation *deflation);

/* Deflate pieces until none is left to begin with. Several threads may do so at once. */
void flame_deflation_work(struct flame_deflation *deflation);

/* Write it, once every thread has returned from its work. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_deflation_write(struct flame_deflation *deflation,
                                        struct flame_output *out);

/* Work on as many threads as there are processors, and write it. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_put_deflation(struct flame_output *out, struct flame_deflation *deflation);

/* All of that at once: append bytes[size], packed. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_put_packed(struct flame_output *out, const void *bytes, size_t size);

#endif
