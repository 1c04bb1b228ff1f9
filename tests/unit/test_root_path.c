/* test_root_path.c: paths of another machine's root, whose links lead nowhere but into it. */
#include "root_path.h"

#include "check.h"
#include "folder.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void make_folder_in_root(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/root%s", folder, name);
    assert_true(mkdir(path, 0777) == 0 || errno == EEXIST);
}

static void make_file(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/root%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fclose(f);
}

static void make_link(const char *name, const char *target)
{
    char path[256];
    snprintf(path, sizeof path, "%s/root%s", folder, name);
    assert_int_equal(symlink(target, path), 0);
}

/* Where path is, from the root's folder on. */
static void assert_at(const char *path, const char *expected)
{
    char out[PATH_MAX], root[256];
    snprintf(root, sizeof root, "%s/root/", folder);
    assert_true(flame_root_path(root, path, out));
    assert_true(strncmp(out, root, strlen(root) - 1) == 0);
    assert_string_equal(out + strlen(root) - 1, expected);
}

static int make_root(void **state)
{
    if (make_folder(state) != 0)
        return 1;
    make_folder_in_root("");
    make_folder_in_root("/opt");
    make_folder_in_root("/opt/deep");
    make_folder_in_root("/bin");
    make_file("/opt/prog");
    make_link("/bin/prog", "/opt/prog");
    make_link("/bin/near", "../opt/prog");
    make_link("/bin/far", "../../../../../../../../../../opt/prog");
    make_link("/bin/folder", "/opt/deep");
    make_link("/bin/again", "/bin/./prog");
    make_link("/bin/host", "/etc/passwd");
    make_link("/bin/circle", "/bin/circle");
    make_link("/usr", "/");
    return 0;
}

TEST(paths_without_links_are_below_the_root)
{
    assert_at("/opt/prog", "/opt/prog");
    assert_at("//opt/./deep//", "/opt/deep");
    assert_at("/", "");
    assert_at("/opt/nothing/here", "/opt/nothing/here");
}

TEST(links_lead_where_they_led_on_that_machine)
{
    assert_at("/bin/prog", "/opt/prog");
    assert_at("/bin/near", "/opt/prog");
    assert_at("/bin/far", "/opt/prog");
    assert_at("/bin/again", "/opt/prog");
    assert_at("/usr/usr/bin/prog", "/opt/prog");
    assert_at("/bin/folder/x", "/opt/deep/x");
    assert_at("/bin/folder/../prog", "/opt/prog");
    assert_at("/bin/host", "/etc/passwd"); /* that one's */
}

TEST(nothing_leads_out_of_the_root)
{
    struct stat st;
    char out[PATH_MAX], root[256];
    assert_at("/..", "");
    assert_at("/../../opt/../../../opt/prog", "/opt/prog");
    assert_at("/bin/circle", "");
    assert_at("/bin/circle/prog", "");
    snprintf(root, sizeof root, "%s/root", folder);
    static const char *const nowhere[] = { "/none/../opt/prog", "/opt/prog/../prog" };
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
        assert_true(flame_root_path(root, nowhere[i], out));
        assert_int_equal(stat(out, &st), -1);
    }
}

TEST(this_machine_s_root_is_one_too)
{
    char out[PATH_MAX];
    assert_true(flame_root_path("/", "/", out));
    assert_string_equal(out, "/");
    assert_true(flame_root_path("/", "/flame-nowhere/x", out));
    assert_string_equal(out, "/flame-nowhere/x");
}

TEST(what_is_too_long_is_refused)
{
    char out[PATH_MAX], path[PATH_MAX + 10];
    memset(path, 'a', sizeof path);
    path[0] = '/';
    path[PATH_MAX - 1] = 0;
    assert_false(flame_root_path(folder, path, out));
    assert_true(flame_root_path("/", path, out));
    path[PATH_MAX - 1] = 'a';
    path[sizeof path - 1] = 0;
    assert_false(flame_root_path("/", path, out));
    assert_false(flame_root_path(path, "/", out));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_without_links_are_below_the_root),
        cmocka_unit_test(links_lead_where_they_led_on_that_machine),
        cmocka_unit_test(nothing_leads_out_of_the_root),
        cmocka_unit_test(this_machine_s_root_is_one_too),
        cmocka_unit_test(what_is_too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, make_root, remove_folder);
}
