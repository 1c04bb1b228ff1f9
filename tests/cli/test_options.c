/* test_options.c: the command line against a table made for the test. */
#include "check.h"
#include "options.h"

struct values {
    const char *out;
    bool quiet, loud;
    double size;
    unsigned threads;
    struct flame_cli_width width;
    struct flame_path_list folders;
    const char *servers;
};

#define FIELD(member) FLAME_CLI_FIELD(struct values, member)

static const struct flame_cli_option options[] = {
    { 'o', "output", NULL, "OUT", FIELD(out), "A", "Where to." },
    { 'q', "quiet", "silent", NULL, FIELD(quiet), "A", "Say nothing." },
    { 'l', "loud", NULL, NULL, FIELD(loud), "B",
      "Say more than would fit into one line of help, "
      "so that it has to go on in another one." },
    { 0, "size", NULL, "PX", FIELD(size), "B", "Size.", 1, 100 },
    { 0, "threads", NULL, "N", FIELD(threads), "B", "Threads.", 0, 64 },
    { 0, "width", NULL, "W", FIELD(width), "B", "Width." },
    { 0, "soft", NULL, NULL, FIELD(loud), "B", "Not loud.", .clears = true },
    { 'd', "folder", NULL, "DIR", FIELD(folders), "C", "Another folder." },
    { 0, "servers", NULL, "URLS", FIELD(servers), "C", "Servers.", .optional = true },
};

static const struct flame_cli_command tested = {
    .name = "tested",
    .synopsis = "[OPTIONS]",
    .summary = "Test.",
    .options = options,
    .option_count = sizeof options / sizeof *options,
};

/* Those that the table of commands names. */
#define X(word)                                                                                    \
    const struct flame_cli_command flame_cli_##word = { .name = #word,                             \
                                                        .synopsis = #word,                         \
                                                        .summary = "What " #word " does." };
FLAME_CLI_COMMANDS(X)
#undef X

/* Split text at its spaces and parse it; the words that are left come back in argv. */
static enum flame_status parse(const char *text, struct values *values, char **argv, int *words,
                               struct flame_error *error)
{
    static char copy[200];
    int argc = 0;
    strcpy(copy, text);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc] = NULL;
    *values = (struct values){ 0 };
    *error = (struct flame_error)FLAME_ERROR_INIT;
    return flame_cli_parse(&tested, argc, argv, values, words, error);
}

static void assert_refused(const char *text, const char *message)
{
    struct values v;
    struct flame_error error;
    char *argv[20];
    int words;
    assert_int_equal(parse(text, &v, argv, &words, &error), FLAME_USAGE);
    assert_string_equal(error.text, message);
}

TEST(values_are_taken_in_every_spelling)
{
    static const char *const spellings[] = { "-o x",       "-ox",  "--output x",
                                             "--output=x", "-qox", "--output=y -o x",
                                             "-o -q -o x" };
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        struct values v;
        struct flame_error error;
        char *argv[20];
        int words;
        assert_int_equal(parse(spellings[i], &v, argv, &words, &error), FLAME_OK);
        assert_string_equal(v.out, "x");
        assert_int_equal(words, 0);
    }
}

TEST(words_are_kept_in_order_among_options)
{
    struct values v;
    struct flame_error error;
    char *argv[20];
    int words;
    assert_int_equal(
        parse("a -q - --size 7.5 b --threads=4 --width 3% -- -o", &v, argv, &words, &error),
        FLAME_OK);
    assert_int_equal(words, 4);
    assert_string_equal(argv[0], "a");
    assert_string_equal(argv[1], "-");
    assert_string_equal(argv[2], "b");
    assert_string_equal(argv[3], "-o");
    assert_true(v.quiet && !v.loud && !v.out);
    assert_true(v.size == 7.5 && v.threads == 4);
    assert_true(v.width.given && v.width.percent && v.width.value == 3);
    assert_int_equal(parse("--silent -ql", &v, argv, &words, &error), FLAME_OK);
    assert_true(v.quiet && v.loud);
}

TEST(of_two_opposites_the_last_one_counts)
{
    struct values v;
    struct flame_error error;
    char *argv[20];
    int words;
    assert_int_equal(parse("--soft", &v, argv, &words, &error), FLAME_OK);
    assert_false(v.loud);
    assert_int_equal(parse("--soft --loud", &v, argv, &words, &error), FLAME_OK);
    assert_true(v.loud);
    assert_int_equal(parse("-l --soft", &v, argv, &words, &error), FLAME_OK);
    assert_false(v.loud);
}

TEST(paths_are_collected_in_order)
{
    struct values v;
    struct flame_error error;
    char *argv[80];
    int words;
    assert_int_equal(parse("--folder a -d b --folder=c -dd", &v, argv, &words, &error), FLAME_OK);
    assert_int_equal(v.folders.count, 4);
    assert_string_equal(v.folders.items[0], "a");
    assert_string_equal(v.folders.items[1], "b");
    assert_string_equal(v.folders.items[2], "c");
    assert_string_equal(v.folders.items[3], "d");
    assert_refused("--folder", "--folder needs a value: --folder DIR");
    char many[200] = "";
    for (int i = 0; i < FLAME_PATHS_MOST; i++)
        strcat(many, i ? " -dx" : "-dx");
    assert_int_equal(parse(many, &v, argv, &words, &error), FLAME_OK);
    assert_int_equal(v.folders.count, FLAME_PATHS_MOST);
    strcat(many, " -dx");
    assert_int_equal(parse(many, &v, argv, &words, &error), FLAME_USAGE);
    assert_string_equal(error.text, "-d can be given 32 times, not more");
}

/* It does not take the next word, which may be the recording. */
TEST(an_optional_value_stands_behind_an_equals_sign)
{
    struct values v;
    struct flame_error error;
    char *argv[20];
    int words;
    assert_int_equal(parse("--servers x", &v, argv, &words, &error), FLAME_OK);
    assert_string_equal(v.servers, "");
    assert_int_equal(words, 1);
    assert_string_equal(argv[0], "x");
    assert_int_equal(parse("--servers=x y", &v, argv, &words, &error), FLAME_OK);
    assert_string_equal(v.servers, "x");
    assert_int_equal(words, 1);
    assert_int_equal(parse("y", &v, argv, &words, &error), FLAME_OK);
    assert_null(v.servers);
    assert_int_equal(parse("--servers=", &v, argv, &words, &error), FLAME_OK);
    assert_string_equal(v.servers, "");
}

TEST(what_is_wrong_is_said)
{
    assert_refused("--nothing", "there is no option --nothing");
    assert_refused("--thread=3", "there is no option --thread (did you mean --threads?)");
    assert_refused("--ouptut=3", "there is no option --ouptut (did you mean --output?)");
    assert_refused("---", "there is no option ---");
    assert_refused("-z", "there is no option -z");
    assert_refused("--output", "--output needs a value: --output OUT");
    assert_refused("-qo", "-o needs a value: -o OUT");
    assert_refused("--quiet=1", "--quiet takes no value");
    assert_refused("--size 0.5", "--size takes a number from 1 to 100, not '0.5'");
    assert_refused("--size nan", "--size takes a number from 1 to 100, not 'nan'");
    assert_refused("--size 0x10", "--size takes a number from 1 to 100, not '0x10'");
    assert_refused("--size -1", "--size takes a number from 1 to 100, not '-1'");
    assert_refused("--size=", "--size takes a number from 1 to 100, not ''");
    assert_refused("--size .", "--size takes a number from 1 to 100, not '.'");
    assert_refused("--size 1.2.3", "--size takes a number from 1 to 100, not '1.2.3'");
    assert_refused("--threads 1.5", "--threads takes a whole number from 0 to 64, not '1.5'");
    assert_refused("--width 3em", "--width takes a number of pixels, or N% up to 100%, not '3em'");
}

TEST(a_long_wrong_option_is_cut)
{
    assert_refused(
        "--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "there is no option --aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
}

TEST(help_is_made_from_the_table)
{
    struct flame_output *out = flame_output_memory();
    flame_cli_put_help(out, &tested);
    flame_put(out, "", 1);
    assert_string_equal(
        flame_output_bytes(out).ptr,
        "Usage: flamedata [OPTIONS]\n"
        "\n"
        "Test.\n"
        "\n"
        "A:\n"
        "  -o, --output OUT        Where to.\n"
        "  -q, --quiet, --silent   Say nothing.\n"
        "\n"
        "B:\n"
        "  -l, --loud              Say more than would fit into one line of help, so\n"
        "                          that it has to go on in another one.\n"
        "      --size PX           Size.\n"
        "      --threads N         Threads.\n"
        "      --width W           Width.\n"
        "      --soft              Not loud.\n"
        "\n"
        "C:\n"
        "  -d, --folder DIR        Another folder.\n"
        "      --servers[=URLS]    Servers.\n");
    flame_output_discard(out);
}

TEST(the_first_command_tells_of_all)
{
    struct flame_output *out = flame_output_memory();
    flame_cli_put_help(out, &flame_cli_draw);
    flame_put(out, "", 1);
    const char *text = flame_output_bytes(out).ptr;
#define X(name)                                                                                    \
    assert_non_null(strstr(text, "\n  " #name " "));                                               \
    assert_non_null(strstr(text, " What " #name " does.\n"));
    FLAME_CLI_COMMANDS(X)
#undef X
    flame_output_discard(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_taken_in_every_spelling),
        cmocka_unit_test(words_are_kept_in_order_among_options),
        cmocka_unit_test(of_two_opposites_the_last_one_counts),
        cmocka_unit_test(paths_are_collected_in_order),
        cmocka_unit_test(an_optional_value_stands_behind_an_equals_sign),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(a_long_wrong_option_is_cut),
        cmocka_unit_test(help_is_made_from_the_table),
        cmocka_unit_test(the_first_command_tells_of_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
