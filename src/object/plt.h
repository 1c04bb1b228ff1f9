/* plt.h: names for procedure linkage table slots. */
#ifndef FLAME_OBJECT_PLT_H
#define FLAME_OBJECT_PLT_H

#include "elf_file.h"
#include "symbols.h"

/* Add "function@plt" for each slot of the runtime image's PLT, by file offset, and settle. symbols
 * must be settled: slots of indirect functions are named after the symbol at their resolver. Names
 * are borrowed from runtime's bytes. false when memory is exhausted. */
bool flame_plt_add(struct flame_symbols *symbols, const struct flame_elf *runtime);

#endif
