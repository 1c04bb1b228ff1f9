/* pipe.h: the beginning of a recording that went through a pipe. */
#ifndef FLAME_PERF_DATA_PIPE_H
#define FLAME_PERF_DATA_PIPE_H

#include "perf_data.h"

/* Add the records behind the header, of header_size bytes, as the file's part, and read attrs,
 * names and features from those before the first sample. Errors: FLAME_CORRUPT, FLAME_LIMIT,
 * FLAME_NOMEM. */
enum flame_status flame_perf_pipe_read(struct flame_perf_file *file, uint64_t header_size,
                                       struct flame_error *error);

#endif
