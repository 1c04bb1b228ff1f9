#!/bin/sh
# inline.test.sh: the functions that are inlined at every instruction of small programs, as the library
# reads them, against `addr2line -a -f -i`: their names, their order, and the file and line that each was
# called from. C, C++ and Rust, by the compilers that are installed, in all versions of DWARF, compressed,
# in many sections, optimized as a whole, and shared by dwz.
# shellcheck source=tests/dwarf/comparing.sh
. "$(dirname "$0")/comparing.sh"

c=$here/nested.c
o=$here/other.c
cc=$here/nested.cc
built gcc-O1 gcc -O1 -g "$c" "$o"
built gcc-O3 gcc -O3 -g "$c" "$o"
built gcc-zlib gcc -O2 -g -gz=zlib "$c" "$o"
built gcc-zstd gcc -O2 -g -gz=zstd "$c" "$o"
built gcc-no-pie gcc -O2 -g -no-pie "$c" "$o"
built gcc-lto gcc -O2 -g -flto "$c" "$o"
built_llvm gcc-zlib-gnu gcc -O2 -g -gz=zlib-gnu "$c" "$o"
built_llvm gcc-dwarf64 gcc -O2 -g -gdwarf64 "$c" "$o"
built_llvm gcc-types gcc -O2 -g -fdebug-types-section "$c" "$o"
built_llvm clang-O1 clang -O1 -g "$c" "$o"
built_llvm clang-zlib clang -O2 -g -gz=zlib "$c" "$o"
built_llvm clang-m32 clang -O2 -g -m32 "$c" "$o"
built_llvm clang-lto clang -O2 -g -flto "$c" "$o"
built_llvm clang-sections clang -O2 -g -ffunction-sections -Wl,--gc-sections "$c" "$o"
for v in 2 3 4 5; do
    reader=built
    [ $v -lt 5 ] || reader=built_llvm
    built gcc-dwarf$v gcc -O2 -gdwarf-$v "$c" "$o"
    built gcc-sections$v gcc -O2 -gdwarf-$v -ffunction-sections -Wl,--gc-sections "$c" "$o"
    built g++-dwarf$v g++ -std=c++17 -O2 -gdwarf-$v "$cc"
    $reader clang-dwarf$v clang -O2 -gdwarf-$v "$c" "$o"
    $reader clang++-dwarf$v clang++ -std=c++17 -O2 -gdwarf-$v "$cc"
done
built g++-O3 g++ -std=c++17 -O3 -g "$cc"
built g++-O0 g++ -std=c++17 -O0 -g "$cc"
built_llvm g++-types g++ -std=c++17 -O2 -g -fdebug-types-section "$cc"
built rustc-dwarf4 rustc -O -g -C dwarf-version=4 "$here/nested.rs"
built_llvm rustc-dwarf5 rustc -O -g -C dwarf-version=5 "$here/nested.rs"

# Files apart from the program. Both programs name the shared file by its path from their folder.
if command -v dwz >/dev/null 2>&1; then
    for v in 4 5; do
        gcc -std=c99 -O2 -gdwarf-$v "$c" "$o" -o "$work/one" 2>/dev/null || continue
        g++ -std=c++17 -O2 -gdwarf-$v "$cc" -o "$work/two" 2>/dev/null || continue
        cp "$work/two" "$work/three"
        dwz "$work/two" 2>/dev/null && check dwz$v "$work/two"
        cp "$work/three" "$work/two"
        dwz -m "$work/shared$v" -M "shared$v" "$work/one" "$work/two" "$work/three" 2>/dev/null || continue
        [ -f "$work/shared$v" ] || continue
        check dwz-shared$v "$work/two"
        # Without the file, names that are in it are not known, and nobody makes any up.
        mv "$work/shared$v" "$work/elsewhere"
        echo 0 | "$FLAME_ASK_DWARF" "$work/two" >"$work/log" || { echo "dwz$v: cannot be read without the shared file"; failed=1; }
    done
fi
if objcopy --only-keep-debug "$work/gcc-dwarf5" "$work/apart.debug" 2>/dev/null; then
    strip -o "$work/apart" "$work/gcc-dwarf5"
    objcopy --add-gnu-debuglink="$work/apart.debug" "$work/apart"
    check debuglink "$work/apart"
fi
finish
