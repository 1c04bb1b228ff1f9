/* passed_over.c: why functions are not annotated, each reason once: of a kernel without code
 * hundreds of functions may be missing, and one line says it. */
#include "passed_over.h"

#include "terminal.h"

static bool same_reason(const struct flame_annotated_match *a,
                        const struct flame_annotated_match *b)
{
    return b->error.status == a->error.status && flame_str_equal(a->dso, b->dso) &&
           strcmp(a->error.text, b->error.text) == 0;
}

/* Why the first of a kind is passed over, and how many follow it for the same reason; false where
 * it is not the first. */
static bool is_first(const struct flame_annotation *a, size_t at, size_t *more)
{
    const struct flame_annotated_match *m = &a->matches[at];
    *more = 0;
    if (m->error.status == FLAME_OK)
        return false;
    for (size_t i = 0; i < at; i++)
        if (same_reason(&a->matches[i], m))
            return false;
    for (size_t i = at + 1; i < a->match_count; i++)
        *more += same_reason(&a->matches[i], m);
    return true;
}

void flame_cli_put_passed_over(struct flame_output *text, const struct flame_annotation *a,
                               const char *instead)
{
    size_t more, lines = 0, line = 0;
    for (size_t i = 0; i < a->match_count; i++)
        lines += is_first(a, i, &more);
    for (size_t i = 0; i < a->match_count; i++) {
        const struct flame_annotated_match *m = &a->matches[i];
        if (!is_first(a, i, &more))
            continue;
        flame_put_text(text, "flamedata: ");
        flame_cli_put_safe(text, m->symbol);
        flame_put_text(text, " (");
        if (a->event_count && a->events[0].total.period) {
            flame_cli_put_share(text, m->hits[0].period, a->events[0].total.period);
            flame_put_text(text, ", ");
        }
        flame_cli_put_safe(text, m->dso);
        flame_put_text(text, ")");
        if (more)
            flame_putf(text, " and %zu more function%s are", more, more == 1 ? "" : "s");
        else
            flame_put_text(text, " is");
        flame_put_text(text, " not shown: ");
        struct flame_error why = m->error;
        if (why.path && flame_str_is(m->dso, why.path))
            why.path = NULL;
        char words[4096];
        flame_error_format(&why, words, sizeof words);
        flame_cli_put_safe(text, flame_str_from(words));
        if (instead && ++line == lines)
            flame_putf(text, "; %s", instead);
        flame_put_text(text, "\n");
    }
}
