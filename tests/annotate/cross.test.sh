#!/bin/sh
# cross.test.sh: code of other architectures (corpus/annotate): each program's listing is the one that is
# kept; where the architecture's objdump is installed, it says the same mnemonics; and `flamedata
# annotate` of a built recording, in which the programs are known by their build-ids alone, is what is
# kept. Of a machine that this capstone does not know, what is kept is compared with the bytes and with
# objdump. FLAME_UPDATE=1 writes what is kept anew.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
corpus=$FLAME_SOURCE/corpus/annotate
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0 done=0

# same KEPT NEW: equal, but for the one instruction that is too young for capstone 4
same() {
    awk -v name="$(basename "$1")" '
        NR == FNR { kept[FNR] = $0; count = FNR; next }
        $0 == kept[FNR] { next }
        kept[FNR] == $1 " 4 - -\tmtfprd f0,r4" && $0 == $1 " 4 data -\t.long 0x7c040166" { next }
        { print name ": kept: " kept[FNR] "\n" name ": now:  " $0; bad++ }
        END { if (FNR != count) print name ": " FNR " lines, not " count; exit bad > 0 || FNR != count }
    ' "$1" "$2" && return
    if [ -n "${FLAME_UPDATE-}" ]; then cp "$2" "$1"; else failed=1; fi
}

# known_by_length NAME: this capstone does not know the machine, so that what is kept is looked at in its
# place: instructions begin where their first bits say, and where objdump's do
known_by_length() {
    "$FLAME_ASK_DISASM" -l "$corpus/$1.elf" >"$work/lengths" || failed=1
    cut -d ' ' -f 1,2 "$corpus/$1.txt" | diff - "$work/lengths" >"$work/diff" || {
        echo "$1: instructions begin elsewhere (<: kept)"
        head -n 20 "$work/diff"
        failed=1
    }
}

# like_objdump NAME TRIPLET PERMILLE LISTING
like_objdump() {
    command -v "$2-objdump" >/dev/null 2>&1 || return 0
    "$2-objdump" -d -j .text --no-show-raw-insn "$corpus/$1.elf" >"$work/theirs"
    result=$(awk -v show="${FLAME_SHOW:-0}" -f "$here/compare.awk" "$work/theirs" "$4")
    echo "$1: $result"
    name=$1 permille=$3
    # shellcheck disable=SC2046 # words
    set -- $(echo "$result" | head -n 1)
    [ "$4" -eq "$2" ] || { echo "$name: instructions begin elsewhere"; failed=1; }
    [ $(($6 * 1000)) -ge $(($2 * permille)) ] || { echo "$name: too few have objdump's mnemonic"; failed=1; }
}

# cross NAME ARCH TRIPLET: least per mille of objdump's mnemonics that are ours
cross() {
    name=$1 arch=$2 triplet=$3 permille=$4
    elf=$corpus/$name.elf
    status=0
    "$FLAME_ASK_DISASM" "$elf" >"$work/ours" 2>"$work/err" || status=$?
    if [ $status -eq 77 ]; then
        echo "$name: only what is kept is looked at: $(cat "$work/err")"
        known_by_length "$name"
        like_objdump "$name" "$triplet" "$permille" "$corpus/$name.txt"
        done=$((done + 1))
        return
    elif [ $status -ne 0 ]; then
        echo "$name: $(cat "$work/err")"
        failed=1
        return
    fi
    done=$((done + 1))
    same "$corpus/$name.txt" "$work/ours"
    like_objdump "$name" "$triplet" "$permille" "$work/ours"
    # Every third instruction was hit, more often the later it stands.
    awk '$3 != "data" && NR % 3 == 1 { print $1, NR }' "$corpus/$name.txt" |
        "$FLAME_MAKE_RECORDINGS" "$work/data" "$elf" "$arch"
    id=$(od -An -v -tx1 "$elf" | tr -d ' \n' | sed -n 's/.*474e5500\([0-9a-f]\{40\}\).*/\1/p')
    place=$work/cache/.build-id/$(echo "$id" | cut -c1-2)/$(echo "$id" | cut -c3-)
    mkdir -p "$place"
    cp "$elf" "$place/elf"
    (cd "$work" && "$FLAMEDATA" annotate --buildid-dir cache data hot) >"$work/listing" 2>"$work/err" || status=$?
    if [ $status -ne 0 ]; then
        echo "$name: annotate: $(cat "$work/err")"
        failed=1
        return
    fi
    [ -z "${FLAME_UPDATE-}" ] || cp "$work/listing" "$corpus/$name.annotate"
    diff "$corpus/$name.annotate" "$work/listing" >"$work/diff" || {
        echo "$name: annotate differs (<: kept)"
        head -n 20 "$work/diff"
        failed=1
    }
}

cross i386 i686 i686-linux-gnu 1000
cross aarch64 aarch64 aarch64-linux-gnu 1000
cross arm armv7l arm-linux-gnueabihf 1000
cross thumb armv7l arm-linux-gnueabihf 1000
cross riscv64 riscv64 riscv64-linux-gnu 750 # binutils 2.40 says add for addi, sll for slli and so on
cross ppc64 ppc64 powerpc64-linux-gnu 1000
cross ppc64le ppc64le powerpc64le-linux-gnu 990
cross s390x s390x s390x-linux-gnu 1000
cross mips mips mips-linux-gnu 1000
cross mipsel mips mipsel-linux-gnu 1000
[ $done -gt 0 ] || exit 77
exit $failed
