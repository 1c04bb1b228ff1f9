/* numbers.h: numbers and bytes as text, for programs and for people, in any locale the same. */
#ifndef FLAME_BASE_NUMBERS_H
#define FLAME_BASE_NUMBERS_H

#include <flamedata/output.h>

/* 0x1f, without leading zeros */
void flame_put_hex(struct flame_output *out, uint64_t value);

void flame_put_signed(struct flame_output *out, int64_t value);

/* Bytes as hex digits; of more than `most` the first ones and "..". */
void flame_put_hex_bytes(struct flame_output *out, const uint8_t *bytes, uint64_t size,
                         uint64_t most);

/* Write value / 10^decimals, without trailing zeros: (1250, 2) is 12.5. */
void flame_put_fixed(struct flame_output *out, uint64_t value, unsigned decimals);

/* Write 1234567 as 1,234,567. */
void flame_put_grouped(struct flame_output *out, uint64_t value);

/* Write a duration with four significant digits or so: 1.234 s, 56.78 ms, 9.012 us (with the
 * micro sign), 345 ns; from 10,000 s on in whole seconds. */
void flame_put_duration(struct flame_output *out, uint64_t ns);

/* value, not negative, with so many decimals (at most 9), without trailing zeros: 12.5, 3. What is
 * no number, below 0, or from 10^9 on, is 0. */
void flame_put_decimal(struct flame_output *out, double value, unsigned decimals);

#endif
