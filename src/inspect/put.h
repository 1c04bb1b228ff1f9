/* put.h: values as the dump writes them: " name=value", numbers whose kind the name tells, hex
 * where they are addresses or masks, strings in quotes and safe for a terminal. */
#ifndef FLAME_INSPECT_PUT_H
#define FLAME_INSPECT_PUT_H

#include "numbers.h"

#include <flamedata/record.h>

/* "text", with \" \\ and \xNN */
void flame_put_quoted(struct flame_output *out, struct flame_str s);

/* Seconds with nine decimals: 12.000000345 */
void flame_put_seconds(struct flame_output *out, uint64_t time_ns);

/* Fields: a space, the name, '=', the value. */
void flame_field(struct flame_output *out, const char *name);
void flame_field_hex(struct flame_output *out, const char *name, uint64_t value);
void flame_field_u64(struct flame_output *out, const char *name, uint64_t value);
void flame_field_signed(struct flame_output *out, const char *name, int64_t value);
void flame_field_time(struct flame_output *out, const char *name, uint64_t time_ns);
void flame_field_text(struct flame_output *out, const char *name, struct flame_str s);
void flame_field_bytes(struct flame_output *out, const char *name, struct flame_bytes bytes,
                       uint64_t most);
/* [0x1 0x2]: words in a file's byte order */
void flame_field_words(struct flame_output *out, const char *name, const uint8_t *words,
                       uint64_t count, bool swap);

#endif
