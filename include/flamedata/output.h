/* flamedata/output.h: where finished bytes go.
 *
 * A file is written beside its final name and renamed into place by flame_output_commit, so that
 * a failure leaves what was there before. A file that is replaced keeps its mode. "-" is standard
 * output; it, other descriptors (/dev/stdout, /dev/fd/N), pipes and devices are written to
 * directly, whatever they are: what is appended to stays. */
#ifndef FLAMEDATA_OUTPUT_H
#define FLAMEDATA_OUTPUT_H

#include <flamedata/limits.h>
#include <flamedata/str.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

struct flame_output;

/* Open path for writing. path is borrowed until the output is closed.
 * Returns NULL with error set (FLAME_IO, FLAME_NOMEM). */
struct flame_output *flame_output_open(const char *path, struct flame_error *error);

/* The file that an output to path is going to be, which a link may lead to: path itself where there
 * is none yet. Its folder is the one that is written in. To be freed; NULL with errno. */
char *flame_output_target(const char *path);

/* The descriptor that an output to path shares, which stays open: of "-", /dev/stdout, /dev/stderr,
 * /dev/fd/N, /proc/self/fd/N, and of links to these. Else -1. */
int flame_output_descriptor(const char *path);

/* An output that keeps its bytes in memory; read them with flame_output_bytes. NULL when memory is
 * exhausted. */
struct flame_output *flame_output_memory(void);

/* An output that hands its bytes to take, some at a time: whole lines, but for one that is very
 * long and for the last. take's bytes are valid during the call. NULL when memory is exhausted. */
struct flame_output *flame_output_relay(void (*take)(void *user, struct flame_str bytes),
                                        void *user);

/* An output that hands its bytes on to another, compressed (gzip, without a name and a time). Its
 * commit writes what is left to the other, which stays open; errors of writing are the other's.
 * NULL when memory is exhausted. */
struct flame_output *flame_output_gzip(struct flame_output *to);

/* Let an output take other than the default number of bytes, the limit called output (limits may be
 * NULL); from then on more is a failure, which commit calls FLAME_LIMIT. */
void flame_output_limit(struct flame_output *output, const struct flame_limits *limits);

/* What has been put so far into a memory output; valid until the next put. ptr is never NULL. */
struct flame_str flame_output_bytes(const struct flame_output *output);

/* Append. A failure is kept and reported by commit; later puts then do nothing. Who uses the bytes
 * of a memory output before its commit asks first whether some are missing. */
void flame_put(struct flame_output *output, const void *bytes, size_t size);
void flame_put_str(struct flame_output *output, struct flame_str s);
void flame_put_text(struct flame_output *output, const char *text);
void flame_put_u64(struct flame_output *output, uint64_t value);
void flame_putf(struct flame_output *output, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Whether a put has failed so far: bytes are missing, and commit will say why. */
bool flame_output_failed(const struct flame_output *output);

/* Append a text from outside with everything that could steer a terminal or mislead its reader
 * written as \xNN: control characters, bidirectional overrides, and bytes that are not UTF-8.
 * The characters of keep stay: "\n\t" for a text of many lines. */
void flame_put_safe(struct flame_output *output, struct flame_str s, const char *keep);

/* Flush and move into place, then free. FLAME_IO, FLAME_NOMEM or FLAME_LIMIT if any write failed:
 * then nothing is left behind. For a memory output: reports the failure, if any, and frees the
 * bytes. */
enum flame_status flame_output_commit(struct flame_output *output, struct flame_error *error);

/* Throw away what was written, and free. NULL is allowed. */
void flame_output_discard(struct flame_output *output);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
