/* kernel.h: names for kernel code. */
#ifndef FLAME_OBJECT_KERNEL_H
#define FLAME_OBJECT_KERNEL_H

#include "object.h"
#include "path_list.h"

#define FLAME_KERNEL_RUNNING_LIST "/proc/kallsyms"

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

/* The build-id of this machine's kernel; false when it does not tell. */
bool flame_kernel_running_id(struct flame_build_id *id);

/* Where a vmlinux may be, perf's cache first; each still to be checked for its build-id. */
void flame_kernel_add_images(struct flame_paths *paths, const struct flame_symbol_places *places,
                             const struct flame_build_id *id);

/* The file called leaf ("kcore", "kallsyms", "modules") of each copy of that kernel's memory that
 * perf's cache dir has, by name: one folder for each time of copying. */
void flame_kernel_add_copies(struct flame_paths *paths, const char *dir,
                             const struct flame_build_id *id, const char *leaf);

/* The address of one of the kernel's own symbols by the list at path; 0: hidden, not there, or no
 * such file. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_kernel_address(const char *path, struct flame_str name, uint64_t *address);

#endif
