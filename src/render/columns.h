/* columns.h: every frame of a tree as columns of numbers, for the script of a picture or a page.
 *
 * docs/formats/columns.md has the layout. They are written packed, see deflation.h. */
#ifndef FLAME_RENDER_COLUMNS_H
#define FLAME_RENDER_COLUMNS_H

#include "deflation.h"
#include "paint.h"

#include <flamedata/output.h>
#include <flamedata/tree.h>

/* Bytes in the making: numbers as varints (LEB128, unsigned), texts with line ends between them. */
struct flame_columns;

/* NULL when memory is exhausted; free takes NULL. A failure to grow is kept, and reported by
 * flame_columns_write. */
struct flame_columns *flame_columns_create(void);
void flame_columns_free(struct flame_columns *columns);
void flame_columns_number(struct flame_columns *columns, uint64_t value);
/* value as its zigzag: 0, -1, 1, -2 are 0, 1, 2, 3 */
void flame_columns_signed(struct flame_columns *columns, int64_t value);
/* A name as valid UTF-8 without line ends and NULs, followed by a line end. */
void flame_columns_text(struct flame_columns *columns, struct flame_str text);

/* The bytes that were put so far. */
size_t flame_columns_size(const struct flame_columns *columns);

/* What was put so far, to be packed while something else is done; it must stay as it is until the
 * deflation is freed. NULL when memory is exhausted. */
struct flame_deflation *flame_columns_deflation(struct flame_columns *columns);

/* Pack what was put so far, and write it; columns is then empty. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_columns_write(struct flame_columns *columns, struct flame_output *out);

/* What one event's stacks weigh; self NULL: the tree's. samples: beside each weight also how many
 * samples it is made of, of the tree's own event alone. */
struct flame_columns_event {
    const uint64_t *self;
    bool samples;
};

/* Put a whole tree: nodes, names, the weights of each event, the colours. FLAME_OK or FLAME_NOMEM.
 */
enum flame_status flame_columns_tree(struct flame_columns *columns, const struct flame_tree *tree,
                                     const struct flame_columns_event *events, size_t event_count,
                                     const struct flame_paints *paints);

/* The greatest common divisor; that of a number and 0 is the number. */
static inline uint64_t flame_divisor(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

#endif
