/* palette_map.c: see palette_map.h. */
#include "palette_map.h"

#include "fail.h"

#include <stdio.h>
#include <stdlib.h>

static const char arrow[] = "->rgb(";

/* The number that s begins with, and after it the byte end; false when it is no channel's value.
 * Blanks around it are passed over. */
static bool take_channel(struct flame_str *s, char end, uint8_t *value)
{
    unsigned number = 0, digits = 0;
    size_t i = 0;
    while (i < s->len && s->ptr[i] == ' ')
        i++;
    for (; i < s->len && s->ptr[i] >= '0' && s->ptr[i] <= '9' && digits < 4; i++, digits++)
        number = number * 10 + (unsigned)(s->ptr[i] - '0');
    while (i < s->len && s->ptr[i] == ' ')
        i++;
    if (digits == 0 || number > 255 || i == s->len || s->ptr[i] != end)
        return false;
    *value = (uint8_t)number;
    *s = (struct flame_str){ s->ptr + i + 1, s->len - i - 1 };
    return true;
}

static bool read_line(struct flame_str line, struct flame_str *name, struct flame_rgb *colour)
{
    size_t n = sizeof arrow - 1, at = line.len;
    while (at > 0 && !(at + n <= line.len && memcmp(line.ptr + at, arrow, n) == 0))
        at--;
    if (at + n > line.len || memcmp(line.ptr + at, arrow, n) != 0)
        return false;
    struct flame_str rest = { line.ptr + at + n, line.len - at - n };
    *name = (struct flame_str){ line.ptr, at };
    return take_channel(&rest, ',', &colour->r) && take_channel(&rest, ',', &colour->g) &&
           take_channel(&rest, ')', &colour->b) && rest.len == 0;
}

static struct flame_str take_line(struct flame_str *text)
{
    const char *end = memchr(text->ptr, '\n', text->len);
    struct flame_str line = { text->ptr, end ? (size_t)(end - text->ptr) : text->len };
    size_t taken = line.len + (end != NULL);
    *text = (struct flame_str){ text->ptr + taken, text->len - taken };
    while (line.len && (line.ptr[line.len - 1] == '\r' || line.ptr[line.len - 1] == ' '))
        line.len--;
    return line;
}

enum flame_status flame_palette_map_make(struct flame_palette_map *map, struct flame_str text,
                                         struct flame_error *error)
{
    *map = (struct flame_palette_map){ 0 };
    flame_intern_init(&map->names);
    for (unsigned number = 1; text.len; number++) {
        struct flame_str line = take_line(&text), name;
        struct flame_rgb colour;
        if (!line.len)
            continue;
        if (!read_line(line, &name, &colour)) {
            flame_palette_map_free(map);
            return flame_fail(error, FLAME_CORRUPT, NULL, FLAME_NO_OFFSET,
                              "line %u of the palette map is not NAME->rgb(R,G,B)", number);
        }
        if (!flame_palette_map_set(map, name, colour)) {
            flame_palette_map_free(map);
            return flame_fail(error, FLAME_NOMEM, NULL, FLAME_NO_OFFSET, "out of memory");
        }
    }
    return FLAME_OK;
}

void flame_palette_map_free(struct flame_palette_map *map)
{
    flame_intern_deinit(&map->names);
    flame_vec_free(&map->colours);
}

bool flame_palette_map_find(const struct flame_palette_map *map, struct flame_str name,
                            struct flame_rgb *colour)
{
    uint32_t id = map->colours.count ? flame_intern_find(&map->names, name) : FLAME_INTERN_NONE;
    if (id == FLAME_INTERN_NONE)
        return false;
    *colour = map->colours.items[id];
    return true;
}

bool flame_palette_map_set(struct flame_palette_map *map, struct flame_str name,
                           struct flame_rgb colour)
{
    uint32_t id = flame_intern_add(&map->names, name);
    if (id == FLAME_INTERN_NONE)
        return false;
    if (id == map->colours.count)
        return flame_vec_push(&map->colours, colour);
    map->colours.items[id] = colour;
    return true;
}

struct entry {
    struct flame_str name;
    struct flame_rgb colour;
};

static int by_name(const void *a, const void *b)
{
    return flame_str_compare(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

bool flame_palette_map_put(const struct flame_palette_map *map, struct flame_output *out)
{
    size_t count = map->colours.count;
    struct entry *entries = malloc((count + 1) * sizeof *entries);
    if (!entries)
        return false;
    for (size_t i = 0; i < count; i++)
        entries[i] =
            (struct entry){ flame_intern_get(&map->names, (uint32_t)i), map->colours.items[i] };
    qsort(entries, count, sizeof *entries, by_name);
    for (size_t i = 0; i < count; i++) {
        struct flame_str name = entries[i].name;
        struct flame_rgb c = entries[i].colour;
        if (name.len && (memchr(name.ptr, '\n', name.len) || memchr(name.ptr, '\r', name.len)))
            continue;
        flame_put_str(out, name);
        flame_putf(out, "->rgb(%u,%u,%u)\n", c.r, c.g, c.b);
    }
    free(entries);
    return true;
}
