/* looks.c: see looks.h. */
#include "looks.h"

#include <strings.h>
#include <time.h>
#include <unistd.h>

/* Files that hold more are taken for a mistake. */
enum { MOST_BYTES = 64 << 20 };

/* What the file holds, once it is open; valid until it is closed. */
static struct flame_str text_of(const struct flame_contents *file)
{
    return (struct flame_str){ file->bytes, file->size };
}

/* The user names no palette.map, so it is nothing but a file. The first picture has none yet. */
static enum flame_status read_map(struct flame_cli_looks *looks, struct flame_error *error)
{
    if (access(FLAME_CLI_PALETTE_MAP, F_OK) != 0)
        return FLAME_OK;
    enum flame_status status =
        flame_contents_open_regular(&looks->map_file, FLAME_CLI_PALETTE_MAP, MOST_BYTES, error);
    looks->look.palette_map = text_of(&looks->map_file);
    return status;
}

/* Differs from one run to the next, however soon they follow each other. */
static uint64_t seed_of_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000007u + (uint64_t)now.tv_nsec * 31 + (uint64_t)getpid();
}

enum flame_status flame_cli_settle_looks(struct flame_cli_looks *looks, struct flame_error *error)
{
    struct flame_look *look = &looks->look;
    enum flame_status status = FLAME_OK;
    if (looks->encoding && strcasecmp(looks->encoding, "UTF-8") != 0 &&
        strcasecmp(looks->encoding, "utf8") != 0)
        return flame_cli_usage(error,
                               "--encoding '%.40s': pictures are UTF-8, whatever bytes names hold",
                               looks->encoding);
    look->has_min_width = looks->min_width.given;
    look->min_width = looks->min_width.value;
    look->min_width_percent = looks->min_width.percent;
    look->seed = look->random ? seed_of_now() : 0;
    if (looks->name_attributes)
        status = flame_contents_open_within(&looks->attributes_file, looks->name_attributes,
                                            MOST_BYTES, error);
    look->name_attributes = text_of(&looks->attributes_file);
    if (status == FLAME_OK && looks->palette_map)
        status = read_map(looks, error);
    return status == FLAME_OK ? flame_look_check(look, error) : status;
}

void flame_cli_free_looks(struct flame_cli_looks *looks)
{
    flame_contents_close(&looks->map_file);
    flame_contents_close(&looks->attributes_file);
    looks->look.palette_map = looks->look.name_attributes = (struct flame_str){ 0 };
}

enum flame_status flame_cli_keep_palette(const struct flame_cli_looks *looks,
                                         const struct flame_tree *tree, struct flame_error *error)
{
    if (!looks->palette_map)
        return FLAME_OK;
    struct flame_output *out = flame_output_open(FLAME_CLI_PALETTE_MAP, error);
    if (!out)
        return error->status;
    enum flame_status status = flame_palette_map_extend(tree, &looks->look, out, error);
    if (status == FLAME_OK)
        return flame_output_commit(out, error);
    flame_output_discard(out);
    return status;
}
