/* pipeline_jitdump.h: which jitdumps a recording refers to, and when their code was made. Private
 * to src/pipeline*.c. */
#ifndef FLAME_PIPELINE_JITDUMP_H
#define FLAME_PIPELINE_JITDUMP_H

#include "intern.h"
#include "jit_dump.h"
#include "order.h"

#include <flamedata/record.h>

struct flame_session;

/* What became of a dump that a process said it writes. */
enum flame_jitdump_state {
    FLAME_JITDUMP_USED,
    FLAME_JITDUMP_MISSING,
    FLAME_JITDUMP_REFUSED, /* there is one; error says why it is not the one, or cannot be read */
    FLAME_JITDUMP_OTHER_CLOCK,
    FLAME_JITDUMP_ARCH_CLOCK,
};

/* A process mapped its dump. position: of the record that says so; dump: index into the session's,
 * if it is used; folder: where the process had it. */
struct flame_jitdump_marker {
    int32_t pid;
    enum flame_jitdump_state state;
    uint64_t position;
    uint32_t dump;
    struct flame_str folder;
    struct flame_error error;
};

/* Code that comes into being at a moment: a place of a marker's dump. */
struct flame_jitdump_event {
    struct flame_moment when;
    uint32_t marker, place;
};

/* All of a session. paths: one for each marker, by the same number; next: the first of events,
 * which are in order, that was not applied. */
struct flame_jitdumps {
    struct flame_jit_dumps dumps;
    struct flame_intern paths;
    FLAME_VEC(struct flame_jitdump_marker) markers;
    FLAME_VEC(struct flame_jitdump_event) events;
    size_t next;
};

void flame_jitdumps_init(struct flame_session *s);
void flame_jitdumps_deinit(struct flame_session *s);

/* Look at the map of a file; if it is a process's jitdump, find it, and read it if it is of use.
 * position is the record's. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_jitdump_mapped(struct flame_session *s, const struct flame_map_record *map,
                                       uint64_t position);

/* Once no more will be mapped: get ready to apply what they tell. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_jitdump_order(struct flame_session *s);

/* Apply to the timeline what came into being before a moment, and was not yet; NULL: all. FLAME_OK
 * or FLAME_NOMEM. */
enum flame_status flame_jitdump_apply(struct flame_session *s, const struct flame_moment *before);

/* What to do about code of a process that no dump names, as flame_pipeline_advise; false: the
 * process had no dump. */
bool flame_jitdump_advise(const struct flame_session *s, int32_t pid, char *out, size_t cap);

#endif
