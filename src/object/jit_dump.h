/* jit_dump.h: a jitdump that was found, with its methods indexed once. */
#ifndef FLAME_OBJECT_JIT_DUMP_H
#define FLAME_OBJECT_JIT_DUMP_H

#include "code.h"
#include "file.h"
#include "jitdump.h"
#include "vec.h"

/* Where perf inject --jit puts the code in the file that it makes of each method: there a method's
 * symbol begins here, too, so that offsets in it are the same. */
enum { FLAME_JIT_TEXT_OFFSET = 0x80 };

/* Code as it was made. name is NUL-terminated; lines is where the record is that has its debug
 * information, 0 where there is none. There may be millions of these: no more than is needed. */
struct flame_jit_method {
    const char *name;
    const uint8_t *code;
    uint64_t address, size, index, lines;
};

/* From time_ns on methods[method] is at [start, start + size) in process pid. */
struct flame_jit_place {
    uint64_t time_ns, start, size;
    int32_t pid;
    uint32_t method;
};

/* path        borrowed
 * places      in the order of the file
 * line_shift  what the writer added to all addresses of lines
 * bad         how many records contradict themselves, and how the first does
 * trusted     it is not known to be the recorded process's */
struct flame_jit_dump {
    struct flame_file file;
    struct flame_jitdump header;
    FLAME_VEC(struct flame_jit_method) methods;
    FLAME_VEC(struct flame_jit_place) places;
    uint64_t line_shift, bad;
    struct flame_error first_bad;
    bool trusted;
};

/* Open and check what the header says: no more than that is read. path is borrowed. As
 * flame_jitdump_open, and FLAME_IO; on failure nothing is to be closed. */
enum flame_status flame_jit_dump_open(struct flame_jit_dump *dump, const char *path,
                                      struct flame_error *error);

/* The same from bytes that are already there; file is taken over, whatever happens. */
enum flame_status flame_jit_dump_take(struct flame_jit_dump *dump, struct flame_file file,
                                      const char *path, struct flame_error *error);

/* Read its methods. FLAME_OK or FLAME_NOMEM: all else is in bad. */
enum flame_status flame_jit_dump_index(struct flame_jit_dump *dump);

/* Also of one that is all zero. */
void flame_jit_dump_close(struct flame_jit_dump *dump);

/* How its code is to be decoded, as far as the header tells: not the width of machines that have
 * two under one number (RISC-V, MIPS, s390), which is taken to be 64 bits. */
struct flame_machine flame_jit_dump_machine(const struct flame_jit_dump *dump);

/* All dumps of a session; they do not move while anybody looks. */
struct flame_jit_dumps {
    FLAME_VEC(struct flame_jit_dump) list;
};

/* The method that an object of kind FLAME_OBJECT_JITTED was requested for. */
const struct flame_jit_method *flame_jit_method_of(const struct flame_jit_dumps *dumps,
                                                   const struct flame_object_request *request);

/* Load it into object, whose symbols are empty. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_object_load_jitted(struct flame_object *object,
                                           const struct flame_object_request *request,
                                           const struct flame_symbol_places *places);

/* Lines of a method's code, sorted by address, into lines[*count], which the caller frees; of
 * several at one address the last counts. Their files borrow the dump, or are put into names.
 * FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_jit_lines(const struct flame_jit_dump *dump,
                                  const struct flame_jit_method *method, struct flame_arena *names,
                                  struct flame_code_line **lines, size_t *count);

#endif
