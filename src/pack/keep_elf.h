/* keep_elf.h: what to keep of one ELF file. Private to keep*.c. */
#ifndef FLAME_PACK_KEEP_ELF_H
#define FLAME_PACK_KEEP_ELF_H

#include "elf_file.h"
#include "ranges.h"
#include "touched.h"

/* Places of the mapped program that may be named: those hit, and those that code of theirs refers
 * to. As its own addresses (svma), and as offsets of its file; both settled.
 *
 * got        addresses of its global offset table
 * all        code cannot be asked what it refers to: everything may be
 * reference  a symbol that is looked up by its name */
struct flame_keep_names {
    struct flame_ranges svmas, offsets, got;
    struct flame_str reference;
    bool all;
};

/* One file while it is looked through.
 *
 * program    the mapped one: its headers place the symbols of all files
 * functions  offsets; NULL: this is not the mapped file
 * touched    what was read of debug information
 * handle     libdw's; is_read: this file's debug information was read, by it or by several
 * unwinds    rules are wanted
 * kept       out
 * copy       out: the file with changes, malloc'ed; NULL: nothing had to be changed
 * packed     out: where the sections were that are changed in it
 * failed     memory was exhausted */
struct flame_keep {
    struct flame_elf elf;
    const struct flame_elf *program;
    const struct flame_ranges *functions;
    const struct flame_keep_names *names;
    const struct flame_touched *touched;
    Dwarf *handle;
    struct flame_ranges *kept, *packed;
    uint8_t *copy;
    bool is_read, unwinds, failed;
};

/* Keep [offset, offset + size), as far as it is in the file; a whole section. */
void flame_keep_bytes(struct flame_keep *keep, uint64_t offset, uint64_t size);
void flame_keep_section(struct flame_keep *keep, const struct flame_elf_section *section);

/* Collect what may be named. false: memory is exhausted. */
bool flame_keep_find_names(struct flame_keep_names *names, const struct flame_elf *program,
                           const struct flame_ranges *functions);
void flame_keep_names_free(struct flame_keep_names *names);

/* Which relocations of a section give names: none of them (also of what has none), those of words
 * of the GOT, or all: those of the PLT. */
enum flame_keep_relocations {
    FLAME_KEEP_NONE_OF_THEM,
    FLAME_KEEP_THOSE_OF_GOT,
    FLAME_KEEP_ALL_OF_THEM
};
enum flame_keep_relocations flame_keep_relocations_of(const struct flame_elf_section *section);

/* Keep the symbols that names has, and those that relocations of the GOT and of the PLT name; with
 * these relocations, where the file is the mapped one. */
void flame_keep_symbols(struct flame_keep *keep);

/* Keep those of these offsets (settled) that are in the sections which are loaded. A symbol without
 * bytes may seem to lie behind them, in what debug information goes by its zeros. */
void flame_keep_loaded(struct flame_keep *keep, const struct flame_ranges *ranges);

/* Keep all but symbols and code: headers, notes, links, and what was packed and is read. */
void flame_keep_sections(struct flame_keep *keep);

/* Keep what was read of a compressed section, packed anew. False: that cannot be done, or gains
 * nothing. */
bool flame_keep_repacked(struct flame_keep *keep, const struct flame_elf_section *section);

#endif
