/* object.h: one mapped object (dso): find the file that may name it, check it, load its symbols. */
#ifndef FLAME_OBJECT_OBJECT_H
#define FLAME_OBJECT_OBJECT_H

#include "file.h"
#include "symbols.h"

#include <flamedata/record.h>
#include <flamedata/session.h>

enum flame_object_kind {
    FLAME_OBJECT_ELF, /* a program or library, by path */
    FLAME_OBJECT_VDSO,
    FLAME_OBJECT_JIT,    /* anonymous executable memory: perf-PID.map */
    FLAME_OBJECT_JITTED, /* one method of a jitdump */
    FLAME_OBJECT_KERNEL, /* kallsyms or vmlinux; also the modules that kallsyms names */
    FLAME_OBJECT_MODULE, /* a .ko, by path */
    /* Without a file: only the recording itself may name them. */
    FLAME_OBJECT_JIT_COPY, /* JIT code that simpleperf noted, method by method */
    FLAME_OBJECT_PLAIN,    /* anything else that has but a name */
};

struct flame_bounds;
struct flame_embedded;
struct flame_jit_dumps;

struct flame_depot;
struct flame_layers;
struct flame_packed;
struct flame_packed_object;

/* Where symbols may come from; the same for all objects of a session. Strings are borrowed.
 *
 * buildid_dir  perf's cache, or NULL for none
 * beside       folder of the recording: perf-PID.map files that somebody put there are right
 * os_release   of the recording, or NULL
 * symfs        where the recorded machine's root is, or NULL: here; flat: without its folders
 * vmlinux, kallsyms  that the user named, or NULL
 * debug_dirs   to be looked into before /usr/lib/debug, or NULL
 * depot        what is found by its build-id alone, or NULL
 * layers       what containers on this machine are made of, or NULL
 * embedded     the symbols that the recording carries, or NULL
 * packed       the files that came with the recording, or NULL
 * jit_dumps    what FLAME_OBJECT_JITTED is looked up in
 * bounds       how much is read of objects; NULL: the defaults
 * recorded_ns  when the recording was last written, in ns since 1970; 0: not known
 * unchanged_ns  a file without a build-id is not believed if it was changed later, in ns since
 *              1970: the earliest that the recording may have ended; 0: not known, so that none is
 * same_host    host name and architecture are this machine's
 * same_boot    the kernel's release, too, and it has run since before the recording: this machine's
 *              files, kernel and JIT maps may be believed then
 * told_same_host, told_same_boot  what users are told goes by these: the same, but of a pack as it
 *              was where it was packed, since that decided what is missing
 * trust_paths  use files that are not known to be the recorded ones */
struct flame_symbol_places {
    const char *buildid_dir, *beside, *os_release;
    const char *symfs, *vmlinux, *kallsyms;
    const struct flame_path_list *debug_dirs;
    struct flame_depot *depot;
    struct flame_layers *layers;
    const struct flame_embedded *embedded;
    const struct flame_packed *packed;
    const struct flame_jit_dumps *jit_dumps;
    struct flame_bounds *bounds;
    uint64_t recorded_ns, unchanged_ns;
    bool flat, same_host, same_boot, told_same_host, told_same_boot, trust_paths;
};

/* name      the path in the mmap record; the module's name; "[kernel.kallsyms]"
 * build_id  as recorded; size 0 if it was not
 * major, minor, inode  of the file when it was mapped; inode 0 when that was not recorded. The file
 *           here is the recorded one if these agree, too
 * pgoff, map_size  FLAME_OBJECT_ELF: of an executable map of it; size 0: not known
 * pid       FLAME_OBJECT_JIT: whose map
 * dump, method  FLAME_OBJECT_JITTED: of places' dumps, and of the dump's methods
 * narrow    FLAME_OBJECT_VDSO: the one for tasks of 32 bits
 * text_start  FLAME_OBJECT_KERNEL: recorded address of reference, the symbol that the kernel's
 *             map is pinned to ("_text", "_stext"); 0 if hidden */
struct flame_object_request {
    enum flame_object_kind kind;
    struct flame_str name;
    struct flame_build_id build_id;
    uint32_t major, minor;
    uint64_t inode, pgoff, map_size;
    int32_t pid;
    uint32_t dump, method;
    bool narrow;
    uint64_t text_start;
    struct flame_str reference;
};

/* How an object's symbols are addressed. */
enum flame_addressing {
    FLAME_ADDRESS_BY_KIND, /* as the kind of the request has it */
    FLAME_ADDRESS_FILE,    /* file offset */
    FLAME_ADDRESS_MAP,     /* offset from the map's start */
    FLAME_ADDRESS_PROCESS, /* the process's own address, or the kernel's */
};

/* A loaded object. By kind, symbols is addressed by file offset (ELF, VDSO; JITTED: in the file
 * that perf inject --jit would make), by offset from the map's start (MODULE), by recorded kernel
 * address (KERNEL), by process address (JIT and those without a file).
 *
 * shared    the table that it has in common with others, in place of symbols; NULL: symbols counts.
 *           Its address 0 is the object's address base
 * used      the file that gave the symbols, or "" ; arena-owned
 * program   where the last of files was found; NULL without files; arena-owned
 * found_id  of a file that was found where the recorded one should be, and is another: not used,
 *           unless trusted
 * trusted   the file that was used is not known to be the recorded one: trust_paths
 * same_boot  of a kernel: the list that was used is of the recorded boot, or trusted to be
 * packed    it was loaded from places' packed files; NULL: it was not */
struct flame_object {
    struct flame_symbols symbols;
    const struct flame_symbols *shared;
    uint64_t base;
    enum flame_object_state state;
    enum flame_addressing addressing;
    char *used, *program;
    struct flame_build_id found_id;
    bool trusted, same_boot;
    const struct flame_packed_object *packed;
    FLAME_VEC(struct flame_file)
    files; /* kept open while symbols borrow from them; the mapped one
              itself is the last */
};

/* Load. Whatever is wrong with the files is a state, not an error: the only failure is FLAME_NOMEM.
 * Thread-safe for distinct objects. */
enum flame_status flame_object_load(struct flame_object *object,
                                    const struct flame_object_request *request,
                                    const struct flame_symbol_places *places);

/* Whether the file at path was there when the recording was last written, as far as that is known;
 * what was made later under its name is something else. */
bool flame_object_was_made(const char *path, const struct flame_symbol_places *places);

/* Use the text of a perf-PID.map, bytes[size], that was found at path. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_object_use_jit_map(struct flame_object *object, const uint8_t *bytes,
                                           size_t size, const char *path);

/* The symbols that count. */
static inline const struct flame_symbols *flame_object_symbols(const struct flame_object *object)
{
    return object->shared ? object->shared : &object->symbols;
}

/* Free symbols and files, but nothing shared; state and found_id stay. May be called again. */
void flame_object_deinit(struct flame_object *object);

#endif
