/* pool.h: run one function on several threads and wait. */
#ifndef FLAME_BASE_POOL_H
#define FLAME_BASE_POOL_H

#include <stddef.h>

/* Call run(user, i) for i = 0 .. threads-1, each on a thread of its own; the caller's thread takes
 * i = 0. If a thread cannot be had its share is run afterwards by the caller, so every i is run
 * exactly once before this returns. */
void flame_pool_run(size_t threads, void (*run)(void *user, size_t worker), void *user);

/* How many threads to use when nobody said: the processors that this process may run on, 1 or
 * more. */
size_t flame_pool_size(void);

#endif
