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
built_llvm g++-Og g++ -std=c++17 -Og -g "$cc"
built_llvm g++-types g++ -std=c++17 -O2 -g -fdebug-types-section "$cc"
built rustc-dwarf4 rustc -O -g -C dwarf-version=4 "$here/nested.rs"
built_llvm rustc-dwarf5 rustc -O -g -C dwarf-version=5 "$here/nested.rs"

# Files apart from the program. dwz moves what programs have in common into one more file, which they name
# by its path from their folder. Without it, or with another in its place, the names in it are not known,
# and nobody makes any up.
names() {
    grep -v -x -e - -e '0x[0-9a-f]*' -e '.*:[0-9?]*' "$1" | sort -u
}
ask_without() {
    "$FLAME_ASK_DWARF" "$work/two" <"$work/addresses" >"$work/without" ||
        { echo "$1: cannot be read"; failed=1; return; }
    names "$work/ours" >"$work/names"
    names "$work/without" >"$work/fewer"
    if [ -n "$(comm -13 "$work/names" "$work/fewer")" ] || [ "$(wc -l <"$work/names")" -le "$(wc -l <"$work/fewer")" ]; then
        echo "$1: names were read from nowhere"
        failed=1
    fi
}
# apart PROGRAM: move its debug information to .debug/
apart() {
    objcopy --only-keep-debug "$work/bin/$1" "$work/bin/.debug/$1.debug" && strip -g "$work/bin/$1"
}
if command -v dwz >/dev/null 2>&1; then
    # Of debug files the link counts from their own folder. addr2line follows it from there, too.
    mkdir -p "$work/bin/.debug"
    if gcc -O2 -g "$c" "$o" -o "$work/bin/one" 2>/dev/null &&
        g++ -std=c++17 -O2 -g "$cc" -o "$work/bin/two" 2>/dev/null && cp "$work/bin/two" "$work/bin/three" &&
        apart one && apart two && apart three &&
        (cd "$work/bin/.debug" && dwz -m ../shared -M ../shared one.debug two.debug three.debug) 2>/dev/null &&
        [ -f "$work/bin/shared" ]; then
        (cd "$work/bin" && objcopy --add-gnu-debuglink=.debug/two.debug two)
        check dwz-apart "$work/bin/two"
    fi
    for v in 4 5; do
        gcc -O2 -gdwarf-$v "$c" "$o" -o "$work/one" 2>/dev/null || continue
        g++ -std=c++17 -O2 -gdwarf-$v "$cc" -o "$work/two" 2>/dev/null || continue
        cp "$work/two" "$work/three"
        cp "$work/two" "$work/alone"
        dwz "$work/alone" 2>/dev/null && check dwz$v "$work/alone"
        dwz -m "$work/shared" -M shared "$work/one" "$work/two" "$work/three" 2>/dev/null || continue
        [ -f "$work/shared" ] || continue
        check dwz-shared$v "$work/two"
        rm "$work/shared"
        ask_without "dwz-gone$v"
        cp "$work/alone" "$work/shared"
        ask_without "dwz-other$v"
        rm "$work/shared"
    done
fi
if objcopy --only-keep-debug "$work/gcc-dwarf5" "$work/apart.debug" 2>/dev/null; then
    strip -o "$work/apart" "$work/gcc-dwarf5"
    objcopy --add-gnu-debuglink="$work/apart.debug" "$work/apart"
    check debuglink "$work/apart"
fi
finish
