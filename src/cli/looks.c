/* looks.c: see looks.h. */
#include "looks.h"

enum flame_status flame_cli_settle_looks(struct flame_cli_looks *looks, struct flame_error *error)
{
    struct flame_look *look = &looks->look;
    look->has_min_width = looks->min_width.given;
    look->min_width = looks->min_width.value;
    look->min_width_percent = looks->min_width.percent;
    return flame_look_check(look, error);
}
