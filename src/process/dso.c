/* dso.c: from the name in an mmap record to the object it means.
 *
 * Rules are perf's (tools/perf/util/map.c, dso.c): anonymous executable memory stands for JIT code,
 * bracketed names for things without a file. Does not open anything. */
#include "dso.h"

#include "file.h"
#include "hash.h"

#include <stdio.h>
#include <stdlib.h>

/* JIT_SYMFILE is simpleperf's own mark: a method that a JIT has compiled. */
enum { PROT_EXECUTE = 4, PROT_JIT_SYMFILE = 0x4000, MAP_HUGE_TLB = 0x40000 };

void flame_dsos_init(struct flame_dsos *dsos)
{
    *dsos = (struct flame_dsos){ 0 };
    flame_intern_init(&dsos->names);
}

void flame_dsos_deinit(struct flame_dsos *dsos)
{
    flame_vec_free(&dsos->list);
    flame_intern_deinit(&dsos->names);
    free(dsos->slots);
    dsos->slots = NULL;
}

/* All copies of JIT code are shown by one name. */
static struct flame_str identity_of(const struct flame_dso *dso)
{
    return dso->kind == FLAME_DSO_JIT_COPY ? dso->path : dso->name;
}

/* Files of one path may be several: built anew, or in another mount. A build-id tells, too, and
 * says which are copies of one. */
static struct flame_inode inode_of(const struct flame_dso *dso)
{
    struct flame_inode none = { 0 };
    return dso->build_id.size ? none : (struct flame_inode){ dso->major, dso->minor, dso->inode };
}

static uint64_t hash_of(const struct flame_dso *dso)
{
    struct flame_str name = identity_of(dso);
    struct flame_inode inode = inode_of(dso);
    uint64_t h = flame_hash(name.ptr, name.len);
    h = flame_hash_seed(dso->build_id.bytes, sizeof dso->build_id.bytes, h);
    h = flame_hash_pair(h, (uint64_t)dso->dump << 32 | dso->method);
    h = flame_hash_pair(h, (uint64_t)inode.major << 32 | inode.minor);
    h = flame_hash_pair(h, inode.number);
    return flame_hash_pair(h, (uint64_t)dso->kind << 33 | (uint64_t)dso->narrow << 32 |
                                  (uint32_t)dso->pid);
}

bool flame_dso_equal(const struct flame_dso *a, const struct flame_dso *b)
{
    struct flame_inode x = inode_of(a), y = inode_of(b);
    return a->kind == b->kind && x.number == y.number && x.major == y.major && x.minor == y.minor &&
           a->pid == b->pid && a->narrow == b->narrow && a->dump == b->dump &&
           a->method == b->method && flame_str_equal(identity_of(a), identity_of(b)) &&
           a->build_id.size == b->build_id.size &&
           memcmp(a->build_id.bytes, b->build_id.bytes, sizeof a->build_id.bytes) == 0;
}

static bool grow(struct flame_dsos *dsos)
{
    size_t count = dsos->slot_count ? dsos->slot_count * 2 : 64;
    uint32_t *slots = calloc(count, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < dsos->list.count; i++) {
        size_t at = hash_of(&dsos->list.items[i]) & (count - 1);
        while (slots[at])
            at = (at + 1) & (count - 1);
        slots[at] = (uint32_t)i + 1;
    }
    free(dsos->slots);
    dsos->slots = slots;
    dsos->slot_count = count;
    return true;
}

static bool own(struct flame_dsos *dsos, struct flame_str *s)
{
    uint32_t id = flame_intern_add(&dsos->names, *s);
    if (id == FLAME_INTERN_NONE)
        return false;
    *s = flame_intern_get(&dsos->names, id);
    return true;
}

static void note_map(struct flame_dso *known, const struct flame_dso *mapped)
{
    if (known->map_size)
        return;
    known->pgoff = mapped->pgoff;
    known->map_size = mapped->map_size;
}

/* Without a build-id of zeros, which identifies nothing. */
static struct flame_dso as_known(const struct flame_dso *dso)
{
    struct flame_dso known = *dso;
    uint8_t any = 0;
    for (size_t i = 0; i < sizeof known.build_id.bytes; i++)
        any |= known.build_id.bytes[i];
    if (!any)
        known.build_id.size = 0;
    return known;
}

uint32_t flame_dsos_add(struct flame_dsos *dsos, const struct flame_dso *added)
{
    const struct flame_dso known = as_known(added), *dso = &known;
    if (dsos->list.count >= dsos->slot_count / 2 && !grow(dsos))
        return FLAME_DSO_NONE;
    size_t at = hash_of(dso) & (dsos->slot_count - 1);
    for (; dsos->slots[at]; at = (at + 1) & (dsos->slot_count - 1))
        if (flame_dso_equal(&dsos->list.items[dsos->slots[at] - 1], dso)) {
            note_map(&dsos->list.items[dsos->slots[at] - 1], dso);
            return dsos->slots[at] - 1;
        }
    struct flame_dso copy = *dso;
    if (dsos->list.count >= FLAME_DSO_NONE - 1 || !own(dsos, &copy.name) ||
        !own(dsos, &copy.path) || !own(dsos, &copy.reference) || !flame_vec_push(&dsos->list, copy))
        return FLAME_DSO_NONE;
    dsos->methods = dsos->methods || flame_dso_is_method(dso);
    dsos->slots[at] = (uint32_t)dsos->list.count;
    return dsos->slots[at] - 1;
}

static bool is_anonymous(struct flame_str name)
{
    return flame_str_is(name, "//anon") || flame_str_starts(name, "/dev/zero") ||
           flame_str_starts(name, "/anon_hugepage") || flame_str_starts(name, "[stack") ||
           flame_str_starts(name, "/SYSV") || flame_str_is(name, "[heap]");
}

bool flame_map_is_code_memory(struct flame_str filename)
{
    return flame_str_starts(filename, "//anon") || flame_str_starts(filename, "[anon:") ||
           flame_str_starts(filename, "/memfd:");
}

bool flame_dso_is_method(const struct flame_dso *dso)
{
    return dso->kind == FLAME_DSO_JITTED ||
           (dso->kind == FLAME_DSO_FILE && flame_str_ends(dso->name, ".so") &&
            flame_str_starts(flame_str_basename(dso->name), "jitted-"));
}

/* ".../TMP_jit_app_cache:OFFSET-SIZE", shown as simpleperf's report shows it. */
static struct flame_str jit_copy_name(struct flame_str path)
{
    struct flame_str file = path;
    for (size_t i = path.len; i > 0 && file.len == path.len; i--)
        if (path.ptr[i - 1] == ':')
            file.len = i - 1;
    return flame_str_from(flame_str_ends(file, "jit_zygote_cache") ? "[JIT zygote cache]"
                                                                   : "[JIT app cache]");
}

uint32_t flame_dsos_of_map(struct flame_dsos *dsos, const struct flame_map_record *map, int32_t pid)
{
    struct flame_dso dso = { .kind = FLAME_DSO_FILE,
                             .name = map->filename,
                             .build_id = map->build_id };
    char jit[40];
    if (map->prot & PROT_JIT_SYMFILE) {
        dso.kind = FLAME_DSO_JIT_COPY;
        dso.path = map->filename;
        dso.name = jit_copy_name(map->filename);
        return flame_dsos_add(dsos, &dso);
    }
    if (is_anonymous(map->filename) || map->flags & MAP_HUGE_TLB) {
        dso.kind = FLAME_DSO_PLAIN;
        if (map->prot & PROT_EXECUTE) {
            dso.kind = FLAME_DSO_JIT;
            dso.pid = pid;
            snprintf(jit, sizeof jit, "/tmp/perf-%d.map", pid);
            dso.name = flame_str_from(jit);
        }
    } else if (flame_str_is(map->filename, "[vdso]")) {
        dso.kind = FLAME_DSO_VDSO;
        dso.narrow = map->start < UINT64_C(1) << 32;
    } else if (!flame_str_starts(map->filename, "/") || flame_str_starts(map->filename, "//")) {
        dso.kind = FLAME_DSO_PLAIN; /* [vsyscall], [uprobes], anon_inode:..., //enomem */
    } else if (map->prot & PROT_EXECUTE) {
        dso.pgoff = map->pgoff;
        dso.map_size = map->len;
    }
    dso.path = dso.name;
    if (dso.kind == FLAME_DSO_FILE) {
        dso.major = map->major;
        dso.minor = map->minor;
        dso.inode = map->inode;
    }
    return flame_dsos_add(dsos, &dso);
}

size_t flame_dso_show(const struct flame_dso *dso, char *out, size_t cap)
{
    struct flame_str name = dso ? flame_str_basename(dso->name) : flame_str_from("unknown");
    int n = snprintf(out, cap, "[%.*s]", (int)(name.len < 4096 ? name.len : 4096), name.ptr);
    return n < 0 ? 0 : (size_t)n < cap ? (size_t)n : cap - 1;
}

/* "[foo_bar]" for /lib/modules/R/foo-bar.ko.xz, into out. Names already in brackets are kept. */
static struct flame_str module_name(struct flame_str path, char *out, size_t cap)
{
    static const char *const endings[] = { ".ko", ".ko.gz", ".ko.xz", ".ko.zst" };
    struct flame_str base = flame_str_basename(path);
    size_t stem = 0;
    for (size_t i = 0; i < sizeof endings / sizeof *endings && !stem; i++)
        if (flame_str_ends(base, endings[i]))
            stem = base.len - strlen(endings[i]);
    if (!stem || stem + 3 > cap)
        return base;
    snprintf(out, cap, "[%.*s]", (int)stem, base.ptr);
    for (char *p = out; *p; p++)
        if (*p == '-')
            *p = '_';
    return flame_str_from(out);
}

uint32_t flame_dsos_of_kernel_map(struct flame_dsos *dsos, const struct flame_map_record *map)
{
    static const char prefix[] = "[kernel.kallsyms]";
    struct flame_dso dso = { .kind = FLAME_DSO_MODULE,
                             .name = map->filename,
                             .path = map->filename,
                             .build_id = map->build_id };
    char module[256];
    if (flame_str_starts(map->filename, "[kernel.kallsyms")) {
        dso.kind = FLAME_DSO_KERNEL;
        dso.name = dso.path = flame_str_from(prefix);
        /* "[kernel.kallsyms]_text": pgoff is that symbol's address. Ancient: "...kallsyms._text]".
         */
        dso.reference_address = map->pgoff;
        if (map->filename.len > sizeof prefix - 1 && flame_str_starts(map->filename, prefix)) {
            dso.reference.ptr = map->filename.ptr + sizeof prefix - 1;
            dso.reference.len = map->filename.len - (sizeof prefix - 1);
        } else if (flame_str_is(map->filename, "[kernel.kallsyms._text]")) {
            dso.reference = flame_str_from("_text");
        }
    } else {
        dso.name = module_name(map->filename, module, sizeof module);
    }
    return flame_dsos_add(dsos, &dso);
}
