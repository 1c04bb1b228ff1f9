/* record.c: write a recording of one program, without perf:
 *
 *     record OUT PATH BUILD-ID PGOFF SIZE OFFSET...
 *
 * SIZE bytes of PATH from PGOFF on were mapped for execution, with that build-id (hexadecimal); one
 * sample was taken at each file offset. */
#include "perf_builder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PID = 5, MAP = 0x10000000, EVENT = 71 };

static struct flame_build_id read_id(const char *hex)
{
    struct flame_build_id id = { 0 };
    unsigned byte;
    for (; id.size < FLAME_BUILD_ID_MAX && sscanf(hex, "%2x", &byte) == 1; hex += 2)
        id.bytes[id.size++] = (uint8_t)byte;
    return id;
}

int main(int argc, char **argv)
{
    static const struct flame_event_attr cycles = {
        .sample_type = FLAME_SAMPLE_IP | FLAME_SAMPLE_TID | FLAME_SAMPLE_TIME |
                       FLAME_SAMPLE_PERIOD | FLAME_SAMPLE_CALLCHAIN | FLAME_SAMPLE_IDENTIFIER,
        .flags = UINT64_C(1) << FLAME_ATTR_sample_id_all,
    };
    if (argc < 7) {
        fprintf(stderr, "record OUT PATH BUILD-ID PGOFF SIZE OFFSET...\n");
        return 2;
    }
    uint64_t pgoff = strtoull(argv[4], NULL, 0);
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    builder_attr(b, &cycles, "cycles", 1, (uint64_t[]){ EVENT });
    builder_comm(b, PID, PID, "prog");
    struct flame_record map = { .type = FLAME_RECORD_MMAP2,
                                .misc = FLAME_MODE_USER | FLAME_MISC_MMAP_BUILD_ID,
                                .map = { .pid = PID,
                                         .tid = PID,
                                         .start = MAP,
                                         .len = strtoull(argv[5], NULL, 0),
                                         .pgoff = pgoff,
                                         .build_id = read_id(argv[3]),
                                         .prot = 5,
                                         .filename = flame_str_from(argv[2]) } };
    builder_record(b, &map);
    for (int i = 6; i < argc; i++) {
        uint64_t pc = MAP + strtoull(argv[i], NULL, 0) - pgoff;
        struct flame_sample sample = { .where = { PID, PID, (uint64_t)i, EVENT, 0, 0 },
                                       .misc = FLAME_MODE_USER,
                                       .ip = pc,
                                       .period = 100,
                                       .chain = WORDS(FLAME_CONTEXT_USER, pc),
                                       .chain_count = 2 };
        builder_sample(b, &sample);
    }
    struct flame_bytes bytes = builder_finish(b);
    FILE *out = fopen(argv[1], "wb");
    bool written = out && fwrite(bytes.ptr, 1, (size_t)bytes.size, out) == bytes.size;
    written = out && fclose(out) == 0 && written;
    builder_free(b);
    return !written;
}
