/* record_stacks.c: write what corpus/unwind holds of a program as a recording with copied stacks.
 *
 *     record_stacks OUT NAME
 *
 * Each stop is one sample. The program is /cross/NAME.elf there, known by its build-id. */
#include "perf_builder.h"
#include "unwind_corpus.h"

enum { PID = 7, EVENT = 71, ARCH = 6 };

struct stacks {
    struct perf_builder *builder;
    uint64_t mask, time;
};

static void begin(struct stacks *s, const struct program *p, uint64_t mask)
{
    const struct flame_event_attr attr = {
        .type = 1, /* software: cpu-clock */
        .sample_period = 1,
        .sample_type = FLAME_SAMPLE_IP | FLAME_SAMPLE_TID | FLAME_SAMPLE_TIME |
                       FLAME_SAMPLE_PERIOD | FLAME_SAMPLE_IDENTIFIER | FLAME_SAMPLE_CALLCHAIN |
                       FLAME_SAMPLE_REGS_USER | FLAME_SAMPLE_STACK_USER,
        .flags = UINT64_C(1) << FLAME_ATTR_sample_id_all,
        .sample_regs_user = mask,
        .sample_stack_user = STACK_MAX,
    };
    struct flame_record map = { .type = FLAME_RECORD_MMAP2,
                                .misc = FLAME_MODE_USER | FLAME_MISC_MMAP_BUILD_ID };
    char filename[64];
    snprintf(filename, sizeof filename, "/cross/%s.elf", p->name);
    map.map = (struct flame_map_record){ .pid = PID,
                                         .tid = PID,
                                         .start = p->start,
                                         .len = p->length,
                                         .pgoff = p->offset,
                                         .prot = 5,
                                         .build_id = p->id,
                                         .filename = flame_str_from(filename) };
    s->mask = mask;
    s->builder = builder_new((struct builder_options){ 0 });
    builder_attr(s->builder, &attr, "cpu-clock", 1, (uint64_t[]){ EVENT });
    builder_feature_string(s->builder, ARCH, p->machine);
    builder_comm(s->builder, PID, PID, "cross");
    builder_record(s->builder, &map);
}

static void add_sample(void *user, const struct program *p, const struct stop *stop)
{
    struct stacks *s = user;
    uint64_t words[REGISTERS];
    size_t count = 0;
    if (!s->builder)
        begin(s, p, stop->mask);
    for (size_t i = 0; i < REGISTERS; i++)
        if (s->mask >> i & 1)
            words[count++] = stop->registers[i];
    builder_sample(s->builder,
                   &(struct flame_sample){ .where = { PID, PID, ++s->time, EVENT, 0, 0 },
                                           .misc = FLAME_MODE_USER,
                                           .ip = stop->callers[0].pc,
                                           .period = 1,
                                           .chain = WORDS(FLAME_CONTEXT_USER),
                                           .regs_user_abi = p->word == 8 ? 2 : 1,
                                           .regs_user = (const uint8_t *)words,
                                           .stack = { stop->stack, stop->stack_size } });
}

int main(int argc, char **argv)
{
    struct stacks s = { 0 };
    struct program p;
    FILE *in, *out;
    if (argc != 3) {
        fprintf(stderr, "usage: record_stacks OUT NAME\n");
        return 2;
    }
    open_program(&p, argv[2], &in);
    for_each_stop(&p, in, add_sample, &s);
    struct flame_bytes file = builder_finish(s.builder);
    out = fopen(argv[1], "wb");
    if (!out || fwrite(file.ptr, 1, (size_t)file.size, out) != file.size || fclose(out) != 0) {
        fprintf(stderr, "record_stacks: %s cannot be written\n", argv[1]);
        return 1;
    }
    builder_free(s.builder);
    return 0;
}
