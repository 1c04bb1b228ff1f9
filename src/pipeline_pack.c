/* pipeline_pack.c: a recording to a pack of it.
 *
 * All events are counted by their stacks, and all of their addresses looked up, but for what was
 * inlined: what that takes is asked when it is decided what to keep of a file (keep.h). What is
 * kept is the same whatever will be asked of the pack: draw, annotate, with lines or without. Then
 * the pack is written, and only then stacks are named, for the verdict: naming gives up the files.
 */
#include "pipeline_pack.h"

#include "verdict_json.h"

#include <flamedata/version.h>
#include <stdio.h>
#include <time.h>

static enum flame_status add_recording(struct flame_packing *p)
{
    const struct flame_recording *r = &p->session->recording;
    struct flame_manifest *m = &p->packer.manifest;
    struct flame_arena *arena = &m->arena;
    struct flame_str name = flame_str_basename(flame_str_from(p->session->path));
    enum flame_status status = FLAME_OK;
    time_t now = time(NULL);
    m->made_s = p->options.made_s ? p->options.made_s : now > 0 ? (uint64_t)now : 0;
    m->version = flame_str_from(FLAMEDATA_VERSION);
    m->name = (struct flame_str){ flame_arena_copy(arena, name), name.len };
    m->recorded_ns = p->session->places.recorded_ns;
    m->same_host = p->session->places.told_same_host;
    m->same_boot = p->session->places.told_same_boot;
    m->source = p->options.source;
    m->folder = r->files.count > 1;
    for (size_t i = 0; i < r->files.count && status == FLAME_OK; i++) {
        char member[64] = "perf.data";
        if (m->folder && i == 0)
            snprintf(member, sizeof member, "perf.data/data");
        else if (m->folder)
            snprintf(member, sizeof member, "perf.data/data.%zu", i - 1);
        status = flame_packer_add_part(&p->packer, member, r->files.items[i].bytes,
                                       r->files.items[i].size);
        p->contents.recording_bytes += r->files.items[i].size;
    }
    return m->name.ptr ? status : FLAME_NOMEM;
}

static enum flame_status collect(struct flame_packing *p)
{
    struct flame_session *s = p->session;
    enum flame_status status = flame_pack_find_hits(&p->hits, s);
    if (status == FLAME_OK)
        status = add_recording(p);
    for (uint32_t i = 0; i < p->hits.count && status == FLAME_OK; i++)
        if (p->hits.uses[i].asked)
            status = flame_pack_add_object(p, i);
    for (uint32_t i = 0; i < s->jitdumps.markers.count && status == FLAME_OK; i++)
        if (s->jitdumps.markers.items[i].state == FLAME_JITDUMP_USED)
            status = flame_pack_add_dump(p, i);
    if (status == FLAME_OK && p->options.source)
        status = flame_pack_sources_add(&p->sources, &p->packer, &s->places);
    p->contents.sources = p->sources.files.count;
    p->contents.sources_left_out = p->sources.left_out;
    p->contents.files = p->packer.contents.count;
    p->contents.file_bytes = flame_packer_kept(&p->packer);
    return status;
}

/* Fetch what is to be fetched, then count. */
static enum flame_status open_session(struct flame_packing *p, const char *path,
                                      struct flame_error *error)
{
    struct flame_session_options options = { .threads = p->options.threads,
                                             .symbols = p->options.symbols,
                                             .limits = p->options.limits };
    struct flame_fetch *fetch;
    enum flame_status status = flame_fetch_begin(&fetch, path, &options.symbols, error);
    if (status != FLAME_OK)
        return status;
    if (fetch) {
        struct flame_session *s = flame_session_open_with(path, &options, fetch, error);
        while (s && flame_fetch_more(fetch, s)) {
            flame_session_close(s);
            s = flame_session_open_with(path, &options, fetch, error);
        }
        status = s ? FLAME_OK : error->status;
        flame_session_close(s);
    }
    if (status == FLAME_OK) {
        p->session = flame_session_begin(path, &options, FLAME_COUNT_TO_PACK, fetch, error);
        status = p->session ? FLAME_OK : FLAME_FORMAT;
    }
    /* Packed again it would be vouched for as it is now. */
    if (status == FLAME_OK && p->session->recording.harmed)
        status = flame_fail(error, FLAME_CORRUPT, path, FLAME_NO_OFFSET,
                            "the pack is damaged, and cannot be packed again; take another copy");
    if (status == FLAME_OK)
        status = flame_pipeline_count(p->session, error);
    flame_fetch_end(fetch);
    return status;
}

struct flame_packing *flame_packing_open(const char *path, const struct flame_pack_options *options,
                                         struct flame_error *error)
{
    struct flame_error own = FLAME_ERROR_INIT;
    struct flame_packing *p = calloc(1, sizeof *p);
    error = error ? error : &own;
    if (!p) {
        flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
        return NULL;
    }
    if (options)
        p->options = *options;
    flame_packer_init(&p->packer);
    flame_pack_sources_init(&p->sources);
    enum flame_status status = open_session(p, path, error);
    if (status == FLAME_OK) {
        flame_preload_finish(p->session);
        status = collect(p);
        if (status == FLAME_LIMIT)
            flame_fail(error, status, path, FLAME_NO_OFFSET,
                       "more than %d programs, libraries and other files are hit",
                       FLAME_MANIFEST_MANY);
        else if (status != FLAME_OK)
            flame_fail(error, status, path, FLAME_NO_OFFSET, "out of memory");
    }
    if (status == FLAME_OK)
        return p;
    flame_recording_detach(error, path);
    flame_packing_close(p);
    return NULL;
}

/* Give up what only the pack needed. */
static void release(struct flame_packing *p)
{
    for (size_t i = 0; i < p->kepts.count; i++) {
        flame_kept_deinit(p->kepts.items[i]);
        free(p->kepts.items[i]);
    }
    flame_vec_free(&p->kepts);
    for (size_t i = 0; i < p->codes.count; i++)
        flame_code_close(p->codes.items[i]);
    flame_vec_free(&p->codes);
    for (size_t i = 0; i < p->texts.count; i++)
        flame_output_discard(p->texts.items[i]);
    flame_vec_free(&p->texts);
    for (size_t i = 0; i < p->files.count; i++)
        flame_file_close(&p->files.items[i]);
    flame_vec_free(&p->files);
    flame_pack_sources_deinit(&p->sources);
    flame_pack_hits_free(&p->hits);
}

static enum flame_status write_verdict(struct flame_packing *p, struct flame_archive_writer *writer)
{
    struct flame_output *text = flame_output_memory();
    struct flame_json json = { .out = text };
    if (!text)
        return FLAME_NOMEM;
    flame_json_open(&json, NULL, '{');
    flame_json_verdict(&json, &p->session->verdict, p->session->stacks.unit);
    flame_json_close(&json, '}');
    flame_put_text(text, "\n");
    struct flame_str bytes = flame_output_bytes(text);
    flame_archive_writer_add(writer, "verdict.json",
                             p->packer.manifest.made_s * UINT64_C(1000000000),
                             (const uint8_t *)bytes.ptr, bytes.len, NULL);
    return flame_output_commit(text, NULL);
}

enum flame_status flame_packing_write(struct flame_packing *p, struct flame_output *output,
                                      struct flame_error *error)
{
    const char *path = p->session->path;
    struct flame_archive_writer *writer = flame_archive_writer_begin(output, path, error);
    if (!writer)
        return error ? error->status : FLAME_NOMEM;
    enum flame_status status = flame_packer_write(&p->packer, writer);
    release(p);
    if (status != FLAME_OK)
        flame_fail(error, status, path, FLAME_NO_OFFSET, "out of memory");
    else
        status = flame_session_finish(p->session, error);
    if (status == FLAME_OK && write_verdict(p, writer) != FLAME_OK)
        status = flame_fail(error, FLAME_NOMEM, path, FLAME_NO_OFFSET, "out of memory");
    enum flame_status ended = flame_archive_writer_end(writer, error);
    p->has_verdict = status == FLAME_OK;
    return status == FLAME_OK ? ended : status;
}

void flame_packing_close(struct flame_packing *p)
{
    if (!p)
        return;
    release(p);
    flame_packer_deinit(&p->packer);
    flame_session_close(p->session);
    free(p);
}

const struct flame_pack_contents *flame_packing_contents(const struct flame_packing *p)
{
    return &p->contents;
}

const struct flame_verdict *flame_packing_verdict(const struct flame_packing *p)
{
    return p->has_verdict ? &p->session->verdict : NULL;
}

const struct flame_stacks *flame_packing_stacks(const struct flame_packing *p)
{
    return p->has_verdict ? &p->session->stacks : NULL;
}
