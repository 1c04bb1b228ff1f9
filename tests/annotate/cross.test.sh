#!/bin/sh
# cross.test.sh: code of other architectures (corpus/annotate): each program's listing is the one that is
# kept; where the architecture's objdump is installed, it says the same mnemonics; and `flamedata
# annotate` of a built recording, in which the programs are known by their build-ids alone, is what is
# kept. FLAME_UPDATE=1 writes what is kept anew.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
corpus=$FLAME_SOURCE/corpus/annotate
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0 done=0

# same KEPT NEW: an instruction that is too young for this capstone may be data of the same length
same() {
    [ -z "${FLAME_UPDATE-}" ] || cp "$2" "$1"
    awk -v name="$(basename "$1")" '
        NR == FNR { kept[FNR] = $0; count = FNR; next }
        $0 == kept[FNR] { next }
        { split($0, new, " "); split(kept[FNR], old, " ") }
        new[1] == old[1] && new[2] == old[2] && new[3] == "data" && ++young <= 2 { next }
        { print name ": kept: " kept[FNR] "\n" name ": now:  " $0; bad++ }
        END { if (FNR != count) print name ": " FNR " lines, not " count; exit bad > 0 || FNR != count }
    ' "$1" "$2" || failed=1
}

# cross NAME ARCH TRIPLET: least per mille of objdump's mnemonics that are ours
cross() {
    name=$1 arch=$2 triplet=$3 permille=$4
    elf=$corpus/$name.elf
    status=0
    "$FLAME_ASK_DISASM" "$elf" >"$work/ours" 2>"$work/err" || status=$?
    if [ $status -eq 77 ]; then
        echo "$name: not looked at: $(cat "$work/err")"
        return
    elif [ $status -ne 0 ]; then
        echo "$name: $(cat "$work/err")"
        failed=1
        return
    fi
    done=$((done + 1))
    same "$corpus/$name.txt" "$work/ours"
    if command -v "$triplet-objdump" >/dev/null 2>&1; then
        "$triplet-objdump" -d -j .text --no-show-raw-insn "$elf" >"$work/theirs"
        result=$(awk -v show="${FLAME_SHOW:-0}" -f "$here/compare.awk" "$work/theirs" "$work/ours")
        echo "$name: $result"
        # shellcheck disable=SC2046 # words
        set -- $(echo "$result" | head -n 1)
        [ "$4" -eq "$2" ] || { echo "$name: instructions begin elsewhere"; failed=1; }
        [ $(($6 * 1000)) -ge $(($2 * permille)) ] || { echo "$name: too few have objdump's mnemonic"; failed=1; }
    fi
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
