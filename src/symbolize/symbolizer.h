/* symbolizer.h: what a symbolizer consists of. Private to this folder. */
#ifndef FLAME_SYMBOLIZER_H
#define FLAME_SYMBOLIZER_H

#include "elf_file.h"
#include "intern.h"
#include "ranges.h"
#include "symbolize.h"

#include <pthread.h>
#include <stdatomic.h>

/* One dso's object. expected: another thread is loading it, and will have it adopted. cfi, dwarf
 * and program (the mapped file) are opened when they are first asked for, and asked under the lock.
 * words are those of it that were given, where they are noted; word_limit: how many ranges there
 * may be before those that are the same become one; lost_words: memory was exhausted. */
struct flame_symbol_entry {
    pthread_mutex_t lock;
    atomic_bool loaded, expected;
    uint32_t base;
    struct flame_object object;
    struct flame_cfi *cfi;
    struct flame_dwarf *dwarf;
    struct flame_elf program;
    struct flame_ranges words;
    size_t word_limit;
    bool asked_for_cfi, asked_for_program, lost_words;
    atomic_int dwarf_state; /* enum flame_dwarf_state */
};

enum flame_dwarf_state { FLAME_DWARF_UNASKED, FLAME_DWARF_ABSENT, FLAME_DWARF_THERE };

/* A run of frame numbers from base on: a dso's symbols; or, where special is not
 * FLAME_INTERN_NONE, one frame. */
struct flame_frame_run {
    uint32_t base, dso, special;
};

/* What a frame is that is not simply a symbol's: an inlined function, or a place with its source
 * line. symbol is the frame number of the symbol, FLAME_FRAME_UNMAPPED for an inlined function.
 * Texts are the debug information's, which has each once; file NULL: no line. */
struct flame_frame_special {
    const char *name, *file;
    uint32_t dso, symbol, line, unused;
};

enum { FLAME_FRAMES_CHUNK = 1 << 12, FLAME_FRAMES_CHUNKS = 1 << 12 };

/* lock      guards what follows it, as long as frames are made
 * specials  struct flame_frame_special as bytes; number_of: their frame numbers
 * several   rows of frame numbers as bytes; the same rows for readers without a lock, who got their
 *           index under it: chunks of FLAME_FRAMES_CHUNK */
struct flame_frame_numbers {
    atomic_uint_fast64_t next;
    pthread_mutex_t lock;
    struct flame_intern specials, several;
    FLAME_VEC(uint32_t) number_of;
    struct flame_frames *chunks[FLAME_FRAMES_CHUNKS];
    struct flame_arena rows;
    FLAME_VEC(struct flame_frame_run) runs; /* sorted by base, after sealing */
};

struct flame_symbolizer {
    const struct flame_timeline *timeline;
    struct flame_symbol_places places;
    struct flame_frame_detail detail;
    bool notes_words;
    /* One per dso; NULL until it is asked for: of a jitdump's methods most never are. */
    FLAME_VEC(_Atomic(struct flame_symbol_entry *)) entries;
    uint32_t kernel; /* the kernel's dso, or FLAME_DSO_NONE */
    struct flame_frame_numbers frames;
};

static inline const struct flame_dso *flame_dso_at(const struct flame_symbolizer *s, uint32_t dso)
{
    return &s->timeline->dsos.list.items[dso];
}

/* The dso's object, loaded if need be. FLAME_OK, FLAME_NOMEM, or for who is hurried FLAME_EMPTY. */
enum flame_status flame_symbolizer_load(struct flame_symbolizer *s, uint32_t dso, bool hurried,
                                        struct flame_symbol_entry **out);

/* pc as the object's symbols are addressed. */
uint64_t flame_symbol_address(const struct flame_dso *dso, const struct flame_object *object,
                              const struct flame_map *map, uint64_t pc);

void flame_frames_init(struct flame_symbolizer *s);
void flame_frames_deinit(struct flame_symbolizer *s);

/* count new frame numbers from *base on. FLAME_OK or FLAME_NOMEM: there are none left. */
enum flame_status flame_frames_reserve(struct flame_symbolizer *s, uint64_t count, uint32_t *base);

#endif
