/* kernel.h: names for kernel code. */
#ifndef FLAME_OBJECT_KERNEL_H
#define FLAME_OBJECT_KERNEL_H

#include "object.h"

/* Load the kernel's symbols, at the addresses of the recording; those of its modules too where they
 * are known to lie as they did. Never a kernel with another build-id. Returns FLAME_OK or
 * FLAME_NOMEM. */
enum flame_status flame_object_load_kernel(struct flame_object *object,
                                           const struct flame_object_request *request,
                                           const struct flame_symbol_places *places);

/* Add a symbol list of the very kernel that was recorded, /proc/kallsyms text. *usable: it had
 * addresses; else the object stays as it is. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_kernel_add_list(struct flame_object *object, struct flame_str text,
                                        bool *usable);

#endif
