/* simpleperf.h: what Android's simpleperf does its own way.
 *
 * A recording of its carries symbols: in features (feature_simpleperf.c), and in records of its own
 * types, which are gathered here while the records are walked. Ids of events that were opened late
 * stand in records, too, and are gathered when the file is opened. Source: simpleperf's record.h,
 * record_file_reader.cpp; docs/formats/simpleperf.md. */
#ifndef FLAME_PERF_DATA_SIMPLEPERF_H
#define FLAME_PERF_DATA_SIMPLEPERF_H

#include "perf_data.h"

/* Whether simpleperf wrote the file. */
static inline bool flame_perf_is_simpleperf(const struct flame_perf_file *file)
{
    return file->features.meta_info.count > 0;
}

/* Add the ids that stand in EVENT_ID records anywhere in the file, once its events are settled; a
 * record that is broken counts as a bad feature. Does nothing for a file that is surely perf's.
 * FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_simpleperf_read_ids(struct flame_perf_file *file);

/* Give the events that have no name the one of the meta information. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_simpleperf_name_events(struct flame_perf_file *file);

struct flame_simpleperf_dso;
struct flame_simpleperf_symbol;

/* What the records have said so far. All zero but for arena, which owns what does not borrow from
 * the file.
 *
 * kallsyms  the kernel's symbol list; empty if there was none
 * files     what DSO and SYMBOL records said, once finished
 * whole     the pieces of a split record, in pieces since whole_offset
 * for_ids   EVENT_ID records are gathered, in ids, and nothing else; else everything but these */
struct flame_simpleperf {
    struct flame_arena *arena;
    struct flame_str kallsyms;
    struct flame_perf_symbol_files files;
    FLAME_VEC(uint8_t) whole;
    bool splitting;
    uint64_t whole_offset, kept;
    bool for_ids;
    FLAME_VEC(struct flame_perf_id) ids;
    FLAME_VEC(struct flame_simpleperf_dso) dsos;
    FLAME_VEC(struct flame_simpleperf_symbol) symbols;
};

void flame_simpleperf_deinit(struct flame_simpleperf *s);

/* Take a record of simpleperf's types; those that say nothing of symbols are passed over.
 * borrowed: its bytes live as long as the file.
 * FLAME_OK; FLAME_NOMEM; what is wrong with the record, in error: it is then left out. */
enum flame_status flame_simpleperf_take(struct flame_simpleperf *s,
                                        const struct flame_perf_file *file,
                                        const struct flame_perf_raw *raw, bool borrowed,
                                        struct flame_error *error);

/* At the end of the records: put the symbols to their files.
 * FLAME_OK; FLAME_NOMEM; FLAME_CORRUPT, with error: something was left over, the rest stands. */
enum flame_status flame_simpleperf_finish(struct flame_simpleperf *s,
                                          const struct flame_perf_file *file,
                                          struct flame_error *error);

#endif
