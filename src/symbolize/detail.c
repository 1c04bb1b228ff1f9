/* detail.c: what is known of an instruction beyond its symbol: how to leave its frame, what was
 * inlined there, its source line. */
#include "symbolizer.h"

/* Why no rule holds in an object that is loaded. */
static enum flame_stack_end end_in(const struct flame_dso *dso, const struct flame_object *object)
{
    if (object->state == FLAME_OBJECT_MISMATCH)
        return FLAME_END_MISMATCH;
    if (dso->kind == FLAME_DSO_PLAIN) /* [stack], [heap]: a caller's address that is none */
        return FLAME_END_UNMAPPED;
    bool wanted = dso->kind == FLAME_DSO_FILE || dso->kind == FLAME_DSO_VDSO;
    return wanted && object->files.count == 0 ? FLAME_END_NO_OBJECT : FLAME_END_NO_CFI;
}

static enum flame_status find_rule(struct flame_symbol_entry *e, uint64_t offset,
                                   const struct flame_rule **rule)
{
    enum flame_status status = FLAME_OK;
    pthread_mutex_lock(&e->lock);
    if (!e->asked_for_cfi)
        status = flame_cfi_open(&e->cfi, &e->object);
    e->asked_for_cfi = status == FLAME_OK;
    if (status == FLAME_OK)
        status = flame_cfi_rule(e->cfi, offset, rule);
    pthread_mutex_unlock(&e->lock);
    return status;
}

enum flame_status flame_symbolize_code(struct flame_symbolizer *s,
                                       const struct flame_symbol_query *q,
                                       struct flame_code_place *place)
{
    *place = (struct flame_code_place){ .why = FLAME_END_UNMAPPED, .dso = FLAME_DSO_NONE };
    const struct flame_map *map = flame_space_find(&s->timeline->spaces, q->space, q->pc);
    struct flame_symbol_entry *e;
    if (!map)
        return FLAME_OK;
    enum flame_status status = flame_symbolizer_load(s, map->dso, false, &e);
    if (status != FLAME_OK)
        return status;
    const struct flame_dso *dso = flame_dso_at(s, map->dso);
    place->dso = map->dso;
    place->why = end_in(dso, &e->object);
    place->bias = map->start - map->pgoff;
    uint64_t offset = flame_symbol_address(dso, &e->object, map, q->pc);
    return e->object.files.count ? find_rule(e, offset, &place->rule) : FLAME_OK;
}

/* Whether there is a mapped file to read; it is opened if need be. Under the entry's lock. */
static bool has_program(struct flame_symbol_entry *e)
{
    size_t count = e->object.files.count;
    if (!e->asked_for_program && count) {
        const struct flame_file *file = &e->object.files.items[count - 1];
        flame_elf_open(&e->program, file->bytes, file->size); /* closed if it cannot be */
    }
    e->asked_for_program = true;
    return e->program.handle;
}

enum flame_status flame_symbolize_machine(struct flame_symbolizer *s, uint32_t dso,
                                          struct flame_code_machine *machine)
{
    struct flame_symbol_entry *e;
    *machine = (struct flame_code_machine){ 0 };
    enum flame_status status = flame_symbolizer_load(s, dso, false, &e);
    if (status != FLAME_OK)
        return status;
    pthread_mutex_lock(&e->lock);
    if (has_program(e))
        *machine = (struct flame_code_machine){ e->program.header.e_machine, e->program.swap };
    pthread_mutex_unlock(&e->lock);
    return FLAME_OK;
}

void flame_symbolizer_note_words(struct flame_symbolizer *s)
{
    s->notes_words = true;
}

enum flame_status flame_symbolizer_words(const struct flame_symbolizer *s, uint32_t dso,
                                         struct flame_ranges *words)
{
    const struct flame_symbol_entry *e = atomic_load(&s->entries.items[dso]);
    bool ok = !e || !e->lost_words;
    for (size_t i = 0; e && i < e->words.count; i++)
        ok = ok && flame_ranges_add(words, e->words.items[i].start, e->words.items[i].end);
    return ok ? FLAME_OK : FLAME_NOMEM;
}

/* Under the entry's lock. */
static void note_word(struct flame_symbol_entry *e, uint64_t offset, unsigned size)
{
    enum { FEW = 1024 };
    if (!flame_ranges_add(&e->words, offset, offset + size))
        e->lost_words = true;
    if (e->words.count < e->word_limit + FEW)
        return;
    flame_ranges_settle(&e->words);
    e->word_limit = 2 * e->words.count;
}

bool flame_symbolize_word(struct flame_symbolizer *s, uint32_t space, uint64_t address,
                          unsigned size, uint64_t *value)
{
    const struct flame_map *map = flame_space_find(&s->timeline->spaces, space, address);
    struct flame_symbol_entry *e;
    if (!map || size > map->end - address ||
        flame_symbolizer_load(s, map->dso, false, &e) != FLAME_OK)
        return false;
    uint64_t offset = flame_symbol_address(flame_dso_at(s, map->dso), &e->object, map, address);
    pthread_mutex_lock(&e->lock);
    bool known = has_program(e) && flame_elf_word(&e->program, offset, size, value);
    if (known && s->notes_words)
        note_word(e, offset, size);
    pthread_mutex_unlock(&e->lock);
    return known;
}

/* The object's debug information, opened if need be. Under the entry's lock. */
static enum flame_status open_dwarf(struct flame_symbolizer *s, struct flame_symbol_entry *e,
                                    const struct flame_dso *dso)
{
    if (atomic_load(&e->dwarf_state) != FLAME_DWARF_UNASKED)
        return FLAME_OK;
    enum flame_status status =
        flame_dwarf_open(&e->dwarf, &e->object, dso->path, &s->places, s->detail.lines);
    if (status == FLAME_OK)
        atomic_store(&e->dwarf_state, e->dwarf ? FLAME_DWARF_THERE : FLAME_DWARF_ABSENT);
    return status;
}

enum flame_status flame_symbolize_detail(struct flame_symbolizer *s,
                                         const struct flame_symbol_place *place, bool hurried,
                                         struct flame_place_detail *detail)
{
    *detail = (struct flame_place_detail){ 0 };
    if ((!s->detail.inlined && !s->detail.lines) || !place->symbol ||
        flame_dso_at(s, place->dso)->kind != FLAME_DSO_FILE)
        return FLAME_OK;
    struct flame_symbol_entry *e = atomic_load(&s->entries.items[place->dso]);
    if (e->object.files.count == 0 || atomic_load(&e->dwarf_state) == FLAME_DWARF_ABSENT)
        return FLAME_OK;
    /* Opening takes long; an answer from what is open does not. */
    if (!hurried || atomic_load(&e->dwarf_state) == FLAME_DWARF_THERE)
        pthread_mutex_lock(&e->lock);
    else if (pthread_mutex_trylock(&e->lock) != 0)
        return FLAME_EMPTY;
    enum flame_status status = open_dwarf(s, e, flame_dso_at(s, place->dso));
    if (status == FLAME_OK && s->detail.inlined)
        status =
            flame_dwarf_inlined(e->dwarf, place->code, &detail->inlined, &detail->inlined_count);
    if (status == FLAME_OK && s->detail.lines)
        status = flame_dwarf_line(e->dwarf, place->code, &detail->line);
    pthread_mutex_unlock(&e->lock);
    return status;
}
