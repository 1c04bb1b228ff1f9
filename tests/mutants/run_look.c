/* run_look.c: what a run left in its folder. */
#include "run_mutants.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TAIL = 16, HEAD = 1 << 14 };

/* How a whole file of this suffix ends. */
static const struct ending {
    const char *suffix, *text;
} endings[] = {
    { ".svg", "</svg>\n" }, { ".html", "</html>\n" }, { ".json", "}\n" },
    { ".folded", "\n" },    { ".txt", "\n" },         { ".fdpack", "" },
};

/* Lines that begin something: of perf's text the samples, not their frames. */
static unsigned long count_lines(FILE *in)
{
    static char bytes[1 << 16];
    unsigned long lines = 0;
    bool at_start = true;
    for (size_t got; (got = fread(bytes, 1, sizeof bytes, in)) > 0;)
        for (size_t i = 0; i < got; i++) {
            lines += at_start && bytes[i] != '\n' && bytes[i] != '\t';
            at_start = bytes[i] == '\n';
        }
    return lines;
}

/* The last line that says something, and whether what was said names the file, and an offset. */
static bool look_at_message(FILE *in, const struct run_options *o, struct run *r)
{
    static char text[HEAD];
    size_t size = fread(text, 1, sizeof text - 1, in);
    for (size_t i = 0; i < size; i++) /* names may hold anything */
        if (text[i] == '\0')
            text[i] = '?';
    text[size] = '\0';
    r->located = strstr(text, "+0x") != NULL;
    bool named = strstr(text, r->name) || (o->named && strstr(text, o->named));
    while (size > 0 && text[size - 1] == '\n')
        text[--size] = '\0';
    const char *last = strrchr(text, '\n');
    snprintf(r->said, sizeof r->said, "%.*s", RUN_SAID - 1, last ? last + 1 : text);
    return named;
}

/* A text that is empty is one of no lines. */
static bool is_whole(const char *path)
{
    struct stat st;
    char tail[TAIL] = "";
    FILE *in = fopen(path, "rb");
    if (!in)
        return false;
    bool whole = false;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t want = strlen(endings[i].text), length = strlen(endings[i].suffix);
        if (strlen(path) < length || strcmp(path + strlen(path) - length, endings[i].suffix) != 0)
            continue;
        whole = (fstat(fileno(in), &st) == 0 && st.st_size == 0 && want == 1) ||
                (fseek(in, -(long)want, SEEK_END) == 0 && fread(tail, 1, want, in) == want &&
                 memcmp(tail, endings[i].text, want) == 0);
    }
    fclose(in);
    return whole;
}

/* Files of the output, whole or not; removes them. */
static void look_at_output(const char *folder, unsigned *whole, unsigned *spoilt)
{
    struct dirent **names = NULL;
    int count = scandir(folder, &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char path[RUN_PATH + 256];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        if (names[i]->d_name[0] != '.' || strlen(names[i]->d_name) > 2) {
            *(is_whole(path) ? whole : spoilt) += 1;
            unlink(path);
        }
        free(names[i]);
    }
    free(names);
}

void run_look(const struct run_options *o, const char *folder, struct run *r)
{
    char one[RUN_PATH + 8], two[RUN_PATH + 8];
    unsigned whole = 0, spoilt = 0;
    bool named = false;
    snprintf(one, sizeof one, "%s/1", folder);
    snprintf(two, sizeof two, "%s/2", folder);
    FILE *out = fopen(one, "rb"), *err = fopen(two, "rb");
    if (out) {
        r->lines = count_lines(out);
        fclose(out);
    }
    if (err) {
        named = look_at_message(err, o, r);
        fclose(err);
    }
    unlink(one);
    unlink(two);
    look_at_output(folder, &whole, &spoilt);
    r->located = r->located && r->status != 0;
    if (r->status == 0)
        r->end = RUN_OK;
    else
        r->end = r->said[0] ? RUN_ERROR : RUN_SILENT;
    if (o->promise && (spoilt > 0 || whole > 1 || (r->status == 0) != (whole == 1) ||
                       (r->end == RUN_ERROR && !named)))
        r->end = RUN_BROKEN;
}
