/* folder_walk.h: all plain files below a folder. */
#ifndef FLAME_BASE_FOLDER_WALK_H
#define FLAME_BASE_FOLDER_WALK_H

#include "fail.h"

/* Call take with the path of each regular file below folder; false from it
 * ends the walk. Links to files count, those to folders are not followed, and file systems that the
 * kernel makes up are left out. Paths begin with folder and come in no order.
 *
 * Returns FLAME_OK; else error says what could not be looked through, and the rest was: FLAME_IO (a
 * folder that cannot be read), FLAME_LIMIT (too many entries, or folders too deep). */
enum flame_status flame_walk_files(const char *folder, bool (*take)(void *user, const char *path),
                                   void *user, struct flame_error *error);

#endif
