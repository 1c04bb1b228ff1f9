/* test_packed.c: files that came with the recording are used in their roles, if they are what was
 * packed and what was recorded. */
#include "packed.h"

#include "block_hash.h"
#include "build_id.h"
#include "check.h"
#include "library_files.h"

#define CACHED "cache/.build-id/aa/" HEX_A_TAIL "/elf"

/* An object in one file, with one function, unless it is NULL. */
struct scene {
    struct flame_packed packed;
    struct elf_builder *library;
};

/* recorded: the id in the recording; id: the file's; NULL: none */
static void open_scene(struct scene *s, const uint8_t *recorded, const uint8_t *id, bool trusted,
                       const char *function)
{
    size_t text;
    s->library = library((struct image_options){ .wide = true }, id, &text);
    if (function)
        image_symbol(s->library,
                     (struct image_symbol){ function, 0x10000, 16, text, STT_FUNC, STB_GLOBAL, 0 });
    struct flame_bytes bytes = image_finish(s->library);
    struct flame_packed_file file = { .member = flame_str_from("files/lib"),
                                      .path = flame_str_from("/there/lib"),
                                      .size = bytes.size,
                                      .hash = flame_hash_blocks(bytes.ptr, bytes.size,
                                                                &(struct flame_extents){ 0 }),
                                      .bytes = bytes.ptr };
    struct flame_packed_object object = { .kind = FLAME_OBJECT_ELF,
                                          .name = flame_str_from("/recorded/lib"),
                                          .state = FLAME_OBJECT_NAMED,
                                          .trusted = trusted,
                                          .used = flame_str_from("/there/lib"),
                                          .program = flame_str_from("/there/lib"),
                                          .names = FLAME_PACKED_NONE,
                                          .code = FLAME_PACKED_NONE };
    if (id)
        file.build_id = id_of(id);
    if (recorded)
        object.build_id = id_of(recorded);
    flame_packed_init(&s->packed);
    assert_true(flame_vec_push(&s->packed.files, file));
    assert_true(flame_vec_push(&s->packed.objects, object));
    assert_int_equal(flame_packed_seal(&s->packed), FLAME_OK);
}

static void close_scene(struct scene *s)
{
    flame_packed_deinit(&s->packed);
    image_free(s->library);
}

static void load_at(const struct scene *s, const uint8_t *recorded,
                    const struct flame_symbol_places *at, struct flame_object *object)
{
    struct flame_symbol_places places = *at;
    places.packed = &s->packed;
    struct flame_object_request request = { .kind = FLAME_OBJECT_ELF,
                                            .name = flame_str_from("/recorded/lib") };
    if (recorded)
        request.build_id = id_of(recorded);
    assert_int_equal(flame_object_load(object, &request, &places), FLAME_OK);
}

/* Load what was recorded with that id as flame_object_load does on a machine without files. */
static void load(const struct scene *s, const uint8_t *recorded, struct flame_object *object)
{
    load_at(s, recorded, &(struct flame_symbol_places){ 0 }, object);
}

static void check_names(const struct scene *s, const uint8_t *recorded, size_t count)
{
    struct flame_object object;
    load(s, recorded, &object);
    assert_int_equal(object.symbols.list.count, count);
    flame_object_deinit(&object);
}

TEST(a_packed_file_names_without_a_search_and_says_where_it_was)
{
    struct scene s;
    struct flame_object object;
    open_scene(&s, id_a, id_a, false, "packed");
    load(&s, id_a, &object);
    assert_int_equal(object.state, FLAME_OBJECT_NAMED);
    assert_string_equal(object.symbols.list.items[0].name, "packed");
    assert_string_equal(object.used, "/there/lib");
    assert_string_equal(object.program, "/there/lib");
    assert_true(object.packed && !object.trusted);
    flame_object_deinit(&object);
    close_scene(&s);
}

TEST(a_packed_file_with_another_id_names_nothing)
{
    struct scene s;
    open_scene(&s, id_a, id_b, false, "packed");
    check_names(&s, id_a, 0);
    close_scene(&s);
    open_scene(&s, id_a, NULL, false, "packed");
    check_names(&s, id_a, 0);
    close_scene(&s);
}

TEST(a_packed_file_names_only_what_was_recorded_with_the_same_id)
{
    struct scene s;
    open_scene(&s, id_a, id_a, false, "packed");
    check_names(&s, id_b, 0);
    check_names(&s, NULL, 0);
    close_scene(&s);
}

TEST(without_a_recorded_id_what_was_verified_when_it_was_packed_counts)
{
    struct scene s;
    open_scene(&s, NULL, id_b, false, "packed");
    check_names(&s, NULL, 1);
    close_scene(&s);
}

TEST(what_was_only_trusted_stays_so)
{
    struct scene s;
    struct flame_object object;
    open_scene(&s, id_a, id_b, true, "packed");
    load(&s, id_a, &object);
    assert_int_equal(object.symbols.list.count, 1);
    assert_true(object.trusted);
    flame_object_deinit(&object);
    close_scene(&s);
}

TEST(a_file_that_is_not_what_was_packed_names_nothing)
{
    struct scene s;
    open_scene(&s, id_a, id_a, false, "packed");
    s.packed.files.items[0].hash ^= 1;
    check_names(&s, id_a, 0);
    close_scene(&s);
    open_scene(&s, id_a, id_a, false, "packed");
    s.packed.files.items[0].bytes = NULL;
    check_names(&s, id_a, 0);
    close_scene(&s);
}

TEST(what_was_missing_is_told_as_it_was_where_it_was_packed)
{
    struct scene s;
    struct flame_object object;
    open_scene(&s, NULL, id_a, false, "packed");
    s.packed.objects.items[0].runtime = FLAME_PACKED_NONE;
    s.packed.objects.items[0].state = FLAME_OBJECT_UNVERIFIED;
    load(&s, NULL, &object);
    assert_int_equal(object.state, FLAME_OBJECT_UNVERIFIED);
    assert_false(object.packed);
    flame_object_deinit(&object);
    close_scene(&s);
}

TEST(files_are_found_by_path_name_and_id)
{
    struct scene s;
    struct flame_build_id a = id_of(id_a), b = id_of(id_b);
    uint32_t at = 0;
    open_scene(&s, id_a, id_a, false, "packed");
    assert_non_null(flame_packed_at(&s.packed, flame_str_from("/there/lib")));
    assert_null(flame_packed_at(&s.packed, flame_str_from("/there/li")));
    assert_non_null(flame_packed_with_id(&s.packed, &a));
    assert_null(flame_packed_with_id(&s.packed, &b));
    assert_non_null(flame_packed_called(&s.packed, flame_str_from("lib"), &at));
    assert_null(flame_packed_called(&s.packed, flame_str_from("lib"), &at));
    assert_null(flame_packed_at(NULL, flame_str_from("/there/lib")));
    close_scene(&s);
}

/* What is here of id_a: in perf's cache. */
static const struct flame_symbol_places *cache(void)
{
    static struct flame_symbol_places places;
    places.buildid_dir = in_folder("cache");
    return &places;
}

TEST(what_was_packed_stripped_gets_the_names_that_are_here)
{
    struct scene s;
    struct flame_object object;
    write_library(CACHED, id_a, "here");
    open_scene(&s, id_a, id_a, false, NULL);
    load_at(&s, id_a, cache(), &object);
    assert_int_equal(object.state, FLAME_OBJECT_NAMED);
    assert_string_equal(object.symbols.list.items[0].name, "here");
    assert_string_equal(object.used, in_folder(CACHED));
    /* The packed one is what ran. */
    assert_string_equal(object.program, "/there/lib");
    assert_int_equal(object.files.count, 2);
    assert_ptr_equal(object.files.items[1].bytes, s.packed.files.items[0].bytes);
    assert_true(object.packed);
    flame_object_deinit(&object);
    write_library(CACHED, id_b, "wrong");
    load_at(&s, id_a, cache(), &object);
    assert_int_equal(object.state, FLAME_OBJECT_STRIPPED);
    assert_int_equal(object.symbols.list.count, 0);
    flame_object_deinit(&object);
    close_scene(&s);
}

TEST(what_was_packed_with_names_keeps_them_whatever_is_here)
{
    struct scene s;
    struct flame_object object;
    write_library(CACHED, id_a, "here");
    open_scene(&s, id_a, id_a, false, "packed");
    load_at(&s, id_a, cache(), &object);
    assert_int_equal(object.symbols.list.count, 1);
    assert_string_equal(object.symbols.list.items[0].name, "packed");
    assert_int_equal(object.files.count, 1);
    flame_object_deinit(&object);
    close_scene(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_packed_file_names_without_a_search_and_says_where_it_was),
        cmocka_unit_test(a_packed_file_with_another_id_names_nothing),
        cmocka_unit_test(a_packed_file_names_only_what_was_recorded_with_the_same_id),
        cmocka_unit_test(without_a_recorded_id_what_was_verified_when_it_was_packed_counts),
        cmocka_unit_test(what_was_only_trusted_stays_so),
        cmocka_unit_test(a_file_that_is_not_what_was_packed_names_nothing),
        cmocka_unit_test(what_was_missing_is_told_as_it_was_where_it_was_packed),
        cmocka_unit_test(files_are_found_by_path_name_and_id),
        cmocka_unit_test(what_was_packed_stripped_gets_the_names_that_are_here),
        cmocka_unit_test(what_was_packed_with_names_keeps_them_whatever_is_here),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
