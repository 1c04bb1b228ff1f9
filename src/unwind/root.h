/* root.h: functions at which a complete stack ends. */
#ifndef FLAME_UNWIND_ROOT_H
#define FLAME_UNWIND_ROOT_H

#include <flamedata/str.h>

/* Whether name is the first function of a program, a thread or a kernel task, so that a stack whose
 * outermost frame it is has lost nothing. Symbol versions (@@GLIBC_2.34) are ignored. */
bool flame_root_is(struct flame_str name);

#endif
