#!/bin/sh
# make.sh [FOLDER]: make the files of this folder anew, or in FOLDER, those whose compilers are installed
# (Debian's binutils, clang, dwz, and gcc-TRIPLET packages).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$here
[ $# = 0 ] || out=$(mkdir -p "$1" && cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/a.c" "$here/b.c" "$here/shared.h" "$work"
cd "$work"
flags='-O2 -ffreestanding -nostdlib -static -fno-stack-protector -fno-asynchronous-unwind-tables -no-pie
-Wl,--build-id=sha1 -Wl,-z,max-page-size=4096 -Wl,-z,noseparate-code'

# build NAME COMPILER OPTION...
build() {
    name=$1 compiler=$2
    shift 2
    command -v "$compiler" >/dev/null 2>&1 || { echo "$name: $compiler is not installed"; return; }
    # shellcheck disable=SC2086 # a list of options
    "$compiler" $flags -fno-pic "-ffile-prefix-map=$work=." "$@" a.c b.c -o whole
    objcopy=objcopy
    case $compiler in *-gcc) objcopy=${compiler%gcc}objcopy ;; esac
    "$objcopy" --remove-section=.comment --remove-section=.debug_aranges --remove-section=.debug_frame \
        --remove-section=.debug_loc --remove-section=.debug_loclists whole "$out/$name.elf"
}

# number N: four bytes, little-endian
number() {
    # shellcheck disable=SC2059 # the format is what is written
    printf "$(printf '\\%03o\\%03o\\%03o\\%03o' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)))"
}

# parts NAME PROGRAM SPLIT ALT: what fuzz/debug_info reads as several files
parts() {
    {
        printf FZ
        for part in "$2" "$3" "$4"; do number "$(wc -c <"$part")"; done
        cat "$2" "$3" "$4"
    } >"$out/$1.parts"
}

for version in 2 3 4 5; do
    build "dwarf$version" x86_64-linux-gnu-gcc "-gdwarf-$version" -gstrict-dwarf
done
build clang4 clang -gdwarf-4
build clang5 clang -gdwarf-5
build packed x86_64-linux-gnu-gcc -g3 -gz=zlib
build packed-gnu x86_64-linux-gnu-gcc -gdwarf-4 -gz=zlib-gnu
build dwarf64 x86_64-linux-gnu-gcc -gdwarf-5 -gdwarf64
build i386 i686-linux-gnu-gcc -g
build arm arm-linux-gnueabihf-gcc -g
build mips mips-linux-gnu-gcc -gdwarf-4
build ppc64 powerpc64-linux-gnu-gcc -gdwarf-5
build riscv64 riscv64-linux-gnu-gcc -g

: >nothing
# split NAME OPTION...: both units, of which the first one's other half is at hand, as a file and in a package
split() {
    name=$1
    shift
    for unit in a b; do
        x86_64-linux-gnu-gcc -O2 -ffreestanding -fno-stack-protector -fno-pic -fno-asynchronous-unwind-tables \
            -gsplit-dwarf "-ffile-prefix-map=$work=." "$@" -c $unit.c
    done
    x86_64-linux-gnu-gcc -nostdlib -static -no-pie -Wl,--build-id=sha1 -Wl,-z,max-page-size=4096 \
        -Wl,-z,noseparate-code a.o b.o -o whole
    objcopy --remove-section=.comment --remove-section=.debug_aranges --remove-section='.debug_gnu_pub*' whole
    parts "$name" whole a.dwo nothing
    # llvm-dwp 14 never ends with GCC's DWARF 5
    dwp -o whole.dwp a.dwo b.dwo
    parts "$name-package" whole whole.dwp nothing
}
split split4 -gdwarf-4
split split5 -gdwarf-5

# dwz: what two programs have in common
# shellcheck disable=SC2086
for name in one two; do
    x86_64-linux-gnu-gcc $flags -fno-pic -gdwarf-4 "-ffile-prefix-map=$work=." a.c b.c -o $name
    objcopy --remove-section=.comment $name
done
dwz -m alt -M alt one two
parts dwz one nothing alt
chmod 644 "$out"/*.elf "$out"/*.parts
