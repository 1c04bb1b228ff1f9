/* limit_option.c: --limit NAME=VALUE, and what is said of limits. Which there are, the library
 * says (flamedata/limits.h). */
#include "limit_option.h"

#include "command.h"
#include "memory_limit.h"
#include "terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum flame_status unknown(const char *name, size_t length, struct flame_error *error)
{
    return flame_cli_usage(error,
                           "there is no limit '%.*s'; --limit help lists those that there are",
                           length < 40 ? (int)length : 40, name);
}

/* "none", or a whole number of at most 19 digits, and perhaps K, M, G or T: times 1024 each. */
static bool read_value(const char *text, size_t length, uint64_t *value)
{
    static const char suffixes[] = "KMGT";
    size_t digits = strspn(text, "0123456789"), shift = 0;
    if (length == 4 && memcmp(text, "none", 4) == 0) {
        *value = FLAME_UNLIMITED;
        return true;
    }
    if (digits == 0 || digits > 19 || digits > length || length - digits > 1)
        return false;
    if (length > digits) {
        char letter = (char)(text[digits] & ~0x20);
        const char *suffix = letter ? strchr(suffixes, letter) : NULL;
        if (!suffix)
            return false;
        shift = 10 * (size_t)(suffix - suffixes + 1);
    }
    *value = strtoull(text, NULL, 10);
    if (*value == 0 || *value > UINT64_MAX >> shift)
        return false;
    *value <<= shift;
    return true;
}

/* One NAME=VALUE[length]. */
static enum flame_status set(struct flame_limits *limits, const char *text, size_t length,
                             struct flame_error *error)
{
    const char *equals = memchr(text, '=', length);
    size_t name = equals ? (size_t)(equals - text) : length;
    uint64_t value, most, *field = flame_limit_find(limits, text, name, &most);
    if (!field)
        return unknown(text, name, error);
    if (!equals || !read_value(equals + 1, length - name - 1, &value))
        return flame_cli_usage(error,
                               "--limit %.*s takes a whole number from 1, with K, M, G or T "
                               "behind it for times 1024 each, or 'none', not '%.*s'",
                               (int)name, text,
                               equals && length - name <= 40 ? (int)(length - name - 1) : 0,
                               equals ? equals + 1 : "");
    if (value > most && value != FLAME_UNLIMITED)
        return flame_cli_usage(error, "--limit %.*s can be %llu at most", (int)name, text,
                               (unsigned long long)most);
    *field = value;
    return FLAME_OK;
}

enum flame_status flame_cli_settle_limits(const struct flame_path_list *given,
                                          struct flame_limits *limits, struct flame_error *error)
{
    enum flame_status status = FLAME_OK;
    for (size_t i = 0; i < given->count; i++) {
        for (const char *at = given->items[i]; status == FLAME_OK;) {
            size_t length = strcspn(at, ",");
            status = set(limits, at, length, error);
            at += length;
            if (*at++ == 0)
                break;
        }
    }
    return status == FLAME_OK ? flame_cli_limit_memory(limits, error) : status;
}

bool flame_cli_asks_for_limits(const struct flame_path_list *given)
{
    for (size_t i = 0; i < given->count; i++)
        if (strcmp(given->items[i], "help") == 0)
            return true;
    return false;
}

int flame_cli_say_limits(void)
{
    enum { COLUMN = 28 };
    static const char *const rows[] = {
#define X(NAME, member, usual, most, unit, what) what,
        FLAME_LIMITS(X)
#undef X
    };
    struct flame_output *text = flame_output_memory();
    if (text)
        flame_put_text(text, "--limit NAME=VALUE[,NAME=VALUE...]: VALUE is a number, with K, M, G "
                             "or T for times\n1024 each, or none.\n\n");
    for (size_t i = 0; text && i < FLAME_LIMIT_COUNT; i++) {
        char spelled[FLAME_LIMIT_SPELLED];
        flame_limit_spell((enum flame_limit)i, flame_limit_of(NULL, (enum flame_limit)i), spelled);
        flame_putf(text, "  %-14s%-12s", flame_limit_name((enum flame_limit)i), spelled);
        flame_cli_put_wrapped(text, rows[i], COLUMN, COLUMN);
    }
    return flame_cli_answer(text);
}
