/* verdict.h: what the picture rests on, in two or three lines. */
#ifndef FLAME_CLI_VERDICT_H
#define FLAME_CLI_VERDICT_H

#include "options.h"

#include <flamedata/output.h>
#include <flamedata/session.h>

/* How it is worded. All zero is the short form without colour.
 *
 * colour     terminal colours for what deserves attention
 * set_apart  say that --show-truncated sets stacks apart, where many are cut off
 * whole      every reason why stacks end early, not the heaviest alone; nothing about objects:
 *            they are then put as a table
 * leaves     say nothing of stacks: they were not looked at */
struct flame_cli_wording {
    bool colour, set_apart, whole, leaves;
};

/* Append the verdict as lines of text: how much was counted of which event; how much of it can be
 * trusted; what was lost, if anything; and what to do about the objects without names. Names are
 * made safe for a terminal. */
void flame_cli_put_verdict(struct flame_output *out, const struct flame_verdict *verdict,
                           const struct flame_stacks *stacks,
                           const struct flame_cli_wording *wording);

/* Append, of the same, the lines in which something deserves attention, without colour; nothing
 * when all is well. False: out of memory. */
bool flame_cli_put_warned(struct flame_output *out, const struct flame_verdict *verdict,
                          const struct flame_stacks *stacks,
                          const struct flame_cli_wording *wording);

/* Append, of the same, the lines about what was lost, left out as a guest's, or could not be read,
 * and about names that are only trusted; nothing when all is well. */
void flame_cli_put_losses(struct flame_output *out, const struct flame_verdict *verdict,
                          bool colour);

/* Append what debuginfod's servers were asked for and what came of it; failed: only what did not
 * come. It is about this run, not about the recording, so that it is not put into pictures. */
void flame_cli_put_fetches(struct flame_output *out, const struct flame_verdict *verdict,
                           const struct flame_cli_wording *wording, bool failed);

/* Append the table of objects: a row for each that was hit, and below those that lack names, or
 * have them from an unverified file, what to do; nothing where no object was hit. */
void flame_cli_put_objects(struct flame_output *out, const struct flame_verdict *verdict);

/* Append, for a picture, "cycles (also recorded: page-faults; --event)"; false: nothing else was.
 */
bool flame_cli_put_choice(struct flame_output *out, const struct flame_verdict *verdict);

/* Append, for a picture, "38.0 % unnamed: see flamedata info", where that is much, and "unverified
 * names: libfoo.so (--trust-paths)"; false: neither. */
bool flame_cli_put_doubts(struct flame_output *out, const struct flame_verdict *verdict);

/* The row of --fail-unresolved, for a command's table; member is a struct flame_cli_share. */
#define FLAME_CLI_FAIL_UNRESOLVED(type, member, group)                                             \
    {                                                                                              \
        0, "fail-unresolved", NULL, "PCT", FLAME_CLI_FIELD(type, member), group,                   \
            "Exit with 1 also when the innermost function of more than PCT % has no name."         \
    }

/* Whether of weight more than most has no name at its innermost function, and most was given; says
 * so on standard error, of event if it is not NULL: one of several. */
bool flame_cli_is_unresolved(const struct flame_cli_share *most, uint64_t unnamed, uint64_t weight,
                             const struct flame_str *event);

/* The exit status of a run that did what it was asked to: FLAME_CLI_FAILED, said on standard error,
 * where strict and data was lost, or where too much is unresolved (may be NULL). quiet: nobody else
 * says what was lost. */
int flame_cli_meet(bool strict, bool quiet, const struct flame_cli_share *unresolved,
                   const struct flame_verdict *verdict);

/* Say on standard error that data was lost, and --strict was given. */
void flame_cli_say_lost(void);

/* Say on standard error which names are only trusted, if any: what a run says even when quiet. */
void flame_cli_say_cautions(const struct flame_verdict *verdict);

/* Whether data was lost, as --strict understands it: samples that the kernel dropped, records that
 * could not be used, a file that ends early, an archive that could not be read to its end. */
bool flame_cli_lost_data(const struct flame_verdict *verdict);

#endif
