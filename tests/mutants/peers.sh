#!/bin/sh
# peers.sh: other programs read the mutants that flamedata reads in mutants.test.sh; docs/robustness.md has
# what came of it.
#
#     FLAMEDATA=build/release/flamedata FLAME_BUILD=build/dev sh tests/mutants/peers.sh [FOLDER]
#
# Which are tried: perf, and those that these name: PERF7 (another perf), SAMPLY, PERFPARSER (hotspot's,
# usually /usr/libexec/hotspot-perfparser); default: perf7, samply, hotspot-perfparser in PATH. FOLDER
# is where a line for each run is kept, and defaults to one that is removed. FLAME_JOBS: how many run at once.
# No process gets more than 8 GiB of addresses, so that none takes the machine down.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
export FLAME_SOURCE="$here/../.."
build=$(cd "${FLAME_BUILD:?names the folder of a build with tests}" && pwd)
export FLAME_MAKE_MUTANTS="$build/tests/mutants/make_mutants"
export FLAME_RECORD_STACKS="$build/tests/mutants/record_stacks"
export FLAME_MAKE_RECORDINGS="$build/tests/annotate/make_recordings"
run=$build/tests/mutants/run_mutants
. "$here/bases.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
keep=$work
[ $# -eq 0 ] || keep=$(mkdir -p "$1" && cd "$1" && pwd)
mkdir "$work/none"
make_sets "$work"
unset DEBUGINFOD_URLS
export LC_ALL=C HOME="$work/none"
echo "recordings: $(sum_of "$work/recordings"), objects: $(sum_of "$work/objects")"

# peer LABEL PROGRAM SET COMMAND: none where there is no such program
peer() {
    command -v "$2" >/dev/null 2>&1 || { echo "$1: not here"; return 0; }
    (
        # shellcheck disable=SC3045 # every sh of Linux has it
        ulimit -v 8388608
        "$run" --jobs "${FLAME_JOBS:-2}" --label "$1" --log "$keep/$1.log" "$work/$3" "$4"
    ) >"$work/table" || true
    tail -n 2 "$work/table"
    grep -E ': (crash|hang|memory) ' "$work/table" >"$keep/$1.ends" || true
}

ours=$(command -v "${FLAMEDATA:?names the program}")
none=$work/none
perf7=${PERF7:-perf7}
samply=${SAMPLY:-samply}
parser=${PERFPARSER:-hotspot-perfparser}

peer flamedata "$ours" recordings "$ours --buildid-dir $none --no-archive {} -o {out}.svg"
peer perf perf recordings "perf --buildid-dir $none script -i {}"
peer perf7 "$perf7" recordings "$perf7 --buildid-dir $none script -i {}"
peer samply "$samply" recordings "$samply import --save-only -o {out}.json {}"
peer hotspot "$parser" recordings "$parser --input {} --output {out}.perfparser"

# How many samples each prints: a line for each.
peer flamedata-samples "$ours" recordings "$ours script --buildid-dir $none --no-archive -F event {}"
peer perf-samples perf recordings "perf --buildid-dir $none script -F event -i {}"
peer perf7-samples "$perf7" recordings "$perf7 --buildid-dir $none script -F event -i {}"

peer flamedata-objects "$ours" objects "$ours --buildid-dir $none --no-archive --symfs {}/root {}/perf.data -o {out}.svg"
peer perf-objects perf objects "perf --buildid-dir $none script --symfs {}/root -i {}/perf.data"
peer perf7-objects "$perf7" objects "$perf7 --buildid-dir $none script --symfs {}/root -i {}/perf.data"
peer samply-objects "$samply" objects "$samply import --save-only --unstable-presymbolicate --symbol-dir {}/root/cross -o {out}.json {}/perf.data"
peer hotspot-objects "$parser" objects "$parser --sysroot {}/root --input {}/perf.data --output {out}.perfparser"
