/* library_files.h: files for the tests of what names objects, below the folder of a test program.
 * After "check.h". */
#ifndef FLAME_TESTS_LIBRARY_FILES_H
#define FLAME_TESTS_LIBRARY_FILES_H

#include "elf_library.h"
#include "folder.h"

#include "file.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The tail of id_a, as a path has it. */
#define HEX_A_TAIL                                                                                 \
    "010203010203040506070809"                                                                     \
    "0a010203040506"

static inline void write_file(const char *name, const void *bytes, size_t size)
{
    const char *path = in_folder(name);
    char part[256];
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
        mkdir(part, 0755);
    }
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

/* A library with one function, "f" by default, at the start of its text. */
static inline void write_library(const char *name, const uint8_t *id, const char *function)
{
    size_t text;
    struct elf_builder *b = library((struct image_options){ .wide = true }, id, &text);
    if (function)
        image_symbol(b,
                     (struct image_symbol){ function, 0x10000, 16, text, STT_FUNC, STB_GLOBAL, 0 });
    struct flame_bytes file = image_finish(b);
    write_file(name, file.ptr, file.size);
    image_free(b);
}

/* A file as maps of it are recorded. */
static inline struct flame_inode inode_of(const char *path)
{
    struct flame_inode inode = { 0 };
    char line[4096];
    uint64_t first = 0;
    int fd = open(path, O_RDONLY);
    void *mapped = mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0);
    FILE *maps = fopen("/proc/self/maps", "r");
    assert_true(mapped != MAP_FAILED);
    assert_non_null(maps);
    while (first != (uintptr_t)mapped && fgets(line, sizeof line, maps))
        sscanf(line, "%" SCNx64 "-%*x %*s %*x %" SCNx32 ":%" SCNx32 " %" SCNu64, &first,
               &inode.major, &inode.minor, &inode.number);
    assert_true(first == (uintptr_t)mapped && inode.number);
    fclose(maps);
    munmap(mapped, 1);
    close(fd);
    return inode;
}

#endif
