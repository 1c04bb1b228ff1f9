/* sound.h: whether what may be a record is one, by what it holds. */
#ifndef FLAME_PERF_DATA_SOUND_H
#define FLAME_PERF_DATA_SOUND_H

#include "perf_data.h"

enum flame_perf_soundness {
    FLAME_PERF_UNSOUND, /* it cannot be one of this size */
    FLAME_PERF_PERHAPS, /* any bytes would do */
    FLAME_PERF_SOUND,   /* decoded to its last byte */
};

/* Judge a whole record. time is about when it should be, or 0 where that is unknown. The answer is
 * the same for every walk over a file. */
enum flame_perf_soundness flame_perf_sound(const struct flame_perf_file *file,
                                           const struct flame_perf_raw *raw, uint64_t time);

/* Whether two times are such as records that stand beside each other may have. */
bool flame_perf_is_near(uint64_t time, uint64_t when);

/* When the record was made; 0 where it does not say, or is not sound. */
uint64_t flame_perf_time_of(const struct flame_perf_file *file, const struct flame_perf_raw *raw);

/* Decode a record other than SAMPLE as flame_perf_record_decode does. rest is what its fields leave
 * over, up to its trailer. */
enum flame_status flame_perf_record_measure(const struct flame_perf_file *file,
                                            const struct flame_perf_raw *raw,
                                            struct flame_record *out, struct flame_cursor *rest,
                                            struct flame_error *error);

/* Decode a SAMPLE of an event; rest is what its fields leave over. Where rest is NULL, that must
 * not be another record. */
enum flame_status flame_perf_sample_measure(const struct flame_perf_file *file,
                                            const struct flame_perf_raw *raw, uint32_t event,
                                            struct flame_sample *out, struct flame_cursor *rest,
                                            struct flame_error *error);

#endif
