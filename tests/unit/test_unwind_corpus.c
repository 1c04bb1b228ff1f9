/* test_unwind_corpus.c: real stacks of several architectures, walked as gdb walks them: from the
 * registers alone, and again as the one sample of a recording. */
#include "cfi.h"
#include "scene.h"
#include "unwind.h"
#include "unwind_corpus.h"

/* perf's words for a task's kind. */
enum { TASK_32 = 1, TASK_64 = 2 };

static uint64_t abi_of(const struct program *p)
{
    return p->word == 4 ? TASK_32 : TASK_64;
}

/* The known ones, as a sample has them: ascending. */
static void pack_registers(const struct stop *s, uint64_t words[REGISTERS])
{
    size_t count = 0;
    for (unsigned i = 0; i < REGISTERS; i++)
        if (s->mask >> i & 1)
            words[count++] = s->registers[i];
}

/* The walk alone. */

struct world {
    const struct program *program;
    const struct stop *stop;
    struct flame_object object;
    struct flame_cfi *cfi;
};

static bool code(void *user, uint64_t pc, struct flame_unwind_code *out)
{
    struct world *w = user;
    const struct program *p = w->program;
    *out = (struct flame_unwind_code){ .why = FLAME_END_UNMAPPED, .object = UINT32_MAX };
    if (pc + 1 == w->stop->trampoline)
        out->why = FLAME_END_NO_CFI;
    if (pc - p->start >= p->length)
        return true;
    out->why = FLAME_END_NO_CFI;
    out->object = 0;
    out->bias = p->start - p->offset;
    return flame_cfi_rule(w->cfi, pc - out->bias, &out->rule) == FLAME_OK;
}

/* The code of the trampoline. */
static bool word(void *user, uint64_t address, unsigned size, uint64_t *value)
{
    const struct stop *s = ((struct world *)user)->stop;
    uint64_t at = address - s->trampoline;
    if (at > sizeof s->trampoline_code - size)
        return false;
    *value = 0;
    memcpy(value, s->trampoline_code + at, size);
    return true;
}

static void fail_walk(const struct program *p, const struct stop *s, const uint64_t *pcs,
                      const struct flame_unwound *got)
{
    print_error("%s: %s\n", p->name, s->title);
    for (size_t i = 0; i < got->count; i++)
        print_error("  %" PRIx64 "\n", pcs[i]);
    print_error("ended because of %d; gdb:\n", (int)got->why);
    for (size_t i = 0; i < s->caller_count; i++)
        print_error("  %" PRIx64 " %s\n", s->callers[i].pc, s->callers[i].name);
    fail();
}

/* Nothing called what a signal interrupted, nor the trampoline: their pcs are no return addresses.
 */
static bool is_walk(const struct stop *s, const uint64_t *pcs, const struct flame_unwound *got)
{
    bool same = got->count == s->caller_count && got->why == FLAME_END_ROOT;
    for (size_t i = 0; same && i < s->caller_count; i++) {
        bool exact = i > 0 && (s->callers[i].signal || s->callers[i - 1].signal);
        same = pcs[i] == s->callers[i].pc + exact;
    }
    return same;
}

static void check_walk(void *user, const struct program *p, const struct stop *s)
{
    uint64_t words[REGISTERS], pcs[CALLERS_MAX];
    pack_registers(s, words);
    ((struct world *)user)->stop = s;
    const struct flame_unwind_world world = {
        .arch = flame_arch_find(flame_str_from(p->machine), abi_of(p)),
        .stack = s->stack,
        .stack_size = s->stack_size,
        .user = user,
        .code = code,
        .word = word,
    };
    struct flame_unwind_registers registers;
    struct flame_unwound got;
    assert_non_null(world.arch);
    assert_int_equal(world.arch->word, p->word);
    assert_true(flame_unwind_registers_read(world.arch, (const uint8_t *)words, s->mask, false,
                                            &registers));
    assert_true(flame_unwind(&world, &registers, pcs, CALLERS_MAX, &got));
    if (!is_walk(s, pcs, &got))
        fail_walk(p, s, pcs, &got);
}

TEST(program_counters_are_those_of_gdb)
{
    for (size_t i = 0; i < PROGRAMS; i++) {
        struct program p;
        FILE *in;
        open_program(&p, programs[i], &in);
        struct world w = { .program = &p };
        struct flame_object_request request = { .kind = FLAME_OBJECT_ELF,
                                                .name = flame_str_from(p.path),
                                                .build_id = p.id };
        assert_int_equal(flame_object_load(&w.object, &request, &(struct flame_symbol_places){ 0 }),
                         FLAME_OK);
        assert_int_equal(flame_cfi_open(&w.cfi, &w.object), FLAME_OK);
        assert_non_null(w.cfi);
        for_each_stop(&p, in, check_walk, &w);
        flame_cfi_close(w.cfi);
        flame_object_deinit(&w.object);
    }
}

/* As the sample of a recording. */

/* gdb's backtrace has no name for it. */
static const char nameless[] = "-";

/* Nothing is mapped where the trampoline is that has no name. */
static size_t walkable(const struct stop *s)
{
    for (size_t i = 0; i < s->caller_count; i++)
        if (strcmp(s->callers[i].name, nameless) == 0)
            return i + 1;
    return s->caller_count;
}

static void write_folded(const struct stop *s, char *out, size_t cap)
{
    size_t used = (size_t)snprintf(out, cap, "app");
    for (size_t i = walkable(s); i-- > 0 && used < cap;) {
        const char *name = s->callers[i].name;
        used += (size_t)snprintf(out + used, cap - used, ";%s",
                                 strcmp(name, nameless) == 0 ? "[unknown]" : name);
    }
    assert_true(used + 3 < cap);
    strcpy(out + used, " 1\n");
}

static void record(struct scene *scene, const struct program *p, const char *machine,
                   const struct stop *s)
{
    const struct flame_event_attr attr = {
        .sample_type = cycles.sample_type | FLAME_SAMPLE_REGS_USER | FLAME_SAMPLE_STACK_USER,
        .flags = cycles.flags,
        .sample_regs_user = s->mask,
        .sample_stack_user = STACK_MAX,
    };
    uint64_t words[REGISTERS];
    pack_registers(s, words);
    scene->b = builder_new((struct builder_options){ 0 });
    builder_attr(scene->b, &attr, "cycles", 1, (uint64_t[]){ 71 });
    builder_feature_string(scene->b, 6, machine);
    builder_comm(scene->b, PID, PID, "app");
    struct flame_record map = { .type = FLAME_RECORD_MMAP2,
                                .misc = FLAME_MODE_USER | FLAME_MISC_MMAP_BUILD_ID,
                                .map = { .pid = PID,
                                         .tid = PID,
                                         .start = p->start,
                                         .len = p->length,
                                         .pgoff = p->offset,
                                         .prot = 5,
                                         .build_id = p->id,
                                         .filename = flame_str_from(p->path) } };
    builder_record(scene->b, &map);
    struct flame_sample taken = { .where = { PID, PID, 10, 71, 0, 0 },
                                  .misc = FLAME_MODE_USER,
                                  .ip = s->callers[0].pc,
                                  .period = 1,
                                  .chain = WORDS(FLAME_CONTEXT_USER),
                                  .chain_count = 0,
                                  .regs_user_abi = abi_of(p),
                                  .regs_user = (const uint8_t *)words,
                                  .stack = { s->stack, s->stack_size } };
    builder_sample(scene->b, &taken);
    write_file(scene, 0);
    forget(scene);
}

static void expect_named(struct scene *scene, const struct program *p, const char *machine,
                         const struct stop *s)
{
    char want[1024];
    record(scene, p, machine, s);
    write_folded(s, want, sizeof want);
    struct flame_session *session = open_with(scene, plain);
    struct flame_output *out = flame_output_memory();
    assert_int_equal(flame_write_folded(flame_session_stacks(session), out, NULL), FLAME_OK);
    struct flame_str got = flame_output_bytes(out);
    if (!flame_str_equal(got, flame_str_from(want)))
        fail_msg("%s on %s: %s\ngot  %.*swant %s", p->name, machine, s->title, (int)got.len,
                 got.ptr, want);
    flame_output_discard(out);
    const struct flame_verdict *v = flame_session_verdict(session);
    assert_int_equal(v->unwound, 1);
    if (walkable(s) == s->caller_count) {
        assert_int_equal(v->end_count, 0);
        assert_int_equal(v->rooted, 1);
    } else {
        assert_int_equal(v->end_count, 1);
        assert_int_equal(v->ends[0].why, FLAME_END_UNMAPPED);
    }
    flame_session_close(session);
}

static void check_stack(void *user, const struct program *p, const struct stop *s)
{
    expect_named(user, p, p->machine, s);
}

static void stacks_are_named_as_in_gdbs_backtrace(void **state)
{
    for (size_t i = 0; i < PROGRAMS; i++) {
        struct program p;
        FILE *in;
        open_program(&p, programs[i], &in);
        for_each_stop(&p, in, check_stack, *state);
    }
}

/* A 64-bit kernel records all of its registers; a 32-bit task has the first ones. */
static void check_compat(void *user, const struct program *p, const struct stop *s)
{
    bool arm = strcmp(p->machine, "armv7l") == 0;
    struct stop wide = *s;
    wide.mask = arm ? (UINT64_C(1) << 33) - 1 : 0xff0fff;
    expect_named(user, p, arm ? "aarch64" : "x86_64", &wide);
}

static void programs_of_32_bits_run_on_64_bit_kernels(void **state)
{
    for (size_t i = 0; i < PROGRAMS; i++) {
        struct program p;
        FILE *in;
        open_program(&p, programs[i], &in);
        if (p.word == 4)
            for_each_stop(&p, in, check_compat, *state);
        else
            fclose(in);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(program_counters_are_those_of_gdb),
        SCENE(stacks_are_named_as_in_gdbs_backtrace),
        SCENE(programs_of_32_bits_run_on_64_bit_kernels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
