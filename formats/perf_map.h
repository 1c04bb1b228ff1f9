/* perf_map.h: read perf-PID.map, in which JIT compilers say what they wrote where. */
#ifndef FLAME_FORMATS_PERF_MAP_H
#define FLAME_FORMATS_PERF_MAP_H

#include <flamedata/str.h>
#include <stdint.h>

/* One line: [start, start+size) in the process; name, which may hold spaces, borrows the text. */
struct flame_perf_map_line {
    uint64_t start, size;
    struct flame_str name;
};

/* Call each(user, line) for every line of text[size], until it returns false. Lines that are not of
 * the form "start size name" (hexadecimal, 0x allowed) are skipped. Returns how many were. */
size_t flame_perf_map_read(const char *text, size_t size,
                           bool (*each)(void *user, const struct flame_perf_map_line *line),
                           void *user);

#endif
