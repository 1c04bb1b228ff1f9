/* passed_over.h: functions whose turn to be annotated came, and that are not shown. */
#ifndef FLAME_CLI_PASSED_OVER_H
#define FLAME_CLI_PASSED_OVER_H

#include <flamedata/annotate.h>

/* Append a line for each reason: "flamedata: NAME (12.3 %, OBJECT) and 3 more functions are not
 * shown: why"; behind the last, "; " and what to do instead, unless it is NULL. Names are made safe
 * for a terminal. */
void flame_cli_put_passed_over(struct flame_output *text, const struct flame_annotation *a,
                               const char *instead);

#endif
