/* place.h: where the records and features of a file lie, if its header can be believed. */
#ifndef FLAME_PERF_DATA_PLACE_H
#define FLAME_PERF_DATA_PLACE_H

#include "perf_data.h"

/* An offset and a size, as the header and the feature table have them. */
enum { FLAME_PERF_SLOT_SIZE = 16 };

struct flame_perf_place {
    uint64_t offset, size;
};

/* What is known of a file's head.
 *
 * size   bytes of the header
 * end    of the attrs and ids: where records are looked for if they cannot be where it is said
 * slots  how many features the header promises */
struct flame_perf_head {
    uint64_t size, end, slots;
};

/* Where another recording begins between these offsets, before the records, the file was cut there:
 * let it end, and note what is behind as a loss. */
void flame_perf_cut_at_another(struct flame_perf_file *file, uint64_t from, uint64_t to);

/* Add the data section as the file's first part, cut to what is there; what is wrong with it is a
 * loss. *data becomes where the records are; whole, whether the feature table stands behind them.
 * FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_perf_place_data(struct flame_perf_file *file,
                                        const struct flame_perf_head *head,
                                        struct flame_perf_place *data, bool *whole);

/* The extent of the sections seen so far; begin with that of their table.
 *
 * table, table_end  where the table is
 * end               where the last one of them ends
 * torn              one of them overlaps another, or has no end at all: it is not known where the
 *                   last ends */
struct flame_perf_extent {
    uint64_t table, table_end, end;
    bool torn;
};

void flame_perf_extent_add(struct flame_perf_extent *extent, struct flame_perf_place section);

/* Note as a loss that the file ends before its last section does, or that another recording begins
 * behind them, or too early. Returns where the other begins, or the file's size: what is behind
 * that is none of the file's sections. */
uint64_t flame_perf_check_end(struct flame_perf_file *file, const struct flame_perf_extent *extent);

#endif
