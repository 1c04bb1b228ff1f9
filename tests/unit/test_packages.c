/* test_packages.c: what is to be installed, by what a recording says of its machine. */
#include "check.h"
#include "pipeline_packages.h"

static const struct flame_build_id none = { 0 };
static const struct flame_build_id id = { .bytes = { 0xab, 0xcd, 0xef }, .size = 20 }; /* padded */

static void assert_file(const char *release, const char *path, const struct flame_build_id *of,
                        const char *want)
{
    char text[1024] = "";
    bool known = flame_package_of_file(release, flame_str_from(path), of, text, sizeof text);
    assert_int_equal(known, want != NULL);
    if (want)
        assert_string_equal(text, want);
}

static void assert_kernel(const char *release, const char *want)
{
    char text[1024] = "";
    bool known = flame_package_of_kernel(release, text, sizeof text);
    assert_int_equal(known, want != NULL);
    if (want)
        assert_string_equal(text, want);
}

TEST(a_file_of_debian_is_in_a_package_that_dpkg_knows)
{
    assert_file("6.1.0-18-amd64", "/usr/lib/x86_64-linux-gnu/libc.so.6", &id, "install libc6-dbg");
    assert_file("6.12.9+deb13-cloud-arm64", "/lib64/ld-linux-x86-64.so.2", &none,
                "install libc6-dbg");
    assert_file("6.8.0-45-generic", "/usr/lib/x86_64-linux-gnu/libz.so.1.3", &id,
                "install PACKAGE-dbgsym, PACKAGE being what dpkg -S libz.so.1.3 names");
    assert_file("6.1.0-18-amd64", "/usr/lib/libcrypt.so.1", &id,
                "install PACKAGE-dbgsym, PACKAGE being what dpkg -S libcrypt.so.1 names");
}

TEST(what_has_packages_by_build_id_is_asked_for_by_that)
{
    assert_file("5.14.0-427.el9.x86_64", "/usr/lib64/libc.so.6", &id,
                "run dnf --enablerepo='*debug*' install /usr/lib/debug/.build-id/ab/cdef.debug");
    assert_file("6.5.6-300.fc39.x86_64", "/usr/bin/bash", &none,
                "install PACKAGE-debuginfo, PACKAGE being what rpm -qf /usr/bin/bash names");
    assert_file("6.4.0-150600.21-default", "/usr/bin/bash", &id,
                "run zypper install -C 'debuginfo(build-id)=abcdef'");
}

TEST(where_the_release_says_nothing_several_forms_are_named)
{
    assert_file(NULL, "/usr/lib/libz.so.1", &id,
                "install the debug symbols (Debian: PACKAGE-dbgsym, Fedora: dnf debuginfo-install "
                "PACKAGE; dpkg -S or rpm -qf FILE names it)");
    assert_file("6.18.44-fc-v595", "/usr/lib/libc.so.6", &id,
                "install the debug symbols (Debian: libc6-dbg, Fedora: dnf debuginfo-install "
                "glibc)");
    assert_file("6.6.8-arch1-1", "/usr/lib/libz.so.1", &id, NULL);
}

TEST(a_kernel_is_named_whole)
{
    assert_kernel("6.1.0-18-amd64", "install linux-image-6.1.0-18-amd64-dbg");
    assert_kernel("6.8.0-45-generic", "install linux-image-6.8.0-45-generic-dbgsym");
    assert_kernel("6.5.6-300.fc39.x86_64", "install kernel-debuginfo-6.5.6-300.fc39.x86_64");
    assert_kernel("6.1.79-99.167.amzn2023.x86_64",
                  "install kernel-debuginfo-6.1.79-99.167.amzn2023.x86_64");
    assert_kernel("6.6.8-arch1-1", NULL);
    assert_kernel("6.18.44-fc-v595", NULL);
    assert_kernel(NULL, NULL);
}

TEST(what_a_recording_says_is_not_to_be_typed_as_it_is)
{
    assert_kernel("6.1.0;reboot -amd64", NULL);
    assert_kernel("$(reboot)-amd64", NULL);
    assert_file("6.1.0-18-amd64", "/usr/lib/lib$(reboot).so", &id,
                "install PACKAGE-dbgsym, PACKAGE being what dpkg -S FILE names");
    assert_file("6.1.0-18-amd64", "/usr/lib/-i", &id,
                "install PACKAGE-dbgsym, PACKAGE being what dpkg -S FILE names");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_of_debian_is_in_a_package_that_dpkg_knows),
        cmocka_unit_test(what_has_packages_by_build_id_is_asked_for_by_that),
        cmocka_unit_test(where_the_release_says_nothing_several_forms_are_named),
        cmocka_unit_test(a_kernel_is_named_whole),
        cmocka_unit_test(what_a_recording_says_is_not_to_be_typed_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
