/* info.c: what a recording is, told in one of two ways. */
#include "info.h"

#include "pack_reader.h"

enum flame_status flame_write_info(const char *path, const struct flame_info_options *options,
                                   struct flame_output *output, struct flame_error *error)
{
    static const struct flame_info_options defaults = { 0 };
    struct flame_contents contents;
    struct flame_recording recording;
    options = options ? options : &defaults;
    enum flame_status status = flame_recording_open(&recording, path, &options->limits, error);
    if (status != FLAME_OK)
        return status;
    struct flame_info info = { path, recording.pack ? &recording.pack->manifest : NULL,
                               &recording.perf, &contents, options };
    if (info.options->head_only && !info.options->json)
        contents = (struct flame_contents){ .first_ns = FLAME_TIME_NONE };
    else
        status = flame_contents_read(&contents, info.file, path, &info.options->damage, error);
    if (status == FLAME_OK && info.options->json)
        flame_put_info_json(output, &info);
    else if (status == FLAME_OK)
        flame_put_info_text(output, &info);
    flame_contents_free(&contents);
    flame_recording_close(&recording);
    return status;
}
