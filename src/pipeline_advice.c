/* pipeline_advice.c: what to do about an object that lacks names, for who has but a copied file.
 *
 * Each advice is a sentence that begins behind the object's name: what is the matter, and behind
 * "; " the next step, so exact that it can be followed without reading on. The recorded file comes
 * first, what only looks like it comes last: --trust-paths is a choice, not a remedy. */
#include "pipeline.h"
#include "pipeline_packages.h"

#include "build_id.h"

#include <stdarg.h>
#include <stdio.h>

/* What would have shown which file it was. */
#define RECORD_ID "record with perf record --buildid-mmap"
#define RECORD_FILE_ID RECORD_ID ", and link with -Wl,--build-id what has no build-id"

/* Knows of the servers of most distributions. */
#define DEBUGINFOD "--debuginfod=https://debuginfod.elfutils.org/"

enum { SHOWN = 512 };

/* An object without names.
 *
 * id, found  as perf prints them; "" for none
 * cache      perf's cache of binaries, where it was looked for; NULL: nowhere */
struct case_of {
    const struct flame_session *session;
    const struct flame_dso *dso;
    const struct flame_object *object;
    char id[FLAME_BUILD_ID_HEX], found[FLAME_BUILD_ID_HEX];
    const char *cache;
};

/* A sentence that grows; what does not fit is cut. */
struct words {
    char *out;
    size_t cap, at;
};

__attribute__((format(printf, 2, 3))) static void say(struct words *w, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(w->out + w->at, w->cap - w->at, format, args);
    va_end(args);
    if (n > 0)
        w->at += (size_t)n < w->cap - w->at ? (size_t)n : w->cap - w->at - 1;
}

/* Where a package manager, not the user, puts files. */
static bool is_packaged(struct flame_str path)
{
    return (flame_str_starts(path, "/usr/") && !flame_str_starts(path, "/usr/local/")) ||
           flame_str_starts(path, "/lib") || flame_str_starts(path, "/bin/") ||
           flame_str_starts(path, "/sbin/");
}

/* Where it was looked for beside its path. */
static void say_cache(struct words *w, const struct case_of *c)
{
    if (c->cache)
        say(w, ", nor in %s", c->cache);
}

/* How to bring what perf keeps of a recording's files. The tarball is found where it lies beside
 * the recording and is called like it; a recording from a pipe has no such place. */
static void say_archive(struct words *w, const struct case_of *c)
{
    struct flame_str name = flame_str_basename(flame_str_from(c->session->path));
    int n = (int)(name.len < SHOWN ? name.len : SHOWN);
    if (flame_str_starts(flame_str_from(c->session->path), "/dev/") || c->session->places.packed ||
        c->session->options.symbols.no_archive)
        say(w, "run perf archive on the recorded machine and name its perf.data.tar.bz2 with "
               "--archive");
    else
        say(w, "run perf archive %.*s on the recorded machine and put %.*s.tar.bz2 beside it here",
            n, name.ptr, n, name.ptr);
}

/* Whether to ask a server is new advice. */
static bool may_be_fetched(const struct case_of *c)
{
    return c->id[0] && c->dso->kind == FLAME_DSO_FILE && !c->session->options.symbols.debuginfod;
}

/* How to bring one file that is known by its id. */
static void say_bring(struct words *w, const struct case_of *c)
{
    if (!c->session->places.told_same_host) {
        say_archive(w, c);
        say(w, ", or ");
    }
    say(w, "copy the recorded file into a folder and name the folder with --binaries");
    if (may_be_fetched(c) && is_packaged(c->dso->path))
        say(w, ", or pass " DEBUGINFOD);
}

/* Whether the cache has a file of that name for the object; path [SHOWN * 2] is where. */
static bool has_cached(const struct case_of *c, const char *leaf, char *path)
{
    snprintf(path, 2 * SHOWN, "%s/.build-id/%.2s/%s/%s", c->cache, c->id, c->id + 2, leaf);
    return flame_file_is_plain(path);
}

/* How to give a file of ours its symbols back: a file in the cache is looked at before the one that
 * ran. */
static void say_unstripped(struct words *w, const struct case_of *c)
{
    char path[2 * SHOWN];
    if (!c->id[0]) {
        say(w, "build it without -s, and don't strip it");
        return;
    }
    say(w, "copy it as it was before strip, or its .debug file, into a folder and name the folder "
           "with --binaries");
    if (c->cache && has_cached(c, "elf", path))
        say(w, ", or put it in place of %s", path);
    else if (c->cache)
        say(w, ", or make the folder %s/.build-id/%.2s/%s and put it there as elf", c->cache, c->id,
            c->id + 2);
}

/* A file that is here, but does not name all of its code. */
static void advise_symbols(struct words *w, const struct case_of *c)
{
    char package[2 * SHOWN];
    bool packaged = is_packaged(c->dso->path);
    say(w, "has no symbols for these addresses; ");
    if (c->object->trusted) {
        say_bring(w, c);
        return;
    }
    if (!packaged) {
        say_unstripped(w, c);
        return;
    }
    bool known = flame_package_of_file(c->session->places.os_release, c->dso->path,
                                       &c->dso->build_id, package, sizeof package);
    say(w, "%s", known ? package : "install its debug symbols");
    if (may_be_fetched(c))
        say(w, ", or pass " DEBUGINFOD " (build-id %s)", c->id);
}

/* A file that is not where it was, and has no build-id by which another would be known. */
static void advise_absent(struct words *w, const struct case_of *c)
{
    int n = (int)(c->dso->path.len < SHOWN ? c->dso->path.len : SHOWN);
    if (!c->session->places.told_same_boot)
        say(w,
            "was recorded without a build-id, so that no copy of it could be "
            "verified; " RECORD_FILE_ID
            ", or, if you have the very same file, put it at DIR%s%.*s and pass "
            "--symfs DIR --trust-paths",
            c->dso->path.len && c->dso->path.ptr[0] == '/' ? "" : "/", n, c->dso->path.ptr);
    else if (c->dso->inode)
        say(w, "is no longer here, and was recorded without a build-id, so that only the very same "
               "file counts, and no copy; move it back to its path, or " RECORD_FILE_ID);
    else
        say(w, "is no longer here; put it back to the same path");
}

/* A file that is there, but may be another one. */
static void advise_unverified(struct words *w, const struct case_of *c)
{
    bool changed = c->session->places.told_same_boot && c->dso->kind == FLAME_DSO_FILE;
    say(w,
        "was recorded without a build-id, and %s, so it was not used; %s, or pass --trust-paths "
        "if you know better",
        changed ? "the file at its path is another one by now (built or copied anew)"
                : "nothing shows that the file here is the same",
        c->dso->kind == FLAME_DSO_FILE ? RECORD_FILE_ID : RECORD_ID);
}

static void advise_mismatch(struct words *w, const struct case_of *c)
{
    say(w, "is another build here (build-id %s, recorded %s) and was not used; ",
        c->found[0] ? c->found : "none", c->id);
    say_bring(w, c);
}

static void advise_missing(struct words *w, const struct case_of *c)
{
    const char *symfs = c->session->places.symfs;
    char cached[2 * SHOWN];
    if (symfs)
        say(w, "is not below %s", symfs);
    else
        say(w, "is %s this machine", c->session->places.told_same_host ? "no longer on" : "not on");
    if (c->cache && has_cached(c, "elf", cached)) {
        say(w, ", and has no symbols in %s; ", cached);
        say_unstripped(w, c);
        return;
    }
    say_cache(w, c);
    say(w, "; ");
    say_bring(w, c);
}

/* What names a kernel whose build is known. */
static void say_kernel(struct words *w, const struct case_of *c)
{
    char package[SHOWN];
    say_archive(w, c);
    if (flame_package_of_kernel(c->session->places.os_release, package, sizeof package))
        say(w, ", or %s", package);
    say(w, ", or name its vmlinux with --vmlinux");
    if (c->cache)
        say(w,
            ", or copy its /proc/kallsyms, read as root while it runs, to "
            "%s/[kernel.kallsyms]/%s/kallsyms",
            c->cache, c->id);
}

static void advise_kernel(struct words *w, const struct case_of *c)
{
    switch (c->object->state) {
    case FLAME_OBJECT_UNVERIFIED:
        if (c->id[0])
            say(w, "was recorded with its addresses hidden, and not in this boot, so that no "
                   "symbol can be matched to them; record as root, or with "
                   "kernel.kptr_restrict=0");
        else
            say(w, "was recorded without a build-id, and nothing shows that it is the one that "
                   "runs here, which was not used; " RECORD_ID ", or, if you know which it was, "
                   "name its vmlinux with --vmlinux, or a copy of its /proc/kallsyms with "
                   "--kallsyms, and pass --trust-paths");
        return;
    case FLAME_OBJECT_UNREADABLE:
        say(w, "cannot be read: its list of symbols hides the addresses; run as root, or set "
               "kernel.kptr_restrict=0");
        return;
    case FLAME_OBJECT_NAMED:
    case FLAME_OBJECT_STRIPPED:
        say(w, "has no symbols for these addresses: mostly code that was made while it ran "
               "(BPF programs, trampolines), or modules; record as root, so that they are noted");
        return;
    case FLAME_OBJECT_MISMATCH:
        say(w, "is not the kernel of this machine (build-id here %s, recorded %s)", c->found,
            c->id);
        break;
    case FLAME_OBJECT_MISSING:
    case FLAME_OBJECT_NO_MAP:
        say(w, "is not the kernel of this machine");
        break;
    }
    say_cache(w, c);
    say(w, "; ");
    say_kernel(w, c);
}

/* A vDSO is in no file of its own; perf keeps a copy. */
static void advise_vdso(struct words *w, const struct case_of *c)
{
    if (c->object->state == FLAME_OBJECT_NAMED || c->object->state == FLAME_OBJECT_STRIPPED) {
        say(w, "has no symbols for these addresses: parts of it have none");
    } else if (c->object->state == FLAME_OBJECT_UNVERIFIED) {
        say(w, "is code of the recorded kernel and was recorded without a build-id; " RECORD_ID);
    } else {
        say(w, "is code of the recorded kernel, and there is no copy of it here; ");
        say_archive(w, c);
    }
}

static void advise_jit(struct words *w, const struct case_of *c)
{
    if (c->object->state == FLAME_OBJECT_NO_MAP)
        say(w,
            "is JIT code without a map; let the runtime write one (node --perf-basic-prof, "
            "java -XX:+DumpPerfMapAtExit, PYTHONPERFSUPPORT=1) and keep perf-%d.map beside the "
            "recording",
            c->dso->pid);
    else if (c->object->state == FLAME_OBJECT_UNREADABLE)
        say(w, "is JIT code, and perf-%d.map cannot be read", c->dso->pid);
    else
        say(w,
            "is JIT code that perf-%d.map does not name; let the runtime write a jitdump, which "
            "has code by its time (node --perf-prof, python -X perf_jit), and record with "
            "perf record -k mono",
            c->dso->pid);
}

static void advise_file(struct words *w, const struct case_of *c)
{
    switch (c->object->state) {
    case FLAME_OBJECT_NAMED:
    case FLAME_OBJECT_STRIPPED:
        advise_symbols(w, c);
        break;
    case FLAME_OBJECT_MISMATCH:
        advise_mismatch(w, c);
        break;
    case FLAME_OBJECT_UNVERIFIED:
        advise_unverified(w, c);
        break;
    case FLAME_OBJECT_UNREADABLE:
        say(w, "is here, but cannot be read as a program");
        if (c->id[0]) {
            say(w, "; ");
            say_bring(w, c);
        }
        break;
    case FLAME_OBJECT_MISSING:
    case FLAME_OBJECT_NO_MAP:
        if (c->id[0])
            advise_missing(w, c);
        else
            advise_absent(w, c);
        break;
    }
}

void flame_pipeline_advise(const struct flame_session *s, uint32_t index, char *out, size_t cap)
{
    struct case_of c = { .session = s,
                         .dso = &s->timeline.dsos.list.items[index],
                         .object = flame_symbolizer_object(s->symbolizer, index),
                         .cache = s->places.buildid_dir };
    struct words w = { out, cap, 0 };
    flame_build_id_hex(&c.dso->build_id, c.id);
    flame_build_id_hex(&c.object->found_id, c.found);
    out[0] = 0;
    if (c.object->addressing != FLAME_ADDRESS_BY_KIND) {
        say(&w, "has no symbols for these addresses in the recording; let simpleperf see it "
                "unstripped (--symfs)");
        return;
    }
    switch (c.dso->kind) {
    case FLAME_DSO_FILE:
    case FLAME_DSO_MODULE:
        advise_file(&w, &c);
        break;
    case FLAME_DSO_VDSO:
        advise_vdso(&w, &c);
        break;
    case FLAME_DSO_KERNEL:
        advise_kernel(&w, &c);
        break;
    case FLAME_DSO_JIT:
    case FLAME_DSO_JITTED:
        if (!flame_jitdump_advise(s, c.dso->pid, out, cap))
            advise_jit(&w, &c);
        break;
    case FLAME_DSO_JIT_COPY:
    case FLAME_DSO_PLAIN:
    case FLAME_DSO_BPF:
        say(&w, "has no file behind it; its code cannot be named");
        break;
    }
}

void flame_pipeline_caution(const struct flame_session *s, uint32_t index, struct flame_str used,
                            char *out, size_t cap)
{
    const struct flame_dso *dso = &s->timeline.dsos.list.items[index];
    const struct flame_object *object = flame_symbolizer_object(s->symbolizer, index);
    struct words w = { out, cap, 0 };
    char id[FLAME_BUILD_ID_HEX], found[FLAME_BUILD_ID_HEX];
    int n = (int)(used.len < SHOWN ? used.len : SHOWN);
    flame_build_id_hex(&dso->build_id, id);
    flame_build_id_hex(&object->found_id, found);
    if (flame_str_equal(used, dso->name))
        say(&w, "names from %.*s are not verified: ", n, used.ptr);
    else
        say(&w, "names of %.*s, from %.*s, are not verified: ",
            (int)(dso->name.len < SHOWN ? dso->name.len : SHOWN), dso->name.ptr, n, used.ptr);
    if (dso->kind == FLAME_DSO_JIT || dso->kind == FLAME_DSO_JITTED)
        say(&w, "nothing shows that the recorded process wrote it");
    else if (!id[0])
        say(&w, "no build-id was recorded");
    else if (!found[0])
        say(&w, "it has no build-id, recorded was %s", id);
    else
        say(&w, "its build-id is %s, recorded was %s", found, id);
    say(&w, " (--trust-paths)");
}
