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

/* What is the matter: an advice up to the "; " in front of what to do. */
struct flame_str flame_cli_matter_of(struct flame_str advice);

/* Append an object's step. Where it is that of one of the count earlier objects, or begins with it,
 * that part is only referred to: "; as above", by name "; as for libfoo.so". False: that is all. */
bool flame_cli_put_step(struct flame_output *out, const struct flame_object_report *object,
                        const struct flame_object_report *const *earlier, size_t count,
                        bool by_name);

/* Append lines about the heaviest objects that lack names: one for all that the same step helps. */
void flame_cli_put_unnamed(struct flame_output *out, const struct flame_verdict *verdict,
                           bool colour);

/* Append a line for each of the first objects whose names are only trusted. */
void flame_cli_put_cautions(struct flame_output *out, const struct flame_verdict *verdict,
                            bool colour);

/* Append the first thing that was lost, without a line break; there is one. */
void flame_cli_put_first_loss(struct flame_output *out, const struct flame_verdict *verdict);

/* Whether what to do about the end's object stands in one of those lines, or in a table. */
bool flame_cli_tells_of(const struct flame_verdict *verdict,
                        const struct flame_cli_wording *wording,
                        const struct flame_end_report *end);

/* Append why callers are missing, and how to record them; nothing when they are not. */
void flame_cli_put_stacks(struct flame_output *out, const struct flame_verdict *verdict,
                          const struct flame_cli_wording *wording);

#endif
