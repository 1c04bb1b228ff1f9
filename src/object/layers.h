/* layers.h: the folders that containers on this machine are made of. */
#ifndef FLAME_OBJECT_LAYERS_H
#define FLAME_OBJECT_LAYERS_H

#include "path_list.h"

#include <flamedata/str.h>

/* Where layers are looked for.
 *
 * mounts   a list of mounts like /proc/self/mountinfo; NULL: none
 * stores   [store_count] patterns, as glob(3), of the folders in which container engines keep
 *          layers */
struct flame_layer_stores {
    const char *mounts;
    const char *const *stores;
    size_t store_count;
};

struct flame_layers;

/* Layers as they are on this machine, or in other stores, which are borrowed. Nothing is looked at
 * yet. NULL when memory is exhausted. */
struct flame_layers *flame_layers_create(void);
struct flame_layers *flame_layers_create_of(const struct flame_layer_stores *stores);
void flame_layers_free(struct flame_layers *layers);

/* Add path, from the root of a container, below each of the layers that has it. The layers are
 * found once, by the first call. Thread-safe. */
void flame_layers_add(struct flame_layers *layers, struct flame_paths *paths, const char *path);

/* Add the layers of the overlay mounts in text, which is as /proc/self/mountinfo, to roots. */
void flame_layers_of_mounts(struct flame_str text, struct flame_paths *roots);

#endif
