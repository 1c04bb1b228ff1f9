/* flamedata/pack.h: a recording and what it takes to name it elsewhere, in one file.
 *
 *     struct flame_packing *p = flame_packing_open("perf.data", NULL, &error);
 *     if (p && flame_packing_write(p, output, &error) == FLAME_OK) ...
 *     flame_packing_close(p);
 *
 * What comes out is a tar archive, compressed with zstd; whatever reads a recording takes it, too.
 * docs/formats/fdpack.md. */
#ifndef FLAMEDATA_PACK_H
#define FLAMEDATA_PACK_H

#include <flamedata/output.h>
#include <flamedata/session.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* All zero is the default. Strings are borrowed until the packing is closed.
 *
 * threads  workers; 0 means one per processor
 * symbols  where names may come from
 * source   pack the text of source files, too
 * made_s   when it is packed, in seconds since 1970, which the pack says; 0: now
 * limits   as a session's */
struct flame_pack_options {
    unsigned threads;
    struct flame_symbol_options symbols;
    bool source;
    uint64_t made_s;
    struct flame_limits limits;
};

/* What is in a pack.
 *
 * recording_bytes  of the recording itself
 * files, file_bytes  of all else that is kept: files, and how much of them
 * sources          how many of the files are source text
 * sources_left_out how many are not packed, since they are not public (flamedata-pack(1), --source)
 * memory_left_out  a kernel's code was read from /proc/kcore, which is not packed */
struct flame_pack_contents {
    uint64_t recording_bytes, files, file_bytes, sources, sources_left_out;
    bool memory_left_out;
};

struct flame_packing;

/* Read path whole, and find what names it. As flame_session_open. */
struct flame_packing *flame_packing_open(const char *path, const struct flame_pack_options *options,
                                         struct flame_error *error);
void flame_packing_close(struct flame_packing *packing);

/* Write the pack; once. FLAME_OK; FLAME_NOMEM; FLAME_UNSUPPORTED (no zstd); FLAME_IO. Failures of
 * the output are for its commit. */
enum flame_status flame_packing_write(struct flame_packing *packing, struct flame_output *output,
                                      struct flame_error *error);

/* What it consists of; and the recording's verdict and its stacks, once it is written: NULL
 * before. All live until the packing is closed. */
const struct flame_pack_contents *flame_packing_contents(const struct flame_packing *packing);
const struct flame_verdict *flame_packing_verdict(const struct flame_packing *packing);
const struct flame_stacks *flame_packing_stacks(const struct flame_packing *packing);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
