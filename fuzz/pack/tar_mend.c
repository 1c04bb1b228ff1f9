/* tar_mend.c: see tar_mend.h. Source: POSIX, pax interchange format (ustar headers). */
#include "tar_mend.h"

#include "hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK = 512, SIZE_AT = 124, SIZE_LEN = 12, SUM_AT = 148, SUM_LEN = 8, END = 4 + 16 + 1 };

static uint64_t octal(const uint8_t *digits, size_t count)
{
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++)
        if (digits[i] >= '0' && digits[i] <= '7')
            value = value << 3 | (uint64_t)(digits[i] - '0');
    return value;
}

static void mend_header(uint8_t *header)
{
    unsigned sum = 0;
    char text[SUM_LEN + 1];
    memset(header + SUM_AT, ' ', SUM_LEN);
    for (size_t i = 0; i < BLOCK; i++)
        sum += header[i];
    snprintf(text, sizeof text, "%06o", sum & 0777777);
    memcpy(header + SUM_AT, text, SUM_LEN - 1);
}

static void mend_manifest(uint8_t *lines, size_t size)
{
    char end[END + 1];
    if (size < END)
        return;
    snprintf(end, sizeof end, "end\t%016" PRIx64 "\n", flame_hash(lines, size - END));
    memcpy(lines + size - END, end, END);
}

void tar_mend(uint8_t *tar, size_t size)
{
    for (size_t at = 0; size - at >= BLOCK;) {
        uint8_t *header = tar + at;
        size_t left = size - at - BLOCK;
        uint64_t length = octal(header + SIZE_AT, SIZE_LEN);
        if (header[0])
            mend_header(header);
        if (length > left)
            return;
        if (memcmp(header, "manifest", sizeof "manifest") == 0)
            mend_manifest(header + BLOCK, (size_t)length);
        uint64_t padded = (length + BLOCK - 1) / BLOCK * BLOCK;
        if (padded > left)
            return;
        at += BLOCK + (size_t)padded;
    }
}
