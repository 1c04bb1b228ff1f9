/* filters.h: the rows of options that say which samples count and what their frames are, for every
 * command that has them.
 *
 * Names and letters are perf script's. */
#ifndef FLAME_CLI_FILTERS_H
#define FLAME_CLI_FILTERS_H

#include "options.h"

#include <flamedata/session.h>

/* The rows about inlined functions, for a command's table; member is no_inline of the struct
 * flame_session_options in the command's values, which are a type. */
#define FLAME_CLI_INLINE(type, member, heading)                                                    \
    { 0,                                                                                           \
      "no-inline",                                                                                 \
      NULL,                                                                                        \
      NULL,                                                                                        \
      FLAME_CLI_FIELD(type, member),                                                               \
      heading,                                                                                     \
      "Leave out functions that were inlined into others." },                                      \
    {                                                                                              \
        0, "inline", NULL, NULL, FLAME_CLI_FIELD(type, member), heading,                           \
            "Show them, as far as debug information tells: the default.", .clears = true           \
    }

/* The rows of filters that say whose samples; member is the struct flame_filter_options in the
 * command's values. */
#define FLAME_CLI_THREAD_FILTERS(type, member)                                                     \
    { 'c',                                                                                         \
      "comms",                                                                                     \
      NULL,                                                                                        \
      "NAMES",                                                                                     \
      FLAME_CLI_FIELD(type, member.comms),                                                         \
      "Filters",                                                                                   \
      "Only samples of threads with these names: a,b." },                                          \
        { 0,                                                                                       \
          "pid",                                                                                   \
          NULL,                                                                                    \
          "PIDS",                                                                                  \
          FLAME_CLI_FIELD(type, member.pids),                                                      \
          "Filters",                                                                               \
          "Only samples of these processes: 12,300-400." },                                        \
        { 0,                                                                                       \
          "tid",                                                                                   \
          NULL,                                                                                    \
          "TIDS",                                                                                  \
          FLAME_CLI_FIELD(type, member.tids),                                                      \
          "Filters",                                                                               \
          "Only samples of these threads." },                                                      \
    {                                                                                              \
        'C', "cpu", NULL, "CPUS", FLAME_CLI_FIELD(type, member.cpus), "Filters",                   \
            "Only samples taken on these processors: 0-3,7."                                       \
    }

/* The row of the filter that says when. */
#define FLAME_CLI_TIME_FILTER(type, member)                                                        \
    {                                                                                              \
        0, "time", NULL, "TIME", FLAME_CLI_FIELD(type, member.time), "Filters",                    \
            "Only samples from START,STOP in seconds, or from a share of the recording: 10%-30%; " \
            "10%/2 is the second tenth."                                                           \
    }

/* The rows of all filters. */
#define FLAME_CLI_FILTERS(type, member, letter)                                                    \
    FLAME_CLI_THREAD_FILTERS(type, member),                                                        \
        { letter,                                                                                  \
          "dsos",                                                                                  \
          NULL,                                                                                    \
          "DSOS",                                                                                  \
          FLAME_CLI_FIELD(type, member.dsos),                                                      \
          "Filters",                                                                               \
          "Only samples of code in these objects, by path or name: libc.so.6." },                  \
        { 'S',                                                                                     \
          "symbols",                                                                               \
          NULL,                                                                                    \
          "NAMES",                                                                                 \
          FLAME_CLI_FIELD(type, member.symbols),                                                   \
          "Filters",                                                                               \
          "Only samples of code in these functions; their callers do not matter." },               \
        FLAME_CLI_TIME_FILTER(type, member),                                                       \
    {                                                                                              \
        0, "max-stack", NULL, "N", FLAME_CLI_FIELD(type, member.max_stack), "Filters",             \
            "Keep the N innermost frames of each stack.", 1, 1e6                                   \
    }

#endif
