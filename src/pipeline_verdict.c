/* pipeline_verdict.c: how far the result can be believed, and what would make it better. */
#include "pipeline.h"

#include "build_id.h"

#include <stdio.h>
#include <stdlib.h>

/* Broken frame-pointer chains end in whatever the register held. */
#define UNMAPPED_ADVICE                                                                            \
    "is addresses outside of everything that was mapped: mostly what code without frame "          \
    "pointers leaves where a caller should be"
#define UNMAPPED_ADVICE_LOST                                                                       \
    "is addresses outside of everything that is known to have been mapped: the records that say "  \
    "so may be among what is lost"

/* What would have shown which file it was. */
#define RECORD_ID "record with perf record --buildid-mmap"
#define RECORD_FILE_ID RECORD_ID ", and link with -Wl,--build-id what has no build-id"

/* Note where the user's part of the stacks was not recorded by frame pointers. */
static void note_other_stacks(struct flame_session *s)
{
    for (size_t i = 0; i < s->recording.perf.events.count; i++) {
        const struct flame_event_attr *attr = &s->recording.perf.events.items[i].attr;
        if (!flame_session_draws(s, s->group_of_attr[i]))
            continue;
        if (attr->sample_type & FLAME_SAMPLE_STACK_USER &&
            attr->sample_stack_user > s->verdict.dump_bytes)
            s->verdict.dump_bytes = attr->sample_stack_user;
        s->verdict.branch_stacks |= (attr->sample_type & FLAME_SAMPLE_BRANCH_STACK) &&
                                    (attr->branch_sample_type & FLAME_BRANCH_CALL_STACK);
    }
}

/* Where a package manager, not the user, puts files. */
static bool is_packaged(struct flame_str path)
{
    return (flame_str_starts(path, "/usr/") && !flame_str_starts(path, "/usr/local/")) ||
           flame_str_starts(path, "/lib") || flame_str_starts(path, "/bin/") ||
           flame_str_starts(path, "/sbin/");
}

/* Of a file without symbols. A file in the cache is looked at before the one that ran. */
static void advise_symbols(const struct flame_dso *dso, const char *cache, const char *id,
                           char *out, size_t cap)
{
    if (is_packaged(dso->path))
        snprintf(out, cap,
                 "has no symbols for these addresses; install its debug symbols (on Debian a "
                 "-dbgsym or -dbg package)%s%s",
                 id[0] ? "; build-id " : "", id);
    else if (id[0])
        snprintf(out, cap,
                 "has no symbols for these addresses; make the folder %s/.build-id/%.2s/%s and "
                 "copy it there as it was before strip, as elf, or its .debug file, as debug; or "
                 "build it without -s, and don't strip it",
                 cache, id, id + 2);
    else
        snprintf(out, cap,
                 "has no symbols for these addresses; build it without -s, and don't strip it");
}

/* Of a file that is not where it was, and has no build-id by which another would be known. */
static void advise_absent(const struct flame_session *s, const struct flame_dso *dso, char *out,
                          size_t cap)
{
    if (!s->places.same_machine)
        snprintf(out, cap,
                 "was recorded without a build-id: a copy of it could not be "
                 "verified; " RECORD_FILE_ID);
    else if (dso->inode)
        snprintf(out, cap,
                 "is no longer here, and was recorded without a build-id; only the very same file, "
                 "moved back to its path, would count, no copy and no other build; "
                 "else " RECORD_FILE_ID);
    else
        snprintf(out, cap, "is no longer here; put it back to the same path");
}

/* Of a file that is there, but may be another one. */
static const char *advice_unverified(const struct flame_session *s, const struct flame_dso *dso)
{
    if (dso->kind != FLAME_DSO_FILE)
        return "was recorded without a build-id, and nothing shows that the one here is the same, "
               "so it was not used; " RECORD_ID;
    return s->places.same_machine
               ? "was recorded without a build-id, and the file at its path is another one by now "
                 "(built "
                 "or copied anew), so it was not used; " RECORD_FILE_ID
               : "was recorded without a build-id, and nothing shows that the file here is the "
                 "same, so it was not used; " RECORD_FILE_ID;
}

void flame_pipeline_advise(const struct flame_session *s, uint32_t index, char *out, size_t cap)
{
    const struct flame_dso *dso = &s->timeline.dsos.list.items[index];
    const struct flame_object *object = flame_symbolizer_object(s->symbolizer, index);
    char id[FLAME_BUILD_ID_HEX], found[FLAME_BUILD_ID_HEX];
    flame_build_id_hex(&dso->build_id, id);
    flame_build_id_hex(&object->found_id, found);
    const char *cache = s->places.buildid_dir ? s->places.buildid_dir : "~/.debug";
    bool kernel = dso->kind == FLAME_DSO_KERNEL || dso->kind == FLAME_DSO_MODULE;
    if (object->addressing != FLAME_ADDRESS_BY_KIND) {
        snprintf(out, cap,
                 "has no symbols for these addresses in the recording; let simpleperf see it "
                 "unstripped (--symfs)");
        return;
    }
    if (dso->kind == FLAME_DSO_JIT && flame_jitdump_advise(s, dso->pid, out, cap))
        return;
    switch (object->state) {
    case FLAME_OBJECT_NAMED:
    case FLAME_OBJECT_STRIPPED:
        advise_symbols(dso, cache, id, out, cap);
        break;
    case FLAME_OBJECT_MISSING:
        if (kernel)
            snprintf(out, cap,
                     "is not the kernel of this machine; make the folder "
                     "%s/[kernel.kallsyms]/%s and copy there /proc/kallsyms (read as root) of the "
                     "recorded machine as kallsyms",
                     cache, id[0] ? id : "BUILD-ID");
        else if (dso->kind == FLAME_DSO_VDSO)
            snprintf(out, cap, "is code of the recorded kernel, and there is no copy of it here");
        else if (dso->kind == FLAME_DSO_PLAIN || dso->kind == FLAME_DSO_JIT_COPY)
            snprintf(out, cap, "has no file behind it; its code cannot be named");
        else if (id[0])
            snprintf(out, cap,
                     "is not on this machine; make the folder %s/.build-id/%.2s/%s and copy it "
                     "there as elf",
                     cache, id, id + 2);
        else
            advise_absent(s, dso, out, cap);
        break;
    case FLAME_OBJECT_MISMATCH:
        snprintf(out, cap,
                 "differs from the recorded one (build-id here %s, recorded %s) and was not used; "
                 "make the folder %s/.build-id/%.2s/%s and copy the recorded file there as elf",
                 found[0] ? found : "none", id, cache, id, id + 2);
        break;
    case FLAME_OBJECT_UNVERIFIED:
        snprintf(out, cap, "%s", advice_unverified(s, dso));
        break;
    case FLAME_OBJECT_NO_MAP:
        snprintf(out, cap,
                 "is JIT code without a map; let the runtime write one (node --perf-basic-prof, "
                 "java -XX:+DumpPerfMapAtExit, PYTHONPERFSUPPORT=1) and keep perf-%d.map beside "
                 "the recording",
                 dso->pid);
        break;
    case FLAME_OBJECT_UNREADABLE:
        snprintf(out, cap, "cannot be read%s",
                 kernel ? "; run as root, or set "
                          "kernel.kptr_restrict=0"
                        : "");
        break;
    }
}

static int by_unnamed(const void *a, const void *b)
{
    const struct flame_object_report *x = a, *y = b;
    if (x->unnamed != y->unnamed)
        return x->unnamed > y->unnamed ? -1 : 1;
    int order = flame_str_compare(x->name, y->name);
    return order ? order : memcmp(&x->build_id, &y->build_id, sizeof x->build_id);
}

static enum flame_status report_objects(struct flame_session *s)
{
    const struct flame_dsos *dsos = &s->timeline.dsos;
    size_t count = 0, most = 1;
    for (size_t i = 0; i < dsos->list.count; i++)
        most += s->unnamed_of_dso[i] != 0;
    struct flame_object_report *reports = flame_arena_zalloc(&s->arena, most, sizeof *reports);
    if (!reports)
        return FLAME_NOMEM;
    if (s->unmapped)
        reports[count++] = (struct flame_object_report){
            .name = flame_str_from("[unknown]"),
            .advice = flame_str_from(s->losses.count ? UNMAPPED_ADVICE_LOST : UNMAPPED_ADVICE),
            .state = FLAME_OBJECT_MISSING,
            .unnamed = s->unmapped,
        };
    for (uint32_t i = 0; i < dsos->list.count; i++) {
        const struct flame_dso *dso = &dsos->list.items[i];
        const struct flame_object *object = flame_symbolizer_object(s->symbolizer, i);
        if (!object || s->unnamed_of_dso[i] == 0)
            continue;
        char advice[1024];
        flame_pipeline_advise(s, i, advice, sizeof advice);
        char *copy = flame_arena_copy(&s->arena, flame_str_from(advice));
        if (!copy)
            return FLAME_NOMEM;
        reports[count++] = (struct flame_object_report){ .name = dso->name,
                                                         .advice = flame_str_from(copy),
                                                         .build_id = dso->build_id,
                                                         .state = object->state,
                                                         .unnamed = s->unnamed_of_dso[i],
                                                         .kernel = flame_dso_is_kernel(dso),
                                                         .jit = dso->kind == FLAME_DSO_JIT };
    }
    qsort(reports, count, sizeof *reports, by_unnamed);
    s->verdict.objects = reports;
    s->verdict.object_count = count;
    return FLAME_OK;
}

void flame_pipeline_note_losses(struct flame_session *s)
{
    struct flame_verdict *v = &s->verdict;
    v->bad_records = s->bad.count;
    v->first_bad = s->bad.first;
    v->bad_features = s->recording.perf.bad_features;
    v->first_bad_feature = s->recording.perf.bad_feature;
    v->losses = s->losses.items;
    v->loss_count = s->losses.count < FLAME_PERF_LOSSES ? s->losses.count : FLAME_PERF_LOSSES;
    v->all_losses = s->losses.count;
    v->lost_bytes = s->losses.bytes;
    /* LOST counts what the ring buffer dropped, LOST_SAMPLES what the event says was dropped: two
     * views of one loss. */
    v->lost_samples = s->lost_records > s->lost_samples ? s->lost_records : s->lost_samples;
}

enum flame_status flame_pipeline_verdict(struct flame_session *s, struct flame_error *error)
{
    struct flame_verdict *v = &s->verdict;
    struct flame_event_report *events =
        flame_arena_zalloc(&s->arena, s->groups.count, sizeof *events);
    note_other_stacks(s);
    if (!events || report_objects(s) != FLAME_OK || flame_pipeline_report_ends(s) != FLAME_OK)
        return flame_fail(error, FLAME_NOMEM, s->path, FLAME_NO_OFFSET, "out of memory");
    for (size_t i = 0; i < s->groups.count; i++) {
        const struct flame_event_group *g = &s->groups.items[i];
        if (g->samples == 0)
            continue;
        if (i == s->group)
            v->event = v->event_count;
        events[v->event_count++] = (struct flame_event_report){ g->name, g->samples, g->weight };
    }
    v->events = events;
    if (s->group == FLAME_GROUP_ALL)
        v->event = v->event_count;
    v->samples = s->drawn.samples;
    v->filtered_out = s->drawn.filtered_out;
    v->guest_samples = s->drawn.guests;
    v->unmerged_chains = s->drawn.unmerged;
    v->weight = s->drawn.weight;
    flame_pipeline_note_losses(s);
    return FLAME_OK;
}
