/* cfi.h: call-frame information of a loaded object: how to get from its functions to their callers.
 */
#ifndef FLAME_OBJECT_CFI_H
#define FLAME_OBJECT_CFI_H

#include "object.h"
#include "rule.h"

struct flame_cfi;
struct flame_touched;

/* Read what the object's files have: .eh_frame or .debug_frame, compressed or not, and the mapped
 * file's .ARM.exidx, which is asked last. The object must outlive it. *cfi is NULL when there is
 * none. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_cfi_open(struct flame_cfi **cfi, const struct flame_object *object);
void flame_cfi_close(struct flame_cfi *cfi);

/* The rule for the instruction at an offset of the mapped file, as symbols are addressed; NULL
 * where there is none. Each is computed once, and lives as long as cfi, which may be NULL. Not for
 * several threads at once; the rules themselves may be shared. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_cfi_rule(struct flame_cfi *cfi, uint64_t offset,
                                 const struct flame_rule **rule);

/* The function, or the part of one, that an offset is in, as the information is laid out: [*start,
 * *end), offsets of the mapped file; *found: there is one. cfi may be NULL. FLAME_OK or
 * FLAME_NOMEM.
 */
enum flame_status flame_cfi_function(struct flame_cfi *cfi, uint64_t offset, uint64_t *start,
                                     uint64_t *end, bool *found);

/* Note what it takes to find and read the rules of all that touched wants. FLAME_OK or FLAME_NOMEM.
 */
enum flame_status flame_cfi_touch(struct flame_cfi *cfi, struct flame_touched *touched);

/* Where the return address is while an instruction is executed. */
enum flame_return_place {
    FLAME_RETURN_UNKNOWN,     /* no information, or there is no caller */
    FLAME_RETURN_IN_REGISTER, /* still where the call put it: the link register */
    FLAME_RETURN_SAVED,       /* in memory, or computed */
};

/* What a rule says of that; NULL: FLAME_RETURN_UNKNOWN. */
enum flame_return_place flame_rule_return_place(const struct flame_rule *rule);

#endif
