#!/bin/sh
# pack.test.sh: a pack says in an empty root what the recording says here, byte by byte: stacks with and without inlined
# functions and lines, the picture, samples, annotated functions as text, JSON and HTML. Damaged, it has fewer names, or
# is refused, but never another name. The demo needs no perf; where it can record, programs with debug information in
# several places are packed, too. What was stripped there gets its names from debug files here, and what was not stays
# as it is, whatever is here.
#
# Without the right to change the root, the same is tried here with nothing of the program left in its place.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/root.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/home" "$work/here" "$work/root" "$work/place"
HOME=$work/home LC_ALL=C
export HOME LC_ALL
unset PERF_BUILDID_DIR || :
failed=0
make_root "$work/root" && rooted=1 || rooted=0

# fail WORDS...
fail() {
    echo "$*"
    failed=1
}

# there ARGUMENTS...: where nothing but the pack is
there() {
    if [ $rooted = 1 ]; then
        in_root "$work/root" "$@"
    else
        (cd "$work/root" && env -i HOME=/nowhere "$FLAMEDATA" "$@")
    fi
}

# same NAME ARGUMENTS...: the output for r.data here and there
same() {
    label=$1
    shift
    (cd "$work/here" && "$FLAMEDATA" "$@" --buildid-dir "$cache" >"$work/out.here" 2>"$work/err.here") || :
    mv "$work/place" "$work/away"
    there "$@" >"$work/out.there" 2>"$work/err.there" || :
    mv "$work/away" "$work/place"
    [ -s "$work/out.here" ] || fail "$name: $label: nothing comes out here: $(cat "$work/err.here")"
    cmp -s "$work/out.here" "$work/out.there" || {
        fail "$name: $label differs"
        diff "$work/out.here" "$work/out.there" | head -n 4 | cut -c 1-200
        head -n 2 "$work/err.there"
    }
}

# compare NAME DATA CACHE
compare() {
    name=$1 cache=$3
    rm -rf "$work/here/r.data" "$work/root/r.data"
    cp -pR "$2" "$work/here/r.data"
    (cd "$work/here" && "$FLAMEDATA" pack r.data -o "$work/root/r.data" --source --buildid-dir "$cache" 2>"$work/verdict") || {
        fail "$name: not packed: $(cat "$work/verdict")"
        return 0
    }
    echo "$name: $(tail -n 1 "$work/verdict")"
    same folded r.data --format folded
    same no-inline r.data --format folded --no-inline
    same srcline r.data --format folded --srcline
    same picture r.data --format svg
    same script script r.data
    same report report r.data --format json
    same text annotate r.data --top 20
    same callers annotate r.data --top 10 --callers
    same json annotate r.data --top 20 --format json
    same page annotate r.data --top 20 --format html
    (cd "$work/here" && "$FLAMEDATA" dump r.data >"$work/out.here" 2>/dev/null) || :
    there dump r.data 2>/dev/null | cmp -s - "$work/out.here" || fail "$name: dump differs"
    # A pack of a pack says the same.
    (cd "$work/root" && mv r.data once && "$FLAMEDATA" pack once -o r.data --source --buildid-dir "$work/none" 2>/dev/null) ||
        fail "$name: the pack is not packed"
    same again r.data --format folded --srcline
    (cd "$work/here" && "$FLAMEDATA" r.data --format folded --buildid-dir "$cache" 2>/dev/null) >"$work/out.here"
    there - --format folded <"$work/root/once" 2>/dev/null | cmp -s - "$work/out.here" ||
        fail "$name: from standard input: differs"
}

demo=$work/demo
mkdir "$demo"
cp -p "$FLAME_SOURCE/corpus/demo/demo.data" "$demo/perf.data"
cp -pr "$FLAME_SOURCE/corpus/demo/debug" "$demo/cache"
compare demo "$demo/perf.data" "$demo/cache"

# The same input gives the same bytes.
for i in 1 2; do
    (cd "$demo" && SOURCE_DATE_EPOCH=1 "$FLAMEDATA" pack perf.data -q --threads $i --buildid-dir cache -o "$work/$i.fdpack")
done
cmp "$work/1.fdpack" "$work/2.fdpack" || fail "two packs of one recording differ"
"$FLAMEDATA" info "$work/1.fdpack" | grep -q 'packed  *1970-01-01 00:00:01 UTC by flamedata .*, from perf.data, with parts of' ||
    fail "info does not say that it is a pack"
"$FLAMEDATA" pack "$demo/perf.data" -o "$demo/perf.data" 2>/dev/null && fail "the recording was overwritten"
"$FLAMEDATA" pack "$work/1.fdpack" 2>/dev/null && fail "a pack was packed onto itself"

# Other tools can read it.
if command -v zstd >/dev/null 2>&1; then
    mkdir "$work/unpacked"
    tar --zstd -xf "$work/1.fdpack" -C "$work/unpacked" || fail "tar does not unpack it"
    cmp "$demo/perf.data" "$work/unpacked/perf.data" || fail "the recording in it is another one"
    (cd "$work/unpacked" && "$FLAMEDATA" perf.data --buildid-dir cache --format folded 2>/dev/null) >"$work/unpacked.folded"
    (cd "$demo" && "$FLAMEDATA" perf.data --buildid-dir cache --format folded 2>/dev/null) | cmp - "$work/unpacked.folded" ||
        fail "unpacked, its cache gives other names"
fi

# A pack is no archive for other recordings.
cp "$demo/perf.data" "$work/other.data"
for command in "" pack info report; do
    result=0
    # shellcheck disable=SC2086 # perhaps no word
    "$FLAMEDATA" $command "$work/other.data" --archive "$work/1.fdpack" --buildid-dir "$work/none" \
        >"$work/out" 2>"$work/err" || result=$?
    [ $result = 1 ] || fail "a pack as an archive: exit status $result of flamedata $command"
    grep -q -- "^flamedata: --archive .*1.fdpack: is a pack.* in the recording's place" "$work/err" ||
        fail "a pack as an archive: it is not said what to do: $(cat "$work/err")"
done
# Beside its recording it is not asked for names either.
cp "$work/1.fdpack" "$work/other.data.tar.zst"
"$FLAMEDATA" "$work/other.data" --buildid-dir "$work/none" --format folded 2>/dev/null |
    grep -q place_queen && fail "the files of a pack name another recording"

# names FILE: the frames of folded stacks, each once, without what stands for code that has no name
names() {
    sed 's/ [0-9]*$//' "$1" | tr ';' '\n' | grep -v '^\[' | LC_ALL=C sort -u
}
(cd "$demo" && "$FLAMEDATA" perf.data --format folded --buildid-dir cache 2>/dev/null) >"$work/whole.folded"
names "$work/whole.folded" >"$work/right"

# judge WHAT: $work/damaged ends well, and has no name that is not right, but where it is said that the recording itself is
# another one: a thread's name may be what is damaged
judge() {
    result=0
    "$FLAMEDATA" "$work/damaged" --format folded --buildid-dir "$work/none" >"$work/out" 2>"$work/err" || result=$?
    [ $result -le 1 ] || fail "$1: exit status $result: $(tail -n 3 "$work/err")"
    names "$work/out" | LC_ALL=C comm -23 - "$work/right" >"$work/wrong"
    another='lost: .*: the pack is damaged: perf.data is not what was packed'
    ! grep -q "$another" "$work/err" || [ ! -s "$work/out" ] || read_though_damaged=yes
    [ ! -s "$work/wrong" ] || grep -q "$another" "$work/err" || fail "$1: other names: $(head -n 3 "$work/wrong" | tr '\n' ' ')"
    cmp -s "$work/out" "$work/undamaged.folded" || [ $result = 1 ] || grep -q 'lost:' "$work/err" ||
        fail "$1: another output without a word"
}
"$FLAMEDATA" "$work/1.fdpack" --format folded --buildid-dir "$work/none" >"$work/undamaged.folded" 2>/dev/null
size=$(wc -c <"$work/1.fdpack")
i=0
while [ $i -lt 40 ]; do
    at=$((size * i / 40))
    head -c $at "$work/1.fdpack" >"$work/damaged"
    judge "cut after $at bytes"
    cp "$work/1.fdpack" "$work/damaged"
    # One that is not 0 or 255 is neither the same nor a rare one.
    byte=$(od -An -tu1 -j $at -N 1 "$work/1.fdpack" | tr -d ' ')
    printf "\\$(printf %o $((byte ^ 1 << i % 8)))" | dd of="$work/damaged" bs=1 seek=$at conv=notrunc 2>/dev/null
    judge "bit $((i % 8)) of byte $at turned"
    i=$((i + 1))
done
[ "${read_though_damaged-}" ] || fail "no pack is read whose recording is damaged"
head -c $((size - 100)) "$work/1.fdpack" >"$work/damaged"
"$FLAMEDATA" "$work/damaged" --format folded --strict >/dev/null 2>&1 && fail "a cut pack passes --strict"

# record NAME PROGRAM MODE: with all build-ids, so that nothing depends on when the system's libraries were touched last
record() {
    "$perf" record -q -N --buildid-all -e cpu-clock -F 997 --call-graph "$3" -o "$work/$1.data" -- "$2" >/dev/null 2>&1
}

# at_home LABEL OPTIONS...: with options that lead to debug files a pack says elsewhere what the recording says here with
# them; and without them, when it was packed once more with them.
at_home() {
    label=$1
    shift
    (cd "$work/root" && "$FLAMEDATA" pack r.data -q -o named "$@") || fail "$name: $label: not packed again"
    for what in "@ --format folded --srcline" "annotate @ right_prog_static" "script @"; do
        # shellcheck disable=SC2046 # words
        (cd "$work/here" && "$FLAMEDATA" $(echo "$what" | sed s/@/r.data/) "$@" 2>/dev/null) >"$work/out.here"
        mv "$work/place" "$work/away"
        # shellcheck disable=SC2046
        there $(echo "$what" | sed s/@/r.data/) "$@" >"$work/out.there" 2>"$work/err.there" || :
        # shellcheck disable=SC2046
        there $(echo "$what" | sed s/@/named/) >"$work/out.named" 2>/dev/null || :
        mv "$work/away" "$work/place"
        grep -q right_prog_static "$work/out.here" || fail "$name: $label: $what: no names here"
        cmp "$work/out.here" "$work/out.there" ||
            fail "$name: $label: $what differs: $(head -n 2 "$work/err.there")"
        cmp "$work/out.here" "$work/out.named" || fail "$name: $label: $what differs, packed again"
    done
}
perf=${PERF:-perf}
if command -v "$perf" >/dev/null 2>&1 && command -v "$CC" >/dev/null 2>&1; then
    library=$work/place/library.o
    cp "$here/matrix.c" "$work/place/matrix.c"
    for options in "-g" "-g -gsplit-dwarf" "-g0"; do
        kind=plain
        [ "$options" = "-g -gsplit-dwarf" ] && kind="split"
        [ "$options" = -g0 ] && kind=stripped
        # shellcheck disable=SC2086
        (cd "$work/place" && "$CC" -w -O2 -fno-omit-frame-pointer -Wl,--build-id $options -DLIBRARY -c matrix.c -o "$library" &&
            "$CC" -w -O2 -fno-omit-frame-pointer -Wl,--build-id $options matrix.c "$library" -o "$kind") || continue
        for mode in fp dwarf; do
            record $kind-$mode "$work/place/$kind" $mode || continue
            compare $kind-$mode "$work/$kind-$mode.data" "$work/none"
        done
    done
    # On the server it was stripped, its debug file is at home.
    rm -f "$work/place/"*
    cp "$here/matrix.c" "$work/place/matrix.c"
    if command -v objcopy >/dev/null 2>&1 && command -v readelf >/dev/null 2>&1 &&
        (cd "$work/place" && "$CC" -w -O2 -g -fno-omit-frame-pointer -Wl,--build-id -DLIBRARY -c matrix.c -o "$library" &&
            "$CC" -w -O2 -g -fno-omit-frame-pointer -Wl,--build-id matrix.c "$library" -o whole) &&
        record whole "$work/place/whole" fp; then
        (cd "$work/place" && objcopy --only-keep-debug whole "$work/whole.debug" && strip whole -o server && rm matrix.c &&
            objcopy --only-keep-debug --redefine-sym right_prog_static=wrong whole "$work/wrong.debug")
        record server "$work/place/server" fp
        name=server cache=$work/none
        cp "$work/server.data" "$work/here/r.data"
        (cd "$work/here" && "$FLAMEDATA" pack r.data -q -o "$work/root/r.data") || fail "server: not packed"
        same folded r.data --format folded --srcline
        same picture r.data --format svg
        same script script r.data
        grep -q right_ "$work/out.here" && fail "server: has names"
        id=$(readelf -n "$work/place/whole" | awk '/Build ID:/ { print $3 }')
        rest=${id#??}
        for to in here root; do
            mkdir -p "$work/$to/dbg" "$work/$to/bid/.build-id/${id%"$rest"}/$rest" \
                "$work/$to/debug/.build-id/${id%"$rest"}"
            cp "$work/whole.debug" "$work/$to/dbg/whatever"
            cp "$work/whole.debug" "$work/$to/bid/.build-id/${id%"$rest"}/$rest/debug"
            cp "$work/whole.debug" "$work/$to/debug/.build-id/${id%"$rest"}/$rest.debug"
        done
        at_home binaries --binaries dbg
        at_home cache --buildid-dir bid
        at_home folder --debug-dir debug
        # What has names where it is packed keeps them.
        cp "$work/wrong.debug" "$work/root/dbg/whatever"
        compare whole "$work/whole.data" "$work/none"
        there r.data --format folded >"$work/out.here" 2>/dev/null
        there r.data --format folded --binaries dbg 2>/dev/null | cmp - "$work/out.here" ||
            fail "a debug file changes what has names"
        grep -q right_prog_static "$work/out.here" || fail "whole: no names"
    fi
fi
exit $failed
