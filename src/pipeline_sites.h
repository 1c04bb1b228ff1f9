/* pipeline_sites.h: from an address of a stack to what a report tells apart there. Private to
 * src/pipeline*.c. */
#ifndef FLAME_PIPELINE_SITES_H
#define FLAME_PIPELINE_SITES_H

#include "pipeline_known.h"

#include <pthread.h>

/* What is told apart. Without symbol there are no addresses and no inlined functions. */
struct flame_site_keys {
    bool dso, symbol, srcline;
    bool addresses; /* where there is no symbol */
    bool callers;   /* what stands in a stack counts, not its innermost address alone */
};

/* Where in the code. What is not told apart is zero; strings are the symbolizer's, or the table's,
 * each once.
 *
 * symbol   NULL: none, or inlined
 * inlined  of a function that was inlined, the name that is shown, which alone tells it apart
 * file     NULL: no line
 * address  as struct flame_report_row has it
 * dso      FLAME_DSO_NONE: nothing is mapped there
 * place    there is something to say of the object, that is, dso means something
 * trusted  names and lines there come from a file that is only trusted */
struct flame_site {
    const struct flame_symbol *symbol;
    const char *inlined, *file;
    uint64_t address;
    uint32_t line, dso, frame;
    bool place, kernel, trusted;
    uint8_t unused[1];
};

/* What all workers share.
 *
 * first_of_name  by dso: the first dso of that name
 * inlined        names of functions that were inlined; lock guards it */
struct flame_site_table {
    struct flame_session *session;
    struct flame_site_keys keys;
    uint32_t *first_of_name;
    pthread_mutex_t lock;
    struct flame_intern inlined;
};

/* What is known of an address.
 *
 * self   the site of samples of it
 * first, count  ids[first .. first+count) of the finder: the functions there, innermost first
 * unnamed, trusted, root, dso  what the verdict asks for */
struct flame_site_known {
    struct flame_known_pc key;
    uint32_t self, first, count, dso;
    bool unnamed, trusted, root;
};

/* A worker's. sites are struct flame_site as bytes; what known and ids have are numbers of them.
 *
 * linkage  names of inlined functions as the linker has them, their addresses as bytes; shown: how
 *          they are shown
 * text     room for a name */
struct flame_site_finder {
    struct flame_site_table *table;
    struct flame_intern sites, linkage;
    FLAME_VEC(uint32_t) ids;
    FLAME_VEC(const char *) shown;
    struct flame_site_known *known;
    char *text;
};

/* All return FLAME_OK or FLAME_NOMEM; deinit takes what init failed on. */
enum flame_status flame_site_table_init(struct flame_site_table *table, struct flame_session *s,
                                        struct flame_site_keys keys);
void flame_site_table_deinit(struct flame_site_table *table);
enum flame_status flame_site_finder_init(struct flame_site_finder *finder,
                                         struct flame_site_table *table);
void flame_site_finder_deinit(struct flame_site_finder *finder);

/* What is at an address of a stack of tag; valid until the next call. */
enum flame_status flame_sites_at(struct flame_site_finder *finder, const struct flame_pc *pc,
                                 const struct flame_tag *tag, const struct flame_site_known **out);

#endif
