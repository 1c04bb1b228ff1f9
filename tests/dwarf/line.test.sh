#!/bin/sh
# line.test.sh: the source line of every instruction of small programs, as the library reads it, against
# addr2line. C, C++ and Rust, by the compilers that are installed, in all versions of DWARF, with functions
# in sections of their own, of which the linker leaves some out.
# shellcheck source=tests/dwarf/comparing.sh
. "$(dirname "$0")/comparing.sh"
compare=$here/line.awk

c=$here/nested.c
o=$here/other.c
for compiler in gcc clang; do
    for v in 2 3 4 5; do
        built "$compiler-dwarf$v" $compiler -O2 -gdwarf-$v "$c" "$o"
    done
    built $compiler-O0 $compiler -O0 -g "$c" "$o"
    built $compiler-O3 $compiler -O3 -g "$c" "$o"
    built_llvm $compiler-dwarf64 $compiler -O2 -g -gdwarf64 "$c" "$o"
    built $compiler-zlib $compiler -O2 -g -gz "$c" "$o"
    built $compiler-m32 $compiler -O2 -g -m32 "$c" "$o"
    built_llvm $compiler-split $compiler -O2 -g -gsplit-dwarf "$c" "$o"
    for v in 4 5; do
        built "$compiler-sections$v" $compiler -O2 -gdwarf-$v -ffunction-sections -Wl,--gc-sections "$c" "$o"
    done
    built $compiler-stripped $compiler -O2 -g -Wl,--discard-all "$c" "$o"
done
for compiler in g++ clang++; do
    for v in 4 5; do
        built "$compiler-dwarf$v" $compiler -std=c++17 -O2 -gdwarf-$v "$here/nested.cc"
    done
done
built rustc rustc -O -g "$here/nested.rs"
finish
