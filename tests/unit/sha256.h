/* sha256.h: SHA-256 of a text in base64, as a content security policy has it. Source: FIPS 180-4.
 */
#ifndef SHA256_H
#define SHA256_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct sha256_text {
    char text[45];
};

static inline uint32_t sha256_turn(uint32_t x, unsigned by)
{
    return x >> by | x << (32 - by);
}

/* The first 32 bits of the fraction of a prime's root: square, or cubic. */
static inline uint32_t sha256_root(unsigned nth, bool cubic)
{
    unsigned prime = 1;
    for (unsigned left = nth + 1; left;) {
        prime++;
        unsigned d = 2;
        while (d * d <= prime && prime % d)
            d++;
        left -= d * d > prime;
    }
    long double root = cubic ? cbrtl((long double)prime) : sqrtl((long double)prime);
    return (uint32_t)((root - floorl(root)) * 4294967296.0L);
}

static inline void sha256_block(uint32_t sum[8], const uint8_t *block, const uint32_t k[64])
{
    uint32_t w[64], v[8];
    for (unsigned i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (unsigned i = 16; i < 64; i++)
        w[i] = w[i - 16] + w[i - 7] +
               (sha256_turn(w[i - 15], 7) ^ sha256_turn(w[i - 15], 18) ^ w[i - 15] >> 3) +
               (sha256_turn(w[i - 2], 17) ^ sha256_turn(w[i - 2], 19) ^ w[i - 2] >> 10);
    memcpy(v, sum, sizeof v);
    for (unsigned i = 0; i < 64; i++) {
        uint32_t one = v[7] + k[i] + w[i] + ((v[4] & v[5]) ^ (~v[4] & v[6])) +
                       (sha256_turn(v[4], 6) ^ sha256_turn(v[4], 11) ^ sha256_turn(v[4], 25));
        uint32_t two = ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2])) +
                       (sha256_turn(v[0], 2) ^ sha256_turn(v[0], 13) ^ sha256_turn(v[0], 22));
        memmove(v + 1, v, 7 * sizeof *v);
        v[4] += one;
        v[0] = one + two;
    }
    for (unsigned i = 0; i < 8; i++)
        sum[i] += v[i];
}

static inline struct sha256_text sha256_base64(const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t size = strlen(text), whole = (size + 9 + 63) / 64 * 64;
    uint8_t *padded = calloc(1, whole), bytes[33] = { 0 };
    uint32_t sum[8], k[64];
    for (unsigned i = 0; i < 64; i++)
        k[i] = sha256_root(i, true);
    memcpy(padded, text, size);
    padded[size] = 0x80;
    for (unsigned i = 0; i < 8; i++) {
        padded[whole - 1 - i] = (uint8_t)((uint64_t)size * 8 >> (8 * i));
        sum[i] = sha256_root(i, false);
    }
    for (size_t at = 0; at < whole; at += 64)
        sha256_block(sum, padded + at, k);
    free(padded);
    for (unsigned i = 0; i < 32; i++)
        bytes[i] = (uint8_t)(sum[i / 4] >> (24 - 8 * (i % 4)));
    struct sha256_text out = { { 0 } };
    for (unsigned i = 0; i < 44; i++) {
        unsigned bit = 6 * i,
                 two = (unsigned)bytes[bit / 8] << 8 | (bit / 8 + 1 < 33 ? bytes[bit / 8 + 1] : 0);
        out.text[i] = i == 43 ? '=' : digits[two >> (10 - bit % 8) & 63];
    }
    return out;
}

#endif
