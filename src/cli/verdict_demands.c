/* verdict_demands.c: what a run has to come up to besides being done: --strict, --fail-unresolved.
 *
 * What is not met is said, and so is, whatever else is to be quiet, that names are only trusted:
 * nobody is to take these for verified. */
#include "command.h"
#include "terminal.h"
#include "verdict.h"
#include "verdict_parts.h"

#include <unistd.h>

bool flame_cli_is_unresolved(const struct flame_cli_share *most, uint64_t unnamed, uint64_t weight,
                             const struct flame_str *event)
{
    if (!most->given || (double)unnamed * 100.0 <= most->percent * (double)weight)
        return false;
    struct flame_output *line = flame_output_memory();
    if (!line)
        return true;
    flame_put_text(line, "flamedata: ");
    flame_cli_put_share(line, unnamed, weight);
    if (event) {
        flame_put_text(line, " of ");
        flame_cli_put_safe(line, *event);
    }
    flame_putf(line, " has no name at its innermost function, and --fail-unresolved=%g was given\n",
               most->percent);
    flame_cli_say(flame_output_bytes(line));
    flame_output_discard(line);
    return true;
}

/* What --strict is not met by, to users who have been told nothing else. */
static void say_first_loss(const struct flame_verdict *verdict)
{
    struct flame_output *line = flame_output_memory();
    if (line) {
        flame_put_text(line, "flamedata: data was lost, and --strict was given: ");
        flame_cli_put_first_loss(line, verdict);
        flame_put_text(line, "\n");
    }
    flame_cli_tell(line);
}

int flame_cli_meet(bool strict, bool quiet, const struct flame_cli_share *unresolved,
                   const struct flame_verdict *verdict)
{
    int result = FLAME_CLI_DONE;
    if (strict && flame_cli_lost_data(verdict)) {
        if (quiet)
            say_first_loss(verdict);
        else
            flame_cli_say_lost();
        result = FLAME_CLI_FAILED;
    }
    if (unresolved && flame_cli_is_unresolved(unresolved, verdict->unnamed, verdict->weight, NULL))
        result = FLAME_CLI_FAILED;
    return result;
}

void flame_cli_say_lost(void)
{
    flame_cli_say(flame_str_from("flamedata: data was lost, and --strict was given\n"));
}

void flame_cli_say_cautions(const struct flame_verdict *verdict)
{
    struct flame_output *text = flame_output_memory();
    if (text)
        flame_cli_put_cautions(text, verdict, flame_cli_colour(STDERR_FILENO));
    flame_cli_tell(text);
}
