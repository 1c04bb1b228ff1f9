/* root.c: the table of outermost functions.
 *
 * Recorded by name, because a callchain made by frame pointers ends where they end and says nothing
 * about why. Entries ending in '*' are prefixes. */
#include "root.h"

static const char *const roots[] = {
    /* programs */
    "_start",
    "_dl_start_user",
    "_dl_start",
    "_rt0_*",
    "runtime.rt0_go*",
    "__libc_start_main*",
    "__libc_start_call_main",
    /* threads */
    "__clone*",
    "clone",
    "clone3",
    "start_thread",
    "thread_start",
    "runtime.goexit*",
    "runtime.mstart*",
    "runtime.mcall*",
    "runtime.systemstack*",
    /* Android's */
    "__libc_init",
    "__start_thread",
    "__bionic_clone",
    /* kernel tasks and processors */
    "ret_from_fork*",
    "ret_from_kernel_thread*",
    "secondary_startup_64*",
    "common_startup_64*",
    "x86_64_start_*",
    "start_kernel",
    "__secondary_switched",
    "__primary_switched",
    "secondary_start_kernel",
    "start_secondary",
};

bool flame_root_is(struct flame_str name)
{
    for (size_t i = 0; i + 1 < name.len; i++)
        if (name.ptr[i] == '@')
            name.len = i;
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        size_t n = strlen(roots[i]);
        bool prefix = roots[i][n - 1] == '*';
        if (prefix ? name.len >= n - 1 && memcmp(name.ptr, roots[i], n - 1) == 0
                   : flame_str_is(name, roots[i]))
            return true;
    }
    return false;
}
