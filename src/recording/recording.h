/* recording.h: a recording by its path: a file, a pipe's output, standard input, or the folder that
 * perf record --threads writes. */
#ifndef FLAME_RECORDING_H
#define FLAME_RECORDING_H

#include "file.h"
#include "perf_data.h"

/* perf is open for as long as files are. The all-zero value is closed. */
struct flame_recording {
    struct flame_perf_file perf;
    FLAME_VEC(struct flame_file) files;
    struct flame_arena names; /* paths of what lies in a folder */
};

/* path is borrowed until the recording is closed. Errors: FLAME_IO and those of flame_perf_open;
 * the recording is then closed. */
enum flame_status flame_recording_open(struct flame_recording *recording, const char *path,
                                       struct flame_error *error);
void flame_recording_close(struct flame_recording *recording);

/* Make an error (or NULL) about the recording of this path outlive it: names of files in the folder
 * end with the recording, so they move to the text. */
void flame_recording_detach(struct flame_error *error, const char *path);

#endif
