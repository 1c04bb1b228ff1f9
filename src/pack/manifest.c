/* manifest.c: a manifest, and how it is written: lines of fields with tabs between them, the last
 * of which is a hash of all the others. */
#include "manifest.h"

#include "build_id.h"
#include "hash.h"
#include "manifest_words.h"

#include <inttypes.h>

const char *const flame_manifest_kinds[FLAME_OBJECT_PLAIN + 1] = {
    [FLAME_OBJECT_ELF] = "elf",           [FLAME_OBJECT_VDSO] = "vdso",
    [FLAME_OBJECT_JIT] = "jit",           [FLAME_OBJECT_JITTED] = "jitted",
    [FLAME_OBJECT_KERNEL] = "kernel",     [FLAME_OBJECT_MODULE] = "module",
    [FLAME_OBJECT_JIT_COPY] = "jit-copy", [FLAME_OBJECT_PLAIN] = "plain",
};

const char *const flame_manifest_states[FLAME_OBJECT_UNREADABLE + 1] = {
#define X(name, text) [FLAME_OBJECT_##name] = #name,
    FLAME_OBJECT_STATES(X)
#undef X
};

void flame_manifest_init(struct flame_manifest *m)
{
    *m = (struct flame_manifest){ 0 };
    flame_packed_init(&m->packed);
    flame_arena_init(&m->arena, SIZE_MAX);
}

void flame_manifest_deinit(struct flame_manifest *m)
{
    flame_vec_free(&m->parts);
    flame_packed_deinit(&m->packed);
    flame_arena_deinit(&m->arena);
}

/* A field of text: what would end it, and the backslash, as \xNN. */
static void put_text(struct flame_output *out, struct flame_str s)
{
    flame_put(out, "\t", 1);
    for (size_t i = 0, from = 0; i <= s.len; i++) {
        unsigned char c = i < s.len ? (unsigned char)s.ptr[i] : 0;
        if (i < s.len && c >= 0x20 && c != 0x7f && c != '\\')
            continue;
        if (i > from)
            flame_put(out, s.ptr + from, i - from);
        if (i < s.len)
            flame_putf(out, "\\x%02x", c);
        from = i + 1;
    }
}

static void put_id(struct flame_output *out, const struct flame_build_id *id)
{
    char hex[FLAME_BUILD_ID_HEX];
    flame_build_id_hex(id, hex);
    put_text(out, flame_str_from(hex));
}

static void put_number(struct flame_output *out, uint64_t number)
{
    flame_putf(out, "\t%" PRIu64, number);
}

/* The number of a file; an empty field: none. */
static void put_file_number(struct flame_output *out, uint32_t file)
{
    if (file == FLAME_PACKED_NONE)
        flame_put_text(out, "\t");
    else
        put_number(out, file);
}

static void put_file(struct flame_output *out, const struct flame_packed_file *f)
{
    flame_put_text(out, "file");
    put_text(out, f->member);
    flame_putf(out, "\t%" PRIu64 "\t%016" PRIx64 "\t%" PRIu64, f->size, f->hash, f->changed_ns);
    put_id(out, &f->build_id);
    put_text(out, f->path);
    flame_put_text(out, "\n");
}

static void put_object(struct flame_output *out, const struct flame_packed_object *o)
{
    flame_putf(out, "object\t%s", flame_manifest_kinds[o->kind]);
    put_text(out, o->name);
    put_id(out, &o->build_id);
    flame_putf(out, "\t%" PRId32 "\t%d\t%s\t%d", o->pid, o->narrow, flame_manifest_states[o->state],
               o->trusted);
    put_id(out, &o->found_id);
    put_text(out, o->used);
    put_text(out, o->program);
    put_file_number(out, o->names);
    put_file_number(out, o->runtime);
    put_file_number(out, o->code);
    flame_putf(out, "\t%" PRIx64 "\t%d\n", o->shift, o->modules);
}

static void put_lines(const struct flame_manifest *m, struct flame_output *out)
{
    flame_putf(out, FLAME_PACKED_MAGIC "%d\nmade\t%" PRIu64, FLAME_MANIFEST_VERSION, m->made_s);
    put_text(out, m->version);
    flame_put_text(out, "\nrecording");
    put_text(out, m->name);
    flame_putf(out, "\t%s\t%" PRIu64 "\t%d\t%d\t%d\n", m->folder ? "folder" : "file",
               m->recorded_ns, m->same_host, m->same_boot, m->source);
    for (size_t i = 0; i < m->parts.count; i++) {
        const struct flame_manifest_part *p = &m->parts.items[i];
        flame_put_text(out, "part");
        put_text(out, p->member);
        flame_putf(out, "\t%" PRIu64 "\t%016" PRIx64 "\n", p->size, p->hash);
    }
    for (size_t i = 0; i < m->packed.files.count; i++)
        put_file(out, &m->packed.files.items[i]);
    for (size_t i = 0; i < m->packed.objects.count; i++)
        put_object(out, &m->packed.objects.items[i]);
    for (size_t i = 0; i < m->packed.dumps.count; i++) {
        flame_put_text(out, "jitdump");
        put_text(out, m->packed.dumps.items[i].recorded);
        put_file_number(out, m->packed.dumps.items[i].file);
        flame_put_text(out, "\n");
    }
}

enum flame_status flame_manifest_write(const struct flame_manifest *m, struct flame_output *out)
{
    struct flame_output *text = flame_output_memory();
    if (!text)
        return FLAME_NOMEM;
    put_lines(m, text);
    struct flame_str lines = flame_output_bytes(text);
    flame_put_str(out, lines);
    flame_putf(out, "end\t%016" PRIx64 "\n", flame_hash(lines.ptr, lines.len));
    return flame_output_commit(text, NULL);
}
