# recording.sh: sourced by the tests that record here and now. Skips the test (77) where perf is not
# installed or the system does not let it record; then sets
#   perf   the perf to use
#   event  one that can be recorded here
#   work   a scratch folder that goes with the test, with an empty build-id cache $work/empty
#   $work/load, a program that works (load.c)
# A test that was given recordings to try says how many in $given: then only perf and work are set.
here=$(cd "$(dirname "$0")" && pwd)
perf=${PERF:-perf}
skip() {
    echo "skipped: $*"
    exit 77
}

command -v "$perf" >/dev/null 2>&1 || skip "perf is not installed"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/empty"
[ "${given:-0}" -eq 0 ] || return 0
command -v "$CC" >/dev/null 2>&1 || skip "no C compiler"

event=
for e in cpu-clock cpu-clock:u; do
    if "$perf" --buildid-dir "$work/empty" record -q -N -e $e -g -o "$work/try.data" -- true >"$work/log" 2>&1; then
        event=$e
        break
    fi
done
[ -n "$event" ] || skip "perf cannot record here: $(grep -v '^$' "$work/log" | head -n 1)"

# compile OUT OPTION...
compile() {
    out=$1
    shift
    "$CC" -O1 -g0 -fno-omit-frame-pointer -fno-optimize-sibling-calls "$here/load.c" -o "$out" "$@"
}
compile "$work/load" -pthread -ldl

# can OPTION: whether this perf record has it
can() {
    "$perf" record -h 2>&1 | grep -q -e "$1"
}

# take NAME OPTION... -- COMMAND...: record $work/NAME.data, and say its name
# shellcheck disable=SC2034 # failed: the test's
take() {
    name=$1
    shift
    "$perf" --buildid-dir "$work/empty" record -q -N -F 4999 -o "$work/$name.data" "$@" >"$work/log" 2>&1 ||
        { echo "$name: cannot be recorded"; cat "$work/log"; failed=1; }
    echo "$name"
}
