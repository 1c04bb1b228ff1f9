/* test_jit_places.c: a JIT's map is believed where somebody put it beside the recording; in /tmp,
 * where every process of that number writes its own, only if it can be the recorded one's. */
#include "check.h"
#include "file_birth.h"
#include "library_files.h"
#include "object.h"

#include <unistd.h>

/* A number that no process has: beyond the most that Linux gives. */
static int32_t nobody(void)
{
    return 100000000 + (int32_t)getpid();
}

static void write_map(const char *folder_of_map)
{
    char path[128];
    snprintf(path, sizeof path, "%s/perf-%d.map", folder_of_map, (int)nobody());
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("7000 10 jitted\n", f);
    fclose(f);
}

static void remove_map(const char *folder_of_map)
{
    char path[128];
    snprintf(path, sizeof path, "%s/perf-%d.map", folder_of_map, (int)nobody());
    unlink(path);
}

static void check_map(const struct flame_symbol_places *places, enum flame_object_state state,
                      bool trusted)
{
    struct flame_object object;
    struct flame_object_request request = { .kind = FLAME_OBJECT_JIT, .pid = nobody() };
    assert_int_equal(flame_object_load(&object, &request, places), FLAME_OK);
    assert_int_equal(object.state, state);
    assert_int_equal(object.trusted, trusted);
    flame_object_deinit(&object);
}

/* recorded_ns long before the map was made: if /tmp has no such time, every map may be right. */
static void check_all(const char *beside)
{
    struct flame_symbol_places places = { .beside = beside };
    char path[64];
    snprintf(path, sizeof path, "/tmp/perf-%d.map", (int)nobody());
    bool dated = flame_file_born_ns(path) != 0;
    check_map(&places, FLAME_OBJECT_NO_MAP, false);
    places.same_boot = true;
    check_map(&places, FLAME_OBJECT_NAMED, false);
    places.recorded_ns = UINT64_MAX;
    check_map(&places, FLAME_OBJECT_NAMED, false);
    places.recorded_ns = 1;
    check_map(&places, dated ? FLAME_OBJECT_NO_MAP : FLAME_OBJECT_NAMED, false);
    places.trust_paths = true;
    check_map(&places, FLAME_OBJECT_NAMED, dated);
}

TEST(in_tmp_a_map_is_of_this_boot_and_not_made_after_the_recording)
{
    write_map("/tmp");
    check_all(folder);
    remove_map("/tmp");
}

TEST(a_recording_in_tmp_makes_no_map_there_right)
{
    assert_int_equal(symlink("/tmp", in_folder("link")), 0);
    write_map("/tmp");
    check_all("/tmp");
    check_all(in_folder("link"));
    remove_map("/tmp");
}

TEST(what_was_put_beside_the_recording_is_believed)
{
    struct flame_symbol_places places = { .beside = folder, .recorded_ns = 1 };
    write_map(folder);
    check_map(&places, FLAME_OBJECT_NAMED, false);
    remove_map(folder);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_tmp_a_map_is_of_this_boot_and_not_made_after_the_recording),
        cmocka_unit_test(a_recording_in_tmp_makes_no_map_there_right),
        cmocka_unit_test(what_was_put_beside_the_recording_is_believed),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
