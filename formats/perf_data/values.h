/* values.h: counter values, as a READ record and a sample's READ part carry them. */
#ifndef FLAME_PERF_DATA_VALUES_H
#define FLAME_PERF_DATA_VALUES_H

#include "cursor.h"

#include <flamedata/record.h>

/* Read what read_format says, at c. Fails the cursor when the values do not fit. */
void flame_perf_values_take(struct flame_cursor *c, uint64_t read_format,
                            struct flame_read_values *out);

#endif
