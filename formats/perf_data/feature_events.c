/* feature_events.c: the features that describe the events and what they hit: names, groups,
 * build-ids, BPF programs, AUX areas.
 *
 * Invariant: a list that is cut short keeps the entries that are whole.
 * Source: tools/perf/util/header.c of Linux 2.6.33 to 7.2. */
#include "attr.h"
#include "feature_reader.h"

enum {
    STRING_MIN = FLAME_PERF_STRING_MIN,
    ATTR_MIN = 64,
    BUILD_ID_MIN = 32, /* without pid and name */
};

static bool read_event_desc(struct flame_perf_feature_reader *r, uint32_t attr_size,
                            struct flame_perf_event_desc *event)
{
    struct flame_cursor attr = flame_cursor_sub(&r->c, attr_size, "attr of an event");
    uint64_t count = flame_cursor_u32(&r->c, "ids of an event");
    event->name = flame_perf_feature_string(r, "name of an event");
    if (!flame_perf_feature_ok(r) ||
        !flame_perf_attr_decode(&attr, attr_size, r->big_endian, &event->attr))
        return false;
    uint64_t *ids = flame_perf_feature_list(r, &count, 8, sizeof *ids, "ids of an event");
    for (size_t i = 0; i < count; i++)
        ids[i] = flame_cursor_u64(&r->c, "id of an event");
    event->ids.items = ids;
    event->ids.count = (size_t)count;
    return flame_perf_feature_ok(r);
}

void flame_perf_read_event_desc(struct flame_perf_feature_reader *r)
{
    uint64_t count = flame_cursor_u32(&r->c, "events");
    uint32_t attr_size = flame_cursor_u32(&r->c, "attr size of the events");
    if (attr_size < ATTR_MIN)
        flame_perf_feature_fail(r, FLAME_CORRUPT, "attrs of the events are too small");
    if (!flame_perf_feature_ok(r))
        return;
    struct flame_perf_event_desc *events = flame_perf_feature_list(
        r, &count, (size_t)attr_size + 4 + STRING_MIN, sizeof *events, "events");
    size_t n = 0;
    while (n < count && read_event_desc(r, attr_size, &events[n]))
        n++;
    if (n < count)
        flame_perf_feature_fail(r, FLAME_CORRUPT, "attr of an event cannot be read");
    r->out->event_desc.items = events;
    r->out->event_desc.count = n;
}

void flame_perf_read_group_desc(struct flame_perf_feature_reader *r)
{
    uint64_t count = flame_cursor_u32(&r->c, "groups");
    struct flame_perf_group *groups =
        flame_perf_feature_list(r, &count, 8 + STRING_MIN, sizeof *groups, "groups");
    size_t n = 0;
    for (; n < count; n++) {
        struct flame_perf_group group;
        group.name = flame_perf_feature_string(r, "name of a group");
        group.leader = flame_cursor_u32(&r->c, "leader of a group");
        group.members = flame_cursor_u32(&r->c, "members of a group");
        if (r->c.failed)
            break;
        groups[n] = group;
    }
    r->out->groups.items = groups;
    r->out->groups.count = n;
}

void flame_perf_read_auxtrace(struct flame_perf_feature_reader *r)
{
    uint64_t count = flame_cursor_u64(&r->c, "AUX areas");
    struct flame_perf_range *ranges =
        flame_perf_feature_list(r, &count, 16, sizeof *ranges, "AUX areas");
    for (size_t i = 0; i < count; i++) {
        ranges[i].offset = flame_cursor_u64(&r->c, "offset of an AUX area");
        ranges[i].size = flame_cursor_u64(&r->c, "size of an AUX area");
    }
    r->out->auxtraces.items = ranges;
    r->out->auxtraces.count = (size_t)count;
}

static struct flame_bytes take_bytes(struct flame_perf_feature_reader *r, uint64_t size,
                                     const char *what)
{
    struct flame_bytes bytes = { flame_cursor_take(&r->c, size, what), 0 };
    bytes.size = bytes.ptr ? size : 0;
    return bytes;
}

void flame_perf_read_bpf_prog_info(struct flame_perf_feature_reader *r)
{
    uint64_t count = flame_cursor_u32(&r->c, "BPF programs");
    struct flame_perf_bpf_prog *progs =
        flame_perf_feature_list(r, &count, 16, sizeof *progs, "BPF programs");
    size_t n = 0;
    for (; n < count; n++) {
        struct flame_perf_bpf_prog prog;
        uint32_t info_size = flame_cursor_u32(&r->c, "info size of a BPF program");
        uint32_t data_size = flame_cursor_u32(&r->c, "data size of a BPF program");
        prog.arrays = flame_cursor_u64(&r->c, "arrays of a BPF program");
        prog.info = take_bytes(r, info_size, "info of a BPF program");
        prog.data = take_bytes(r, data_size, "data of a BPF program");
        if (r->c.failed)
            break;
        progs[n] = prog;
    }
    r->out->bpf_progs.items = progs;
    r->out->bpf_progs.count = n;
}

void flame_perf_read_bpf_btf(struct flame_perf_feature_reader *r)
{
    uint64_t count = flame_cursor_u32(&r->c, "BTF blobs");
    struct flame_perf_btf *btfs = flame_perf_feature_list(r, &count, 8, sizeof *btfs, "BTF blobs");
    size_t n = 0;
    for (; n < count; n++) {
        struct flame_perf_btf btf;
        btf.id = flame_cursor_u32(&r->c, "id of a BTF blob");
        uint32_t size = flame_cursor_u32(&r->c, "size of a BTF blob");
        btf.data = take_bytes(r, size, "BTF blob");
        if (r->c.failed)
            break;
        btfs[n] = btf;
    }
    r->out->btfs.items = btfs;
    r->out->btfs.count = n;
}

bool flame_perf_build_id_decode(struct flame_cursor *c, bool without_pid,
                                struct flame_perf_build_id *out)
{
    struct flame_perf_build_id entry = { .pid = -1, .build_id = { .size = FLAME_BUILD_ID_MAX } };
    flame_cursor_u32(c, "type of a build-id record"); /* 67 in a pipe, 0 in a section */
    entry.misc = flame_cursor_u16(c, "misc of a build-id record");
    uint16_t size = flame_cursor_u16(c, "size of a build-id record");
    struct flame_cursor body = flame_cursor_sub(c, size < 8 ? 0u : size - 8u, "build-id record");
    if (!without_pid)
        entry.pid = (int32_t)flame_cursor_u32(&body, "pid of a build-id");
    const uint8_t *id = flame_cursor_take(&body, FLAME_BUILD_ID_MAX, "build-id");
    uint8_t id_size = flame_cursor_u8(&body, "size of a build-id");
    flame_cursor_take(&body, 3, "padding of a build-id");
    entry.filename = flame_cursor_text(&body, flame_cursor_left(&body), "file of a build-id");
    if (body.failed) {
        c->failed = true;
        return false;
    }
    /* Since 5.11 bit 15 says that the size is there; before, those bytes were padding. */
    if (entry.misc & FLAME_MISC_BUILD_ID_SIZE && id_size <= FLAME_BUILD_ID_MAX)
        entry.build_id.size = id_size;
    memcpy(entry.build_id.bytes, id, entry.build_id.size);
    *out = entry;
    return true;
}

/* The first files had no pid. Read with one, the name of the kernel, which comes first, starts four
 * bytes late. Source: the same test in tools/perf/util/header.c. */
static bool lacks_pid(struct flame_cursor c)
{
    struct flame_perf_build_id first;
    c.error = NULL;
    return flame_perf_build_id_decode(&c, false, &first) &&
           flame_str_starts(first.filename, "nel.kallsyms]");
}

void flame_perf_read_build_ids(struct flame_perf_feature_reader *r)
{
    bool without_pid = lacks_pid(r->c);
    uint64_t count = flame_cursor_left(&r->c) / BUILD_ID_MIN;
    struct flame_perf_build_id *entries =
        flame_perf_feature_list(r, &count, BUILD_ID_MIN, sizeof *entries, "build-ids");
    size_t n = 0;
    while (flame_cursor_left(&r->c) && n < count &&
           flame_perf_build_id_decode(&r->c, without_pid, &entries[n]))
        n++;
    if (flame_perf_feature_ok(r) && flame_cursor_left(&r->c))
        flame_perf_feature_fail(r, FLAME_TRUNCATED, "bytes behind the last build-id");
    r->out->build_ids.items = entries;
    r->out->build_ids.count = n;
}
