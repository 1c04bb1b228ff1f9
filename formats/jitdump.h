/* jitdump.h: read jit-PID.dump, in which JIT compilers keep the code they made, as they make it.
 *
 * Layout, and what its writers do otherwise: docs/formats/jitdump.md. */
#ifndef FLAME_FORMATS_JITDUMP_H
#define FLAME_FORMATS_JITDUMP_H

#include "cursor.h"

/* Every record but those that nothing here needs. */
enum flame_jitdump_type {
    FLAME_JITDUMP_LOAD,  /* code was made */
    FLAME_JITDUMP_MOVE,  /* code was moved */
    FLAME_JITDUMP_DEBUG, /* lines of the code of the next LOAD */
};

/* A file whose header was read.
 *
 * bytes, path    of the whole file, borrowed
 * first          offset of the first record
 * machine        e_machine of ELF
 * pid            the process that wrote it, as it saw itself
 * big_endian     the file's byte order, and so the code's
 * arch_clock     times are the processor's, not nanoseconds of CLOCK_MONOTONIC */
struct flame_jitdump {
    const uint8_t *bytes;
    size_t size, first;
    const char *path;
    uint32_t machine;
    int32_t pid;
    bool swap, big_endian, arch_clock;
};

/* One record. Strings and code borrow the file.
 *
 * at           offset of the record
 * pid, tid     LOAD, MOVE: who had it made
 * address      of the code in the process: LOAD, DEBUG; MOVE: where it is now
 * old_address  MOVE: where it was
 * index        LOAD, MOVE: the code's number
 * name         LOAD: of the function; a NUL follows it
 * code         LOAD: code[code_size]; MOVE: NULL
 * entries      DEBUG: offset of the first of entry_count */
struct flame_jitdump_record {
    enum flame_jitdump_type type;
    uint64_t at, time_ns;
    int32_t pid, tid;
    uint64_t address, old_address, index, code_size;
    struct flame_str name;
    const uint8_t *code;
    uint64_t entries, entries_size, entry_count;
};

/* FLAME_OK; FLAME_FORMAT: no jitdump; FLAME_TRUNCATED; FLAME_UNSUPPORTED: another version, or
 * unknown flags; FLAME_CORRUPT. bytes[size] and path are borrowed. */
enum flame_status flame_jitdump_open(struct flame_jitdump *dump, const void *bytes, size_t size,
                                     const char *path, struct flame_error *error);

/* The record at offset *at (begin with dump->first), those without use skipped; *at moves behind
 * it. FLAME_OK; FLAME_EMPTY: there are no more, or the last is not complete, as when the process
 * still wrote it or was killed; FLAME_CORRUPT: a record contradicts itself, error says how; go on
 * behind it. */
enum flame_status flame_jitdump_next(const struct flame_jitdump *dump, uint64_t *at,
                                     struct flame_jitdump_record *record,
                                     struct flame_error *error);

/* From address on the code is of this line. file borrows the dump; a NUL follows it. */
struct flame_jitdump_line {
    uint64_t address;
    uint32_t line, discriminator;
    struct flame_str file;
};

/* The entries of a DEBUG record, as they stand there: in no order. overwritten: all are of file,
 * whatever stands there. */
struct flame_jitdump_lines {
    struct flame_cursor cursor;
    uint64_t left;
    struct flame_str file;
    bool overwritten;
};

struct flame_jitdump_lines flame_jitdump_lines(const struct flame_jitdump *dump,
                                               const struct flame_jitdump_record *record);

/* Whether the names of a record's entries are that of file, which is borrowed, the beginning of
 * some overwritten as V8 does; if so, these are the entries, which cannot be read without knowing
 * how long the name is. */
bool flame_jitdump_overwritten(const struct flame_jitdump *dump,
                               const struct flame_jitdump_record *record, struct flame_str file,
                               struct flame_jitdump_lines *lines);

/* The next one; false when there are no more, or the next is cut off. */
bool flame_jitdump_line(struct flame_jitdump_lines *lines, struct flame_jitdump_line *line);

#endif
