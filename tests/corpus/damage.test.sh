#!/bin/sh
# damage.test.sh: every recording of the corpus cut short, and with single bytes changed: never a crash
# or a hang, the exit status is 0 or 1, and of a file that was cut a line says what is lost.
#
#     FLAMEDATA=build/release/flamedata FLAME_SOURCE=. sh tests/corpus/damage.test.sh [FILE...]
#
# FLAME_DAMAGES: how many cuts and how many changes of each file (4; 1 under ThreadSanitizer, which is
# slow).
set -u
case ${FLAME_SANITIZE:-} in *thread*) few=1 ;; *) few=4 ;; esac
count=${FLAME_DAMAGES:-$few}
if [ $# -eq 0 ]; then
    set -- "$FLAME_SOURCE"/corpus/demo/*.data
    for file in "$FLAME_SOURCE"/corpus/perf_data/*.data "${FLAME_QUIPPER:-$FLAME_SOURCE/../shared/corpus/quipper}"/*.data; do
        [ ! -f "$file" ] || set -- "$@" "$file"
    done
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/empty"
failed=0 runs=0 unread=0 said=0 silent=0 boundaries=0

fail() {
    echo "$*"
    failed=1
}

# read_it WHAT: the exit status must be 0 or 1; complaint is 1 if stderr says that something is lost
read_it() {
    timeout 60 "$FLAMEDATA" --buildid-dir "$work/empty" "$work/damaged" --format folded -o "$work/out" 2>"$work/log"
    status=$?
    runs=$((runs + 1))
    case $status in
    0) ;;
    1) unread=$((unread + 1)) ;;
    *) fail "$1: exit status $status"; head -n 3 "$work/log" ;;
    esac
    complaint=0
    ! grep -qE '^lost: |bad records? skipped|of the header cannot be read|^flamedata: |of a type that this' "$work/log" || complaint=1
}

# places FILE SEED: count offsets all over the file, half of them in its first 4 KiB
places() {
    awk -v size="$(wc -c <"$1")" -v n="$count" -v seed="$2" 'BEGIN {
        srand(seed)
        for (i = 0; i < n; i++) print int(rand() * (i % 2 && size > 4096 ? 4096 : size)) }'
}

# change FILE OFFSET: damaged becomes FILE with the bits of one byte turned over
change() {
    byte=$(dd if="$1" bs=1 skip="$2" count=1 2>/dev/null | od -An -tu1 | tr -d ' ')
    printf "\\$(printf %o $((byte ^ 255)))" | dd of="$work/damaged" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

for file do
    name=$(basename "$file")
    for at in $(places "$file" 1); do
        head -c "$at" "$file" >"$work/damaged"
        read_it "$name cut at $at"
        if [ $complaint = 0 ]; then
            # What went through a pipe has no end: between two records nothing is missing.
            head -c $((at + 1)) "$file" >"$work/damaged"
            read_it "$name cut at $((at + 1))"
            boundaries=$((boundaries + 1))
            [ $complaint = 1 ] || fail "$name cut at $at: nothing is said"
        fi
    done
    cp "$file" "$work/damaged"
    chmod u+w "$work/damaged"
    for at in $(places "$file" 2); do
        change "$file" "$at"
        read_it "$name changed at $at"
        said=$((said + complaint))
        silent=$((silent + 1 - complaint))
        dd if="$file" of="$work/damaged" bs=1 skip="$at" seek="$at" count=1 conv=notrunc 2>/dev/null
    done
done
echo "$# files, $runs runs: $unread gave nothing, exit 1; $boundaries cuts between two records of a pipe;" \
    "of the changed bytes $said were noticed, $silent are part of a value that may be so"
exit $failed
