/* terminal.c: numbers, shares and foreign names, for people to read. */
#include "terminal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The length of the UTF-8 character at s (0 when it is none), and its code point.
 * Source: Unicode 15, table 3-7. */
static size_t utf8(struct flame_str s, uint32_t *point)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (n == 0 || n > s.len || p[0] > 0xf4)
        return 0;
    static const unsigned char lead[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
    uint32_t v = p[0] & lead[n];
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        v = v << 6 | (p[i] & 0x3f);
    }
    if ((n == 3 && v < 0x800) || (n == 4 && v < 0x10000) || v > 0x10ffff ||
        (v >= 0xd800 && v < 0xe000))
        return 0;
    *point = v;
    return n;
}

static bool steers(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) ||        /* C0, DEL, C1 */
           point == 0x061c || (point >= 0x200e && point < 0x2010) || /* direction marks */
           (point >= 0x2028 && point < 0x202f) ||                    /* separators, overrides */
           (point >= 0x2066 && point < 0x206a);                      /* isolates */
}

static void put_safe(struct flame_output *out, struct flame_str s, const char *keep)
{
    size_t done = 0, i = 0;
    while (i < s.len) {
        uint32_t point = 0;
        size_t n = utf8((struct flame_str){ s.ptr + i, s.len - i }, &point);
        bool kept = n == 1 && point && strchr(keep, (int)point);
        if (n && (kept || !steers(point))) {
            i += n;
            continue;
        }
        flame_put(out, s.ptr + done, i - done);
        for (done = i + (n ? n : 1); i < done; i++)
            flame_putf(out, "\\x%02x", (unsigned char)s.ptr[i]);
    }
    if (i > done)
        flame_put(out, s.ptr + done, i - done);
}

void flame_cli_put_safe(struct flame_output *out, struct flame_str s)
{
    put_safe(out, s, "");
}

void flame_cli_put_safe_lines(struct flame_output *out, struct flame_str text)
{
    put_safe(out, text, "\n\t");
}

void flame_cli_put_number(struct flame_output *out, uint64_t number)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, number);
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0)
            flame_put(out, ",", 1);
        flame_put(out, &digits[i], 1);
    }
}

void flame_cli_put_share(struct flame_output *out, uint64_t part, uint64_t whole)
{
    double percent = 100.0 * (double)part / (double)whole;
    if (part == 0)
        flame_put_text(out, "0 %");
    else if (part == whole)
        flame_put_text(out, "100 %");
    else if (percent < 0.1)
        flame_put_text(out, "< 0.1 %");
    else if (percent > 99.9 && part < whole)
        flame_put_text(out, "> 99.9 %");
    else
        flame_putf(out, "%.1f %%", percent);
}

void flame_cli_put_time(struct flame_output *out, uint64_t time_ns)
{
    if (time_ns < 1000)
        flame_putf(out, "%" PRIu64 " ns", time_ns);
    else if (time_ns < 1000 * 1000)
        flame_putf(out, "%.1f us", (double)time_ns / 1e3);
    else if (time_ns < 1000 * 1000 * 1000)
        flame_putf(out, "%.2f ms", (double)time_ns / 1e6);
    else
        flame_putf(out, "%.2f s", (double)time_ns / 1e9);
}

void flame_cli_say(struct flame_str text)
{
    fwrite(text.ptr, 1, text.len, stderr);
}

void flame_cli_complain(const struct flame_error *error, const char *hint)
{
    struct flame_output *out = flame_output_memory();
    size_t length = flame_error_format(error, NULL, 0);
    char *message = malloc(length + 1);
    if (out && message) {
        flame_error_format(error, message, length + 1);
        flame_put_text(out, "flamedata: ");
        flame_cli_put_safe(out, (struct flame_str){ message, length });
        if (hint)
            flame_putf(out, "; %s", hint);
        flame_put_text(out, "\n");
        flame_cli_say(flame_output_bytes(out));
    } else {
        fputs("flamedata: out of memory\n", stderr);
    }
    free(message);
    flame_output_discard(out);
}

bool flame_cli_colour(int fd)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(fd) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}
