/* source_path.c: by names alone, so that a text without a name for it is none: a key, a list of
 * passwords, a letter. */
#include "source_path.h"

#include <stddef.h>
#include <string.h>

bool flame_source_path_is_named_so(struct flame_str path)
{
    static const char ends[] =
        " .C .H .S .ada .adb .ads .asm .c .c++ .cc .cjs .clj .cljs .cpp .cr .cs .cts .cu .cuh .cxx "
        ".d .def .dart .el .erl .ex .exs .f .f03 .f08 .f77 .f90 .f95 .for .fs .fsx .go .gperf "
        ".groovy .h .h++ .hh .hpp .hrl .hs .hxx .i .icc .idl .ii .impl .inc .inl .ipp .ixx .java "
        ".jl .js .jsx .kt .kts .l .lhs .lisp .ll .lpp .lua .m .mjs .ml .mli .mll .mly .mm .mts "
        ".nim .odin .pas .php .pl .pm .pp .proto .pxd .pxi .py .pyi .pyx .r .rb .re .rl .rs .s "
        ".scala .scm .swift .sx .tcc .tpp .ts .tsx .txx .v .vala .vb .y .ypp .yy .zig ";
    struct flame_str name = flame_str_basename(path);
    const char *dot = strrchr(name.ptr, '.');
    char end[16];
    if (!dot) /* <vector> */
        return strstr(path.ptr, "/include/") != NULL;
    size_t length = name.len - (size_t)(dot - name.ptr);
    if (length + 3 > sizeof end || memchr(dot, ' ', length))
        return false;
    end[0] = end[length + 1] = ' ';
    memcpy(end + 1, dot, length);
    end[length + 2] = 0;
    return strstr(ends, end) != NULL;
}

bool flame_source_path_is_visible(const char *path)
{
    static const char *const tools[] = { "/.cargo/registry/", "/.cargo/git/",
                                         "/.rustup/toolchains/", "/.cache/bazel/" };
    for (const char *at = strstr(path, "/."); at; at = strstr(at + 1, "/.")) {
        bool known = strncmp(at, "/./", 3) == 0 || strncmp(at, "/../", 4) == 0;
        for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
            known |= strncmp(at, tools[i], strlen(tools[i])) == 0;
        if (!known)
            return false;
    }
    return path[0] != '.' || path[1] == '/' || strncmp(path, "../", 3) == 0;
}

bool flame_source_path_is_public(const char *path)
{
    static const char *const never[] = { "/etc/", "/proc/", "/sys/", "/dev/", "/run/" };
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (strncmp(path, never[i], strlen(never[i])) == 0)
            return false;
    return flame_source_path_is_visible(path) &&
           flame_source_path_is_named_so(flame_str_from(path));
}
