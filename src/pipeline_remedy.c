/* pipeline_remedy.c: what brings the names of an object: words that several advices share.
 *
 * They are the same for all objects to which the same applies, so that a reader is told once; what
 * is named is the recording, never the object. flamedata pack comes first: perf archive packs what
 * perf cached, which is nothing with --buildid-mmap, -N or -B, and never a file without an id. */
#include "pipeline_remedy.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

void flame_say(struct flame_words *w, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(w->out + w->at, w->cap - w->at, format, args);
    va_end(args);
    if (n > 0)
        w->at += (size_t)n < w->cap - w->at ? (size_t)n : w->cap - w->at - 1;
}

bool flame_may_be_fetched(const struct flame_ailing *a)
{
    return a->id[0] && a->dso->kind == FLAME_DSO_FILE && !a->session->options.symbols.debuginfod;
}

bool flame_was_commanded(const struct flame_session *s, const char *text)
{
    const struct flame_perf_strings *words = &s->recording.perf.features.cmdline;
    size_t length = strlen(text);
    for (size_t i = 0; i < words->count; i++)
        for (size_t at = 0; at + length <= words->items[i].len; at++)
            if (memcmp(words->items[i].ptr + at, text, length) == 0)
                return true;
    return false;
}

/* Whether an option stands by itself; the program that was recorded may have it, too. */
static bool has_option(const struct flame_session *s, const char *option)
{
    const struct flame_perf_strings *words = &s->recording.perf.features.cmdline;
    for (size_t i = 0; i < words->count; i++)
        if (flame_str_is(words->items[i], option))
            return true;
    return false;
}

static bool lists_ids(const struct flame_session *s)
{
    return s->recording.perf.features.build_ids.count > 0;
}

/* Whether maps came with ids, which the kernel notes for every file that has one. */
static bool maps_have_ids(const struct flame_session *s)
{
    if (has_option(s, "--buildid-mmap"))
        return true;
    for (size_t i = 0; !lists_ids(s) && i < s->timeline.dsos.list.count; i++)
        if (s->timeline.dsos.list.items[i].kind == FLAME_DSO_FILE &&
            s->timeline.dsos.list.items[i].build_id.size)
            return true;
    return false;
}

/* Of what lost its end: the header's features are behind the data. */
static bool has_lost_features(const struct flame_session *s)
{
    const struct flame_perf_file *perf = &s->recording.perf;
    if (perf->form != FLAME_PERF_FORM_FILE || perf->losses.count == 0 || lists_ids(s))
        return false;
    for (size_t i = 0; i < FLAME_PERF_FEATURE_LIMIT; i++)
        if (perf->features.sections[i].size)
            return false;
    return true;
}

/* Whether the list of ids is there, but not all of it can be read. */
static bool has_broken_ids(const struct flame_session *s)
{
    return s->recording.perf.features.sections[FLAME_PERF_FEATURE_BUILD_ID].status != FLAME_OK;
}

/* Whether the file was never finished: its data is what follows the header, as far as it goes. */
static bool was_killed(const struct flame_session *s)
{
    const struct flame_error *error = &s->recording.perf.losses.items[0].error;
    return error->offset < s->recording.perf.size;
}

/* Why a recording's build-ids are not in it, though they may have been recorded: a clause that
 * follows "its build-id ". NULL: it has all of its header. */
static const char *lost_ids(const struct flame_session *s)
{
    if (!has_lost_features(s))
        return has_broken_ids(s) ? "was in the part of the recording that is damaged" : NULL;
    return was_killed(s) ? "was never written, as perf was killed or is still running"
                         : "was in the part of the recording that is missing";
}

const char *flame_remedy_lost_ids(const struct flame_session *s)
{
    if (!has_lost_features(s))
        return has_broken_ids(s) ? "copy the recording again" : NULL;
    return was_killed(s) ? "let perf record end by itself or by Ctrl-C, and copy the file then"
                         : "copy the recording again";
}

void flame_say_why_no_id(struct flame_words *w, const struct flame_ailing *a)
{
    const char *lost = lost_ids(a->session);
    if (lost)
        flame_say(w, "has no build-id in the recording: it %s", lost);
    else
        flame_say(w, "was recorded without a build-id");
}

void flame_say_cache(struct flame_words *w, const struct flame_ailing *a)
{
    if (a->cache)
        flame_say(w, ", nor in %s%s", a->cache, a->slip ? " (no such folder)" : "");
}

void flame_say_nowhere(struct flame_words *w, const struct flame_ailing *a)
{
    if (a->session->places.symfs)
        flame_say(w, "is not below %s", a->session->places.symfs);
    else
        flame_say(w, "is %s this machine",
                  a->session->places.told_same_host ? "no longer on" : "not on");
}

bool flame_has_cached(const struct flame_ailing *a, const char *leaf,
                      char path[2 * FLAME_WORDS_SHOWN])
{
    if (!a->cache || !a->id[0])
        return false;
    if (a->dso->kind == FLAME_DSO_KERNEL)
        snprintf(path, 2 * FLAME_WORDS_SHOWN, "%s/[kernel.kallsyms]/%s/%s", a->cache, a->id, leaf);
    else
        snprintf(path, 2 * FLAME_WORDS_SHOWN, "%s/.build-id/%.2s/%s/%s", a->cache, a->id, a->id + 2,
                 leaf);
    return flame_file_is_plain(path);
}

/* A name that may stand in a command, quoted if need be. */
static bool show_name(struct flame_str name, char out[FLAME_WORDS_SHOWN])
{
    bool plain = true, quotable = name.len > 0 && name.len < 256 && name.ptr[0] != '-';
    for (size_t i = 0; i < name.len && quotable; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        plain = plain && (isalnum(c) || (c && strchr("-+._~,:@%=", c)) || c >= 0x80);
        quotable = c >= ' ' && c != 0x7f && c != '\'';
    }
    const char *quote = plain ? "" : "'";
    if (quotable)
        snprintf(out, FLAME_WORDS_SHOWN, "%s%.*s%s", quote, (int)name.len, name.ptr, quote);
    return quotable;
}

/* The recording's own name; false where it is a pipe, or was taken out of an archive. */
static bool show_recording(const struct flame_session *s, char out[FLAME_WORDS_SHOWN])
{
    struct flame_str path = flame_str_from(s->path);
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    if (flame_str_starts(path, "/dev/") || s->recording.archive)
        return false;
    return show_name(flame_str_basename(path), out);
}

/* Whether perf has a copy of the object where it was recorded, by all that is known. */
static bool is_archivable(const struct flame_ailing *a)
{
    const struct flame_session *s = a->session;
    return a->id[0] && lists_ids(s) && !s->recording.archive && !flame_file_is_folder(s->path) &&
           !has_option(s, "-N") && !has_option(s, "--no-buildid-cache");
}

void flame_remedy_pack(struct flame_words *w, const struct flame_ailing *a)
{
    char name[FLAME_WORDS_SHOWN];
    bool named = show_recording(a->session, name);
    flame_say(w, "run flamedata pack %s%s on the recorded machine and open the pack here",
              named ? name : "FILE",
              named ? " (by the name that it has there)" : ", FILE being the recording,");
    if (!is_archivable(a))
        return;
    size_t length = strlen(name);
    bool quoted = named && name[0] == '\'';
    if (named && !a->session->options.symbols.no_archive)
        flame_say(w,
                  ", or run perf archive there and put its tarball beside the recording here as "
                  "%.*s.tar.bz2%s",
                  (int)(length - quoted), name, quoted ? "'" : "");
    else
        flame_say(w, ", or run perf archive there and name its tarball with --archive");
}

/* How a kernel module has to be unpacked, as nobody else does it; "" if it need not be. */
static const char *unpacked(const struct flame_dso *dso)
{
    if (dso->kind != FLAME_DSO_MODULE)
        return "";
    return flame_str_ends(dso->path, ".xz")    ? ", unpacked (xz -d),"
           : flame_str_ends(dso->path, ".zst") ? ", unpacked (zstd -d),"
           : flame_str_ends(dso->path, ".gz")  ? ", unpacked (gzip -d),"
                                               : "";
}

void flame_remedy_bring(struct flame_words *w, const struct flame_ailing *a)
{
    if (!a->session->places.told_same_host) {
        flame_remedy_pack(w, a);
        flame_say(w, ", or ");
    }
    flame_say(w, "copy the recorded file%s into a folder DIR and pass --binaries DIR",
              unpacked(a->dso));
    if (flame_may_be_fetched(a) && flame_path_is_packaged(a->dso->path))
        flame_say(w, ", or pass " FLAME_USUAL_DEBUGINFOD);
}

/* perf looks for ids when it is done, in the files that samples lie in; but not in what it packed,
 * or wrote into a pipe. The kernel notes them as it maps files, but never the vDSO's. */
void flame_remedy_record(struct flame_words *w, const struct flame_ailing *a)
{
    const struct flame_session *s = a->session;
    const struct flame_perf_file *perf = &s->recording.perf;
    bool linked = a->dso->kind == FLAME_DSO_FILE, vdso = a->dso->kind == FLAME_DSO_VDSO;
    bool streamed = perf->form == FLAME_PERF_FORM_PIPE || perf->features.compressed.type;
    bool sampled = s->objects.sums && flame_object_sum_of(&s->objects, a->index)->weight;
    if (vdso && (streamed || maps_have_ids(s)))
        flame_say(w, "record with perf record --buildid-all, into a file, without -z and "
                     "--buildid-mmap");
    else if (linked && (maps_have_ids(s) || (lists_ids(s) && sampled)))
        flame_say(w, "link it with -Wl,--build-id, and record it anew");
    else if (lists_ids(s))
        flame_say(w, "record with perf record --buildid-all: without it perf notes no build-ids of "
                     "files that hold but callers");
    else
        flame_say(w, "record with perf record %s%s%s",
                  streamed ? "--buildid-mmap" : "--buildid-all",
                  has_option(s, "-B") ? ", without -B" : "",
                  linked ? ", and link with -Wl,--build-id what has no build-id" : "");
}

void flame_remedy_trust(struct flame_words *w, const struct flame_ailing *a, bool there)
{
    const struct flame_symbol_places *p = &a->session->places;
    bool findable = a->dso->path.len && a->dso->path.ptr[0] == '/';
    if (p->packed || p->trust_paths || !findable)
        return;
    if (there) {
        flame_say(w, ", or pass --trust-paths if you know better");
    } else if (p->told_same_host) {
        flame_say(w, ", or, if you have the very same file, put it back and pass --trust-paths");
    } else if (p->symfs) {
        flame_say(w, ", or, if you have the very same file, put it %s %.*s and pass --trust-paths",
                  p->flat ? "into" : "under its path below", FLAME_WORDS_SHOWN, p->symfs);
    } else {
        flame_say(w, ", or, if you have the very same file, put it under its path below a folder "
                     "DIR and pass --symfs DIR --trust-paths");
        const char *named = a->session->options.symbols.buildid_dir;
        if (!(named && *named) && a->cache && flame_file_is_folder(a->cache))
            flame_say(w, " --buildid-dir %.*s", FLAME_WORDS_SHOWN, a->cache);
    }
}
