/* pipeline_read.h: leader sampling: samples that read the counters of a whole group.
 *
 * Of `perf record -e '{a,b}:S'` only a takes samples; each carries the values of both counters, and
 * stands for one sample of a and one of b, weighted by what was counted since the sample before.
 * Private to src/pipeline*.c. */
#ifndef FLAME_PIPELINE_READ_H
#define FLAME_PIPELINE_READ_H

#include "intern.h"
#include "perf_data.h"

/* What a recorded sample stands for: a sample of an event (index into the file's), whose id is id,
 * with this period. */
struct flame_reading {
    uint32_t event;
    uint64_t id, period;
};

/* The last value of each counter, and what flame_reads_of gave last. All zero to begin with. */
struct flame_reads {
    struct flame_intern counters;
    FLAME_VEC(uint64_t) last;
    FLAME_VEC(struct flame_reading) readings;
};

/* Whether any event of the file samples in this way: samples must then be taken in their order
 * (pipeline_order.h). */
bool flame_reads_needed(const struct flame_perf_file *file);

void flame_reads_init(struct flame_reads *reads);
void flame_reads_deinit(struct flame_reads *reads);

/* Fill readings with what the sample stands for: of a sample without counter values itself; else
 * each counter that has moved, in the group's order. Samples must come in the order of their times.
 *
 * FLAME_OK; FLAME_CORRUPT, and error says why, when values belong to no event of the file: those
 * are not among readings; FLAME_NOMEM. path is for the message. */
enum flame_status flame_reads_of(struct flame_reads *reads, const struct flame_perf_file *file,
                                 const struct flame_sample *sample, const char *path,
                                 struct flame_error *error);

#endif
