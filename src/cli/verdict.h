/* verdict.h: what the picture rests on, in two or three lines. */
#ifndef FLAME_CLI_VERDICT_H
#define FLAME_CLI_VERDICT_H

#include <flamedata/output.h>
#include <flamedata/session.h>

/* How it is worded. All zero is the short form without colour.
 *
 * colour     terminal colours for what deserves attention
 * set_apart  say that --show-truncated sets stacks apart, where many are cut off
 * whole      name every object and reason, not the heaviest alone */
struct flame_cli_wording {
    bool colour, set_apart, whole;
};

/* Append the verdict as lines of text: how much was counted of which event; how much of it can be
 * trusted; what was lost, if anything; and what to do about the objects without names. Names are
 * made safe for a terminal. */
void flame_cli_put_verdict(struct flame_output *out, const struct flame_verdict *verdict,
                           const struct flame_stacks *stacks,
                           const struct flame_cli_wording *wording);

/* Append, of the same, the lines about what was lost, left out as a guest's, or could not be read;
 * nothing when all is well. */
void flame_cli_put_losses(struct flame_output *out, const struct flame_verdict *verdict,
                          bool colour);

/* Whether data was lost, as --strict understands it: samples that the kernel dropped, records that
 * could not be used, a file that ends early. */
bool flame_cli_lost_data(const struct flame_verdict *verdict);

#endif
