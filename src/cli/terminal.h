/* terminal.h: words for a terminal. What comes from a file never reaches it raw. */
#ifndef FLAME_CLI_TERMINAL_H
#define FLAME_CLI_TERMINAL_H

#include <flamedata/output.h>

/* Append s with everything that could steer a terminal or mislead its reader written as \xNN:
 * control characters, bidirectional overrides, and bytes that are not UTF-8. */
void flame_cli_put_safe(struct flame_output *out, struct flame_str s);

/* The same for a text of many lines: line breaks and tabs stay. */
void flame_cli_put_safe_lines(struct flame_output *out, struct flame_str text);

/* Append a number with its thousands apart: 1,234,567. */
void flame_cli_put_number(struct flame_output *out, uint64_t number);

/* part/whole as a percentage: "12.3 %", "0 %", "< 0.1 %"; never 100 % or 0 % when it is not quite
 * so. whole > 0. */
struct flame_cli_share_text {
    char text[32];
};
struct flame_cli_share_text flame_cli_share_of(uint64_t part, uint64_t whole);
void flame_cli_put_share(struct flame_output *out, uint64_t part, uint64_t whole);

/* Append a number of bytes: "512 bytes", "3.4 kB", "22.1 MB". */
void flame_cli_put_size(struct flame_output *out, uint64_t bytes);

/* Append a time: "340 ns", "12.3 us", "4.56 ms", "78.90 s". */
void flame_cli_put_time(struct flame_output *out, uint64_t time_ns);

/* Write text to standard error, as it is. */
void flame_cli_say(struct flame_str text);

/* Write what was put into a memory output to standard error, and discard it. Where that is NULL, or
 * lacks something, also that memory is exhausted: no warning vanishes without a word. */
void flame_cli_tell(struct flame_output *text);

/* Write "flamedata: PATH+0xOFF: what" and hint (may be NULL) as one line on standard error. */
void flame_cli_complain(const struct flame_error *error, const char *hint);

/* Whether colour is welcome on this descriptor: a terminal, TERM set and not dumb, and NO_COLOR
 * unset or empty (no-color.org). */
bool flame_cli_colour(int fd);

/* Whether the locale says that text is UTF-8. */
bool flame_cli_unicode(void);

#endif
