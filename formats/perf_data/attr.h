/* attr.h: perf_event_attr, the description of one recorded event. */
#ifndef FLAME_PERF_DATA_ATTR_H
#define FLAME_PERF_DATA_ATTR_H

#include "cursor.h"

#include <flamedata/record.h>

/* Decode the attr that starts at c and fills size bytes (the table's stride, or a record's rest).
 * The attr's own size field says how many of them mean something; fields behind are zero. The
 * cursor ends behind the size bytes. big_endian is the writer's order: bit-fields depend on it.
 * Returns false, with the cursor failed or its error set, when size is below 64 or the attr claims
 * a size below 64. */
bool flame_perf_attr_decode(struct flame_cursor *c, uint64_t size, bool big_endian,
                            struct flame_event_attr *out);

/* The event's name as perf spells it, derived from type and config alone ("cpu-clock", "cycles",
 * "raw 0x3c"), for files that carry no names. Written to out[cap]. */
void flame_perf_attr_name(const struct flame_event_attr *attr, char *out, size_t cap);

#endif
