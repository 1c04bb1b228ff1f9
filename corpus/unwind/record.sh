#!/bin/sh
# record.sh [FOLDER]: make the programs and the captures of this folder anew. With FOLDER they go there,
# with every instruction that is executed instead of the few that are kept here; test_unwind_corpus reads
# them if FLAME_UNWIND_CORPUS names that folder.
#
# Needs, by Debian's names, gcc-x86-64-linux-gnu (the host's own gcc is one), gcc-i686-linux-gnu,
# gcc-aarch64-linux-gnu, gcc-arm-linux-gnueabihf, gcc-riscv64-linux-gnu, qemu-user-static, gdb-multiarch.
# No libc. The files here are gcc 12.2's, qemu 7.2's and gdb 13.1's.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$here
EVERY=
[ $# = 0 ] || { out=$(mkdir -p "$1" && cd "$1" && pwd) EVERY=1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export EVERY SOCKET="$work/gdb"
cp "$here/program.c" "$work"
cd "$work"

# program NAME COMPILER FLAGS...: stripped of what nothing here asks for; no folder's name is in it
program() {
    name=$1 compiler=$2
    shift 2
    "$compiler" -O2 -std=gnu17 -Wall -Wextra -ffreestanding -fno-stack-protector -falign-functions=1 \
        -nostdlib -Wl,--build-id=sha1 -Wl,-z,noseparate-code -Wl,-z,max-page-size=4096 \
        "-ffile-prefix-map=$work=." "$@" program.c -o whole
    "${compiler%gcc}objcopy" --strip-debug --keep-section=.debug_frame \
        --remove-section=.comment --remove-section=.ARM.attributes whole "$out/$name.elf"
}

# capture NAME MACHINE CALLERS OUT QEMU...: one run, from the first instruction to the last. The program's
# name and its environment lie on the stack: they are the same everywhere.
capture() {
    cp "$out/$1.elf" program
    chmod +x program
    export PROGRAM=program MACHINE="$2" CALLERS="$3" OUT="$4"
    shift 4
    rm -f "$SOCKET" "$OUT"
    qemu=$(command -v "$1")
    shift
    env -i "$qemu" "$@" -g "$SOCKET" ./program 2>complaints &
    qemu=$!
    while [ ! -S "$SOCKET" ]; do sleep 0.1; done
    gdb-multiarch -nx -batch -x "$here/capture.py" >log 2>&1 || true
    kill "$qemu" 2>/dev/null || true
    wait "$qemu" 2>/dev/null || true
    [ -s "$OUT" ] || { cat complaints log; exit 1; }
    tail -n 1 log
}

unwind='-fasynchronous-unwind-tables'
debug_frame='-g -fno-unwind-tables -fno-asynchronous-unwind-tables'
exidx='-g -DEXIDX -funwind-tables -Wl,--defsym=__aeabi_unwind_cpp_pr0=0,--defsym=__aeabi_unwind_cpp_pr1=0'
fixed='-fno-pie -static -no-pie'
moved='-fPIE -static-pie -Wl,-pie -Wl,--no-dynamic-linker'
# shellcheck disable=SC2086 # lists of options
{
    program x86_64 x86_64-linux-gnu-gcc $unwind $moved
    program i386 i686-linux-gnu-gcc $unwind $fixed
    program aarch64 aarch64-linux-gnu-gcc $unwind $fixed
    program aarch64-pac aarch64-linux-gnu-gcc $unwind $moved -mbranch-protection=standard
    program arm arm-linux-gnueabihf-gcc $debug_frame $fixed -marm
    program thumb arm-linux-gnueabihf-gcc $debug_frame $moved -mthumb
    program arm-exidx arm-linux-gnueabihf-gcc $exidx $fixed -marm
    program thumb-exidx arm-linux-gnueabihf-gcc $exidx $moved -mthumb
    program riscv64 riscv64-linux-gnu-gcc $unwind $fixed
}
capture x86_64 x86_64 '' "$out/x86_64.txt" qemu-x86_64-static
capture i386 i686 '' "$out/i386.txt" qemu-i386-static
capture aarch64 aarch64 '' "$out/aarch64.txt" qemu-aarch64-static -cpu cortex-a57
# A processor without pointer authentication takes its instructions for no-ops.
every=$EVERY
EVERY=1
capture aarch64-pac aarch64 '' "$work/unsigned.txt" qemu-aarch64-static -cpu cortex-a57
EVERY=$every
capture aarch64-pac aarch64 "$work/unsigned.txt" "$out/aarch64-pac.txt" qemu-aarch64-static \
    -cpu max,sve=off,sme=off
capture arm armv7l '' "$out/arm.txt" qemu-arm-static
capture thumb armv7l '' "$out/thumb.txt" qemu-arm-static
export BODIES=1
for name in arm thumb; do
    capture $name-exidx armv7l '' "$out/$name-exidx.txt" qemu-arm-static
    arm-linux-gnueabihf-objcopy --remove-section=.debug_frame "$out/$name-exidx.elf" # which gdb went by
done
unset BODIES
capture riscv64 riscv64 '' "$out/riscv64.txt" qemu-riscv64-static
chmod 644 "$out"/*.elf
