/* make_corpus.c: write the files of corpus/perf_data that are built, not recorded.
 *
 *     make_corpus FOLDER
 *
 * The same bytes each time; where zstd is another version, those of compressed files may differ. A
 * row of a table in corpus_*.c is a file, corpus/perf_data/README.md says what it is for. */
#include "corpus.h"

#include <stdio.h>

static const struct corpus_file *const tables[] = { corpus_forms, corpus_records, corpus_stacks,
                                                    corpus_simpleperf, corpus_damage };

static bool write_bytes(const char *folder, const char *name, struct flame_bytes bytes)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.data", folder, name);
    FILE *out = fopen(path, "wb");
    bool written = out && fwrite(bytes.ptr, 1, (size_t)bytes.size, out) == bytes.size;
    if (out && fclose(out) != 0)
        written = false;
    if (!written)
        perror(path);
    return written;
}

static bool make(const char *folder, const struct corpus_file *file)
{
    struct perf_builder *b = builder_new(file->options);
    file->put(b);
    struct flame_bytes bytes = builder_finish(b);
    if (file->spoil)
        file->spoil(&bytes);
    bool written = write_bytes(folder, file->name, bytes);
    builder_free(b);
    return written;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: make_corpus FOLDER\n", stderr);
        return 2;
    }
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const struct corpus_file *file = tables[t]; file->name; file++)
            if (!make(argv[1], file))
                return 1;
    return 0;
}
