#!/bin/sh
# make.sh: compile cross.c for every architecture whose cross compiler is installed (Debian's
# gcc-TRIPLET packages), into this folder or the one that is named.
#
#     sh corpus/annotate/make.sh [FOLDER]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here}

# make NAME TRIPLET OPTION...
make() {
    name=$1 triplet=$2
    shift 2
    command -v "$triplet-gcc" >/dev/null 2>&1 || { echo "$name: $triplet-gcc is not installed"; return; }
    (cd "$here" && "$triplet-gcc" -O2 -ffreestanding -nostdlib -static -fno-pic -no-pie -fno-stack-protector \
        -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns -Wl,--build-id=sha1 \
        -Wl,-z,max-page-size=4096 -Wl,-z,noseparate-code -Wl,-e,_start "$@" cross.c -o "$out/$name.elf") 2>"$out/log" ||
        { cat "$out/log"; exit 1; }
    rm "$out/log"
    "$triplet-strip" -g -R .comment -R .eh_frame "$out/$name.elf"
    chmod 644 "$out/$name.elf"
}

make i386 i686-linux-gnu
make aarch64 aarch64-linux-gnu
make arm arm-linux-gnueabihf -marm
make thumb arm-linux-gnueabihf -mthumb
make riscv64 riscv64-linux-gnu
make ppc64 powerpc64-linux-gnu
make ppc64le powerpc64le-linux-gnu
make s390x s390x-linux-gnu
make mips mips-linux-gnu
make mipsel mipsel-linux-gnu
