/* annotate_hint.h: what may have been meant where flamedata annotate fails. */
#ifndef FLAME_CLI_ANNOTATE_HINT_H
#define FLAME_CLI_ANNOTATE_HINT_H

#include "command.h"

enum { FLAME_CLI_HINT = 300 };

/* word was the only one, and no file, so that it was taken for the symbol (NULL: it was not so):
 * that, in room[FLAME_CLI_HINT], where the error is likely to come of it; else NULL. */
const char *flame_cli_hint_word(const char *word, const struct flame_cli_input *input,
                                const struct flame_error *error, char *room);

#endif
