#!/bin/sh
# archive.test.sh: what perf archive packed, read where nothing of it is: in a root of its own that has this
# program, the libraries that it needs, the recording and the archive. Its folded stacks are those
# of the recorded machine. FLAME_RECORDINGS names other recordings that are to be tried, too; of them debug
# files outside of perf's cache must not be what gave the names.
#
# Skipped where perf or perf-archive are missing, or who runs it may not change the root.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/root.sh"
skip() {
    echo "skipped: $*"
    exit 77
}
command -v perf >/dev/null 2>&1 || skip "perf is not installed"
command -v "$CC" >/dev/null 2>&1 || skip "no C compiler"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/home" "$work/root"
HOME=$work/home
export HOME
cd "$work"
make_root "$work/root" || skip "no root of its own here"

# Linked statically, so that nothing depends on what debug files are installed for libc.
mkdir "$work/place"
"$CC" -w -O1 -fno-omit-frame-pointer -static -Wl,--build-id -DLIBRARY -c "$here/matrix.c" -o "$work/library.o" &&
    "$CC" -w -O1 -fno-omit-frame-pointer -static -Wl,--build-id "$here/matrix.c" "$work/library.o" -o "$work/place/prog" ||
    skip "no static linking"
for mode in fp dwarf; do
    perf --buildid-dir "$work/cache" record -q -e cpu-clock -F 997 --call-graph $mode -o "$work/$mode.data" \
        -- "$work/place/prog" >/dev/null 2>&1 || skip "perf cannot record here"
done

failed=0
# try NAME DATA CACHE
try() {
    "$FLAMEDATA" "$2" --format folded -o "$work/here.folded" --buildid-dir "$3" 2>"$work/here.verdict"
    perf --buildid-dir "$3" archive "$2" >/dev/null 2>&1 || skip "perf archive does not work"
    cp "$2" "$work/root/copied.data"
    mv "$2.tar.bz2" "$work/root/copied.data.tar.bz2"
    in_root "$work/root" /copied.data --format folded -o /out.folded 2>"$work/there.verdict" || { cat "$work/there.verdict"; failed=1; return 0; }
    mv "$work/root/out.folded" "$work/there.folded"
    if cmp -s "$work/here.folded" "$work/there.folded"; then
        echo "$1: $(wc -l <"$work/here.folded") stacks, the same in the empty root"
    else
        echo "$1: the stacks differ"
        diff "$work/here.folded" "$work/there.folded" | head -n 6 | cut -c 1-200
        cat "$work/there.verdict"
        failed=1
    fi
    rm "$work/root/copied.data.tar.bz2"
    in_root "$work/root" /copied.data --format folded -o /out.folded 2>/dev/null || :
    ! cmp -s "$work/here.folded" "$work/root/out.folded" || { echo "$1: the archive makes no difference"; failed=1; }
}
for mode in fp dwarf; do
    # What the program is called must come from the archive alone.
    mv "$work/place" "$work/away"
    try $mode "$work/$mode.data" "$work/cache"
    mv "$work/away" "$work/place"
done
for data in ${FLAME_RECORDINGS:-}; do
    cp "$data" "$work/other.data"
    try "$(basename "$data")" "$work/other.data" "${FLAME_BUILDID_DIR:?names the cache of FLAME_RECORDINGS}"
done
exit $failed
