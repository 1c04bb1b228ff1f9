/* flamedata/script.h: the samples of a recording one by one, as the text of perf script. */
#ifndef FLAMEDATA_SCRIPT_H
#define FLAMEDATA_SCRIPT_H

#include <flamedata/output.h>
#include <flamedata/session.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* All zero is perf script's default.
 *
 * fields       perf's -F: "comm,tid,time,ip,sym" prints these alone; "+cpu,-period" changes what is
 *              usual. comm, tid, pid, time, cpu, period, event, addr, ip, sym, symoff, dso,
 *              srcline; NULL: the usual ones of each event
 * no_chains    print the sampled instruction, not its callers
 * nanoseconds  print times in full, not in microseconds
 * session      event (here NULL means all events), symbols, threads, no_inline, and filter have
 *              their meaning; the rest has no effect */
struct flame_script_options {
    const char *fields;
    bool no_chains, nanoseconds;
    struct flame_session_options session;
};

struct flame_script;

/* Read all of path but its samples, so that what is wrong with the options or the file is known
 * before anything is written. path and the options' strings are borrowed until the script is
 * closed. On failure NULL, and error says why, as flame_session_open does; FLAME_USAGE also for a
 * field that does not exist or that the samples do not have. */
struct flame_script *flame_script_open(const char *path, const struct flame_script_options *options,
                                       struct flame_error *error);

/* Write every sample in perf's order. To be called once. FLAME_OK; FLAME_EMPTY: there was none;
 * FLAME_NOMEM. Errors of writing are the output's. */
enum flame_status flame_script_write(struct flame_script *script, struct flame_output *output,
                                     struct flame_error *error);

/* After writing: samples written, lost and filtered out, what could not be read, and the objects
 * that were asked for names, without weights. What is said of stacks and events is zero. Lives
 * until the script is closed. */
const struct flame_verdict *flame_script_verdict(const struct flame_script *script);

/* NULL is allowed. */
void flame_script_close(struct flame_script *script);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
