/* entity.h: characters that mean something to XML and HTML. */
#ifndef FLAME_BASE_ENTITY_H
#define FLAME_BASE_ENTITY_H

#include <stddef.h>
#include <stdint.h>

/* What is written instead of a character, in content and in quoted attributes; NULL: itself. */
static inline const char *flame_entity(uint32_t c)
{
    switch (c) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

#endif
