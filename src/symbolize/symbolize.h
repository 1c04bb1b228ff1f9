/* symbolize.h: from addresses to frames.
 *
 * A frame is a small number, the same for every address inside one function of one object; its text
 * is made once, when somebody asks. Objects are loaded when an address first falls into them. */
#ifndef FLAME_SYMBOLIZE_H
#define FLAME_SYMBOLIZE_H

#include "cfi.h"
#include "dwarf_info.h"
#include "object.h"
#include "timeline.h"

#include <flamedata/stack.h>

/* The frame of addresses that no map covers. */
#define FLAME_FRAME_UNMAPPED 0u

struct flame_symbolizer;

/* What frames tell: of functions that were inlined, and source lines. */
struct flame_frame_detail {
    bool inlined, lines;
};

/* timeline outlives the symbolizer, as do the strings in places. NULL when memory is exhausted. */
struct flame_symbolizer *flame_symbolizer_create(const struct flame_timeline *timeline,
                                                 const struct flame_symbol_places *places);
void flame_symbolizer_free(struct flame_symbolizer *symbolizer);

/* To be called after the timeline has grown, before the next question. Not thread-safe: nobody asks
 * meanwhile. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_symbolizer_extend(struct flame_symbolizer *symbolizer);

/* Before the first question; without it frames tell of symbols alone. */
void flame_symbolizer_tell(struct flame_symbolizer *symbolizer, struct flame_frame_detail detail);

/* An address to be named: pc in the address space that mode says, under a version of the process's
 * and of the kernel's maps. A caller's pc is looked up one byte earlier, at its call. hurried:
 * rather no answer than to wait while another thread loads the object. */
struct flame_symbol_query {
    uint64_t pc;
    enum flame_cpumode mode;
    bool at_call, hurried;
    uint32_t space, kernel_space;
};

/* What of the maps decides about a user-space address: while it stays the same, answers do. */
struct flame_map_key {
    uint64_t start, pgoff; /* of the map */
    uint32_t dso;          /* FLAME_DSO_NONE: nothing is mapped there */
};

/* Of an address that is looked up as query says; its mode does not matter. Thread-safe. */
struct flame_map_key flame_symbolize_key(const struct flame_symbolizer *symbolizer,
                                         const struct flame_symbol_query *query);

static inline bool flame_map_key_equal(struct flame_map_key a, struct flame_map_key b)
{
    return a.start == b.start && a.pgoff == b.pgoff && a.dso == b.dso;
}

/* What a line of text about one address says.
 *
 * frame    of the symbol, or the object
 * symbol   NULL where none covers it; the symbolizer's
 * offset   from the symbol's start. A return address may lie behind the symbol's end
 * dso      whose map covers it, or the kernel's where only its symbols know the address;
 *          FLAME_DSO_NONE: neither
 * owner    whose the symbol is: dso, or the kernel, whose list knows its modules' symbols, too
 * address  in user space, under the map of a file: the offset in it, as perf shows it; else the pc
 * code     the instruction that the symbol was found by, as the object's symbols are addressed */
struct flame_symbol_place {
    uint32_t frame, dso, owner;
    const struct flame_symbol *symbol;
    uint64_t offset, address, code;
};

/* Look an address up. Thread-safe; an object that is not loaded yet is loaded by the thread that
 * first asks, others wait for it. FLAME_OK, FLAME_NOMEM, or for who is hurried FLAME_EMPTY. */
enum flame_status flame_symbolize_place(struct flame_symbolizer *symbolizer,
                                        const struct flame_symbol_query *query,
                                        struct flame_symbol_place *place);

/* The functions inlined at a place, innermost first, and its source line; each only if the
 * symbolizer was made to tell. What they point to lives until flame_symbolizer_release. */
struct flame_place_detail {
    const struct flame_inlined *inlined;
    size_t inlined_count;
    struct flame_line line;
};

/* Thread-safe. FLAME_OK, FLAME_NOMEM, or for who is hurried FLAME_EMPTY: another thread is opening
 * the debug information. */
enum flame_status flame_symbolize_detail(struct flame_symbolizer *symbolizer,
                                         const struct flame_symbol_place *place, bool hurried,
                                         struct flame_place_detail *detail);

/* Frames of one address, innermost first; the last is the function whose code it is, those before
 * it are inlined there. */
struct flame_frames {
    const uint32_t *ids;
    size_t count;
};

/* The frames of an address, as one number: flame_frames_of takes it apart. As
 * flame_symbolize_place. */
enum flame_status flame_symbolize(struct flame_symbolizer *symbolizer,
                                  const struct flame_symbol_query *query, uint32_t *frames);

/* The frames in *frames, which must stay as long as the result is used. Thread-safe, for numbers
 * that this thread was given. */
struct flame_frames flame_frames_of(const struct flame_symbolizer *symbolizer,
                                    const uint32_t *frames);

/* The name of the function at an address, for who needs it at once: written to out[cap],
 * NUL-terminated, cut if need be. *length is its length, 0 where there is none. Thread-safe; loads
 * objects, and returns, as flame_symbolize does. */
enum flame_status flame_symbolize_text(struct flame_symbolizer *symbolizer,
                                       const struct flame_symbol_query *query, char *out,
                                       size_t cap, size_t *length);

/* How to get from a user-space instruction to its function's caller.
 *
 * rule  NULL: none, and why says why
 * dso   that the instruction is in; FLAME_DSO_NONE: no map covers it
 * bias  process address of the file's offset 0 */
struct flame_code_place {
    const struct flame_rule *rule;
    enum flame_stack_end why;
    uint32_t dso;
    uint64_t bias;
};

/* query->pc is looked up as it is. Thread-safe; loads objects as flame_symbolize_place does; the
 * rule lives until flame_symbolizer_release. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_symbolize_code(struct flame_symbolizer *symbolizer,
                                       const struct flame_symbol_query *query,
                                       struct flame_code_place *place);

/* What an object's file says of the machine that it is for: ELF's number of it, and whether its
 * byte order is not the host's. 0: it has no file that is known to be the recorded one, or none in
 * ELF. */
struct flame_code_machine {
    unsigned elf_machine;
    bool swap;
};

/* Thread-safe; loads the object. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_symbolize_machine(struct flame_symbolizer *symbolizer, uint32_t dso,
                                          struct flame_code_machine *machine);

/* The number at a user-space address, size bytes in the file's byte order, where it lies in a part
 * of an object that is never written. False: not known. Thread-safe. */
bool flame_symbolize_word(struct flame_symbolizer *symbolizer, uint32_t space, uint64_t address,
                          unsigned size, uint64_t *value);

/* From now on note which words of its objects are given; before the first question. */
void flame_symbolizer_note_words(struct flame_symbolizer *symbolizer);

/* Add the offsets of those of one object to words. FLAME_OK or FLAME_NOMEM. */
struct flame_ranges;
enum flame_status flame_symbolizer_words(const struct flame_symbolizer *symbolizer, uint32_t dso,
                                         struct flame_ranges *words);

/* What a frame is.
 *
 * dso      index into the timeline's dsos; FLAME_DSO_NONE for FLAME_FRAME_UNMAPPED
 * unnamed  there was no symbol: the text is the object's name in brackets
 * symbol   the symbol's name as the object has it; NULL where there is none, and of what is inlined
 */
struct flame_frame_facts {
    uint32_t dso;
    enum flame_frame_kind kind;
    bool unnamed;
    const char *symbol;
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

/* The dso's object is being loaded elsewhere: until it is adopted, or no longer expected, who is
 * hurried gets no answer that needs it, and nobody else may ask. Before the first question. False:
 * memory is exhausted, and nothing is expected. */
bool flame_symbolizer_expect(struct flame_symbolizer *symbolizer, uint32_t dso);
void flame_symbolizer_expect_no_more(struct flame_symbolizer *symbolizer, uint32_t dso);

/* Take over an object that was loaded elsewhere, by a request equal to the dso's; object is then
 * the symbolizer's, unless memory is exhausted: false. Before the first question about it. */
bool flame_symbolizer_adopt(struct flame_symbolizer *symbolizer, uint32_t dso,
                            const struct flame_object *object);

#endif
