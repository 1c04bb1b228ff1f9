#!/bin/sh
# faults.test.sh: every command, over recordings of several forms, with each of its allocations and calls to the system
# failing once. faults.c says what must hold then.
#
#     FLAME_FAULTS=... FLAME_SOURCE=. sh faults.test.sh [RUNS [NAME...]]
#
# RUNS: of each command and kind of call so many at most (120; 0: all of them). NAME: these commands alone.
set -u
runs=${1-120}
[ $# -eq 0 ] || shift
only=$*
corpus=$(cd "${FLAME_SOURCE:?}/corpus" && pwd) || exit 1
faults=${FLAME_FAULTS:?}
case $faults in /*) ;; *) faults=$PWD/$faults ;; esac
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
cd "$scratch" || exit 1
export HOME="$scratch/home" LC_ALL=C TERM=dumb
export SOURCE_DATE_EPOCH=1700000000
unset NO_COLOR PERF_BUILDID_DIR DEBUGINFOD_URLS
failed=0 commands=0

# try NAME [--pipe FILE] [--all-after] [--out FILE] -- WORDS...
try() {
    name=$1
    shift
    [ -z "$only" ] || case " $only " in *" $name "*) ;; *) return 0 ;; esac
    commands=$((commands + 1))
    for kind in ${FLAME_FAULT_KINDS-alloc after open read write stat map place thread}; do
        case $kind:$name in
        # libarchive 3.6 leaks where zstd cannot start its threads
        thread:pack) continue ;;
        # a page, a script and a pack say themselves which names or code they lack, and why
        alloc:* | after:* | thread:*) ;;
        *:page | *:script* | *:pack | *:info* | *:annotate*) set -- --inside "$@" ;;
        esac
        case $kind in
        after) "$faults" --kind alloc --all-after --runs "$runs" "$@" >said 2>&1 ;;
        *) "$faults" --kind $kind --runs "$runs" "$@" >said 2>&1 ;;
        esac || failed=$((failed + 1))
        sed "1,\$s/^/$name $kind: /" said
    done
}

demo=$corpus/demo
known="--buildid-dir $demo/debug --threads 1"
none="--buildid-dir $scratch/none --threads 1"

try svg --out out.svg -- $demo/demo.data $known -o out.svg
try svgz --out out.svgz -- $demo/demo-z.data $known -o out.svgz
try page --out out.html -- $demo/demo.data $known -o out.html
try folded -- $demo/demo.data $known --format folded -o -
try folded-threads -- $demo/demo-z.data --buildid-dir $demo/debug --threads 4 --format folded -o -
try folded-pipe --pipe $corpus/perf_data/good-recorded-pipe.data -- - $none --format folded -o -
try folded-compressed-pipe -- $corpus/perf_data/good-recorded-compressed-pipe.data $none --format folded -o -
try folded-simpleperf -- $corpus/perf_data/good-simpleperf.data $none --format folded -o -
try folded-folder -- $corpus/perf_data/good-recorded-folder.data $none --format folded -o -
try folded-leader -- $corpus/perf_data/good-recorded-leader.data $none --format folded -o -
try folded-damaged -- $corpus/perf_data/bad-compressed-block.data $none --format folded -o -
try drawn-folded --out out.svg -- $demo/demo.folded -o out.svg
try chart --out out.svg -- $demo/demo.data $known --flamechart -o out.svg
try report -- report $demo/demo.data $known
try report-json --out out.json -- report $demo/demo.data $known -o out.json
try report-csv --out out.csv -- report $demo/demo-z.data $known -o out.csv
try script --out out.txt -- script $demo/demo-z.data --buildid-dir $demo/debug -o out.txt
try script-pipe --pipe $corpus/perf_data/good-recorded-compressed-pipe.data -- script - --buildid-dir none
try annotate -- annotate $demo/demo.data --buildid-dir $demo/debug
try annotate-json --out out.json -- annotate $demo/demo.data --buildid-dir $demo/debug -o out.json
try annotate-html --out out.html -- annotate $demo/demo.data --buildid-dir $demo/debug --callers -o out.html
try info -- info $demo/demo.data $known
try info-json --out out.json -- info $demo/demo-z.data $known --json -o out.json
try dump --out out.txt -- dump $corpus/perf_data/good-recorded-events.data -o out.txt
try pack --out out.fdpack -- pack -q $demo/demo.data $known -o out.fdpack

echo "$commands commands"
[ "$commands" -gt 0 ] && [ "$failed" -eq 0 ]
