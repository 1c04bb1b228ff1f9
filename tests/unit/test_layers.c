/* test_layers.c: containers' layers: where mounts say that they are, and files in them by their
 * build-ids. */
#include "layers.h"

#include "check.h"
#include "library_files.h"
#include "object.h"

#include <unistd.h>

static void check_roots(const char *line, const char *const *expected, size_t count)
{
    struct flame_paths roots;
    flame_paths_init(&roots);
    flame_layers_of_mounts(flame_str_from(line), &roots);
    assert_int_equal(roots.list.count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(roots.list.items[i], expected[i]);
    flame_paths_deinit(&roots);
}

#define ROOTS(line, ...)                                                                           \
    do {                                                                                           \
        const char *const expected[] = { __VA_ARGS__ };                                            \
        check_roots(line, expected, sizeof expected / sizeof *expected);                           \
    } while (0)

TEST(overlay_mounts_tell_their_layers)
{
    ROOTS("36 35 0:33 / /merged rw,relatime shared:1 master:2 - overlay overlay "
          "rw,lowerdir=/l/1:/l/2,upperdir=/u,workdir=/w\n",
          "/l/1", "/l/2", "/u");
    ROOTS("1 2 0:1 / / rw - ext4 /dev/sda1 rw\n3 1 0:2 / /m rw - overlay none "
          "rw,lowerdir+=/a,lowerdir+=/b,datadir+=/c",
          "/a", "/b", "/c");
    ROOTS("3 1 0:2 / /m rw - overlay o ro,lowerdir=/a:/a\n4 1 0:3 / /n rw - overlay o "
          "ro,lowerdir=/a:/b\n",
          "/a", "/b");
}

TEST(names_of_layers_may_have_any_character)
{
    ROOTS("3 1 0:2 / /m rw - overlay o rw,lowerdir=/with\\040space:/with\\134:colon:/x\\054y\n",
          "/with space", "/with:colon", "/x,y");
}

TEST(what_is_no_overlay_or_no_absolute_path_is_none)
{
    check_roots("", NULL, 0);
    check_roots("\n\n-\n - \n", NULL, 0);
    check_roots("1 2 0:1 / /overlay rw - tmpfs overlay rw,lowerdir=/a", NULL, 0);
    check_roots("3 1 0:2 / /m rw - overlay o rw,lowerdir=l/A:l/B,upperdir=,lowerdir=::/", NULL, 0);
    check_roots("3 1 0:2 / /m rw - overlay o rw,lowerdir=\\", NULL, 0);
    check_roots("3 1 0:2 / /m rw - overlay", NULL, 0);
}

static void check_load(struct flame_layers *layers, const uint8_t *id, const char *symfs,
                       enum flame_object_state state, const char *symbol)
{
    struct flame_object object;
    struct flame_symbol_places places = { .layers = layers, .symfs = symfs };
    struct flame_object_request request = { .kind = FLAME_OBJECT_ELF,
                                            .name = flame_str_from("/flame-nowhere/app") };
    if (id)
        request.build_id = id_of(id);
    assert_int_equal(flame_object_load(&object, &request, &places), FLAME_OK);
    assert_int_equal(object.state, state);
    assert_string_equal(object.symbols.list.count ? object.symbols.list.items[0].name : "", symbol);
    flame_object_deinit(&object);
}

TEST(of_all_layers_that_have_the_path_the_one_with_the_id_counts)
{
    char mounts[256], store[256];
    const char *const stores[] = { store };
    int n = snprintf(mounts, sizeof mounts, "3 1 0:2 / /m rw - overlay o rw,lowerdir=%s/lower\n",
                     folder);
    write_file("mountinfo", mounts, (size_t)n);
    snprintf(store, sizeof store, "%s/store/*/diff", folder);
    snprintf(mounts, sizeof mounts, "%s/mountinfo", folder);
    write_library("lower/flame-nowhere/app", id_b, "another");
    write_library("store/2/diff/flame-nowhere/app", id_a, "right");
    write_file("store/1/diff/flame-nowhere/app", "no program", 10);
    struct flame_layers *layers =
        flame_layers_create_of(&(struct flame_layer_stores){ mounts, stores, 1 });
    assert_non_null(layers);
    check_load(layers, id_a, NULL, FLAME_OBJECT_NAMED, "right");
    check_load(layers, id_b, NULL, FLAME_OBJECT_NAMED, "another");
    check_load(layers, NULL, NULL, FLAME_OBJECT_MISSING, "");
    check_load(layers, id_a, folder, FLAME_OBJECT_MISSING, "");
    flame_layers_free(layers);
}

TEST(this_machine_s_layers_can_be_asked)
{
    struct flame_paths paths;
    struct flame_layers *layers = flame_layers_create();
    assert_non_null(layers);
    flame_paths_init(&paths);
    flame_layers_add(layers, &paths, "/flame-nowhere/app");
    assert_int_equal(paths.list.count, 0);
    assert_false(paths.failed);
    flame_paths_deinit(&paths);
    flame_layers_free(layers);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(overlay_mounts_tell_their_layers),
        cmocka_unit_test(names_of_layers_may_have_any_character),
        cmocka_unit_test(what_is_no_overlay_or_no_absolute_path_is_none),
        cmocka_unit_test(of_all_layers_that_have_the_path_the_one_with_the_id_counts),
        cmocka_unit_test(this_machine_s_layers_can_be_asked),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
