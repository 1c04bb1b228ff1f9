/* flamedata/report.h: which functions take the time: one table per event, hottest first.
 *
 * flame_report reads a recording and gives rows as data: by thread name, process, object, function,
 * source line, whatever is asked for, what was sampled there (self) and what was sampled there or
 * in what it called (total). Text, JSON and CSV are writers over it. */
#ifndef FLAMEDATA_REPORT_H
#define FLAMEDATA_REPORT_H

#include <flamedata/output.h>
#include <flamedata/session.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* X(KEY, word, heading): what rows can be told apart by. word is perf's for --sort. */
#define FLAME_REPORT_KEYS(X)                                                                       \
    X(COMM, "comm", "Command")           /* the thread's name */                                   \
    X(PID, "pid", "Pid")                 /* the process's number */                                \
    X(TID, "tid", "Tid")                 /* the thread's */                                        \
    X(DSO, "dso", "Shared Object")       /* the object that the code is in */                      \
    X(SYMBOL, "symbol", "Symbol")        /* the function */                                        \
    X(SRCLINE, "srcline", "Source:Line") /* the line of its source */

enum flame_report_key {
#define X(key, word, heading) FLAME_REPORT_##key,
    FLAME_REPORT_KEYS(X)
#undef X
        FLAME_REPORT_KEY_COUNT
};

/* Whether callers count. AUTO: where the recording has call chains, or what they are made of. */
enum flame_report_callers {
    FLAME_REPORT_CALLERS_AUTO,
    FLAME_REPORT_CALLERS_TOTAL, /* rows have a total, and are ordered by it */
    FLAME_REPORT_CALLERS_NONE,  /* only sampled instructions count, and stacks are not looked at */
};

/* All zero is the default.
 *
 * session    event (here NULL means all events, a table each), symbols, threads, no_inline and
 *            filter have their meaning; the rest has no effect
 * sort       words of FLAME_REPORT_KEYS with commas between them; "+pid" adds to what is usual:
 *            NULL, which is "comm,dso,symbol". "sym" is "symbol", too
 * addresses  where there is no symbol, each address is a row, as perf has it: sampled ones by their
 *            offset in the file, callers by their address in the process. Else there is one row for
 *            all of an object's */
struct flame_report_options {
    struct flame_session_options session;
    const char *sort;
    enum flame_report_callers callers;
    bool addresses;
};

/* What is no part of the row's key is zero.
 *
 * self, total  total counts a sample once, however often the row is in its stack; without callers
 *              it is self
 * comm         the thread's name, ":TID" where it has none
 * dso          path of the object as it was recorded, or perf's name for what is no file;
 *              "[unknown]" where nothing was mapped
 * dso_name     the last part of it, or perf's short name: "[JIT] tid 12"
 * symbol       the function's name; without a symbol the object's in brackets, "[libfoo.so]"
 * file, line   of the source, as debug information has it; "" and 0: not known
 * kind         what code it is; FLAME_FRAME_INLINED: the function was inlined, and nothing but its
 *              total counts
 * unnamed      there is no symbol
 * trusted      what the object's names come from is not known to be the recorded file (trust_paths)
 * start        where the symbol begins, as an offset in its file; of the kernel, and of JIT code,
 *              its address. It tells functions of one name apart; 0 of what is unnamed or inlined
 * address      of what is unnamed, if addresses are told apart */
struct flame_report_row {
    struct flame_hits self, total;
    struct flame_str comm, dso, dso_name, symbol, file;
    int32_t pid, tid;
    uint32_t line;
    enum flame_frame_kind kind;
    bool unnamed, trusted;
    uint64_t start, address;
};

/* The table of one event.
 *
 * total  of all samples that the filters took, of which rows are shares
 * unnamed  of the samples whose innermost function has no name, the sum of their periods
 * rows   by total, then self (without callers: by self), largest first; then by what they are
 *        called */
struct flame_report_event {
    struct flame_str name;
    enum flame_unit unit;
    struct flame_hits total;
    uint64_t unnamed;
    const struct flame_report_row *rows;
    size_t row_count;
};

/* path     of the recording
 * keys     what rows are told apart by, in the order of the columns
 * callers  rows have a total; addresses: what has no symbol is a row for each address
 * events   those that have samples, or the one that was asked for, in the recording's order
 * verdict  of the samples of one event: the one that was asked for, else that of the earliest
 *          sample; judged is its name, and unit that of its weights. Without callers it says
 * nothing of stacks */
struct flame_report {
    const char *path;
    enum flame_report_key keys[FLAME_REPORT_KEY_COUNT];
    size_t key_count;
    bool callers, addresses;
    const struct flame_report_event *events;
    size_t event_count;
    const struct flame_verdict *verdict;
    struct flame_str judged;
    enum flame_unit unit;
};

/* Read path, which is borrowed until the report is freed as the options' strings are, whole, and
 * add up. On failure NULL, and error says why, as flame_session_open does; FLAME_USAGE also for a
 * word of sort that is none. */
const struct flame_report *flame_report(const char *path,
                                        const struct flame_report_options *options,
                                        struct flame_error *error);
/* NULL is allowed. */
void flame_report_free(const struct flame_report *report);

/* Which rows are written, and what of them. All zero is all.
 *
 * min_percent  leaves out rows below this, by total, without callers by self
 * most         rows of each table; 0: all
 * samples      text: a column with the number of samples, by self; period: with their periods' sum
 * full_paths   text: objects and source files with their folders
 * colour       text: escape sequences of a terminal. Text from files can never steer it */
struct flame_report_look {
    double min_percent;
    unsigned most;
    bool samples, period, full_paths, colour;
};

/* look may be NULL. Errors of writing are the output's. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_report_text(const struct flame_report *report,
                                    const struct flame_report_look *look,
                                    struct flame_output *output);
/* docs/formats/report-json.md has the schema of both. */
enum flame_status flame_report_json(const struct flame_report *report,
                                    const struct flame_report_look *look,
                                    struct flame_output *output);
enum flame_status flame_report_csv(const struct flame_report *report,
                                   const struct flame_report_look *look,
                                   struct flame_output *output);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
