/* draw_page.h: a page made of what was counted. */
#ifndef FLAME_CLI_DRAW_PAGE_H
#define FLAME_CLI_DRAW_PAGE_H

#include "draw.h"

#include <flamedata/render.h>

/* Write stacks as a page, with what the session that they are of knows about them: its samples, if
 * it has kept them, the recording's facts, the verdict, and code. session NULL: the stacks came
 * alone. FLAME_OK, or as flame_render_html. */
enum flame_status flame_cli_draw_page(const struct flame_cli_draw *draw,
                                      const struct flame_session *session,
                                      const struct flame_stacks *stacks, struct flame_output *out,
                                      struct flame_error *error);

/* facts[fact_count], borrowing from text. */
struct flame_cli_facts {
    struct flame_page_fact *facts;
    size_t fact_count;
    struct flame_output *text;
};

/* What the recording at path says of itself, for a page. What cannot be read is no fact. FLAME_OK
 * or FLAME_NOMEM. */
enum flame_status flame_cli_facts_make(struct flame_cli_facts *facts, const char *path,
                                       struct flame_error *error);
/* All zero is allowed. */
void flame_cli_facts_free(struct flame_cli_facts *facts);

#endif
