/* Sessions over samples that hold registers and a copy of the stack. The code is JIT memory, which
 * has no call-frame information: callers are found by the frame pointer. */
#include "elf_builder.h"
#include "scene.h"

enum { BP = 6, SP = 7, IP = 8, ARCH = 6, STACK = 0x7000, X86_64 = 2 };

static const struct flame_event_attr dumps = {
    .type = 0,
    .sample_type = FLAME_SAMPLE_IP | FLAME_SAMPLE_TID | FLAME_SAMPLE_TIME | FLAME_SAMPLE_PERIOD |
                   FLAME_SAMPLE_CALLCHAIN | FLAME_SAMPLE_IDENTIFIER | FLAME_SAMPLE_REGS_USER |
                   FLAME_SAMPLE_STACK_USER,
    .flags = UINT64_C(1) << FLAME_ATTR_sample_id_all,
    .sample_regs_user = UINT64_C(1) << BP | UINT64_C(1) << SP | UINT64_C(1) << IP,
    .sample_stack_user = 8192,
};

static void begin_dumps(struct scene *s, const char *arch)
{
    s->b = builder_new((struct builder_options){ 0 });
    builder_attr(s->b, &dumps, "cycles", 1, (uint64_t[]){ 71 });
    builder_feature_string(s->b, ARCH, arch);
    process(s);
}

/* Called from inner at 0x1015, which outer called at 0x1005, which _start did at 0x1035, below
 * which there is nothing. */
static const uint64_t stack[] = { 0,      0,          STACK + 32, 0x1015, STACK + 48,
                                  0x1005, STACK + 64, 0x1035,     0,      0 };

/* In leaf, with a frame of its own; the first size bytes of the stack are in the copy. */
static void dump_sample(struct scene *s, uint64_t weight, size_t size, size_t depth,
                        const uint8_t *chain)
{
    struct flame_sample sample = { .where = { PID, PID, 10, 71, 0, 0 },
                                   .misc = FLAME_MODE_USER,
                                   .ip = 0x1025,
                                   .period = weight,
                                   .chain = chain,
                                   .chain_count = depth,
                                   .regs_user_abi = X86_64,
                                   .regs_user = WORDS(STACK + 16, STACK, 0x1025),
                                   .stack = { (const uint8_t *)stack, size },
                                   .stack_room = size };
    builder_sample(s->b, &sample);
}

static void callers_are_found_in_the_copy(void **state)
{
    struct scene *s = *state;
    begin_dumps(s, "x86_64");
    dump_sample(s, 1, sizeof stack, 0, NULL);
    write_file(s, 0);
    struct flame_verdict v = expect(s, plain, "app;_start;outer;inner;leaf 1\n");
    assert_int_equal(v.rooted, 1);
    assert_int_equal(v.cut_off, 0);
    assert_int_equal(v.unwound, 1);
    assert_int_equal(v.dump_bytes, 8192);
    assert_int_equal(v.without_stack, 0);
}

static void the_kernels_part_comes_from_the_chain(void **state)
{
    struct scene *s = *state;
    begin_dumps(s, "x86_64");
    dump_sample(s, 1, sizeof stack, 2, WORDS(FLAME_CONTEXT_KERNEL, 0xffffffff81000000));
    write_file(s, 0);
    expect(s, plain, "app;_start;outer;inner;leaf;[unknown] 1\n");
}

static void what_ends_early_is_cut_off_with_a_reason_and_advice(void **state)
{
    struct scene *s = *state;
    begin_dumps(s, "x86_64");
    dump_sample(s, 1, sizeof stack, 0, NULL);
    dump_sample(s, 3, 40, 0, NULL);
    write_file(s, 0);
    struct flame_session *session = open_with(s, plain);
    assert_folded(session, "app;_start;outer;inner;leaf 1\napp;inner;leaf 3\n");
    const struct flame_verdict *v = flame_session_verdict(session);
    assert_int_equal(v->rooted, 1);
    assert_int_equal(v->cut_off, 3);
    assert_int_equal(v->end_count, 1);
    assert_int_equal(v->ends[0].why, FLAME_END_NO_CFI);
    assert_int_equal(v->ends[0].weight, 3);
    assert_true(flame_str_is(v->ends[0].object, "/tmp/perf-5.map"));
    assert_true(flame_str_starts(v->ends[0].advice, "is generated code"));
    flame_session_close(session);
}

static void truncated_stacks_can_be_seen_under_a_root_of_their_own(void **state)
{
    struct scene *s = *state;
    begin_dumps(s, "x86_64");
    dump_sample(s, 1, sizeof stack, 0, NULL);
    dump_sample(s, 3, 40, 0, NULL);
    write_file(s, 0);
    struct flame_session_options shown = plain;
    shown.show_truncated = true;
    struct flame_verdict v =
        expect(s, shown, "app;[truncated stack];inner;leaf 3\napp;_start;outer;inner;leaf 1\n");
    assert_int_equal(v.cut_off, 3);
}

static void truncated_frame_pointer_chains_can_be_seen_too(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    process(s);
    sample(s, 10, PID, 1, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1035));
    sample(s, 20, PID, 2, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1005));
    sample(s, 30, PID, 8, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1505)); /* nobody knows */
    write_file(s, 0);
    struct flame_session_options shown = plain;
    shown.show_truncated = true;
    expect(s, shown,
           "app;[perf-5.map];leaf 8\napp;[truncated stack];outer;leaf 2\napp;_start;leaf 1\n");
}

static void marks_do_not_hide_roots(void **state)
{
    struct scene *s = *state;
    begin(s, (struct builder_options){ 0 });
    process(s);
    sample(s, 10, PID, 1, 3, WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1035));
    write_file(s, 0);
    struct flame_session_options marked = plain;
    marked.annotate_jit = marked.show_truncated = true;
    assert_int_equal(expect(s, marked, "app;_start_[j];leaf_[j] 1\n").rooted, 1);
}

static void longer_frame_pointer_chains_are_preferred_to_a_short_walk(void **state)
{
    struct scene *s = *state;
    const uint8_t *chain = WORDS(FLAME_CONTEXT_USER, 0x1025, 0x1015, 0x1005, 0x1035);
    begin_dumps(s, "x86_64");
    dump_sample(s, 1, 40, 5, chain);
    dump_sample(s, 2, sizeof stack, 3, chain);
    write_file(s, 0);
    expect(s, plain, "app;_start;outer;inner;leaf 3\n");
}

static void a_sample_in_the_vsyscall_page_is_named_by_it(void **state)
{
    const uint64_t page = UINT64_C(0xffffffffff600000);
    struct scene *s = *state;
    begin_dumps(s, "x86_64");
    builder_mmap2(s->b, PID, PID, page, 0x1000, 0, "[vsyscall]");
    struct flame_sample sample = { .where = { PID, PID, 10, 71, 0, 0 },
                                   .misc = FLAME_MODE_USER,
                                   .ip = page,
                                   .period = 1,
                                   .regs_user_abi = X86_64,
                                   .regs_user = WORDS(0, STACK, page),
                                   .stack = { (const uint8_t *)stack, sizeof stack },
                                   .stack_room = sizeof stack };
    builder_sample(s->b, &sample);
    write_file(s, 0);
    expect(s, plain, "app;[[vsyscall]] 1\n");
}

static void registers_of_an_unknown_architecture_leave_the_instruction(void **state)
{
    struct scene *s = *state;
    begin_dumps(s, "pdp11");
    dump_sample(s, 1, sizeof stack, 0, NULL);
    write_file(s, 0);
    struct flame_session *session = open_with(s, plain);
    assert_folded(session, "app;leaf 1\n");
    assert_int_equal(flame_session_verdict(session)->ends[0].why, FLAME_END_UNKNOWN_ARCH);
    flame_session_close(session);
}

/* All registers that perf asks for on x86-64. */
enum { X86_64_MASK = 0xff0fff };

static void begin_cut(struct scene *s)
{
    struct flame_event_attr attr = dumps;
    attr.sample_regs_user = X86_64_MASK;
    s->b = builder_new((struct builder_options){ 0 });
    builder_attr(s->b, &attr, "cycles", 1, (uint64_t[]){ 71 });
    process(s);
}

/* Code for a machine, in a file that the process has mapped; path[64]. */
static void map_code(struct scene *s, uint16_t machine, bool big_endian, uint64_t start, char *path)
{
    static const uint8_t code[16];
    struct elf_builder *image = image_new((struct image_options){
        .wide = true, .big_endian = big_endian, .type = ET_DYN, .machine = machine });
    struct image_section text = { .name = ".text",
                                  .type = SHT_PROGBITS,
                                  .flags = SHF_ALLOC | SHF_EXECINSTR,
                                  .addr = 0x10000,
                                  .size = sizeof code,
                                  .bytes = code };
    size_t section = image_section(image, &text);
    image_load(image, 0x10000, image_offset(image), sizeof code);
    image_symbol(image,
                 (struct image_symbol){ "f", 0x10000, 16, section, STT_FUNC, STB_GLOBAL, 0 });
    struct flame_bytes bytes = image_finish(image);
    snprintf(path, 64, "%s/code-%u", s->folder, machine);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.size, out), bytes.size);
    fclose(out);
    image_free(image);
    builder_mmap2(s->b, PID, PID, start, 0x1000, 0, path);
}

static void cut_sample(struct scene *s)
{
    struct flame_sample sample = { .where = { PID, PID, 10, 71, 0, 0 },
                                   .misc = FLAME_MODE_USER,
                                   .ip = 0x1025,
                                   .period = 1,
                                   .regs_user_abi = X86_64,
                                   .regs_user = WORDS(0, 0, 0, 0, 0, 0, STACK + 16, STACK, 0x1025,
                                                      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
                                   .stack = { (const uint8_t *)stack, sizeof stack },
                                   .stack_room = sizeof stack };
    builder_sample(s->b, &sample);
    write_file(s, 0);
}

static struct flame_session_options trusting(void)
{
    struct flame_session_options options = plain;
    options.symbols.trust_paths = true;
    return options;
}

static void code_that_ran_tells_the_architecture(void **state)
{
    struct scene *s = *state;
    char guest[64], program[64], other[64];
    begin_cut(s);
    builder_mmap2(s->b, PID, PID, 0x10000, 0x1000, 0, "/nonexistent/app");
    map_code(s, EM_AARCH64, false, 0x20000, guest);
    map_code(s, EM_X86_64, false, 0x30000, program);
    map_code(s, EM_386, false, 0x40000, other);
    cut_sample(s);
    struct flame_session_options options = trusting();
    for (options.threads = 1; options.threads <= 2; options.threads++) {
        struct flame_session *session = open_with(s, options);
        const struct flame_verdict *v = flame_session_verdict(session);
        assert_folded(session, "app;_start;outer;inner;leaf 1\n");
        assert_int_equal(v->rooted, 1);
        assert_true(flame_str_is(v->machine, "x86_64"));
        assert_true(flame_str_is(v->machine_object, program));
        flame_session_close(session);
    }
    unlink(guest);
    unlink(program);
    unlink(other);
}

/* Nobody knows the architecture. */
static void assert_unknown(struct scene *s, struct flame_session_options options)
{
    struct flame_session *session = open_with(s, options);
    const struct flame_verdict *v = flame_session_verdict(session);
    assert_folded(session, "app;leaf 1\n");
    assert_int_equal(v->machine.len, 0);
    assert_int_equal(v->ends[0].why, FLAME_END_UNKNOWN_ARCH);
    assert_true(flame_str_starts(v->ends[0].advice, "the recording does not say it"));
    flame_session_close(session);
}

static void code_that_may_be_another_file_does_not(void **state)
{
    struct scene *s = *state;
    char program[64];
    begin_cut(s);
    map_code(s, EM_X86_64, false, 0x30000, program);
    cut_sample(s);
    assert_unknown(s, plain);
    unlink(program);
}

static void code_that_does_not_fit_the_registers_does_not(void **state)
{
    struct scene *s = *state;
    char arm[64], risc[64], swapped[64];
    begin_cut(s);
    map_code(s, EM_AARCH64, false, 0x20000, arm);
    map_code(s, EM_RISCV, false, 0x30000, risc);
    map_code(s, EM_X86_64, true, 0x40000, swapped);
    cut_sample(s);
    assert_unknown(s, trusting());
    unlink(arm);
    unlink(risc);
    unlink(swapped);
}

static void what_the_recording_says_counts(void **state)
{
    struct scene *s = *state;
    char program[64];
    begin_cut(s);
    builder_feature_string(s->b, ARCH, "pdp11");
    map_code(s, EM_X86_64, false, 0x30000, program);
    cut_sample(s);
    struct flame_session *session = open_with(s, trusting());
    const struct flame_verdict *v = flame_session_verdict(session);
    assert_folded(session, "app;leaf 1\n");
    assert_int_equal(v->machine.len, 0);
    assert_true(flame_str_is(v->ends[0].advice,
                             "flamedata cannot walk stacks of pdp11 by these registers"));
    flame_session_close(session);
    unlink(program);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(callers_are_found_in_the_copy),
        SCENE(the_kernels_part_comes_from_the_chain),
        SCENE(what_ends_early_is_cut_off_with_a_reason_and_advice),
        SCENE(truncated_stacks_can_be_seen_under_a_root_of_their_own),
        SCENE(truncated_frame_pointer_chains_can_be_seen_too),
        SCENE(marks_do_not_hide_roots),
        SCENE(longer_frame_pointer_chains_are_preferred_to_a_short_walk),
        SCENE(a_sample_in_the_vsyscall_page_is_named_by_it),
        SCENE(registers_of_an_unknown_architecture_leave_the_instruction),
        SCENE(code_that_ran_tells_the_architecture),
        SCENE(code_that_may_be_another_file_does_not),
        SCENE(code_that_does_not_fit_the_registers_does_not),
        SCENE(what_the_recording_says_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
