/* stream_damage.h: where a stream is in its part, and what it does about what is no record there.
 */
#ifndef FLAME_PERF_DATA_STREAM_DAMAGE_H
#define FLAME_PERF_DATA_STREAM_DAMAGE_H

#include "resync.h"

static inline const struct flame_perf_part *flame_perf_part_of(const struct flame_perf_stream *s)
{
    return &s->file->parts.items[s->part];
}

static inline uint64_t flame_perf_part_left(const struct flame_perf_stream *s)
{
    return flame_perf_part_of(s)->size - s->at;
}

static inline struct flame_perf_span flame_perf_part_span(const struct flame_perf_stream *s)
{
    const struct flame_perf_part *part = flame_perf_part_of(s);
    return (struct flame_perf_span){ .bytes = part->bytes + part->offset,
                                     .size = part->size,
                                     .swap = s->file->swap,
                                     .cut = part->cut,
                                     .file = s->file,
                                     .time = s->time };
}

/* The header at s->at, if it is one whose record fits. */
bool flame_perf_look(const struct flame_perf_stream *s, struct flame_perf_raw *raw);

/* Whether a record of this recording stands at s->at, behind the one at an offset. */
bool flame_perf_look_behind(const struct flame_perf_stream *s, uint64_t last,
                            struct flame_perf_raw *raw);

/* Whether the record at an offset, which ends at s->at, may have been cut: neither a record nor
 * another recording stands behind it. The last one of a file ends where the data should. */
bool flame_perf_may_be_torn(const struct flame_perf_stream *s, uint64_t last);

/* Step over what is no record, to where records go on. A file that is known to end too early has
 * been called a loss already: what is left of its last record is not another. */
void flame_perf_step_over(struct flame_perf_stream *s);

/* Step over the bytes behind a record that don't belong to its size; where there are fewer than it
 * says, to where records go on. False if the record itself is not whole, or one before it in the
 * run from an offset on; *last is then where that is. */
bool flame_perf_step_outside(struct flame_perf_stream *s, const struct flame_perf_raw *raw,
                             uint64_t run, uint64_t *last);

/* Behind the record at this offset, which ends at s->at, stands none: perhaps because its size is
 * wrong, and it covers others. Then it is what is stepped over. One that holds what it should to
 * its last byte is not given up. */
bool flame_perf_step_into(struct flame_perf_stream *s, uint64_t from);

/* Leave the compressed record at s->at, if it was cut, and covers the beginning of another
 * recording. */
bool flame_perf_leave_torn_holder(struct flame_perf_stream *s, const struct flame_perf_raw *raw);

#endif
