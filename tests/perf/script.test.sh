#!/bin/sh
# script.test.sh: record small workloads here and now; flamedata script against perf script, line by
# line, with several sets of fields. Skipped where perf is not installed or the system does not let it
# record.
#
# What docs/differences.md lists is evened out where it occurs in every recording: names of PLT
# entries, callers that are looked up at their call. perf's own build-id cache is
# kept out of it: both read an empty one.
set -eu
# shellcheck source=tests/perf/recording.sh
. "$(dirname "$0")/recording.sh"
version=$("$perf" --version)
case $version in
'perf version 6.1.'*) ;;
*) skip "the text is compared with perf 6.1's, here is $version" ;;
esac

undisputed() {
    sed 's/ [^ ]*@plt+0x[0-9a-f]* (/ PLT (/; s/ [^ ]*@plt$/ PLT/; s/ [^ ]*@plt (/ PLT (/'
}

failed=0
# compare NAME OPTIONS...: at least one line; and of 1000 lines one may differ, as callers may be
# looked up at their call
compare() {
    name=$1
    shift
    "$perf" --buildid-dir "$work/empty" script --no-inline "$@" -i "$work/$name.data" 2>"$work/log" | undisputed >"$work/theirs"
    "$FLAMEDATA" script --no-inline --buildid-dir "$work/empty" "$@" "$work/$name.data" >"$work/raw" ||
        { echo "$name $*: flamedata failed with $?"; failed=1; }
    undisputed <"$work/raw" >"$work/ours"
    lines=$(wc -l <"$work/theirs")
    differing=$(diff "$work/theirs" "$work/ours" | grep -c '^[<>]' || true)
    echo "$name $*: $lines lines, $differing differ"
    if [ "$lines" -eq 0 ] || [ "$differing" -gt $((lines / 1000 + 2)) ]; then
        diff "$work/theirs" "$work/ours" | head -n 20
        failed=1
    fi
}

# live NAME OPTIONS... -- COMMAND...
live() {
    name=$1
    shift
    "$perf" --buildid-dir "$work/empty" record -q -N -F 1999 -o "$work/$name.data" "$@" >"$work/log" 2>&1 ||
        { echo "$name: cannot be recorded"; cat "$work/log"; failed=1; return; }
}

echo "$version, event $event"
live threads -e $event -g -- "$work/load" threads
compare threads
compare threads -G
compare threads --ns -F +pid,-period,-symoff
compare threads -F comm,tid,ip,sym,dso
compare threads -F ip
compare threads --max-stack 2
live forks -e $event -g --sample-cpu -- "$work/load" forks
compare forks
compare forks -F comm,pid,tid,cpu,time,period,event,ip
compare forks --time 20%-60%
live events -e $event,page-faults -d -- "$work/load" forks
compare events
compare events -F event,addr,ip,dso
live two -e "$event" -e page-faults -g -- "$work/load" threads
compare two
if can --compression-level; then
    live zstd -e $event -g -z -- "$work/load" forks
    compare zstd
fi
"$perf" --buildid-dir "$work/empty" record -q -N -e $event -F 1999 -g -o - -- "$work/load" forks >"$work/pipe.data" 2>"$work/log"
compare pipe
exit $failed
