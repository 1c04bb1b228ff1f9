#!/bin/sh
# quipper.test.sh: the recordings of the quipper test suite, old and odd ones, against what perf read
# from them: how many records of each type (the larger count of perf 6.1 and 7.2, which give up early
# on some), and every sample as perf 6.1 prints it. Skipped where the recordings are not: they are not
# part of this tree. FLAME_QUIPPER may say where they are.
set -eu
folder=${FLAME_QUIPPER:-$FLAME_SOURCE/../shared/corpus/quipper}
[ -f "$folder/records.tsv" ] || { echo "skipped: no recordings of the quipper suite here"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

fail() {
    echo "$*"
    failed=1
}

# The samples of a `perf script` text in one spelling: "comm pid tid cpu time period event ips...", one
# line each. What perf makes of AUX data (psb, cbr, branches, errors) is not in the file.
samples() {
    awk '
        function flush() { if (line != "") print line; line = "" }
        /^#/ || /^ instruction trace error/ { next }
        /^$/ { flush(); next }
        /^\t/ { line = line " " $1; next }
        { flush(); $1 = $1; if ($0 !~ / (psb|cbr|branches): / || !decoded) line = $0 }
        END { flush() }' decoded="$2" "$1"
}

for script in "$folder"/*.script.gz; do
    name=$(basename "$script" .script.gz)
    data=$folder/$name.data
    gzip -dc "$script" >"$work/theirs.txt"
    fields=$(sed -n '1s/.*-F *//p' "$work/theirs.txt")
    decoded=0
    case $name in intel_pt*) decoded=1 ;; esac
    samples "$work/theirs.txt" $decoded >"$work/theirs"
    # perf script ends each stack after kernel.perf_event_max_stack frames, 127
    "$FLAMEDATA" script -q --max-stack 127 -F "$fields" "$data" >"$work/ours.txt" || fail "$name: script failed"
    samples "$work/ours.txt" 0 >"$work/ours"
    if cmp -s "$work/theirs" "$work/ours"; then
        echo "$name: $(wc -l <"$work/ours") samples alike"
    else
        fail "$name: samples differ"
        diff "$work/theirs" "$work/ours" | head -n 6 | cut -c 1-200
    fi
done

# What there is in a file, as "TYPE<tab>COUNT" lines. One of them has a sample whose size is 0, where perf
# gives up; an undamaged recording of the same run is there, too, and tells what follows.
expected() {
    case $1 in
    piped.corrupted.zero_size_sample-3.2) like=piped.target.throttled-3.4 lost=1 ;;
    *) like=$1 lost=0 ;;
    esac
    awk -F '\t' -v name="$like" -v lost=$lost '
        $1 == name && $4 > most[$3] { most[$3] = $4 }
        END { for (t in most) print t "\t" most[t] - (t == "SAMPLE" ? lost : 0) }' "$folder/records.tsv" | sort
}

for data in "$folder"/*.data; do
    name=$(basename "$data" .data)
    expected "$name" >"$work/theirs"
    "$FLAMEDATA" dump --stats "$data" 2>"$work/log" | sort >"$work/ours" || fail "$name: dump failed"
    if ! cmp -s "$work/theirs" "$work/ours"; then
        fail "$name: records differ"
        diff "$work/theirs" "$work/ours" | head -n 6
    fi
done
exit $failed
