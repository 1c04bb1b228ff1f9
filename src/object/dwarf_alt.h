/* dwarf_alt.h: the file to which dwz moved what several programs have in common. */
#ifndef FLAME_OBJECT_DWARF_ALT_H
#define FLAME_OBJECT_DWARF_ALT_H

#include "dwarf_file.h"
#include "object.h"
#include "source.h"

/* source   what was found, closed if nothing was
 * path     where; NULL: nowhere
 * file     its debug information
 * nothing  debug information without any: whatever else libdw opens must have it for its alternate
 *          file (dwarf_setalt), or libdw looks for one by itself */
struct flame_dwarf_alt {
    struct flame_source source;
    char *path;
    struct flame_dwarf_file file, nothing;
};

/* Find what dwarf's .gnu_debugaltlink asks for, and tell libdw; must come before anything is read
 * from dwarf.
 *
 * elf     the file that dwarf reads
 * holder  the path of that file: a link without a slash in front counts from its folder
 * path    of the program that it belongs to, as the recorded machine has it; either may be "", not
 *         known
 *
 * A file with another build-id than the link's does not count. FLAME_OK or FLAME_NOMEM; a file that
 * is not there is no failure. */
enum flame_status flame_dwarf_alt_open(struct flame_dwarf_alt *alt, Dwarf *dwarf,
                                       const struct flame_elf *elf, const char *holder,
                                       const char *path, const struct flame_symbol_places *places);

/* Call it when dwarf has been closed. The all-zero value may be closed, too. */
void flame_dwarf_alt_close(struct flame_dwarf_alt *alt);

#endif
