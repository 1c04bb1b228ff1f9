#!/bin/sh
# golden.test.sh: the program as its user meets it. Every *.case file is a transcript:
#
#     # a remark; blank lines and remarks are kept
#     $ flamedata --width wide
#     2| flamedata: --width takes ...     standard error; "1| " is standard output
#     = 2                                 exit status
#
# A case file gets an empty folder of its own, which its commands share; $CORPUS is the corpus. The
# file is run, and passes when what was written down is what happens.
#
#     FLAMEDATA=build/flamedata sh tests/cli/golden.test.sh [--update] [FILE.case...]
#
# --update writes down what happens now: read the diff before you commit it.
set -u
here=$(cd "$(dirname "$0")" && pwd)
update=false
if [ "${1-}" = --update ]; then
    update=true
    shift
fi
[ $# -gt 0 ] || set -- "$here"/*.case

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$scratch/bin"
program=${FLAMEDATA:?names the program}
case $program in /*) ;; *) program=$PWD/$program ;; esac
ln -s "$program" "$scratch/bin/flamedata" || exit 1

CORPUS=$here/../../corpus PATH=$scratch/bin:$PATH HOME=$scratch/home LC_ALL=C TERM=dumb
export CORPUS PATH HOME LC_ALL TERM
unset NO_COLOR PERF_BUILDID_DIR POSIXLY_CORRECT

# show MARK FILE: its lines behind MARK
show() {
    [ -s "$2" ] || return 0
    sed "s/^/$1| /" "$2"
    [ -z "$(tail -c 1 "$2")" ] || printf '\n%s\\ no line break at the end\n' "$1"
}

# transcribe CASE: run its commands, print the transcript anew
transcribe() {
    rm -rf "$scratch/work"
    mkdir "$scratch/work"
    while IFS= read -r line; do
        case $line in
        '$ '*)
            printf '%s\n' "$line"
            (cd "$scratch/work" && exec sh -c "${line#??}") \
                >"$scratch/1" 2>"$scratch/2" </dev/null
            status=$?
            show 1 "$scratch/1"
            show 2 "$scratch/2"
            printf '= %s\n' "$status"
            ;;
        '' | '#'*) printf '%s\n' "$line" ;;
        esac
    done <"$1"
}

failed=0
for case do
    transcribe "$case" >"$scratch/new"
    if cmp -s "$case" "$scratch/new"; then
        continue
    elif $update; then
        cat "$scratch/new" >"$case"
        echo "updated: $case"
    else
        diff -u "$case" "$scratch/new"
        failed=$((failed + 1))
    fi
done
[ "$failed" -eq 0 ] || { echo "$failed of $# case files differ; --update writes down the new output" && exit 1; }
