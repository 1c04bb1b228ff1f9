/* numbers.c: numbers as text. A dump writes millions of them, so this does without printf. */
#include "numbers.h"

static const char hex_digit[] = "0123456789abcdef";

void flame_put_hex(struct flame_output *out, uint64_t value)
{
    char text[18], *p = text + sizeof text;
    do
        *--p = hex_digit[value & 15];
    while (value >>= 4);
    *--p = 'x';
    *--p = '0';
    flame_put(out, p, (size_t)(text + sizeof text - p));
}

void flame_put_hex_bytes(struct flame_output *out, const uint8_t *bytes, uint64_t size,
                         uint64_t most)
{
    for (uint64_t i = 0; i < size && i < most; i++)
        flame_put(out, (char[]){ hex_digit[bytes[i] >> 4], hex_digit[bytes[i] & 15] }, 2);
    if (size > most)
        flame_put_text(out, "..");
}

void flame_put_signed(struct flame_output *out, int64_t value)
{
    if (value < 0)
        flame_put(out, "-", 1);
    flame_put_u64(out, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void flame_put_fixed(struct flame_output *out, uint64_t value, unsigned decimals)
{
    char digits[24], *p = digits + sizeof digits;
    bool seen = false; /* a digit that is not a trailing zero */
    for (; decimals; decimals--, value /= 10) {
        if (!seen && value % 10 == 0)
            continue;
        seen = true;
        *--p = (char)('0' + value % 10);
    }
    if (seen)
        *--p = '.';
    do
        *--p = (char)('0' + value % 10);
    while (value /= 10);
    flame_put(out, p, (size_t)(digits + sizeof digits - p));
}

void flame_put_grouped(struct flame_output *out, uint64_t value)
{
    char digits[27], *p = digits + sizeof digits;
    unsigned n = 0;
    do {
        if (n && n % 3 == 0)
            *--p = ',';
        *--p = (char)('0' + value % 10);
        n++;
    } while (value /= 10);
    flame_put(out, p, (size_t)(digits + sizeof digits - p));
}

/* value / unit with as many of three decimals as keep four significant digits. */
static void put_scaled(struct flame_output *out, uint64_t value, uint64_t unit, const char *name)
{
    static const uint16_t powers[] = { 1, 10, 100, 1000 };
    uint64_t whole = value / unit;
    unsigned decimals = whole < 10 ? 3 : whole < 100 ? 2 : whole < 1000 ? 1 : 0;
    uint64_t step = unit / powers[decimals];
    uint64_t rounded = value / step + (value % step >= step - step / 2);
    flame_put_grouped(out, rounded / powers[decimals]);
    if (decimals) {
        char part[] = ".000";
        for (uint64_t left = rounded % powers[decimals], i = decimals; i; i--, left /= 10)
            part[i] = (char)('0' + left % 10);
        flame_put(out, part, decimals + 1);
    }
    flame_put_text(out, name);
}

void flame_put_duration(struct flame_output *out, uint64_t ns)
{
    if (ns >= 1000000000)
        put_scaled(out, ns, 1000000000, " s");
    else if (ns >= 1000000)
        put_scaled(out, ns, 1000000, " ms");
    else if (ns >= 1000)
        put_scaled(out, ns, 1000, " \xc2\xb5s");
    else
        flame_putf(out, "%u ns", (unsigned)ns);
}

void flame_put_decimal(struct flame_output *out, double value, unsigned decimals)
{
    enum { LARGEST = 1000000000 };
    double unit = 1;
    for (unsigned i = 0; i < decimals; i++)
        unit *= 10;
    bool fits = value >= 0 && value < LARGEST;
    flame_put_fixed(out, fits ? (uint64_t)(value * unit + 0.5) : 0, decimals);
}
