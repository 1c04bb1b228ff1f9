/* test_link.c: the caller that only arm64's link register knows, from the array to folded stacks.
 */
#include "arm64_program.h"
#include "link.h"
#include "scene.h"

static const uint8_t id[20] = { 1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                11, 12, 13, 14, 15, 16, 17, 18, 19, 20 };
static const uint64_t link_register = UINT64_C(1) << 30;

enum { BASE = 0x400000 };

TEST(it_goes_behind_the_users_innermost_frame)
{
    struct flame_pc pcs[5] = { { 0xffff0010, FLAME_MODE_KERNEL, false },
                               { 0x1004, FLAME_MODE_USER, false },
                               { 0x3004, FLAME_MODE_USER, true } };
    assert_int_equal(flame_link_leaf(pcs, 3), 1);
    assert_int_equal(flame_link_leaf(pcs, 1), 1);
    assert_int_equal(flame_link_insert(pcs, 3, 1, 0x2004), 4);
    assert_int_equal(pcs[2].pc, 0x2004);
    assert_int_equal(pcs[2].mode, FLAME_MODE_USER);
    assert_true(pcs[2].at_call);
    assert_int_equal(pcs[3].pc, 0x3004);
    assert_int_equal(flame_link_insert(pcs, 4, 1, 0x2004), 4); /* it is there */
    assert_int_equal(flame_link_insert(pcs, 4, 1, 0), 4);
    assert_int_equal(flame_link_insert(pcs, 4, 3, UINT64_C(0x00a5000000004004)), 5);
    assert_int_equal(pcs[4].pc, 0x4004); /* without its signature */
}

static void write_program(struct scene *s, bool with_frames, char path[96])
{
    uint64_t text;
    struct elf_builder *image = arm64_program(with_frames, &text);
    image_build_id(image, id, sizeof id);
    struct flame_bytes file = image_finish(image);
    snprintf(path, 96, "%s/program", s->folder);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(file.ptr, 1, (size_t)file.size, out), file.size);
    fclose(out);
    image_free(image);

    struct flame_record map = { .type = FLAME_RECORD_MMAP2,
                                .misc = FLAME_MODE_USER | FLAME_MISC_MMAP_BUILD_ID };
    map.map.pid = map.map.tid = PID;
    map.map.start = BASE;
    map.map.len = 0x1000;
    map.map.pgoff = text & ~UINT64_C(0xfff);
    map.map.prot = 5;
    map.map.build_id.size = sizeof id;
    memcpy(map.map.build_id.bytes, id, sizeof id);
    map.map.filename = flame_str_from(path);
    builder_record(s->b, &map);
}

/* A sample in the function at `in`, called from _start, whose link register points into `link`.
 * next 0: the chain is its mark alone. */
static void expect_stack(struct scene *s, const char *arch, bool with_frames, uint64_t in,
                         uint64_t next, uint64_t link, const char *folded)
{
    const struct flame_event_attr attr = {
        .sample_type = cycles.sample_type | FLAME_SAMPLE_REGS_USER,
        .flags = cycles.flags,
        .sample_regs_user = link_register,
    };
    char path[96];
    s->b = builder_new((struct builder_options){ 0 });
    builder_attr(s->b, &attr, "cycles", 1, (uint64_t[]){ 71 });
    builder_feature_string(s->b, 6, arch);
    builder_comm(s->b, PID, PID, "app");
    write_program(s, with_frames, path);
    struct flame_sample taken = { .where = { PID, PID, 10, 71, 0, 0 },
                                  .misc = FLAME_MODE_USER,
                                  .ip = in,
                                  .period = 1,
                                  .regs_user_abi = 2,
                                  .regs_user = WORDS(link),
                                  .chain = WORDS(FLAME_CONTEXT_USER, in, next),
                                  .chain_count = next ? 3 : 1 };
    builder_sample(s->b, &taken);
    write_file(s, 0);
    expect(s, plain, folded);
    unlink(path);
    forget(s);
}

/* Where the text lies in memory: its page is mapped at BASE. */
static uint64_t text_address(void)
{
    uint64_t text;
    image_free(arm64_program(true, &text));
    return BASE + (text & 0xfff);
}

TEST(a_caller_is_added_where_the_code_says_that_it_is_in_the_register)
{
    struct scene *s = *state;
    uint64_t at = text_address();
    /* In the first instruction of saving, from plain, from _start. */
    expect_stack(s, "aarch64", true, at, at + 0x34, at + 0x28, "app;_start;plain;saving 1\n");
    /* Once saved, frame pointers know it. */
    expect_stack(s, "aarch64", true, at + 8, at + 0x34, at + 0x28, "app;_start;saving 1\n");
    /* Nobody knows. */
    expect_stack(s, "aarch64", false, at, at + 0x34, at + 0x28, "app;_start;saving 1\n");
    /* Another architecture's register 30 is something else. */
    expect_stack(s, "riscv64", true, at, at + 0x34, at + 0x28, "app;_start;saving 1\n");
}

static void the_register_alone_is_no_stack(void **state)
{
    uint64_t at = text_address();
    expect_stack(*state, "aarch64", true, at, 0, at + 0x28, "app;saving 1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_goes_behind_the_users_innermost_frame),
        SCENE(a_caller_is_added_where_the_code_says_that_it_is_in_the_register),
        SCENE(the_register_alone_is_no_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
