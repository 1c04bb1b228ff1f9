/* cfi.c: call-frame information, read by libdw.
 *
 * libdw knows the encodings of .eh_frame and .debug_frame on every architecture, and perf itself
 * uses it. Only the return address's rule is asked for; nothing is unwound. Source: DWARF 5, 6.4;
 * elfutils libdw.h. */
#include "cfi.h"

#include "elf_file.h"

#include <elfutils/libdw.h>
#include <stdlib.h>

enum { FILES_MAX = 2 };

/* dwarf  owns debug_frame; eh_frame is owned by this */
struct source {
    struct flame_elf elf;
    Dwarf *dwarf;
    Dwarf_CFI *eh_frame, *debug_frame;
};

/* program  the one of sources that was mapped; NULL: it cannot be read */
struct flame_cfi {
    struct source sources[FILES_MAX];
    size_t count;
    const struct source *program;
};

static void close_source(struct source *s)
{
    if (s->eh_frame)
        dwarf_cfi_end(s->eh_frame);
    if (s->dwarf)
        dwarf_end(s->dwarf);
    flame_elf_close(&s->elf);
}

static enum flame_status open_source(struct source *s, const struct flame_file *file)
{
    enum flame_status status = flame_elf_open(&s->elf, file->bytes, file->size);
    if (status != FLAME_OK)
        return status;
    s->eh_frame = dwarf_getcfi_elf(s->elf.handle);
    if (flame_elf_section(&s->elf, ".debug_frame", SHT_NULL) ||
        flame_elf_section(&s->elf, ".zdebug_frame", SHT_NULL))
        s->dwarf = dwarf_begin_elf(s->elf.handle, DWARF_C_READ, NULL);
    if (s->dwarf)
        s->debug_frame = dwarf_getcfi(s->dwarf);
    return FLAME_OK;
}

enum flame_status flame_cfi_open(struct flame_cfi **out, const struct flame_object *object)
{
    struct flame_cfi *cfi = *out = calloc(1, sizeof *cfi);
    enum flame_status status = cfi ? FLAME_OK : FLAME_NOMEM;
    bool any = false;
    for (size_t i = 0; status == FLAME_OK && i < object->files.count && i < FILES_MAX; i++) {
        struct source *s = &cfi->sources[cfi->count];
        status = open_source(s, &object->files.items[i]);
        cfi->count += status == FLAME_OK;
        if (status == FLAME_OK && i + 1 == object->files.count)
            cfi->program = s;
        any = any || s->eh_frame || s->debug_frame;
        if (status == FLAME_FORMAT)
            status = FLAME_OK;
    }
    if (status != FLAME_OK || !any || !cfi->program) {
        flame_cfi_close(cfi);
        *out = NULL;
    }
    return status;
}

void flame_cfi_close(struct flame_cfi *cfi)
{
    for (size_t i = 0; cfi && i < cfi->count; i++)
        close_source(&cfi->sources[i]);
    free(cfi);
}

/* The address, as the file's headers count, of an offset of the file; false outside of it. */
static bool address_of(const struct flame_elf *elf, uint64_t offset, uint64_t *address)
{
    for (size_t i = 0; i < elf->load_count; i++) {
        const GElf_Phdr *p = &elf->loads[i];
        if (offset >= p->p_offset && offset - p->p_offset < p->p_memsz) {
            *address = offset - p->p_offset + p->p_vaddr;
            return true;
        }
    }
    return false;
}

static enum flame_return_place place_in(Dwarf_CFI *cfi, uint64_t address)
{
    Dwarf_Frame *frame = NULL;
    enum flame_return_place place = FLAME_RETURN_UNKNOWN;
    if (!cfi || dwarf_cfi_addrframe(cfi, address, &frame) != 0)
        return place;
    Dwarf_Op memory[3], *ops = memory;
    size_t count = 0;
    int reg = dwarf_frame_info(frame, NULL, NULL, NULL);
    if (reg >= 0 && dwarf_frame_register(frame, reg, memory, &ops, &count) == 0) {
        if (count)
            place = FLAME_RETURN_SAVED;
        else if (!ops) /* "same value"; memory itself would say that there is no caller */
            place = FLAME_RETURN_IN_REGISTER;
    }
    free(frame);
    return place;
}

enum flame_return_place flame_cfi_return_place(struct flame_cfi *cfi, uint64_t offset)
{
    /* A separate debug file's headers count addresses as the program's do, but its offsets are its
     * own. */
    uint64_t address;
    if (!cfi || !address_of(&cfi->program->elf, offset, &address))
        return FLAME_RETURN_UNKNOWN;
    enum flame_return_place place = FLAME_RETURN_UNKNOWN;
    for (size_t i = cfi->count; i-- > 0 && place == FLAME_RETURN_UNKNOWN;) {
        place = place_in(cfi->sources[i].eh_frame, address);
        if (place == FLAME_RETURN_UNKNOWN)
            place = place_in(cfi->sources[i].debug_frame, address);
    }
    return place;
}
