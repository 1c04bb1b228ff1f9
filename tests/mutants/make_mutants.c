/* make_mutants.c: write mutants of files: the same ones each time.
 *
 *     make_mutants BASES OUT COUNT
 *
 * Each entry of the folder BASES is mutated in turn, each time in another way, until there are
 * COUNT mutants in OUT, named NUMBER-ENTRY-WHAT. A file called *.data is mutated as a perf.data
 * (perf_mutate.h), any other as bytes (mutate_bytes.h). A folder is copied, and one of its files is
 * mutated, the next one each time; perf.data stays what it is, and says how the others are used. */
#include "mutate_bytes.h"
#include "perf_mutate.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    PATH = 1024,
    FILES = 64,          /* of a folder */
    ROOM = 128 << 10,    /* what a mutation may add */
    BASE_MAX = 16 << 20, /* of a base */
};

struct paths {
    size_t count;
    char path[FILES][PATH];
};

static void bad(const char *what, const char *path)
{
    fprintf(stderr, "make_mutants: %s: %s\n", path, what);
    exit(1);
}

static void join(char *out, const char *folder, const char *name)
{
    if (snprintf(out, PATH, "%s/%s", folder, name) >= PATH)
        bad("too long", name);
}

static bool is_folder(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        bad("is not there", path);
    return S_ISDIR(st.st_mode);
}

/* The files below a folder, by their paths inside of it; makes the same folders in copy. */
static void list_files(const char *folder, const char *inside, const char *copy, struct paths *out)
{
    struct dirent **names = NULL;
    char here[PATH], there[PATH];
    join(here, folder, inside);
    join(there, copy, inside);
    mkdir(there, 0777);
    int count = scandir(here, &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char path[PATH], full[PATH];
        join(path, inside, names[i]->d_name);
        join(full, folder, path);
        if (strcmp(names[i]->d_name, ".") == 0 || strcmp(names[i]->d_name, "..") == 0) {
        } else if (is_folder(full)) {
            list_files(folder, path, copy, out);
        } else if (out->count == FILES) {
            bad("too many files", folder);
        } else {
            memcpy(out->path[out->count++], path, sizeof path);
        }
        free(names[i]);
    }
    free(names);
}

/* The file's bytes, with ROOM behind them. */
static uint8_t *load(const char *path, size_t *size)
{
    FILE *in = fopen(path, "rb");
    uint8_t *bytes = malloc(BASE_MAX + ROOM);
    if (!in || !bytes)
        bad("cannot be read", path);
    *size = fread(bytes, 1, BASE_MAX, in);
    fclose(in);
    return bytes;
}

static void store(const char *path, uint8_t *bytes, size_t size)
{
    FILE *out = fopen(path, "wb");
    if (!out || fwrite(bytes, 1, size, out) != size || fclose(out) != 0)
        bad("cannot be written", path);
    free(bytes);
}

static bool is_recording(const char *path)
{
    const char *name = strrchr(path, '/');
    size_t length = strlen(path);
    return (length > 5 && strcmp(path + length - 5, ".data") == 0) ||
           (name && strncmp(name, "/data", 5) == 0);
}

static const char *kind_name(const char *path, size_t round)
{
    return is_recording(path)
               ? flame_mutation_name((enum perf_mutation)(round % FLAME_MUTATIONS))
               : flame_byte_mutation_name((enum byte_mutation)(round % FLAME_BYTE_MUTATIONS_END));
}

static void mutate(const char *from, const char *to, size_t round, uint64_t seed)
{
    size_t size;
    uint8_t *bytes = load(from, &size);
    if (is_recording(from))
        size = flame_mutate_perf(bytes, size, size + ROOM,
                                 (enum perf_mutation)(round % FLAME_MUTATIONS), seed);
    else
        size = flame_mutate_bytes(bytes, size,
                                  (enum byte_mutation)(round % FLAME_BYTE_MUTATIONS_END), seed);
    store(to, bytes, size);
}

static void copy(const char *from, const char *to)
{
    size_t size;
    uint8_t *bytes = load(from, &size);
    store(to, bytes, size);
}

static void mutate_file(const char *base, const char *name, const char *out, size_t number,
                        size_t round)
{
    char mutant[PATH];
    const char *dot = strrchr(name, '.');
    if (snprintf(mutant, PATH, "%s/%04zu-%.*s-%s%s", out, number,
                 (int)(dot ? dot - name : (long)strlen(name)), name, kind_name(base, round),
                 dot ? dot : "") >= PATH)
        bad("too long", name);
    mutate(base, mutant, round, number);
}

static void mutate_folder(const char *base, const char *name, const char *out, size_t number,
                          size_t round)
{
    static struct paths files; /* 64 KiB */
    char mutant[PATH], scratch[PATH], from[PATH], to[PATH];
    size_t mutable[FILES], count = 0;
    join(scratch, out, ".scratch");
    files.count = 0;
    mkdir(scratch, 0777);
    list_files(base, ".", scratch, &files);
    for (size_t i = 0; i < files.count; i++)
        if (strcmp(files.path[i], "./perf.data") != 0)
            mutable[count++] = i;
    if (count == 0)
        bad("nothing to mutate", base);
    size_t chosen = mutable[round % count];
    join(from, base, files.path[chosen]);
    for (size_t i = 0; i < files.count; i++) {
        char path[PATH];
        join(path, base, files.path[i]);
        join(to, scratch, files.path[i]);
        if (i == chosen)
            mutate(path, to, round / count, number);
        else
            copy(path, to);
    }
    if (snprintf(mutant, PATH, "%s/%04zu-%s-%s", out, number, name,
                 kind_name(from, round / count)) >= PATH)
        bad("too long", name);
    if (rename(scratch, mutant) != 0)
        bad("is there already", mutant);
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
    struct dirent **names = NULL;
    if (argc != 4)
        bad("usage: make_mutants BASES OUT COUNT", "arguments");
    int bases = scandir(argv[1], &names, visible, alphasort);
    size_t wanted = strtoul(argv[3], NULL, 10);
    if (bases <= 0)
        bad("has no files", argv[1]);
    for (size_t number = 0; number < wanted; number++) {
        char base[PATH];
        const char *name = names[number % (size_t)bases]->d_name;
        /* the ways begin elsewhere for each entry, so that a single round has all of them */
        size_t round = number / (size_t)bases + number % (size_t)bases;
        join(base, argv[1], name);
        if (is_folder(base))
            mutate_folder(base, name, argv[2], number, round);
        else
            mutate_file(base, name, argv[2], number, round);
    }
    for (int i = 0; i < bases; i++)
        free(names[i]);
    free(names);
    return 0;
}
