/* die_walk.h: go through the entries of a unit of .debug_info, from its first byte to its last.
 *
 * For the many entries of which little is wanted: each is read once, and what is not asked for is
 * stepped over. */
#ifndef FLAME_OBJECT_DIE_WALK_H
#define FLAME_OBJECT_DIE_WALK_H

#include "arena.h"
#include "cursor.h"

#include <elfutils/libdw.h>

/* The attributes that are kept. */
enum flame_die_field {
    FLAME_DIE_LOW_PC,
    FLAME_DIE_HIGH_PC,
    FLAME_DIE_RANGES,
    FLAME_DIE_ORIGIN,
    FLAME_DIE_CALL_FILE,
    FLAME_DIE_CALL_LINE,
    FLAME_DIE_SIBLING,
    FLAME_DIE_FIELDS,
};

/* at      its first byte; with the unit, what libdw wants in a Dwarf_Die
 * depth   1 for the unit's own entry, 2 for its children
 * has     bit 1 << field for each attribute that is there: only fields[field] of those count */
struct flame_die {
    const uint8_t *at;
    unsigned tag, depth, has;
    bool children;
    Dwarf_Attribute fields[FLAME_DIE_FIELDS];
};

struct flame_die_shape;

enum { FLAME_DIE_PAGE = 1 << 10 };

/* unit_start  the first byte of the unit's header
 * shapes      by abbreviation code: FLAME_DIE_PAGE pages of as many, NULL while empty; in arena */
struct flame_die_walk {
    struct flame_cursor at;
    const uint8_t *unit_start;
    Dwarf_CU *cu;
    unsigned depth;
    uint8_t address_size, offset_size, version;
    const struct flame_die_shape **shapes[FLAME_DIE_PAGE];
    struct flame_arena arena;
    bool no_memory;
};

/* Begin with the entry of the unit itself, which lies in info, the section of its handle. Its bytes
 * must stay; they do while libdw's handle is open. */
void flame_die_walk_init(struct flame_die_walk *walk, Dwarf_Die *unit,
                         const struct flame_cursor *info);
void flame_die_walk_deinit(struct flame_die_walk *walk);

/* The next entry, children before siblings. False at the end, and where the rest cannot be read.
 * Zeros are passed over: where entries were replaced by them, with all of their children, the
 * others are found, if perhaps not as deep as they were. */
bool flame_die_next(struct flame_die_walk *walk, struct flame_die *die);

/* Where the bytes of an entry of that section end, its children not counted; NULL: unknown. */
const uint8_t *flame_die_end(Dwarf_Die *die, const struct flame_cursor *info);

/* Go on behind die's children, which flame_die_next just gave, if it says where that is. */
void flame_die_skip_children(struct flame_die_walk *walk, const struct flame_die *die);

#endif
