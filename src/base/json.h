/* json.h: write JSON, indented, member by member.
 *
 * Commas and line breaks are the writer's. Whatever a string holds, what is written is ASCII or
 * valid UTF-8: bytes that are not UTF-8 become U+FFFD, and what could steer a terminal is escaped.
 * Numbers are written whole: readers with 53 bits round those from 2^53 on. Source: RFC 8259. */
#ifndef FLAME_BASE_JSON_H
#define FLAME_BASE_JSON_H

#include <flamedata/output.h>

struct flame_json {
    struct flame_output *out;
    unsigned depth;
    bool filled;   /* the innermost object or array has a member */
    bool one_line; /* the caller's: what is opened and written now stays on this line */
};

/* name is NULL in arrays, and for the outermost value. bracket is '{' or '['. */
void flame_json_open(struct flame_json *json, const char *name, char bracket);
void flame_json_close(struct flame_json *json, char bracket); /* '}' or ']' */
void flame_json_text(struct flame_json *json, const char *name, struct flame_str value);
void flame_json_u64(struct flame_json *json, const char *name, uint64_t value);
void flame_json_signed(struct flame_json *json, const char *name, int64_t value);
/* as flame_put_decimal */
void flame_json_decimal(struct flame_json *json, const char *name, double value, unsigned decimals);
void flame_json_bool(struct flame_json *json, const char *name, bool value);
void flame_json_null(struct flame_json *json, const char *name);
/* "0x1f": numbers that are masks or patterns */
void flame_json_hex(struct flame_json *json, const char *name, uint64_t value);
/* "1f2e": bytes */
void flame_json_bytes(struct flame_json *json, const char *name, const uint8_t *bytes, size_t size);

#endif
