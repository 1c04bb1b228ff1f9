/* json.c: commas, indentation and escapes. */
#include "json.h"

#include "numbers.h"
#include "safe.h"

static void begin(struct flame_json *json, const char *name)
{
    if (json->filled)
        flame_put(json->out, ",", 1);
    if (json->one_line)
        flame_put_text(json->out, json->filled ? " " : "");
    else if (json->depth)
        flame_putf(json->out, "\n%*s", (int)json->depth * 2, "");
    if (name)
        flame_putf(json->out, "\"%s\": ", name);
    json->filled = true;
}

void flame_json_open(struct flame_json *json, const char *name, char bracket)
{
    begin(json, name);
    flame_put(json->out, &bracket, 1);
    json->depth++;
    json->filled = false;
}

void flame_json_close(struct flame_json *json, char bracket)
{
    json->depth--;
    if (json->filled && !json->one_line)
        flame_putf(json->out, "\n%*s", (int)json->depth * 2, "");
    flame_put(json->out, &bracket, 1);
    json->filled = true;
}

static void put_escape(struct flame_output *out, uint32_t point)
{
    if (point == '"' || point == '\\')
        flame_putf(out, "\\%c", (int)point);
    else if (point >= 0x10000) /* as UTF-16 has it */
        flame_putf(out, "\\u%04x\\u%04x", 0xd7c0 + (unsigned)(point >> 10),
                   0xdc00 + (unsigned)(point & 0x3ff));
    else
        flame_putf(out, "\\u%04x", (unsigned)point);
}

void flame_json_text(struct flame_json *json, const char *name, struct flame_str s)
{
    enum { REPLACEMENT = 0xfffd };
    struct flame_output *out = json->out;
    begin(json, name);
    flame_put(out, "\"", 1);
    for (size_t i = 0; i < s.len;) {
        uint32_t point = REPLACEMENT;
        size_t n = flame_utf8((struct flame_str){ s.ptr + i, s.len - i }, &point);
        if (n == 0 || point == '"' || point == '\\' || flame_steers(point))
            put_escape(out, point);
        else
            flame_put(out, s.ptr + i, n);
        i += n ? n : 1;
    }
    flame_put(out, "\"", 1);
}

void flame_json_u64(struct flame_json *json, const char *name, uint64_t value)
{
    begin(json, name);
    flame_put_u64(json->out, value);
}

void flame_json_signed(struct flame_json *json, const char *name, int64_t value)
{
    begin(json, name);
    flame_put_signed(json->out, value);
}

void flame_json_decimal(struct flame_json *json, const char *name, double value, unsigned decimals)
{
    begin(json, name);
    flame_put_decimal(json->out, value, decimals);
}

void flame_json_bool(struct flame_json *json, const char *name, bool value)
{
    begin(json, name);
    flame_put_text(json->out, value ? "true" : "false");
}

void flame_json_null(struct flame_json *json, const char *name)
{
    begin(json, name);
    flame_put_text(json->out, "null");
}

void flame_json_hex(struct flame_json *json, const char *name, uint64_t value)
{
    begin(json, name);
    flame_put(json->out, "\"", 1);
    flame_put_hex(json->out, value);
    flame_put(json->out, "\"", 1);
}

void flame_json_bytes(struct flame_json *json, const char *name, const uint8_t *bytes, size_t size)
{
    begin(json, name);
    flame_put(json->out, "\"", 1);
    flame_put_hex_bytes(json->out, bytes, size, size);
    flame_put(json->out, "\"", 1);
}
