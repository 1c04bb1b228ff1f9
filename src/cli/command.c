/* command.c: what commands have in common. */
#include "command.h"

#include "sandbox.h"
#include "terminal.h"

#include <flamedata/version.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEE_HELP "see flamedata --help"

static bool exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

/* Whether a path is that of a file of the recording that a folder is, also of one that is not there
 * yet. */
static bool is_part_of(const char *folder, const char *path)
{
    struct stat of_folder, of_parent;
    const char *name = strrchr(path, '/');
    name = name ? name + 1 : path;
    if (strcmp(name, "data") != 0 && strncmp(name, "data.", 5) != 0)
        return false;
    char *parent = strdup(path);
    if (!parent)
        return true;
    memcpy(parent + (name - path), ".", sizeof ".");
    bool same = stat(folder, &of_folder) == 0 && S_ISDIR(of_folder.st_mode) &&
                stat(parent, &of_parent) == 0 && of_parent.st_dev == of_folder.st_dev &&
                of_parent.st_ino == of_folder.st_ino;
    free(parent);
    return same;
}

/* The file that a path leads to, also where it is a link. */
bool flame_cli_same_file(const char *a, const char *b)
{
    struct stat of_a, of_b;
    char *target = realpath(b, NULL);
    bool part = is_part_of(a, target ? target : b);
    free(target);
    if (part)
        return true;
    return stat(a, &of_a) == 0 && stat(b, &of_b) == 0 && S_ISREG(of_a.st_mode) &&
           of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

const char *flame_cli_suffix_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    return dot && dot != name ? dot : NULL;
}

static void let_pass(int signal)
{
    static const char words[] =
        "\nflamedata: reading to the end of the recording; Ctrl-C again to give up\n";
    (void)signal;
    if (write(STDERR_FILENO, words, sizeof words - 1) < 0)
        return; /* nobody listens */
}

/* In "perf record -o - | flamedata -" Ctrl-C is how the recording is ended, and reaches both: the
 * first one is the recorder's, which then closes the pipe. */
static void leave_first_interrupt_to_recorder(void)
{
    struct stat st;
    if (fstat(STDIN_FILENO, &st) != 0 || !S_ISFIFO(st.st_mode))
        return;
    struct sigaction action = { .sa_handler = let_pass };
    action.sa_flags = (int)(SA_RESTART | SA_RESETHAND);
    sigaction(SIGINT, &action, NULL);
}

enum flame_status flame_cli_choose_input(struct flame_cli_input *input, int words, char **argv,
                                         struct flame_error *error)
{
    if (words > 1 && strcmp(argv[0], "-") == 0 && strcmp(argv[1], "-") == 0)
        return flame_cli_usage(error, "standard input is named twice ('-'), and can be read once");
    if (words > 1 && flame_cli_find_command(argv[0]) && !exists(argv[0]))
        return flame_cli_usage(error, "the command comes first: flamedata %s [OPTIONS] FILE",
                               argv[0]);
    if (words > 1 && strcmp(argv[0], "-") != 0 && !exists(argv[0]) && !strpbrk(argv[0], "./"))
        return flame_cli_usage(error, "there is no command '%.60s'", argv[0]);
    int most = input->option ? 0 : 1;
    for (int i = 0; words > most && i < words; i++)
        if (strncmp(argv[i], "http://", 7) == 0 || strncmp(argv[i], "https://", 8) == 0)
            return flame_cli_usage(error,
                                   "'%.200s' is no recording; servers are named with '=': "
                                   "--debuginfod=URL",
                                   argv[i]);
    if (words > most)
        return flame_cli_usage(error, "one FILE at a time: '%.60s' is one too many", argv[most]);
    const char *named = input->option ? input->option : words ? argv[0] : NULL;
    bool from_stdin = named && strcmp(named, "-") == 0;
    input->unnamed = !named;
    input->path = from_stdin ? "/dev/stdin" : named ? named : FLAME_CLI_DEFAULT_RECORDING;
    if (from_stdin)
        leave_first_interrupt_to_recorder();
    return FLAME_OK;
}

enum flame_status flame_cli_no_memory(struct flame_error *error)
{
    *error = (struct flame_error){ .status = FLAME_NOMEM, .offset = FLAME_NO_OFFSET };
    return FLAME_NOMEM;
}

static void make_safe(void *user, struct flame_str lines)
{
    flame_cli_put_safe_lines(user, lines);
}

/* Through a relay that makes safe what a file may hold, some lines at a time. */
static enum flame_status write_to_terminal(enum flame_status (*write)(void *user,
                                                                      struct flame_output *out,
                                                                      struct flame_error *error),
                                           void *user, struct flame_error *error)
{
    struct flame_output *screen = flame_output_open("-", error);
    if (!screen)
        return error->status;
    struct flame_output *out = flame_output_relay(make_safe, screen);
    enum flame_status status = out ? write(user, out, error) : flame_cli_no_memory(error);
    if (status == FLAME_OK)
        status = flame_output_commit(out, error);
    else
        flame_output_discard(out);
    if (status == FLAME_OK)
        return flame_output_commit(screen, error);
    flame_output_discard(screen);
    return status;
}

enum flame_status flame_cli_write_as_is(const char *path,
                                        enum flame_status (*write)(void *user,
                                                                   struct flame_output *out,
                                                                   struct flame_error *error),
                                        void *user, struct flame_error *error)
{
    struct flame_output *out = flame_output_open(path, error);
    if (!out)
        return error->status;
    enum flame_status status = write(user, out, error);
    if (status == FLAME_OK)
        return flame_output_commit(out, error);
    flame_output_discard(out);
    return status;
}

enum flame_status flame_cli_write(const char *path,
                                  enum flame_status (*write)(void *user, struct flame_output *out,
                                                             struct flame_error *error),
                                  void *user, struct flame_error *error)
{
    if (strcmp(path, "-") == 0 && isatty(STDOUT_FILENO))
        return write_to_terminal(write, user, error);
    return flame_cli_write_as_is(path, write, user, error);
}

const char *flame_cli_hint(const struct flame_cli_command *command,
                           const struct flame_cli_input *input, const struct flame_error *error)
{
    if (error->status == FLAME_USAGE)
        return command->see_help;
    if (error->status == FLAME_IO && error->path == input->path && !exists(input->path)) {
        if (input->unnamed)
            return "no FILE was named, " SEE_HELP;
        if (!input->option && !strpbrk(input->path, "./"))
            return "nor is there a command of that name, " SEE_HELP;
    }
    return NULL;
}

int flame_cli_answer(struct flame_output *text)
{
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_output *out = text ? flame_output_open("-", &error) : NULL;
    if (out) {
        flame_put_str(out, flame_output_bytes(text));
        flame_output_commit(out, &error);
    } else if (!text) {
        flame_cli_no_memory(&error);
    }
    flame_output_discard(text);
    if (error.status != FLAME_OK)
        flame_cli_complain(&error, NULL);
    return flame_cli_exit_status(error.status);
}

int flame_cli_say_help(const struct flame_cli_command *command)
{
    struct flame_output *text = flame_output_memory();
    if (text)
        flame_cli_put_help(text, command);
    return flame_cli_answer(text);
}

int flame_cli_say_version(void)
{
    struct flame_output *text = flame_output_memory();
    if (text)
        flame_putf(text, "flamedata %s\n", flame_version());
    if (text)
        flame_cli_put_sandbox(text);
    return flame_cli_answer(text);
}

int flame_cli_exit_status(enum flame_status status)
{
    return status == FLAME_OK      ? FLAME_CLI_DONE
           : status == FLAME_USAGE ? FLAME_CLI_WRONG_USAGE
                                   : FLAME_CLI_FAILED;
}
