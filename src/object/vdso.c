/* vdso.c: symbols of the vDSO. Source: vdso(7); Linux tools/perf/util/vdso.c. */
#include "vdso.h"

#include "build_id.h"
#include "debug_file.h"
#include "search_path.h"
#include "source.h"

#include <string.h>

#ifdef __linux__
#include <link.h>
#include <sys/auxv.h>

/* A copy of this process's vDSO; closed when there is none, or no memory. */
static struct flame_file own_vdso(void)
{
    struct flame_file file = { 0 };
    const uint8_t *image = (const uint8_t *)getauxval(AT_SYSINFO_EHDR);
    if (!image)
        return file;
    ElfW(Ehdr) header;
    memcpy(&header, image, sizeof header);
    /* The kernel gives no size: the section headers are the last thing in it. */
    size_t size = header.e_shoff + (size_t)header.e_shnum * header.e_shentsize;
    uint8_t *copy = malloc(size);
    if (copy) {
        memcpy(copy, image, size);
        file.bytes = copy;
        file.size = size;
    }
    return file;
}
#else
static struct flame_file own_vdso(void)
{
    struct flame_file file = { 0 };
    return file;
}
#endif

static enum flame_status load_first(struct flame_object *object, const struct flame_build_id *id,
                                    const struct flame_paths *paths,
                                    const struct flame_symbol_places *places)
{
    enum flame_status status = paths->failed ? FLAME_NOMEM : FLAME_OK;
    bool done = false;
    for (size_t i = 0; i < paths->list.count && status == FLAME_OK && !done; i++) {
        struct flame_source source;
        status = flame_source_open(&source, places->depot, paths->list.items[i], id);
        done = flame_source_usable(&source);
        if (status == FLAME_OK && done)
            status = flame_object_use(object, &source, paths->list.items[i]);
        flame_source_close(&source);
    }
    return status;
}

/* Load a copy of it, in perf's cache or an archive. */
static enum flame_status load_copy(struct flame_object *object, const struct flame_build_id *id,
                                   const struct flame_symbol_places *places)
{
    struct flame_paths cached, packed;
    if (id->size == 0)
        return FLAME_OK;
    flame_paths_init(&cached);
    flame_paths_init(&packed);
    flame_search_add_vdsos(&cached, places, id);
    enum flame_status status = load_first(object, id, &cached, places);
    if (status == FLAME_OK && !object->program) {
        flame_search_add_depot(&packed, places, id);
        status = load_first(object, id, &packed, places);
    }
    flame_paths_deinit(&cached);
    flame_paths_deinit(&packed);
    return status;
}

enum flame_status flame_object_load_vdso(struct flame_object *object,
                                         const struct flame_object_request *request,
                                         const struct flame_symbol_places *places)
{
    const struct flame_build_id *want = &request->build_id;
    struct flame_source own;
    struct flame_file file = { 0 };
    if (!places->symfs)
        file = own_vdso();
    enum flame_status status = flame_source_take(&own, file, want);
    object->state = FLAME_OBJECT_MISSING;
    if (want->size == 0 && !places->same_boot) {
        object->state = FLAME_OBJECT_UNVERIFIED;
    } else if (status == FLAME_OK && flame_source_usable(&own) && own.elf.wide != request->narrow) {
        status = flame_object_use(object, &own, "[vdso]");
    } else if (status == FLAME_OK) {
        if (own.state == FLAME_OBJECT_MISMATCH) {
            object->state = FLAME_OBJECT_MISMATCH;
            object->found_id = own.id;
        }
        status = load_copy(object, want, places);
    }
    flame_source_close(&own);
    return status;
}
