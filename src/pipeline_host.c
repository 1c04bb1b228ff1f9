/* pipeline_host.c: whether this machine is the recorded one, as it was then.
 *
 * Much of what has no build-id is believed only where it is. Names do not tell machines apart, so
 * what else the recording says of its machine and kernel may not speak against it, and what it does
 * not say doesn't. Last the time of the boot decides, which has to be known (pipeline_boot.c). */
#include "pipeline.h"

#include "build_id.h"
#include "kernel.h"
#include "pack_reader.h"
#include "pipeline_boot.h"

#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Whether the recorded machine may be this one, as far as it was described: machines that were made
 * from one image have one name, and start together. Memory may be lent to other machines. */
static bool is_this_hardware(const struct flame_perf_features *f)
{
    struct sysinfo here;
    long cpus = sysconf(_SC_NPROCESSORS_CONF);
    if (f->cpus_available && cpus > 0 && f->cpus_available != (unsigned long)cpus)
        return false;
    if (!f->total_mem_kb || sysinfo(&here) != 0)
        return true;
    uint64_t kb = (uint64_t)here.totalram * here.mem_unit / 1024;
    uint64_t most = kb > f->total_mem_kb ? kb : f->total_mem_kb;
    uint64_t least = kb > f->total_mem_kb ? f->total_mem_kb : kb;
    return most - least <= most / 8;
}

/* Whether the kernel that the recording lists may be the running one. */
static bool is_this_kernel(const struct flame_perf_features *f)
{
    struct flame_build_id running;
    if (!flame_kernel_running_id(&running))
        return true;
    for (size_t i = 0; i < f->build_ids.count; i++) {
        const struct flame_perf_build_id *listed = &f->build_ids.items[i];
        if (flame_str_starts(listed->filename, "[kernel.kallsyms]") &&
            !flame_build_id_matches(&listed->build_id, &running))
            return false;
    }
    return true;
}

/* When a recording was written: a folder's, when the last of its files was. 0: not known. */
static uint64_t written_ns(const struct flame_session *s)
{
    const struct flame_perf_file *file = &s->recording.perf;
    uint64_t latest = 0;
    if (s->recording.pack)
        return s->recording.pack->manifest.recorded_ns;
    if (s->recording.archive)
        return s->recording.changed_ns;
    if (!flame_file_is_folder(s->path))
        return flame_file_is_plain(s->path) ? flame_file_changed_ns(s->path) : 0;
    for (size_t i = 0; i < file->parts.count; i++) {
        const char *path = file->parts.items[i].path;
        uint64_t changed = path ? flame_file_changed_ns(path) : 0;
        latest = changed > latest ? changed : latest;
    }
    return latest;
}

/* Below a root of another machine nothing is this one's. Who packs a recording has decided what may
 * be believed. */
static void compare(struct flame_session *s)
{
    const struct flame_perf_features *f = &s->recording.perf.features;
    struct flame_symbol_places *p = &s->places;
    struct utsname here;
    if (s->recording.pack || p->symfs || uname(&here) != 0 || !f->hostname.len)
        return;
    p->same_host = flame_str_is(f->hostname, here.nodename) && flame_str_is(f->arch, here.machine);
    if (!p->same_host || !flame_str_is(f->osrelease, here.release) || !is_this_hardware(f) ||
        !is_this_kernel(f))
        return;
    struct flame_boot_clocks clocks = flame_boot_clocks_here();
    struct flame_boot_claim claim = flame_boot_claim_of(&s->recording.perf, p->recorded_ns);
    p->same_boot = flame_boot_is_this(&clocks, &claim);
    p->unchanged_ns = p->same_boot ? flame_boot_ended(&clocks, &claim) : 0;
}

void flame_pipeline_host(struct flame_session *s)
{
    const struct flame_pack *pack = s->recording.pack;
    struct flame_symbol_places *p = &s->places;
    p->recorded_ns = written_ns(s);
    compare(s);
    p->told_same_host = pack ? pack->manifest.same_host : p->same_host;
    p->told_same_boot = pack ? pack->manifest.same_boot : p->same_boot;
}
