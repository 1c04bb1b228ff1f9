/* vdso.h: the code page that a kernel maps into every process. */
#ifndef FLAME_OBJECT_VDSO_H
#define FLAME_OBJECT_VDSO_H

#include "object.h"

/* Load the symbols of a vDSO: this process's own when it has the recorded build-id (or none was
 * recorded, and this is the same machine), else the one in perf's cache. Returns FLAME_OK or
 * FLAME_NOMEM. */
enum flame_status flame_object_load_vdso(struct flame_object *object,
                                         const struct flame_object_request *request,
                                         const struct flame_symbol_places *places);

#endif
