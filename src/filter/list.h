/* list.h: the lists in which filters are spelled: names "a,b", and numbers "0-3,7". */
#ifndef FLAME_FILTER_LIST_H
#define FLAME_FILTER_LIST_H

#include "vec.h"

#include <flamedata/error.h>
#include <flamedata/str.h>

/* Both ends belong to it. */
struct flame_span {
    uint64_t first, last;
};

/* Ordered and apart, once flame_spans_settle was called. */
struct flame_spans {
    FLAME_VEC(struct flame_span) list;
};

/* Order the ranges, and make one of those that overlap. */
void flame_spans_settle(struct flame_spans *ranges);

/* Whether any of the settled ranges holds the number. */
bool flame_spans_have(const struct flame_spans *ranges, uint64_t number);

/* Read "0-3,7": numbers from 0 to most, and ranges of them. what is the filter's name for messages.
 * FLAME_OK (ranges are settled), FLAME_USAGE or FLAME_NOMEM. */
enum flame_status flame_spans_read(struct flame_spans *ranges, const char *what, const char *text,
                                   uint64_t most, struct flame_error *error);

/* A number without sign, at most nine decimals behind its point, as billionths: "1.5" is
 * 1500000000. Moves *text behind it; false, with *text where it was, when there is none or it is
 * beyond 64 bits. */
bool flame_decimal_read(const char **text, uint64_t *billionths);

/* Whether name is one of those in the list "a,b". A name may hold commas itself: what counts is
 * that it stands in the list between two of them, or an end. */
bool flame_list_has(const char *list, struct flame_str name);

#endif
