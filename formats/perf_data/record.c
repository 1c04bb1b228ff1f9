/* record.c: the kernel's records other than SAMPLE, and the sample_id trailer behind them.
 *
 * The trailer is read from the record's end, never from behind a string: only its length is
 * certain. Source: perf_event_open(2); linux/perf_event.h. */
#include "perf_data.h"
#include "values.h"

#include <inttypes.h>

/* Names that many samples show: as long as they can be (PATH_MAX, KSYM_NAME_LEN), and no longer. A
 * thread's has 15 bytes, but simpleperf gives a process its whole command name. */
enum { PATH_LIMIT = 4096, SYMBOL_LIMIT = 512, COMM_LIMIT = 256 };

enum { PROT_EXECUTE = 4 };

static uint64_t trailer_size(uint64_t sample_type)
{
    uint64_t mask = FLAME_SAMPLE_TID | FLAME_SAMPLE_TIME | FLAME_SAMPLE_ID |
                    FLAME_SAMPLE_STREAM_ID | FLAME_SAMPLE_CPU | FLAME_SAMPLE_IDENTIFIER;
    return (uint64_t)__builtin_popcountll(sample_type & mask) * 8;
}

/* Cut the trailer off the cursor's end and decode it. Records shorter than their trailer (some
 * that perf itself writes) have none. */
static void take_trailer(struct flame_cursor *c, const struct flame_event_attr *attr,
                         struct flame_sample_id *id)
{
    *id = (struct flame_sample_id){ -1, -1, FLAME_TIME_NONE, FLAME_ID_NONE, FLAME_ID_NONE, -1 };
    uint64_t type = attr->sample_type, size = trailer_size(type);
    if (!flame_attr_has(attr, FLAME_ATTR_sample_id_all) || size > flame_cursor_left(c))
        return;
    struct flame_cursor t = *c;
    c->end -= size;
    t.at = c->end;
    if (type & FLAME_SAMPLE_TID) {
        id->pid = (int32_t)flame_cursor_u32(&t, "sample_id.pid");
        id->tid = (int32_t)flame_cursor_u32(&t, "sample_id.tid");
    }
    if (type & FLAME_SAMPLE_TIME)
        id->time_ns = flame_cursor_u64(&t, "sample_id.time");
    if (type & FLAME_SAMPLE_ID)
        id->id = flame_cursor_u64(&t, "sample_id.id");
    if (type & FLAME_SAMPLE_STREAM_ID)
        id->stream_id = flame_cursor_u64(&t, "sample_id.stream_id");
    if (type & FLAME_SAMPLE_CPU) {
        id->cpu = (int32_t)flame_cursor_u32(&t, "sample_id.cpu");
        flame_cursor_u32(&t, "sample_id.reserved");
    }
    if (type & FLAME_SAMPLE_IDENTIFIER)
        id->id = flame_cursor_u64(&t, "sample_id.identifier");
}

static struct flame_str rest_as_text(struct flame_cursor *c, const char *what)
{
    return flame_cursor_text(c, flame_cursor_left(c), what);
}

static struct flame_str rest_as_name(struct flame_cursor *c, size_t limit, const char *what)
{
    struct flame_str s = rest_as_text(c, what);
    s.len = s.len < limit ? s.len : limit;
    return s;
}

static void take_map(struct flame_cursor *c, struct flame_record *r)
{
    struct flame_map_record *m = &r->map;
    m->pid = (int32_t)flame_cursor_u32(c, "mmap.pid");
    m->tid = (int32_t)flame_cursor_u32(c, "mmap.tid");
    m->start = flame_cursor_u64(c, "mmap.addr");
    m->len = flame_cursor_u64(c, "mmap.len");
    m->pgoff = flame_cursor_u64(c, "mmap.pgoff");
    if (r->type == FLAME_RECORD_MMAP2) {
        if (r->misc & FLAME_MISC_MMAP_BUILD_ID) {
            m->build_id.size = flame_cursor_u8(c, "mmap2.build_id_size");
            flame_cursor_take(c, 3, "mmap2.reserved");
            const uint8_t *id = flame_cursor_take(c, FLAME_BUILD_ID_MAX, "mmap2.build_id");
            if (m->build_id.size > FLAME_BUILD_ID_MAX)
                m->build_id.size = FLAME_BUILD_ID_MAX;
            if (id)
                memcpy(m->build_id.bytes, id, m->build_id.size);
        } else {
            m->major = flame_cursor_u32(c, "mmap2.maj");
            m->minor = flame_cursor_u32(c, "mmap2.min");
            m->inode = flame_cursor_u64(c, "mmap2.ino");
            m->inode_generation = flame_cursor_u64(c, "mmap2.ino_generation");
        }
        m->prot = flame_cursor_u32(c, "mmap2.prot");
        m->flags = flame_cursor_u32(c, "mmap2.flags");
    } else {
        m->prot = r->misc & FLAME_MISC_MMAP_DATA ? 0 : PROT_EXECUTE;
    }
    m->filename = rest_as_name(c, PATH_LIMIT, "mmap.filename");
}

static void take_namespaces(struct flame_cursor *c, struct flame_namespaces_record *n)
{
    n->pid = (int32_t)flame_cursor_u32(c, "namespaces.pid");
    n->tid = (int32_t)flame_cursor_u32(c, "namespaces.tid");
    n->count = flame_cursor_u64(c, "namespaces.nr");
    if (n->count > flame_cursor_left(c) / 16)
        flame_cursor_short(c, UINT64_MAX, "namespaces.entries");
    else
        n->bytes = flame_cursor_take(c, n->count * 16, "namespaces.entries");
}

static void take_ksymbol(struct flame_cursor *c, struct flame_ksymbol_record *k)
{
    k->addr = flame_cursor_u64(c, "ksymbol.addr");
    k->len = flame_cursor_u32(c, "ksymbol.len");
    k->ksym_type = flame_cursor_u16(c, "ksymbol.type");
    k->flags = flame_cursor_u16(c, "ksymbol.flags");
    k->name = rest_as_name(c, SYMBOL_LIMIT, "ksymbol.name");
}

static void take_bpf(struct flame_cursor *c, struct flame_bpf_record *b)
{
    b->event_type = flame_cursor_u16(c, "bpf_event.type");
    b->flags = flame_cursor_u16(c, "bpf_event.flags");
    b->id = flame_cursor_u32(c, "bpf_event.id");
    const uint8_t *tag = flame_cursor_take(c, sizeof b->tag, "bpf_event.tag");
    if (tag)
        memcpy(b->tag, tag, sizeof b->tag);
}

static void take_text_poke(struct flame_cursor *c, struct flame_text_poke_record *t)
{
    t->addr = flame_cursor_u64(c, "text_poke.addr");
    t->old_len = flame_cursor_u16(c, "text_poke.old_len");
    t->new_len = flame_cursor_u16(c, "text_poke.new_len");
    t->bytes = flame_cursor_take(c, (uint64_t)t->old_len + t->new_len, "text_poke.bytes");
}

static void take_chain(struct flame_cursor *c, struct flame_chain_record *d)
{
    d->cookie = flame_cursor_u64(c, "callchain_deferred.cookie");
    d->count = flame_cursor_u64(c, "callchain_deferred.nr");
    if (d->count > flame_cursor_left(c) / 8)
        flame_cursor_short(c, UINT64_MAX, "callchain_deferred.ips");
    else
        d->ips = flame_cursor_take(c, d->count * 8, "callchain_deferred.ips");
}

static void take_task(struct flame_cursor *c, struct flame_task_record *t)
{
    t->pid = (int32_t)flame_cursor_u32(c, "task.pid");
    t->ppid = (int32_t)flame_cursor_u32(c, "task.ppid");
    t->tid = (int32_t)flame_cursor_u32(c, "task.tid");
    t->ptid = (int32_t)flame_cursor_u32(c, "task.ptid");
    t->time_ns = flame_cursor_u64(c, "task.time");
}

/* The body of r->type. False for types that are not the kernel's. */
static bool take_body(struct flame_cursor *c, uint64_t read_format, struct flame_record *r)
{
    switch (r->type) {
    case FLAME_RECORD_MMAP:
    case FLAME_RECORD_MMAP2:
        take_map(c, r);
        return true;
    case FLAME_RECORD_LOST:
        r->lost.id = flame_cursor_u64(c, "lost.id");
        r->lost.lost = flame_cursor_u64(c, "lost.lost");
        return true;
    case FLAME_RECORD_COMM:
        r->comm.pid = (int32_t)flame_cursor_u32(c, "comm.pid");
        r->comm.tid = (int32_t)flame_cursor_u32(c, "comm.tid");
        r->comm.comm = rest_as_name(c, COMM_LIMIT, "comm.comm");
        return true;
    case FLAME_RECORD_EXIT:
    case FLAME_RECORD_FORK:
        take_task(c, &r->task);
        return true;
    case FLAME_RECORD_THROTTLE:
    case FLAME_RECORD_UNTHROTTLE:
        r->throttle.time_ns = flame_cursor_u64(c, "throttle.time");
        r->throttle.id = flame_cursor_u64(c, "throttle.id");
        r->throttle.stream_id = flame_cursor_u64(c, "throttle.stream_id");
        return true;
    case FLAME_RECORD_READ:
        r->read.pid = (int32_t)flame_cursor_u32(c, "read.pid");
        r->read.tid = (int32_t)flame_cursor_u32(c, "read.tid");
        flame_perf_values_take(c, read_format, &r->read.values);
        return true;
    case FLAME_RECORD_AUX:
        r->aux.offset = flame_cursor_u64(c, "aux.offset");
        r->aux.size = flame_cursor_u64(c, "aux.size");
        r->aux.flags = flame_cursor_u64(c, "aux.flags");
        return true;
    case FLAME_RECORD_ITRACE_START:
    case FLAME_RECORD_SWITCH_CPU_WIDE:
        r->thread.pid = (int32_t)flame_cursor_u32(c, "thread.pid");
        r->thread.tid = (int32_t)flame_cursor_u32(c, "thread.tid");
        return true;
    case FLAME_RECORD_LOST_SAMPLES:
        r->lost =
            (struct flame_lost_record){ FLAME_ID_NONE, flame_cursor_u64(c, "lost_samples.lost") };
        return true;
    case FLAME_RECORD_SWITCH:
        return true;
    case FLAME_RECORD_NAMESPACES:
        take_namespaces(c, &r->namespaces);
        return true;
    case FLAME_RECORD_KSYMBOL:
        take_ksymbol(c, &r->ksymbol);
        return true;
    case FLAME_RECORD_BPF_EVENT:
        take_bpf(c, &r->bpf);
        return true;
    case FLAME_RECORD_CGROUP:
        r->cgroup.id = flame_cursor_u64(c, "cgroup.id");
        r->cgroup.path = rest_as_text(c, "cgroup.path");
        return true;
    case FLAME_RECORD_TEXT_POKE:
        take_text_poke(c, &r->text_poke);
        return true;
    case FLAME_RECORD_AUX_OUTPUT_HW_ID:
        r->hw_id = flame_cursor_u64(c, "aux_output_hw_id.hw_id");
        return true;
    case FLAME_RECORD_CALLCHAIN_DEFERRED:
        take_chain(c, &r->chain);
        return true;
    default:
        return false;
    }
}

/* No process has a map that reaches beyond the last address. Of the kernel old perf wrote such. */
static bool wraps(const struct flame_record *r)
{
    const struct flame_map_record *m = &r->map;
    return (r->type == FLAME_RECORD_MMAP || r->type == FLAME_RECORD_MMAP2) &&
           (r->misc & FLAME_MISC_CPUMODE) == FLAME_MODE_USER && m->len &&
           m->start > UINT64_MAX - (m->len - 1);
}

enum flame_status flame_perf_record_measure(const struct flame_perf_file *file,
                                            const struct flame_perf_raw *raw,
                                            struct flame_record *out, struct flame_cursor *rest,
                                            struct flame_error *error)
{
    enum { LEN = 24 }; /* behind the record's header, pid, tid and addr */
    uint32_t event = 0;
    /* An id that belongs to no event is common in records that perf itself writes. */
    if (!flame_perf_event_of(file, raw, &event))
        event = 0;
    const struct flame_event_attr *attr = &file->events.items[event].attr;
    struct flame_record r = { .type = raw->type,
                              .misc = raw->misc,
                              .size = raw->size,
                              .offset = raw->offset,
                              .position = raw->position,
                              .attr = event };
    struct flame_cursor c = flame_cursor_make(raw->bytes + 8, raw->size - 8u, raw->offset + 8,
                                              file->swap, raw->path, error);
    take_trailer(&c, attr, &r.where);
    if (!take_body(&c, attr->read_format, &r))
        return flame_fail(error, FLAME_UNSUPPORTED, raw->path, raw->offset,
                          "record type %" PRIu32 " is not one of the kernel's", raw->type);
    if (c.failed)
        return FLAME_TRUNCATED;
    if (wraps(&r))
        return flame_fail(error, FLAME_CORRUPT, raw->path, raw->offset + LEN,
                          "mmap.len: 0x%" PRIx64 " bytes from 0x%" PRIx64
                          " on reach beyond the last address",
                          r.map.len, r.map.start);
    *out = r;
    *rest = c;
    return FLAME_OK;
}

enum flame_status flame_perf_record_decode(const struct flame_perf_file *file,
                                           const struct flame_perf_raw *raw,
                                           struct flame_record *out, struct flame_error *error)
{
    struct flame_cursor rest;
    return flame_perf_record_measure(file, raw, out, &rest, error);
}
