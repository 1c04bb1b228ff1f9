/* runtime.h: the little that demo.c needs from the system, without a C library.
 *
 * Every function of the program is then our own and keeps its frame pointer, so that each recorded
 * stack reaches _start or clone. Only x86-64 Linux. Does not handle errors: a failed clone
 * or mmap ends the program. */
#ifndef DEMO_RUNTIME_H
#define DEMO_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Keep a function in the picture: the compiler may neither inline nor specialise it. */
#define FRAME __attribute__((noipa))

struct thread {
    volatile int running; /* the kernel clears it, and wakes, when the thread has ended */
};

/* Start run() on a thread that is called name (15 bytes at most); thread must outlive it. */
void thread_start(struct thread *thread, const char *name, void (*run)(void));
void thread_join(struct thread *thread);

/* size zeroed bytes that are never given back. */
void *allocate(size_t size);
void print(const char *text, size_t size);

void *memcpy(void *restrict to, const void *restrict from, size_t size);

#endif
