/* lanes.h: jumps as arrows beside a listing: which of a few columns each one runs in.
 *
 * Lane 0 is the one nearest to the code. No two arrows share a place; short ones are placed first,
 * and near, so that loops nest. What finds no place, or is longer than FLAME_LANE_REACH
 * instructions, is not drawn. */
#ifndef FLAME_ANNOTATE_LANES_H
#define FLAME_ANNOTATE_LANES_H

#include <flamedata/annotate.h>

enum { FLAME_LANES = 6, FLAME_LANE_REACH = 4096, FLAME_NO_LANE = 0xff };

/* Of an instruction. Masks have lane n as 1 << n.
 *
 * up, down  an arrow runs through the upper half, the lower half of its row
 * ends      an arrow begins or ends here; heads: ends
 * lane      of its own jump, or FLAME_NO_LANE */
struct flame_lane_row {
    uint8_t up, down, ends, heads, lane;
};

/* rows[count], to be freed; NULL when memory is exhausted. *used: how many lanes are. */
struct flame_lane_row *flame_lanes_make(const struct flame_instruction *instructions, size_t count,
                                        unsigned *used);

#endif
