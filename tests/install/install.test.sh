#!/bin/sh
# install.test.sh: what a tool author meets: install to a folder, then find the library by pkg-config
# (shared and static) and by CMake, and include every public header alone, from C and from C++.
set -eu
case $FLAME_SANITIZE in ?*) echo "skipped: a sanitized library is not for installing"; exit 77 ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix

cmake --install "$FLAME_BUILD" --prefix "$prefix" >"$work/install.log"
[ -x "$prefix/bin/flamedata" ] || { echo "no bin/flamedata:"; cat "$work/install.log"; exit 1; }
"$prefix/bin/flamedata" --version

cat >"$work/tiny.c" <<'C'
#include <flamedata/session.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_session_options options = { .symbols.buildid_dir = argc > 2 ? argv[2] : NULL };
    struct flame_session *session = flame_session_open(argc > 1 ? argv[1] : "", &options, &error);
    if (!session) {
        char text[256];
        flame_error_format(&error, text, sizeof text);
        puts(text);
        return 1;
    }
    printf("%llu samples\n", (unsigned long long)flame_session_verdict(session)->samples);
    flame_session_close(session);
    return 0;
}
C

demo=$FLAME_SOURCE/corpus/demo
samples=$(awk '{ weight += $NF } END { print NR ? weight / 1001001 : 0 }' "$demo/demo.folded")
# runs PROGRAM: it counts the demo's samples (999 Hz: each weighs 1001001 ns)
runs() {
    got=$("$1" "$demo/demo.data" "$demo/debug")
    [ "$got" = "$samples samples" ] || { echo "$1: '$got' where $samples were recorded"; exit 1; }
}

pc=$(find "$prefix" -name flamedata.pc)
libdir=$(dirname "$(dirname "$pc")")
export PKG_CONFIG_PATH="$libdir/pkgconfig"
# The flags are words to be split.
# shellcheck disable=SC2046
"$CC" $(pkg-config --cflags flamedata) "$work/tiny.c" -o "$work/shared" $(pkg-config --libs flamedata) "-Wl,-rpath,$libdir"
readelf -d "$work/shared" | grep -q 'NEEDED.*libflamedata\.so' || { echo "not linked with libflamedata.so"; exit 1; }
runs "$work/shared"

# Static: our archive, the system's libraries as they come.
# shellcheck disable=SC2046
"$CC" $(pkg-config --cflags flamedata) "$work/tiny.c" -o "$work/static" \
    $(pkg-config --static --libs flamedata | sed "s|-lflamedata |$libdir/libflamedata.a |; s|-lflamedata\$|$libdir/libflamedata.a|")
readelf -d "$work/static" | grep -q 'NEEDED.*libflamedata\.so' && { echo "linked with libflamedata.so"; exit 1; }
runs "$work/static"

mkdir "$work/user"
cat >"$work/user/CMakeLists.txt" <<'C'
cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES C)
find_package(flamedata REQUIRED)
add_executable(by-cmake ../tiny.c)
target_link_libraries(by-cmake flamedata::flamedata)
add_executable(by-cmake-static ../tiny.c)
target_link_libraries(by-cmake-static flamedata::flamedata_static)
C
cmake -S "$work/user" -B "$work/user/build" "-DCMAKE_PREFIX_PATH=$prefix" "-DCMAKE_C_COMPILER=$CC" >"$work/cmake.log" 2>&1 &&
    cmake --build "$work/user/build" >>"$work/cmake.log" 2>&1 || { cat "$work/cmake.log"; exit 1; }
runs "$work/user/build/by-cmake"
runs "$work/user/build/by-cmake-static"

# Every public header alone, warnings as errors; C++ where a compiler is installed.
cxx=$(command -v c++ || command -v clang++ || true)
[ -n "$cxx" ] || echo "no C++ compiler: headers are tried from C alone"
for header in "$prefix"/include/flamedata/*.h; do
    line="#include <flamedata/$(basename "$header")>"
    echo "$line" | "$CC" -std=c17 -pedantic -Wall -Wextra -Werror "-I$prefix/include" -fsyntax-only -x c -
    [ -z "$cxx" ] || echo "$line" | "$cxx" -std=c++17 -Wall -Wextra -Werror "-I$prefix/include" -fsyntax-only -x c++ -
done
echo "pkg-config shared and static, CMake shared and static, $(find "$prefix/include/flamedata" -name '*.h' | wc -l) headers"
