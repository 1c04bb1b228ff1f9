/* pipeline_remedy.h: what brings the names of an object: words that several advices share. Private
 * to src/pipeline*.c. */
#ifndef FLAME_PIPELINE_REMEDY_H
#define FLAME_PIPELINE_REMEDY_H

#include "build_id.h"
#include "pipeline.h"

/* Knows of the servers of most distributions. */
#define FLAME_USUAL_DEBUGINFOD "--debuginfod=https://debuginfod.elfutils.org/"

enum { FLAME_WORDS_SHOWN = 512 };

/* A sentence that grows; what does not fit is cut. */
struct flame_words {
    char *out;
    size_t cap, at;
};

__attribute__((format(printf, 2, 3))) void flame_say(struct flame_words *w, const char *format,
                                                     ...);

/* An object without names.
 *
 * index      of its dso
 * id, found  as perf prints them; "" for none
 * cache      perf's cache of binaries, where it was looked for; NULL: nowhere
 * slip       it was named, and is no folder: nothing is to be put there */
struct flame_ailing {
    const struct flame_session *session;
    uint32_t index;
    const struct flame_dso *dso;
    const struct flame_object *object;
    char id[FLAME_BUILD_ID_HEX], found[FLAME_BUILD_ID_HEX];
    const char *cache;
    bool slip;
};

/* Whether to ask a server is new advice. */
bool flame_may_be_fetched(const struct flame_ailing *a);

/* Whether a word of the command that was recorded contains the text. */
bool flame_was_commanded(const struct flame_session *s, const char *text);

/* What to do where a recording's build-ids are not in it, though they may have been recorded. NULL:
 * it has all of its header. */
const char *flame_remedy_lost_ids(const struct flame_session *s);

/* That there is no build-id, and why. */
void flame_say_why_no_id(struct flame_words *w, const struct flame_ailing *a);

/* That it is not where it was looked for; and ", nor in perf's cache". */
void flame_say_nowhere(struct flame_words *w, const struct flame_ailing *a);
void flame_say_cache(struct flame_words *w, const struct flame_ailing *a);

/* Whether perf's cache has this of the object; path is where. */
bool flame_has_cached(const struct flame_ailing *a, const char *leaf,
                      char path[2 * FLAME_WORDS_SHOWN]);

/* How to bring all that names a recording's objects: on the recorded machine. */
void flame_remedy_pack(struct flame_words *w, const struct flame_ailing *a);

/* The same, or one file that is known by its id. */
void flame_remedy_bring(struct flame_words *w, const struct flame_ailing *a);

/* How to record so that the object has a build-id. */
void flame_remedy_record(struct flame_words *w, const struct flame_ailing *a);

/* ", or ...": how to use a file that is not known to be the recorded one; nothing where that cannot
 * be done. there: it lies at its path. */
void flame_remedy_trust(struct flame_words *w, const struct flame_ailing *a, bool there);

/* The advice for a kernel, as flame_pipeline_advise gives it. */
void flame_advise_kernel(struct flame_words *w, const struct flame_ailing *a);

#endif
