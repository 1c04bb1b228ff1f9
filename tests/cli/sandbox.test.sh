#!/bin/sh
# sandbox.test.sh: what the program has given up before it reads is gone, and what it still needs is not. The first half
# asks sandbox_probe, which enters the same sandbox and tries one thing; the second compares runs with and without
# --no-sandbox.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
demo=$FLAME_SOURCE/corpus/demo
failed=0
fail() {
    echo "FAILED: $*"
    failed=1
}

# expect ANSWER WORDS...: what the probe says; ANSWER is "done" or "not"
expect() {
    want=$1
    shift
    said=$("$FLAME_SANDBOX_PROBE" "$@" </dev/null 2>&1) || said="ended badly: $said"
    case $want:$said in
    done:done) ;;
    not:done) fail "$*: was done" ;;
    not:Operation* | not:Permission* | not:Function*) ;;
    *) fail "$*: expected $want, and it said: $said" ;;
    esac
}

has() {
    [ "$("$FLAME_SANDBOX_PROBE" "$1")" = 'done' ]
}

mkdir "$work/tmp" "$work/out" "$work/else" "$work/root" "$work/recordings" "$work/cache"
echo text >"$work/else/file"
echo text >"$work/root/file"
echo text >"$work/recordings/perf.data"
echo text >"$work/recordings/perf-7.map"
echo text >"$work/recordings/other"
ln -s ../else/file "$work/root/link"
ln -s ../else/dangling "$work/out/link.svg"
mkfifo "$work/else/pipe"
export TMPDIR="$work/tmp" DEBUGINFOD_CACHE_PATH="$work/cache/new"
tried=0

if has landlock; then
    tried=1
    for options in "" "--debuginfod" "--symfs $work/root"; do
        # shellcheck disable=SC2086 # words
        set -- $options --output "$work/out/a.svg"
        expect not "$@" write "$work/else/file"
        expect not "$@" make "$work/else/new"
        expect not "$@" remove "$work/else/file"
        expect 'done' "$@" make "$work/out/a.svg.1-0.tmp"
        expect 'done' "$@" make "$work/tmp/flamedata-x"
        [ "$FLAME_SANITIZE" ] || expect not "$@" exec /bin/true
        expect 'done' "$@" --no-sandbox make "$work/else/new"
    done
    expect 'done' read "$work/else/file"
    expect 'done' --debuginfod make "$work/cache/new/x"
    expect not make "$work/cache/new/x"

    # Where links lead; what is no file is written to directly.
    expect 'done' --output "$work/out/link.svg" make "$work/else/dangling.1-0.tmp"
    expect not --output "$work/out/link.svg" make "$work/out/x"
    expect 'done' --output /dev/null write /dev/null
    expect not --output /dev/null make "$work/out/x"
    expect not --output - make "$work/out/x"
    cd "$work/out"
    expect 'done' --output a.svg make x
    expect not --output a.svg make ../else/x

    # With --symfs nothing else is read.
    expect 'done' --symfs "$work/root" read "$work/root/file"
    expect 'done' --symfs "$work/root,flat" read "$work/root/file"
    expect not --symfs "$work/root" read "$work/root/link"
    expect not --symfs "$work/root" read "$work/else/file"
    expect not --symfs "$work/root" read /etc/passwd
    set -- --symfs "$work/root" --input "$work/recordings/perf.data"
    expect 'done' "$@" read "$work/recordings/perf.data"
    expect 'done' "$@" read "$work/recordings/perf-7.map"
    expect not "$@" read "$work/recordings/other"
    cd "$work/recordings"
    expect 'done' --symfs ../root --input perf.data read perf-7.map
    cd "$work"
fi

if has seccomp; then
    tried=1
    expect not exec /bin/true
    expect not fork
    expect not socket
    expect not connect 9
    expect not trace
    expect not unshare
    expect not type
    expect not kill "$$"
    expect not prlimit "$$"
    expect not own-file "$$"
    expect not priority "$$"
    expect not shared-memory
    expect 'done' own-prlimit
    expect not --output "$work/else/file" chmod "$work/else/file"
    expect not --debuginfod exec /bin/true
    expect not --debuginfod trace
    expect 'done' --debuginfod fork
    expect 'done' --debuginfod socket
    expect 'done' --no-sandbox fork
fi
expect 'done' thread
expect 'done' raise

# same WORDS...: they answer alike with and without --no-sandbox
same() {
    rm -f "$work/out/result"
    set +e
    "$FLAMEDATA" "$@" <"$input" >"$work/out.1" 2>"$work/err.1"
    first=$?
    [ ! -f "$work/out/result" ] || mv "$work/out/result" "$work/result.1"
    "$FLAMEDATA" "$@" --no-sandbox <"$input" >"$work/out.2" 2>"$work/err.2"
    second=$?
    set -e
    [ ! -f "$work/out/result" ] || cmp "$work/result.1" "$work/out/result" || fail "$*: other output"
    [ "$first" = 0 ] && [ "$second" = 0 ] || fail "$*: exit $first, without $second"
    cmp "$work/out.1" "$work/out.2" || fail "$*: another text"
    sed 's/, in [0-9.]* s$//' "$work/err.1" >"$work/said.1"
    sed 's/, in [0-9.]* s$//' "$work/err.2" | cmp "$work/said.1" - || fail "$*: other words"
}

input=/dev/null
export SOURCE_DATE_EPOCH=0
for data in "$demo/demo.data" "$demo/demo-z.data"; do
    for format in svg svgz html folded; do
        same "$data" --buildid-dir "$demo/debug" --format $format -o "$work/out/result"
    done
    same annotate "$data" --buildid-dir "$demo/debug"
    same report "$data" --buildid-dir "$demo/debug"
    same script "$data" --buildid-dir "$demo/debug"
    same info "$data" --buildid-dir "$demo/debug"
    same dump "$data"
done
same report "$demo/demo.data" --symfs "$work/root" --buildid-dir "$demo/debug"
same report "$demo/demo.data" --symfs "$work/root" --binaries "$demo/debug"
same "$demo/demo.folded" -o "$work/out/result"
same pack "$demo/demo.data" --buildid-dir "$demo/debug" -o "$work/out/result"
cp "$work/result.1" "$work/recordings/demo.fdpack"
same annotate "$work/recordings/demo.fdpack" --symfs "$work/root"
(cd "$demo/debug" && tar -czf "$work/recordings/here.data.tar.gz" .)
cp "$demo/demo.data" "$work/recordings/here.data"
mkdir "$work/empty"
same report "$work/recordings/here.data" --buildid-dir "$work/empty"
same report "$work/recordings/here.data" --symfs "$work/empty"
same report "$demo/demo.data" --archive "$work/recordings/here.data.tar.gz" --symfs "$work/empty"
input=$demo/demo.data
same - --format html -o "$work/out/result"
same report - --symfs "$work/root"
cd "$work/out"
same "$demo/demo.data" -o result

# A pipe on both sides, and one as the output's name.
"$FLAMEDATA" dump --stats "$demo/demo.data" >"$work/expected"
cat "$demo/demo.data" | "$FLAMEDATA" dump --stats - | cmp - "$work/expected" || fail 'standard input is no pipe any more'
"$FLAMEDATA" dump --stats "$demo/demo.data" -o /dev/stdout | cmp - "$work/expected" || fail '/dev/stdout cannot be written'
cat "$work/else/pipe" >"$work/piped" &
"$FLAMEDATA" dump --stats "$demo/demo.data" -o "$work/else/pipe"
wait $!
cmp "$work/piped" "$work/expected" || fail 'a pipe cannot be written'
[ -z "$(ls "$work/tmp")" ] || fail "left behind: $(ls "$work/tmp")"

# The pager is started before, and is seen only if there is something to show.
if script -qec true /dev/null </dev/null >/dev/null 2>&1; then
    paged() {
        PAGER='sed "s/^/seen: /"' script -qec "$FLAMEDATA report -q $1 --pager" /dev/null </dev/null
    }
    paged "$demo/demo.data" | grep -q '^seen: ' || fail 'no pager'
    ! paged "$work/else/file" | grep -q '^seen: ' || fail 'a pager for nothing'
fi

[ $failed = 0 ] || exit 1
[ $tried = 1 ] || { echo "skipped: this system or this build has neither landlock nor seccomp" && exit 77; }
