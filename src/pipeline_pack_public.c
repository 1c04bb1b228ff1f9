/* pipeline_pack_public.c: debug information may name any file, and who packs may be root.
 *
 * So a file is packed if it is called as source text is, everybody on this machine may read it
 * anyway, it is where source text is kept, and it is no newer than the recording: else it cannot be
 * what the program was built from. Links are followed first. What an honest program was built from
 * is left out, too, where it does not look so; that is told. */
#include "pipeline_pack_public.h"

#include "source_path.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_MOST = 32 << 20 }; /* bytes of one file, as annotate has it */

static uint64_t changed(const struct stat *st)
{
    return st->st_mtim.tv_sec < 0 ? 0
                                  : (uint64_t)st->st_mtim.tv_sec * UINT64_C(1000000000) +
                                        (uint64_t)st->st_mtim.tv_nsec;
}

static bool may_be_packed(const char *path, const struct stat *st, uint64_t recorded_ns)
{
    return (st->st_mode & S_IROTH) && st->st_size <= FILE_MOST &&
           (!recorded_ns || changed(st) <= recorded_ns) && flame_source_path_is_public(path);
}

/* Open a path without links, which may be replaced in between. */
static bool open_same(struct flame_file *file, const char *path, const struct stat *st)
{
    struct stat now;
    char *real;
    if (flame_file_open_plain(file, path, NULL) != FLAME_OK)
        return false;
    real = realpath(path, NULL);
    bool same = real && strcmp(real, path) == 0 && stat(path, &now) == 0 &&
                now.st_dev == st->st_dev && now.st_ino == st->st_ino &&
                now.st_mode == st->st_mode && file->size <= FILE_MOST;
    free(real);
    if (!same)
        flame_file_close(file);
    return same;
}

enum flame_pack_public flame_pack_open_source(struct flame_file *file, const char *path,
                                              uint64_t recorded_ns, uint64_t *changed_ns)
{
    enum flame_pack_public what = FLAME_PACK_SOURCE_NONE;
    struct stat st;
    char *real = realpath(path, NULL);
    *file = (struct flame_file){ 0 };
    if (real && stat(real, &st) == 0 && S_ISREG(st.st_mode)) {
        bool open = may_be_packed(real, &st, recorded_ns) && open_same(file, real, &st);
        what = open ? FLAME_PACK_SOURCE : FLAME_PACK_SOURCE_LEFT_OUT;
        *changed_ns = changed(&st);
    }
    free(real);
    return what;
}
