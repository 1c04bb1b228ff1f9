/* hits.h: sums of hits. */
#ifndef FLAME_ANNOTATE_HITS_H
#define FLAME_ANNOTATE_HITS_H

#include "sum.h"

#include <flamedata/annotate.h>

static inline void flame_hits_add(struct flame_hits *sum, const struct flame_hits *part)
{
    sum->samples += part->samples;
    sum->period = flame_sum(sum->period, part->period);
}

/* Take a part away that was added. */
static inline void flame_hits_take_back(struct flame_hits *sum, const struct flame_hits *part)
{
    sum->samples -= part->samples;
    sum->period -= part->period;
}

#endif
