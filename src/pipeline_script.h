/* pipeline_script.h: what writing a script is made of. Private to src/pipeline_script*.c. */
#ifndef FLAME_PIPELINE_SCRIPT_H
#define FLAME_PIPELINE_SCRIPT_H

#include "perf_script.h"
#include "pipeline.h"

#include <flamedata/script.h>

/* A printer of samples, one by one, of a session whose first stages are done.
 *
 * fields  by event
 * places  addresses that were asked for lately
 * symbols, names  those that were asked for, by address, and their texts; borrowed by places
 * codes, details  instructions whose debug information was asked for, and what it says
 * text, room, pcs  room for a name, a stack, its addresses
 * leaves  NULL where no filter asks for them */
struct flame_script_detail {
    const struct flame_script_place *inlined; /* innermost first; their ip and offset are not set */
    size_t count;
    struct flame_str line; /* of the function around them */
};

struct flame_script {
    struct flame_session *session;
    struct flame_script_style style;
    bool no_chains;
    uint32_t *fields;
    struct flame_script_known *places;
    struct flame_intern symbols;
    FLAME_VEC(struct flame_str) names;
    struct flame_intern codes;
    FLAME_VEC(struct flame_script_detail) details;
    char *text;
    struct flame_chain_room *room;
    struct flame_pc *pcs;
    struct flame_leaf_cache *leaves;
    struct flame_output *out;
};

/* Room for the members from places to leaves. FLAME_OK or FLAME_NOMEM; to be deinited in any case.
 */
enum flame_status flame_script_print_init(struct flame_script *script);
void flame_script_print_deinit(struct flame_script *script);

/* Print a sample, unless the filters or its machine speak against it. FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_script_print(struct flame_script *script,
                                     const struct flame_sample *sample);

#endif
