/* info.h: the two ways to write what a recording is. */
#ifndef FLAME_INSPECT_INFO_H
#define FLAME_INSPECT_INFO_H

#include "contents.h"
#include "verdict_json.h"

struct flame_manifest;

/* pack: of the pack that the recording came in, or NULL. */
struct flame_info {
    const char *path;
    const struct flame_manifest *pack;
    const struct flame_perf_file *file;
    const struct flame_contents *contents;
    const struct flame_info_options *options;
};

void flame_put_info_text(struct flame_output *out, const struct flame_info *info);
void flame_put_info_json(struct flame_output *out, const struct flame_info *info);

#endif
