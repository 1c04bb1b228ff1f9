#!/bin/sh
# quipper.test.sh: the recordings of the quipper test suite come from machines of long ago. Here nothing may be
# named by a file or a kernel of this machine: what script, draw and report say is, byte for byte, what
# they say where there is nothing (--symfs with an empty folder), and each name in that comes from the recording.
# Skipped where the recordings are not: they are not part of this tree. FLAME_QUIPPER may say where they are.
set -eu
folder=${FLAME_QUIPPER:-$FLAME_SOURCE/../shared/corpus/quipper}
[ -f "$folder/records.tsv" ] || { echo "skipped: no recordings of the quipper suite here"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/empty" "$work/home"
failed=0
frames=0
files=0
for data in "$folder"/*.data; do
    name=$(basename "$data" .data)
    for how in 'script -q' 'draw -q --format folded' 'report -q'; do
        # What /proc/kallsyms, this machine's files and the usual cache have is there to be taken wrongly.
        # shellcheck disable=SC2086 # a command and its options
        here=0 there=0
        HOME=$work/home "$FLAMEDATA" $how "$data" -o - >"$work/here" 2>/dev/null || here=$?
        # shellcheck disable=SC2086
        HOME=$work/home "$FLAMEDATA" $how --symfs "$work/empty" "$data" -o - >"$work/there" 2>/dev/null || there=$?
        if [ $here != $there ] || ! cmp -s "$work/here" "$work/there"; then
            echo "$name: $how is not the same where there are no files (exit $here, $there)"
            diff "$work/here" "$work/there" | head -n 4 | cut -c 1-150
            failed=1
        fi
    done
    "$FLAMEDATA" script -q -F ip,sym,dso --symfs "$work/empty" "$data" >"$work/frames" 2>/dev/null || :
    grep -v '\[unknown\]' "$work/frames" | grep '[^[:space:]]' | grep -v '(bpf_prog_' >"$work/named" || :
    if [ -s "$work/named" ]; then
        echo "$name: a name from nowhere: $(head -n 1 "$work/named")"
        failed=1
    fi
    frames=$((frames + $(grep -c '[^[:space:]]' "$work/frames" || :)))
    files=$((files + 1))
done
echo "$files recordings, $frames frames: none is named by this machine"
[ "$frames" -gt 10000 ] || { echo "too few frames to tell anything"; failed=1; }
exit $failed
