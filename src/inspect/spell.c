/* spell.c: every name comes from the table that also makes the number. */
#include "spell.h"

#include <inttypes.h>
#include <strings.h>

const char *flame_record_name(uint32_t type)
{
    switch (type) {
#define X(number, name)                                                                            \
    case number:                                                                                   \
        return #name;
        FLAME_RECORDS(X)
#undef X
    default:
        return NULL;
    }
}

void flame_put_record_name(struct flame_output *out, uint32_t type)
{
    const char *name = flame_record_name(type);
    if (name)
        flame_put_text(out, name);
    else
        flame_putf(out, "UNKNOWN(%" PRIu32 ")", type);
}

static bool is(struct flame_str s, const char *name)
{
    return s.len == strlen(name) && strncasecmp(s.ptr, name, s.len) == 0;
}

/* UNKNOWN(n) */
static bool is_unknown(struct flame_str s, uint32_t *type)
{
    static const char before[] = "UNKNOWN(";
    size_t n = sizeof before - 1;
    uint64_t value = 0;
    if (s.len < n + 2 || strncasecmp(s.ptr, before, n) != 0 || s.ptr[s.len - 1] != ')')
        return false;
    for (size_t i = n; i < s.len - 1; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9' || value > UINT32_MAX)
            return false;
        value = value * 10 + (uint64_t)(s.ptr[i] - '0');
    }
    *type = (uint32_t)value;
    return value <= UINT32_MAX;
}

bool flame_record_named(struct flame_str s, uint32_t *type)
{
    static const char prefix[] = "PERF_RECORD_";
    size_t n = sizeof prefix - 1;
    if (s.len > n && strncasecmp(s.ptr, prefix, n) == 0)
        s = (struct flame_str){ s.ptr + n, s.len - n };
#define X(number, name)                                                                            \
    if (is(s, #name)) {                                                                            \
        *type = number;                                                                            \
        return true;                                                                               \
    }
    FLAME_RECORDS(X)
#undef X
    return is_unknown(s, type);
}

const char *flame_cpumode_name(enum flame_cpumode mode)
{
    switch (mode) {
    case FLAME_MODE_KERNEL:
        return "kernel";
    case FLAME_MODE_USER:
        return "user";
    case FLAME_MODE_HYPERVISOR:
        return "hypervisor";
    case FLAME_MODE_GUEST_KERNEL:
        return "guest_kernel";
    case FLAME_MODE_GUEST_USER:
        return "guest_user";
    case FLAME_MODE_UNKNOWN:
        break;
    }
    return "unknown";
}

const char *flame_context_name(uint64_t ip)
{
    switch (ip) {
    case FLAME_CONTEXT_HV:
        return "HV";
    case FLAME_CONTEXT_KERNEL:
        return "KERNEL";
    case FLAME_CONTEXT_USER:
        return "USER";
    case FLAME_CONTEXT_USER_DEFERRED:
        return "USER_DEFERRED";
    case FLAME_CONTEXT_GUEST:
        return "GUEST";
    case FLAME_CONTEXT_GUEST_KERNEL:
        return "GUEST_KERNEL";
    case FLAME_CONTEXT_GUEST_USER:
        return "GUEST_USER";
    default:
        return NULL;
    }
}

const char *flame_feature_name(uint32_t bit)
{
    switch (bit) {
#define X(number, name, reader)                                                                    \
    case number:                                                                                   \
        return #name;
        FLAME_PERF_FEATURES(X)
#undef X
    default:
        return NULL;
    }
}

const char *flame_bit_name(enum flame_bits which, unsigned bit)
{
    static const char *const names[][64] = {
#define X(number, name) [number] = #name,
        [FLAME_BITS_SAMPLE] = { FLAME_SAMPLE_BITS(X) },
        [FLAME_BITS_READ] = { FLAME_READ_BITS(X) },
        [FLAME_BITS_BRANCH] = { FLAME_BRANCH_BITS(X) },
        [FLAME_BITS_FLAGS] = { FLAME_ATTR_FLAGS(X) },
#undef X
    };
    return names[which][bit];
}

void flame_put_bits(struct flame_output *out, enum flame_bits which, uint64_t word)
{
    uint64_t rest = 0;
    bool first = true;
    for (unsigned bit = 0; bit < 64; bit++) {
        const char *name = word >> bit & 1 ? flame_bit_name(which, bit) : NULL;
        if (!name) {
            rest |= word & UINT64_C(1) << bit;
            continue;
        }
        if (!first)
            flame_put_text(out, "|");
        flame_put_text(out, name);
        first = false;
    }
    if (rest)
        flame_putf(out, "%s0x%" PRIx64, first ? "" : "|", rest);
    else if (first)
        flame_put_text(out, "0");
}

struct flame_str flame_attr_type_name(const struct flame_perf_file *file, uint32_t type)
{
    static const char *const names[] = { "hardware", "software", "tracepoint",
                                         "hw-cache", "raw",      "breakpoint" };
    if (type < sizeof names / sizeof *names)
        return flame_str_from(names[type]);
    const struct flame_perf_pmu *pmus = file->features.pmus_by_type;
    size_t low = 0, high = file->features.pmus.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pmus[middle].type < type)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < file->features.pmus.count && pmus[low].type == type;
    return found ? pmus[low].name : (struct flame_str){ 0 };
}
