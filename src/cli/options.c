/* options.c: the command line against its table.
 *
 * getopt_long is not used: with POSIXLY_CORRECT set it would refuse "perf.data -o out.svg", and it
 * cannot say what was expected. Names are never abbreviated, so that a new option breaks no
 * script. */
#include "options.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { HELP_COLUMN = 26, HELP_WIDTH = 79, LONGEST_NAME = 31 };

const struct flame_cli_command *flame_cli_find_command(const char *name)
{
#define X(word)                                                                                    \
    if (strcmp(name, #word) == 0)                                                                  \
        return &flame_cli_##word;
    FLAME_CLI_COMMANDS(X)
#undef X
    return NULL;
}

enum flame_status flame_cli_usage(struct flame_error *error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    *error = (struct flame_error){ .status = FLAME_USAGE, .offset = FLAME_NO_OFFSET };
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    return FLAME_USAGE;
}

static bool same(const char *name, const char *given, size_t length)
{
    return name && strlen(name) == length && memcmp(name, given, length) == 0;
}

static const struct flame_cli_option *find(const struct flame_cli_command *command,
                                           const char *name, size_t length)
{
    for (size_t i = 0; i < command->option_count; i++)
        if (same(command->options[i].name, name, length) ||
            same(command->options[i].alias, name, length))
            return &command->options[i];
    return NULL;
}

static const struct flame_cli_option *find_letter(const struct flame_cli_command *command,
                                                  char letter)
{
    for (size_t i = 0; i < command->option_count; i++)
        if (command->options[i].letter == letter)
            return &command->options[i];
    return NULL;
}

/* Edits (insert, delete, replace, swap two neighbours) between two names. Source: the optimal
 * string alignment variant of Levenshtein's distance, three rows. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][LONGEST_NAME + 1];
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3], *second = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t replaced = above[j - 1] + (a[i - 1] != b[j - 1]);
            size_t added = (row[j - 1] < above[j] ? row[j - 1] : above[j]) + 1;
            row[j] = replaced < added ? replaced : added;
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && second[j - 2] + 1 < row[j])
                row[j] = second[j - 2] + 1;
        }
    }
    return rows[a_length % 3][b_length];
}

/* The option that name may be a slip or a beginning of, or NULL. */
static const struct flame_cli_option *nearest_to(const struct flame_cli_command *command,
                                                 const char *name, size_t length)
{
    const struct flame_cli_option *nearest = NULL;
    size_t least = 3; /* more than two slips is another word */
    for (size_t i = 0; length > 2 && length <= LONGEST_NAME && i < command->option_count; i++) {
        const char *candidate = command->options[i].name;
        size_t n = strlen(candidate);
        if (n > LONGEST_NAME)
            continue;
        size_t d = n > length && memcmp(candidate, name, length) == 0
                       ? 1
                       : distance(name, length, candidate, n);
        if (d < least) {
            least = d;
            nearest = &command->options[i];
        }
    }
    return nearest;
}

/* A plain decimal number: no sign, exponent, hexadecimal or infinity. rest is what follows it. It
 * has 16 characters at most, so that whole numbers up to 2^53 - 1 are exact. */
static bool read_number(const char *text, double *number, const char **rest)
{
    size_t n = strspn(text, "0123456789.");
    char *end;
    if (n == 0 || n > 16 || !strpbrk(text, "0123456789"))
        return false;
    *number = strtod(text, &end);
    *rest = end;
    return end == text + n;
}

static enum flame_status add_path(struct flame_path_list *list, const char *given,
                                  const char *value, struct flame_error *error)
{
    if (list->count == FLAME_PATHS_MOST)
        return flame_cli_usage(error, "%s can be given %d times, not more", given,
                               (int)FLAME_PATHS_MOST);
    list->items[list->count++] = value;
    return FLAME_OK;
}

/* given is the option as it was typed, for messages. */
static enum flame_status set(const struct flame_cli_option *option, const char *given,
                             const char *value, void *values, struct flame_error *error)
{
    void *field = (char *)values + option->field;
    const char *rest = "";
    double number = 0;
    switch (option->kind) {
    case FLAME_CLI_FLAG:
        *(bool *)field = !option->clears;
        return FLAME_OK;
    case FLAME_CLI_TEXT:
        *(const char **)field = value;
        return FLAME_OK;
    case FLAME_CLI_NUMBER:
    case FLAME_CLI_COUNT:
        if (!read_number(value, &number, &rest) || *rest || number < option->least ||
            number > option->most ||
            (option->kind == FLAME_CLI_COUNT && number != (double)(unsigned)number))
            return flame_cli_usage(error, "%s takes a%s number from %g to %.0f, not '%.40s'", given,
                                   option->kind == FLAME_CLI_COUNT ? " whole" : "", option->least,
                                   option->most, value);
        if (option->kind == FLAME_CLI_COUNT)
            *(unsigned *)field = (unsigned)number;
        else
            *(double *)field = number;
        return FLAME_OK;
    case FLAME_CLI_WIDTH:
        if (!read_number(value, &number, &rest) || (*rest && strcmp(rest, "%") != 0) ||
            (*rest && number > 100))
            return flame_cli_usage(error,
                                   "%s takes a number of pixels, or N%% up to 100%%, not "
                                   "'%.40s'",
                                   given, value);
        *(struct flame_cli_width *)field = (struct flame_cli_width){ number, true, *rest == '%' };
        return FLAME_OK;
    case FLAME_CLI_SHARE:
        if (!read_number(value, &number, &rest) || (*rest && strcmp(rest, "%") != 0) ||
            number > 100)
            return flame_cli_usage(error, "%s takes a percentage from 0 to 100, not '%.40s'", given,
                                   value);
        *(struct flame_cli_share *)field = (struct flame_cli_share){ number, true };
        return FLAME_OK;
    case FLAME_CLI_PATHS:
        return add_path(field, given, value, error);
    }
    return FLAME_USAGE;
}

bool flame_cli_is_given(const struct flame_cli_option *option, const void *values)
{
    const void *field = (const char *)values + option->field;
    switch (option->kind) {
    case FLAME_CLI_FLAG:
        return !option->clears && *(const bool *)field;
    case FLAME_CLI_TEXT:
        return *(const char *const *)field != NULL;
    case FLAME_CLI_NUMBER:
        return *(const double *)field > 0;
    case FLAME_CLI_COUNT:
        return *(const unsigned *)field > 0;
    case FLAME_CLI_WIDTH:
        return ((const struct flame_cli_width *)field)->given;
    case FLAME_CLI_SHARE:
        return ((const struct flame_cli_share *)field)->given;
    case FLAME_CLI_PATHS:
        return ((const struct flame_path_list *)field)->count > 0;
    }
    return false;
}

/* One argument that begins with "--". Takes the next one (may be NULL) where the option needs it,
 * and says so in took. */
static enum flame_status parse_long(const struct flame_cli_command *command, const char *arg,
                                    const char *next, bool *took, void *values,
                                    struct flame_error *error)
{
    const char *name = arg + 2, *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    const struct flame_cli_option *option = find(command, name, length);
    int shown = length < 40 ? (int)length : 40;
    if (!option) {
        const struct flame_cli_option *near = nearest_to(command, name, length);
        return flame_cli_usage(error, "there is no option --%.*s%s%s%s", shown, name,
                               near ? " (did you mean --" : "", near ? near->name : "",
                               near ? "?)" : "");
    }
    char given[LONGEST_NAME + 3];
    snprintf(given, sizeof given, "--%.*s", shown, name);
    if (option->kind == FLAME_CLI_FLAG && equals)
        return flame_cli_usage(error, "%s takes no value", given);
    *took = option->kind != FLAME_CLI_FLAG && !option->optional && !equals;
    const char *value = equals ? equals + 1 : option->optional ? "" : next;
    if (*took && !value)
        return flame_cli_usage(error, "%s needs a value: %s %s", given, given, option->value);
    return set(option, given, value, values, error);
}

/* One argument of letters: flags may stand together, and a value may follow its letter directly. */
static enum flame_status parse_letters(const struct flame_cli_command *command, const char *arg,
                                       const char *next, bool *took, void *values,
                                       struct flame_error *error)
{
    enum flame_status status = FLAME_OK;
    for (const char *p = arg + 1; *p && status == FLAME_OK; p++) {
        const struct flame_cli_option *option = find_letter(command, *p);
        if (!option)
            return flame_cli_usage(error, "there is no option -%c", *p);
        char given[] = { '-', *p, 0 };
        if (option->kind == FLAME_CLI_FLAG) {
            status = set(option, given, NULL, values, error);
            continue;
        }
        *took = p[1] == 0;
        const char *value = *took ? next : p + 1;
        if (!value)
            return flame_cli_usage(error, "%s needs a value: %s %s", given, given, option->value);
        return set(option, given, value, values, error);
    }
    return status;
}

enum flame_status flame_cli_parse(const struct flame_cli_command *command, int argc, char **argv,
                                  void *values, int *words, struct flame_error *error)
{
    enum flame_status status = FLAME_OK;
    bool options = true;
    *words = 0;
    for (int i = 0; i < argc && status == FLAME_OK; i++) {
        char *arg = argv[i];
        const char *next = i + 1 < argc ? argv[i + 1] : NULL;
        bool took = false;
        if (!options || arg[0] != '-' || arg[1] == 0)
            argv[(*words)++] = arg;
        else if (strcmp(arg, "--") == 0)
            options = false;
        else if (arg[1] == '-')
            status = parse_long(command, arg, next, &took, values, error);
        else
            status = parse_letters(command, arg, next, &took, values, error);
        i += took;
    }
    return status;
}

void flame_cli_put_wrapped(struct flame_output *out, const char *text, size_t column, size_t at)
{
    while (*text) {
        size_t word = strcspn(text, " ");
        if (at > column && at + 1 + word > HELP_WIDTH) {
            flame_putf(out, "\n%*s", (int)column, "");
            at = column;
        } else if (at > column) {
            flame_put_text(out, " ");
            at++;
        }
        flame_put(out, text, word);
        at += word;
        text += word + (text[word] == ' ');
    }
    flame_put_text(out, "\n");
}

static void put_option(struct flame_output *out, const struct flame_cli_option *option)
{
    char head[80], letter[] = { '-', option->letter, ',', ' ', 0 };
    int n = snprintf(head, sizeof head, "  %s--%s%s%s%s%s%s", option->letter ? letter : "    ",
                     option->name, option->alias ? ", --" : "", option->alias ? option->alias : "",
                     option->optional ? "[="
                     : option->value  ? " "
                                      : "",
                     option->value ? option->value : "", option->optional ? "]" : "");
    flame_put_text(out, head);
    if (n >= HELP_COLUMN - 1)
        flame_putf(out, "\n%*s", HELP_COLUMN, "");
    else
        flame_putf(out, "%*s", HELP_COLUMN - n, "");
    flame_cli_put_wrapped(out, option->help, HELP_COLUMN, HELP_COLUMN);
}

/* The first command is the program as it is mostly used: its help tells of the others. */
static void put_commands(struct flame_output *out, const struct flame_cli_command *command)
{
    static const struct flame_cli_command *const commands[] = {
#define X(name) &flame_cli_##name,
        FLAME_CLI_COMMANDS(X)
#undef X
    };
    size_t count = sizeof commands / sizeof *commands;
    if (command != commands[0] || count < 2)
        return;
    flame_put_text(out, "\nCommands:\n");
    for (size_t i = 0; i < count; i++) {
        flame_putf(out, "  %-*s", HELP_COLUMN - 2, commands[i]->name);
        flame_cli_put_wrapped(out, commands[i]->summary, HELP_COLUMN, HELP_COLUMN);
    }
}

void flame_cli_put_help(struct flame_output *out, const struct flame_cli_command *command)
{
    flame_putf(out, "Usage: flamedata %s\n\n", command->synopsis);
    flame_cli_put_wrapped(out, command->summary, 0, 0);
    const char *group = "";
    for (size_t i = 0; i < command->option_count; i++) {
        if (strcmp(group, command->options[i].group) != 0) {
            group = command->options[i].group;
            flame_putf(out, "\n%s:\n", group);
        }
        put_option(out, &command->options[i]);
    }
    put_commands(out, command);
}
