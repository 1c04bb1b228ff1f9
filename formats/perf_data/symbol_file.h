/* symbol_file.h: symbols that a recording brings along, by the path of the file they are of.
 *
 * simpleperf looks symbols up on the phone and writes those that its samples hit into the
 * recording. Source: simpleperf's dso.cpp; docs/formats/simpleperf.md. */
#ifndef FLAME_PERF_DATA_SYMBOL_FILE_H
#define FLAME_PERF_DATA_SYMBOL_FILE_H

#include <flamedata/str.h>
#include <stdint.h>

/* What a file is, and so how an address becomes the vaddr of its symbols; simpleperf's numbers. */
enum flame_perf_symbol_file_kind {
    FLAME_SYMBOL_FILE_KERNEL,
    FLAME_SYMBOL_FILE_MODULE,
    FLAME_SYMBOL_FILE_ELF,
    FLAME_SYMBOL_FILE_DEX,
    FLAME_SYMBOL_FILE_MAP, /* of a JIT: what a perf-PID.map said */
    FLAME_SYMBOL_FILE_UNKNOWN,
    FLAME_SYMBOL_FILE_KINDS,
};

#define FLAME_SYMBOL_FILE_NO_OFFSET UINT64_MAX

/* [vaddr, vaddr + size) */
struct flame_perf_symbol {
    uint64_t vaddr, size;
    struct flame_str name;
};

/* One file's symbols, in the order of the recording.
 *
 * path       as the mmap records have it
 * min_vaddr  ELF, MODULE: the lowest vaddr of code
 * offset     where that is: in the file (ELF), or from the map's start (MODULE);
 *            FLAME_SYMBOL_FILE_NO_OFFSET where it was not recorded: at the map's start */
struct flame_perf_symbol_file {
    enum flame_perf_symbol_file_kind kind;
    struct flame_str path;
    uint64_t min_vaddr, offset;
    const struct flame_perf_symbol *symbols;
    size_t count;
};

struct flame_perf_symbol_files {
    const struct flame_perf_symbol_file *items;
    size_t count;
};

#endif
