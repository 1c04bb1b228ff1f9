/* sample.c: PERF_RECORD_SAMPLE, every sample_type bit.
 *
 * Fields come in one fixed order, each only if its bit is set. Counts are checked against the bytes
 * left before they are multiplied. Source: perf_event_open(2), "PERF_RECORD_SAMPLE", and
 * kernel/events/core.c, perf_output_sample(). */
#include "resync.h"
#include "sound.h"
#include "values.h"

#include <inttypes.h>

/* count entries of size bytes each, or NULL with the cursor failed. */
static const uint8_t *take_array(struct flame_cursor *c, uint64_t count, uint64_t size,
                                 const char *what)
{
    if (count > flame_cursor_left(c) / size)
        return flame_cursor_short(c, count > UINT64_MAX / size ? UINT64_MAX : count * size, what);
    return flame_cursor_take(c, count * size, what);
}

static const uint8_t *take_regs(struct flame_cursor *c, uint64_t mask, uint64_t *abi,
                                const char *what)
{
    *abi = flame_cursor_u64(c, what);
    return *abi ? take_array(c, (uint64_t)__builtin_popcountll(mask), 8, what) : NULL;
}

/* with_hw_index: whether the hw_idx word is there. */
static void take_branches(struct flame_cursor *c, const struct flame_event_attr *attr,
                          bool with_hw_index, struct flame_sample *s)
{
    s->branch_count = flame_cursor_u64(c, "sample.branch_stack.nr");
    if (with_hw_index)
        s->branch_hw_index = flame_cursor_u64(c, "sample.branch_stack.hw_idx");
    s->branches = take_array(c, s->branch_count, 24, "sample.branch_stack");
    if (attr->branch_sample_type & FLAME_BRANCH_COUNTERS)
        s->branch_counters = take_array(c, s->branch_count, 8, "sample.branch_stack.counters");
}

static void take_stack(struct flame_cursor *c, struct flame_sample *s)
{
    uint64_t size = flame_cursor_u64(c, "sample.stack_user.size");
    if (size == 0)
        return;
    s->stack.ptr = flame_cursor_take(c, size, "sample.stack_user");
    uint64_t valid = flame_cursor_u64(c, "sample.stack_user.dyn_size");
    s->stack.size = valid < size ? valid : size;
    s->stack_room = size;
}

/* The parts from the branch stack on. */
static void take_rest(struct flame_cursor *c, const struct flame_event_attr *attr,
                      bool with_hw_index, struct flame_sample *s)
{
    uint64_t type = attr->sample_type;
    if (type & FLAME_SAMPLE_BRANCH_STACK)
        take_branches(c, attr, with_hw_index, s);
    if (type & FLAME_SAMPLE_REGS_USER)
        s->regs_user = take_regs(c, attr->sample_regs_user, &s->regs_user_abi, "sample.regs_user");
    if (type & FLAME_SAMPLE_STACK_USER)
        take_stack(c, s);
    if (type & (FLAME_SAMPLE_WEIGHT | FLAME_SAMPLE_WEIGHT_STRUCT))
        s->weight = flame_cursor_u64(c, "sample.weight");
    if (type & FLAME_SAMPLE_DATA_SRC)
        s->data_src = flame_cursor_u64(c, "sample.data_src");
    if (type & FLAME_SAMPLE_TRANSACTION)
        s->transaction = flame_cursor_u64(c, "sample.transaction");
    if (type & FLAME_SAMPLE_REGS_INTR)
        s->regs_intr = take_regs(c, attr->sample_regs_intr, &s->regs_intr_abi, "sample.regs_intr");
    if (type & FLAME_SAMPLE_PHYS_ADDR)
        s->phys_addr = flame_cursor_u64(c, "sample.phys_addr");
    if (type & FLAME_SAMPLE_CGROUP)
        s->cgroup = flame_cursor_u64(c, "sample.cgroup");
    if (type & FLAME_SAMPLE_DATA_PAGE_SIZE)
        s->data_page_size = flame_cursor_u64(c, "sample.data_page_size");
    if (type & FLAME_SAMPLE_CODE_PAGE_SIZE)
        s->code_page_size = flame_cursor_u64(c, "sample.code_page_size");
    if (type & FLAME_SAMPLE_AUX) {
        s->aux.size = flame_cursor_u64(c, "sample.aux.size");
        s->aux.ptr = flame_cursor_take(c, s->aux.size, "sample.aux");
    }
}

/* Where the PMU gave no branch stack the kernel writes nr = 0 and leaves hw_idx out even if it was
 * asked for (kernel/events/core.c, perf_output_sample). The record's length tells. */
static bool has_hw_index(struct flame_cursor c, const struct flame_event_attr *attr,
                         const struct flame_sample *s)
{
    if (!(attr->sample_type & FLAME_SAMPLE_BRANCH_STACK) ||
        !(attr->branch_sample_type & FLAME_BRANCH_HW_INDEX))
        return false;
    struct flame_sample trial = *s;
    struct flame_cursor peek = c;
    peek.error = c.error = NULL;
    if (flame_cursor_u64(&peek, "sample.branch_stack.nr") != 0)
        return true;
    take_rest(&c, attr, false, &trial);
    return c.failed || flame_cursor_left(&c) > 0;
}

/* Whether the event's samples are such that perf record --off-cpu wrote. */
static bool is_off_cpu(const struct flame_perf_event *event)
{
    enum { SOFTWARE = 1, BPF_OUTPUT = 10 };
    uint64_t type = event->attr.sample_type;
    return event->attr.type == SOFTWARE && event->attr.config == BPF_OUTPUT &&
           (type & FLAME_SAMPLE_RAW) && !(type & FLAME_SAMPLE_CALLCHAIN) &&
           flame_str_is(event->name, "offcpu-time");
}

/* The raw bytes of an off-CPU sample are what perf's BPF program wrote; the rest of the sample is
 * of whoever was running instead. In older files such samples have call chains of their own.
 *
 *     u32 pid, tid; u64 period; u64 nr; u64 ips[nr], the first a context mark; u64 cgroup
 *
 * Source: tools/perf/util/evsel.c, __set_offcpu_sample(). */
static bool take_off_cpu(const struct flame_perf_raw *raw, bool swap, struct flame_sample *s,
                         struct flame_error *error)
{
    uint64_t offset = raw->offset + (uint64_t)(s->raw.ptr - raw->bytes);
    struct flame_cursor cursor =
        flame_cursor_make(s->raw.ptr, (size_t)s->raw.size, offset, swap, raw->path, error);
    struct flame_cursor *c = &cursor;
    s->where.pid = (int32_t)flame_cursor_u32(c, "sample.raw.pid");
    s->where.tid = (int32_t)flame_cursor_u32(c, "sample.raw.tid");
    s->period = flame_cursor_u64(c, "sample.raw.period");
    s->chain_count = flame_cursor_u64(c, "sample.raw.nr");
    s->chain = take_array(c, s->chain_count, 8, "sample.raw.ips");
    s->cgroup = flame_cursor_u64(c, "sample.raw.cgroup");
    if (!c->failed && s->chain_count > 1)
        s->ip = flame_load_u64(s->chain, 1, c->swap);
    return !c->failed;
}

/* Where a sample's fields end although its size does not, and another record begins, the size is
 * wrong, and hides that one. */
static bool covers_others(const struct flame_cursor *rest, uint64_t type)
{
    if (type & ~(uint64_t)FLAME_SAMPLE_KNOWN)
        return false;
    struct flame_perf_raw next = flame_perf_header(rest->at, rest->swap);
    return flame_perf_is_plausible(&next) && next.size <= flame_cursor_left(rest);
}

enum flame_status flame_perf_sample_measure(const struct flame_perf_file *file,
                                            const struct flame_perf_raw *raw, uint32_t event,
                                            struct flame_sample *s, struct flame_cursor *rest,
                                            struct flame_error *error)
{
    const struct flame_event_attr *attr = &file->events.items[event].attr;
    uint64_t type = attr->sample_type;
    /* In place: a copy of it would cost as much as all the rest. */
    *s = (struct flame_sample){
        .where = { -1, -1, FLAME_TIME_NONE, FLAME_ID_NONE, FLAME_ID_NONE, -1 },
        .misc = raw->misc,
        .attr = event,
        .offset = raw->offset,
        .position = raw->position,
        .period = attr->sample_period,
    };
    struct flame_cursor cursor = flame_cursor_make(raw->bytes + 8, raw->size - 8u, raw->offset + 8,
                                                   file->swap, raw->path, error);
    struct flame_cursor *c = &cursor;

    if (type & FLAME_SAMPLE_IDENTIFIER)
        s->where.id = flame_cursor_u64(c, "sample.identifier");
    if (type & FLAME_SAMPLE_IP)
        s->ip = flame_cursor_u64(c, "sample.ip");
    if (type & FLAME_SAMPLE_TID) {
        s->where.pid = (int32_t)flame_cursor_u32(c, "sample.pid");
        s->where.tid = (int32_t)flame_cursor_u32(c, "sample.tid");
    }
    if (type & FLAME_SAMPLE_TIME)
        s->where.time_ns = flame_cursor_u64(c, "sample.time");
    if (type & FLAME_SAMPLE_ADDR)
        s->addr = flame_cursor_u64(c, "sample.addr");
    if (type & FLAME_SAMPLE_ID)
        s->where.id = flame_cursor_u64(c, "sample.id");
    if (type & FLAME_SAMPLE_STREAM_ID)
        s->where.stream_id = flame_cursor_u64(c, "sample.stream_id");
    if (type & FLAME_SAMPLE_CPU) {
        s->where.cpu = (int32_t)flame_cursor_u32(c, "sample.cpu");
        flame_cursor_u32(c, "sample.reserved");
    }
    if (type & FLAME_SAMPLE_PERIOD)
        s->period = flame_cursor_u64(c, "sample.period");
    if (type & FLAME_SAMPLE_READ)
        flame_perf_values_take(c, attr->read_format, &s->read);
    if (type & FLAME_SAMPLE_CALLCHAIN) {
        s->chain_count = flame_cursor_u64(c, "sample.callchain.nr");
        s->chain = take_array(c, s->chain_count, 8, "sample.callchain");
    }
    if (type & FLAME_SAMPLE_RAW) {
        s->raw.size = flame_cursor_u32(c, "sample.raw.size");
        s->raw.ptr = flame_cursor_take(c, s->raw.size, "sample.raw");
    }
    if (type & (FLAME_SAMPLE_KNOWN & ~UINT64_C(0x7ff)))
        take_rest(c, attr, has_hw_index(*c, attr, s), s);
    if (!c->failed && is_off_cpu(&file->events.items[event]) &&
        !take_off_cpu(raw, file->swap, s, error))
        return FLAME_TRUNCATED;
    if (c->failed)
        return FLAME_TRUNCATED;
    if (rest)
        *rest = cursor;
    else if (flame_cursor_left(c) >= 8 && covers_others(c, type))
        return flame_fail(error, FLAME_CORRUPT, raw->path, raw->offset,
                          "sample: claims a size of %" PRIu32 " bytes, and covers other records",
                          raw->size);
    return FLAME_OK;
}

enum flame_status flame_perf_sample_decode(const struct flame_perf_file *file,
                                           const struct flame_perf_raw *raw,
                                           struct flame_sample *out, struct flame_error *error)
{
    uint32_t event = 0;
    if (file->events.count > 1 && !flame_perf_event_of(file, raw, &event))
        return flame_fail(error, FLAME_CORRUPT, raw->path, raw->offset,
                          "sample: its id belongs to no event of this file");
    return flame_perf_sample_measure(file, raw, event, out, NULL, error);
}
