/* vec.h: growable arrays of one type.
 *
 *     struct { struct flame_symbol *items; size_t count, cap; } symbols = { 0 };
 *     if (!flame_vec_push(&symbols, symbol)) return FLAME_NOMEM;
 *     flame_vec_free(&symbols); */
#ifndef FLAME_BASE_VEC_H
#define FLAME_BASE_VEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#define FLAME_VEC(type)                                                                            \
    struct {                                                                                       \
        type *items;                                                                               \
        size_t count, cap;                                                                         \
    }

/* items with room for more behind count, *cap raised; NULL (items still valid) when memory is
 * exhausted. */
void *flame_vec_grow(void *items, size_t *cap, size_t count, size_t more, size_t size);

/* Make room for more items behind count; false, and nothing changed, when memory is exhausted. */
#define flame_vec_reserve(v, more)                                                                 \
    ((more) <= (v)->cap - (v)->count || __extension__({                                            \
         __typeof__((v)->items) grown_ =                                                           \
             flame_vec_grow((v)->items, &(v)->cap, (v)->count, (more), sizeof *(v)->items);        \
         if (grown_)                                                                               \
             (v)->items = grown_;                                                                  \
         grown_ != NULL;                                                                           \
     }))

/* Where there is room, there are items; clang-tidy has to be told. */
#ifdef __clang_analyzer__
#define flame_vec_has_items(v) ((v)->items != NULL)
#else
#define flame_vec_has_items(v) true
#endif

#define flame_vec_push(v, ...)                                                                     \
    (flame_vec_reserve((v), 1) && flame_vec_has_items(v) &&                                        \
     ((v)->items[(v)->count++] = (__VA_ARGS__), true))

/* Give back the room behind count. */
#define flame_vec_fit(v)                                                                           \
    __extension__({                                                                                \
        __typeof__((v)->items) fitted_ =                                                           \
            (v)->count ? realloc((v)->items, (v)->count * sizeof *(v)->items) : NULL;              \
        if (fitted_) {                                                                             \
            (v)->items = fitted_;                                                                  \
            (v)->cap = (v)->count;                                                                 \
        }                                                                                          \
    })

#define flame_vec_free(v) (free((v)->items), (v)->items = NULL, (v)->count = (v)->cap = 0)

#endif
