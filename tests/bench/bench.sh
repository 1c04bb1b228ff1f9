#!/bin/sh
# bench.sh: record workloads once, then time flamedata and its peers on them, side by side.
#
# Recordings are made as root over the whole system, else over the workload alone. Every load stops by
# itself after SECONDS of wall time, however slow sampling makes it, and is killed if it does not.
# For the kernel's limit on the sampling rate the old value is put back.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
data=$root/build/bench program=$root/build/release/flamedata runs=5 slow_runs=1 seconds=30 names=

usage() {
    cat <<'U'
usage: ./dev bench [OPTION...] [NAME...]

  fp      whole system at 20 kHz with frame pointers: compilers, interpreters, sort (default)
  fpz     the same load, compressed by perf record -z (default)
  small   a shell loop of half a second (default)
  events  the load of fp, three software events at once
  pipe    perl, written through a pipe (perf record -o -) (default)
  pipez   the same, compressed (default)
  jit     node with a perf-PID.map
  dwarf   C++ with debug information and deep inlining, with dumps of the stack
  dwarfz  the same program, compressed
  rust    Rust with debug information, with dumps of the stack

  --data DIR     where recordings are kept: NAME.data is used if it is there, else recorded;
                 with DIR/debug, that is perf's build-id cache (build/bench)
  --peers DIR    look there first for perf, perf7, samply, inferno-collapse-perf, inferno-flamegraph
  --program FILE the flamedata to time (build/release/flamedata)
  --runs N       of flamedata, the median counts (5)
  --slow-runs N  of the peers (1)
  --seconds N    of load to record (30)
U
}

while [ $# -gt 0 ]; do
    case $1 in
    -h | --help) usage; exit 0 ;;
    --data) mkdir -p "$2"; data=$(cd "$2" && pwd); shift ;;
    --peers) PATH=$(cd "$2" && pwd):$PATH; shift ;;
    --program) program=$2; shift ;;
    --runs) runs=$2; shift ;;
    --slow-runs) slow_runs=$2; shift ;;
    --seconds) seconds=$2; shift ;;
    -*) echo "bench: there is no option $1" >&2; usage >&2; exit 2 ;;
    *) names="$names $1" ;;
    esac
    shift
done
names=${names:-fp fpz small pipe pipez}
mkdir -p "$data"
work=$(mktemp -d)
rate_file=/proc/sys/kernel/perf_event_max_sample_rate
old_rate=
clean_up() {
    [ -z "$old_rate" ] || echo "$old_rate" >$rate_file
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

have() {
    command -v "$1" >/dev/null 2>&1
}

cc -O2 "$here/measure.c" -o "$work/measure"

# --- recording -----------------------------------------------------------------------------------

# Four kinds of programs at once, each again and again until the time is over.
write_load() {
    cat >"$work/load.sh" <<'S'
end=$(($(date +%s) + $1))
again() { while [ "$(date +%s)" -lt "$end" ]; do "$@" >/dev/null 2>&1 || sleep 1; done; }
strings() { perl -e 'my %seen; for my $i (1 .. 300000) { $seen{"key" . $i % 5003} .= chr(97 + $i % 26) if length($seen{"key" . $i % 5003} // "") < 64 } print scalar keys %seen'; }
compile() { printf '#include <stdio.h>\n#include <stdlib.h>\n#include <math.h>\nint main(void) { double s = 0; for (int i = 0; i < 9; i++) s += sqrt(i); return printf("%%f", s) < 0; }\n' | cc -O2 -x c - -o /dev/null -lm; }
templates() { printf '#include <map>\n#include <string>\n#include <regex>\nint main() { std::map<std::string, int> m; std::regex r("x+y"); return m.count("a") + std::regex_match("xy", r); }\n' | c++ -O1 -x c++ - -o /dev/null; }
json() { python3 -c 'import json; d = {str(i): list(range(8)) for i in range(9000)}; [json.loads(json.dumps(d)) for _ in range(3)]'; }
script() { node -e 'function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) } fib(32); const o = {}; for (let i = 0; i < 3e5; i++) o["k" + i % 999] = JSON.stringify({ i })'; }
sorting() { seq 1 400000 | gzip -4 | gzip -d | sort -r | md5sum; }
for kind in perl:strings cc:compile c++:templates python3:json node:script sort:sorting; do
    command -v "${kind%%:*}" >/dev/null 2>&1 && again "${kind##*:}" &
done
wait
S
}

# record FILE OPTION... -- COMMAND...: into the cache beside the recordings, bounded in time. The
# command runs in a process group of its own (timeout makes it), which ends with it.
record() {
    file=$1
    shift
    timeout -k 10 $((seconds * 3 + 60)) perf --buildid-dir "$data/debug" record -q -o "$file.part" "$@" >"$work/log" 2>&1 ||
        [ -s "$file.part" ] || { cat "$work/log" >&2; return 1; }
    mv "$file.part" "$file"
}

make_recording() {
    have perf || { echo "bench: $1 has to be recorded, and perf is not installed" >&2; return 1; }
    everything='' rate=20000
    if [ "$(id -u)" = 0 ]; then
        everything=-a
        limit=$(cat $rate_file)
        if [ "$limit" -lt $rate ] && echo $rate 2>/dev/null >$rate_file; then
            old_rate=${old_rate:-$limit}
        fi
    fi
    limit=$(cat $rate_file)
    [ "$limit" -ge $rate ] || rate=$limit
    bounded="timeout -k 5 $((seconds + 10))"
    write_load
    echo "recording $1 (about $seconds s)" >&2
    case $1 in
    fp) record "$2" -F "$rate" -m 8192 $everything -g -- $bounded sh "$work/load.sh" "$seconds" ;;
    fpz) record "$2" -z -F "$rate" -m 8192 $everything -g -- $bounded sh "$work/load.sh" "$seconds" ;;
    events) record "$2" -e cpu-clock,page-faults,context-switches -F 999 -g -- $bounded sh "$work/load.sh" "$seconds" ;;
    small) record "$2" -F 999 -g -- $bounded sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done' ;;
    pipe) perf record -q -F 999 -g -o - -- $bounded perl -e 'my $x = 0; $x += sqrt($_) for 1 .. 6000000' >"$2" 2>"$work/log" ;;
    pipez) perf record -q -z -F 999 -g -o - -- $bounded perl -e 'my $x = 0; $x += sqrt($_) for 1 .. 6000000' >"$2" 2>"$work/log" ;;
    jit) have node && record "$2" -F 999 -g -- $bounded node --perf-basic-prof -e 'const f = n => n < 2 ? n : f(n - 1) + f(n - 2); f(38)' ;;
    dwarf | dwarfz)
        zipped=
        [ "$1" = dwarf ] || zipped=-z
        have c++ || { echo "bench: $1 needs c++" >&2; return 1; }
        # The programs stay: they have to be there when the recording is read.
        c++ -g -O2 -std=c++17 "$here/load.cc" -o "$data/load" &&
            record "$2" $zipped -F 999 --call-graph dwarf,16384 -- $bounded "$data/load" "$seconds"
        ;;
    rust)
        have rustc || { echo "bench: $1 needs rustc" >&2; return 1; }
        rustc -g -C opt-level=3 "$here/load.rs" -o "$data/load-rs" &&
            record "$2" -F 999 --call-graph dwarf,16384 -- $bounded "$data/load-rs" "$seconds"
        ;;
    *) echo "bench: there is no workload '$1'" >&2; return 2 ;;
    esac
}

# --- timing --------------------------------------------------------------------------------------

# timed LABEL COMMAND...: one run, "seconds kb user" appended to $work/LABEL
timed() {
    label=$1
    shift
    "$work/measure" "$@" >>"$work/$label" 2>"$work/$label.log" </dev/null || {
        echo "bench: $label failed: $(tail -n 1 "$work/$label.log")" >&2
        rm -f "$work/$label"
        return 1
    }
}

# column LABEL N: the median of column N over the runs
column() {
    sort -n -k "$2,$2" "$work/$1" | awk -v c="$2" '{ v[NR] = $c } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# row LABEL OURS TEXT: beside the row OURS, which does the same work
row() {
    [ -s "$work/$1" ] || return 0
    awk -v text="$3" -v n="$(wc -l <"$work/$1")" -v s="$(column "$1" 1)" -v kb="$(column "$1" 2)" \
        -v user="$(column "$1" 3)" -v ours="$(column "$2" 1)" -v cat="$(column cat 1)" -v samples="$samples" 'BEGIN {
        printf "  %-54s %9.3f %9.1f %10.2f %7.1f %9.2f  (%d)\n", text, s, s / cat, s / ours, kb / 1024,
            samples ? user * 1e6 / samples : 0, n }'
}

# ours NAME OPTION...: flamedata to SVG
ours() {
    task=$1
    shift
    # shellcheck disable=SC2086 # $cache is words
    timed "$task" "$program" -q $cache "$@" "$file" -o "$work/out.svg"
}

# annotated: the hottest function that has code, by the name that perf knows it by, too
annotated() {
    # shellcheck disable=SC2086 # $cache is words
    "$program" annotate -q $cache --format json "$file" 2>/dev/null |
        sed -n 's/^      "symbol": "\(.*\)",$/\1/p' | sed 's/\\"/"/g' | head -n 1
}

# theirs NAME OPTION...: each perf that is there, to SVG or as far as it goes
theirs() {
    task=$1
    shift
    for perf in perf perf7; do
        have $perf || { [ $perf = perf7 ] || skipped perf; continue; }
        if have inferno-collapse-perf && have inferno-flamegraph; then
            timed "$task-$perf" sh -c "$perf $cache script $* -i '$file' 2>/dev/null | inferno-collapse-perf 2>/dev/null | inferno-flamegraph >'$work/peer.svg' 2>/dev/null" || true
        else
            skipped "inferno (collapse-perf, flamegraph)"
            # shellcheck disable=SC2086 # $cache is words
            timed "$task-$perf-alone" $perf $cache script "$@" -i "$file" || true
        fi
    done
}

# their_rows NAME OURS OPTIONS
their_rows() {
    for perf in perf perf7; do
        row "$1-$perf" "$2" "$perf script$3 | inferno collapse | flamegraph"
        row "$1-$perf-alone" "$2" "$perf script$3 alone, for want of inferno"
    done
}

bench() {
    file=$data/$1.data
    [ -s "$file" ] || make_recording "$1" "$file" || return 0
    rm -f "$work"/cat "$work"/plain* "$work"/inlined* "$work"/samply "$work"/annotate* "$work"/report*
    # What has debug information is drawn with inlined frames, too.
    case $1 in
    dwarf | dwarfz | rust) inlines=yes ;;
    *) inlines= ;;
    esac
    cache=
    [ ! -d "$data/debug" ] || cache="--buildid-dir $data/debug"
    cat "$file" >/dev/null # into the page cache, for all alike
    symbol=$(annotated)
    i=0
    while [ $i -lt "$runs" ]; do
        timed cat cat "$file" && ours plain --no-inline || return 0
        [ -z "$inlines" ] || ours inlined || return 0
        # shellcheck disable=SC2086 # $cache is words
        timed report "$program" report -q --no-inline $cache "$file" -o "$work/out.txt" || return 0
        # shellcheck disable=SC2086 # $cache is words
        [ -z "$symbol" ] || timed annotate "$program" annotate -q $cache "$file" -o "$work/out.txt" || return 0
        i=$((i + 1))
    done
    i=0
    while [ $i -lt "$slow_runs" ]; do
        theirs plain --no-inline
        [ -z "$inlines" ] || theirs inlined
        for perf in perf perf7; do
            # shellcheck disable=SC2086 # $cache is words
            [ -z "$symbol" ] || ! have $perf ||
                timed annotate-$perf $perf $cache annotate --stdio -i "$file" -s "$symbol" || true
            # shellcheck disable=SC2086 # $cache is words
            ! have $perf || timed report-$perf $perf $cache report --stdio --children -g none --no-inline -i "$file" || true
        done
        if have samply; then
            timed samply samply import --save-only -o "$work/samply.json.gz" "$file" || true
        else
            skipped samply
        fi
        i=$((i + 1))
    done
    # shellcheck disable=SC2086 # $cache is words
    verdict=$("$program" $cache "$file" -o "$work/out.svg" 2>&1 | head -n 1)
    samples=$(echo "$verdict" | sed -n 's/^\([0-9,]*\) samples.*/\1/p' | tr -d ,)
    printf '\n%s: %s, %s\n' "$1" "$(wc -c <"$file" | awk '{ printf "%.1f MB", $1 / 1e6 }')" "$verdict"
    printf '  %-54s %9s %9s %10s %7s %9s  (%s)\n' '' seconds '/ cat' '/ flamedata' 'own MB' 'us/sample' runs
    row cat plain "cat"
    row plain plain "flamedata --no-inline -> svg"
    their_rows plain plain " --no-inline"
    row samply plain "samply import"
    row inlined inlined "flamedata -> svg"
    their_rows inlined inlined ""
    row report report "flamedata report --no-inline"
    row report-perf report "perf report --stdio -g none --no-inline"
    row report-perf7 report "perf7 report --stdio -g none --no-inline"
    row annotate annotate "flamedata annotate, the hottest function"
    row annotate-perf annotate "perf annotate --stdio of it"
    row annotate-perf7 annotate "perf7 annotate --stdio of it"
}

skipped() {
    grep -qxF "$1" "$work/skipped" 2>/dev/null || echo "$1" >>"$work/skipped"
}

echo "$("$program" --version), $(nproc) processors, $(uname -sr)$(have perf && perf --version | sed 's/^/, /')"
for name in $names; do
    bench "$name"
done
echo
echo "/ flamedata: of the row above that does the same. own MB: peak of memory without the pages of mapped"
echo "files. us/sample: user time of all processes, in microseconds. (N): runs; the median counts."
[ ! -f "$work/skipped" ] || sed 's/^/not installed, skipped: /' "$work/skipped"
