/* cfi.h: call-frame information of a loaded object: where a function keeps its caller's address. */
#ifndef FLAME_OBJECT_CFI_H
#define FLAME_OBJECT_CFI_H

#include "object.h"

struct flame_cfi;

/* Read what the object's files have, .eh_frame or .debug_frame. The object must outlive it. *cfi is
 * NULL when there is none. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_cfi_open(struct flame_cfi **cfi, const struct flame_object *object);
void flame_cfi_close(struct flame_cfi *cfi);

/* Where the return address is while an instruction is executed. */
enum flame_return_place {
    FLAME_RETURN_UNKNOWN,     /* no information, or there is no caller */
    FLAME_RETURN_IN_REGISTER, /* still where the call put it: the link register */
    FLAME_RETURN_SAVED,       /* in memory, or computed */
};

/* offset is the instruction's in the mapped file, as symbols are addressed. cfi may be NULL. Not
 * for several threads at once. */
enum flame_return_place flame_cfi_return_place(struct flame_cfi *cfi, uint64_t offset);

#endif
