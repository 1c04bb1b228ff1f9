/* put.c: values as text. A dump writes millions of them, so the common ones do without printf. */
#include "put.h"

void flame_put_quoted(struct flame_output *out, struct flame_str s)
{
    flame_put(out, "\"", 1);
    size_t done = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] != '"' && s.ptr[i] != '\\')
            continue;
        flame_put_safe(out, (struct flame_str){ s.ptr + done, i - done }, "");
        flame_put(out, (char[]){ '\\', s.ptr[i] }, 2);
        done = i + 1;
    }
    if (done < s.len)
        flame_put_safe(out, (struct flame_str){ s.ptr + done, s.len - done }, "");
    flame_put(out, "\"", 1);
}

void flame_put_seconds(struct flame_output *out, uint64_t time_ns)
{
    enum { DECIMALS = 9 };
    char fraction[DECIMALS];
    uint64_t rest = time_ns % 1000000000;
    for (int i = DECIMALS - 1; i >= 0; i--, rest /= 10)
        fraction[i] = (char)('0' + rest % 10);
    flame_put_u64(out, time_ns / 1000000000);
    flame_put(out, ".", 1);
    flame_put(out, fraction, sizeof fraction);
}

void flame_field(struct flame_output *out, const char *name)
{
    flame_put(out, " ", 1);
    flame_put_text(out, name);
    flame_put(out, "=", 1);
}

void flame_field_hex(struct flame_output *out, const char *name, uint64_t value)
{
    flame_field(out, name);
    flame_put_hex(out, value);
}

void flame_field_u64(struct flame_output *out, const char *name, uint64_t value)
{
    flame_field(out, name);
    flame_put_u64(out, value);
}

void flame_field_signed(struct flame_output *out, const char *name, int64_t value)
{
    flame_field(out, name);
    flame_put_signed(out, value);
}

void flame_field_time(struct flame_output *out, const char *name, uint64_t time_ns)
{
    flame_field(out, name);
    flame_put_seconds(out, time_ns);
}

void flame_field_text(struct flame_output *out, const char *name, struct flame_str s)
{
    flame_field(out, name);
    flame_put_quoted(out, s);
}

void flame_field_bytes(struct flame_output *out, const char *name, struct flame_bytes bytes,
                       uint64_t most)
{
    flame_field(out, name);
    flame_put_hex_bytes(out, bytes.ptr, bytes.size, most);
}

void flame_field_words(struct flame_output *out, const char *name, const uint8_t *words,
                       uint64_t count, bool swap)
{
    flame_field(out, name);
    flame_put(out, "[", 1);
    for (uint64_t i = 0; i < count; i++) {
        if (i)
            flame_put(out, " ", 1);
        flame_put_hex(out, flame_load_u64(words, i, swap));
    }
    flame_put(out, "]", 1);
}
