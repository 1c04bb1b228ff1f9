/* pipeline_packages.c: what a distribution calls the packages that symbols come in.
 *
 * A recording does not say which distribution it was made on, but for the release of its kernel,
 * which most distributions mark. Where that tells nothing, the forms of several are named. In a
 * container the files may be another distribution's; nothing shows that.
 * Sources: Debian's kernel handbook, section 3.3; GDB as Fedora and openSUSE build it, which say
 * the same of files without debug symbols. */
#include "pipeline_packages.h"

#include "build_id.h"

#include <ctype.h>
#include <stdio.h>

enum family { UNKNOWN, DEBIAN, UBUNTU, RPM, SUSE, ARCH };

/* What releases end in, or what is in them before a number: "6.1.0-18-amd64", "6.8.0-45-generic",
 * "5.14.0-427.el9.x86_64", "6.6.8-arch1-1".
 *
 * X(text, before a number, family) */
#define MARKS(X)                                                                                   \
    X("-amd64", false, DEBIAN)                                                                     \
    X("-arm64", false, DEBIAN)                                                                     \
    X("-armmp", false, DEBIAN)                                                                     \
    X("-686-pae", false, DEBIAN)                                                                   \
    X("-686", false, DEBIAN)                                                                       \
    X("-powerpc64le", false, DEBIAN)                                                               \
    X("-riscv64", false, DEBIAN)                                                                   \
    X("-s390x", false, DEBIAN)                                                                     \
    X("-generic", false, UBUNTU)                                                                   \
    X("-lowlatency", false, UBUNTU)                                                                \
    X("-aws", false, UBUNTU)                                                                       \
    X("-azure", false, UBUNTU)                                                                     \
    X("-gcp", false, UBUNTU)                                                                       \
    X("-raspi", false, UBUNTU)                                                                     \
    X("-default", false, SUSE)                                                                     \
    X(".fc", true, RPM)                                                                            \
    X(".el", true, RPM)                                                                            \
    X(".amzn", true, RPM)                                                                          \
    X("-arch", true, ARCH)

static bool has_numbered(const char *release, const char *text)
{
    const char *at = strstr(release, text);
    return at && isdigit((unsigned char)at[strlen(text)]);
}

static enum family family_of(const char *release)
{
    if (!release)
        return UNKNOWN;
#define X(text, numbered, family)                                                                  \
    if (numbered ? has_numbered(release, text) : flame_str_ends(flame_str_from(release), text))    \
        return family;
    MARKS(X)
#undef X
    return UNKNOWN;
}

/* Whether a text from a recording may stand in what a reader is to type. */
static bool is_harmless(struct flame_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!isalnum((unsigned char)s.ptr[i]) && !(s.ptr[i] && strchr("-+._~/", s.ptr[i])))
            return false;
    return s.len > 0 && s.len < 256 && s.ptr[0] != '-';
}

bool flame_package_of_kernel(const char *release, char *out, size_t cap)
{
    enum family family = family_of(release);
    if (family == UNKNOWN || !is_harmless(flame_str_from(release)))
        return false;
    switch (family) {
    case DEBIAN:
        snprintf(out, cap, "install linux-image-%s-dbg", release);
        return true;
    case UBUNTU:
        snprintf(out, cap, "install linux-image-%s-dbgsym", release);
        return true;
    case RPM:
        snprintf(out, cap, "install kernel-debuginfo-%s", release);
        return true;
    case SUSE:
        snprintf(out, cap, "install the kernel-default-debuginfo of %s", release);
        return true;
    case ARCH:
    case UNKNOWN:
        break;
    }
    return false;
}

/* Whether it is one of the files that glibc is made of. */
static bool is_libc(struct flame_str base)
{
    static const char *const names[] = { "libc.so.",     "libc-2.",     "libm.so.", "ld-linux",
                                         "ld-2.",        "libpthread.", "librt.",   "libdl.",
                                         "libpthread-2", "libresolv.",  "libm-2." };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (flame_str_starts(base, names[i]))
            return true;
    return false;
}

/* The name of the package is not known, but who knows it. */
static void ask(struct flame_str path, const char *package, const char *who, char *out, size_t cap)
{
    bool harmless = is_harmless(path);
    snprintf(out, cap, "install %s, PACKAGE being what %s %.*s names", package, who,
             harmless ? (int)path.len : 4, harmless ? path.ptr : "FILE");
}

bool flame_package_of_file(const char *release, struct flame_str path,
                           const struct flame_build_id *id, char *out, size_t cap)
{
    struct flame_str base = flame_str_basename(path);
    struct flame_build_id trimmed = flame_build_id_trimmed(id);
    char hex[FLAME_BUILD_ID_HEX];
    flame_build_id_hex(&trimmed, hex);
    switch (family_of(release)) {
    case DEBIAN:
    case UBUNTU:
        if (is_libc(base))
            snprintf(out, cap, "install libc6-dbg");
        else /* packages may know it by the path that it had before /lib became a link */
            ask(base, "PACKAGE-dbgsym", "dpkg -S", out, cap);
        return true;
    case RPM:
        if (hex[0])
            snprintf(
                out, cap,
                "run dnf --enablerepo='*debug*' install /usr/lib/debug/.build-id/%.2s/%s.debug",
                hex, hex + 2);
        else
            ask(path, "PACKAGE-debuginfo", "rpm -qf", out, cap);
        return true;
    case SUSE:
        if (hex[0])
            snprintf(out, cap, "run zypper install -C 'debuginfo(build-id)=%s'", hex);
        else
            ask(path, "PACKAGE-debuginfo", "rpm -qf", out, cap);
        return true;
    case UNKNOWN:
        snprintf(out, cap,
                 "install the debug symbols (Debian: %s, Fedora: dnf debuginfo-install %s)",
                 is_libc(base) ? "libc6-dbg" : "PACKAGE-dbgsym",
                 is_libc(base) ? "glibc" : "PACKAGE; dpkg -S or rpm -qf FILE names it");
        return true;
    case ARCH: /* has none; its debuginfod has them */
        break;
    }
    return false;
}
