/* source.c: open and check one file. Source of the gate: Linux tools/perf/util/symbol-elf.c. */
#include "source.h"

#include "build_id.h"
#include "depot.h"
#include "minidebug.h"

#include <string.h>
#include <sys/stat.h>

static enum flame_status take(struct flame_source *source, struct flame_file file,
                              const struct flame_build_id *want, const struct flame_limits *limits)
{
    static const uint8_t xz[] = { 0xfd, '7', 'z', 'X', 'Z', 0 };
    enum flame_status status = FLAME_OK;
    *source = (struct flame_source){ .state = FLAME_OBJECT_UNREADABLE, .file = file };
    if (file.size > sizeof xz && memcmp(file.bytes, xz, sizeof xz) == 0) {
        struct flame_file unpacked;
        status = flame_xz_unpack(&unpacked, file.bytes, file.size, limits);
        flame_file_close(&source->file);
        source->file = unpacked;
    }
    if (status == FLAME_OK)
        status = flame_elf_open(&source->elf, source->file.bytes, source->file.size);
    if (status == FLAME_OK) {
        bool known = flame_build_id_from_elf(&source->elf, &source->id);
        bool right =
            !want || want->size == 0 || (known && flame_build_id_matches(want, &source->id));
        source->state = right ? FLAME_OBJECT_NAMED : FLAME_OBJECT_MISMATCH;
    }
    if (status == FLAME_NOMEM)
        flame_source_close(source);
    return status == FLAME_NOMEM ? FLAME_NOMEM : FLAME_OK;
}

enum flame_status flame_source_take(struct flame_source *source, struct flame_file file,
                                    const struct flame_build_id *want)
{
    return take(source, file, want, NULL);
}

enum flame_status flame_source_open(struct flame_source *source, struct flame_depot *depot,
                                    const char *path, const struct flame_build_id *want)
{
    struct flame_file file;
    struct stat st;
    *source = (struct flame_source){ .state = FLAME_OBJECT_MISSING };
    enum flame_status status = flame_depot_open(depot, path, &file, NULL);
    if (status != FLAME_OK) {
        if (stat(path, &st) == 0)
            source->state = FLAME_OBJECT_UNREADABLE;
        return status == FLAME_NOMEM ? FLAME_NOMEM : FLAME_OK;
    }
    return take(source, file, want, flame_depot_limits(depot));
}

void flame_source_close(struct flame_source *source)
{
    flame_elf_close(&source->elf);
    flame_file_close(&source->file);
    source->state = FLAME_OBJECT_MISSING;
}
