/* archive_writer.h: write an archive that tar reads: pax, compressed with zstd.
 *
 * The same calls give the same bytes: members belong to nobody in particular, and time is only what
 * is told. A failure is kept, and reported at the end; calls behind it do nothing. */
#ifndef FLAME_ARCHIVE_ARCHIVE_WRITER_H
#define FLAME_ARCHIVE_ARCHIVE_WRITER_H

#include "ranges.h"

#include <flamedata/output.h>

struct flame_archive_writer;

/* Begin an archive in output, which stays the caller's, to be committed or discarded when the
 * writer has ended. path is for messages. Both are borrowed until then. From here to the end it
 * must be one thread that calls. NULL with error set (FLAME_NOMEM, FLAME_UNSUPPORTED). */
struct flame_archive_writer *flame_archive_writer_begin(struct flame_output *output,
                                                        const char *path,
                                                        struct flame_error *error);

/* A regular file, bytes[size], last changed at changed_ns since 1970. kept, unless NULL, are the
 * settled ranges of it that are written: what is outside of them reads as zeros and is not looked
 * at; whole blocks of 512 bytes of that take no room. */
void flame_archive_writer_add(struct flame_archive_writer *writer, const char *name,
                              uint64_t changed_ns, const uint8_t *bytes, uint64_t size,
                              const struct flame_ranges *kept);

/* Write the end, and free. Returns FLAME_OK, FLAME_NOMEM, or FLAME_IO (a member could not be
 * written; what is wrong with the output itself is for its commit to say). */
enum flame_status flame_archive_writer_end(struct flame_archive_writer *writer,
                                           struct flame_error *error);

#endif
