/* packer.c: what goes into a pack, under which name.
 *
 * Names are where perf has such files in its cache, so that an unpacked pack is one: by build-id;
 * else the path itself below a folder of its own. Hashes are of what a reader will see: zeros where
 * nothing is kept. */
#include "packer.h"

#include "build_id.h"
#include "elf_file.h"
#include "hash.h"

#include <stdio.h>

void flame_packer_init(struct flame_packer *p)
{
    *p = (struct flame_packer){ 0 };
    flame_manifest_init(&p->manifest);
    flame_intern_init(&p->members);
}

void flame_packer_deinit(struct flame_packer *p)
{
    for (size_t i = 0; i < p->contents.count; i++)
        flame_ranges_free(&p->contents.items[i].kept);
    flame_vec_free(&p->contents);
    flame_vec_free(&p->parts);
    flame_intern_deinit(&p->members);
    flame_manifest_deinit(&p->manifest);
}

static bool copy(struct flame_packer *p, const char *text, struct flame_str *out)
{
    struct flame_str s = flame_str_from(text);
    out->len = s.len;
    out->ptr = flame_arena_copy(&p->manifest.arena, s);
    return out->ptr;
}

enum flame_status flame_packer_add_part(struct flame_packer *p, const char *member,
                                        const uint8_t *bytes, size_t size)
{
    struct flame_manifest_part part = { .size = size, .hash = flame_hash(bytes, size) };
    bool ok = copy(p, member, &part.member) && flame_vec_push(&p->manifest.parts, part) &&
              flame_vec_push(&p->parts, bytes);
    return ok ? FLAME_OK : FLAME_NOMEM;
}

uint32_t flame_packer_find(const struct flame_packer *p, const char *path)
{
    for (uint32_t i = 0; *path && i < p->manifest.packed.files.count; i++)
        if (flame_str_is(p->manifest.packed.files.items[i].path, path))
            return i;
    return FLAME_PACKED_NONE;
}

static struct flame_build_id id_of(const struct flame_packer_add *add)
{
    struct flame_build_id id = add->id;
    struct flame_elf elf;
    if (add->role == FLAME_PACKER_TEXT || flame_elf_open(&elf, add->bytes, add->size) != FLAME_OK)
        return id;
    flame_build_id_from_elf(&elf, &id);
    flame_elf_close(&elf);
    return id;
}

/* Whether a path can be a name in an archive: from the root, and nothing in it leads elsewhere. */
static bool is_tidy(const char *path)
{
    enum { LONGEST = 3000 };
    return *path == '/' && !strstr(path, "//") && !strstr(path, "/./") && !strstr(path, "/../") &&
           !flame_str_ends(flame_str_from(path), "/") &&
           !flame_str_ends(flame_str_from(path), "/.") &&
           !flame_str_ends(flame_str_from(path), "/..") && strlen(path) < LONGEST;
}

/* The name in the pack, written to out[cap]. */
static void name_member(const struct flame_packer *p, const struct flame_packer_add *add,
                        const struct flame_build_id *id, char *out, size_t cap)
{
    static const char *const leaves[] = { "elf", "debug", "vdso" };
    char hex[FLAME_BUILD_ID_HEX];
    const char *folder = add->role == FLAME_PACKER_TEXT ? "source" : "files";
    flame_build_id_hex(id, hex);
    *out = 0;
    if (id->size >= 2 && add->role != FLAME_PACKER_TEXT)
        snprintf(out, cap, "cache/.build-id/%.2s/%s/%s", hex, hex + 2, leaves[add->role]);
    if (*out && flame_intern_find(&p->members, flame_str_from(out)) == FLAME_INTERN_NONE)
        return;
    *out = 0;
    if (is_tidy(add->path))
        snprintf(out, cap, "%s%s", folder, add->path);
    if (*out && flame_intern_find(&p->members, flame_str_from(out)) == FLAME_INTERN_NONE)
        return;
    snprintf(out, cap, "%s/%zu", folder, p->manifest.packed.files.count);
}

static bool keep_more(struct flame_packer_content *content, const struct flame_ranges *kept)
{
    bool ok = true;
    content->whole = content->whole || !kept;
    for (size_t i = 0; ok && kept && i < kept->count; i++)
        ok = flame_ranges_add(&content->kept, kept->items[i].start, kept->items[i].end);
    flame_ranges_settle(&content->kept);
    return ok;
}

/* A new file; member NULL: by its role. */
static enum flame_status add_new(struct flame_packer *p, const char *member,
                                 const struct flame_packer_add *add, uint32_t *number)
{
    char name[4096];
    struct flame_packer_content content = { .bytes = add->bytes };
    struct flame_packed_file file = { .size = add->size,
                                      .changed_ns = add->changed_ns,
                                      .build_id = id_of(add) };
    if (!member)
        name_member(p, add, &file.build_id, name, sizeof name);
    member = member ? member : name;
    bool ok = copy(p, member, &file.member) && copy(p, add->path, &file.path) &&
              flame_intern_add(&p->members, file.member) != FLAME_INTERN_NONE &&
              flame_vec_reserve(&p->manifest.packed.files, 1) &&
              flame_vec_reserve(&p->contents, 1) && keep_more(&content, add->kept);
    if (!ok) {
        flame_ranges_free(&content.kept);
        return FLAME_NOMEM;
    }
    *number = (uint32_t)p->contents.count;
    flame_vec_push(&p->contents, content);
    flame_vec_push(&p->manifest.packed.files, file);
    return FLAME_OK;
}

enum flame_status flame_packer_add(struct flame_packer *p, const struct flame_packer_add *add,
                                   uint32_t *number)
{
    *number = flame_packer_find(p, add->path);
    if (*number == FLAME_PACKED_NONE || p->manifest.packed.files.items[*number].size != add->size)
        return add_new(p, NULL, add, number);
    return keep_more(&p->contents.items[*number], add->kept) ? FLAME_OK : FLAME_NOMEM;
}

enum flame_status flame_packer_add_as(struct flame_packer *p, const char *member,
                                      const struct flame_packer_add *add, uint32_t *number)
{
    return add_new(p, member, add, number);
}

uint64_t flame_packer_kept(const struct flame_packer *p)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < p->contents.count; i++) {
        const struct flame_packer_content *c = &p->contents.items[i];
        sum += c->whole ? p->manifest.packed.files.items[i].size : flame_ranges_total(&c->kept);
    }
    return sum;
}

/* A file as a reader will see it; *owned is what to free. NULL when memory is exhausted. */
static const uint8_t *see(const struct flame_packer_content *c, size_t size, uint8_t **owned)
{
    uint8_t *seen = *owned = c->whole ? NULL : calloc(size ? size : 1, 1);
    for (size_t i = 0; seen && i < c->kept.count; i++) {
        const struct flame_range *r = &c->kept.items[i];
        memcpy(seen + r->start, c->bytes + r->start, (size_t)(r->end - r->start));
    }
    return c->whole ? c->bytes : seen;
}

static bool hash(const struct flame_packer_content *c, size_t size, uint64_t *out)
{
    uint8_t *owned;
    const uint8_t *seen = see(c, size, &owned);
    if (seen)
        *out = flame_hash(seen, size);
    free(owned);
    return seen || size == 0;
}

/* GNU tar takes a piece of a sparse file to fill whole blocks, all but the last piece. */
static bool align(const struct flame_ranges *kept, uint64_t size, struct flame_ranges *aligned)
{
    enum { BLOCK = 512 };
    bool ok = true;
    for (size_t i = 0; ok && i < kept->count; i++) {
        uint64_t start = kept->items[i].start / BLOCK * BLOCK;
        uint64_t end = (kept->items[i].end + BLOCK - 1) / BLOCK * BLOCK;
        ok = flame_ranges_add(aligned, start, end < size ? end : size);
    }
    flame_ranges_settle(aligned);
    return ok;
}

static bool write_file(struct flame_archive_writer *writer, const struct flame_packed_file *file,
                       const struct flame_packer_content *c)
{
    struct flame_ranges aligned = { 0 };
    uint8_t *owned;
    const uint8_t *seen = see(c, (size_t)file->size, &owned);
    bool ok = (seen || file->size == 0) && align(&c->kept, file->size, &aligned);
    if (ok)
        flame_archive_writer_add(writer, file->member.ptr, file->changed_ns, seen, file->size,
                                 c->whole ? NULL : &aligned);
    flame_ranges_free(&aligned);
    free(owned);
    return ok;
}

static const char readme[] =
    "A recording of perf, packed by flamedata with what it takes to name it elsewhere: of each "
    "file\n"
    "that its samples hit, the parts that say what these functions are called, how they look, and\n"
    "which lines they are from.\n"
    "\n"
    "    flamedata X.fdpack -o X.svg             draws it, without unpacking\n"
    "    flamedata annotate X.fdpack FUNCTION    and so do all other commands\n"
    "    tar --zstd -xf X.fdpack                 unpacks it; then\n"
    "    perf --buildid-dir cache report -i perf.data\n"
    "\n"
    "manifest says what each file is for, verdict.json how good the recording is. Files are as "
    "long\n"
    "as they were, and zero where nothing was kept.\n";

static void write_text(struct flame_archive_writer *writer, const char *name, uint64_t changed_ns,
                       struct flame_str text)
{
    flame_archive_writer_add(writer, name, changed_ns, (const uint8_t *)text.ptr, text.len, NULL);
}

enum flame_status flame_packer_write(struct flame_packer *p, struct flame_archive_writer *writer)
{
    const struct flame_manifest *m = &p->manifest;
    for (size_t i = 0; i < p->contents.count; i++) {
        struct flame_packed_file *file = &p->manifest.packed.files.items[i];
        if (!hash(&p->contents.items[i], (size_t)file->size, &file->hash))
            return FLAME_NOMEM;
    }
    uint64_t made_ns = m->made_s * UINT64_C(1000000000);
    struct flame_output *manifest = flame_output_memory();
    if (!manifest)
        return FLAME_NOMEM;
    enum flame_status status = flame_manifest_write(m, manifest);
    write_text(writer, FLAME_PACKED_MANIFEST, made_ns, flame_output_bytes(manifest));
    if (flame_output_commit(manifest, NULL) != FLAME_OK)
        status = FLAME_NOMEM;
    write_text(writer, "README", made_ns, flame_str_from(readme));
    for (size_t i = 0; i < p->parts.count; i++)
        flame_archive_writer_add(writer, m->parts.items[i].member.ptr, m->recorded_ns,
                                 p->parts.items[i], m->parts.items[i].size, NULL);
    for (size_t i = 0; i < p->contents.count && status == FLAME_OK; i++)
        if (!write_file(writer, &m->packed.files.items[i], &p->contents.items[i]))
            status = FLAME_NOMEM;
    return status;
}
