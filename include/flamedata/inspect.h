/* flamedata/inspect.h: what a recording holds, without naming anything: its records one by one,
 * their number, and what its header tells.
 *
 * Reading goes once over the file, one block at a time: memory does not grow with it. What cannot
 * be read is stepped over, said, and no failure. */
#ifndef FLAMEDATA_INSPECT_H
#define FLAMEDATA_INSPECT_H

#include <flamedata/output.h>
#include <flamedata/session.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* Who is told of damage, if anybody: each stretch that could not be read, and each record that
 * could not be decoded, when it is met. loss, and the path in it, are valid during the call. */
struct flame_damage_report {
    void (*tell)(void *user, const struct flame_loss *loss);
    void *user;
};

/* All zero is the default.
 *
 * types   which records: perf's names with commas between them, in capitals or not, PERF_RECORD_
 *         left out or not, UNKNOWN(n) for a type without a name. NULL: all
 * limit   how many records at most; 0: all. Of flame_write_dump alone
 * limits  of what is read
 * damage  of flame_write_record_counts: of stretches alone, as it decodes nothing */
struct flame_dump_options {
    const char *types;
    uint64_t limit;
    struct flame_limits limits;
    struct flame_damage_report damage;
};

/* Write a line for each record of path (a file or a folder of perf record --threads), in the order
 * in which they stand; compressed records before what they hold:
 *
 *     0x1a8 MMAP2 112 cpumode=user pid=5 tid=5 start=0x400000 ... filename="/bin/true" | time=0.5
 *     0x218 COMM 12 broken: comm.tid: needs 4 bytes, 0 left
 *     0x224 LOST 56 bytes: record of type 9 claims a size of 3 bytes
 *
 * options may be NULL. All text from the file is safe for a terminal.
 * docs/commands/flamedata-dump.md describes the fields. Errors: those of opening (FLAME_IO,
 * FLAME_FORMAT, FLAME_TRUNCATED, FLAME_CORRUPT, FLAME_LIMIT), FLAME_USAGE (no such type),
 * FLAME_NOMEM. Errors of writing are the output's. */
enum flame_status flame_write_dump(const char *path, const struct flame_dump_options *options,
                                   struct flame_output *output, struct flame_error *error);

/* Write "TYPE<tab>COUNT" for each type of record that path holds, sorted by the types' numbers, and
 * nothing else. Parameters and errors as above. */
enum flame_status flame_write_record_counts(const char *path,
                                            const struct flame_dump_options *options,
                                            struct flame_output *output, struct flame_error *error);

/* All zero is the default.
 *
 * json        one JSON object instead of text for people; docs/commands/flamedata-info.md has the
 *             schema
 * head_only   of text: only what the header tells; the records are not read
 * verdict     of a session over the same recording, to be part of the object; NULL: none. Text has
 *             none
 * unit        of that session's stacks
 * no_verdict  why there is none, or NULL
 * limits      of what is read */
struct flame_info_options {
    bool json, head_only;
    const struct flame_verdict *verdict;
    enum flame_unit unit;
    const struct flame_error *no_verdict;
    struct flame_damage_report damage;
    struct flame_limits limits;
};

/* Write what path is, what its header says of machine, command and events, and what it holds.
 * Parameters and errors as above. */
enum flame_status flame_write_info(const char *path, const struct flame_info_options *options,
                                   struct flame_output *output, struct flame_error *error);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
