/* dso.h: the objects that maps show: files, the vDSO, JIT memory, the kernel and its modules. */
#ifndef FLAME_PROCESS_DSO_H
#define FLAME_PROCESS_DSO_H

#include "intern.h"
#include "vec.h"

#include <flamedata/record.h>

#define FLAME_DSO_NONE UINT32_MAX

enum flame_dso_kind {
    FLAME_DSO_FILE, /* an ELF file, by its path on the recorded machine */
    FLAME_DSO_VDSO,
    FLAME_DSO_JIT,      /* anonymous executable memory; symbols in a perf-PID.map */
    FLAME_DSO_JIT_COPY, /* one method of a JIT, noted by simpleperf */
    FLAME_DSO_JITTED,   /* one method of a JIT, in a jitdump */
    FLAME_DSO_PLAIN,    /* a name without a file behind it: [vsyscall], [heap] */
    FLAME_DSO_KERNEL,
    FLAME_DSO_MODULE,
    FLAME_DSO_BPF, /* one function, named by its own name: a KSYMBOL */
};

/* name      as perf prints it: path, "[module]", "/tmp/perf-PID.map", "[kernel.kallsyms]"
 * path      FLAME_DSO_MODULE: where the recording saw the .ko; FLAME_DSO_JIT_COPY: where simpleperf
 *           kept it; else as name
 * build_id  size 0 when none was recorded
 * major, minor, inode  FLAME_DSO_FILE: as the recorded machine's kernel knew the file; inode 0 when
 *           it was not recorded
 * pid       FLAME_DSO_JIT: the process
 * dump, method  FLAME_DSO_JITTED: which dump, and which of its methods
 * narrow    FLAME_DSO_VDSO: of a task whose addresses have 32 bits, on whatever machine
 * reference, reference_address  FLAME_DSO_KERNEL: the symbol that the map is pinned to
 * pgoff, map_size  FLAME_DSO_FILE: of the first executable map of it; size 0: none was recorded */
struct flame_dso {
    enum flame_dso_kind kind;
    struct flame_str name, path;
    struct flame_build_id build_id;
    uint32_t major, minor;
    uint64_t inode;
    int32_t pid;
    uint32_t dump, method;
    bool narrow;
    struct flame_str reference;
    uint64_t reference_address;
    uint64_t pgoff, map_size;
};

/* methods: some are single methods of JIT code (flame_dso_is_method).
 *
 * Distinct by kind, name (of a copied JIT method path), width, build-id (without one by device and
 * inode), dump and method. Strings are the table's. */
struct flame_dsos {
    FLAME_VEC(struct flame_dso) list;
    struct flame_intern names;
    uint32_t *slots;
    size_t slot_count;
    bool methods;
};

/* Whether two dsos are one to the table. Strings are compared, not where they lie. */
bool flame_dso_equal(const struct flame_dso *a, const struct flame_dso *b);

void flame_dsos_init(struct flame_dsos *dsos);
void flame_dsos_deinit(struct flame_dsos *dsos);

/* What stands for code of the dso that has no symbol: "[libfoo.so]"; dso NULL: "[unknown]". Written
 * to out[cap], NUL-terminated, cut if need be; returns its length. */
size_t flame_dso_show(const struct flame_dso *dso, char *out, size_t cap);

/* The index of an equal dso, added (strings copied) if new; FLAME_DSO_NONE when memory is
 * exhausted.
 */
uint32_t flame_dsos_add(struct flame_dsos *dsos, const struct flame_dso *dso);

/* What a user-space mmap record maps, by perf's rules for its name; pid is the process. */
uint32_t flame_dsos_of_map(struct flame_dsos *dsos, const struct flame_map_record *map,
                           int32_t pid);

/* Whether a map of that name is memory that code is written to, as perf inject --jit has it: where
 * a jitdump says what the code is, the map does not say that it became other code. */
bool flame_map_is_code_memory(struct flame_str filename);

/* Whether it is one method of JIT code: of a jitdump, or of a file that perf inject --jit made of
 * it, by its name. */
bool flame_dso_is_method(const struct flame_dso *dso);

/* What a kernel mmap record maps: the kernel itself or a module. */
uint32_t flame_dsos_of_kernel_map(struct flame_dsos *dsos, const struct flame_map_record *map);

/* Whether addresses inside the dso are the process's own (JIT, kernel), not file offsets. */
static inline bool flame_dso_is_identity(const struct flame_dso *dso)
{
    return dso->kind == FLAME_DSO_JIT || dso->kind == FLAME_DSO_JIT_COPY ||
           dso->kind == FLAME_DSO_KERNEL || dso->kind == FLAME_DSO_BPF ||
           dso->kind == FLAME_DSO_PLAIN;
}

static inline bool flame_dso_is_kernel(const struct flame_dso *dso)
{
    return dso->kind >= FLAME_DSO_KERNEL;
}

#endif
