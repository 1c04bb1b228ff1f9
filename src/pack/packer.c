/* packer.c: what goes into a pack, under which name.
 *
 * Names are where perf has such files in its cache, so that an unpacked pack is one: by build-id;
 * else the path itself below a folder of its own. Hashes are of what a reader will see: zeros where
 * nothing is kept. */
#include "packer.h"

#include "build_id.h"
#include "elf_file.h"

#include <stdio.h>

void flame_packer_init(struct flame_packer *p)
{
    *p = (struct flame_packer){ 0 };
    flame_manifest_init(&p->manifest);
    flame_intern_init(&p->members);
}

static void free_content(struct flame_packer_content *content)
{
    flame_ranges_free(&content->kept);
    flame_ranges_free(&content->packed);
}

void flame_packer_deinit(struct flame_packer *p)
{
    for (size_t i = 0; i < p->contents.count; i++)
        free_content(&p->contents.items[i]);
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
    struct flame_manifest_part part = {
        .size = size, .hash = flame_hash_blocks(bytes, size, &(struct flame_extents){ 0 })
    };
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

/* A name like member that is free: two processes of one number may have a jitdump each. */
static void name_apart(const struct flame_packer *p, const char *member, char *out, size_t cap)
{
    int folder = (int)(flame_str_basename(flame_str_from(member)).ptr - member);
    snprintf(out, cap, "%s", member);
    for (unsigned n = 2; flame_intern_find(&p->members, flame_str_from(out)) != FLAME_INTERN_NONE;
         n++)
        snprintf(out, cap, "%.*s%u/%s", folder, member, n, member + folder);
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
    char numbered[32];
    snprintf(numbered, sizeof numbered, "%s/%zu", folder, p->manifest.packed.files.count);
    name_apart(p, numbered, out, cap);
}

static bool add_all(struct flame_ranges *ranges, const struct flame_ranges *more)
{
    bool ok = true;
    for (size_t i = 0; ok && more && i < more->count; i++)
        ok = flame_ranges_add(ranges, more->items[i].start, more->items[i].end);
    flame_ranges_settle(ranges);
    return ok;
}

static bool keep_more(struct flame_packer_content *content, const struct flame_packer_add *add)
{
    content->whole = content->whole || !add->kept;
    return add_all(&content->kept, add->kept) && add_all(&content->packed, add->packed);
}

/* What was packed anew is so for one object alone: for two, these sections are kept as they were.
 */
static bool undo_changes(struct flame_packer_content *content, const struct flame_packer_add *add)
{
    const uint8_t *own = content->original ? content->original : add->original;
    if (!own)
        return true;
    content->bytes = own;
    content->original = NULL;
    return add_all(&content->kept, &content->packed);
}

/* A new file; member NULL: by its role. */
static enum flame_status add_new(struct flame_packer *p, const char *member,
                                 const struct flame_packer_add *add, uint32_t *number)
{
    char name[4096];
    if (p->contents.count == FLAME_MANIFEST_MANY)
        return FLAME_LIMIT;
    struct flame_packer_content content = { .bytes = add->bytes, .original = add->original };
    struct flame_packed_file file = { .size = add->size,
                                      .changed_ns = add->changed_ns,
                                      .build_id = id_of(add) };
    if (member)
        name_apart(p, member, name, sizeof name);
    else
        name_member(p, add, &file.build_id, name, sizeof name);
    bool ok = copy(p, name, &file.member) && copy(p, add->path, &file.path) &&
              flame_intern_add(&p->members, file.member) != FLAME_INTERN_NONE &&
              flame_vec_reserve(&p->manifest.packed.files, 1) &&
              flame_vec_reserve(&p->contents, 1) && keep_more(&content, add);
    if (!ok) {
        free_content(&content);
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
    struct flame_packer_content *content = &p->contents.items[*number];
    return keep_more(content, add) && undo_changes(content, add) ? FLAME_OK : FLAME_NOMEM;
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

/* As a reader will see it. */
static uint64_t hash(const struct flame_packer_content *c, uint64_t size)
{
    static const struct flame_range none;
    struct flame_extents extents = { c->kept.count ? c->kept.items : &none, c->kept.count, 0 };
    if (c->whole)
        extents = (struct flame_extents){ 0 };
    return flame_hash_blocks(c->bytes, size, &extents);
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
        file->hash = hash(&p->contents.items[i], file->size);
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
    for (size_t i = 0; i < p->contents.count && status == FLAME_OK; i++) {
        const struct flame_packed_file *file = &m->packed.files.items[i];
        const struct flame_packer_content *c = &p->contents.items[i];
        flame_archive_writer_add(writer, file->member.ptr, file->changed_ns, c->bytes, file->size,
                                 c->whole ? NULL : &c->kept);
    }
    return status;
}
