/* cfi_section.h: .eh_frame and .debug_frame: which entry is about an address. For cfi*.c alone. */
#ifndef FLAME_OBJECT_CFI_SECTION_H
#define FLAME_OBJECT_CFI_SECTION_H

#include "cursor.h"
#include "touched.h"
#include "vec.h"

/* What several functions have in common (DWARF's CIE). initial: the instructions that come before
 * every function's own. */
struct flame_cfi_common {
    uint64_t offset;
    struct flame_cursor initial;
    uint64_t code_align, return_column;
    int64_t data_align;
    uint8_t encoding;
    bool sized, signal;
};

/* One function's (FDE). It is about the instructions at addresses [start, end). */
struct flame_cfi_entry {
    struct flame_cfi_common common;
    struct flame_cursor program;
    uint64_t start, end;
};

struct flame_cfi_span {
    uint64_t start, offset;
};

/* bytes      of the section, with origin 0; address: where it is mapped, 0 for .debug_frame
 * table      .eh_frame_hdr's sorted pairs of function and entry, each four bytes relative to
 *            table_address; empty where there is none
 * word       bytes of an address; eh: the section is .eh_frame
 * index      the same from the entries themselves, where there is no table; made when it is needed
 * last       the common part that was read last; offset UINT64_MAX: none */
struct flame_cfi_section {
    struct flame_cursor bytes, table;
    uint64_t address, table_address;
    uint8_t word;
    bool eh, indexed;
    FLAME_VEC(struct flame_cfi_span) index;
    struct flame_cfi_common last;
};

/* Take a section's bytes, which must outlive it. */
void flame_cfi_section_init(struct flame_cfi_section *section, struct flame_cursor bytes,
                            uint64_t address, uint8_t word, bool eh);
void flame_cfi_section_deinit(struct flame_cfi_section *section);

/* Take .eh_frame_hdr. *frame is the address of .eh_frame by it. Where it has no table that is
 * understood the section is read without. False when it has not even the address. */
bool flame_cfi_section_table(struct flame_cfi_section *section, struct flame_cursor bytes,
                             uint64_t address, uint64_t *frame);

/* Find the entry that an address is in. FLAME_OK or FLAME_NOMEM; *entry is set where *found is. */
enum flame_status flame_cfi_find(struct flame_cfi_section *section, uint64_t address,
                                 struct flame_cfi_entry *entry, bool *found);

/* Note the table, the entries that are about addresses that touched wants, and their common parts.
 * FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_cfi_section_touch(struct flame_cfi_section *section,
                                          struct flame_touched *touched);

/* An address as encoding writes it; position-relative ones are relative to where the cursor is. */
uint64_t flame_cfi_address(const struct flame_cfi_section *section, struct flame_cursor *c,
                           uint8_t encoding);

#endif
