/* protobuf.c: see protobuf.h. */
#include "protobuf.h"

static void corrupt(struct flame_cursor *c, const char *what, const char *why)
{
    if (!c->failed)
        flame_fail(c->error, FLAME_CORRUPT, c->path, flame_cursor_offset(c), "%s: %s", what, why);
    c->failed = true;
    c->at = c->end;
}

static uint64_t take_varint(struct flame_cursor *c)
{
    static const char what[] = "a protobuf number";
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte = flame_cursor_u8(c, what);
        if (shift == 63 && byte > 1)
            break;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return value;
    }
    corrupt(c, what, "has more than 64 bits");
    return 0;
}

bool flame_protobuf_next(struct flame_cursor *c, struct flame_protobuf_field *field)
{
    enum { FIELD_MAX = (1 << 29) - 1, WIRE_BITS = 3 };
    if (c->failed || flame_cursor_left(c) == 0)
        return false;
    uint64_t key = take_varint(c), number = key >> WIRE_BITS;
    *field = (struct flame_protobuf_field){ 0 };
    if (number == 0 || number > FIELD_MAX) {
        corrupt(c, "a protobuf field", "has an impossible number");
        return false;
    }
    field->number = (uint32_t)number;
    field->wire = (enum flame_protobuf_wire)(key & ((1 << WIRE_BITS) - 1));
    switch (field->wire) {
    case FLAME_PROTOBUF_VARINT:
        field->value = take_varint(c);
        break;
    case FLAME_PROTOBUF_FIXED64:
        flame_cursor_take(c, 8, "a protobuf field");
        break;
    case FLAME_PROTOBUF_BYTES:
        field->body = flame_cursor_sub(c, take_varint(c), "a protobuf field");
        break;
    case FLAME_PROTOBUF_FIXED32:
        flame_cursor_take(c, 4, "a protobuf field");
        break;
    default:
        corrupt(c, "a protobuf field", "has an unknown wire type");
        break;
    }
    return !c->failed;
}

uint64_t flame_protobuf_number(struct flame_cursor *c, const struct flame_protobuf_field *field,
                               const char *what)
{
    if (field->wire == FLAME_PROTOBUF_VARINT)
        return field->value;
    corrupt(c, what, "is not a number");
    return 0;
}

struct flame_cursor flame_protobuf_body(struct flame_cursor *c,
                                        const struct flame_protobuf_field *field, const char *what)
{
    if (field->wire == FLAME_PROTOBUF_BYTES)
        return field->body;
    corrupt(c, what, "has no bytes");
    return flame_cursor_sub(c, 0, what);
}
