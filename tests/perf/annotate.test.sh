#!/bin/sh
# annotate.test.sh: flamedata annotate against `perf annotate --stdio`: the same instructions, and for each the
# same percentage as far as perf prints it, in the hottest functions of programs recorded here and now.
# Other recordings can be named as arguments instead.
#
#     FLAMEDATA=build/flamedata TOP=10 sh tests/perf/annotate.test.sh [FILE...]
#
# What perf takes for instructions where bytes are none, and that it leaves out zeros, is a difference that
# is meant (docs/differences.md, Annotated code): in `island` only what was hit is compared.
set -eu
command -v objdump >/dev/null 2>&1 || {
    echo "skipped: perf annotate takes objdump, which is not installed"
    exit 77
}
top=${TOP:-10}
percent=local-period
failed=0

# compare FILE EVENT NAME...: the hottest functions, of all events or one; each of these must be one of them
compare() {
    file=$1 event_name=$2
    shift 2
    "$FLAMEDATA" annotate -q ${event_name:+--event "$event_name"} --top "$top" --percent-type $percent --format json \
        --buildid-dir "$work/empty" -o "$work/ours.json" "$file" ||
        { echo "$file: flamedata failed with $?"; failed=1; return; }
    "$perf" --buildid-dir "$work/empty" annotate --stdio --no-source --percent-type $percent -i "$file" 2>/dev/null |
        awk -v loose=island -f "$here/annotate.awk" "$work/ours.json" - >"$work/result" || failed=1
    cat "$work/result"
    for name; do
        grep -q "^[^ ]* [^ ]* $name: .* samples: the same\$" "$work/result" || { echo "$file: no $name"; failed=1; }
    done
}

given=$#

# shellcheck source=tests/perf/recording.sh
. "$(dirname "$0")/recording.sh"

if [ $given -gt 0 ]; then
    for file do
        echo "$file"
        compare "$file" ''
    done
    exit $failed
fi

# build NAME OPTION...: $work/NAME from annotate.c
build() {
    out=$work/$1
    shift
    for part in "-DSECOND -c -o $out.o" "$out.o -o $out"; do
        # shellcheck disable=SC2086 # options
        "$CC" "$here/annotate.c" $part "$@" 2>"$work/log" || { cat "$work/log"; exit 1; }
    done
}

echo "$("$perf" --version), event $event"
build fast -O2 -g
take fast -e "$event" -- "$work/fast"
compare "$work/fast.data" '' island inlined vectors table twin
[ "$(grep -c ' twin: ' "$work/result")" -eq 2 ] || { echo "the two twins are not two"; failed=1; }
for percent in local-hits global-period; do
    compare "$work/fast.data" '' island >"$work/log"
    echo "$percent: $(grep -c 'samples: the same$' "$work/log") the same"
    grep -v 'samples: the same$' "$work/log" || true
done
percent=local-period
build plain -O0 -no-pie
strip -g "$work/plain"
take plain -e "$event" -g -- "$work/plain"
compare "$work/plain.data" '' island inlined vectors table twin
build fixed -O2 -g -static
take fixed -e "$event" --call-graph dwarf,1024 -- "$work/fixed"
compare "$work/fixed.data" '' island inlined
take events -e "$event,page-faults:u" -- "$work/fast"
compare "$work/events.data" "$event" island
compare "$work/events.data" page-faults:u faults
compile "$work/plugin.so" -shared -fPIC -DPLUGIN
take plugin -e "$event" -- "$work/load" plugin "$work/plugin.so"
compare "$work/plugin.data" '' spin
take threads -e "$event" -- "$work/load" threads
compare "$work/threads.data" '' spin compare
if can --compression-level; then
    take zstd -e "$event" -z -- "$work/fast"
    compare "$work/zstd.data" '' island
fi
exit $failed
