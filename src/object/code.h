/* code.h: the bytes of a function as they were executed, and what it takes to read them.
 *
 * An object may have names but no code: a debug file, kallsyms, a perf-PID.map. What has code is
 * the mapped file itself, a vmlinux, a .ko, a kcore, a jitdump. */
#ifndef FLAME_OBJECT_CODE_H
#define FLAME_OBJECT_CODE_H

#include "dwarf_info.h"
#include "object.h"

/* How bytes are to be decoded: as the ELF header says (e_machine, e_flags). */
struct flame_machine {
    uint16_t machine;
    uint32_t flags;
    bool wide, big_endian;
};

enum flame_code_kind { FLAME_CODE_PLAIN, FLAME_CODE_THUMB, FLAME_CODE_DATA };

/* From address on the bytes are of this kind: $a, $x, $t and $d of ARM, AArch64 and RISC-V. Only
 * an ELF file's symbols tell: code of a kcore or a jitdump has no marks. */
struct flame_code_mark {
    uint64_t address;
    enum flame_code_kind kind;
};

/* From address on the code is of this line: a jitdump's debug information. */
struct flame_code_line {
    uint64_t address;
    const char *file;
    uint32_t line;
};

/* A function's code.
 *
 * bytes    bytes[size], at address and following; addresses are the file's own. Those of an
 *          unlinked file (.ko) count from its .text; operands that it leaves open are filled in
 * offset   of bytes[0], as flame_dwarf_line and _inlined take it
 * marks    sorted; kind of what is before the first of them: first_kind
 * lines    sorted; none unless the object is JIT code */
struct flame_code {
    struct flame_machine machine;
    const uint8_t *bytes;
    size_t size;
    uint64_t address, offset;
    enum flame_code_kind first_kind;
    const struct flame_code_mark *marks;
    size_t mark_count;
    const struct flame_code_line *lines;
    size_t line_count;
};

struct flame_code_file;

/* Find the code of an object that was loaded by request. object, request's strings and places must
 * outlive it. That there is none is not a failure: flame_code_of says it. FLAME_OK or FLAME_NOMEM.
 */
enum flame_status flame_code_open(struct flame_code_file **out, const struct flame_object *object,
                                  const struct flame_object_request *request,
                                  const struct flame_symbol_places *places);
void flame_code_close(struct flame_code_file *file);

/* The file that the code is read from; "" where there is none. */
const char *flame_code_path(const struct flame_code_file *file);

/* Its places' bounds; NULL: the defaults. */
struct flame_bounds *flame_code_bounds(const struct flame_code_file *file);

/* The build-id of that file; size 0: it has none. */
struct flame_build_id flame_code_build_id(const struct flame_code_file *file);

/* When that file was last changed, in ns since 1970; 0: not known. */
uint64_t flame_code_built_ns(const struct flame_code_file *file);

/* The object that has the file with the code as the last of its files: the one that it was opened
 * for, or another one of that file. NULL: there is no such file. */
const struct flame_object *flame_code_holder(const struct flame_code_file *file);

/* A copy of a kernel's memory that has the code, at flame_code_path.
 *
 * head_size  of its headers; 0: the code is not in a copy of memory
 * shift      a symbol is at its own address plus this
 * modules    modules lay as the symbols say */
struct flame_code_memory {
    size_t head_size;
    uint64_t shift;
    bool modules;
};
struct flame_code_memory flame_code_memory(const struct flame_code_file *file);

/* The code of one of the object's symbols, valid until close. On failure error says in one line
 * what is the matter, and code->address is set all the same, as well as it is known: FLAME_IO (no
 * file), FLAME_UNSUPPORTED (a file without code; BPF), FLAME_FORMAT (no ELF file), FLAME_CORRUPT
 * (the symbol leaves its section; a symbol without a size of its own ends with it), FLAME_LIMIT,
 * FLAME_NOMEM. error->path is the file's, valid until close. */
enum flame_status flame_code_of(struct flame_code_file *file, const struct flame_symbol *symbol,
                                struct flame_code *code, struct flame_error *error);

/* The name of what lies at an address: "puts@plt", "table+0x10", a GOT entry's "puts@GOT"; written
 * to out[cap], NUL-terminated, cut if need be. Returns its length; 0: nothing known. */
size_t flame_code_name(struct flame_code_file *file, uint64_t address, char *out, size_t cap);

/* The debug information of the code, opened when it is first asked for; NULL: there is none.
 * FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_code_dwarf(struct flame_code_file *file, struct flame_dwarf **dwarf);

#endif
