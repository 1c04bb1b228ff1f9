/* pipeline_pack.h: a pack in the making. Private to src/pipeline_pack*.c. */
#ifndef FLAME_PIPELINE_PACK_H
#define FLAME_PIPELINE_PACK_H

#include "code.h"
#include "keep.h"
#include "packer.h"
#include "pipeline_pack_hits.h"
#include "pipeline_pack_sources.h"

#include <flamedata/pack.h>

/* What has to stay until the pack is written.
 *
 * codes   of objects, NULL where there is none
 * kepts   what is kept of an object's files
 * texts   lists of symbols
 * files   opened here */
struct flame_packing {
    struct flame_session *session;
    struct flame_pack_options options;
    struct flame_pack_contents contents;
    struct flame_packer packer;
    struct flame_pack_hits hits;
    struct flame_pack_sources sources;
    FLAME_VEC(struct flame_code_file *) codes;
    FLAME_VEC(struct flame_kept *) kepts;
    FLAME_VEC(struct flame_output *) texts;
    FLAME_VEC(struct flame_file) files;
    bool has_verdict;
};

/* When the file at path was changed last, wherever it was read from. */
uint64_t flame_pack_changed_ns(const struct flame_packing *packing, const char *path);

/* Add what is needed of an object, by its number; of a jitdump, by its marker's. FLAME_OK or
 * FLAME_NOMEM. */
enum flame_status flame_pack_add_object(struct flame_packing *packing, uint32_t dso);
enum flame_status flame_pack_add_dump(struct flame_packing *packing, uint32_t marker);

#endif
