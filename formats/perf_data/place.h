/* place.h: where the records and features of a file lie, if its header can be believed. */
#ifndef FLAME_PERF_DATA_PLACE_H
#define FLAME_PERF_DATA_PLACE_H

#include "perf_data.h"

/* An offset and a size, as the header and the feature table have them. */
enum { FLAME_PERF_SLOT_SIZE = 16 };

struct flame_perf_place {
    uint64_t offset, size;
};

/* Add the data section as the file's first part, cut to what is there; what is wrong with it is a
 * loss. *data becomes where the records are.
 *
 * begin    where they are looked for if data->offset cannot be: behind the attrs and ids
 * slots    how many features the header promises
 * whole    whether the feature table stands behind *data
 *
 * FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_perf_place_data(struct flame_perf_file *file, struct flame_perf_place *data,
                                        uint64_t begin, uint64_t slots, bool *whole);

/* The extent of the sections seen so far; begin with the end of their table.
 *
 * end   where the last one of them ends
 * torn  one of them overlaps another, or has no end at all: it is not known where the last ends */
struct flame_perf_extent {
    uint64_t end;
    bool torn;
};

void flame_perf_extent_add(struct flame_perf_extent *extent, struct flame_perf_place section);

/* Note as a loss that the file ends before its last section does, or that another recording
 * follows. */
void flame_perf_check_end(struct flame_perf_file *file, const struct flame_perf_extent *extent);

#endif
