/* naming.h: the rows of options that say where names come from, for every command that has them.
 *
 * Names are perf's, where perf has the option. */
#ifndef FLAME_CLI_NAMING_H
#define FLAME_CLI_NAMING_H

#include "command.h"
#include "options.h"

#include <flamedata/contents.h>
#include <flamedata/places.h>

#define FLAME_CLI_NAMES "Where names come from"

/* The rows, for a command's table; member is the struct flame_symbol_options in the command's
 * values, which are a type. */
#define FLAME_CLI_SYMBOLS(type, member)                                                            \
    { 0,                                                                                           \
      "symfs",                                                                                     \
      NULL,                                                                                        \
      "DIR[,flat]",                                                                                \
      FLAME_CLI_FIELD(type, member.symfs),                                                         \
      FLAME_CLI_NAMES,                                                                             \
      "Look for the recorded machine's files below DIR; flat: all in DIR itself." },               \
        { 0,                                                                                       \
          "binaries",                                                                              \
          NULL,                                                                                    \
          "DIR",                                                                                   \
          FLAME_CLI_FIELD(type, member.binaries),                                                  \
          FLAME_CLI_NAMES,                                                                         \
          "Look for files by their build-id anywhere below DIR, whatever they are called. May be " \
          "repeated." },                                                                           \
        { 0,                                                                                       \
          "archive",                                                                               \
          NULL,                                                                                    \
          "FILE",                                                                                  \
          FLAME_CLI_FIELD(type, member.archives),                                                  \
          FLAME_CLI_NAMES,                                                                         \
          "Look into what perf archive made, or another tarball of files. May be repeated. "       \
          "FILE.tar.bz2 beside the recording is found without." },                                 \
        { 0,                                                                                       \
          "no-archive",                                                                            \
          NULL,                                                                                    \
          NULL,                                                                                    \
          FLAME_CLI_FIELD(type, member.no_archive),                                                \
          FLAME_CLI_NAMES,                                                                         \
          "Do not look into that one." },                                                          \
        { 0,                                                                                       \
          "buildid-dir",                                                                           \
          NULL,                                                                                    \
          "DIR",                                                                                   \
          FLAME_CLI_FIELD(type, member.buildid_dir),                                               \
          FLAME_CLI_NAMES,                                                                         \
          "perf's cache of binaries; default: $PERF_BUILDID_DIR, else ~/.debug." },                \
        { 0,                                                                                       \
          "debug-dir",                                                                             \
          NULL,                                                                                    \
          "DIR",                                                                                   \
          FLAME_CLI_FIELD(type, member.debug_dirs),                                                \
          FLAME_CLI_NAMES,                                                                         \
          "Look for debug files in DIR, laid out like /usr/lib/debug, before that. May be "        \
          "repeated." },                                                                           \
        { 'k',                                                                                     \
          "vmlinux",                                                                               \
          NULL,                                                                                    \
          "FILE",                                                                                  \
          FLAME_CLI_FIELD(type, member.vmlinux),                                                   \
          FLAME_CLI_NAMES,                                                                         \
          "The recorded kernel with its symbols." },                                               \
        { 0,                                                                                       \
          "kallsyms",                                                                              \
          NULL,                                                                                    \
          "FILE",                                                                                  \
          FLAME_CLI_FIELD(type, member.kallsyms),                                                  \
          FLAME_CLI_NAMES,                                                                         \
          "A copy of the recorded machine's /proc/kallsyms, read as root. It has no build-id: "    \
          "with --trust-paths." },                                                                 \
        { 0,                                                                                       \
          "trust-paths",                                                                           \
          NULL,                                                                                    \
          NULL,                                                                                    \
          FLAME_CLI_FIELD(type, member.trust_paths),                                               \
          FLAME_CLI_NAMES,                                                                         \
          "Use files at their paths, and those that are named here, even if nothing shows that "   \
          "they are the recorded ones, or their build-id differs. The verdict says so." },         \
        { 0,                                                                                       \
          "debuginfod",                                                                            \
          NULL,                                                                                    \
          "URLS",                                                                                  \
          FLAME_CLI_FIELD(type, member.debuginfod),                                                \
          FLAME_CLI_NAMES,                                                                         \
          "Ask these servers for what is nowhere else; without URLS those of $DEBUGINFOD_URLS.",   \
          .optional = true },                                                                      \
        { 0,                                                                                       \
          "debuginfod-size",                                                                       \
          NULL,                                                                                    \
          "MIB",                                                                                   \
          FLAME_CLI_FIELD(type, member.fetch_mib),                                                 \
          FLAME_CLI_NAMES,                                                                         \
          "Fetch at most so many MiB in all; default: 1024.",                                      \
          1,                                                                                       \
          1e6 },                                                                                   \
    {                                                                                              \
        0, "debuginfod-time", NULL, "SECONDS", FLAME_CLI_FIELD(type, member.fetch_seconds),        \
            FLAME_CLI_NAMES, "Take at most so long for it in all; default: 90.", 1, 86400          \
    }

/* To be called between the choice of the recording and its reading: with debuginfod it is read
 * again, so that a pipe is kept as by flame_cli_keep_input, and a terminal is told what is coming,
 * unless quiet. Errors are its. */
enum flame_status flame_cli_settle_symbols(struct flame_symbol_options *symbols,
                                           struct flame_cli_input *input,
                                           const struct flame_limits *limits, bool quiet,
                                           struct flame_error *error);

/* If the input is a pipe by its name (a FIFO, <(...) of a shell): put it in the place of standard
 * input, and its path is that. To open it once more would wait for another writer. FLAME_OK or
 * FLAME_IO. */
enum flame_status flame_cli_take_pipe(struct flame_cli_input *input, struct flame_error *error);

/* The same, and make what comes out of standard input a file, if the input is that. As
 * flame_contents_keep_stdin. */
enum flame_status flame_cli_keep_input(struct flame_cli_input *input,
                                       const struct flame_intake *intake,
                                       struct flame_error *error);

#endif
