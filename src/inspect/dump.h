/* dump.h: the fields of one record, behind the beginning of its line. Each field is " name=value".
 */
#ifndef FLAME_INSPECT_DUMP_H
#define FLAME_INSPECT_DUMP_H

#include "put.h"
#include "user_record.h"

/* What is shown of bytes that nobody has decoded. */
enum { FLAME_DUMP_BYTES = 16 };

void flame_dump_kernel(struct flame_output *out, const struct flame_perf_file *file,
                       const struct flame_record *record);
void flame_dump_sample(struct flame_output *out, const struct flame_perf_file *file,
                       const struct flame_sample *sample);
void flame_dump_user(struct flame_output *out, const struct flame_perf_file *file,
                     const struct flame_perf_user_record *record);

/* What READ records and samples share: " read={...}" */
void flame_dump_values(struct flame_output *out, const struct flame_perf_file *file,
                       uint64_t read_format, const struct flame_read_values *values);

/* " chain=[USER 0x1 0x2]": words in the file's byte order, marks by their names */
void flame_dump_chain(struct flame_output *out, const struct flame_perf_file *file,
                      const uint8_t *words, uint64_t count);

void flame_dump_build_id(struct flame_output *out, const struct flame_build_id *id);

#endif
