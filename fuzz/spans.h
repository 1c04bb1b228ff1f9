/* spans.h: whether what was decoded of a record lies inside of it. */
#ifndef FLAME_FUZZ_SPANS_H
#define FLAME_FUZZ_SPANS_H

#include "check.h"
#include "perf_data.h"

/* Read the ends of a run of bytes, so that AddressSanitizer sees where they lie. */
static inline void flame_fuzz_touch(const void *bytes, uint64_t size)
{
    const volatile uint8_t *p = bytes;
    if (size)
        (void)(p[0] + p[size - 1]);
}

/* size bytes, or none at all; where they begin is not looked at then. */
static inline void flame_fuzz_is_inside(const struct flame_perf_raw *raw, const void *bytes,
                                        uint64_t size)
{
    const uint8_t *p = bytes;
    if (size) {
        CHECK(p >= raw->bytes + 8 && size <= raw->size);
        CHECK((uint64_t)(p - raw->bytes) <= raw->size - size);
    }
}

/* The same for count entries of stride bytes; count may be any number. */
static inline void flame_fuzz_are_inside(const struct flame_perf_raw *raw, const void *bytes,
                                         uint64_t count, uint64_t stride)
{
    CHECK(count <= raw->size);
    flame_fuzz_is_inside(raw, bytes, count * stride);
}

static inline void flame_fuzz_values_are_inside(const struct flame_perf_raw *raw,
                                                const struct flame_read_values *values)
{
    flame_fuzz_are_inside(raw, values->bytes, values->value_count, values->value_stride * 8u);
}

static inline void flame_fuzz_sample_is_inside(const struct flame_perf_raw *raw,
                                               const struct flame_sample *s)
{
    flame_fuzz_values_are_inside(raw, &s->read);
    flame_fuzz_are_inside(raw, s->chain, s->chain_count, 8);
    flame_fuzz_are_inside(raw, s->branches, s->branch_count, 24);
    flame_fuzz_are_inside(raw, s->branch_counters, s->branch_counters ? s->branch_count : 0, 8);
    flame_fuzz_is_inside(raw, s->raw.ptr, s->raw.size);
    flame_fuzz_is_inside(raw, s->aux.ptr, s->aux.size);
    flame_fuzz_is_inside(raw, s->stack.ptr, s->stack_room);
    flame_fuzz_is_inside(raw, s->regs_user, s->regs_user ? 8 : 0);
    flame_fuzz_is_inside(raw, s->regs_intr, s->regs_intr ? 8 : 0);
    CHECK(s->stack.size <= s->stack_room);
}

static inline void flame_fuzz_record_is_inside(const struct flame_perf_raw *raw,
                                               const struct flame_record *r)
{
    CHECK(r->type == raw->type && r->size == raw->size);
    switch (r->type) {
    case FLAME_RECORD_MMAP:
    case FLAME_RECORD_MMAP2:
        flame_fuzz_is_inside(raw, r->map.filename.ptr, r->map.filename.len);
        CHECK(r->map.build_id.size <= FLAME_BUILD_ID_MAX);
        break;
    case FLAME_RECORD_COMM:
        flame_fuzz_is_inside(raw, r->comm.comm.ptr, r->comm.comm.len);
        break;
    case FLAME_RECORD_READ:
        flame_fuzz_values_are_inside(raw, &r->read.values);
        break;
    case FLAME_RECORD_NAMESPACES:
        flame_fuzz_are_inside(raw, r->namespaces.bytes, r->namespaces.count, 16);
        break;
    case FLAME_RECORD_KSYMBOL:
        flame_fuzz_is_inside(raw, r->ksymbol.name.ptr, r->ksymbol.name.len);
        break;
    case FLAME_RECORD_CGROUP:
        flame_fuzz_is_inside(raw, r->cgroup.path.ptr, r->cgroup.path.len);
        break;
    case FLAME_RECORD_TEXT_POKE:
        flame_fuzz_is_inside(raw, r->text_poke.bytes,
                             (uint64_t)r->text_poke.old_len + r->text_poke.new_len);
        break;
    case FLAME_RECORD_CALLCHAIN_DEFERRED:
        flame_fuzz_are_inside(raw, r->chain.ips, r->chain.count, 8);
        break;
    default:
        break;
    }
}

#endif
