/* feature_reader.h: what the files that parse feature sections share.
 *
 * A reader takes its section from c and publishes into out only what is whole. It says trouble
 * through the cursor (too few bytes) or flame_perf_feature_fail (anything else). */
#ifndef FLAME_PERF_DATA_FEATURE_READER_H
#define FLAME_PERF_DATA_FEATURE_READER_H

#include "feature.h"

struct flame_perf_feature_reader {
    struct flame_perf_features *out;
    struct flame_cursor c;
    struct flame_arena *arena;
    enum flame_status status;
    bool big_endian;
    bool cut; /* a list was shorter than its count says */
};

#define X(bit, name, reader) void flame_perf_read_##reader(struct flame_perf_feature_reader *r);
FLAME_PERF_FEATURES(X)
#undef X

/* Whether nothing has gone wrong so far. */
static inline bool flame_perf_feature_ok(const struct flame_perf_feature_reader *r)
{
    return r->status == FLAME_OK && !r->c.failed;
}

/* Record a failure at the cursor's place; the first one counts. */
void flame_perf_feature_fail(struct flame_perf_feature_reader *r, enum flame_status status,
                             const char *text);

/* A cleared array for the count entries that come next, each of at least `smallest` bytes of the
 * section and `size` bytes in memory. A count that cannot be true is a failure and is cut to what
 * could be there, so that the entries before the break are kept. NULL when there are none. */
void *flame_perf_feature_list(struct flame_perf_feature_reader *r, uint64_t *count, size_t smallest,
                              size_t size, const char *what);

/* u32 len; char[len], NUL-padded. */
struct flame_str flame_perf_feature_string(struct flame_perf_feature_reader *r, const char *what);

/* u32 count; string[count]. */
struct flame_perf_strings flame_perf_feature_strings(struct flame_perf_feature_reader *r,
                                                     const char *what);

/* count pairs of strings. */
struct flame_perf_pairs flame_perf_feature_pairs(struct flame_perf_feature_reader *r,
                                                 uint64_t count, const char *what);

/* The smallest string: a length of 0. */
enum { FLAME_PERF_STRING_MIN = 4 };

#endif
