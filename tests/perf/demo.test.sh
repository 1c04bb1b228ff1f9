#!/bin/sh
# demo.test.sh: the demo's folded stacks are what perf and inferno make of it (corpus/demo/demo.folded
# was written by them), from the plain and from the compressed file, with any number of threads; and so
# are those that its script collapses to.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
demo=$FLAME_SOURCE/corpus/demo
for threads in 1 2 7; do
    for name in demo demo-z; do
        "$FLAMEDATA" -q --threads $threads "$demo/$name.data" --buildid-dir "$demo/debug" --format folded -o "$work/raw"
        sort "$work/raw" >"$work/$name.folded"
        cmp "$work/$name.folded" "$demo/$name.folded" || { echo "$name.data with $threads threads"; exit 1; }
    done
done
for name in demo demo-z; do
    "$FLAMEDATA" script "$demo/$name.data" --buildid-dir "$demo/debug" >"$work/raw"
    awk -f "$FLAME_SOURCE/tests/perf/collapse.awk" "$work/raw" | sort >"$work/$name.folded"
    cmp "$work/$name.folded" "$demo/$name.folded" || { echo "the script of $name.data"; exit 1; }
done
echo "the same as perf's, to the byte"
