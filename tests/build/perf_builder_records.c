/* perf_builder_records.c: records, samples and compressed records. */
#include "perf_builder_bytes.h"

#include <stdlib.h>

enum { HEADER = 8, CHUNK = 32 << 10 };

void builder_begin(struct perf_builder *b, uint32_t type, uint16_t misc)
{
    b->record = b->sink->size;
    b->record_type = type;
    builder_u32(b, type);
    builder_u16(b, misc);
    builder_u16(b, 0);
}

void builder_end(struct perf_builder *b)
{
    size_t size = b->sink->size - b->record;
    bool simpleperf = b->record_type >= FLAME_RECORD_SIMPLEPERF;
    builder_require(size >= HEADER && size <= (simpleperf ? UINT32_MAX : UINT16_MAX),
                    "a record of an impossible size");
    if (simpleperf)
        builder_patch(b, b->sink, b->record + 4, 2, size >> 16);
    builder_patch(b, b->sink, b->record + 6, 2, size);
}

static void put_s32(struct perf_builder *b, int32_t v)
{
    builder_u32(b, (uint32_t)v);
}

/* words in host order */
static void put_words(struct perf_builder *b, const uint8_t *words, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        builder_u64(b, flame_load_u64(words, i, false));
}

static const struct flame_event_attr *attr_of(const struct perf_builder *b, uint32_t attr)
{
    builder_require(attr < b->event_count, "a record of an event that was not added");
    return &b->events[attr].attr;
}

void builder_trailer(struct perf_builder *b, uint32_t attr, const struct flame_sample_id *where)
{
    const struct flame_event_attr *a = attr_of(b, attr);
    if (!flame_attr_has(a, FLAME_ATTR_sample_id_all))
        return;
    if (a->sample_type & FLAME_SAMPLE_TID) {
        put_s32(b, where->pid);
        put_s32(b, where->tid);
    }
    if (a->sample_type & FLAME_SAMPLE_TIME)
        builder_u64(b, where->time_ns);
    if (a->sample_type & FLAME_SAMPLE_ID)
        builder_u64(b, where->id);
    if (a->sample_type & FLAME_SAMPLE_STREAM_ID)
        builder_u64(b, where->stream_id);
    if (a->sample_type & FLAME_SAMPLE_CPU) {
        put_s32(b, where->cpu);
        builder_u32(b, 0);
    }
    if (a->sample_type & FLAME_SAMPLE_IDENTIFIER)
        builder_u64(b, where->id);
}

static void put_str(struct perf_builder *b, struct flame_str s)
{
    builder_bytes(b, s.ptr, s.len);
    builder_text(b, "", 8);
}

static void put_values(struct perf_builder *b, uint64_t format, const struct flame_read_values *v)
{
    if (format & FLAME_READ_GROUP)
        builder_u64(b, v->value_count);
    else
        put_words(b, v->bytes, 1);
    if (format & FLAME_READ_TIME_ENABLED)
        builder_u64(b, v->enabled);
    if (format & FLAME_READ_TIME_RUNNING)
        builder_u64(b, v->running);
    if (format & FLAME_READ_GROUP) {
        put_words(b, v->bytes, v->value_count * v->value_stride);
        return;
    }
    if (format & FLAME_READ_ID)
        builder_u64(b, v->id);
    if (format & FLAME_READ_LOST)
        builder_u64(b, v->lost);
}

static void put_map(struct perf_builder *b, const struct flame_record *r)
{
    const struct flame_map_record *m = &r->map;
    put_s32(b, m->pid);
    put_s32(b, m->tid);
    builder_u64(b, m->start);
    builder_u64(b, m->len);
    builder_u64(b, m->pgoff);
    if (r->type == FLAME_RECORD_MMAP2) {
        if (r->misc & FLAME_MISC_MMAP_BUILD_ID) {
            builder_u8(b, m->build_id.size);
            builder_u8(b, 0);
            builder_u16(b, 0);
            builder_bytes(b, m->build_id.bytes, sizeof m->build_id.bytes);
        } else {
            builder_u32(b, m->major);
            builder_u32(b, m->minor);
            builder_u64(b, m->inode);
            builder_u64(b, m->inode_generation);
        }
        builder_u32(b, m->prot);
        builder_u32(b, m->flags);
    }
    put_str(b, m->filename);
}

static void put_task(struct perf_builder *b, const struct flame_task_record *t)
{
    put_s32(b, t->pid);
    put_s32(b, t->ppid);
    put_s32(b, t->tid);
    put_s32(b, t->ptid);
    builder_u64(b, t->time_ns);
}

static void put_poke(struct perf_builder *b, const struct flame_text_poke_record *t)
{
    builder_u64(b, t->addr);
    builder_u16(b, t->old_len);
    builder_u16(b, t->new_len);
    builder_bytes(b, t->bytes, (size_t)t->old_len + t->new_len);
    while ((b->sink->size - b->record) % 8)
        builder_u8(b, 0);
}

static void put_body(struct perf_builder *b, const struct flame_record *r)
{
    switch (r->type) {
    case FLAME_RECORD_MMAP:
    case FLAME_RECORD_MMAP2:
        put_map(b, r);
        break;
    case FLAME_RECORD_LOST:
        builder_u64(b, r->lost.id);
        builder_u64(b, r->lost.lost);
        break;
    case FLAME_RECORD_LOST_SAMPLES:
        builder_u64(b, r->lost.lost);
        break;
    case FLAME_RECORD_COMM:
        put_s32(b, r->comm.pid);
        put_s32(b, r->comm.tid);
        put_str(b, r->comm.comm);
        break;
    case FLAME_RECORD_FORK:
    case FLAME_RECORD_EXIT:
        put_task(b, &r->task);
        break;
    case FLAME_RECORD_THROTTLE:
    case FLAME_RECORD_UNTHROTTLE:
        builder_u64(b, r->throttle.time_ns);
        builder_u64(b, r->throttle.id);
        builder_u64(b, r->throttle.stream_id);
        break;
    case FLAME_RECORD_READ:
        put_s32(b, r->read.pid);
        put_s32(b, r->read.tid);
        put_values(b, attr_of(b, r->attr)->read_format, &r->read.values);
        break;
    case FLAME_RECORD_AUX:
        builder_u64(b, r->aux.offset);
        builder_u64(b, r->aux.size);
        builder_u64(b, r->aux.flags);
        break;
    case FLAME_RECORD_ITRACE_START:
    case FLAME_RECORD_SWITCH_CPU_WIDE:
        put_s32(b, r->thread.pid);
        put_s32(b, r->thread.tid);
        break;
    case FLAME_RECORD_SWITCH:
        break;
    case FLAME_RECORD_NAMESPACES:
        put_s32(b, r->namespaces.pid);
        put_s32(b, r->namespaces.tid);
        builder_u64(b, r->namespaces.count);
        put_words(b, r->namespaces.bytes, r->namespaces.count * 2);
        break;
    case FLAME_RECORD_KSYMBOL:
        builder_u64(b, r->ksymbol.addr);
        builder_u32(b, r->ksymbol.len);
        builder_u16(b, r->ksymbol.ksym_type);
        builder_u16(b, r->ksymbol.flags);
        put_str(b, r->ksymbol.name);
        break;
    case FLAME_RECORD_BPF_EVENT:
        builder_u16(b, r->bpf.event_type);
        builder_u16(b, r->bpf.flags);
        builder_u32(b, r->bpf.id);
        builder_bytes(b, r->bpf.tag, sizeof r->bpf.tag);
        break;
    case FLAME_RECORD_CGROUP:
        builder_u64(b, r->cgroup.id);
        put_str(b, r->cgroup.path);
        break;
    case FLAME_RECORD_TEXT_POKE:
        put_poke(b, &r->text_poke);
        break;
    case FLAME_RECORD_AUX_OUTPUT_HW_ID:
        builder_u64(b, r->hw_id);
        break;
    case FLAME_RECORD_CALLCHAIN_DEFERRED:
        builder_u64(b, r->chain.cookie);
        builder_u64(b, r->chain.count);
        put_words(b, r->chain.ips, r->chain.count);
        break;
    default:
        builder_require(false, "a record type that struct flame_record does not have");
    }
}

void builder_record(struct perf_builder *b, const struct flame_record *r)
{
    builder_begin(b, r->type, r->misc);
    put_body(b, r);
    builder_trailer(b, r->attr, &r->where);
    builder_end(b);
}

static void put_raw(struct perf_builder *b, struct flame_bytes raw)
{
    builder_u32(b, (uint32_t)raw.size);
    builder_bytes(b, raw.ptr, (size_t)raw.size);
}

static void put_branches(struct perf_builder *b, const struct flame_event_attr *a,
                         const struct flame_sample *s)
{
    builder_u64(b, s->branch_count);
    if (a->branch_sample_type & FLAME_BRANCH_HW_INDEX &&
        (s->branch_count || s->branch_hw_index != FLAME_ID_NONE))
        builder_u64(b, s->branch_hw_index);
    put_words(b, s->branches, s->branch_count * 3);
    if (a->branch_sample_type & FLAME_BRANCH_COUNTERS)
        put_words(b, s->branch_counters, s->branch_count);
}

static void put_regs(struct perf_builder *b, uint64_t abi, uint64_t mask, const uint8_t *regs)
{
    builder_u64(b, abi);
    if (abi)
        put_words(b, regs, (uint64_t)__builtin_popcountll(mask));
}

static void put_stack(struct perf_builder *b, struct flame_bytes stack)
{
    uint64_t size = (stack.size + 7) / 8 * 8;
    builder_u64(b, size);
    if (!size)
        return;
    builder_bytes(b, stack.ptr, (size_t)stack.size);
    for (uint64_t i = stack.size; i < size; i++)
        builder_u8(b, 0);
    builder_u64(b, stack.size);
}

void builder_sample(struct perf_builder *b, const struct flame_sample *s)
{
    const struct flame_event_attr *a = attr_of(b, s->attr);
    uint64_t type = a->sample_type;
    builder_begin(b, FLAME_RECORD_SAMPLE, s->misc);
    if (type & FLAME_SAMPLE_IDENTIFIER)
        builder_u64(b, s->where.id);
    if (type & FLAME_SAMPLE_IP)
        builder_u64(b, s->ip);
    if (type & FLAME_SAMPLE_TID) {
        put_s32(b, s->where.pid);
        put_s32(b, s->where.tid);
    }
    if (type & FLAME_SAMPLE_TIME)
        builder_u64(b, s->where.time_ns);
    if (type & FLAME_SAMPLE_ADDR)
        builder_u64(b, s->addr);
    if (type & FLAME_SAMPLE_ID)
        builder_u64(b, s->where.id);
    if (type & FLAME_SAMPLE_STREAM_ID)
        builder_u64(b, s->where.stream_id);
    if (type & FLAME_SAMPLE_CPU) {
        put_s32(b, s->where.cpu);
        builder_u32(b, 0);
    }
    if (type & FLAME_SAMPLE_PERIOD)
        builder_u64(b, s->period);
    if (type & FLAME_SAMPLE_READ)
        put_values(b, a->read_format, &s->read);
    if (type & FLAME_SAMPLE_CALLCHAIN) {
        builder_u64(b, s->chain_count);
        put_words(b, s->chain, s->chain_count);
    }
    if (type & FLAME_SAMPLE_RAW)
        put_raw(b, s->raw);
    if (type & FLAME_SAMPLE_BRANCH_STACK)
        put_branches(b, a, s);
    if (type & FLAME_SAMPLE_REGS_USER)
        put_regs(b, s->regs_user_abi, a->sample_regs_user, s->regs_user);
    if (type & FLAME_SAMPLE_STACK_USER)
        put_stack(b, s->stack);
    if (type & (FLAME_SAMPLE_WEIGHT | FLAME_SAMPLE_WEIGHT_STRUCT))
        builder_u64(b, s->weight);
    if (type & FLAME_SAMPLE_DATA_SRC)
        builder_u64(b, s->data_src);
    if (type & FLAME_SAMPLE_TRANSACTION)
        builder_u64(b, s->transaction);
    if (type & FLAME_SAMPLE_REGS_INTR)
        put_regs(b, s->regs_intr_abi, a->sample_regs_intr, s->regs_intr);
    if (type & FLAME_SAMPLE_PHYS_ADDR)
        builder_u64(b, s->phys_addr);
    if (type & FLAME_SAMPLE_CGROUP)
        builder_u64(b, s->cgroup);
    if (type & FLAME_SAMPLE_DATA_PAGE_SIZE)
        builder_u64(b, s->data_page_size);
    if (type & FLAME_SAMPLE_CODE_PAGE_SIZE)
        builder_u64(b, s->code_page_size);
    if (type & FLAME_SAMPLE_AUX) {
        builder_u64(b, s->aux.size);
        builder_bytes(b, s->aux.ptr, (size_t)s->aux.size);
    }
    builder_end(b);
}

void builder_comm(struct perf_builder *b, int32_t pid, int32_t tid, const char *comm)
{
    builder_record(b, &(struct flame_record){ .type = FLAME_RECORD_COMM,
                                              .misc = FLAME_MODE_USER,
                                              .comm = { pid, tid, flame_str_from(comm) } });
}

void builder_mmap2(struct perf_builder *b, int32_t pid, int32_t tid, uint64_t start, uint64_t len,
                   uint64_t pgoff, const char *filename)
{
    builder_record(b, &(struct flame_record){ .type = FLAME_RECORD_MMAP2,
                                              .misc = FLAME_MODE_USER,
                                              .map = { .pid = pid,
                                                       .tid = tid,
                                                       .start = start,
                                                       .len = len,
                                                       .pgoff = pgoff,
                                                       .prot = 5,
                                                       .flags = 2,
                                                       .filename = flame_str_from(filename) } });
}

void builder_compressed_begin(struct perf_builder *b)
{
    builder_require(b->sink == &b->data, "compressed inside of something else");
    if (!b->zstd)
        b->zstd = ZSTD_createCCtx();
    builder_require(b->zstd, "out of memory");
    b->plain.size = 0;
    b->sink = &b->plain;
}

void builder_compressed_anew(struct perf_builder *b)
{
    ZSTD_freeCCtx(b->zstd);
    b->zstd = NULL;
}

/* One record: a flush of the file's only frame, which is never ended. */
static void put_compressed(struct perf_builder *b, const uint8_t *bytes, size_t size, uint32_t type)
{
    uint8_t packed[UINT16_MAX - 64];
    ZSTD_inBuffer in = { bytes, size, 0 };
    ZSTD_outBuffer out = { packed, sizeof packed, 0 };
    size_t left = ZSTD_compressStream2(b->zstd, &out, &in, ZSTD_e_flush);
    builder_require(left == 0 && in.pos == size, "a chunk does not fit a compressed record");
    builder_begin(b, type, 0);
    if (type == FLAME_RECORD_COMPRESSED2)
        builder_u64(b, out.pos);
    builder_bytes(b, packed, out.pos);
    while (type == FLAME_RECORD_COMPRESSED2 && (b->sink->size - b->record) % 8)
        builder_u8(b, 0);
    builder_end(b);
}

void builder_compressed_end(struct perf_builder *b, size_t chunk, uint32_t type)
{
    builder_require(b->sink == &b->plain, "compressed_end without its begin");
    b->sink = &b->data;
    chunk = chunk ? chunk : CHUNK;
    for (size_t at = 0; at < b->plain.size; at += chunk) {
        size_t left = b->plain.size - at;
        put_compressed(b, b->plain.bytes + at, left < chunk ? left : chunk, type);
    }
}
