#!/bin/sh
# pack_rules.test.sh: what a pack must keep apart, what must not get into it, and where it is unpacked. One program under
# two names has the inlined functions of both, also where its debug information is compressed, in a file of its own or
# shared by dwz; source text is packed only if everybody may read it; a folder's recording is not overwritten; a file
# system in memory that is shorter than the files in a pack is enough, and one that is full is told as that.
set -eu
work=$(cd "$(mktemp -d)" && pwd -P)
mounted=
trap '[ -z "$mounted" ] || umount "$mounted"; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
mkdir "$work/home" "$work/place"
HOME=$work/home LC_ALL=C
export HOME LC_ALL
unset PERF_BUILDID_DIR || :
failed=0
none=$work/none

fail() {
    echo "$*"
    failed=1
}

demo=$FLAME_SOURCE/corpus/demo/demo.data
for epoch in abc 12x -1 99999999999999999999; do
    status=0
    SOURCE_DATE_EPOCH=$epoch "$FLAMEDATA" pack "$demo" -q -o "$work/x.fdpack" --buildid-dir "$none" 2>/dev/null || status=$?
    [ $status -eq 2 ] || fail "SOURCE_DATE_EPOCH=$epoch: exit status $status"
done

mkdir "$work/folder"
cp "$demo" "$work/folder/data"
ln -s folder/data "$work/link"
for out in "$work/folder/data" "$work/folder/data.0" "$work/link"; do
    status=0
    "$FLAMEDATA" pack "$work/folder" -q -o "$out" --buildid-dir "$none" 2>/dev/null || status=$?
    [ $status -eq 2 ] || fail "a folder is packed into $out: exit status $status"
    cmp "$demo" "$work/folder/data" || fail "the recording was overwritten"
done
"$FLAMEDATA" pack "$work/folder" -q -o "$work/folder/x.fdpack" --buildid-dir "$none" || fail "a folder is not packed"

perf=${PERF:-perf}
if ! command -v "$perf" >/dev/null 2>&1 || ! command -v "$CC" >/dev/null 2>&1; then
    echo "nothing was recorded: there is no perf, or no compiler"
    exit $failed
fi

# record COMMAND...
record() {
    "$perf" --buildid-dir "$work/cache" record -q -e cpu-clock -F 997 -g -o "$work/r.data" -- "$@" >/dev/null 2>&1
}

# tell FILE: its stacks
tell() {
    "$FLAMEDATA" "$1" --format folded --srcline --buildid-dir "$none" 2>"$work/log"
}

cat >"$work/place/p.c" <<'END'
#include <stdlib.h>
#include <string.h>
volatile unsigned long sink;
static inline __attribute__((always_inline)) void inlined_one(unsigned long i) { for (int k = 0; k < 50; k++) sink += i * k; }
static inline __attribute__((always_inline)) void inlined_two(unsigned long i) { for (int k = 0; k < 50; k++) sink ^= i * k; }
__attribute__((noinline)) void one(unsigned long n) { for (unsigned long i = 0; i < n; i++) inlined_one(i); }
__attribute__((noinline)) void two(unsigned long n) { for (unsigned long i = 0; i < n; i++) inlined_two(i); }
int main(int argc, char **argv) { if (argc > 1 && *argv[1] == '1') one(3000000); else two(3000000); return 0; }
END
cat >"$work/both" <<END
$work/place/first 1
$work/place/second 2
END

compile() {
    "$CC" -O2 -g -Wl,--build-id "$@"
}

build() {
    rm -f first second common ./*.debug
    case $1 in
    plain) compile p.c -o first && ln first second ;;
    zlib) compile -gz=zlib p.c -o first && ln first second ;;
    debuglink) compile -gz=zlib p.c -o first && objcopy --only-keep-debug first first.debug && strip -g first &&
        objcopy --add-gnu-debuglink=first.debug first && ln first second ;;
    dwz) compile -gdwarf-4 p.c -o first && sed 's/3000000/2999999/' p.c >q.c && compile -gdwarf-4 q.c -o second &&
        dwz -m "$work/place/common" first second &&
        for file in common first second; do objcopy --compress-debug-sections=zlib $file || return; done ;;
    esac
}
for kind in plain zlib debuglink dwz; do
    (cd "$work/place" && build $kind) >"$work/log" 2>&1 || {
        echo "$kind: skipped: $(head -n 1 "$work/log")"
        continue
    }
    record sh "$work/both" || continue
    "$FLAMEDATA" pack "$work/r.data" -q -o "$work/r.fdpack" --buildid-dir "$none"
    tell "$work/r.data" >"$work/here"
    mv "$work/place" "$work/away"
    tell "$work/r.fdpack" >"$work/there" || :
    mv "$work/away" "$work/place"
    for name in inlined_one inlined_two; do
        grep -q $name "$work/here" || fail "$kind: $name is not in the recording: $(head -n 5 "$work/here" "$work/log")"
    done
    cmp "$work/here" "$work/there" || fail "$kind: the pack tells another thing"
done

# A program with a large hole: /tmp is in memory on many systems, and may be shorter than that.
(cd "$work/place" && build plain && cp first hole && objcopy --add-section .room=/dev/null hole &&
    truncate -s 1G hole)
if [ "$(id -u)" = 0 ] && record "$work/place/hole" 1 && mkdir "$work/tmp" && mount -t tmpfs -o size=8m tmpfs "$work/tmp" 2>/dev/null; then
    mounted=$work/tmp
    "$FLAMEDATA" pack "$work/r.data" -q -o "$work/r.fdpack" --buildid-dir "$none"
    tell "$work/r.data" >"$work/here"
    mv "$work/place" "$work/away"
    TMPDIR=$work/tmp tell "$work/r.fdpack" >"$work/there" || fail "a small \$TMPDIR: $(cat "$work/log")"
    cmp "$work/here" "$work/there" || fail "a small \$TMPDIR: the pack tells another thing"
    mount -o remount,size=4k "$work/tmp"
    TMPDIR=$work/tmp tell "$work/r.fdpack" >"$work/there" && fail "a \$TMPDIR that is full is enough"
    grep -q 'cannot keep what is unpacked in \$TMPDIR or /tmp: ' "$work/log" || fail "a full \$TMPDIR: $(cat "$work/log")"
    mv "$work/away" "$work/place"
fi

# What debug information says is source text.
place=$work/place/text
mkdir "$place" "$place/.hidden"
cd "$place"
for file in good.c private.c .hidden/h.c noname; do echo "text" >$file; done
chmod 600 private.c
chmod 644 good.c .hidden/h.c noname
ln -s /etc/passwd link.c
{
    echo 'volatile unsigned long sink; int main(void) {'
    for file in "$place/good.c" "$place/private.c" "$place/.hidden/h.c" "$place/noname" "$place/link.c" /etc/passwd /etc/shadow "$place/late.c"; do
        echo "# 1 \"$file\""
        echo 'for (unsigned long i = 0; i < 20000000; i++) sink ^= i;'
    done
    echo '}'
} >main.c
"$CC" -g -O1 main.c -o main
if record "$place/main"; then
    touch -d '1 minute' late.c 2>/dev/null || touch late.c
    chmod 644 late.c
    "$FLAMEDATA" pack "$work/r.data" -o "$work/r.fdpack" --source --buildid-dir "$none" 2>"$work/log"
    grep -q 'source files are left out' "$work/log" || fail "nothing was left out: $(cat "$work/log")"
    if command -v zstd >/dev/null 2>&1; then
        tar --zstd -tf "$work/r.fdpack" | sed -n 's,^source,,p' >"$work/packed"
        echo "$place/good.c" | cmp - "$work/packed" || fail "source text is packed: $(cat "$work/packed")"
    fi
fi
exit $failed
