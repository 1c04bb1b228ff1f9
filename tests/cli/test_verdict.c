/* test_verdict.c: what the verdict says of verdicts made by hand. */
#include "check.h"
#include "terminal.h"
#include "verdict.h"

#include <stdio.h>

#define STR(text)                                                                                  \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

static const struct flame_stacks cpu_clock = { .unit = FLAME_UNIT_NANOSECONDS,
                                               .event_name = STR("cpu-clock") };

static void assert_worded(const struct flame_verdict *verdict, const struct flame_stacks *stacks,
                          struct flame_cli_wording wording, const char *expected)
{
    struct flame_output *out = flame_output_memory();
    flame_cli_put_verdict(out, verdict, stacks, &wording);
    flame_put(out, "", 1);
    assert_string_equal(flame_output_bytes(out).ptr, expected);
    flame_output_discard(out);
}

static void assert_verdict(const struct flame_verdict *verdict, const struct flame_stacks *stacks,
                           bool colour, const char *expected)
{
    assert_worded(verdict, stacks, (struct flame_cli_wording){ .colour = colour }, expected);
}

TEST(a_clean_run_takes_two_lines)
{
    const struct flame_verdict v = { .samples = 39957,
                                     .weight = 399570000000,
                                     .rooted = 399570000000 };
    assert_verdict(&v, &cpu_clock, false,
                   "39,957 samples, 399.57 s of cpu-clock\n"
                   "stacks complete to their start function: 100 %; "
                   "innermost function unnamed: 0 %; lost while recording: none\n");
}

TEST(events_are_counted_and_not_called_samples)
{
    static const struct flame_event_report events[] = { { STR("page-faults"), 9, 9 },
                                                        { STR("cycles:u"), 1, 1234567 },
                                                        { STR("branches"), 7, 7 } };
    const struct flame_verdict v = { .samples = 1,
                                     .weight = 1234567,
                                     .rooted = 1234566,
                                     .unnamed = 1,
                                     .events = events,
                                     .event_count = 3,
                                     .event = 1 };
    const struct flame_stacks stacks = { .unit = FLAME_UNIT_EVENTS, .event_name = STR("cycles:u") };
    assert_verdict(&v, &stacks, false,
                   "1 sample, 1,234,567 cycles:u; 2 other events: page-faults, branches "
                   "(--event NAME)\n"
                   "stacks complete to their start function: > 99.9 %; "
                   "innermost function unnamed: < 0.1 %; lost while recording: none\n");
}

TEST(losses_are_said_with_file_and_offset)
{
    const struct flame_loss losses[] = {
        { { FLAME_TRUNCATED, 0x2000, "perf.data", "the record needs 40 bytes, 8 left" }, 8 },
        { { FLAME_TRUNCATED, 0x2008, "perf.data", "the file ends too early" }, 0 },
    };
    const struct flame_verdict v = {
        .samples = 90,
        .weight = 900,
        .rooted = 450,
        .lost_samples = 10,
        .without_stack = 3,
        .bad_records = 2,
        .unknown_records = 1,
        .first_bad = { FLAME_CORRUPT, 0x1f0, "perf.data", "comm: \033[31mtoo long" },
        .losses = losses,
        .loss_count = 2,
        .all_losses = 3,
        .lost_bytes = 90,
    };
    assert_verdict(&v, &cpu_clock, false,
                   "90 samples, 900 ns of cpu-clock\n"
                   "stacks complete to their start function: 50.0 %, "
                   "perhaps 50.0 % more that end in unnamed code; "
                   "innermost function unnamed: 0 %; lost while recording: 10 (10.0 %); "
                   "record with a larger buffer (-m 16M) or a lower -F\n"
                   "lost: perf.data+0x2000: the record needs 40 bytes, 8 left; 8 bytes lost\n"
                   "lost: perf.data+0x2008: the file ends too early\n"
                   "lost: at 1 more place; in all 90 bytes\n"
                   "2 bad records skipped; the first: perf.data+0x1f0: comm: \\x1b[31mtoo long\n"
                   "1 record of a type that this flamedata does not know skipped\n"
                   "3 samples have no call chain\n");
    assert_true(flame_cli_lost_data(&v));
}

TEST(places_that_could_not_be_searched_are_told_and_what_was_cut_is_a_loss)
{
    const struct flame_error places[] = {
        { FLAME_IO, FLAME_NO_OFFSET, "bi\033n", "cannot look through bin/x: Permission denied" },
        { FLAME_CORRUPT, FLAME_NO_OFFSET, "x.tar", "3 members can be read; then: it is damaged" },
    };
    struct flame_verdict v = {
        .samples = 9, .weight = 9, .rooted = 9, .places = places, .place_count = 2
    };
    assert_verdict(&v, &cpu_clock, false,
                   "9 samples, 9 ns of cpu-clock\n"
                   "stacks complete to their start function: 100 %; "
                   "innermost function unnamed: 0 %; lost while recording: none\n"
                   "not searched to the end: bi\\x1bn: cannot look through bin/x: Permission "
                   "denied; files that are in it may be said to be missing\n"
                   "not searched to the end: x.tar: 3 members can be read; then: it is damaged; "
                   "files that are in it may be said to be missing\n");
    assert_true(flame_cli_lost_data(&v));
    v.place_count = 1;
    assert_false(flame_cli_lost_data(&v));
}

TEST(stacks_that_are_cut_off_come_with_a_remedy)
{
    struct flame_verdict v = { .samples = 50, .weight = 50, .rooted = 41, .cut_off = 5 };
    assert_verdict(
        &v, &cpu_clock, false,
        "50 samples, 50 ns of cpu-clock\n"
        "stacks complete to their start function: 82.0 %, "
        "perhaps 8.0 % more that end in unnamed code; "
        "innermost function unnamed: 0 %; lost while recording: none\n"
        "stacks cut off for 10.0 %: code built without frame pointers loses its callers; "
        "build it with -fno-omit-frame-pointer, or record with --call-graph dwarf\n");
    v.all_losses = 1; /* behind all that was read */
    assert_verdict(
        &v, &cpu_clock, false,
        "50 samples, 50 ns of cpu-clock\n"
        "stacks complete to their start function: 82.0 %, "
        "perhaps 8.0 % more that end in unnamed code; "
        "innermost function unnamed: 0 %; lost while recording: none\n"
        "lost: at 1 more place; in all 0 bytes\n"
        "stacks cut off for 10.0 %: code built without frame pointers loses its callers; "
        "build it with -fno-omit-frame-pointer, or record with --call-graph dwarf\n");
    v.lost_early = true; /* with which the maps may have gone */
    assert_verdict(
        &v, &cpu_clock, false,
        "50 samples, 50 ns of cpu-clock\n"
        "stacks complete to their start function: 82.0 %, "
        "perhaps 8.0 % more that end in unnamed code; "
        "innermost function unnamed: 0 %; lost while recording: none\n"
        "lost: at 1 more place; in all 0 bytes\n"
        "stacks cut off for 10.0 %: code built without frame pointers loses its callers; "
        "build it with -fno-omit-frame-pointer, or record with --call-graph dwarf; "
        "or what was mapped where is among what is lost\n");
    v.all_losses = 0;
    v.lost_early = false;
    v.cut_off = 4; /* the other 5 may be complete: they have no names */
    assert_verdict(&v, &cpu_clock, false,
                   "50 samples, 50 ns of cpu-clock\n"
                   "stacks complete to their start function: 82.0 %, "
                   "perhaps 10.0 % more that end in unnamed code; "
                   "innermost function unnamed: 0 %; lost while recording: none\n");
}

TEST(where_copied_stacks_end_is_said_by_reason_and_object)
{
    static const struct flame_end_report ends[] = {
        { FLAME_END_DUMP, STR(""), STR("record with --call-graph dwarf,16384"), 123 },
        { FLAME_END_NO_CFI, STR("/usr/lib/lib\033foo.so"),
          STR("has no .eh_frame; build it with ..."), 31 },
        { FLAME_END_BROKEN, STR("/usr/lib/libbar.so"), STR(""), 6 },
    };
    const struct flame_verdict v = { .samples = 1000,
                                     .weight = 1000,
                                     .rooted = 840,
                                     .cut_off = 160,
                                     .unwound = 900,
                                     .dump_bytes = 8192,
                                     .ends = ends,
                                     .end_count = 3 };
    assert_verdict(&v, &cpu_clock, true,
                   "1,000 samples, 1.0 us of cpu-clock\n"
                   "stacks complete to their start function: 84.0 %; "
                   "innermost function unnamed: 0 %; lost while recording: none\n"
                   "\033[33mstacks end early in 12.3 %\033[0m: the copy of the stack ends (at "
                   "most 8,192 bytes); record with --call-graph dwarf,16384\n"
                   "\033[33mstacks end early in 3.1 %\033[0m: /usr/lib/lib\\x1bfoo.so has "
                   "no .eh_frame; build it with ...\n"
                   "\033[33mstacks end early in 0.6 %\033[0m: /usr/lib/libbar.so: a register or "
                   "word that is not known\n");
}

TEST(many_reasons_for_early_ends_are_summed_up)
{
    enum { MANY = 40 };
    struct flame_end_report ends[MANY];
    for (uint64_t i = 0; i < MANY; i++)
        ends[i] = (struct flame_end_report){ FLAME_END_NO_OBJECT, flame_str_from("lib.so"),
                                             flame_str_from("is not here"), i < 5 ? 1000 : 20 };
    struct flame_verdict v = { .samples = 10000,
                               .weight = 10000,
                               .rooted = 4300,
                               .cut_off = 5700,
                               .unwound = 10000,
                               .dump_bytes = 1,
                               .ends = ends,
                               .end_count = MANY };
    static const char line[] = "stacks end early in 10.0 %: lib.so is not here\n";
    char want[1000];
    snprintf(want, sizeof want,
             "10,000 samples, 10.0 us of cpu-clock\n"
             "stacks complete to their start function: 43.0 %%; "
             "innermost function unnamed: 0 %%; lost while recording: none\n"
             "%s%s%s%s%s"
             "stacks end early in 7.0 %%: 35 other reasons\n",
             line, line, line, line, line);
    assert_verdict(&v, &cpu_clock, false, want);
    /* One by one less than 0.1 %, and together as well. */
    v.weight = v.rooted = 1000000;
    v.cut_off = 0;
    v.ends += 5;
    v.end_count = 30;
    assert_verdict(&v, &cpu_clock, false,
                   "10,000 samples, 1.00 ms of cpu-clock\n"
                   "stacks complete to their start function: 100 %; "
                   "innermost function unnamed: 0 %; lost while recording: none\n");
    v.weight = v.rooted = 100000; /* together 0.6 % */
    assert_verdict(&v, &cpu_clock, false,
                   "10,000 samples, 100.0 us of cpu-clock\n"
                   "stacks complete to their start function: 100 %; "
                   "innermost function unnamed: 0 %; lost while recording: none\n"
                   "stacks end early in 0.6 %: 30 reasons\n");
}

TEST(frame_pointers_are_not_blamed_where_stacks_were_copied)
{
    static const struct flame_end_report end = { FLAME_END_DUMP, STR(""), STR("x"), 20 };
    const struct flame_verdict v = { .samples = 100,
                                     .weight = 100,
                                     .rooted = 65,
                                     .cut_off = 35,
                                     .unwound = 90,
                                     .dump_bytes = 512,
                                     .ends = &end,
                                     .end_count = 1 };
    assert_verdict(&v, &cpu_clock, false,
                   "100 samples, 100 ns of cpu-clock\n"
                   "stacks complete to their start function: 65.0 %; "
                   "innermost function unnamed: 0 %; lost while recording: none\n"
                   "stacks end early in 20.0 %: the copy of the stack ends (at most 512 bytes); x\n"
                   "stacks cut off for 15.0 %: they end in functions that are not known to start "
                   "a program or a thread\n");
}

TEST(a_remedy_stands_once)
{
    static const struct flame_end_report ends[] = {
        { FLAME_END_NO_OBJECT, STR("a.so"), STR("is not here; copy it"), 60 },
        { FLAME_END_MISMATCH, STR("b.so"), STR("differs; copy it"), 20 },
        { FLAME_END_NO_CFI, STR("a.so"), STR("is not here; build it"), 10 },
    };
    static const struct flame_object_report objects[] = {
        { .name = STR("a.so"),
          .advice = STR("is not here; copy it"),
          .grade = FLAME_GRADE_MISSING,
          .unnamed = 60 },
        { .name = STR("b.so"),
          .advice = STR("is another b.so; copy it"),
          .grade = FLAME_GRADE_MISMATCHED,
          .unnamed = 20 },
    };
    struct flame_verdict v = { .samples = 100,
                               .weight = 100,
                               .rooted = 10,
                               .cut_off = 90,
                               .unwound = 100,
                               .dump_bytes = 8192,
                               .ends = ends,
                               .end_count = 3,
                               .objects = objects,
                               .object_count = 2 };
    assert_verdict(&v, &cpu_clock, false,
                   "100 samples, 100 ns of cpu-clock\n"
                   "stacks complete to their start function: 10.0 %; "
                   "innermost function unnamed: 0 %; lost while recording: none\n"
                   "stacks end early in 60.0 %: the code of a.so is not here, see below\n"
                   "stacks end early in 20.0 %: b.so differs; copy it\n"
                   "stacks end early in 10.0 %: a.so is not here; build it\n"
                   "unnamed frames in 60.0 %: a.so is not here; copy it\n"
                   "unnamed frames in 20.0 %: b.so is another b.so; as above\n");
    v.object_count = 0; /* where the object has no line, its end has it all */
    v.end_count = 1;
    v.cut_off = 60;
    v.rooted = 40;
    assert_verdict(&v, &cpu_clock, false,
                   "100 samples, 100 ns of cpu-clock\n"
                   "stacks complete to their start function: 40.0 %; "
                   "innermost function unnamed: 0 %; lost while recording: none\n"
                   "stacks end early in 60.0 %: a.so is not here; copy it\n");
}

TEST(registers_of_a_machine_that_was_found_out_are_told)
{
    const struct flame_verdict v = { .samples = 10,
                                     .weight = 10,
                                     .rooted = 10,
                                     .machine = STR("x86_64"),
                                     .machine_object = STR("/bin/app\033") };
    assert_verdict(&v, &cpu_clock, false,
                   "10 samples, 10 ns of cpu-clock\n"
                   "stacks complete to their start function: 100 %; "
                   "innermost function unnamed: 0 %; lost while recording: none\n"
                   "registers taken for those of x86_64, which /bin/app\\x1b is for: the recording "
                   "does not say its architecture\n");
}

/* The same grade and the same step: one line, and one for the stacks that end in them. */
TEST(objects_that_the_same_step_helps_are_one_line)
{
    static const struct flame_end_report ends[] = {
        { FLAME_END_NO_OBJECT, STR("/lib/a.so"), STR("is not here; copy it"), 30 },
        { FLAME_END_NO_OBJECT, STR("/lib/b.so"), STR("is not here; copy it"), 20 },
        { FLAME_END_DUMP, STR(""), STR("x"), 15 },
        { FLAME_END_NO_OBJECT, STR("/lib/e.so"), STR("is not here; copy it"), 5 },
    };
#define MISSING(name_, share)                                                                      \
    {                                                                                              \
        .name = STR(name_), .advice = STR("is not here; copy it"), .grade = FLAME_GRADE_MISSING,   \
        .unnamed = share                                                                           \
    }
    static const struct flame_object_report objects[] = {
        MISSING("/lib/a.so", 50),
        { .name = STR("/lib/k.so"),
          .advice = STR("is none; copy it, or build it"),
          .grade = FLAME_GRADE_MISSING,
          .unnamed = 45 },
        MISSING("/lib/b.so", 40),
        MISSING("/lib/c.so", 30),
        MISSING("/lib/d.so", 20),
        MISSING("/lib/e.so", 10),
    };
    const struct flame_verdict v = { .samples = 100,
                                     .weight = 100,
                                     .rooted = 30,
                                     .cut_off = 70,
                                     .unwound = 100,
                                     .dump_bytes = 512,
                                     .ends = ends,
                                     .end_count = 4,
                                     .objects = objects,
                                     .object_count = 6 };
    assert_verdict(&v, &cpu_clock, false,
                   "100 samples, 100 ns of cpu-clock\n"
                   "stacks complete to their start function: 30.0 %; "
                   "innermost function unnamed: 0 %; lost while recording: none\n"
                   "stacks end early in 55.0 %: the code of 3 objects is not here, see below\n"
                   "stacks end early in 15.0 %: the copy of the stack ends (at most 512 bytes); x\n"
                   "unnamed frames in 5 objects missing here: a.so (50.0 %), b.so (40.0 %), "
                   "c.so (30.0 %) and 2 more; copy it\n"
                   "unnamed frames in 45.0 %: /lib/k.so is none; as above, or build it\n");
    assert_worded(&v, &cpu_clock, (struct flame_cli_wording){ .whole = true },
                  "100 samples, 100 ns of cpu-clock\n"
                  "stacks complete to their start function: 30.0 %; "
                  "innermost function unnamed: 0 %; lost while recording: none\n"
                  "stacks end early in 30.0 %: the code of /lib/a.so is not here, see below\n"
                  "stacks end early in 20.0 %: the code of /lib/b.so is not here, see below\n"
                  "stacks end early in 15.0 %: the copy of the stack ends (at most 512 bytes); x\n"
                  "stacks end early in 5.0 %: the code of /lib/e.so is not here, see below\n");
    struct flame_output *out = flame_output_memory();
    flame_cli_put_objects(out, &v);
    assert_str(flame_output_bytes(out), "status        weight   unnamed  build-id  object\n"
                                        "missing          0 %    50.0 %  -         /lib/a.so\n"
                                        "    is not here; copy it\n"
                                        "missing          0 %    45.0 %  -         /lib/k.so\n"
                                        "    is none; as for /lib/a.so, or build it\n"
                                        "missing          0 %    40.0 %  -         /lib/b.so\n"
                                        "    is not here; as for /lib/a.so\n"
                                        "missing          0 %    30.0 %  -         /lib/c.so\n"
                                        "    is not here; as for /lib/a.so\n"
                                        "missing          0 %    20.0 %  -         /lib/d.so\n"
                                        "    is not here; as for /lib/a.so\n"
                                        "missing          0 %    10.0 %  -         /lib/e.so\n"
                                        "    is not here; as for /lib/a.so\n");
    flame_output_discard(out);
}

TEST(a_picture_says_which_of_several_events_it_counts)
{
    static const struct flame_event_report events[] = {
        { .name = STR("cycles") },
        { .name = STR("page-faults") },
        { .name = STR("a\033b") },
    };
    struct flame_verdict v = { .events = events, .event_count = 3, .event = 1 };
    struct flame_output *out = flame_output_memory();
    assert_true(flame_cli_put_choice(out, &v));
    assert_str(flame_output_bytes(out), "page-faults (also recorded: cycles, a\\x1bb; --event)");
    v.event = 3; /* all of them */
    assert_false(flame_cli_put_choice(out, &v));
    v = (struct flame_verdict){ .events = events, .event_count = 1 };
    assert_false(flame_cli_put_choice(out, &v));
    flame_output_discard(out);
}

TEST(a_picture_says_that_much_of_it_has_no_name)
{
    static const struct flame_object_report object = { .name = STR("a"), .trusted = true };
    struct flame_verdict v = { .weight = 1000, .unnamed = 100 };
    struct flame_output *out = flame_output_memory();
    assert_false(flame_cli_put_doubts(out, &v));
    v.unnamed = 380;
    assert_true(flame_cli_put_doubts(out, &v));
    assert_str(flame_output_bytes(out), "38.0 % unnamed: see flamedata info");
    v.objects = &object;
    v.object_count = 1;
    assert_true(flame_cli_put_doubts(out, &v));
    assert_str(flame_output_bytes(out),
               "38.0 % unnamed: see flamedata info"
               "38.0 % unnamed: see flamedata info; unverified names: a (--trust-paths)");
    flame_output_discard(out);
}

TEST(where_many_stacks_are_cut_off_they_can_be_set_apart)
{
    static const struct flame_end_report ends[] = {
        { FLAME_END_DUMP, STR(""), STR("x"), 5 },
        { FLAME_END_BROKEN, STR(""), STR(""), 4 },
    };
    struct flame_verdict v = { .samples = 100, .weight = 100, .rooted = 90, .cut_off = 10 };
    struct flame_cli_wording wording = { .set_apart = true };
    assert_worded(&v, &cpu_clock, wording,
                  "100 samples, 100 ns of cpu-clock\n"
                  "stacks complete to their start function: 90.0 %; "
                  "innermost function unnamed: 0 %; lost while recording: none\n"
                  "stacks cut off for 10.0 %: code built without frame pointers loses its callers; "
                  "build it with -fno-omit-frame-pointer, or record with --call-graph dwarf; "
                  "--show-truncated sets them apart\n");
    v.dump_bytes = 512;
    v.ends = ends;
    v.end_count = 2;
    assert_worded(&v, &cpu_clock, wording,
                  "100 samples, 100 ns of cpu-clock\n"
                  "stacks complete to their start function: 90.0 %; "
                  "innermost function unnamed: 0 %; lost while recording: none\n"
                  "stacks end early in 5.0 %: the copy of the stack ends (at most 512 bytes); x; "
                  "--show-truncated sets them apart\n"
                  "stacks end early in 4.0 %: a register or word that is not known\n");
    v.cut_off = 9;
    v.rooted = 91;
    assert_worded(&v, &cpu_clock, wording,
                  "100 samples, 100 ns of cpu-clock\n"
                  "stacks complete to their start function: 91.0 %; "
                  "innermost function unnamed: 0 %; lost while recording: none\n"
                  "stacks end early in 5.0 %: the copy of the stack ends (at most 512 bytes); x\n"
                  "stacks end early in 4.0 %: a register or word that is not known\n");
}

TEST(a_branch_stack_is_not_cut_off_for_lack_of_frame_pointers)
{
    const struct flame_verdict v = {
        .samples = 10, .weight = 10, .rooted = 5, .cut_off = 5, .branch_stacks = true
    };
    assert_verdict(&v, &cpu_clock, false,
                   "10 samples, 10 ns of cpu-clock\n"
                   "stacks complete to their start function: 50.0 %; "
                   "innermost function unnamed: 0 %; lost while recording: none\n"
                   "stacks cut off for 50.0 %: --call-graph lbr keeps only as many calls as the "
                   "processor has branch records; record with --call-graph fp\n");
}

TEST(what_is_missing_of_a_stack_and_whose_samples_are_not_in_it)
{
    struct flame_verdict v = { .samples = 2, .weight = 2, .rooted = 2, .guest_samples = 1234 };
    v.unmerged_chains = 1;
    assert_verdict(&v, &cpu_clock, true,
                   "2 samples, 2 ns of cpu-clock\n"
                   "1,234 samples of guest machines left out\n"
                   "stacks complete to their start function: 100 %; "
                   "innermost function unnamed: 0 %; lost while recording: none\n"
                   "\033[33m1 sample lacks the program's callers\033[0m: what the kernel was to "
                   "record later (CALLCHAIN_DEFERRED) is missing\n");
    v.guest_samples = 1;
    v.unmerged_chains = 2;
    assert_verdict(&v, &cpu_clock, false,
                   "2 samples, 2 ns of cpu-clock\n"
                   "1 sample of a guest machine left out\n"
                   "stacks complete to their start function: 100 %; "
                   "innermost function unnamed: 0 %; lost while recording: none\n"
                   "2 samples lack the program's callers: what the kernel was to record later "
                   "(CALLCHAIN_DEFERRED) is missing\n");
    assert_false(flame_cli_lost_data(&v));
}

static void assert_losses(const struct flame_verdict *verdict, const char *expected)
{
    struct flame_output *out = flame_output_memory();
    flame_cli_put_losses(out, verdict, false);
    flame_put(out, "", 1);
    assert_string_equal(flame_output_bytes(out).ptr, expected);
    flame_output_discard(out);
}

TEST(many_losses_come_with_a_remedy)
{
    assert_losses(&(struct flame_verdict){ .samples = 991, .lost_samples = 9 },
                  "lost while recording: 9 (0.9 %)\n");
    assert_losses(&(struct flame_verdict){ .samples = 990, .lost_samples = 10 },
                  "lost while recording: 10 (1.0 %); record with a larger buffer (-m 16M) or a "
                  "lower -F\n");
    assert_losses(
        &(struct flame_verdict){ .samples = 1, .lost_samples = 3, .dump_bytes = 8192 },
        "lost while recording: 3 (75.0 %); record with a larger buffer (-m 16M), a lower -F, or a "
        "smaller copy of the stack (--call-graph dwarf,SIZE)\n");
}

TEST(what_a_list_of_samples_lacks)
{
    assert_losses(&(struct flame_verdict){ .samples = 2 }, "");
    assert_losses(&(struct flame_verdict){ .guest_samples = 2, .out_of_order = 1234 },
                  "2 samples of guest machines left out\n"
                  "1,234 samples come behind later ones: too many would have had to wait for their "
                  "turn (--limit waiting)\n");
}

TEST(each_heavy_object_gets_a_line_and_the_rest_a_number)
{
    static const struct flame_object_report objects[] = {
        { .name = STR("/usr/lib/a.so"),
          .advice = STR("has no symbols; install a-dbgsym"),
          .unnamed = 5000 },
        { .name = STR("b\033]0;x\007.so"), .state = FLAME_OBJECT_MISMATCH, .unnamed = 400 },
        { .name = STR("c"), .advice = STR("C"), .unnamed = 300 },
        { .name = STR("d"), .advice = STR("D"), .unnamed = 200 },
        { .name = STR("e"), .advice = STR("E"), .unnamed = 100 },
        { .name = STR("f"), .advice = STR("F"), .unnamed = 90 },
        { .name = STR("g"), .advice = STR("G"), .unnamed = 1 },
        { .name = STR("h"), .weight = 5000 },
    };
    struct flame_verdict v = { .samples = 10,
                               .weight = 10000,
                               .rooted = 10000,
                               .unnamed = 5000,
                               .objects = objects,
                               .object_count = 8 };
    assert_verdict(
        &v, &cpu_clock, false,
        "10 samples, 10.0 us of cpu-clock\n"
        "stacks complete to their start function: 100 %; "
        "innermost function unnamed: 50.0 %; lost while recording: none\n"
        "unnamed frames in 50.0 %: /usr/lib/a.so has no symbols; install a-dbgsym\n"
        "unnamed frames in 4.0 %: b\\x1b]0;x\\x07.so: the file here has another build-id\n"
        "unnamed frames in 3.0 %: c C\n"
        "unnamed frames in 2.0 %: d D\n"
        "unnamed frames in 1.0 %: e E\n"
        "unnamed frames in 2 more objects: flamedata info FILE names them\n");
    assert_worded(&v, &cpu_clock, (struct flame_cli_wording){ .whole = true },
                  "10 samples, 10.0 us of cpu-clock\n"
                  "stacks complete to their start function: 100 %; "
                  "innermost function unnamed: 50.0 %; lost while recording: none\n");
    v.objects = objects + 6; /* and one more, which lacks nothing */
    v.object_count = 2;
    assert_verdict(&v, &cpu_clock, false,
                   "10 samples, 10.0 us of cpu-clock\n"
                   "stacks complete to their start function: 100 %; "
                   "innermost function unnamed: 50.0 %; lost while recording: none\n"
                   "unnamed frames in less than 0.1 %: 1 object\n");
    assert_false(flame_cli_lost_data(&v));
}

/* Objects as a recording from another machine has them. */
static const struct flame_object_report some_objects[] = {
    { .name = STR("/opt/lib\033a.so"),
      .advice = STR("is not on this machine; bring it"),
      .build_id = { .bytes = { 0xab, 0xcd, 0xef, 1, 2 }, .size = 5 },
      .grade = FLAME_GRADE_MISSING,
      .weight = 1000,
      .unnamed = 2500 },
    { .name = STR("[unknown]"),
      .advice = STR("is debris"),
      .grade = FLAME_GRADE_UNMAPPED,
      .unnamed = 1 },
    { .name = STR("/usr/bin/b"),
      .caution = STR("names from /sym/b are not verified: no build-id was recorded "
                     "(--trust-paths)"),
      .grade = FLAME_GRADE_TRUSTED,
      .weight = 8989,
      .trusted = true },
    { .name = STR("/usr/lib/c.so"), .build_id = { .bytes = { 0x0c }, .size = 1 }, .weight = 10 },
    { .name = STR("/usr/lib/d.so"), .weight = 1 },
    { .name = STR("/usr/lib/e.so") },
};

static const struct flame_verdict from_elsewhere = { .samples = 10,
                                                     .weight = 10000,
                                                     .rooted = 10000,
                                                     .unnamed = 1000,
                                                     .objects = some_objects,
                                                     .object_count = 6 };

TEST(every_object_has_a_row_and_what_lacks_names_the_next_step)
{
    struct flame_output *out = flame_output_memory();
    flame_cli_put_objects(out, &from_elsewhere);
    assert_str(flame_output_bytes(out),
               "status        weight   unnamed  build-id  object\n"
               "missing       10.0 %    25.0 %  abcdef01  /opt/lib\\x1ba.so\n"
               "    is not on this machine; bring it\n"
               "    perf buildid-list: abcdef0102 /opt/lib\\x1ba.so\n"
               "unmapped         0 %   < 0.1 %  -         [unknown]\n"
               "    is debris\n"
               "trusted       89.9 %       0 %  -         /usr/bin/b\n"
               "    names from /sym/b are not verified: no build-id was recorded (--trust-paths)\n"
               "found          0.1 %       0 %  0c        /usr/lib/c.so\n"
               "and 2 objects more, with less than 0.1 % each\n");
    flame_output_discard(out);
}

TEST(no_object_no_table)
{
    struct flame_output *out = flame_output_memory();
    flame_cli_put_objects(out, &(struct flame_verdict){ .samples = 1, .weight = 1 });
    assert_str(flame_output_bytes(out), "");
    flame_output_discard(out);
}

TEST(names_that_are_only_trusted_are_said_everywhere)
{
    assert_verdict(&from_elsewhere, &cpu_clock, true,
                   "10 samples, 10.0 us of cpu-clock\n"
                   "stacks complete to their start function: 100 %; "
                   "innermost function unnamed: 10.0 %; lost while recording: none\n"
                   "\033[33mnames from /sym/b are not verified: no build-id was recorded "
                   "(--trust-paths)\033[0m\n"
                   "\033[33munnamed frames in 25.0 %\033[0m: /opt/lib\\x1ba.so is not on this "
                   "machine; bring it\n"
                   "unnamed frames in 1 more object: flamedata info FILE names it\n");
    assert_losses(&from_elsewhere, "names from /sym/b are not verified: no build-id was recorded "
                                   "(--trust-paths)\n");
    struct flame_output *out = flame_output_memory();
    assert_true(flame_cli_put_doubts(out, &from_elsewhere));
    assert_str(flame_output_bytes(out), "unverified names: b (--trust-paths)");
    flame_output_discard(out);
}

TEST(of_many_trusted_files_some_are_named)
{
    struct flame_object_report objects[7];
    for (size_t i = 0; i < 7; i++)
        objects[i] = (struct flame_object_report){ .name = STR("/lib/x.so"),
                                                   .caution = STR("not sure"),
                                                   .trusted = true };
    struct flame_verdict v = { .objects = objects, .object_count = 7 };
    assert_losses(&v, "not sure\nnot sure\nnot sure\nnot sure\nnot sure\n"
                      "names in 2 more objects are not verified: flamedata info --trust-paths FILE "
                      "names them\n");
    struct flame_output *out = flame_output_memory();
    assert_true(flame_cli_put_doubts(out, &v));
    assert_str(flame_output_bytes(out),
               "unverified names: x.so, x.so, x.so and 4 more (--trust-paths)");
    flame_output_discard(out);
    v.object_count = 0;
    out = flame_output_memory();
    assert_false(flame_cli_put_doubts(out, &v));
    assert_str(flame_output_bytes(out), "");
    flame_output_discard(out);
}

TEST(more_than_what_may_be_unnamed_fails)
{
    struct flame_verdict v = { .weight = 1000, .unnamed = 25 };
    struct flame_cli_share most = { 2.5, true };
    assert_false(flame_cli_is_unresolved(&most, v.unnamed, v.weight, NULL));
    v.unnamed = 26;
    assert_true(flame_cli_is_unresolved(&most, v.unnamed, v.weight, NULL));
    assert_false(
        flame_cli_is_unresolved(&(struct flame_cli_share){ 0 }, v.unnamed, v.weight, NULL));
    most.percent = 0.7; /* less than it, by a rounding error, if it is divided */
    v.unnamed = 7;
    assert_false(flame_cli_is_unresolved(&most, v.unnamed, v.weight, NULL));
    most.percent = 0;
    assert_true(flame_cli_is_unresolved(&most, v.unnamed, v.weight, NULL));
    v.unnamed = v.weight = 0;
    assert_false(flame_cli_is_unresolved(&most, v.unnamed, v.weight, NULL));
}

TEST(colour_marks_what_deserves_attention)
{
    const struct flame_verdict v = {
        .samples = 1, .weight = 5, .rooted = 5, .lost_samples = 1, .without_stack = 1
    };
    assert_verdict(
        &v, &cpu_clock, true,
        "1 sample, 5 ns of cpu-clock\n"
        "innermost function unnamed: 0 %; lost while recording: \033[33m1 (50.0 %)\033[0m; "
        "record with a larger buffer (-m 16M) or a lower -F\n"
        "\033[33mno sample has a call chain\033[0m: record with perf record -g\n");
}

TEST(a_clean_run_has_no_colour)
{
    const struct flame_verdict v = { .samples = 1, .weight = 5, .rooted = 5 };
    assert_verdict(&v, &cpu_clock, true,
                   "1 sample, 5 ns of cpu-clock\n"
                   "stacks complete to their start function: 100 %; "
                   "innermost function unnamed: 0 %; lost while recording: none\n");
}

TEST(no_weight_means_no_shares)
{
    static const struct flame_object_report object = { .name = STR("a"),
                                                       .advice = STR("A"),
                                                       .unnamed = 1 };
    const struct flame_verdict v = { .samples = 2, .objects = &object, .object_count = 1 };
    assert_verdict(&v, &cpu_clock, false,
                   "2 samples, 0 ns of cpu-clock\n"
                   "lost while recording: none\n"
                   "unnamed frames in less than 0.1 %: 1 object\n");
}

static void assert_safe(struct flame_str s, const char *expected)
{
    struct flame_output *out = flame_output_memory();
    flame_cli_put_safe(out, s);
    flame_put(out, "", 1);
    assert_string_equal(flame_output_bytes(out).ptr, expected);
    flame_output_discard(out);
}

TEST(only_harmless_text_passes)
{
    assert_safe((struct flame_str)STR("plain, na\xc3\xafve, \xe2\x82\xac, \xf0\x9f\x94\xa5"),
                "plain, na\xc3\xafve, \xe2\x82\xac, \xf0\x9f\x94\xa5");
    assert_safe((struct flame_str)STR("a\0b\n\t\x7f"), "a\\x00b\\x0a\\x09\\x7f");
    assert_safe((struct flame_str)STR("\xc2\x9b"
                                      "31m"),
                "\\xc2\\x9b31m"); /* C1 CSI */
    assert_safe((struct flame_str)STR("\x9b"
                                      "31m"),
                "\\x9b31m"); /* the same, bare */
    assert_safe((struct flame_str)STR("\xe2\x80\xae"
                                      "x"),
                "\\xe2\\x80\\xaex"); /* RLO */
    assert_safe((struct flame_str)STR("a\xe2\x80\x8b|\xe2\x81\xa0|\xef\xbb\xbf|\xf3\xa0\x81\xbf"),
                "a\\xe2\\x80\\x8b|\\xe2\\x81\\xa0|\\xef\\xbb\\xbf|"
                "\\xf3\\xa0\\x81\\xbf"); /* nothing to be seen */
    assert_safe((struct flame_str)STR("\xc0\xaf|\xe0\x80\xaf"), "\\xc0\\xaf|\\xe0\\x80\\xaf");
    assert_safe((struct flame_str)STR("\xed\xa0\x80"), "\\xed\\xa0\\x80"); /* surrogate */
    assert_safe((struct flame_str)STR("\xf4\x90\x80\x80\xff"), "\\xf4\\x90\\x80\\x80\\xff");
    assert_safe((struct flame_str)STR("cut \xe2\x82"), "cut \\xe2\\x82");
    assert_safe((struct flame_str){ 0 }, "");
}

TEST(lines_keep_their_breaks)
{
    struct flame_output *out = flame_output_memory();
    flame_cli_put_safe_lines(out, (struct flame_str)STR("a\tb\n\033c\n\0"));
    assert_true(flame_str_is(flame_output_bytes(out), "a\tb\n\\x1bc\n\\x00"));
    flame_output_discard(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clean_run_takes_two_lines),
        cmocka_unit_test(events_are_counted_and_not_called_samples),
        cmocka_unit_test(losses_are_said_with_file_and_offset),
        cmocka_unit_test(places_that_could_not_be_searched_are_told_and_what_was_cut_is_a_loss),
        cmocka_unit_test(stacks_that_are_cut_off_come_with_a_remedy),
        cmocka_unit_test(where_copied_stacks_end_is_said_by_reason_and_object),
        cmocka_unit_test(many_reasons_for_early_ends_are_summed_up),
        cmocka_unit_test(frame_pointers_are_not_blamed_where_stacks_were_copied),
        cmocka_unit_test(a_branch_stack_is_not_cut_off_for_lack_of_frame_pointers),
        cmocka_unit_test(what_is_missing_of_a_stack_and_whose_samples_are_not_in_it),
        cmocka_unit_test(many_losses_come_with_a_remedy),
        cmocka_unit_test(a_remedy_stands_once),
        cmocka_unit_test(objects_that_the_same_step_helps_are_one_line),
        cmocka_unit_test(a_picture_says_which_of_several_events_it_counts),
        cmocka_unit_test(a_picture_says_that_much_of_it_has_no_name),
        cmocka_unit_test(registers_of_a_machine_that_was_found_out_are_told),
        cmocka_unit_test(where_many_stacks_are_cut_off_they_can_be_set_apart),
        cmocka_unit_test(what_a_list_of_samples_lacks),
        cmocka_unit_test(each_heavy_object_gets_a_line_and_the_rest_a_number),
        cmocka_unit_test(every_object_has_a_row_and_what_lacks_names_the_next_step),
        cmocka_unit_test(no_object_no_table),
        cmocka_unit_test(names_that_are_only_trusted_are_said_everywhere),
        cmocka_unit_test(of_many_trusted_files_some_are_named),
        cmocka_unit_test(more_than_what_may_be_unnamed_fails),
        cmocka_unit_test(colour_marks_what_deserves_attention),
        cmocka_unit_test(a_clean_run_has_no_colour),
        cmocka_unit_test(no_weight_means_no_shares),
        cmocka_unit_test(only_harmless_text_passes),
        cmocka_unit_test(lines_keep_their_breaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
