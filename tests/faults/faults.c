/* faults.c: run the program once for each call that may fail, and let that one fail.
 *
 *     faults [--kind KIND] [--runs N] [--all-after] [--only N] [--watch N] [--inside]
 *            [--pipe FILE] [--out FILE] -- [COMMAND] [OPTIONS] ...
 *
 * Behind -- are the words of a flamedata command line. The program is run within this one (its main
 * is flame_cli_main here), each time in a child of its own, so that a crash has the number of the
 * call that led to it. What it gives without fault is what it has to give, or else it has to say
 * what is missing:
 *
 * exit 0       the same output; or another one, and standard error tells why ("memory" if it was)
 * exit 1       a message; FILE is as it was
 * always       nothing is left beside FILE, no block, descriptor or mapping is left, no signal, no
 *              exit from within a library, done within HANG seconds
 *
 * --kind       one of fault_points.h: alloc, open, read, write, stat, map, place, thread (alloc)
 * --runs       so many at most (0: one for each call): half of them for the first calls, the
 *              others evenly over the rest
 * --all-after  all further calls of the kind fail, too
 * --only       this call alone; --watch prints where the Nth call was
 * --inside     another output may say itself what is missing, and standard error nothing
 * --pipe       standard input is a pipe with FILE's bytes
 * --out        the file that the words name with -o, which holds something else before
 *
 * What the libraries keep once and for all is made by a first run, in the parent. No call of a
 * kind that each command makes (an allocation, a write) is a defect, too: of this program, whose
 * functions are not the ones that are called. */
#define _GNU_SOURCE
#include "fault_points.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int flame_cli_main(int argc, char **argv);

enum { HANG = 60, MOST_SHOWN = 40, OUTPUTS = 3 };

static const char before[] = "what was there before\n";

/* What one run left: standard output, standard error, and FILE. */
struct texts {
    char *bytes[OUTPUTS];
    size_t sizes[OUTPUTS];
};

/* Written by a child, which is not back yet while done is false. */
struct outcome {
    bool done;
    int status, descriptors;
    struct fault_tally tally;
};

struct options {
    enum fault_kind kind;
    uint64_t runs, only, watch;
    bool all_after, inside;
    const char *pipe, *out;
    int argc;
    char **argv;
};

struct test {
    struct options o;
    int streams[2];
    struct outcome *outcome;
    struct texts want;
    int want_status;
    uint64_t injected, spared, failed, same, said, defects;
    size_t names;
};

static void bad(const char *what)
{
    perror(what);
    exit(2);
}

static void read_fd(int fd, char **bytes, size_t *size)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        bad("faults: fstat");
    *size = (size_t)st.st_size;
    *bytes = calloc(*size + 1, 1);
    if (!*bytes || pread(fd, *bytes, *size, 0) != st.st_size)
        bad("faults: read");
}

static struct texts read_texts(const struct test *t)
{
    struct texts x = { 0 };
    for (int i = 0; i < 2; i++)
        read_fd(t->streams[i], &x.bytes[i], &x.sizes[i]);
    int fd = t->o.out ? open(t->o.out, O_RDONLY) : -1;
    if (fd >= 0) {
        read_fd(fd, &x.bytes[2], &x.sizes[2]);
        close(fd);
    }
    return x;
}

static void free_texts(struct texts *x)
{
    for (int i = 0; i < OUTPUTS; i++)
        free(x->bytes[i]);
}

static bool same_text(const struct texts *a, const struct texts *b, int i)
{
    return a->sizes[i] == b->sizes[i] &&
           (!a->sizes[i] || memcmp(a->bytes[i], b->bytes[i], a->sizes[i]) == 0);
}

/* How many names there are in a folder. */
static size_t count_names(const char *folder)
{
    size_t count = 0;
    DIR *dir = opendir(folder);
    if (!dir)
        bad(folder);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

/* In the folder of FILE, which is the current one where it has none. */
static size_t count_beside(const char *file)
{
    char folder[4096];
    const char *slash = strrchr(file, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - file) : 1, slash ? file : ".");
    return count_names(folder);
}

static void put_file(const char *path, const char *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size || close(fd) != 0)
        bad(path);
}

/* Standard input, which is to be had anew for each run; the pipe holds all of it, so that nobody
 * has to write meanwhile. */
static void set_input(const char *pipe_from)
{
    int fd = open(pipe_from ? pipe_from : "/dev/null", O_RDONLY), ends[2];
    if (fd < 0)
        bad(pipe_from ? pipe_from : "/dev/null");
    if (pipe_from) {
        char *bytes;
        size_t size;
        read_fd(fd, &bytes, &size);
        close(fd);
        if (pipe(ends) != 0 || fcntl(ends[1], F_SETPIPE_SZ, (int)size + 4096) < 0 ||
            write(ends[1], bytes, size) != (ssize_t)size)
            bad("faults: pipe");
        close(ends[1]);
        free(bytes);
        fd = ends[0];
    }
    dup2(fd, STDIN_FILENO);
    close(fd);
}

/* Run the command line here, with the nth call failing. */
static void run_here(struct test *t, uint64_t nth)
{
    struct outcome *outcome = t->outcome;
    int kept[2] = { dup(STDOUT_FILENO), dup(STDERR_FILENO) };
    char **argv = calloc((size_t)t->o.argc + 1, sizeof *argv); /* main may change it */
    memcpy(argv, t->o.argv, (size_t)t->o.argc * sizeof *argv);
    set_input(t->o.pipe);
    for (int i = 0; i < 2; i++) {
        if (ftruncate(t->streams[i], 0) != 0 || lseek(t->streams[i], 0, SEEK_SET) != 0)
            bad("faults: seek");
        if (!(i && nth && t->o.watch))
            dup2(t->streams[i], STDOUT_FILENO + i);
    }
    size_t descriptors = count_names("/proc/self/fd");
    fault_watch(nth ? t->o.watch : 0);
    fault_arm(t->o.kind, nth, t->o.all_after);
    outcome->status = flame_cli_main(t->o.argc, argv);
    fflush(NULL);
    outcome->tally = fault_disarm();
    outcome->descriptors = (int)(count_names("/proc/self/fd") - descriptors);
    for (int i = 0; i < 2; i++) {
        dup2(kept[i], STDOUT_FILENO + i);
        close(kept[i]);
    }
    free(argv);
    outcome->done = true;
}

/* In a child; how it ended, as waitpid tells. */
static int run_apart(struct test *t, uint64_t nth)
{
    *t->outcome = (struct outcome){ 0 };
    if (t->o.out) {
        put_file(t->o.out, before, strlen(before));
        t->names = count_beside(t->o.out);
    }
    pid_t child = fork();
    if (child < 0)
        bad("faults: fork");
    if (child == 0) {
        alarm(HANG);
        run_here(t, nth);
        _exit(0);
    }
    int how;
    waitpid(child, &how, 0);
    return how;
}

static bool says(const struct texts *x, const char *word)
{
    return memmem(x->bytes[1], x->sizes[1], word, strlen(word)) != NULL;
}

static bool kept(const struct test *t, const struct texts *x)
{
    return !t->o.out ||
           (x->sizes[2] == strlen(before) && memcmp(x->bytes[2], before, x->sizes[2]) == 0);
}

/* What is wrong with a run; NULL: nothing. */
static const char *judge(struct test *t, int how, const struct texts *x)
{
    const struct outcome *o = t->outcome;
    const char *word = t->o.kind == FAULT_ALLOC ? "memory" : "";
    if (WIFSIGNALED(how))
        return WTERMSIG(how) == SIGALRM ? "does not end" : "ends by a signal";
    if (!o->done)
        return "ends from within a library";
    bool same = same_text(&t->want, x, 0) && (o->status || same_text(&t->want, x, 2));
    bool same_words = same_text(&t->want, x, 1);
    if (o->status && o->status != t->want_status && o->status != 1)
        return "wrong exit status";
    if (o->status && same_words && o->status != t->want_status)
        return "fails without a word";
    if (o->status && !kept(t, x))
        return "fails, and what was there before is gone";
    if (!same_words && !says(x, word))
        return "says another thing, and not why";
    if (!o->status && !same && same_words && !t->o.inside)
        return "another result, and not a word of it";
    if (t->o.out && count_beside(t->o.out) != t->names)
        return "leaves a file behind";
    if (o->tally.live)
        return "leaks memory";
    if (o->descriptors)
        return "leaks descriptors";
    if (o->tally.maps)
        return "leaks mappings";
    t->failed += o->status != 0;
    t->same += !o->status && same && same_words;
    t->said += !o->status && !(same && same_words);
    return NULL;
}

/* Text up to its last line, which is the most telling one. */
static void show_end(const struct texts *x)
{
    size_t end = x->sizes[1], at;
    while (end && x->bytes[1][end - 1] == '\n')
        end--;
    for (at = end; at && x->bytes[1][at - 1] != '\n'; at--)
        continue;
    if (end > at)
        printf("    last words: %.*s\n", (int)(end - at), x->bytes[1] + at);
}

/* Fail the nth call. False: there are not so many. */
static bool inject(struct test *t, uint64_t nth)
{
    int how = run_apart(t, nth);
    const struct outcome *o = t->outcome;
    if (o->done && !o->tally.failed) {
        t->spared += o->tally.spared;
        return o->tally.spared;
    }
    struct texts x = read_texts(t);
    const char *wrong = judge(t, how, &x);
    t->injected++;
    if (wrong && t->defects++ < MOST_SHOWN) {
        printf("  call %" PRIu64 ": %s", nth, wrong);
        if (WIFSIGNALED(how))
            printf(" (%s)", strsignal(WTERMSIG(how)));
        else if (o->done)
            printf(" (exit %d)", o->status);
        if (o->tally.live)
            printf(": %" PRIu64 " blocks, the first from behind call %" PRIu64, o->tally.live,
                   o->tally.first_live - 1);
        if (o->descriptors)
            printf(": %d", o->descriptors);
        printf("\n");
        show_end(&x);
    }
    free_texts(&x);
    return true;
}

/* Without fault: what is wanted, and whether the test can tell anything. */
static uint64_t learn(struct test *t)
{
    if (t->o.out)
        put_file(t->o.out, before, strlen(before));
    run_here(t, 0);
    t->want = read_texts(t);
    t->want_status = t->outcome->status;
    run_apart(t, 0);
    const struct outcome *o = t->outcome;
    struct texts again = read_texts(t);
    bool same = o->done && o->status == t->want_status;
    for (int i = 0; i < OUTPUTS; i++)
        same &= same_text(&t->want, &again, i);
    if (!same || o->tally.live || o->descriptors || o->tally.maps) {
        printf("  without fault: %s; %" PRIu64 " blocks (behind call %" PRIu64
               "), %d descriptors, %" PRIu64 " mappings are left\n",
               same ? "the same each time" : "another output each time", o->tally.live,
               o->tally.first_live, o->descriptors, o->tally.maps);
        show_end(&again);
        t->defects++;
    }
    free_texts(&again);
    return o->tally.reached;
}

static void inject_all(struct test *t, uint64_t reached)
{
    uint64_t runs = t->o.runs && t->o.runs < reached ? t->o.runs : reached, dense = runs;
    if (runs < reached)
        dense = runs / 2;
    for (uint64_t n = 1; n <= dense && inject(t, n); n++)
        continue;
    for (uint64_t i = dense; i < runs; i++)
        if (!inject(t, dense + 1 + (i - dense) * (reached - dense) / (runs - dense)))
            break;
}

static enum fault_kind kind_of(const char *word)
{
    static const char *const words[] = {
#define X(kind, word) word,
        FAULT_KINDS(X)
#undef X
    };
    for (int k = 0; k < FAULT_KIND_COUNT; k++)
        if (strcmp(words[k], word) == 0)
            return (enum fault_kind)k;
    fprintf(stderr, "faults: there is no kind '%s'\n", word);
    exit(2);
}

static struct options parse(int argc, char **argv)
{
    struct options o = { .kind = FAULT_ALLOC };
    int i = 1;
    for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--all-after") == 0) {
            o.all_after = true;
            continue;
        }
        if (strcmp(argv[i], "--inside") == 0) {
            o.inside = true;
            continue;
        }
        if (strcmp(argv[i], "--kind") == 0)
            o.kind = kind_of(value);
        else if (strcmp(argv[i], "--runs") == 0)
            o.runs = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--only") == 0)
            o.only = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--watch") == 0)
            o.watch = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--pipe") == 0)
            o.pipe = value;
        else if (strcmp(argv[i], "--out") == 0)
            o.out = value;
        else
            bad(argv[i]);
        i++;
    }
    if (i == argc)
        bad("faults: no command line");
    argv[i] = argv[0];
    o.argc = argc - i;
    o.argv = argv + i;
    return o;
}

int main(int argc, char **argv)
{
    struct test t = { .o = parse(argc, argv) };
    for (int i = 0; i < 2; i++)
        if ((t.streams[i] = memfd_create("faults", 0)) < 0)
            bad("faults: memfd");
    t.outcome =
        mmap(NULL, sizeof *t.outcome, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (t.outcome == MAP_FAILED)
        bad("faults: mmap");
    uint64_t reached = learn(&t);
    if (reached == 0 && (t.o.kind == FAULT_ALLOC || t.o.kind == FAULT_WRITE)) {
        printf("  no such call: nothing was tried\n");
        t.defects++;
    }
    if (t.o.only)
        inject(&t, t.o.only);
    else
        inject_all(&t, reached);
    printf("%" PRIu64 " calls, %" PRIu64 " injected: %" PRIu64 " failed, %" PRIu64 " same, %" PRIu64
           " said so; %" PRIu64 " spared; %" PRIu64 " defects\n",
           reached, t.injected, t.failed, t.same, t.said, t.spared, t.defects);
    free_texts(&t.want);
    return t.defects ? 1 : 0;
}
