/* losses.c: what could not be read: the first few one by one, the rest in sum. */
#include "perf_data.h"

struct flame_loss *flame_perf_lose(struct flame_perf_losses *losses)
{
    size_t i = losses->count++ < FLAME_PERF_LOSSES ? losses->count - 1 : FLAME_PERF_LOSSES;
    losses->items[i] = (struct flame_loss){ .error = FLAME_ERROR_INIT };
    return &losses->items[i];
}

void flame_perf_wound_begin(struct flame_perf_losses *losses, struct flame_perf_wound *wound,
                            const struct flame_error *error)
{
    flame_perf_wound_end(losses, wound);
    struct flame_loss *kept = flame_perf_lose(losses);
    kept->error = *error;
    *wound = (struct flame_perf_wound){ .loss = *kept, .open = true };
    wound->kept = losses->count <= FLAME_PERF_LOSSES ? kept : NULL;
}

void flame_perf_wound_grow(struct flame_perf_losses *losses, struct flame_perf_wound *wound,
                           uint64_t bytes)
{
    losses->bytes += bytes;
    wound->loss.bytes += bytes;
    if (wound->kept)
        wound->kept->bytes += bytes;
}

void flame_perf_wound_end(struct flame_perf_losses *losses, struct flame_perf_wound *wound)
{
    if (wound->open && losses->tell)
        losses->tell(losses->user, &wound->loss);
    wound->open = false;
}

void flame_perf_losses_add(struct flame_perf_losses *losses, const struct flame_perf_losses *more)
{
    for (uint64_t i = 0; i < more->count && i < FLAME_PERF_LOSSES; i++)
        *flame_perf_lose(losses) = more->items[i];
    losses->bytes += more->bytes;
    losses->early |= more->early;
    if (more->count > FLAME_PERF_LOSSES)
        losses->count += more->count - FLAME_PERF_LOSSES;
}
