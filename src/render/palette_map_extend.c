/* palette_map_extend.c: the map of colours that a picture leaves behind for the next (--cp). */
#include "fail.h"
#include "look.h"
#include "paint.h"

enum flame_status flame_palette_map_extend(const struct flame_tree *tree,
                                           const struct flame_look *look,
                                           struct flame_output *output, struct flame_error *error)
{
    struct flame_style style;
    struct flame_paints paints = { 0 };
    const struct flame_frame *frames = tree->stacks->frames;
    enum flame_status status = flame_style_make(&style, look, tree->stacks, 1, error);
    if (status == FLAME_OK)
        status = flame_paints_make(&paints, &style, tree, error);
    bool ok = true;
    for (size_t i = 1; status == FLAME_OK && ok && i < tree->node_count; i++) {
        uint32_t frame = tree->nodes[i].frame;
        struct flame_rgb known;
        struct flame_str name = frames[frame].name;
        bool separator = flame_str_is(name, "-") || flame_str_is(name, "--");
        if (paints.by == FLAME_PAINTS_BY_FRAME && !separator &&
            !flame_palette_map_find(&style.map, name, &known))
            ok = flame_palette_map_set(&style.map, name, paints.list[paints.of_frame[frame]].light);
    }
    if (status == FLAME_OK && !(ok && flame_palette_map_put(&style.map, output)))
        status = flame_fail(error, FLAME_NOMEM, NULL, FLAME_NO_OFFSET, "out of memory");
    flame_paints_free(&paints);
    flame_style_free(&style);
    return status;
}
