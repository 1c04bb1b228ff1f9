/* kernel.h: names for kernel code. */
#ifndef FLAME_OBJECT_KERNEL_H
#define FLAME_OBJECT_KERNEL_H

#include "object.h"

#define FLAME_KERNEL_RUNNING_LIST "/proc/kallsyms"

/* Load the kernel's symbols, at the addresses of the recording; those of its modules too where they
 * may lie as they did: whether one counts, flame_kernel_symbol_counts says. Never a kernel with
 * another build-id, unless it was named and paths are trusted. FLAME_OBJECT_UNVERIFIED is also a
 * kernel for which there is nothing but a list that was named. Returns FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_object_load_kernel(struct flame_object *object,
                                           const struct flame_object_request *request,
                                           const struct flame_symbol_places *places);

/* Whether the request says where the kernel lay. */
static inline bool flame_kernel_is_placed(const struct flame_object_request *request)
{
    return request->text_start && request->reference.len;
}

/* What is known of a list: nothing more than which build of the kernel it is of, and then it may be
 * that only one will do from which nothing needs to be moved; or it is of the recorded boot. */
enum flame_kernel_list {
    FLAME_KERNEL_LIST_MOVED,
    FLAME_KERNEL_LIST_UNMOVED,
    FLAME_KERNEL_LIST_OF_BOOT,
};

/* Load the list at path: the running kernel's, or a file, also one in an archive. One without the
 * symbol that the kernel is pinned to is not used. State becomes NAMED, or stays; UNREADABLE when
 * all addresses are hidden. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_kernel_load_list(struct flame_object *object, const char *path,
                                         const struct flame_object_request *request,
                                         const struct flame_symbol_places *places,
                                         enum flame_kernel_list kind);

/* Whether a symbol that was found at an address in a kernel's object names the code there. module:
 * "[name]" of the one that the recording mapped there, from start on; empty: it is the kernel's, or
 * nothing was mapped. A table that simpleperf recorded does not tell modules apart, but is right.
 */
bool flame_kernel_symbol_counts(const struct flame_object *kernel,
                                const struct flame_symbol *symbol, struct flame_str module,
                                uint64_t start);

/* Add a symbol list of the very boot that was recorded, /proc/kallsyms text. *usable: it had
 * addresses; else the object stays as it is. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_kernel_add_list(struct flame_object *object, struct flame_str text,
                                        bool *usable);

/* Use the symbols of an opened vmlinux, if it has the symbol that the recording is pinned to: the
 * object becomes NAMED, and has the source's file. FLAME_OK or FLAME_NOMEM. */
struct flame_source;
enum flame_status flame_kernel_use_image(struct flame_object *object,
                                         const struct flame_object_request *request,
                                         struct flame_source *source, const char *path);

/* The build-id of this machine's kernel; false when it does not tell. */
bool flame_kernel_running_id(struct flame_build_id *id);

/* The address of one of the kernel's own symbols by the list at path; 0: hidden, not there, or no
 * such file. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_kernel_address(const char *path, struct flame_str name, uint64_t *address);

#endif
