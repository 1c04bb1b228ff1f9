/* annotate_hint.c: slips of people who mistype a file. */
#include "annotate_hint.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Where the recording is there, a symbol that looks like one is told of; where it is not, any. */
const char *flame_cli_hint_word(const char *word, const struct flame_cli_input *input,
                                const struct flame_error *error, char *room)
{
    struct flame_str text = flame_str_from(word);
    bool like_file = word && (strchr(word, '/') || flame_str_ends(text, ".data"));
    bool likely = word && ((error->status == FLAME_EMPTY && like_file) ||
                           (error->status == FLAME_IO && access(input->path, F_OK) != 0));
    if (!likely)
        return NULL;
    snprintf(room, FLAME_CLI_HINT, "'%.200s' is no file here, so it was taken for a SYMBOL of %s",
             word, input->path);
    return room;
}
