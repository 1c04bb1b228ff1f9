/* lanes.h: jumps as arrows beside a listing: which of a few columns each one runs in.
 *
 * Lane 0 is the one nearest to the code. Jumps to one target share a lane, as one arrow with
 * several tails; no two arrows share a place. Short ones are placed first, and near, so that loops
 * nest. An arrow that finds no place sheds its farthest tail; what is left over, or is longer than
 * FLAME_LANE_REACH instructions, is not drawn. */
#ifndef FLAME_ANNOTATE_LANES_H
#define FLAME_ANNOTATE_LANES_H

#include <flamedata/annotate.h>

enum { FLAME_LANES = 6, FLAME_LANE_REACH = 4096, FLAME_NO_LANE = 0xff };

/* Of an instruction. Masks have lane n as 1 << n.
 *
 * up, down  an arrow runs through the upper half, the lower half of its row
 * ends      an arrow has a tail or its head here, maybe in its midst; heads: its head
 * lane      of its own jump, or FLAME_NO_LANE */
struct flame_lane_row {
    uint8_t up, down, ends, heads, lane;
};

/* rows[count], to be freed; NULL when memory is exhausted. *used: how many lanes are. */
struct flame_lane_row *flame_lanes_make(const struct flame_instruction *instructions, size_t count,
                                        unsigned *used);

#endif
