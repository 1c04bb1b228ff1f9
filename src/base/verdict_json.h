/* verdict_json.h: what a result rests on, and what went wrong, as JSON. */
#ifndef FLAME_BASE_VERDICT_JSON_H
#define FLAME_BASE_VERDICT_JSON_H

#include "json.h"

#include <flamedata/session.h>

/* The member "verdict", an object. unit: that of its weights. */
void flame_json_verdict(struct flame_json *json, const struct flame_verdict *verdict,
                        enum flame_unit unit);

/* Members that say where and why: "path", "offset", "text". */
void flame_json_error(struct flame_json *json, const struct flame_error *error);

/* "nanoseconds", "events", "periods" */
const char *flame_json_unit(enum flame_unit unit);

#endif
