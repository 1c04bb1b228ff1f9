#!/bin/sh
# matrix.test.sh: one recording, and everything that happens to its binaries until somebody reads it: moved,
# stripped, renamed, rebuilt, deleted, under another root, in an archive, on a debuginfod server, in a pack. For
# each case it is written down here which names there must be, and which option brings them back; and
# nothing is ever named by the rebuilt files, whose functions are all called wrong_something.
#
# Skipped where perf or a C compiler are missing; the archive needs perf-archive, the server debuginfod.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
skip() {
    echo "skipped: $*"
    exit 77
}
command -v perf >/dev/null 2>&1 || skip "perf is not installed"
command -v "$CC" >/dev/null 2>&1 || skip "no C compiler"
for tool in readelf objcopy strip tar; do
    command -v $tool >/dev/null 2>&1 || skip "no $tool"
done
work=$(mktemp -d)
server=
cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || :
    rm -rf "$work"
}
trap cleanup EXIT
place=$work/place keep=$work/keep wrong=$work/wrong
mkdir "$place" "$keep" "$wrong" "$work/home"
unset PERF_BUILDID_DIR DEBUGINFOD_URLS || :
HOME=$work/home
export HOME

# build FOLDER FLAGS...
build() {
    folder=$1
    shift
    # shellcheck disable=SC2086 # -Wl,--build-id unless told otherwise
    "$CC" -w -g -O1 -fno-omit-frame-pointer -Wl,${id:-"--build-id"} "$@" -shared -fPIC -Wl,-soname,libhot.so -DLIBRARY "$here/matrix.c" -o "$folder/libhot.so"
    "$CC" -w -g -O1 -fno-omit-frame-pointer -Wl,${id:-"--build-id"} "$@" "$here/matrix.c" "$folder/libhot.so" -Wl,-rpath,"$place" -o "$folder/prog"
}
build "$keep"
build "$wrong" '-DNAME(x)=wrong_##x' -DWRONG
cp -p "$keep/libhot.so" "$keep/prog" "$place/"
cd "$work" # perf archive writes beside the recording
# -N: perf's cache would have hard links to the system's libraries, which are then "changed" for tests that run
# at the same time. Our own files are put in by hand.
perf --buildid-dir "$work/perf-cache" record -q -N -e cpu-clock -F 997 -g -o "$work/perf.data" -- "$place/prog" >/dev/null 2>&1 ||
    skip "perf cannot record here"
perf --buildid-dir "$work/perf-cache" buildid-cache --add "$place/libhot.so,$place/prog" >/dev/null 2>&1

failed=0
fail() {
    echo "FAILED: $*"
    failed=1
}

# check CASE LIBRARY PROGRAM OPTIONS...: what the time in the library's and the program's static function is
# called: named, unnamed, wrong (which only --trust-paths may bring), or seen: some of either
check() {
    case=$1 library=$2 program=$3
    shift 3
    rc=0
    "$FLAMEDATA" "${data:-$work/perf.data}" --format folded -o "$work/folded" "$@" 2>"$work/verdict" || rc=$?
    [ $rc = 0 ] || { fail "$case: exit $rc: $(cat "$work/verdict")"; return; }
    awk -v library="$library" -v program="$program" '
        {
            weight = $NF
            sub(/ [0-9]+$/, "")
            n = split($0, frame, ";")
            leaf = frame[n]
            if (leaf ~ /lib_static/ || leaf == "[libhot.so]" || leaf ~ /lib_entry/) what = "library"
            else if (leaf ~ /prog_static/ || leaf == "[prog]") what = "program"
            else next
            how = leaf ~ /^right_(lib|prog)_static$/ ? "named" : leaf ~ /^wrong_/ ? "wrong" : "unnamed"
            sum[what, how] += weight
            all[what] += weight
        }
        function judge(what, expected,    how) {
            for (how in list) {
                share = sum[what, how] / (all[what] ? all[what] : 1)
                if (how == expected ? share < 0.95 : share > 0.05) {
                    printf "%s: %.1f %% %s, expected %s\n", what, 100 * share, how, expected
                    bad = 1
                }
            }
        }
        END {
            list["named"]; list["unnamed"]; list["wrong"]
            judge("library", library)
            judge("program", program)
            exit bad
        }' "$work/folded" >"$work/judgement" || fail "$case: $(cat "$work/judgement")"
    case " $* " in
    *" --trust-paths "*) ;;
    *) ! grep -q wrong_ "$work/folded" || fail "$case: named by a rebuilt file" ;;
    esac
    echo "$case: library $library, program $program"
}

# says CASE WORDS: the verdict of the last check has them
says() {
    grep -q -e "$2" "$work/verdict" || { fail "$1: the verdict does not say '$2':"; cat "$work/verdict"; }
}

# put LIBRARY PROGRAM: the files (- for none) that now lie where the recorded ones lay
put() {
    rm -f "$place/libhot.so" "$place/prog"
    [ "$1" = - ] || cp -p "$1" "$place/libhot.so"
    [ "$2" = - ] || cp -p "$2" "$place/prog"
}
right() { put "$keep/libhot.so" "$keep/prog"; }

check "as recorded" named named
hex=$(readelf -n "$keep/libhot.so" | sed -n 's/.*Build ID: //p')
short=$(printf %s "$hex" | cut -c 1-2) long=$(printf %s "$hex" | cut -c 3-)

# moved, renamed, deleted
put - -
check "deleted" unnamed unnamed
says "deleted" "libhot.so"
mkdir -p "$work/bin/deep/er"
cp "$keep/libhot.so" "$work/bin/deep/er/x.1"
cp "$keep/prog" "$work/bin/y"
check "renamed, in a folder of binaries" named named --binaries "$work/bin"
rm "$work/bin/y"
check "half of them in the folder" named unnamed --binaries "$work/bin"
put - "$keep/prog"
check "library deleted" unnamed named

# stripped
cp "$keep/libhot.so" "$work/stripped.so"
strip "$work/stripped.so"
objcopy --only-keep-debug "$keep/libhot.so" "$work/libhot.debug"
put "$work/stripped.so" "$keep/prog"
check "stripped" unnamed named
mkdir -p "$work/debug/.build-id/$short"
cp "$work/libhot.debug" "$work/debug/.build-id/$short/$long.debug"
check "stripped, a folder of debug files" named named --debug-dir "$work/debug"
check "stripped, the debug file in a folder of binaries" named named --binaries "$work/debug"
check "stripped, the whole file in a folder of binaries" named named --binaries "$keep"
mkdir "$place/.debug"
cp "$work/libhot.debug" "$place/.debug/libhot.debug"
objcopy --add-gnu-debuglink="$place/.debug/libhot.debug" "$work/stripped.so"
put "$work/stripped.so" "$keep/prog"
check "stripped, with a debuglink" named named
objcopy --only-keep-debug "$wrong/libhot.so" "$place/.debug/libhot.debug"
check "stripped, the debuglink's file is of another build" unnamed named
rm -r "$place/.debug"

# rebuilt: at the path, and at every place where one may look
put "$wrong/libhot.so" "$wrong/prog"
check "rebuilt" unnamed unnamed
says "rebuilt" "another build"
check "rebuilt, the right ones in a folder" named named --binaries "$keep"
check "rebuilt, in the folder of binaries, too" unnamed unnamed --binaries "$wrong"
mkdir -p "$work/liar/.build-id/$short/$long"
cp "$wrong/libhot.so" "$work/liar/.build-id/$short/$long/elf"
cp "$wrong/libhot.so" "$work/liar/.build-id/$short/$long/debug"
check "rebuilt, and in the cache under the right name" unnamed unnamed --buildid-dir "$work/liar"
cp "$wrong/libhot.so" "$work/debug/.build-id/$short/$long.debug"
check "rebuilt, and as a debug file under the right name" unnamed unnamed --debug-dir "$work/debug"
check "rebuilt, trusted" wrong wrong --trust-paths
says "rebuilt, trusted" "--trust-paths"
says "rebuilt, trusted" "libhot.so"
check "rebuilt, trusted, the right ones in a folder" named named --trust-paths --binaries "$keep"
for command in script annotate report; do
    "$FLAMEDATA" $command "$work/perf.data" >"$work/out" 2>&1 || :
    ! grep -q wrong_ "$work/out" || fail "rebuilt: $command takes names from it"
done

# under another root
put - -
mkdir -p "$work/root$place" "$work/flat" "$work/wrongroot$place"
cp "$keep/libhot.so" "$keep/prog" "$work/root$place/"
cp "$keep/libhot.so" "$keep/prog" "$work/flat/"
cp "$wrong/libhot.so" "$wrong/prog" "$work/wrongroot$place/"
check "under another root" named named --symfs "$work/root"
check "under another root, flat" named named --symfs "$work/flat,flat"
check "rebuilt, under another root" unnamed unnamed --symfs "$work/wrongroot"
right
check "here, but not under the root" unnamed unnamed --symfs "$work/wrongroot"

# perf's cache, and what perf archive makes of it
put - -
check "in perf's cache" named named --buildid-dir "$work/perf-cache"
if perf --buildid-dir "$work/perf-cache" archive "$work/perf.data" >"$work/archive.log" 2>&1 && [ -f "$work/perf.data.tar.bz2" ]; then
    check "in an archive beside the recording" named named
    check "that archive not wanted" unnamed unnamed --no-archive
    mv "$work/perf.data.tar.bz2" "$work/other.tar.bz2"
    check "in an archive elsewhere" named named --archive "$work/other.tar.bz2"
elif [ -x "$(perf --exec-path)/perf-archive" ]; then
    fail "perf archive: $(cat "$work/archive.log")"
else
    echo "no perf archive here: its cases are left out"
fi
tar -C "$keep" -czf "$work/plain.tgz" prog libhot.so
check "in a plain tarball" named named --archive "$work/plain.tgz"
tar -C "$wrong" -czf "$work/wrong.tgz" prog libhot.so
check "rebuilt, in a plain tarball" unnamed unnamed --archive "$work/wrong.tgz"

# in a pack
right
"$FLAMEDATA" pack "$work/perf.data" -o "$work/perf.fdpack" 2>"$work/pack.log" || fail "pack: $(cat "$work/pack.log")"
put "$wrong/libhot.so" "$wrong/prog"
data=$work/perf.fdpack
check "in a pack, rebuilt at the path" named named
put - -
check "in a pack" named named
unset data

# on a server
if command -v debuginfod >/dev/null 2>&1 && command -v curl >/dev/null 2>&1; then
    mkdir "$work/served"
    cp "$keep/libhot.so" "$keep/prog" "$work/served/"
    # shellcheck source=tests/symbols/server.sh
    . "$here/server.sh"
    if start_debuginfod "$work/served"; then
        tries=0
        until curl -fs "http://127.0.0.1:$port/buildid/$hex/executable" -o "$work/fetched" || [ $tries = 60 ]; do
            sleep 0.5
            tries=$((tries + 1))
        done
    fi
    if cmp -s "$work/fetched" "$keep/libhot.so"; then
        DEBUGINFOD_CACHE_PATH=$work/fetched-cache
        export DEBUGINFOD_CACHE_PATH
        check "on a debuginfod server" named named --debuginfod="http://127.0.0.1:$port"
        rm -rf "$DEBUGINFOD_CACHE_PATH"
        put "$wrong/libhot.so" "$wrong/prog"
        check "on a debuginfod server, rebuilt at the path" named named --debuginfod="http://127.0.0.1:$port"
        rm -rf "$DEBUGINFOD_CACHE_PATH"
        DEBUGINFOD_URLS=http://127.0.0.1:$port
        export DEBUGINFOD_URLS
        check "on a server that is not asked" unnamed unnamed
        check "on the server of the environment" named named --debuginfod
        unset DEBUGINFOD_URLS
    else
        fail "debuginfod serves nothing: $(tail -n 3 "$work/server.log")"
    fi
else
    echo "no debuginfod here: its cases are left out"
fi

# without build-ids: verified in the boot of the recording alone
right
rm -rf "$work/perf-cache"
id=--build-id=none build "$keep"
id=--build-id=none build "$wrong" '-DNAME(x)=wrong_##x' -DWRONG
right
perf --buildid-dir "$work/perf-cache" record -q -N -e cpu-clock -F 997 -g -o "$work/noid.data" -- "$place/prog" >/dev/null 2>&1
data=$work/noid.data
check "no build-id, the same boot" named named --no-archive
cp -p "$work/noid.data" "$work/earlier.data"
touch -d '2 days ago' "$work/earlier.data"
data=$work/earlier.data
check "no build-id, recorded in an earlier boot" unnamed unnamed
check "no build-id, earlier boot, trusted" named named --trust-paths
says "no build-id, earlier boot, trusted" "--trust-paths"
data=$work/noid.data
put "$wrong/libhot.so" "$wrong/prog"
check "no build-id, rebuilt" unnamed unnamed
put - -
check "no build-id, deleted" unnamed unnamed
check "no build-id, in a folder of binaries" unnamed unnamed --binaries "$keep"
mkdir -p "$work/noid$place"
cp "$keep/libhot.so" "$keep/prog" "$work/noid$place/"
check "no build-id, under another root" unnamed unnamed --symfs "$work/noid"
check "no build-id, under another root, trusted" named named --symfs "$work/noid" --trust-paths

# written anew into the same inodes: known by the last sample's time, whatever that of the recording's file is
record() {
    name=$1
    shift
    perf --buildid-dir "$work/perf-cache" record -q -N -e cpu-clock -F 997 -g "$@" -o "$work/$name" -- "$place/prog" >/dev/null 2>&1
}
right
data=$work/inplace.data
record inplace.data
check "no build-id, just recorded" named named
cp "$work/inplace.data" "$work/copy.data"
data=$work/copy.data
check "no build-id, copied" named named
data=-
check "no build-id, through a pipe" named named <"$work/inplace.data"
folder=$work/folder.data
record folder.data --threads || folder=
sleep 0.1 # times of files are as exact as ticks
cat "$wrong/libhot.so" >"$place/libhot.so"
cat "$wrong/prog" >"$place/prog"
touch -d '1 day ago' "$place/libhot.so" "$place/prog"
cp "$work/inplace.data" "$work/copy.data"
data=$work/inplace.data
check "no build-id, written over" unnamed unnamed
data=$work/copy.data
check "no build-id, written over, and copied then" unnamed unnamed
data=-
check "no build-id, written over, through a pipe" unnamed unnamed <"$work/inplace.data"
perf inject -i "$work/inplace.data" -o "$work/injected.data" >/dev/null 2>&1 ||
    cp "$work/inplace.data" "$work/injected.data"
data=$work/injected.data
check "no build-id, written over, injected" unnamed unnamed
if [ -n "$folder" ]; then
    data=$folder
    check "no build-id, written over, a folder" unnamed unnamed
    cp -r "$folder" "$work/folder-copy.data"
    data=$work/folder-copy.data
    check "no build-id, written over, a copy of a folder" unnamed unnamed
fi

# over: the other files lie at the same paths, for the program alone that is run
cat >"$work/over" <<EOF
mount --bind "$wrong/libhot.so" "$place/libhot.so" &&
    mount --bind "$wrong/prog" "$place/prog" &&
    exec "$place/prog"
EOF
cat >"$work/both" <<EOF
"$place/prog"
unshare -m sh "$work/over"
EOF
# share: how much of the programs' time the files of the right build name, in percent
share() {
    "$FLAMEDATA" "$1" --format folded -o "$work/folded" 2>/dev/null
    awk '{ weight = $NF }
        / right_prog_static [0-9]+$|;right_prog_static [0-9]+$/ { named += weight }
        /;(right_|wrong_)?(prog_static|\[prog\]) [0-9]+$/ { all += weight }
        END { printf "%d\n", all ? 100 * named / all : 0 }' "$work/folded"
}
if unshare -m sh -c "mount --bind '$wrong/prog' '$keep/prog'" 2>/dev/null; then
    # mounted over, seen by others
    right
    data=$work/over.data
    perf --buildid-dir "$work/perf-cache" record -q -N -e cpu-clock -F 997 -g -o "$data" -- unshare -m sh "$work/over" >/dev/null 2>&1
    check "no build-id, another file mounted at the path" unnamed unnamed
    perf --buildid-dir "$work/perf-cache" record -q -N -e cpu-clock -F 997 -g -o "$work/both.data" -- sh "$work/both" >/dev/null 2>&1
    named=$(share "$work/both.data")
    [ "$named" -ge 30 ] && [ "$named" -le 70 ] || fail "no build-id, two files of one path: $named % named"
    echo "no build-id, two files of one path: $named % named"
    # all file systems in memory number their files alike
    mkdir "$work/memory"
    cat >"$work/inner" <<EOF
mount -t tmpfs none "$work/memory" &&
    cp "$wrong/prog" "$work/memory/" &&
    LD_LIBRARY_PATH="$wrong" exec "$work/memory/prog"
EOF
    cat >"$work/outer" <<EOF
mount -t tmpfs none "$work/memory" &&
    cp "$keep/prog" "$work/memory/" &&
    sleep 0.1
perf --buildid-dir "$work/perf-cache" record -q -N -e cpu-clock -F 997 -g -o "$work/memory.data" -- unshare -m sh "$work/inner" >/dev/null 2>&1
"$FLAMEDATA" "$work/memory.data" --format folded -o "$work/folded" 2>/dev/null
EOF
    unshare -m sh "$work/outer"
    ! grep -q right_prog "$work/folded" || fail "no build-id, the inode of another mount: named"
    grep -q '\[prog\]' "$work/folded" || fail "no build-id, the inode of another mount: not there at all"
    echo "no build-id, the inode of another mount"
    # perf lists one id for the path
    build "$keep"
    build "$wrong" '-DNAME(x)=wrong_##x' -DWRONG
    right
    rm -rf "$work/perf-cache"
    perf --buildid-dir "$work/perf-cache" record -q -N -e cpu-clock -F 997 -g -o "$work/both.data" -- sh "$work/both" >/dev/null 2>&1
    named=$(share "$work/both.data")
    [ "$named" -ge 30 ] && [ "$named" -le 70 ] || fail "one build-id listed for two files of one path: $named % named"
    echo "one build-id listed for two files of one path: $named % named"
else
    echo "nothing can be mounted here: its cases are left out"
fi

exit $failed
