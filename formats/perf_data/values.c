/* values.c: the two layouts of read_format.
 *
 *     single  value [enabled] [running] [id] [lost]
 *     group   nr [enabled] [running] nr * { value [id] [lost] }
 *
 * perf always reads an id; the kernel writes one only if the bit is set, so the bits decide.
 * Source: perf_event_open(2), "Reading results". */
#include "values.h"

void flame_perf_values_take(struct flame_cursor *c, uint64_t read_format,
                            struct flame_read_values *out)
{
    bool group = read_format & FLAME_READ_GROUP;
    uint8_t words = 1;
    words = (uint8_t)(words + !!(read_format & FLAME_READ_ID) + !!(read_format & FLAME_READ_LOST));
    *out = (struct flame_read_values){ .value_stride = words, .value_count = 1 };
    out->bytes = c->at;
    if (group)
        out->value_count = flame_cursor_u64(c, "read.nr");
    else
        flame_cursor_u64(c, "read.value");
    if (read_format & FLAME_READ_TIME_ENABLED)
        out->enabled = flame_cursor_u64(c, "read.time_enabled");
    if (read_format & FLAME_READ_TIME_RUNNING)
        out->running = flame_cursor_u64(c, "read.time_running");
    if (!group) {
        /* The single value stands before the times, its id and loss behind them. */
        out->value_stride = 1;
        if (read_format & FLAME_READ_ID)
            out->id = flame_cursor_u64(c, "read.id");
        if (read_format & FLAME_READ_LOST)
            out->lost = flame_cursor_u64(c, "read.lost");
        return;
    }
    uint64_t stride = words * UINT64_C(8);
    if (out->value_count > flame_cursor_left(c) / stride) {
        flame_cursor_short(c, UINT64_MAX, "read.values");
        return;
    }
    out->bytes = flame_cursor_take(c, out->value_count * stride, "read.values");
}
