/* symbolize.h: from addresses to frames.
 *
 * A frame is a small number, the same for every address inside one function of one object; its text
 * is made once, when somebody asks. Objects are loaded when an address first falls into them. */
#ifndef FLAME_SYMBOLIZE_H
#define FLAME_SYMBOLIZE_H

#include "cfi.h"
#include "object.h"
#include "timeline.h"

#include <flamedata/stack.h>

/* The frame of addresses that no map covers. */
#define FLAME_FRAME_UNMAPPED 0u

struct flame_symbolizer;

/* timeline is complete and outlives the symbolizer, as do the strings in places. NULL when memory
 * is exhausted. */
struct flame_symbolizer *flame_symbolizer_create(const struct flame_timeline *timeline,
                                                 const struct flame_symbol_places *places);
void flame_symbolizer_free(struct flame_symbolizer *symbolizer);

/* An address to be named: pc in the address space that mode says, under a version of the process's
 * and of the kernel's maps. A caller's pc is looked up one byte earlier, at its call. hurried:
 * rather no answer than to wait while another thread loads the object. */
struct flame_symbol_query {
    uint64_t pc;
    enum flame_cpumode mode;
    bool at_call, hurried;
    uint32_t space, kernel_space;
};

/* The frame of an address. Thread-safe; an object that is not loaded yet is loaded by the thread
 * that first asks, others wait for it. FLAME_OK, FLAME_NOMEM, or for who is hurried FLAME_EMPTY. */
enum flame_status flame_symbolize(struct flame_symbolizer *symbolizer,
                                  const struct flame_symbol_query *query, uint32_t *frame);

/* The same, with what a line of text about one address says.
 *
 * symbol   NULL where none covers it; the symbolizer's
 * offset   from the symbol's start. A return address may lie behind the symbol's end
 * dso      whose map covers it, or the kernel's where only its symbols know the address;
 *          FLAME_DSO_NONE: neither
 * address  in user space, under the map of a file: the offset in it, as perf shows it; else the pc
 */
struct flame_symbol_place {
    uint32_t frame, dso;
    const struct flame_symbol *symbol;
    uint64_t offset, address;
};
enum flame_status flame_symbolize_place(struct flame_symbolizer *symbolizer,
                                        const struct flame_symbol_query *query,
                                        struct flame_symbol_place *place);

/* The name of the function at an address, for who needs it at once: written to out[cap],
 * NUL-terminated, cut if need be. *length is its length, 0 where there is none. Thread-safe; loads
 * objects, and returns, as flame_symbolize does. */
enum flame_status flame_symbolize_text(struct flame_symbolizer *symbolizer,
                                       const struct flame_symbol_query *query, char *out,
                                       size_t cap, size_t *length);

/* Where the caller's address is while the user-space instruction q->pc is executed. Thread-safe;
 * loads objects as flame_symbolize does. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_symbolizer_return_place(struct flame_symbolizer *symbolizer,
                                                const struct flame_symbol_query *query,
                                                enum flame_return_place *place);

/* What a frame is.
 *
 * dso      index into the timeline's dsos; FLAME_DSO_NONE for FLAME_FRAME_UNMAPPED
 * unnamed  there was no symbol: the text is the object's name in brackets */
struct flame_frame_facts {
    uint32_t dso;
    enum flame_frame_kind kind;
    bool unnamed;
};

/* Facts about a frame that flame_symbolize gave. Thread-safe, as soon as all symbolizing is done.
 */
struct flame_frame_facts flame_frame_describe(const struct flame_symbolizer *symbolizer,
                                              uint32_t frame);

/* Write the frame's name to out[cap], NUL-terminated, cut if need be; returns its length.
 * Thread-safe, as soon as all symbolizing is done. */
size_t flame_frame_show(const struct flame_symbolizer *symbolizer, uint32_t frame, char *out,
                        size_t cap);

/* Order the frames for flame_frame_describe and flame_frame_show, once all symbolizing is done. */
enum flame_status flame_symbolizer_seal(struct flame_symbolizer *symbolizer);

/* Free all symbols, once every frame that matters was described and shown. What
 * flame_symbolizer_object tells of states stays. */
void flame_symbolizer_release(struct flame_symbolizer *symbolizer);

/* How loading a dso went; NULL when nothing asked for it. */
const struct flame_object *flame_symbolizer_object(const struct flame_symbolizer *symbolizer,
                                                   uint32_t dso);

/* How many frame numbers there are: all are below this. */
uint32_t flame_symbolizer_frames(const struct flame_symbolizer *symbolizer);

/* What loading the dso asks for; its strings are the dso's. */
struct flame_object_request flame_symbol_request(const struct flame_dso *dso);

/* Take over an object that was loaded elsewhere, by a request equal to the dso's; object is then
 * the symbolizer's. Before the first question. */
void flame_symbolizer_adopt(struct flame_symbolizer *symbolizer, uint32_t dso,
                            const struct flame_object *object);

#endif
