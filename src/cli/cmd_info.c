/* cmd_info.c: what a recording is, what it holds, and how good it is.
 *
 * The last of these is the verdict of drawing it, so the recording is read twice; where it cannot
 * be drawn, the reason stands in the verdict's place. Manual: docs/commands/flamedata-info.md. */
#include "command.h"
#include "limit_option.h"
#include "naming.h"
#include "sandbox.h"
#include "terminal.h"
#include "verdict.h"

#include <flamedata/inspect.h>
#include <flamedata/session.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct info {
    struct flame_cli_input input;
    struct flame_path_list limit_list;
    const char *output;
    bool json, strict, help, no_sandbox;
    struct flame_cli_share unresolved;
    struct flame_session_options session_options;
    const struct flame_session *session; /* NULL: failed, and why says why */
    struct flame_error why;
    uint64_t losses;
};

#define FIELD(member) FLAME_CLI_FIELD(struct info, member)
#define OUTPUT "Output"
#define VERDICT "The verdict"

static const struct flame_cli_option options[] = {
    FLAME_CLI_INPUT(struct info, input),
    FLAME_CLI_NO_SANDBOX(struct info, no_sandbox),

    { 'o', "output", NULL, "OUT", FIELD(output), OUTPUT,
      "Write to OUT; default: -, standard output." },
    { 0, "json", NULL, NULL, FIELD(json), OUTPUT, "Write one JSON object, for programs." },
    { 0, "strict", NULL, NULL, FIELD(strict), OUTPUT,
      "Exit with 1 also when samples were lost or something could not be read." },
    FLAME_CLI_FAIL_UNRESOLVED(struct info, unresolved, OUTPUT),
    { 'h', "help", NULL, NULL, FIELD(help), OUTPUT, "Print this help." },

    { 0, "threads", NULL, "N", FIELD(session_options.threads), VERDICT,
      "Use N threads, at most 256; default: one per processor. The result does not depend on it.",
      0, 256 },

    FLAME_CLI_SYMBOLS(struct info, session_options.symbols),

    FLAME_CLI_LIMIT(struct info, limit_list),
};

static enum flame_status settle(struct info *i, int words, char **argv, struct flame_error *error)
{
    enum flame_status status = flame_cli_choose_input(&i->input, words, argv, error);
    if (!i->output)
        i->output = "-";
    if (status == FLAME_OK && flame_cli_same_file(i->input.path, i->output))
        return flame_cli_usage(error, "'%.80s' is the recording itself; name another OUT",
                               i->output);
    const struct flame_limits *limits = &i->session_options.limits;
    const struct flame_intake intake = { limits, flame_begins_recording };
    if (status == FLAME_OK)
        status = flame_cli_keep_input(&i->input, &intake, error);
    if (status == FLAME_OK)
        status =
            flame_cli_settle_symbols(&i->session_options.symbols, &i->input, limits, false, error);
    return status;
}

static void count_loss(void *user, const struct flame_loss *loss)
{
    struct info *i = user;
    (void)loss;
    i->losses++;
}

/* Lines under a heading, like the others of a recording. */
static void put_group(struct flame_output *out, const char *heading, struct flame_str lines)
{
    if (lines.len)
        flame_putf(out, "%s\n", heading);
    while (lines.len) {
        const char *end = memchr(lines.ptr, '\n', lines.len);
        size_t n = end ? (size_t)(end - lines.ptr) + 1 : lines.len;
        flame_put_text(out, "  ");
        flame_put(out, lines.ptr, n);
        lines = (struct flame_str){ lines.ptr + n, lines.len - n };
    }
}

/* The table of objects. */
static enum flame_status put_objects(const struct info *i, struct flame_output *out,
                                     struct flame_error *error)
{
    struct flame_output *text = flame_output_memory();
    if (!text)
        return flame_cli_no_memory(error);
    flame_cli_put_objects(text, flame_session_verdict(i->session));
    put_group(out, "objects", flame_output_bytes(text));
    return flame_output_commit(text, error);
}

/* The verdict's lines, or the reason why there are none. */
static enum flame_status put_verdict(const struct info *i, struct flame_output *out,
                                     struct flame_error *error)
{
    struct flame_output *text = flame_output_memory();
    if (!text)
        return flame_cli_no_memory(error);
    if (i->session) {
        const struct flame_cli_wording wording = { .whole = true };
        flame_cli_put_verdict(text, flame_session_verdict(i->session),
                              flame_session_stacks(i->session), &wording);
        flame_cli_put_fetches(text, flame_session_verdict(i->session), &wording, false);
    } else {
        char why[600];
        flame_error_format(&i->why, why, sizeof why);
        flame_put_text(text, "no stacks: ");
        flame_cli_put_safe(text, flame_str_from(why));
        flame_put_text(text, "\n");
    }
    put_group(out, "verdict", flame_output_bytes(text));
    enum flame_status status = flame_output_commit(text, error);
    return status == FLAME_OK && i->session ? put_objects(i, out, error) : status;
}

static enum flame_status write_info(void *user, struct flame_output *out, struct flame_error *error)
{
    struct info *i = user;
    struct flame_info_options told = { .json = i->json,
                                       .damage = { count_loss, i },
                                       .limits = i->session_options.limits };
    flame_output_limit(out, &told.limits);
    if (i->session) {
        told.verdict = flame_session_verdict(i->session);
        told.unit = flame_session_stacks(i->session)->unit;
    } else {
        told.no_verdict = &i->why;
    }
    enum flame_status status = flame_write_info(i->input.path, &told, out, error);
    if (status == FLAME_OK && !i->json)
        status = put_verdict(i, out, error);
    return status;
}

static int no_verdict(const char *option)
{
    struct flame_output *line = flame_output_memory();
    if (line) {
        flame_putf(line, "flamedata: there is no verdict, and %s was given\n", option);
        flame_cli_say(flame_output_bytes(line));
    }
    flame_output_discard(line);
    return FLAME_CLI_FAILED;
}

/* As flame_cli_meet, also where there is no verdict, or parts were lost that it knows nothing of.
 */
static int judge(const struct info *i)
{
    bool failed = !i->session && i->why.status != FLAME_EMPTY;
    int result = FLAME_CLI_DONE;
    if (i->strict && i->losses) {
        flame_cli_say_lost();
        result = FLAME_CLI_FAILED;
    } else if (i->strict && failed) {
        result = no_verdict("--strict");
    }
    if (i->session && flame_cli_meet(i->strict && !i->losses, false, &i->unresolved,
                                     flame_session_verdict(i->session)) != FLAME_CLI_DONE)
        result = FLAME_CLI_FAILED;
    if (failed && i->unresolved.given)
        result = no_verdict("--fail-unresolved");
    return result;
}

static int run(int argc, char **argv)
{
    struct info i = { .why = FLAME_ERROR_INIT };
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_session *session = NULL;
    int words;
    enum flame_status status = flame_cli_parse(&flame_cli_info, argc, argv, &i, &words, &error);
    if (status == FLAME_OK && i.help)
        return flame_cli_say_help(&flame_cli_info);
    if (status == FLAME_OK && flame_cli_asks_for_limits(&i.limit_list))
        return flame_cli_say_limits();
    if (status == FLAME_OK)
        status = flame_cli_settle_limits(&i.limit_list, &i.session_options.limits, &error);
    if (status == FLAME_OK)
        status = settle(&i, words, argv, &error);
    const struct flame_cli_needs needs = { .off = i.no_sandbox,
                                           .input = i.input.path,
                                           .output = i.output,
                                           .symbols = &i.session_options.symbols };
    if (status == FLAME_OK) {
        flame_cli_enter_sandbox(&needs);
        i.session = session = flame_session_open(i.input.path, &i.session_options, &i.why);
        /* Of the recording there is something to say, of what an option named there is not. With
         * more memory there would be more. */
        bool named = !i.why.path && i.why.status != FLAME_EMPTY;
        bool fails = !session && (named || i.why.status == FLAME_NOMEM);
        if (fails)
            error = i.why;
        status = fails ? error.status : flame_cli_write(i.output, write_info, &i, &error);
    }
    if (status != FLAME_OK)
        flame_cli_complain(&error, flame_cli_hint(&flame_cli_info, &i.input, &error));
    int result = status == FLAME_OK ? judge(&i) : flame_cli_exit_status(status);
    flame_session_close(session);
    return result;
}

const struct flame_cli_command flame_cli_info = {
    .name = "info",
    .see_help = "see flamedata info --help",
    .synopsis = "info [OPTIONS] [FILE]",
    .summary = "Say what a recording (FILE, default: perf.data, - is standard input) is, what it "
               "holds, and how good it is.",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
