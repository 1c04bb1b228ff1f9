/* scenario.h: one function as a fuzzer tells it: its code, and what is known of it.
 *
 * It stands in for the files: code_stub.c answers for code, names and debug information from here.
 * Either bytes are an ELF file, of which all are code and tell the rest, too; or they begin with
 *
 *     machine  intel|no_code|wide|big|kind  flags (4)  address (8)  size of the code (2)  the code
 *
 * and the rest tells the rest, as scenario.c takes it. */
#ifndef FLAME_FUZZ_SCENARIO_H
#define FLAME_FUZZ_SCENARIO_H

#include "function.h"
#include "take.h"

enum {
    SCENARIO_NAMES = 12,
    SCENARIO_NAME = 256,
    SCENARIO_PLACES = 16, /* of lines */
    SCENARIO_CHAIN = 3,
    SCENARIO_HITS = 64,
    SCENARIO_EVENTS = 3,
    SCENARIO_SETS = 4,
    SCENARIO_BRANCHES = 16,
    SCENARIO_MARKS = 8,
};

/* From an offset in the code on: a line, and what was inlined. */
struct scenario_origin {
    uint64_t offset;
    struct flame_line line;
    struct flame_inlined chain[SCENARIO_CHAIN];
    size_t chain_count;
};

struct flame_code_file {
    struct flame_code code;
    struct flame_dwarf *dwarf;
    const char *path;
    char (*names)[SCENARIO_NAME];
};

struct flame_dwarf {
    struct scenario_origin origins[SCENARIO_PLACES];
    size_t count;
};

/* names hold no NUL but at their ends, and may be anything else */
struct scenario {
    char names[SCENARIO_NAMES][SCENARIO_NAME];
    struct flame_dwarf dwarf;
    struct flame_code_file file;
    struct flame_code_mark marks[SCENARIO_MARKS];
    struct flame_symbol symbol;
    struct flame_offset_hits hits[SCENARIO_HITS];
    struct flame_place_set sets[SCENARIO_SETS];
    uint64_t offsets[SCENARIO_SETS][2];
    struct flame_branch_count branches[SCENARIO_BRANCHES];
    struct flame_run_count runs[SCENARIO_BRANCHES];
    struct flame_function_input input;
    bool intel, no_code;
};

/* Fill in s from t, whose bytes have to stay; what is left of t is for the writers. */
void scenario_take(struct scenario *s, struct take *t);

#endif
