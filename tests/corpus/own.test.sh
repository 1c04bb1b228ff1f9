#!/bin/sh
# own.test.sh: the recordings of corpus/perf_data against what was written down of each:
#
#     NAME.records   how many records of each type: dump --stats
#     NAME.script    every sample: script -F ...
#     NAME.folded    the stacks
#     NAME.losses    what script --strict says on standard error, and its exit status; where there is
#                    no such file it says nothing, and the status is 0
#
# perf.test.sh holds the second against perf. Also: make_corpus makes the built files again as they
# are, and README.md has each.
#
#     FLAMEDATA=build/flamedata FLAME_MAKE_CORPUS=build/tests/corpus/make_corpus FLAME_SOURCE=. \
#         sh tests/corpus/own.test.sh [--update]
#
# --update writes down what is so now: read the diff before you commit it.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/fields.sh"
absolute() { case $1 in /*) echo "$1" ;; *) echo "$PWD/$1" ;; esac; }
: "${FLAMEDATA:?names the program}" "${FLAME_MAKE_CORPUS:?names make_corpus}"
program=$(absolute "$FLAMEDATA")
maker=$(absolute "$FLAME_MAKE_CORPUS")
corpus=$(cd "$FLAME_SOURCE/corpus/perf_data" && pwd)
update=false
[ "${1-}" != --update ] || update=true
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/made" "$work/now"
export LC_ALL=C TERM=dumb
unset NO_COLOR PERF_BUILDID_DIR
failed=0

fail() {
    echo "$*"
    failed=1
}

# describe FOLDER FILE: write down all of it in now/. A file that cannot be read leaves its losses alone.
describe() {
    rm -f "$work/now"/*
    name=$(basename "$2" .data)
    cache=$corpus/../demo/debug event=
    case $name in good-off-cpu*) event=--event=offcpu-time ;; esac
    (
        cd "$1" || exit
        "$program" script --strict --buildid-dir "$cache" -F "$(fields "$name")" "$2" \
            >"$work/now/$name.script" 2>"$work/now/$name.losses"
        echo "exit status $?" >>"$work/now/$name.losses"
        "$program" dump -q --stats "$2" >"$work/now/$name.records"
        "$program" -q --buildid-dir "$cache" $event --format folded -o - "$2" >"$work/now/$name.folded"
    ) 2>"$work/log"
    [ "$(cat "$work/now/$name.losses")" != 'exit status 0' ] || rm "$work/now/$name.losses"
    case $name in
    unsupported-*) rm "$work/now/$name.script" "$work/now/$name.records" "$work/now/$name.folded" ;;
    *) [ ! -s "$work/log" ] || fail "$name: $(cat "$work/log")" ;;
    esac
}

# check NAME KIND: what is so now is what was written down
check() {
    known=$corpus/$1.$2 now=$work/now/$1.$2
    [ -f "$known" ] || known=/dev/null
    [ -f "$now" ] || now=/dev/null
    cmp -s "$known" "$now" && return
    if $update; then
        if [ "$now" = /dev/null ]; then rm "$known"; else cp "$now" "$corpus/$1.$2"; fi
        echo "updated: $1.$2"
    else
        fail "$1.$2: not as it was written down"
        diff -u "$known" "$now" | tail -n +3 | head -n 20
    fi
}

# What stands for the whole class of files, whatever was written down.
check_class() {
    case $1 in
    good-lost) ;;
    good-*) ! grep -q '^lost\|^flamedata' "$work/now/$1.losses" 2>/dev/null || fail "$1: is good, and something is lost" ;;
    bad-*) grep -q 'exit status 1' "$work/now/$1.losses" || fail "$1: is bad, and --strict does not mind" ;;
    esac
    case $1 in
    unsupported-*) ;;
    *) [ -s "$work/now/$1.folded" ] || fail "$1: gives no stacks" ;;
    esac
}

"$maker" "$work/made" || exit 1
for made in "$work/made"/*.data; do
    name=$(basename "$made" .data)
    if cmp -s "$made" "$corpus/$name.data"; then
        continue
    elif $update; then
        cp "$made" "$corpus/$name.data"
        echo "updated: $name.data"
        continue
    fi
    case $name in
    *compressed*)
        # zstd of another version packs otherwise; what is packed must be the same.
        echo "$name: make_corpus packs it otherwise"
        describe "$work/made" "$name.data"
        check "$name" records
        check "$name" script
        ;;
    *) fail "$name: make_corpus makes something else" ;;
    esac
done

count=0
for file in "$corpus"/*.data; do
    name=$(basename "$file" .data)
    count=$((count + 1))
    case $name in
    good-recorded-*) ;;
    *) [ -f "$work/made/$name.data" ] || fail "$name: neither recorded nor made by make_corpus" ;;
    esac
    grep -qF "| \`$name\` |" "$corpus/README.md" || fail "$name: README.md does not say what it is for"
    describe "$corpus" "$name.data"
    for kind in records script folded losses; do
        check "$name" $kind
    done
    check_class "$name"
done
for known in "$corpus"/*.records "$corpus"/*.script "$corpus"/*.folded "$corpus"/*.losses; do
    [ -e "${known%.*}.data" ] || fail "$(basename "$known"): stands for no recording"
done
echo "$count recordings"
exit $failed
