#!/bin/sh
# live.test.sh: record small workloads here and now; flamedata's folded stacks against those of
# `perf script --no-inline`, collapsed by inferno where it is installed and by collapse.awk where not.
# Skipped where perf is not installed or the system does not let it record.
#
# perf's own build-id cache is kept out of it: both read the one that the recording filled, then an
# empty one.
set -eu
# shellcheck source=tests/perf/recording.sh
. "$(dirname "$0")/recording.sh"
mkdir "$work/cache"
compile "$work/plugin.so" -shared -fPIC -DPLUGIN

collapse() {
    if command -v inferno-collapse-perf >/dev/null 2>&1; then
        inferno-collapse-perf 2>/dev/null
    else
        awk -f "$here/collapse.awk"
    fi
}

# One difference that is meant (docs/differences.md) occurs in every recording, and is evened out: perf
# 6.1 has no names, or wrong ones, for PLT entries of indirect functions.
undisputed() {
    sed 's/;[^;]*@plt/;@plt/g'
}

failed=0
# compare NAME CACHE
compare() {
    "$FLAMEDATA" -q --no-inline --buildid-dir "$2" --format folded -o - "$work/$1.data" >"$work/raw" ||
        { echo "$1: flamedata failed with $?"; failed=1; }
    undisputed <"$work/raw" >"$work/ours"
    "$perf" --buildid-dir "$2" script --no-inline -i "$work/$1.data" 2>/dev/null | collapse | undisputed >"$work/theirs"
    [ -s "$work/theirs" ] || { echo "$1: perf printed no stacks"; failed=1; return; }
    result=$(awk -f "$here/compare.awk" "$work/ours" "$work/theirs") || failed=1
    printf '%-8s %-5s %s\n' "$1" "$(basename "$2")" "$result"
}

# live NAME OPTIONS... -- COMMAND...
live() {
    name=$1
    shift
    "$perf" --buildid-dir "$work/cache" record -q -e $event -F 1999 -g -o "$work/$name.data" "$@" >"$work/log" 2>&1 ||
        { echo "$name: cannot be recorded"; cat "$work/log"; failed=1; return; }
    compare "$name" "$work/cache"
    compare "$name" "$work/empty"
}

# through_pipe NAME OPTIONS... -- COMMAND...; what the command prints would get into the recording
through_pipe() {
    name=$1
    shift
    "$perf" --buildid-dir "$work/cache" record -q -e $event -F 1999 -g -o - "$@" >"$work/$name.data" 2>"$work/log" ||
        { echo "$name: cannot be recorded"; cat "$work/log"; failed=1; return; }
    compare "$name" "$work/cache"
    compare "$name" "$work/empty"
}

echo "$("$perf" --version), event $event"
live threads -- "$work/load" threads
live forks -- "$work/load" forks
live plugin -- "$work/load" plugin "$work/plugin.so"
live shell -- sh -c 'i=0; while [ $i -lt 60000 ]; do i=$((i+1)); [ $((i % 5000)) -ne 0 ] || ls / | sort >/dev/null; done'
live mmap2id --buildid-mmap -- "$work/load" threads
through_pipe pipe -- "$work/load" forks
if can --compression-level; then
    live zstd -z -- "$work/load" forks
    through_pipe pipez -z -- "$work/load" threads
fi
if can --threads; then
    live folder --threads -- "$work/load" forks
    live folderz --threads -z -- "$work/load" threads
fi
exit $failed
