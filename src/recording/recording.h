/* recording.h: a recording by its path: a file, a pipe's output, standard input, the folder that
 * perf record --threads writes; or an archive with one in it: a pack, or perf archive --all's. */
#ifndef FLAME_RECORDING_H
#define FLAME_RECORDING_H

#include "file.h"
#include "perf_data.h"

struct flame_archive;
struct flame_pack;

/* perf is open for as long as files are. The all-zero value is closed.
 *
 * archive  what the recording was taken out of; NULL: nothing
 * pack     the same, if it is a pack
 * limits   that it is opened within
 * changed_ns  of the member of another archive that the recording is, since 1970; 0: not known
 * harmed   it came out of a pack, and is not as it was packed; losses say how */
struct flame_recording {
    struct flame_perf_file perf;
    FLAME_VEC(struct flame_file) files;
    struct flame_archive *archive;
    struct flame_pack *pack;
    uint64_t changed_ns;
    bool harmed;
    const struct flame_limits *limits;
    struct flame_arena names; /* paths of what lies in a folder */
};

/* limits may be NULL: the defaults. path is borrowed until the recording is closed. Errors:
 * FLAME_IO and those of flame_perf_open; the recording is then closed. */
enum flame_status flame_recording_open(struct flame_recording *recording, const char *path,
                                       const struct flame_limits *limits,
                                       struct flame_error *error);
void flame_recording_close(struct flame_recording *recording);

/* Make an error (or NULL) about the recording of this path outlive it: names of files in the folder
 * end with the recording, so they move to the text. */
void flame_recording_detach(struct flame_error *error, const char *path);

#endif
