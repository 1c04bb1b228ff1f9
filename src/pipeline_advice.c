/* pipeline_advice.c: what to do about an object that lacks names, for who has but a copied file.
 *
 * Each advice is a sentence that begins behind the object's name: what is the matter, and behind
 * "; " the next step, so exact that it can be followed without reading on, and the same for all
 * objects that it helps. The recorded file comes first, what only looks like it comes last:
 * --trust-paths is a choice, not a remedy. */
#include "packed.h"
#include "pipeline.h"
#include "pipeline_packages.h"
#include "pipeline_remedy.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN = FLAME_WORDS_SHOWN };

/* How to give a file of ours its symbols back. */
static void say_unstripped(struct flame_words *w, const struct flame_ailing *a)
{
    if (a->id[0])
        flame_say(w, "copy it as it was before strip, or its .debug file, into a folder DIR and "
                     "pass --binaries DIR");
    else
        flame_say(w, "build it without -s, and don't strip it");
}

/* A file that is here, or in a pack, but does not name all of its code. */
static void advise_symbols(struct flame_words *w, const struct flame_ailing *a)
{
    char package[2 * SHOWN];
    flame_say(w, "has no symbols for these addresses; ");
    if (a->object->trusted) {
        flame_remedy_bring(w, a);
    } else if (!flame_path_is_packaged(a->dso->path)) {
        say_unstripped(w, a);
    } else {
        bool known = flame_package_of_file(a->session->places.os_release, a->dso->path,
                                           &a->dso->build_id, package, sizeof package);
        flame_say(w, "%s", known ? package : "install the debug symbols");
        if (flame_may_be_fetched(a))
            flame_say(w, ", or pass " FLAME_USUAL_DEBUGINFOD);
    }
}

/* What to do about a recording that has no build-id for the object. there: a file lies at its path.
 */
static void say_no_id(struct flame_words *w, const struct flame_ailing *a, bool there)
{
    const char *again = flame_remedy_lost_ids(a->session);
    flame_say(w, "; ");
    if (again) {
        flame_say(w, "%s", again);
    } else {
        if (!a->session->places.told_same_host) {
            flame_remedy_pack(w, a);
            flame_say(w, ", or ");
        }
        flame_remedy_record(w, a);
    }
    flame_remedy_trust(w, a, there);
}

/* A file that is not where it was, and has no build-id by which another would be known. */
static void advise_absent(struct flame_words *w, const struct flame_ailing *a)
{
    flame_say_nowhere(w, a);
    flame_say(w, ", and ");
    flame_say_why_no_id(w, a);
    flame_say(w, ", so that no copy of it could be verified");
    say_no_id(w, a, false);
}

/* A file that is there, but may be another one. */
static void advise_unverified(struct flame_words *w, const struct flame_ailing *a)
{
    const struct flame_symbol_places *p = &a->session->places;
    bool file = a->dso->kind == FLAME_DSO_FILE;
    flame_say_why_no_id(w, a);
    if (p->packed)
        flame_say(w, ", and nothing showed that the file where it was packed was the same, so it "
                     "was not packed");
    else if (p->told_same_boot && file)
        flame_say(w, ", and has been changed, moved or linked since, so the file here was not "
                     "used");
    else
        flame_say(w, ", and nothing shows that the file here is the same, so it was not used");
    say_no_id(w, a, true);
}

static void advise_missing(struct flame_words *w, const struct flame_ailing *a)
{
    char cached[2 * SHOWN];
    flame_say_nowhere(w, a);
    if (flame_has_cached(a, "elf", cached)) {
        flame_say(w, ", and has no symbols in %s; ", cached);
        say_unstripped(w, a);
        return;
    }
    flame_say_cache(w, a);
    flame_say(w, "; ");
    flame_remedy_bring(w, a);
}

/* A file that is here: that it cannot be opened, and why; else that it is no program. */
static void say_unreadable(struct flame_words *w, const struct flame_ailing *a)
{
    struct flame_error why = FLAME_ERROR_INIT;
    struct flame_file file = { 0 };
    enum flame_status status = FLAME_OK;
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%.*s", (int)a->dso->path.len, a->dso->path.ptr);
    if (!a->session->places.symfs && !a->session->places.packed)
        status = flame_file_open_plain(&file, path, &why);
    flame_file_close(&file);
    if (status == FLAME_IO && strchr(why.text, ':') && flame_file_changed_ns(path))
        flame_say(w, "is here, but cannot be opened%s", strchr(why.text, ':'));
    else
        flame_say(w, "is here, but cannot be read as a program");
}

/* Whether what was packed of it cannot be used. */
static bool is_damaged(const struct flame_ailing *a)
{
    struct flame_object_request request = flame_symbol_request(a->dso);
    return !a->object->used && flame_packed_is_damaged(a->session->places.packed, &request);
}

static void advise_file(struct flame_words *w, const struct flame_ailing *a)
{
    if (is_damaged(a)) {
        flame_say(w, "was packed, but its file in the pack is damaged and was not used; take "
                     "another copy of the pack");
        return;
    }
    switch (a->object->state) {
    case FLAME_OBJECT_NAMED:
    case FLAME_OBJECT_STRIPPED:
        advise_symbols(w, a);
        break;
    case FLAME_OBJECT_MISMATCH:
        flame_say(w, "is another build here (build-id %s, recorded %s) and was not used; ",
                  a->found[0] ? a->found : "none", a->id);
        flame_remedy_bring(w, a);
        break;
    case FLAME_OBJECT_UNVERIFIED:
        advise_unverified(w, a);
        break;
    case FLAME_OBJECT_UNREADABLE:
        say_unreadable(w, a);
        if (a->id[0]) {
            flame_say(w, "; ");
            flame_remedy_bring(w, a);
        }
        break;
    case FLAME_OBJECT_MISSING:
    case FLAME_OBJECT_NO_MAP:
        if (a->id[0])
            advise_missing(w, a);
        else
            advise_absent(w, a);
        break;
    }
}

/* A vDSO is in no file of its own; perf keeps a copy. */
static void advise_vdso(struct flame_words *w, const struct flame_ailing *a)
{
    if (a->object->state == FLAME_OBJECT_NAMED || a->object->state == FLAME_OBJECT_STRIPPED) {
        flame_say(w, "has no symbols for these addresses: parts of it have none");
    } else if (a->object->state == FLAME_OBJECT_UNVERIFIED) {
        const char *again = flame_remedy_lost_ids(a->session);
        flame_say(w, "is code of the recorded kernel, and ");
        flame_say_why_no_id(w, a);
        flame_say(w, "; ");
        if (again)
            flame_say(w, "%s", again);
        else
            flame_remedy_record(w, a);
    } else {
        flame_say(w, "is code of the recorded kernel, and there is no copy of it here; ");
        flame_remedy_pack(w, a);
    }
}

/* Whether the command that was recorded says that a map was written. */
static bool has_written_map(const struct flame_session *s)
{
    return flame_was_commanded(s, "--perf-basic-prof") || flame_was_commanded(s, "PerfMap") ||
           flame_was_commanded(s, "PYTHONPERFSUPPORT") || flame_was_commanded(s, "-Xperf");
}

/* The object is called as its map would be. */
static void advise_no_map(struct flame_words *w, const struct flame_ailing *a)
{
    const struct flame_symbol_places *p = &a->session->places;
    flame_say(w, "is JIT code without a map; ");
    if (p->packed)
        flame_say(w, "put the map beside the recording on the recorded machine, and pack it "
                     "again");
    else
        flame_say(w, "copy the file of that name from /tmp on the recorded machine and put it "
                     "beside the recording");
    if (!has_written_map(a->session))
        flame_say(w, ", or, if there is none, let the runtime write one (node --perf-basic-prof, "
                     "java -XX:+DumpPerfMapAtExit, PYTHONPERFSUPPORT=1)");
}

static void advise_jit(struct flame_words *w, const struct flame_ailing *a)
{
    if (a->object->state == FLAME_OBJECT_NO_MAP)
        advise_no_map(w, a);
    else if (a->object->state == FLAME_OBJECT_UNREADABLE)
        flame_say(w, "is JIT code, and perf-%d.map cannot be read", a->dso->pid);
    else
        flame_say(w,
                  "is JIT code that perf-%d.map does not name; let the runtime write a jitdump, "
                  "which has code by its time (node --perf-prof, python -X perf_jit), and record "
                  "with perf record -k mono",
                  a->dso->pid);
}

/* Whether symbols were left out, of which those that are missing may be. */
static bool is_cut(const struct flame_object *object)
{
    return flame_object_symbols(object)->left_out &&
           (object->state == FLAME_OBJECT_NAMED || object->state == FLAME_OBJECT_STRIPPED);
}

/* No other file would have more of them. */
static void advise_cut(struct flame_words *w, const struct flame_session *s)
{
    uint64_t most = flame_bound(&s->bounds, FLAME_LIMIT_SYMBOLS);
    char value[FLAME_LIMIT_SPELLED], remedy[FLAME_LIMIT_REMEDY];
    flame_limit_spell(FLAME_LIMIT_SYMBOLS, most, value);
    flame_limit_remedy(FLAME_LIMIT_SYMBOLS, most, remedy);
    flame_say(w,
              "has more than %s symbols, and none of those that were read is for these addresses%s",
              value, remedy);
}

void flame_pipeline_advise(const struct flame_session *s, uint32_t index, char *out, size_t cap)
{
    struct flame_ailing a = { .session = s,
                              .index = index,
                              .dso = &s->timeline.dsos.list.items[index],
                              .object = flame_symbolizer_object(s->symbolizer, index),
                              .cache = s->places.buildid_dir };
    struct flame_words w = { out, cap, 0 };
    const char *named = s->options.symbols.buildid_dir;
    a.slip = named && *named && !flame_file_is_folder(named);
    flame_build_id_hex(&a.dso->build_id, a.id);
    flame_build_id_hex(&a.object->found_id, a.found);
    out[0] = 0;
    if (is_cut(a.object)) {
        advise_cut(&w, s);
        return;
    }
    if (a.object->addressing != FLAME_ADDRESS_BY_KIND) {
        flame_say(&w, "has no symbols for these addresses in the recording; let simpleperf see it "
                      "unstripped (--symfs)");
        return;
    }
    switch (a.dso->kind) {
    case FLAME_DSO_FILE:
    case FLAME_DSO_MODULE:
        advise_file(&w, &a);
        break;
    case FLAME_DSO_VDSO:
        advise_vdso(&w, &a);
        break;
    case FLAME_DSO_KERNEL:
        flame_advise_kernel(&w, &a);
        break;
    case FLAME_DSO_JIT:
    case FLAME_DSO_JITTED:
        if (!flame_jitdump_advise(s, a.dso->pid, out, cap))
            advise_jit(&w, &a);
        break;
    case FLAME_DSO_JIT_COPY:
    case FLAME_DSO_PLAIN:
    case FLAME_DSO_BPF:
        flame_say(&w, "has no file behind it; its code cannot be named");
        break;
    }
}

void flame_pipeline_caution(const struct flame_session *s, uint32_t index, struct flame_str used,
                            char *out, size_t cap)
{
    const struct flame_dso *dso = &s->timeline.dsos.list.items[index];
    const struct flame_object *object = flame_symbolizer_object(s->symbolizer, index);
    struct flame_words w = { out, cap, 0 };
    char id[FLAME_BUILD_ID_HEX], found[FLAME_BUILD_ID_HEX];
    int n = (int)(used.len < SHOWN ? used.len : SHOWN);
    flame_build_id_hex(&dso->build_id, id);
    flame_build_id_hex(&object->found_id, found);
    if (flame_str_equal(used, dso->name))
        flame_say(&w, "names from %.*s are not verified: ", n, used.ptr);
    else
        flame_say(&w, "names of %.*s, from %.*s, are not verified: ",
                  (int)(dso->name.len < SHOWN ? dso->name.len : SHOWN), dso->name.ptr, n, used.ptr);
    if (dso->kind == FLAME_DSO_JIT || dso->kind == FLAME_DSO_JITTED)
        flame_say(&w, "nothing shows that the recorded process wrote it");
    else if (!id[0])
        flame_say(&w, "no build-id was recorded");
    else if (!found[0])
        flame_say(&w, "it has no build-id, recorded was %s", id);
    else
        flame_say(&w, "its build-id is %s, recorded was %s", found, id);
    flame_say(&w, " (--trust-paths)");
}
