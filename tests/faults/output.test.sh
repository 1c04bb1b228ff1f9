#!/bin/sh
# output.test.sh: outputs that cannot be written, or not to their end: a device and a disk that are full, a limit on the
# size of files, a folder that cannot be written in, a reader that left, a signal. What there was stays, nothing is left
# beside it, and the program says why; but for a reader that left, who knows.
#
#     FLAMEDATA=build/flamedata FLAME_SOURCE=. sh tests/faults/output.test.sh
# shellcheck disable=SC2046 # for_stdout says two words, or none
set -u
corpus=$(cd "${FLAME_SOURCE:?}/corpus" && pwd) || exit 1
flamedata=${FLAMEDATA:?}
case $flamedata in /*) ;; *) flamedata=$PWD/$flamedata ;; esac
scratch=$(mktemp -d) || exit 1
mounted=
trap '[ -z "$mounted" ] || umount "$mounted"; chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
cd "$scratch" || exit 1
export HOME="$scratch/home" LC_ALL=C TERM=dumb SOURCE_DATE_EPOCH=0
unset NO_COLOR PERF_BUILDID_DIR DEBUGINFOD_URLS
checks=0 failed=0

demo=$corpus/demo/demo.data
names="--buildid-dir $corpus/demo/debug"

bad() {
    printf 'failed: %s\n' "$*"
    [ ! -s said ] || sed 's/^/    said: /' said
    failed=$((failed + 1))
}

# every WHAT: do `WHAT NAME SUFFIX WORDS...` for each command and format; WORDS lack -o
every() {
    $1 svg .svg $demo $names
    $1 svgz .svgz $demo $names
    $1 page .html $demo $names
    $1 folded .folded $demo $names
    $1 drawn .svg $corpus/demo/demo.folded
    $1 report .txt report $demo $names
    $1 report-json .json report $demo $names
    $1 report-csv .csv report $demo $names
    $1 script .txt script $demo $names
    $1 annotate .txt annotate $demo $names
    $1 annotate-json .json annotate $demo $names
    $1 annotate-html .html annotate $demo $names
    $1 info .txt info $demo $names
    $1 info-json .json info $demo --json $names
    $1 dump .txt dump $demo
    $1 pack .fdpack pack $demo $names
}

# for_stdout SUFFIX: the option that makes standard output what the suffix would
for_stdout() {
    case $name in
    svg | drawn) echo --format svg ;;
    svgz) echo --format svgz ;;
    page) echo --format html ;;
    folded) echo --format folded ;;
    report-json | annotate-json) echo --format json ;;
    report-csv) echo --format csv ;;
    annotate-html) echo --format html ;;
    esac
}

# refused STATUS: the last command must have failed with a message that says one of the system's reasons
refused() {
    checks=$((checks + 1))
    [ "$1" -eq 1 ] || bad "$where $name: exit $1"
    grep -Eq "^flamedata: .*($why)" said || bad "$where $name: no reason"
}

# alone DIRECTORY FILE: it has what was there before, and the folder nothing else
alone() {
    [ "$(cat "$1/$2" 2>/dev/null)" = before ] || bad "$where $name: $2 is not what it was"
    [ "$(ls -A "$1")" = "$2" ] || bad "$where $name: left $(ls -A "$1" | tr '\n' ' ')"
}

where=full why='No space left'
full() {
    name=$1 suffix=$2
    shift 2
    "$flamedata" "$@" $(for_stdout) -o /dev/full >out 2>said
    refused $?
    "$flamedata" "$@" $(for_stdout) -o - >/dev/full 2>said
    refused $?
}
[ ! -w /dev/full ] || every full

where=closed why='Bad file descriptor'
closed() {
    name=$1 suffix=$2
    shift 2
    "$flamedata" "$@" $(for_stdout) -o - 2>said >&-
    refused $?
}
every closed

# A file must not take the place of a stream that is closed, and get what is said.
where=closed-beside
beside() {
    name=$1 suffix=$2
    shift 2
    "$flamedata" "$@" -o whole$suffix >out 2>said || bad "$where $name: exit $?"
    for streams in 0 1 2 02 012; do
        rm -f out$suffix
        case $streams in
        0) "$flamedata" "$@" -o out$suffix <&- >out 2>said ;;
        1) "$flamedata" "$@" -o out$suffix >&- 2>said ;;
        2) "$flamedata" "$@" -o out$suffix >out 2>&- ;;
        02) "$flamedata" "$@" -o out$suffix <&- >out 2>&- ;;
        012) "$flamedata" "$@" -o out$suffix <&- >&- 2>&- ;;
        esac
        status=$?
        checks=$((checks + 1))
        [ $status -eq 0 ] || bad "$where $name, $streams closed: exit $status"
        cmp -s whole$suffix out$suffix || bad "$where $name, $streams closed: another file"
    done
}
every beside

# A reader that leaves ends the program as it ends others of the field: by SIGPIPE, without a word; or, where that
# signal is ignored, with a reason. It may be ignored here from the start (services of systemd have it so), and a shell
# cannot change that. The reader has left before the program begins, and says so by a pipe of its own.
where=pipe why='Broken pipe'
mkfifo gone
without_reader() {
    { read -r _ <gone; "$flamedata" "$@" $(for_stdout) -o - 2>said; echo $? >status; } | { exec <&-; echo >gone; }
}
left() {
    name=$1 suffix=$2
    shift 2
    if [ -z "$ignored" ]; then
        checks=$((checks + 1))
        without_reader "$@"
        [ "$(cat status)" -eq 141 ] || bad "$where $name: exit $(cat status)"
        ! grep -q 'Broken pipe' said || bad "$where $name: speaks of a reader that left"
    fi
    (trap '' PIPE && without_reader "$@")
    refused "$(cat status)"
}
ignored=
# shellcheck disable=SC2016 # the inner shell's number
! sh -c 'kill -PIPE $$' 2>/dev/null || ignored=1
[ -z "$ignored" ] || echo 'SIGPIPE is ignored here: its effect was not tried'
every left
"$flamedata" script $demo $names 2>said | head -c 10 >out
[ "$(wc -c <out)" -eq 10 ] || bad "pipe: head got $(wc -c <out) bytes"

where=limit why='File too large'
limited() {
    name=$1 suffix=$2
    shift 2
    for blocks in 0 1 2; do # of 512 bytes, or of 1024 where sh is bash
        rm -rf folder && mkdir folder && echo before >folder/out$suffix
        { (ulimit -f $blocks && exec "$flamedata" "$@" -o folder/out$suffix); echo $? >status; } 2>&1 >out | cat >said
        if [ "$(cat folder/out$suffix)" = before ]; then
            refused "$(cat status)"
            alone folder out$suffix
        else # it was no larger
            checks=$((checks + 1))
            [ "$(wc -c <folder/out$suffix)" -le $((blocks * 1024)) ] || bad "$where $name: larger than the limit"
        fi
    done
}
every limited

where=folder why='Permission denied|Read-only|does not exist|Is a directory'
locked() {
    name=$1 suffix=$2
    shift 2
    "$flamedata" "$@" -o nowhere/out$suffix >out 2>said
    refused $?
    [ "$(id -u)" -ne 0 ] || return 0 # root writes everywhere
    rm -rf folder && mkdir folder && echo before >folder/out$suffix && chmod a-w folder
    "$flamedata" "$@" -o folder/out$suffix >out 2>said
    refused $?
    alone folder out$suffix
    chmod u+w folder
}
every locked

where=disk why='No space left'
filled() {
    name=$1 suffix=$2
    shift 2
    rm -rf disk/*
    mkdir disk/folder
    echo before >disk/folder/out$suffix
    cat /dev/zero >disk/filler 2>said # until there is no room
    "$flamedata" "$@" -o disk/folder/out$suffix >out 2>said
    refused $?
    alone disk/folder out$suffix
}
mkdir disk
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=64k tmpfs disk 2>/dev/null; then
    mounted=$scratch/disk
    every filled
else
    echo 'no file system can be mounted: a full disk was not tried'
fi

# A signal while a file is written. That is met by chance, so it is tried at many moments.
where=signal ended=0
for signal in INT TERM HUP KILL; do
    for wait in 0.01 0.02 0.03 0.05 0.08 0.1 0.15 0.2 0.3; do
        for name in svg page; do
            suffix=.svg
            [ $name = svg ] || suffix=.html
            rm -rf folder pid && mkdir folder && echo before >folder/out$suffix
            # By a shell in the background: what a script runs there ignores SIGINT, and would not be tried.
            (sleep $wait && kill -$signal "$(cat pid)") 2>/dev/null &
            sh -c 'echo $$ >pid && exec "$@"' sh "$flamedata" $demo $names -o folder/out$suffix >out 2>said
            [ $? -le 128 ] || ended=$((ended + 1))
            wait $!
            checks=$((checks + 1))
            # Nobody can clean up behind this one, and there are moments in which something has a name.
            [ $signal != KILL ] || rm -f folder/out$suffix.*-0.tmp
            [ "$(ls -A folder)" = out$suffix ] || bad "$where $signal: left $(ls -A folder | tr '\n' ' ')"
            [ "$(cat folder/out$suffix)" = before ] || tail -c 20 folder/out$suffix | grep -Eq '</(svg|html)>' ||
                bad "$where $signal: a part of $name"
        done
    done
done

echo "$ended runs were ended by a signal"
[ "$ended" -gt 0 ] || bad "$where: none of the runs was ended by one, so nothing was tried"
echo "$checks checks, $failed failed"
[ "$checks" -gt 100 ] && [ "$failed" -eq 0 ]
