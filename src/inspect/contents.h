/* contents.h: what the records of a recording add up to. */
#ifndef FLAME_INSPECT_CONTENTS_H
#define FLAME_INSPECT_CONTENTS_H

#include "intern.h"
#include "recording.h"
#include "types.h"

#include <flamedata/inspect.h>

/* samples, ids    of each event: its samples, and the ids that stand for it
 * no_event        samples whose id belongs to none
 * first_ns, last_ns  of the samples; FLAME_TIME_NONE when none has a time
 * processes, threads  of which samples were taken
 * lost_records    records that the kernel dropped (LOST)
 * lost_samples    samples that it dropped (LOST_SAMPLES); often the same ones
 * bad_records     records that could not be decoded; first_bad is the first one's message
 * losses          what could not be read, the first few of loss_count; lost_bytes in all */
struct flame_contents {
    struct flame_type_counts types;
    uint64_t *samples, *ids;
    uint64_t no_event;
    uint64_t first_ns, last_ns;
    uint64_t processes, threads;
    uint64_t lost_records, lost_samples;
    uint64_t bad_records;
    struct flame_error first_bad;
    struct flame_loss losses[FLAME_PERF_LOSSES];
    uint64_t loss_count, lost_bytes;
};

/* Read all records of file. path is what errors are said of. FLAME_OK or FLAME_NOMEM; free it in
 * either case. */
enum flame_status flame_contents_read(struct flame_contents *contents,
                                      const struct flame_perf_file *file, const char *path,
                                      const struct flame_damage_report *damage,
                                      struct flame_error *error);
void flame_contents_free(struct flame_contents *contents);

/* The losses that are kept one by one. */
static inline size_t flame_contents_losses(const struct flame_contents *contents)
{
    return contents->loss_count < FLAME_PERF_LOSSES ? (size_t)contents->loss_count
                                                    : FLAME_PERF_LOSSES;
}

/* "file", "pipe", "v1" or "directory" */
const char *flame_recording_form(const struct flame_perf_file *file);

/* What became of a feature: "present", "empty" or "broken"; NULL for those that are not there. */
const char *flame_feature_state(const struct flame_perf_section *section);

/* CLOCK_DATA's clock, as in "monotonic", or NULL. */
const char *flame_clock_name(uint32_t clockid);

/* When the first sample was taken, in nanoseconds since 1970; 0 when that cannot be told. */
uint64_t flame_wall_time_ns(const struct flame_perf_file *file,
                            const struct flame_contents *contents);

#endif
