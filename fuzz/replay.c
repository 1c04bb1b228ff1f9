/* replay.c: run a fuzz target over files, without a fuzzer and with any compiler.
 *
 *     replay_TARGET FILE|FOLDER|@LIST...
 *
 * A folder stands for the files in it, @LIST for those that LIST names, one a line. Each input is a
 * block of memory of its own size, so that AddressSanitizer sees a byte read behind it. What goes
 * wrong ends the program, as in the fuzzer; which input it was is the last line before. */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static unsigned long run, failed;

static void replay_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = malloc(size ? size : 1);
    if (!file || !bytes || fread(bytes, 1, size, file) != size) {
        fprintf(stderr, "%s: cannot be read\n", path);
        failed++;
    } else {
        printf("%s\n", path);
        fflush(stdout);
        LLVMFuzzerTestOneInput(bytes, size);
        run++;
    }
    free(bytes);
    if (file)
        fclose(file);
}

static void replay(const char *path);

/* NOLINTNEXTLINE(misc-no-recursion): of folders in folders, whose paths are shorter than inner */
static void replay_folder(const char *path)
{
    struct dirent **names = NULL;
    int count = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char inner[4096];
        int length = snprintf(inner, sizeof inner, "%s/%s", path, names[i]->d_name);
        if (names[i]->d_name[0] != '.' && length < (int)sizeof inner)
            replay(inner);
        free(names[i]);
    }
    free(names);
}

/* NOLINTNEXTLINE(misc-no-recursion): see replay_folder */
static void replay(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        fprintf(stderr, "%s: is not there\n", path);
        failed++;
    } else if (S_ISDIR(st.st_mode)) {
        replay_folder(path);
    } else {
        replay_file(path, (size_t)st.st_size);
    }
}

static void replay_list(const char *path)
{
    FILE *list = fopen(path, "r");
    char line[4096];
    if (!list) {
        fprintf(stderr, "%s: is not there\n", path);
        failed++;
        return;
    }
    while (fgets(line, sizeof line, list)) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '\0')
            replay(line);
    }
    fclose(list);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '@')
            replay_list(argv[i] + 1);
        else
            replay(argv[i]);
    }
    printf("%lu inputs\n", run);
    return failed > 0 || run == 0;
}
