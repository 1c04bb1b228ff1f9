/* verdict_parts.h: what the files that write the verdict share. */
#ifndef FLAME_CLI_VERDICT_PARTS_H
#define FLAME_CLI_VERDICT_PARTS_H

#include <flamedata/output.h>
#include <flamedata/session.h>

struct flame_cli_wording;

/* Begin and end what deserves attention; nothing without colour. */
void flame_cli_warn(struct flame_output *out, bool colour, bool on);

/* "1 sample", "1,234 samples" */
void flame_cli_put_count(struct flame_output *out, uint64_t count, const char *one,
                         const char *many);

/* Whether part of the weight is worth a line. */
bool flame_cli_deserves_a_line(uint64_t part, uint64_t weight);

bool flame_cli_has_no_chains(const struct flame_verdict *verdict);

/* Append a line for each of the heaviest objects that lack names. */
void flame_cli_put_unnamed(struct flame_output *out, const struct flame_verdict *verdict,
                           const struct flame_cli_wording *wording);

/* Append a line for each of the first objects whose names are only trusted. */
void flame_cli_put_cautions(struct flame_output *out, const struct flame_verdict *verdict,
                            bool colour);

/* How many of the objects, the heaviest, have a line of their own; those of a table all have. */
size_t flame_cli_shown_objects(const struct flame_verdict *verdict,
                               const struct flame_cli_wording *wording);

/* Append why callers are missing, and how to record them; nothing when they are not. */
void flame_cli_put_stacks(struct flame_output *out, const struct flame_verdict *verdict,
                          const struct flame_cli_wording *wording);

#endif
