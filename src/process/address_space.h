/* address_space.h: what is mapped where, as versions that share their unchanged parts.
 *
 * A version is a number, the root of a balanced tree whose nodes never change: inserting a map
 * makes a new version in O(log maps) memory and leaves the old one valid; a fork costs nothing.
 * Version 0 is empty. Once writing has ended any number of threads may look up.
 *
 * A space may have a second layer on top, of code that a JIT compiler noted one by one: the memory
 * that it lies in is mapped, and mapped anew, without becoming other code. Of these there may be
 * millions: one after the other they take less memory. */
#ifndef FLAME_PROCESS_ADDRESS_SPACE_H
#define FLAME_PROCESS_ADDRESS_SPACE_H

#include "vec.h"

#include <stdint.h>

#define FLAME_SPACE_EMPTY 0u
#define FLAME_SPACE_NONE UINT32_MAX

/* Process addresses [start, end) show dso from offset pgoff on. */
struct flame_map {
    uint64_t start, end, pgoff;
    uint32_t dso;
};

struct flame_space_node;

struct flame_spaces {
    FLAME_VEC(struct flame_map) maps;
    FLAME_VEC(struct flame_space_node) nodes;
};

/* False when memory is exhausted. */
bool flame_spaces_init(struct flame_spaces *spaces);
void flame_spaces_deinit(struct flame_spaces *spaces);

/* The version of space in which map replaces whatever lay under it: older maps lose their head or
 * tail or are split, as perf cuts them; a tail's pgoff grows by what was cut off before it. An
 * empty range changes nothing. FLAME_SPACE_NONE when memory is exhausted. */
uint32_t flame_space_insert(struct flame_spaces *spaces, uint32_t space, struct flame_map map);

/* The same, but what is in the layer on top stays there, and covers the map. */
uint32_t flame_space_insert_beneath(struct flame_spaces *spaces, uint32_t space,
                                    struct flame_map map);

/* The same, into the layer on top: what it replaces is only what is there. */
uint32_t flame_space_insert_on_top(struct flame_spaces *spaces, uint32_t space,
                                   struct flame_map map);

/* The version of space without [start, end). FLAME_SPACE_NONE when memory is exhausted. */
uint32_t flame_space_remove(struct flame_spaces *spaces, uint32_t space, uint64_t start,
                            uint64_t end);

/* The map that covers address, or NULL: what is left of it where others were put over it; of what
 * is on top perhaps more. Valid until the next insert or remove. */
const struct flame_map *flame_space_find(const struct flame_spaces *spaces, uint32_t space,
                                         uint64_t address);

#endif
