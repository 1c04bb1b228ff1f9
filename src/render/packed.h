/* packed.h: bytes for the script of a picture or a page: deflated (zlib), in base64. */
#ifndef FLAME_RENDER_PACKED_H
#define FLAME_RENDER_PACKED_H

#include <flamedata/output.h>

/* Append bytes[size] so. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_put_packed(struct flame_output *out, const void *bytes, size_t size);

/* A run of bytes that are alike, up to before end. numbers: small numbers that hardly ever repeat
 * as a row; no repeats are looked for in them, which is not only faster by far, but leaves less:
 * every byte is as long as it is rare. */
struct flame_packed_run {
    size_t end;
    bool numbers;
};

/* The same of runs of bytes; those behind the last run are no numbers. */
enum flame_status flame_put_packed_runs(struct flame_output *out, const void *bytes, size_t size,
                                        const struct flame_packed_run *runs, size_t run_count);

#endif
