/* pipeline_fetch.h: what is missing, from debuginfod's servers. Private to src/pipeline*.c.
 *
 *     struct flame_fetch *fetch;
 *     if (flame_fetch_begin(&fetch, path, &options->symbols, error) == FLAME_OK) {
 *         do
 *             session = ... flame_session_begin(path, options, counted_as, fetch, error) ...
 *         while (session && flame_fetch_more(fetch, session) && (flame_session_close(session),
 * true));
 *     }
 *     flame_fetch_end(fetch);
 *
 * A session that lacks nothing is opened once, as without. */
#ifndef FLAME_PIPELINE_FETCH_H
#define FLAME_PIPELINE_FETCH_H

#include <flamedata/session.h>

struct flame_depot;
struct flame_fetch;

/* *out is NULL where nothing is to be fetched, which all others take. path and the options' strings
 * are borrowed. FLAME_OK; FLAME_USAGE: no servers are known, or the recording can be read but once;
 * FLAME_NOMEM. */
enum flame_status flame_fetch_begin(struct flame_fetch **out, const char *path,
                                    const struct flame_symbol_options *options,
                                    struct flame_error *error);
void flame_fetch_end(struct flame_fetch *fetch);

/* Note that the code of a dso was looked for and not found, for the next flame_fetch_more. weight:
 * of the samples in it. */
void flame_fetch_want_code(struct flame_fetch *fetch, uint32_t dso, uint64_t weight);

/* Ask for what a session lacks that has its verdict, what weighs most first, and what was not asked
 * for before. True: files came, so that the session is to be opened anew. False: there are no more,
 * and the session's verdict says what came of it. */
bool flame_fetch_more(struct flame_fetch *fetch, struct flame_session *s);

/* Write into a session's verdict what came of it. */
void flame_fetch_tell(const struct flame_fetch *fetch, struct flame_session *s);

/* Where nothing came of a session: append to error's text what was in the way, if anything. */
void flame_fetch_explain(const struct flame_fetch *fetch, struct flame_error *error);

/* Add what came to a session's depot. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_fetch_supply(const struct flame_fetch *fetch, struct flame_depot *depot);

#endif
