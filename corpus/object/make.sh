#!/bin/sh
# make.sh [FOLDER]: make the files of this folder anew, or in FOLDER, those whose compilers are installed
# (Debian's gcc-TRIPLET packages, xz-utils).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$here
[ $# = 0 ] || out=$(mkdir -p "$1" && cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/program.c" "$work"
cd "$work"
flags='-O2 -ffreestanding -nostdlib -fno-stack-protector -Wl,--build-id=sha1 -Wl,-z,max-page-size=4096 -Wl,-z,noseparate-code'

# shared NAME TRIPLET OPTION...: a library with a PLT
shared() {
    name=$1 triplet=$2
    shift 2
    command -v "$triplet-gcc" >/dev/null 2>&1 || { echo "$name: $triplet-gcc is not installed"; return; }
    # shellcheck disable=SC2086 # a list of options
    "$triplet-gcc" $flags -shared -fPIC "$@" program.c -o "$name"
    "$triplet-objcopy" --remove-section=.comment "$name" "$out/$name.elf"
}

shared plt-x86_64 x86_64-linux-gnu -Wl,-z,lazy
shared plt-ibt x86_64-linux-gnu -Wl,-z,lazy -fcf-protection
shared plt-i386 i686-linux-gnu -Wl,-z,lazy
shared plt-aarch64 aarch64-linux-gnu
shared plt-arm arm-linux-gnueabihf
shared plt-s390x s390x-linux-gnu

# shellcheck disable=SC2086
{
    x86_64-linux-gnu-gcc $flags -g -shared -fPIC "-ffile-prefix-map=$work=." program.c -o whole
    x86_64-linux-gnu-gcc -O2 -ffreestanding -fno-stack-protector -fno-pic -mcmodel=kernel -fno-asynchronous-unwind-tables -c program.c -o module.o
}
# a kernel module, as far as a reader can tell
objcopy --remove-section=.comment --remove-section=.note.GNU-stack module.o "$out/module.elf"
# the table of symbols xz-packed inside
objcopy --strip-debug --remove-section=.comment whole symbols
strip -o stripped symbols
nm symbols | sed -n 's/.* [tT] //p' | sort >keep
objcopy --strip-all --keep-symbols=keep -S symbols small 2>/dev/null || cp symbols small
objcopy --only-keep-debug symbols small
xz -9 --check=crc32 -k small
objcopy --add-section .gnu_debugdata=small.xz stripped "$out/minidebug.elf"
# a debug file, and the program that names it
objcopy --only-keep-debug --remove-section=.comment --remove-section='.debug_*' whole "$out/debug-only.elf"
cp "$out/debug-only.elf" program.debug
objcopy --strip-all --remove-section=.comment --add-gnu-debuglink=program.debug whole "$out/debuglink.elf"
# sections packed in both ways
objcopy --compress-debug-sections=zlib --remove-section=.comment whole "$out/zlib.elf"
objcopy --compress-debug-sections=zlib-gnu --remove-section=.comment whole "$out/zlib-gnu.elf"
# no section headers: e_shoff (8 bytes at 0x28), e_shnum and e_shstrndx (4 at 0x3c) zeroed
cp stripped sections
printf '\0\0\0\0\0\0\0\0' | dd of=sections bs=1 seek=40 conv=notrunc 2>/dev/null
printf '\0\0\0\0' | dd of=sections bs=1 seek=60 conv=notrunc 2>/dev/null
cp sections "$out/no-sections.elf"
chmod 644 "$out"/*.elf
