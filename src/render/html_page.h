/* html_page.h: what the parts of a page share. */
#ifndef FLAME_RENDER_HTML_PAGE_H
#define FLAME_RENDER_HTML_PAGE_H

#include "look.h"
#include "paint.h"

struct flame_html_page {
    const struct flame_page *page;
    const struct flame_paints *paints;
    struct flame_style style;
    struct flame_output *out;
    struct flame_output *title; /* also of the window, and of what is printed */
};

/* The blocks of data behind the page. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_html_page_blocks(const struct flame_html_page *html,
                                         struct flame_error *error);

#endif
