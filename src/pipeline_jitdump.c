/* pipeline_jitdump.c: JIT code gets its names from the dump that the process wrote, as if perf
 * inject --jit had made a file and an mmap record of each method.
 *
 * A process maps its dump, executable, for no other reason than that the recording tells of it. The
 * dump is read when that record is met; its code joins the other records in the order of time,
 * which takes a recording by the dump's clock. Source: Linux tools/perf/util/jitdump.c,
 * jit_detect(), jit_validate_events(). */
#include "pipeline_jitdump.h"

#include "file_birth.h"
#include "packed.h"
#include "pipeline.h"
#include "pipeline_early.h"
#include "search_path.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>

enum { CLOCK_IS_MONOTONIC = 1 };

/* Each method's name has the folder in it. One longer than any that is in use would have a small
 * dump take all memory: then names have none. */
enum { FOLDER_MOST = 255 };

void flame_jitdumps_init(struct flame_session *s)
{
    flame_intern_init(&s->jitdumps.paths);
    s->places.jit_dumps = &s->jitdumps.dumps;
}

void flame_jitdumps_deinit(struct flame_session *s)
{
    struct flame_jitdumps *j = &s->jitdumps;
    for (size_t i = 0; i < j->dumps.list.count; i++)
        flame_jit_dump_close(&j->dumps.list.items[i]);
    flame_vec_free(&j->dumps.list);
    flame_vec_free(&j->markers);
    flame_vec_free(&j->events);
    flame_intern_deinit(&j->paths);
}

/* Whether the base of a path is "jit-PID.dump". */
static bool is_dump_of(struct flame_str path, int32_t pid)
{
    char name[32];
    if (!flame_str_ends(path, ".dump") || pid <= 0)
        return false;
    snprintf(name, sizeof name, "jit-%d.dump", (int)pid);
    return flame_str_is(flame_str_basename(path), name);
}

/* What code a machine runs; names are prefixes, the first that fits counts. */
static const struct {
    const char *name;
    uint16_t wide, narrow;
} machines[] = {
    { "x86_64", EM_X86_64, EM_386 },
    { "i", EM_386, EM_386 },
    { "aarch64", EM_AARCH64, EM_ARM },
    { "arm64", EM_AARCH64, EM_ARM },
    { "arm", EM_ARM, EM_ARM },
    { "riscv", EM_RISCV, EM_RISCV },
    { "s390", EM_S390, EM_S390 },
    { "ppc", EM_PPC64, EM_PPC },
    { "loongarch", EM_LOONGARCH, EM_LOONGARCH },
    { "mips", EM_MIPS, EM_MIPS },
};

static bool runs_here(struct flame_str arch, uint32_t machine)
{
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
        if (flame_str_starts(arch, machines[i].name))
            return machine == machines[i].wide || machine == machines[i].narrow;
    return true;
}

/* perf's condition, which is on all events. */
static bool has_clock(const struct flame_perf_file *file)
{
    for (size_t i = 0; i < file->events.count; i++) {
        const struct flame_event_attr *attr = &file->events.items[i].attr;
        if (!flame_attr_has(attr, FLAME_ATTR_use_clockid) || attr->clockid != CLOCK_IS_MONOTONIC)
            return false;
    }
    return true;
}

/* Whether an opened dump is the one of the process, as far as its header tells. */
static enum flame_status verify(const struct flame_session *s, const struct flame_jit_dump *dump,
                                int32_t pid, struct flame_error *error)
{
    const struct flame_jitdump *header = &dump->header;
    if (header->pid != pid)
        return flame_fail(error, FLAME_CORRUPT, header->path, 20, "it is of process %d",
                          (int)header->pid);
    if (!runs_here(s->recording.perf.features.arch, header->machine))
        return flame_fail(error, FLAME_CORRUPT, header->path, 12,
                          "its code is for another machine (%u of ELF)", header->machine);
    return FLAME_OK;
}

/* Take a file for the dump if it is the one; what is not there leaves the marker as it is. packed:
 * it came with the recording; else NULL. */
static enum flame_status try_file(struct flame_session *s, struct flame_jitdump_marker *marker,
                                  struct flame_jit_dump *dump, const char *path,
                                  const struct flame_packed_file *packed)
{
    if (marker->state == FLAME_JITDUMP_USED || (!packed && !flame_file_is_plain(path)))
        return FLAME_OK;
    char *kept = flame_arena_copy(&s->arena, flame_str_from(path));
    if (!kept)
        return FLAME_NOMEM;
    marker->state = FLAME_JITDUMP_REFUSED;
    enum flame_status status =
        packed ? flame_jit_dump_take(dump, flame_packed_lend(packed), kept, &marker->error)
               : flame_jit_dump_open(dump, kept, &marker->error);
    if (status != FLAME_OK)
        return status == FLAME_NOMEM ? FLAME_NOMEM : FLAME_OK;
    if (verify(s, dump, marker->pid, &marker->error) == FLAME_OK)
        marker->state = FLAME_JITDUMP_USED;
    else
        flame_jit_dump_close(dump);
    return FLAME_OK;
}

/* Whether the recording lies where the process wrote its dump, on this machine. */
static bool is_beside(const struct flame_session *s, struct flame_str dump)
{
    char folder[4096];
    size_t length = dump.len - flame_str_basename(dump).len;
    if (!s->places.same_host || length == 0 || length >= sizeof folder)
        return false;
    memcpy(folder, dump.ptr, length);
    folder[length] = 0;
    return flame_file_is_one(folder, s->places.beside);
}

/* Whether the file where the process had its dump is that dump, and not what another process with
 * its number wrote there later: in another boot, not even into the same file. */
static bool is_recorded(const struct flame_session *s, const struct flame_map_record *map,
                        const char *path)
{
    const struct flame_inode inode = { map->major, map->minor, map->inode };
    const struct flame_symbol_places *p = &s->places;
    uint64_t changed = flame_file_changed_ns(path);
    if (!p->same_boot && !(p->same_host && changed && changed <= p->recorded_ns))
        return false;
    return flame_object_was_made(path, p) && (!inode.number || flame_file_is(path, &inode));
}

/* What was packed with the recording; what was put beside it; else where the process had it, if
 * that is this machine and the file, or paths are trusted. */
static enum flame_status find(struct flame_session *s, const struct flame_map_record *map,
                              struct flame_jitdump_marker *marker, struct flame_jit_dump *dump)
{
    const struct flame_packed_file *packed = flame_packed_dump(s->places.packed, map->filename);
    struct flame_paths paths;
    bool put = !is_beside(s, map->filename);
    if (packed)
        return try_file(s, marker, dump, packed->path.ptr, packed);
    flame_paths_init(&paths);
    flame_paths_add(&paths, "%s/jit-%d.dump", s->places.beside, (int)marker->pid);
    if ((s->places.same_boot || s->places.trust_paths) && map->filename.len < 4096)
        flame_search_add(&paths, &s->places, "%.*s", (int)map->filename.len, map->filename.ptr);
    enum flame_status status = paths.failed ? FLAME_NOMEM : FLAME_OK;
    for (size_t i = 0; i < paths.list.count && status == FLAME_OK; i++) {
        const char *path = paths.list.items[i];
        bool known = (i == 0 && put) || is_recorded(s, map, path);
        bool found = marker->state == FLAME_JITDUMP_USED;
        if (known || s->places.trust_paths)
            status = try_file(s, marker, dump, path, NULL);
        if (!found)
            dump->trusted = !known;
    }
    flame_paths_deinit(&paths);
    return status;
}

/* Read a dump that was found, and have it counted on, unless its times mean something else. */
static enum flame_status use(struct flame_session *s, struct flame_jitdump_marker *marker,
                             struct flame_jit_dump *dump)
{
    struct flame_jitdumps *j = &s->jitdumps;
    if (dump->header.arch_clock)
        marker->state = FLAME_JITDUMP_ARCH_CLOCK;
    else if (!has_clock(&s->recording.perf))
        marker->state = FLAME_JITDUMP_OTHER_CLOCK;
    if (marker->state != FLAME_JITDUMP_USED) {
        flame_jit_dump_close(dump);
        return FLAME_OK;
    }
    /* Its code was made at times that may have been counted already. */
    flame_early_give_up(s);
    marker->dump = (uint32_t)j->dumps.list.count;
    enum flame_status status = flame_jit_dump_index(dump);
    if (status != FLAME_OK || !flame_vec_push(&j->dumps.list, *dump)) {
        flame_jit_dump_close(dump);
        return FLAME_NOMEM;
    }
    if (dump->bad)
        flame_bad_add(&s->bad,
                      &(struct flame_bad_records){ dump->bad, marker->position, dump->first_bad });
    return FLAME_OK;
}

enum flame_status flame_jitdump_mapped(struct flame_session *s, const struct flame_map_record *map,
                                       uint64_t position)
{
    struct flame_jitdumps *j = &s->jitdumps;
    if (!is_dump_of(map->filename, map->pid))
        return FLAME_OK;
    uint32_t id = flame_intern_add(&j->paths, map->filename);
    if (id == FLAME_INTERN_NONE)
        return FLAME_NOMEM;
    if (id < j->markers.count)
        return FLAME_OK;
    struct flame_str path = flame_intern_get(&j->paths, id);
    size_t folder = path.len - flame_str_basename(path).len;
    struct flame_jitdump_marker marker = {
        .pid = map->pid,
        .state = FLAME_JITDUMP_MISSING,
        .position = position,
        .folder = { path.ptr, folder ? folder - 1 : 0 },
        .error = FLAME_ERROR_INIT,
    };
    struct flame_jit_dump dump = { 0 };
    enum flame_status status = find(s, map, &marker, &dump);
    if (status == FLAME_OK && marker.state == FLAME_JITDUMP_USED)
        status = use(s, &marker, &dump);
    if (status == FLAME_OK && !flame_vec_push(&j->markers, marker))
        status = FLAME_NOMEM;
    return status;
}

static int by_moment(const void *a, const void *b)
{
    const struct flame_jitdump_event *x = a, *y = b;
    if (flame_moment_before(x->when, y->when))
        return -1;
    if (flame_moment_before(y->when, x->when))
        return 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

enum flame_status flame_jitdump_order(struct flame_session *s)
{
    struct flame_jitdumps *j = &s->jitdumps;
    for (uint32_t i = 0; i < j->markers.count; i++) {
        const struct flame_jitdump_marker *marker = &j->markers.items[i];
        if (marker->state != FLAME_JITDUMP_USED)
            continue;
        const struct flame_jit_dump *dump = &j->dumps.list.items[marker->dump];
        if (!flame_vec_reserve(&j->events, dump->places.count))
            return FLAME_NOMEM;
        for (uint32_t k = 0; k < dump->places.count; k++) {
            struct flame_sample_id made = { .time_ns = dump->places.items[k].time_ns };
            struct flame_moment when = flame_moment_of(&made, marker->position, s->timeline.timed);
            flame_vec_push(&j->events, (struct flame_jitdump_event){ when, i, k });
        }
    }
    if (j->events.count)
        qsort(j->events.items, j->events.count, sizeof *j->events.items, by_moment);
    return FLAME_OK;
}

static enum flame_status apply(struct flame_session *s, const struct flame_jitdump_event *event)
{
    const struct flame_jitdump_marker *marker = &s->jitdumps.markers.items[event->marker];
    const struct flame_jit_dump *dump = &s->jitdumps.dumps.list.items[marker->dump];
    const struct flame_jit_place *place = &dump->places.items[event->place];
    struct flame_str folder = marker->folder;
    bool fits = folder.len <= FOLDER_MOST;
    char name[FOLDER_MOST + 64];
    int length = snprintf(name, sizeof name, "%.*s%sjitted-%d-%llu.so", fits ? (int)folder.len : 0,
                          folder.ptr, fits ? "/" : "", (int)place->pid,
                          (unsigned long long)dump->methods.items[place->method].index);
    struct flame_dso dso = {
        .kind = FLAME_DSO_JITTED,
        .name = { name, (size_t)length },
        .path = { name, (size_t)length },
        .dump = marker->dump,
        .method = place->method,
    };
    struct flame_map map = { place->start, place->start + place->size, FLAME_JIT_TEXT_OFFSET, 0 };
    return flame_timeline_code_made(&s->timeline, place->pid, &dso, map, event->when);
}

enum flame_status flame_jitdump_apply(struct flame_session *s, const struct flame_moment *before)
{
    struct flame_jitdumps *j = &s->jitdumps;
    enum flame_status status = FLAME_OK;
    while (status == FLAME_OK && j->next < j->events.count &&
           (!before || flame_moment_before(j->events.items[j->next].when, *before)))
        status = apply(s, &j->events.items[j->next++]);
    return status;
}

bool flame_jitdump_advise(const struct flame_session *s, int32_t pid, char *out, size_t cap)
{
    const struct flame_jitdump_marker *marker = NULL;
    for (size_t i = 0; i < s->jitdumps.markers.count && !marker; i++)
        if (s->jitdumps.markers.items[i].pid == pid)
            marker = &s->jitdumps.markers.items[i];
    if (!marker)
        return false;
    switch (marker->state) {
    case FLAME_JITDUMP_USED:
        snprintf(out, cap, "is JIT code that jit-%d.dump does not tell of", (int)pid);
        break;
    case FLAME_JITDUMP_MISSING:
        snprintf(out, cap,
                 "is JIT code; put jit-%d.dump, which the process wrote into %.*s, beside the "
                 "recording",
                 (int)pid, (int)(marker->folder.len < 512 ? marker->folder.len : 512),
                 marker->folder.ptr);
        break;
    case FLAME_JITDUMP_REFUSED:
        snprintf(out, cap, "is JIT code, and %s was not used: %s", marker->error.path,
                 marker->error.text);
        break;
    case FLAME_JITDUMP_OTHER_CLOCK:
        snprintf(out, cap,
                 "is JIT code, and jit-%d.dump has times of another clock than the recording; "
                 "record with perf record -k mono",
                 (int)pid);
        break;
    case FLAME_JITDUMP_ARCH_CLOCK:
        snprintf(out, cap,
                 "is JIT code, and jit-%d.dump has times of the processor, which are not "
                 "supported; run it without JITDUMP_USE_ARCH_TIMESTAMP, and record with perf "
                 "record -k mono",
                 (int)pid);
        break;
    }
    return true;
}
