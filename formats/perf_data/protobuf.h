/* protobuf.h: the fields of a protocol-buffer message, one by one.
 *
 * Knows the encoding, no schema. Nothing is descended into but by the caller, so a message cannot
 * nest deeper than its reader looks. Source: protobuf.dev, "Encoding". */
#ifndef FLAME_PERF_DATA_PROTOBUF_H
#define FLAME_PERF_DATA_PROTOBUF_H

#include "cursor.h"

enum flame_protobuf_wire {
    FLAME_PROTOBUF_VARINT = 0,
    FLAME_PROTOBUF_FIXED64 = 1,
    FLAME_PROTOBUF_BYTES = 2,
    FLAME_PROTOBUF_FIXED32 = 5,
};

/* value  of a VARINT
 * body   of BYTES: a string, or a message within */
struct flame_protobuf_field {
    uint32_t number;
    enum flame_protobuf_wire wire;
    uint64_t value;
    struct flame_cursor body;
};

/* The next field. False at the message's end, and with c failed where there is none: a number or a
 * length that does not fit, a wire type that is not one of the above. */
bool flame_protobuf_next(struct flame_cursor *c, struct flame_protobuf_field *field);

/* A field as what its schema says it is; another wire type fails c. what is for the message. */
uint64_t flame_protobuf_number(struct flame_cursor *c, const struct flame_protobuf_field *field,
                               const char *what);
struct flame_cursor flame_protobuf_body(struct flame_cursor *c,
                                        const struct flame_protobuf_field *field, const char *what);

#endif
