/* palette_map.h: colours that names were given before (--cp).
 *
 * Lines NAME->rgb(r,g,b), as FlameGraph's and inferno's palette.map. A name may have -> in it: the
 * last one counts. */
#ifndef FLAME_RENDER_PALETTE_MAP_H
#define FLAME_RENDER_PALETTE_MAP_H

#include "colour.h"
#include "intern.h"

/* colours[i] is the colour of the name whose id is i. */
struct flame_palette_map {
    struct flame_intern names;
    FLAME_VEC(struct flame_rgb) colours;
};

/* Read text; the map owns what it keeps. FLAME_OK, FLAME_NOMEM, or FLAME_CORRUPT with the number of
 * the line that is not one; the map is then empty. Of a name that is there twice the last colour
 * counts. */
enum flame_status flame_palette_map_make(struct flame_palette_map *map, struct flame_str text,
                                         struct flame_error *error);
void flame_palette_map_free(struct flame_palette_map *map);

/* The colour of a name; false when there is none. */
bool flame_palette_map_find(const struct flame_palette_map *map, struct flame_str name,
                            struct flame_rgb *colour);

/* Give a name a colour; false when memory is exhausted. */
bool flame_palette_map_set(struct flame_palette_map *map, struct flame_str name,
                           struct flame_rgb colour);

/* Write the lines, in the order of their names; names with line ends are left out. False when
 * memory is exhausted. */
bool flame_palette_map_put(const struct flame_palette_map *map, struct flame_output *out);

#endif
