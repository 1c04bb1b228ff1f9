#!/bin/sh
# perf.test.sh: the samples that were written down of corpus/perf_data/good-*.data are those that
# perf 6.1 prints, line by line, of every file that it can read. Of the others it is checked that perf
# still cannot. Skipped without perf 6.1. FLAMEDATA is not needed: own.test.sh compares it with the same.
#
#     FLAME_SOURCE=. sh tests/corpus/perf.test.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/fields.sh"
perf=${PERF:-perf}
version=$("$perf" --version 2>/dev/null) || { echo "skipped: perf is not installed"; exit 77; }
case $version in
'perf version 6.1.'*) ;;
*) echo "skipped: the samples are compared with perf 6.1's, here is $version"; exit 77 ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/empty"
failed=0 alike=0 unread=0

# unreadable NAME: why perf 6.1 does not print these samples, or does not print them right
unreadable() {
    case $1 in
    good-attr-144 | good-attr-200) echo "refuses attrs that are larger than its own" ;;
    good-branches-missing) echo "takes what stands behind an empty branch stack for its index" ;;
    good-compressed2 | good-user-records-new) echo "ends at a record that came after 6.1" ;;
    good-deferred) echo "does not know call chains that come later" ;;
    good-off-cpu) echo "does not read the raw bytes of off-CPU time" ;;
    good-events-without-ids) echo "refuses several events without ids" ;;
    good-pipe-be) echo "exchanges pid and tid in a pipe of the other byte order" ;;
    good-simpleperf-split | good-unknown-types) echo "ends at a record of a type that it does not know" ;;
    esac
}

# even NAME: perf's text, evened out where docs/differences.md says why ours differs, and where perf
# prints more than samples: decoding errors, counters of perf stat; names in pipes, though not asked
even() {
    sed 's/^\(\t *[0-9a-f][0-9a-f]*\) .*/\1/; /^ instruction trace error/d' | case $1 in
    good-lbr) sed 's/^\(\t *\)10200$/\110210/' ;; # the innermost frame of an LBR stack
    good-event-types) sed 's/ raw 0x1a8: $/ lsd-uops: /' ;; # what old perf called its events
    good-simpleperf) sed 's/ unknown attr type: 9: $/ raw-l1d: /' ;; # what simpleperf calls its events
    good-compressed-user-records) sed '/^CPU   THREAD /d; /^  [0-9] .*a-clock$/d' ;;
    *) cat ;;
    esac
}

for file in "$FLAME_SOURCE"/corpus/perf_data/good-*.data; do
    name=$(basename "$file" .data)
    "$perf" --buildid-dir "$work/empty" script --no-inline --max-stack 512 -F "$(fields "$name")" -i "$file" \
        >"$work/text" 2>"$work/log" || true
    even "$name" <"$work/text" >"$work/theirs"
    why=$(unreadable "$name")
    if [ -z "$why" ]; then
        alike=$((alike + 1))
        cmp -s "$work/theirs" "$FLAME_SOURCE/corpus/perf_data/$name.script" && continue
        echo "$name: perf <, written down >: $(tail -n 1 "$work/log")"
        diff "$work/theirs" "$FLAME_SOURCE/corpus/perf_data/$name.script" | head -n 10
        failed=1
    else
        unread=$((unread + 1))
        ! cmp -s "$work/theirs" "$FLAME_SOURCE/corpus/perf_data/$name.script" ||
            { echo "$name: perf prints the same after all, although it is said that it $why"; failed=1; }
    fi
done
echo "$alike files are compared with $version, $unread it cannot read or reads wrongly"
exit $failed
