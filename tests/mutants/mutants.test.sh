#!/bin/sh
# mutants.test.sh: flamedata reads everything that is in corpus/, broken in 2,360 ways: it never crashes,
# hangs or takes 1 GiB; it exits with 0 and whole output, or with 1, a message that names the file,
# and no output.
#
# A hang is a minute of the processor: 10 s are promised of an optimised program on a machine that does
# nothing else, and peers.sh looks at that.
#
# Of each recording a picture is drawn, and one more command reads it, another one each time. A third
# of them is read; with FLAME_MUTANTS=all, all; under sanitizers, or where lines are counted, a fifth, and
# memory is not looked at. peers.sh has flamedata and other programs read all of them.
set -eu
. "$(dirname "$0")/bases.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/none"
make_sets "$work"
export LC_ALL=C TERM=dumb HOME="$work/none"
unset NO_COLOR PERF_BUILDID_DIR DEBUGINFOD_URLS
failed=0
limits='--seconds 60 --every 3'
[ "${FLAME_MUTANTS-}" != all ] || limits='--seconds 60'
if [ -n "${FLAME_SANITIZE-}${FLAME_SLOW-}" ]; then
    limits='--every 5 --memory 0 --seconds 100'
    # Their own exit status is 1, which would look like an answer.
    export ASAN_OPTIONS="${ASAN_OPTIONS-}:exitcode=99" UBSAN_OPTIONS="${UBSAN_OPTIONS-}:exitcode=99" \
        TSAN_OPTIONS="${TSAN_OPTIONS-}:exitcode=99"
fi

# What names the file in a message, besides the entry's name: its path on the recorded machine.
recorded=

# read_set SET COMMAND...
read_set() {
    set_=$work/$1
    shift
    # shellcheck disable=SC2086 # words
    "$FLAME_RUN_MUTANTS" --promise $limits $recorded "$set_" "$@" || failed=1
}

ours=$FLAMEDATA
names="--buildid-dir $work/none --no-archive"
file="$names {}"
read_set recordings "$ours $file -o {out}.svg"
read_set recordings "$ours report $file -o {out}.txt" "$ours script $file -o {out}.txt" "$ours info $file -o {out}.txt" \
    "$ours dump {} -o {out}.txt" "$ours annotate --no-code $file -o {out}.txt" "$ours $file -o {out}.html" \
    "$ours info --json $file -o {out}.json" "$ours pack $file -o {out}.fdpack" "$ours $file -o {out}.folded"
recorded='--named /cross/'
file="$names --symfs {}/root {}/perf.data"
read_set objects "$ours $file -o {out}.svg" "$ours annotate $file -o {out}.txt" "$ours $file -o {out}.html" \
    "$ours script $file -o {out}.txt" "$ours pack $file -o {out}.fdpack" "$ours $file --srcline -o {out}.folded"
recorded=
file="$names {}/perf.data"
read_set maps "$ours $file -o {out}.svg" "$ours report $file -o {out}.txt"
read_set kernels "$ours $file --kallsyms {}/kallsyms --trust-paths -o {out}.svg" \
    "$ours script $file --kallsyms {}/kallsyms --trust-paths -o {out}.txt"
read_set packs "$ours $names {} -o {out}.svg" "$ours info $names {} -o {out}.txt" \
    "$ours --buildid-dir $work/none --archive {} $FLAME_SOURCE/corpus/demo/demo.data -o {out}.svg" \
    "$ours pack $names {} -o {out}.fdpack"
read_set folded "$ours {} -o {out}.svg" "$ours {} -o {out}.html" "$ours {} -o {out}.folded"
exit $failed
