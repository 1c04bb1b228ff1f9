/* symbols.h: a symbol table over one address space, and perf's rules for it.
 *
 * Addresses are whatever the table's owner says: file offsets for user ELF objects, recorded
 * addresses for the kernel, process addresses for JIT maps. Names are kept as they stand in the
 * file; they are demangled only where a rule or a reader needs the demangled one. */
#ifndef FLAME_OBJECT_SYMBOLS_H
#define FLAME_OBJECT_SYMBOLS_H

#include "arena.h"
#include "vec.h"

#include <flamedata/str.h>
#include <stdint.h>

/* Anything but global and weak (a GNU unique symbol, say) counts as local: perf's rules do so. */
enum flame_binding { FLAME_BINDING_LOCAL, FLAME_BINDING_GLOBAL, FLAME_BINDING_WEAK };

/* [start, end) of one symbol.
 *
 * name    NUL-terminated
 * group   FLAME_SIZES_KALLSYMS: 0 for the kernel, else of groups, counted from 1
 * plain   name needs no demangling (kernel, JIT)
 * guessed the file gave no size: end is where the next symbol begins
 * plt     a PLT slot: "@plt" is appended to the demangled name */
struct flame_symbol {
    uint64_t start, end;
    const char *name;
    uint16_t group;
    uint8_t binding;
    bool plain, plt, guessed;
};

/* What is not the kernel, but in its list: a module, or "bpf", "__builtin__kprobes". start: where
 * the module lies; 0: not known. */
struct flame_symbol_group {
    const char *name;
    uint64_t start;
};

enum { FLAME_SYMBOL_GROUPS = UINT16_MAX };

/* list     sorted by start once settled, insertion order kept among equals
 * settled  how many of list are sorted: all but those added since
 * most     how many there may be; 0: any number. More are left out without a word, but counted
 * reach    inner nodes of a tree of maxima over list[].end: node i is the greater of nodes 2i and
 *          2i+1, and node leaves+k is list[k]; NULL before flame_symbols_settle */
struct flame_symbols {
    FLAME_VEC(struct flame_symbol) list;
    size_t settled;
    uint64_t most, left_out;
    uint64_t *reach;
    size_t leaves; /* power of two >= list.count */
    bool exact;    /* settled by FLAME_SIZES_EXACT */
    struct flame_arena names;
    FLAME_VEC(struct flame_symbol_group) groups; /* their names are in names */
};

/* How flame_symbols_settle treats symbols without a size, and several with one start. */
enum flame_symbol_sizes {
    FLAME_SIZES_ELF,      /* they reach to the next symbol; the last one to a page end */
    FLAME_SIZES_KALLSYMS, /* the same, but not from the kernel into a module or between modules */
    FLAME_SIZES_EXACT,    /* they match their first address alone; of equal starts the first wins
                             (perf-PID.map) */
};

void flame_symbols_init(struct flame_symbols *symbols);
void flame_symbols_deinit(struct flame_symbols *symbols);

/* Whether what is added next is left out. */
static inline bool flame_symbols_full(const struct flame_symbols *symbols)
{
    return symbols->most && symbols->list.count >= symbols->most;
}

/* Add [start, start+size); start+size is clamped to 2^64-1. The name is copied into the table, up
 * to its first NUL. The new entry, unless it is left out, is the last of list: its group and plt
 * may then be set. false when memory is exhausted. */
bool flame_symbols_add(struct flame_symbols *symbols, uint64_t start, uint64_t size,
                       struct flame_str name, enum flame_binding binding, bool plain);

/* The same, but name is borrowed and must outlive the table. */
bool flame_symbols_borrow(struct flame_symbols *symbols, uint64_t start, uint64_t size,
                          const char *name, enum flame_binding binding, bool plain);

/* Sort by start (stable), give sizes, drop symbols that lose against one of equal start whatever
 * their demangled names are. Nothing is demangled. Call after each source (.symtab, then .dynsym),
 * as perf does, before the first find. false when memory is exhausted. */
bool flame_symbols_settle(struct flame_symbols *symbols, enum flame_symbol_sizes sizes);

/* The innermost symbol with start <= address < end, of those with a size of their own if there is
 * one (a label inside a function is not a function); among aliases (equal start) the one perf
 * prefers. NULL when there is none. Read-only: threads may share it. */
const struct flame_symbol *flame_symbols_find(const struct flame_symbols *symbols,
                                              uint64_t address);

/* The name to show: demangled as perf 6.1 does (C++ without parameters, Rust), and D; "@plt"
 * appended. Written to out[cap], cut at cap-1 bytes if need be, NUL-terminated. Returns its
 * length. */
size_t flame_symbol_show(const struct flame_symbol *symbol, char *out, size_t cap);

#endif
