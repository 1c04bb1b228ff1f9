/* terminal.c: numbers, shares and foreign names, for people to read. */
#include "terminal.h"

#include "memory_limit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void flame_cli_put_safe(struct flame_output *out, struct flame_str s)
{
    flame_put_safe(out, s, "");
}

void flame_cli_put_safe_lines(struct flame_output *out, struct flame_str text)
{
    flame_put_safe(out, text, "\n\t");
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

struct flame_cli_share_text flame_cli_share_of(uint64_t part, uint64_t whole)
{
    double percent = 100.0 * (double)part / (double)whole;
    struct flame_cli_share_text share = { "> 99.9 %" };
    if (part == 0)
        snprintf(share.text, sizeof share.text, "0 %%");
    else if (part == whole)
        snprintf(share.text, sizeof share.text, "100 %%");
    else if (percent < 0.1)
        snprintf(share.text, sizeof share.text, "< 0.1 %%");
    else if (percent <= 99.9 || part >= whole)
        snprintf(share.text, sizeof share.text, "%.1f %%", percent);
    return share;
}

void flame_cli_put_share(struct flame_output *out, uint64_t part, uint64_t whole)
{
    flame_put_text(out, flame_cli_share_of(part, whole).text);
}

void flame_cli_put_size(struct flame_output *out, uint64_t bytes)
{
    static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB" };
    double value = (double)bytes;
    size_t unit = 0;
    for (; value >= 999.5 && unit + 1 < sizeof units / sizeof *units; unit++)
        value /= 1000;
    flame_putf(out, "%.*f %s", unit && value < 99.95 ? 1 : 0, value, units[unit]);
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

void flame_cli_tell(struct flame_output *text)
{
    if (text && flame_output_bytes(text).len)
        flame_cli_say(flame_output_bytes(text));
    if (!text || flame_output_failed(text))
        fputs("flamedata: out of memory: the verdict is not whole\n", stderr);
    flame_output_discard(text);
}

void flame_cli_complain(const struct flame_error *error, const char *hint)
{
    struct flame_output *out = flame_output_memory();
    size_t length = flame_error_format(error, NULL, 0);
    char limit[120] = "";
    if (error->status == FLAME_NOMEM || !out)
        flame_cli_memory_limit(limit, sizeof limit);
    char *message = malloc(length + 1);
    if (out && message) {
        flame_error_format(error, message, length + 1);
        flame_put_text(out, "flamedata: ");
        flame_cli_put_safe(out, (struct flame_str){ message, length });
        flame_put_text(out, limit);
        if (hint)
            flame_putf(out, "; %s", hint);
        flame_put_text(out, "\n");
        flame_cli_say(flame_output_bytes(out));
    } else {
        char text[512]; /* what cannot be made safe without memory is left out */
        flame_error_format(error, text, sizeof text);
        for (char *p = text; *p; p++)
            if ((unsigned char)*p < ' ' || (unsigned char)*p > '~')
                *p = '?';
        fprintf(stderr, "flamedata: %s%s\n", text, limit);
    }
    free(message);
    flame_output_discard(out);
}

bool flame_cli_colour(int fd)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(fd) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

bool flame_cli_unicode(void)
{
    static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
    const char *locale = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && !(locale && *locale); i++)
        locale = getenv(names[i]);
    static const char *const spellings[] = { "UTF-8", "utf-8", "UTF8", "utf8" };
    for (size_t i = 0; locale && i < sizeof spellings / sizeof *spellings; i++)
        if (strstr(locale, spellings[i]))
            return true;
    return false;
}
