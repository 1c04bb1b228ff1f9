/* exidx.h: 32-bit ARM's own unwind tables, .ARM.exidx and .ARM.extab. For cfi.c alone. */
#ifndef FLAME_OBJECT_EXIDX_H
#define FLAME_OBJECT_EXIDX_H

#include "arena.h"
#include "elf_file.h"
#include "rule.h"
#include "touched.h"

/* table    of pairs of words, sorted by function; empty where there is none
 * address  where it is mapped */
struct flame_exidx {
    const struct flame_elf *elf;
    struct flame_cursor table;
    uint64_t address;
};

/* What an entry says. */
enum flame_exidx_kind {
    FLAME_EXIDX_ENTERED, /* of the first instruction: nothing was saved yet */
    FLAME_EXIDX_BODY,    /* of the others: what the entry's instructions undo */
    FLAME_EXIDX_ROOT,    /* where the program begins: there is no caller */
};

/* It is about the addresses [start, end). word: of the entry; place: the word's address. */
struct flame_exidx_entry {
    uint64_t start, end, place;
    uint32_t word;
    enum flame_exidx_kind kind;
};

/* Find the table of a mapped file, which must outlive it. */
void flame_exidx_init(struct flame_exidx *exidx, const struct flame_elf *elf);

/* Note all of the tables. */
void flame_exidx_touch(const struct flame_exidx *exidx, struct flame_touched *touched);

/* The entry that an address is in. False where there is none, or it says that nothing is known. */
bool flame_exidx_find(const struct flame_exidx *exidx, uint64_t address,
                      struct flame_exidx_entry *entry);

/* Make the entry's rule; start and end stay to be set. The rule and what it points to live in
 * arena. *rule is NULL where the entry's instructions cannot be kept as one; each of them costs one
 * of budget. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_exidx_rule(const struct flame_exidx *exidx,
                                   const struct flame_exidx_entry *entry, struct flame_arena *arena,
                                   uint64_t *budget, struct flame_rule **rule);

#endif
