/* make_jitdumps.c: write the files of corpus/jitdump that are built, not recorded.
 *
 *     make_jitdumps FOLDER
 *
 * A row of the table is a file; corpus/jitdump/README.md says what it is for. */
#include "jitdump_builder.h"

#include <stdio.h>

enum { PID = 5, X86_64 = 62, BASE = 0x1000, DEBUG = 2 };

static const uint8_t code[] = { 0x55, 0x48, 0x89, 0xe5, 0x31, 0xc0, 0x5d, 0xc3 };

static const struct jitdump_line two_lines[] = { { BASE, 3, "/app/f.js" },
                                                 { BASE + 4, 4, "\xff" } };

static void put_methods(struct jitdump_builder *d)
{
    jitdump_lines(d, 90, BASE, two_lines, 2);
    jitdump_load(d, 100, PID, BASE, 1, "f", code, sizeof code);
    jitdump_load(d, 110, PID, BASE + 64, 2, "JS:*g /app/g.js:1:2", code, sizeof code);
    jitdump_move(d, 120, PID, BASE, BASE + 256, sizeof code, 1);
    jitdump_load(d, 130, PID, BASE, 3, "h, where f was", code, sizeof code);
}

/* Lines as V8 writes them: 0x40 too high, the first bytes of the names overwritten. */
static void put_overwritten(struct jitdump_builder *d)
{
    static const char name[] = "\x10\x20\0\x30\0\0\0\0\x50\x60\0\0\0\0\0\0e/to/the/script.js";
    jitdump_begin(d, DEBUG, 90);
    jitdump_u64(d, BASE);
    jitdump_u64(d, 2);
    for (uint32_t i = 0; i < 2; i++) {
        jitdump_u64(d, BASE + 0x40 + i);
        jitdump_u32(d, i + 1);
        jitdump_u32(d, 0);
        jitdump_bytes(d, name, sizeof name);
    }
    jitdump_end(d);
    jitdump_load(d, 100, PID, BASE, 1, "JS:*f with blanks /home/some/people/to/the/script.js:1:2",
                 code, sizeof code);
}

static void put_unwritten_end(struct jitdump_builder *d)
{
    static const uint8_t zeros[64];
    put_methods(d);
    jitdump_bytes(d, zeros, sizeof zeros);
}

static void put_code_size(struct jitdump_builder *d)
{
    jitdump_load(d, 100, PID, BASE, 1, "f", code, sizeof code);
    jitdump_patch(d, d->record + 40, 8, UINT64_MAX);
    put_methods(d);
}

static void put_name_without_end(struct jitdump_builder *d)
{
    jitdump_load(d, 100, PID, BASE, 1, "f", code, sizeof code);
    jitdump_patch(d, d->record + 57, 1, 'f');
    put_methods(d);
}

static void put_record_size(struct jitdump_builder *d)
{
    put_methods(d);
    jitdump_load(d, 140, PID, BASE, 4, "f", code, sizeof code);
    jitdump_patch(d, d->record + 4, 4, 8);
}

static void put_line_count(struct jitdump_builder *d)
{
    jitdump_lines(d, 90, BASE, two_lines, 2);
    jitdump_patch(d, d->record + 24, 8, (uint64_t)1 << 63);
    jitdump_load(d, 100, PID, BASE, 1, "f", code, sizeof code);
}

static void put_overlaps(struct jitdump_builder *d)
{
    for (uint64_t i = 0; i < 40; i++) {
        jitdump_load(d, i, PID, BASE + i % 7, i % 3, "f", code, sizeof code);
        jitdump_move(d, i, PID, BASE, UINT64_MAX - i, sizeof code, i % 5);
    }
}

static const struct dump {
    const char *name;
    bool big_endian;
    void (*put)(struct jitdump_builder *d);
} dumps[] = {
    { "good-methods", false, put_methods },
    { "good-methods-be", true, put_methods },
    { "good-overwritten", false, put_overwritten },
    { "good-unwritten-end", false, put_unwritten_end },
    { "bad-code-size", false, put_code_size },
    { "bad-name-without-end", false, put_name_without_end },
    { "bad-record-size", false, put_record_size },
    { "bad-line-count", false, put_line_count },
    { "bad-overlaps", false, put_overlaps },
};

static bool write_bytes(const char *folder, const char *name, const struct jitdump_builder *d)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.dump", folder, name);
    FILE *out = fopen(path, "wb");
    bool written = out && fwrite(d->bytes, 1, d->size, out) == d->size;
    if (out && fclose(out) != 0)
        written = false;
    if (!written)
        perror(path);
    return written;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: make_jitdumps FOLDER\n", stderr);
        return 2;
    }
    for (size_t i = 0; i < sizeof dumps / sizeof *dumps; i++) {
        struct jitdump_builder d = { .big_endian = dumps[i].big_endian };
        jitdump_header(&d, X86_64, PID, 0);
        dumps[i].put(&d);
        bool written = write_bytes(argv[1], dumps[i].name, &d);
        jitdump_free(&d);
        if (!written)
            return 1;
    }
    return 0;
}
