/* pipeline_objects.h: what samples have to do with each object, and what came of finding its names.
 * Private to src/pipeline*.c. */
#ifndef FLAME_PIPELINE_OBJECTS_H
#define FLAME_PIPELINE_OBJECTS_H

#include "vec.h"

#include <flamedata/session.h>

struct flame_session;

/* Of one dso. Weights are of samples.
 *
 * weight   whose innermost frame lies in it
 * unnamed  with at least one unnamed frame in it
 * hit      some frame lies in it */
struct flame_object_sum {
    uint64_t weight, unnamed;
    bool hit;
};

/* sums[dsos] is that of addresses that no map covers. There may be millions of dsos, the methods of
 * a jitdump; those that are not hit are never written to, so that calloc's pages take no memory. */
struct flame_object_sums {
    struct flame_object_sum *sums;
    size_t dsos;
};

/* False when memory is exhausted. */
bool flame_object_sums_init(struct flame_object_sums *objects, size_t dsos);
void flame_object_sums_deinit(struct flame_object_sums *objects);

/* Add those of another, for as many dsos. Sums stay at UINT64_MAX. */
void flame_object_sums_join(struct flame_object_sums *sum, const struct flame_object_sums *part);

/* That of a dso, or of FLAME_DSO_NONE. */
static inline struct flame_object_sum *flame_object_sum_of(const struct flame_object_sums *objects,
                                                           uint32_t dso)
{
    return &objects->sums[dso < objects->dsos ? dso : objects->dsos];
}

/* The files that names came from, by dso, in order; paths are the session's. noted: the list is
 * made. */
struct flame_used_file {
    uint32_t dso;
    struct flame_str path;
};
struct flame_used_files {
    FLAME_VEC(struct flame_used_file) list;
    bool noted;
};

/* Note them, before the symbolizer lets go of its objects; of several calls the first counts.
 * FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_pipeline_note_files(struct flame_session *s);

/* Write the objects into the session's verdict: those with a sum that says so; without sums, all
 * that were loaded. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_pipeline_report_objects(struct flame_session *s);

struct flame_dso;

/* perf's short name of an object: the last part of its path, or "[JIT] tid PID". It lives as long
 * as the session; ptr is NULL when memory is exhausted. */
struct flame_str flame_pipeline_object_name(struct flame_session *s, const struct flame_dso *dso);

/* What to do about an object that was loaded and lacks names, as one sentence without its name. */
void flame_pipeline_advise(const struct flame_session *s, uint32_t dso, char *out, size_t cap);

/* What is not known of the file at used, which trust_paths let an object have its names from; one
 * sentence. */
void flame_pipeline_caution(const struct flame_session *s, uint32_t dso, struct flame_str used,
                            char *out, size_t cap);

#endif
