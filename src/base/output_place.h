/* output_place.h: a file that is written beside its final name, and appears when it is whole.
 *
 * Until then it has no name, where the system knows such files, so that whoever ends the process
 * leaves nothing behind; elsewhere it is called TARGET.PID-N.tmp (of a long name the beginning),
 * and only a process that is killed leaves it. What is there already is replaced as a whole or not
 * at all. */
#ifndef FLAME_BASE_OUTPUT_PLACE_H
#define FLAME_BASE_OUTPUT_PLACE_H

#include <stdbool.h>
#include <sys/stat.h>

/* All zero is none.
 *
 * target     where it is going to be: the path with links followed, since a link stays a link
 * temporary  its name until then; NULL: it has none */
struct flame_output_place {
    char *target, *temporary;
};

/* Create what is going to be path, never following or overwriting what is there. there is the file
 * that path leads to, whose mode it keeps, whatever the umask; NULL: there is none. A descriptor to
 * write to, which is the caller's; -1 with errno, the place is then none. ENOENT: there is no such
 * folder, or what is there has no name in one (it was removed, and somebody has it open). */
int flame_output_place_open(struct flame_output_place *place, const char *path,
                            const struct stat *there);

/* Put what was written to fd where it belongs; false with errno: nothing has changed there. */
bool flame_output_place_settle(struct flame_output_place *place, int fd);

/* Remove what has not been settled. */
void flame_output_place_clear(struct flame_output_place *place);

#endif
