#!/bin/sh
# report.test.sh: flamedata report against `perf report --stdio -g none`: the first fifty rows in the same
# order with the same percentages, with --children and --no-children, of programs recorded here and now.
# Other recordings can be named as arguments instead.
#
#     FLAMEDATA=build/flamedata ROWS=50 sh tests/perf/report.test.sh [FILE...]
#
# perf has a row for each address without a symbol: that is our --addresses. Without it there is one row for
# all of an object; of recordings made here it is checked that it has the sum of perf's.
set -eu
rows=${ROWS:-50}
failed=0

# theirs, ours FILE OPTION...
theirs() {
    file=$1
    shift
    "$perf" --buildid-dir "$work/empty" report --stdio -g none -i "$file" "$@" 2>"$work/log"
}
ours() {
    file=$1
    shift
    "$FLAMEDATA" report -q --buildid-dir "$work/empty" -g none -i "$file" "$@"
}

# verdict WHAT: about $work/theirs and $work/ours
verdict() {
    count=$(wc -l <"$work/theirs")
    if [ "$count" -eq 0 ]; then
        echo "  $1: perf has no rows"
        failed=1
    elif cmp -s "$work/theirs" "$work/ours"; then
        echo "  $1: $count rows, the same"
    else
        echo "  $1: $count rows, of which differ (perf's <, ours >):"
        diff "$work/theirs" "$work/ours" | grep '^[<>]' | cut -c 1-150 | head -n 20
        failed=1
    fi
}

# compare FILE OPTION...: the first rows of each event
compare() {
    compare_as --no-children "$@"
    compare_as --children "$@"
}
compare_as() {
    mode=$1
    shift
    names=0
    case $* in
    *"--sort symbol") names=1 ;;
    esac
    theirs "$@" --no-inline "$mode" | awk -v rows="$rows" -v names=$names -f "$here/report.awk" >"$work/theirs"
    ours "$@" --no-inline "$mode" --addresses | awk -v rows="$rows" -v names=$names -f "$here/report.awk" >"$work/ours"
    shift
    verdict "$mode $*"
}

# compare_sums FILE: all rows, by their periods
compare_sums() {
    theirs "$1" --no-children --show-total-period | awk -v sums=1 -f "$here/report.awk" | sort >"$work/theirs"
    ours "$1" --no-children --show-total-period | awk -v sums=1 -f "$here/report.awk" | sort >"$work/ours"
    verdict "sums by function and object"
}

given=$#

# shellcheck source=tests/perf/recording.sh
. "$(dirname "$0")/recording.sh"

if [ $given -gt 0 ]; then
    for file do
        echo "$file"
        compare "$file"
    done
    exit $failed
fi

echo "$("$perf" --version), event $event"
take threads -e "$event" -g -- "$work/load" threads
compare "$work/threads.data"
compare "$work/threads.data" --sort dso
compare "$work/threads.data" --sort comm
compare "$work/threads.data" --sort symbol
compare_sums "$work/threads.data"
compile "$work/stripped" -pthread -ldl -s
take stripped -e "$event" -g -- "$work/stripped" threads
compare "$work/stripped.data"
compare_sums "$work/stripped.data"
compile "$work/plugin.so" -shared -fPIC -DPLUGIN
take plugin -e "$event" --call-graph dwarf,4096 -- "$work/load" plugin "$work/plugin.so"
compare "$work/plugin.data"
take leaves -e "$event" -- "$work/load" threads
compare_as --no-children "$work/leaves.data"
compare_as --stdio "$work/leaves.data"
compare_sums "$work/leaves.data"
take events -e "$event,page-faults:u" -g -- "$work/load" threads
compare "$work/events.data"
compare_sums "$work/events.data"
if can --user-callchains; then
    take user -e "$event" -g --user-callchains -- "$work/stripped" threads
    compare "$work/user.data"
    take kernel -e "$event" -g --kernel-callchains -- "$work/stripped" threads
    compare "$work/kernel.data"
    take copied -e "$event" --call-graph dwarf,4096 --user-callchains -- "$work/load" threads
    compare "$work/copied.data"
fi
# Inlined functions: perf has a row for each function that one is inlined into, so those of one row.
for part in "-DSECOND -c -o $work/fast.o" "$work/fast.o -o $work/fast"; do
    # shellcheck disable=SC2086 # options
    "$CC" -O2 -g "$here/annotate.c" $part 2>"$work/log" || { cat "$work/log"; exit 1; }
done
take inlined -e "$event" --call-graph dwarf,4096 -- "$work/fast"
theirs "$work/inlined.data" --children | awk -v rows=1000000 -f "$here/report.awk" | grep ' fast \[.\] .* (inlined)$' |
    awk '{ name = $0; sub(/^[^ ]* [^ ]* /, "", name); of[name] = $0; count[name]++ }
        END { for (name in of) if (count[name] == 1) print of[name] }' | sort >"$work/theirs"
sed 's/^[^ ]* [^ ]* //' "$work/theirs" >"$work/names"
ours "$work/inlined.data" --children | awk -v rows=1000000 -f "$here/report.awk" | grep -F -f "$work/names" | sort >"$work/ours"
verdict "inlined functions"
exit $failed
