/* manifest_words.h: words of the manifest, for who writes and who reads it. */
#ifndef FLAME_PACK_MANIFEST_WORDS_H
#define FLAME_PACK_MANIFEST_WORDS_H

#include "manifest.h"

extern const char *const flame_manifest_kinds[FLAME_OBJECT_PLAIN + 1];
extern const char *const flame_manifest_states[FLAME_OBJECT_UNREADABLE + 1];

#endif
