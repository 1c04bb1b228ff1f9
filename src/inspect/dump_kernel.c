/* dump_kernel.c: the kernel's records other than SAMPLE, and the sample_id behind them.
 *
 * What stands behind " | " is the sample_id: whose moment and place the record belongs to. */
#include "dump.h"

void flame_dump_build_id(struct flame_output *out, const struct flame_build_id *id)
{
    flame_field_bytes(out, "build_id", (struct flame_bytes){ id->bytes, id->size },
                      FLAME_BUILD_ID_MAX);
}

static void put_threads(struct flame_output *out, int32_t pid, int32_t tid)
{
    flame_field_signed(out, "pid", pid);
    flame_field_signed(out, "tid", tid);
}

static void put_map(struct flame_output *out, const struct flame_record *r)
{
    const struct flame_map_record *m = &r->map;
    put_threads(out, m->pid, m->tid);
    flame_field_hex(out, "start", m->start);
    flame_field_hex(out, "len", m->len);
    flame_field_hex(out, "pgoff", m->pgoff);
    if (r->type == FLAME_RECORD_MMAP2) {
        if (r->misc & FLAME_MISC_MMAP_BUILD_ID) {
            flame_dump_build_id(out, &m->build_id);
        } else {
            flame_field_u64(out, "maj", m->major);
            flame_field_u64(out, "min", m->minor);
            flame_field_u64(out, "ino", m->inode);
            flame_field_u64(out, "ino_generation", m->inode_generation);
        }
        flame_field_hex(out, "prot", m->prot);
        flame_field_hex(out, "flags", m->flags);
    }
    flame_field_text(out, "filename", m->filename);
}

static void put_task(struct flame_output *out, const struct flame_task_record *t)
{
    flame_field_signed(out, "pid", t->pid);
    flame_field_signed(out, "ppid", t->ppid);
    flame_field_signed(out, "tid", t->tid);
    flame_field_signed(out, "ptid", t->ptid);
    flame_field_time(out, "at", t->time_ns);
}

/* Pairs of device and inode, in the order net, uts, ipc, pid, user, mnt, cgroup. */
static void put_namespaces(struct flame_output *out, const struct flame_namespaces_record *n,
                           bool swap)
{
    put_threads(out, n->pid, n->tid);
    flame_field(out, "namespaces");
    flame_put(out, "[", 1);
    for (uint64_t i = 0; i < n->count; i++) {
        if (i)
            flame_put(out, " ", 1);
        flame_put_u64(out, flame_load_u64(n->bytes, i * 2, swap));
        flame_put(out, "/", 1);
        flame_put_u64(out, flame_load_u64(n->bytes, i * 2 + 1, swap));
    }
    flame_put(out, "]", 1);
}

static void put_text_poke(struct flame_output *out, const struct flame_text_poke_record *t)
{
    flame_field_hex(out, "addr", t->addr);
    flame_field_bytes(out, "old", (struct flame_bytes){ t->bytes, t->old_len }, UINT64_MAX);
    flame_field_bytes(out, "new", (struct flame_bytes){ t->bytes + t->old_len, t->new_len },
                      UINT64_MAX);
}

static void put_body(struct flame_output *out, const struct flame_perf_file *file,
                     const struct flame_record *r)
{
    const struct flame_event_attr *attr = &file->events.items[r->attr].attr;
    switch (r->type) {
    case FLAME_RECORD_MMAP:
    case FLAME_RECORD_MMAP2:
        put_map(out, r);
        break;
    case FLAME_RECORD_LOST:
        flame_field_u64(out, "id", r->lost.id);
        flame_field_u64(out, "lost", r->lost.lost);
        break;
    case FLAME_RECORD_COMM:
        put_threads(out, r->comm.pid, r->comm.tid);
        flame_field_text(out, "comm", r->comm.comm);
        break;
    case FLAME_RECORD_EXIT:
    case FLAME_RECORD_FORK:
        put_task(out, &r->task);
        break;
    case FLAME_RECORD_THROTTLE:
    case FLAME_RECORD_UNTHROTTLE:
        flame_field_time(out, "at", r->throttle.time_ns);
        flame_field_u64(out, "id", r->throttle.id);
        flame_field_u64(out, "stream_id", r->throttle.stream_id);
        break;
    case FLAME_RECORD_READ:
        put_threads(out, r->read.pid, r->read.tid);
        flame_dump_values(out, file, attr->read_format, &r->read.values);
        break;
    case FLAME_RECORD_AUX:
        flame_field_hex(out, "offset", r->aux.offset);
        flame_field_u64(out, "size", r->aux.size);
        flame_field_hex(out, "flags", r->aux.flags);
        break;
    case FLAME_RECORD_ITRACE_START:
    case FLAME_RECORD_SWITCH_CPU_WIDE:
        put_threads(out, r->thread.pid, r->thread.tid);
        break;
    case FLAME_RECORD_LOST_SAMPLES:
        flame_field_u64(out, "lost", r->lost.lost);
        break;
    case FLAME_RECORD_NAMESPACES:
        put_namespaces(out, &r->namespaces, file->swap);
        break;
    case FLAME_RECORD_KSYMBOL:
        flame_field_hex(out, "addr", r->ksymbol.addr);
        flame_field_u64(out, "len", r->ksymbol.len);
        flame_field_u64(out, "type", r->ksymbol.ksym_type);
        flame_field_hex(out, "flags", r->ksymbol.flags);
        flame_field_text(out, "name", r->ksymbol.name);
        break;
    case FLAME_RECORD_BPF_EVENT:
        flame_field_u64(out, "type", r->bpf.event_type);
        flame_field_hex(out, "flags", r->bpf.flags);
        flame_field_u64(out, "id", r->bpf.id);
        flame_field_bytes(out, "tag", (struct flame_bytes){ r->bpf.tag, sizeof r->bpf.tag },
                          UINT64_MAX);
        break;
    case FLAME_RECORD_CGROUP:
        flame_field_u64(out, "id", r->cgroup.id);
        flame_field_text(out, "path", r->cgroup.path);
        break;
    case FLAME_RECORD_TEXT_POKE:
        put_text_poke(out, &r->text_poke);
        break;
    case FLAME_RECORD_AUX_OUTPUT_HW_ID:
        flame_field_hex(out, "hw_id", r->hw_id);
        break;
    case FLAME_RECORD_CALLCHAIN_DEFERRED:
        flame_field_hex(out, "cookie", r->chain.cookie);
        flame_dump_chain(out, file, r->chain.ips, r->chain.count);
        break;
    default:
        break; /* SWITCH, which is told by misc alone */
    }
}

/* Records that perf wrote itself may be too short to have one. */
static bool has_sample_id(const struct flame_sample_id *where)
{
    return where->pid != -1 || where->tid != -1 || where->time_ns != FLAME_TIME_NONE ||
           where->id != FLAME_ID_NONE || where->stream_id != FLAME_ID_NONE || where->cpu != -1;
}

void flame_dump_kernel(struct flame_output *out, const struct flame_perf_file *file,
                       const struct flame_record *record)
{
    const struct flame_event_attr *attr = &file->events.items[record->attr].attr;
    const struct flame_sample_id *where = &record->where;
    uint64_t type = attr->sample_type;
    put_body(out, file, record);
    if (!flame_attr_has(attr, FLAME_ATTR_sample_id_all) || !has_sample_id(where))
        return;
    flame_put_text(out, " |");
    if (type & FLAME_SAMPLE_TID)
        put_threads(out, where->pid, where->tid);
    if (type & FLAME_SAMPLE_TIME)
        flame_field_time(out, "time", where->time_ns);
    if (type & (FLAME_SAMPLE_ID | FLAME_SAMPLE_IDENTIFIER))
        flame_field_u64(out, "id", where->id);
    if (type & FLAME_SAMPLE_STREAM_ID)
        flame_field_u64(out, "stream_id", where->stream_id);
    if (type & FLAME_SAMPLE_CPU)
        flame_field_signed(out, "cpu", where->cpu);
}
