/* flamedata/limits.h: how much one run takes, whatever the input says.
 *
 * Every resource that a file can ask for has a name, a default and an option here. Where a limit is
 * reached in the middle, what was read before stays, and the verdict says what is missing. */
#ifndef FLAMEDATA_LIMITS_H
#define FLAMEDATA_LIMITS_H

#include <flamedata/error.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define FLAME_UNLIMITED UINT64_MAX

/* X(NAME, member, default, most, unit, what)
 *
 * most  what it can be set to; FLAME_UNLIMITED means that, too
 * what  it bounds, and what becomes of more */
#define FLAME_LIMITS(X)                                                                            \
    X(MEMORY, memory, UINT64_C(4) << 30, FLAME_UNLIMITED, BYTES,                                   \
      "private memory of the program; more is out of memory, an error")                            \
    X(OUTPUT, output, UINT64_C(16) << 30, FLAME_UNLIMITED, BYTES,                                  \
      "of what is written to one output; more is an error, and the file is not written")           \
    X(INPUT, input, UINT64_C(16) << 30, FLAME_UNLIMITED, BYTES,                                    \
      "that are read of a pipe or a device, which may never end; more is an error")                \
    X(RECORD, record, UINT64_C(64) << 20, FLAME_UNLIMITED, BYTES,                                  \
      "that one compressed record expands to (where the recording does not say how large its "     \
      "buffers were); it is lost, with those that go on with it")                                  \
    X(DECOMPRESSED, decompressed, UINT64_C(1) << 30, FLAME_UNLIMITED, BYTES,                       \
      "that compressed records expand to in all, by default 1000 times the file's size if that "   \
      "is more; the rest is lost")                                                                 \
    X(RECORDS, records, UINT64_C(1) << 32, FLAME_UNLIMITED, NUMBER,                                \
      "records that are read; the rest is lost")                                                   \
    X(EVENTS, events, 65536, UINT32_MAX - 1, NUMBER, "events of a recording; more is an error")    \
    X(IDS, ids, UINT64_C(16) << 20, FLAME_UNLIMITED, NUMBER,                                       \
      "ids of one event of the header; with more, none of them counts")                            \
    X(NAMES, names, UINT64_C(64) << 20, UINT32_MAX, BYTES,                                         \
      "of maps, names and symbols in compressed or split records, which have to be kept; more "    \
      "are bad records")                                                                           \
    X(WAITING, waiting, UINT64_C(256) << 20, SIZE_MAX / 2, BYTES,                                  \
      "of samples and call chains that wait for others; more are taken out of order, or are bad "  \
      "records")                                                                                   \
    X(FRAMES, frames, 65536, FLAME_UNLIMITED, NUMBER,                                              \
      "frames of one stack, inlined ones and all; the outer ones are left out. A copied stack is " \
      "walked for 4096 at most")                                                                   \
    X(INLINED, inlined, 255, 4095, NUMBER,                                                         \
      "functions inlined into each other at one address; the inner ones are left out")             \
    X(SYMBOLS, symbols, UINT64_C(16) << 20, INT32_MAX, NUMBER,                                     \
      "symbols of one object; the rest is left out")                                               \
    X(UNPACKED, unpacked, UINT64_C(512) << 20, SIZE_MAX / 4, BYTES,                                \
      "that the symbols packed into a program (.gnu_debugdata), or a packed file (.ko.xz), "       \
      "unpack "                                                                                    \
      "to, by default at most 64 times their size and 64 MiB; else they are not read")             \
    X(DEBUGINFO, debuginfo, UINT64_C(2) << 30, SIZE_MAX / 4, BYTES,                                \
      "that compressed debug information of one file unpacks to, by default at most 64 times the " \
      "file's size and 64 MiB; else it is not read")                                               \
    X(ARCHIVE, archive, UINT64_C(1) << 30, INT64_MAX / 2, BYTES,                                   \
      "that an archive unpacks to, by default plus 64 times its size; the rest is not read")       \
    X(CODE, code, UINT64_C(16) << 20, UINT32_MAX, BYTES,                                           \
      "of one function that is annotated; a longer one is not")                                    \
    X(INSTRUCTIONS, instructions, UINT64_C(4) << 20, UINT32_MAX, NUMBER,                           \
      "instructions of one function that is annotated; with more it is not")                       \
    X(SOURCES, sources, UINT64_C(256) << 20, SIZE_MAX / 4, BYTES,                                  \
      "of source text that is shown, one file at most an eighth of it; more is left out")

enum flame_limit {
#define X(NAME, member, usual, most, unit, what) FLAME_LIMIT_##NAME,
    FLAME_LIMITS(X)
#undef X
        FLAME_LIMIT_COUNT
};

enum flame_limit_unit { FLAME_LIMIT_BYTES, FLAME_LIMIT_NUMBER };

/* 0 is the default, FLAME_UNLIMITED as much as can be. All zero is the default. */
struct flame_limits {
#define X(NAME, member, usual, most, unit, what) uint64_t member;
    FLAME_LIMITS(X)
#undef X
};

/* What a limit is called, on the command line, too; NULL for what is none. */
const char *flame_limit_name(enum flame_limit limit);

/* Its value: the default where limits is NULL or has 0, and never more than it can be. */
uint64_t flame_limit_of(const struct flame_limits *limits, enum flame_limit limit);

/* The member of that name[length], to be set; *most is set to what it can be. NULL: there is none.
 */
uint64_t *flame_limit_find(struct flame_limits *limits, const char *name, size_t length,
                           uint64_t *most);

/* Write a value as it is told: "64 MiB", "65536", "no limit". Always NUL-terminated. */
enum { FLAME_LIMIT_SPELLED = 32 };
void flame_limit_spell(enum flame_limit limit, uint64_t value, char out[FLAME_LIMIT_SPELLED]);

/* A limit that was reached without any record being lost by it, and what is to be said of it: of
 * several places, of the one whose name comes first. */
struct flame_limit_report {
    enum flame_limit limit;
    struct flame_error error;
};

/* Set the limit of memory for the whole process, for all of its threads and what it starts: what it
 * allocates beyond it fails. It counts private memory, not mapped files, and leaves room for the
 * stacks of as many threads as there are processors. Only the program does this by itself. With
 * FLAME_UNLIMITED, or under a sanitizer, whose shadow memory would not fit, it changes nothing.
 * FLAME_OK or FLAME_IO. */
enum flame_status flame_limit_process(const struct flame_limits *limits, struct flame_error *error);

/* How much memory the process may take now, that room included, by whoever set it
 * (flame_limit_process, ulimit -d, ulimit -v); FLAME_UNLIMITED: any. */
uint64_t flame_limit_process_memory(void);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
