/* pipeline_pack_public.h: whether a source file may go into a pack. Private to
 * src/pipeline_pack*.c. */
#ifndef FLAME_PIPELINE_PACK_PUBLIC_H
#define FLAME_PIPELINE_PACK_PUBLIC_H

#include "file.h"

/* What became of it: NONE: it is not there, or is empty; LEFT_OUT: it may not. */
enum flame_pack_public { FLAME_PACK_SOURCE_NONE, FLAME_PACK_SOURCE_LEFT_OUT, FLAME_PACK_SOURCE };

/* Open the text at path for a pack of what was recorded until recorded_ns (0: not known). file is
 * open after FLAME_PACK_SOURCE; *changed_ns is then when it was last changed. */
enum flame_pack_public flame_pack_open_source(struct flame_file *file, const char *path,
                                              uint64_t recorded_ns, uint64_t *changed_ns);

#endif
