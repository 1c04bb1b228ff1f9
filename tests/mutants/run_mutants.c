/* run_mutants.c: run programs over a folder of mutants, and count how they end.
 *
 *     run_mutants [OPTION...] FOLDER COMMAND...
 *
 * A COMMAND is words between blanks. {} in them is the path of an entry of FOLDER, {out} a path in
 * an empty folder of the run's own, to which a suffix may follow. Of several commands each entry
 * gets one, in turn; the table has a line for each.
 *
 *     --seconds N       more of the processor's time, or 12 times that by the clock, is a hang (10)
 *     --memory MIB      more is too much (1024; 0: not looked at)
 *     --jobs N          at once (2)
 *     --every N         only one of N entries, chosen so that it follows no order of the names (1)
 *     --promise         what flamedata promises: exit 1 with a message that names the file, or
 *                       exit 0 with output that is whole; nothing else in its folder
 *     --named TEXT      in a message this names the file as the entry's own name does
 *     --log FILE        a line for each run: entry, command, end, exit status, ms of the processor,
 *                       MiB, lines of standard output
 *     --label TEXT      first column of the table; default: the command
 *
 * Exits with 0 if nothing crashed, hung, took too much memory or broke a promise. Limits nothing
 * itself but time and the size of files: a program is seen as it is. */
#include "run_mutants.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void bad(const char *what, const char *which)
{
    fprintf(stderr, "run_mutants: %s: %s\n", which, what);
    exit(2);
}

const char *end_name(enum run_end end)
{
    static const char *const names[] = {
#define X(name, text) text,
        RUN_ENDS(X)
#undef X
    };
    return names[end];
}

/* Returns how many words the options took. */
static int read_options(int argc, char **argv, struct run_options *o)
{
    int i = 1;
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--promise") == 0) {
            o->promise = true;
            continue;
        }
        if (!value)
            bad("needs a value", argv[i]);
        if (strcmp(argv[i], "--seconds") == 0)
            o->most_ms = 1000 * strtol(value, NULL, 10);
        else if (strcmp(argv[i], "--memory") == 0)
            o->memory_mib = strtol(value, NULL, 10);
        else if (strcmp(argv[i], "--jobs") == 0)
            o->jobs = strtoul(value, NULL, 10);
        else if (strcmp(argv[i], "--every") == 0)
            o->every = strtoul(value, NULL, 10);
        else if (strcmp(argv[i], "--label") == 0)
            o->label = value;
        else if (strcmp(argv[i], "--named") == 0)
            o->named = value;
        else if (strcmp(argv[i], "--log") != 0)
            bad("no such option", argv[i]);
        else if (!(o->log = fopen(value, "w")))
            bad(strerror(errno), value);
        i++;
    }
    if (o->jobs == 0 || o->jobs > RUN_JOBS || o->every == 0 || o->most_ms <= 0)
        bad("out of range", "options");
    return i;
}

static void log_run(const struct run_options *o, const struct run *r)
{
    if (o->log)
        fprintf(o->log, "%s\t%zu\t%s\t%d\t%ld\t%ld\t%lu\n", r->name, r->command, end_name(r->end),
                r->status, r->ms, r->kib >> 10, r->lines);
}

/* What ended badly is told with the last line of its standard error. */
static void tell(const struct run *r)
{
    printf("%s: %s (status %d, %ld ms, %ld MiB)%s%s\n", r->name, end_name(r->end), r->status, r->ms,
           r->kib >> 10, r->said[0] ? ": " : "", r->said);
}

static bool add_run(const struct run_options *o, const struct run *r, struct row *row)
{
    row->runs++;
    row->ends[r->end]++;
    row->located += r->located;
    row->lines += r->lines;
    row->ms = r->ms > row->ms ? r->ms : row->ms;
    row->kib = r->kib > row->kib ? r->kib : row->kib;
    log_run(o, r);
    bool broken = r->end >= RUN_CRASH || (o->promise && r->end >= RUN_SILENT);
    if (broken)
        tell(r);
    return !broken;
}

static void print_rows(const struct run_options *o, size_t count, char **commands,
                       const struct row *rows)
{
    printf("%-44s %6s", "command", "runs");
    for (size_t end = 0; end < RUN_ENDS_COUNT; end++)
        printf(" %9s", end_name((enum run_end)end));
    printf(" %9s %9s %6s %6s\n", "at offset", "lines", "ms", "MiB");
    for (size_t i = 0; i < count; i++) {
        printf("%-44.44s %6lu", o->label ? o->label : commands[i], rows[i].runs);
        for (size_t end = 0; end < RUN_ENDS_COUNT; end++)
            printf(" %9lu", rows[i].ends[end]);
        printf(" %9lu %9lu %6ld %6ld\n", rows[i].located, rows[i].lines, rows[i].ms,
               rows[i].kib >> 10);
    }
}

/* Multiplicative hashing spreads neighbours. */
static bool is_chosen(const struct run_options *o, size_t entry)
{
    return ((uint32_t)entry * UINT32_C(2654435761) >> 16) % o->every == 0;
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
    struct run_options o = { .most_ms = 10000, .memory_mib = 1024, .jobs = 2, .every = 1 };
    int at = read_options(argc, argv, &o);
    struct dirent **names = NULL;
    if (argc - at < 2)
        bad("usage: run_mutants [OPTION...] FOLDER COMMAND...", "arguments");
    o.folder = argv[at];
    char **commands = argv + at + 1;
    size_t command_count = (size_t)(argc - at - 1), next = 0, turn = 0, running = 0;
    struct row *rows = calloc(command_count, sizeof *rows);
    int entries = scandir(o.folder, &names, visible, alphasort);
    if (entries <= 0 || !rows)
        bad("has no entries", o.folder);
    struct run_pool *pool = run_pool_begin(&o);
    bool well = true;
    while (next < (size_t)entries || running > 0) {
        struct run done;
        while (next < (size_t)entries && running < o.jobs) {
            size_t command = turn % command_count, entry = next++;
            if (!is_chosen(&o, entry))
                continue;
            run_pool_start(pool, names[entry]->d_name, commands[command], command);
            turn++;
            running++;
        }
        if (running == 0)
            break;
        run_pool_wait(pool, &done);
        running--;
        well &= add_run(&o, &done, &rows[done.command]);
    }
    run_pool_end(pool);
    print_rows(&o, command_count, commands, rows);
    for (int i = 0; i < entries; i++)
        free(names[i]);
    free(names);
    free(rows);
    return (o.log && fclose(o.log) != 0) || !well;
}
