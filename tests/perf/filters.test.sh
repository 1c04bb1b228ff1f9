#!/bin/sh
# filters.test.sh: the filters take what those of `perf script` take, on the demo. What they let through
# is folded on both sides and compared. Skipped where perf is not installed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
perf=${PERF:-perf}
command -v "$perf" >/dev/null 2>&1 || { echo "skipped: perf is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
demo=$FLAME_SOURCE/corpus/demo

# theirs OPTIONS...
theirs() {
    "$perf" --buildid-dir "$demo/debug" script -f --no-inline -i "$demo/demo.data" "$@" 2>"$work/log" |
        awk -f "$here/collapse.awk" | sort
}

theirs >"$work/all"
cmp -s "$work/all" "$demo/demo.folded" || { echo "skipped: this perf does not name the demo"; exit 77; }

count=0
# same OPTIONS...: let some samples through, not all, and the same ones
same() {
    theirs "$@" >"$work/theirs"
    "$FLAMEDATA" -q --no-inline --buildid-dir "$demo/debug" --format folded "$@" "$demo/demo.data" >"$work/raw"
    sort "$work/raw" >"$work/ours"
    cmp "$work/ours" "$work/theirs" || { echo "with $*"; exit 1; }
    [ -s "$work/ours" ] || { echo "nothing passed $*"; exit 1; }
    ! cmp -s "$work/ours" "$work/all" || { echo "everything passed $*"; exit 1; }
    count=$((count + 1))
}

tid=$("$perf" script -f -i "$demo/demo.data" -F comm,tid 2>"$work/log" | awk '$1 == "painter" { print $2; exit }')
same --comms painter
same --comms demo,solver
same --tid "$tid"
same -S memcpy,merge
same --symbols paint_point --comms painter
same --time 2632.7,2632.8
same --time ,2632.607
same --time 2633.19,
same --time "2632.65,2632.7 2633,2633.1"
same --time 10%/2
same --time 33.3%/3
same --time 50%
same --time 0%-10%,90%-100%
same --time 14.28%/6,14.28%/7
same --max-stack 1
same --max-stack 4 --time 25%/1 --comms solver
same --dsos /tmp/demo/demo --comms solver
same --dsos demo,libc.so.6 --comms solver
echo "$count filters take what perf's take"
