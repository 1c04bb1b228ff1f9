/* attr.c: every size of perf_event_attr, either byte order.
 *
 * Fields are read one by one at their offsets in file order, so no swapping pass exists that could
 * forget one. Source: linux/perf_event.h; docs/formats/perf_data.md, "attr". */
#include "attr.h"

#include <inttypes.h>
#include <stdio.h>

enum { ATTR_SIZE_VER0 = 64 };

static uint64_t reverse_bits(uint64_t v)
{
    uint64_t r = 0;
    for (int i = 0; i < 64; i++)
        r |= (v >> i & 1) << (63 - i);
    return r;
}

/* Bit-fields of a big-endian compiler are allocated from the top; the two-bit precise_ip keeps its
 * own bit order, which a plain reversal would turn round. */
static uint64_t flags_of_writer(uint64_t word, bool big_endian)
{
    if (!big_endian)
        return word;
    uint64_t precise = UINT64_C(3) << FLAME_ATTR_PRECISE_SHIFT;
    return (reverse_bits(word) & ~precise) | (word >> 47 & 3) << FLAME_ATTR_PRECISE_SHIFT;
}

/* The next field if it lies within the attr's own size, else zero. */
static uint64_t field64(struct flame_cursor *c, const char *what)
{
    return flame_cursor_left(c) >= 8 ? flame_cursor_u64(c, what) : 0;
}

static uint32_t field32(struct flame_cursor *c, const char *what)
{
    return flame_cursor_left(c) >= 4 ? flame_cursor_u32(c, what) : 0;
}

static uint16_t field16(struct flame_cursor *c, const char *what)
{
    return flame_cursor_left(c) >= 2 ? flame_cursor_u16(c, what) : 0;
}

bool flame_perf_attr_decode(struct flame_cursor *c, uint64_t size, bool big_endian,
                            struct flame_event_attr *out)
{
    *out = (struct flame_event_attr){ 0 };
    uint64_t offset = flame_cursor_offset(c);
    struct flame_cursor room = flame_cursor_sub(c, size, "attr");
    struct flame_cursor peek = room;
    flame_cursor_u32(&peek, "attr.type");
    uint32_t claimed = flame_cursor_u32(&peek, "attr.size");
    if (peek.failed)
        return false;
    uint64_t own = claimed ? claimed : ATTR_SIZE_VER0;
    if (own < ATTR_SIZE_VER0 || size < ATTR_SIZE_VER0) {
        flame_fail(c->error, FLAME_CORRUPT, c->path, offset,
                   "attr: %" PRIu64 " bytes, at least %d needed", own < size ? own : size,
                   ATTR_SIZE_VER0);
        return false;
    }
    struct flame_cursor a = flame_cursor_sub(&room, own < size ? own : size, "attr");
    out->type = field32(&a, "attr.type");
    out->size = field32(&a, "attr.size");
    out->config = field64(&a, "attr.config");
    out->sample_period = field64(&a, "attr.sample_period");
    out->sample_type = field64(&a, "attr.sample_type");
    out->read_format = field64(&a, "attr.read_format");
    out->flags = flags_of_writer(field64(&a, "attr.flags"), big_endian);
    out->wakeup = field32(&a, "attr.wakeup_events");
    out->bp_type = field32(&a, "attr.bp_type");
    out->config1 = field64(&a, "attr.config1");
    out->config2 = field64(&a, "attr.config2");
    out->branch_sample_type = field64(&a, "attr.branch_sample_type");
    out->sample_regs_user = field64(&a, "attr.sample_regs_user");
    out->sample_stack_user = field32(&a, "attr.sample_stack_user");
    out->clockid = (int32_t)field32(&a, "attr.clockid");
    out->sample_regs_intr = field64(&a, "attr.sample_regs_intr");
    out->aux_watermark = field32(&a, "attr.aux_watermark");
    out->sample_max_stack = field16(&a, "attr.sample_max_stack");
    field16(&a, "attr.reserved");
    out->aux_sample_size = field32(&a, "attr.aux_sample_size");
    out->aux_action = field32(&a, "attr.aux_action");
    out->sig_data = field64(&a, "attr.sig_data");
    out->config3 = field64(&a, "attr.config3");
    out->config4 = field64(&a, "attr.config4");
    return true;
}

static const char *const software_names[] = {
    "cpu-clock",        "task-clock",   "page-faults",  "context-switches",
    "cpu-migrations",   "minor-faults", "major-faults", "alignment-faults",
    "emulation-faults", "dummy",        "bpf-output",   "cgroup-switches",
};

static const char *const hardware_names[] = {
    "cycles",
    "instructions",
    "cache-references",
    "cache-misses",
    "branches",
    "branch-misses",
    "bus-cycles",
    "stalled-cycles-frontend",
    "stalled-cycles-backend",
    "ref-cycles",
};

static const char *const cache_names[] = { "L1-dcache", "L1-icache", "LLC", "dTLB",
                                           "iTLB",      "branch",    "node" };
static const char *const cache_ops[] = { "load", "store", "prefetch" };

enum { TYPE_HARDWARE, TYPE_SOFTWARE, TYPE_TRACEPOINT, TYPE_HW_CACHE, TYPE_RAW, TYPE_BREAKPOINT };

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

void flame_perf_attr_name(const struct flame_event_attr *attr, char *out, size_t cap)
{
    /* Hybrid machines keep the PMU's number in the upper half. */
    uint32_t config = (uint32_t)attr->config;
    uint32_t cache = config & 0xff, op = config >> 8 & 0xff, result = config >> 16 & 0xff;
    if (attr->type == TYPE_SOFTWARE && attr->config < COUNT(software_names))
        snprintf(out, cap, "%s", software_names[attr->config]);
    else if (attr->type == TYPE_HARDWARE && config < COUNT(hardware_names))
        snprintf(out, cap, "%s", hardware_names[config]);
    else if (attr->type == TYPE_HW_CACHE && cache < COUNT(cache_names) && op < COUNT(cache_ops))
        snprintf(out, cap, "%s-%s%s", cache_names[cache], cache_ops[op], result ? "-misses" : "s");
    else if (attr->type == TYPE_TRACEPOINT)
        snprintf(out, cap, "tracepoint %" PRIu64, attr->config);
    else if (attr->type == TYPE_BREAKPOINT)
        snprintf(out, cap, "mem:0x%" PRIx64, attr->config1);
    else if (attr->type == TYPE_RAW)
        snprintf(out, cap, "raw 0x%" PRIx64, attr->config);
    else
        snprintf(out, cap, "pmu %" PRIu32 " config 0x%" PRIx64, attr->type, attr->config);
}
