/* spell.h: names of what a recording gives numbers for: types of records, bits, modes. */
#ifndef FLAME_INSPECT_SPELL_H
#define FLAME_INSPECT_SPELL_H

#include "perf_data.h"

#include <flamedata/output.h>

/* perf's name of a record type without PERF_RECORD_, or NULL. */
const char *flame_record_name(uint32_t type);

/* The same, or UNKNOWN(n). */
void flame_put_record_name(struct flame_output *out, uint32_t type);

/* The type of that name, as flame_put_record_name writes it or with PERF_RECORD_ before it, in
 * capitals or not. */
bool flame_record_named(struct flame_str name, uint32_t *type);

const char *flame_cpumode_name(enum flame_cpumode mode);

/* A mark of a callchain, such as "USER"; NULL for what is none or unknown. */
const char *flame_context_name(uint64_t ip);

/* perf's name of a feature without HEADER_, or NULL. */
const char *flame_feature_name(uint32_t bit);

/* Words whose bits have names. */
enum flame_bits {
    FLAME_BITS_SAMPLE,
    FLAME_BITS_READ,
    FLAME_BITS_BRANCH,
    FLAME_BITS_FLAGS, /* precise_ip, of two bits, has no name here */
};

/* The name of one bit, or NULL. */
const char *flame_bit_name(enum flame_bits which, unsigned bit);

/* The names of all bits that are set, with '|' between them; unnamed ones as one number. "0" when
 * there are none. */
void flame_put_bits(struct flame_output *out, enum flame_bits which, uint64_t word);

/* "hardware", "software", ..., the name of a PMU that the recording lists, or NULL. */
struct flame_str flame_attr_type_name(const struct flame_perf_file *file, uint32_t type);

/* "cycles:u" and its like as the attr's name. The index is one of file->events. */
static inline struct flame_str flame_event_name(const struct flame_perf_file *file, uint32_t event)
{
    return file->events.items[event].name;
}

#endif
