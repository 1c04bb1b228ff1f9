/* make_branches.c: write a recording with branch stacks, as `perf record -b` does, of what is said
 * on standard input: few machines of those that test have processors that record branches.
 *
 *     make_branches OUT [any|call] < lines
 *
 *     map START LENGTH PGOFF BUILD-ID PATH
 *     sample IP [FROM TO MISPREDICTED CYCLES]...      newest branch first
 *
 * Numbers are hexadecimal, cycles decimal. */
#include "perf_builder.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PID = 7, MOST = 32, ID = 71, BRANCH_STACK = 15 };

static void bad(const char *line)
{
    fprintf(stderr, "make_branches: cannot read: %s\n", line);
    exit(1);
}

static void put_map(struct perf_builder *b, const char *line)
{
    struct flame_record r = { .type = FLAME_RECORD_MMAP2, .misc = FLAME_MODE_USER };
    char id[41], path[4096];
    r.map.pid = r.map.tid = PID;
    r.map.prot = 5;
    r.map.flags = 2;
    if (sscanf(line, "map %" SCNx64 " %" SCNx64 " %" SCNx64 " %40[0-9a-f] %4095[^\n]", &r.map.start,
               &r.map.len, &r.map.pgoff, id, path) != 5)
        bad(line);
    r.map.build_id.size = (uint8_t)(strlen(id) / 2);
    for (unsigned i = 0; i < r.map.build_id.size; i++) {
        unsigned byte;
        sscanf(id + 2 * i, "%2x", &byte);
        r.map.build_id.bytes[i] = (uint8_t)byte;
    }
    r.misc |= FLAME_MISC_MMAP_BUILD_ID;
    r.map.filename = flame_str_from(path);
    builder_record(b, &r);
}

static void put_sample(struct perf_builder *b, const char *line)
{
    static uint64_t time = 1000;
    uint64_t words[3 * MOST], ip, from, to;
    unsigned mispredicted, cycles;
    size_t count = 0;
    int used;
    if (sscanf(line, "sample %" SCNx64 "%n", &ip, &used) != 1)
        bad(line);
    for (const char *at = line + used; sscanf(at, "%" SCNx64 " %" SCNx64 " %u %u%n", &from, &to,
                                              &mispredicted, &cycles, &used) == 4 &&
                                       count < MOST;
         at += used, count++) {
        words[3 * count] = from;
        words[3 * count + 1] = to;
        words[3 * count + 2] = (mispredicted ? 1 : 2) | (uint64_t)cycles << 4;
    }
    builder_sample(b, &(struct flame_sample){ .where = { PID, PID, time++, ID, 0, 0 },
                                              .misc = FLAME_MODE_USER,
                                              .ip = ip,
                                              .period = 1000,
                                              .branches = (const uint8_t *)words,
                                              .branch_count = count });
}

int main(int argc, char **argv)
{
    struct flame_event_attr attr = {
        .sample_period = 1000,
        .sample_type = FLAME_SAMPLE_IP | FLAME_SAMPLE_TID | FLAME_SAMPLE_TIME |
                       FLAME_SAMPLE_PERIOD | FLAME_SAMPLE_BRANCH_STACK | FLAME_SAMPLE_IDENTIFIER,
        .branch_sample_type =
            FLAME_BRANCH_USER |
            (argc > 2 && strcmp(argv[2], "call") == 0 ? FLAME_BRANCH_ANY_CALL : FLAME_BRANCH_ANY),
        .flags = UINT64_C(1) << FLAME_ATTR_sample_id_all | UINT64_C(1) << FLAME_ATTR_exclude_kernel,
    };
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    static char line[1 << 14];
    if (argc < 2)
        bad("no file to write");
    builder_attr(b, &attr, "cycles", 1, (uint64_t[]){ ID });
    builder_comm(b, PID, PID, "branches");
    while (fgets(line, sizeof line, stdin)) {
        if (strncmp(line, "map ", 4) == 0)
            put_map(b, line);
        else
            put_sample(b, line);
    }
    builder_feature_begin(b, BRANCH_STACK);
    builder_feature_end(b);
    struct flame_bytes file = builder_finish(b);
    FILE *out = fopen(argv[1], "wb");
    if (!out || fwrite(file.ptr, 1, (size_t)file.size, out) != file.size || fclose(out) != 0)
        bad(argv[1]);
    builder_free(b);
    return 0;
}
