#!/bin/sh
# dump.test.sh: flamedata dump finds the records that `perf script -D` finds: type, size, and, where
# they are not compressed, offset. Further recordings can be named as arguments.
#
#     FLAMEDATA=build/flamedata FLAME_SOURCE=. sh tests/perf/dump.test.sh [FILE...]
set -eu
perf=${PERF:-perf}
command -v "$perf" >/dev/null 2>&1 || {
    echo "skipped: perf is not installed"
    exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- "$FLAME_SOURCE"/corpus/demo/*.data
failed=0

# NAME NUMBER, from the table that the program has its names from
sed -nE '/define FLAME_RECORDS/,/^$/s/^ *X\(([0-9]+), ([A-Z_0-9]+)\).*/\2 \1/p' "$FLAME_SOURCE/include/flamedata/record.h" >"$work/types"

for file do
    # "0x1f0@perf.data [0x30]: event: 3"
    "$perf" --buildid-dir "$work" script -D -i "$file" 2>"$work/log" |
        sed -nE 's/^(0x)?([0-9a-f]+)@[^ ]* \[(0x)?([0-9a-f]+)\]: event: ([0-9]+)$/\2 \4 \5/p' |
        sort >"$work/perf" || true
    [ -s "$work/perf" ] || {
        echo "$file: perf lists no records: $(head -n 1 "$work/log")"
        failed=$((failed + 1))
        continue
    }
    # "0x1f0 COMM 48 ..."; "0x228+0x0 COMM 40 ..."
    "$FLAMEDATA" dump -q "$file" >"$work/raw" || { echo "$file: flamedata failed with $?"; failed=$((failed + 1)); }
    awk -v types="$work/types" '
        BEGIN { while ((getline line <types) > 0) { split(line, f, " "); number[f[1]] = f[2] } }
        $2 !~ /^COMPRESSED/ { printf "%s %x %s\n", substr($1, 3), $3, number[$2] }' "$work/raw" | sort >"$work/ours"
    header=$(od -An -t u1 -j 8 -N 1 "$file" | tr -d ' ')
    if [ "$header" = 16 ] || grep -q + "$work/ours"; then
        for side in perf ours; do
            sed 's/^[^ ]* //' "$work/$side" | sort >"$work/sorted"
            mv "$work/sorted" "$work/$side"
        done
    fi
    diff "$work/perf" "$work/ours" >"$work/diff" || {
        echo "$file: perf <, flamedata >"
        head -n 10 "$work/diff"
        failed=$((failed + 1))
    }
    echo "$file: $(wc -l <"$work/ours") records"
done
[ "$failed" -eq 0 ]
