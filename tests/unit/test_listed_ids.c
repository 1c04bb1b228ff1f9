/* test_listed_ids.c: what a table of build-ids, one for each path, says of files mapped from it. */
#include "scene.h"

enum { BUILD_ID = 2 };

static const char path[] = "/nonexistent/program";

static void put_map(struct scene *s, uint64_t start, uint32_t device, uint64_t inode)
{
    builder_record(s->b, &(struct flame_record){ .type = FLAME_RECORD_MMAP2,
                                                 .misc = FLAME_MODE_USER,
                                                 .map = { .pid = PID,
                                                          .tid = PID,
                                                          .start = start,
                                                          .len = 0x1000,
                                                          .prot = 5,
                                                          .flags = 2,
                                                          .major = device >> 8,
                                                          .minor = device & 0xff,
                                                          .inode = inode,
                                                          .filename = flame_str_from(path) } });
}

static void put_table(struct scene *s)
{
    const uint8_t id[24] = { 0xab, 0xcd };
    char name[64] = { 0 };
    memcpy(name, path, sizeof path);
    builder_feature_begin(s->b, BUILD_ID);
    builder_u32(s->b, 67);
    builder_u16(s->b, FLAME_MODE_USER);
    builder_u16(s->b, 8 + 4 + 24 + 64);
    builder_u32(s->b, (uint32_t)-1);
    builder_bytes(s->b, id, sizeof id);
    builder_bytes(s->b, name, sizeof name);
    builder_feature_end(s->b);
}

/* Two maps, and a sample in each; *rows of the verdict are about them, whether they have an id. */
static void check_maps(struct scene *s, const uint64_t first[2], const uint64_t second[2],
                       size_t rows, bool listed)
{
    begin(s, (struct builder_options){ 0 });
    builder_comm(s->b, PID, PID, "app");
    put_map(s, 0x5000, (uint32_t)first[0], first[1]);
    put_map(s, 0x7000, (uint32_t)second[0], second[1]);
    sample(s, 10, PID, 100, 2, WORDS(FLAME_CONTEXT_USER, 0x5010));
    sample(s, 20, PID, 20, 2, WORDS(FLAME_CONTEXT_USER, 0x7010));
    put_table(s);
    write_file(s, 0);
    struct flame_session *session = open_with(s, plain);
    const struct flame_verdict *v = flame_session_verdict(session);
    assert_int_equal(v->object_count, rows);
    for (size_t i = 0; i < rows; i++)
        assert_int_equal(v->objects[i].build_id.size > 0, listed);
    if (rows == 2) {
        char name[2][80];
        snprintf(name[0], sizeof name[0], "%s (inode %u of %u:%u)", path, (unsigned)first[1],
                 (unsigned)first[0] >> 8, (unsigned)first[0] & 0xff);
        snprintf(name[1], sizeof name[1], "%s (inode %u of %u:%u)", path, (unsigned)second[1],
                 (unsigned)second[0] >> 8, (unsigned)second[0] & 0xff);
        assert_str(v->objects[0].name, name[0]);
        assert_str(v->objects[1].name, name[1]);
    } else {
        assert_str(v->objects[0].name, path);
    }
    flame_session_close(session);
    forget(s);
}

static void a_listed_id_is_of_the_one_file_at_its_path(void **state)
{
    struct scene *s = *state;
    const uint64_t file[] = { 0x801, 77 }, unknown[] = { 0, 0 }, overlay[] = { 0x1e, 77 };
    check_maps(s, file, file, 1, true);
    check_maps(s, file, unknown, 1, true);
    check_maps(s, unknown, unknown, 1, true);
    check_maps(s, file, overlay, 1, true);
}

static void a_listed_id_of_several_files_is_nobody_s(void **state)
{
    struct scene *s = *state;
    const uint64_t file[] = { 0x801, 77 }, inode[] = { 0x801, 78 }, device[] = { 0x802, 77 };
    check_maps(s, file, inode, 2, false);
    check_maps(s, file, device, 2, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(a_listed_id_is_of_the_one_file_at_its_path),
        SCENE(a_listed_id_of_several_files_is_nobody_s),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
