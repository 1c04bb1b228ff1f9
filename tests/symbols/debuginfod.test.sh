#!/bin/sh
# debuginfod.test.sh: what is missing comes from servers, and only if they are to be asked: a real debuginfod,
# and one that is not well (server.py). Whatever a server does, a run ends in time, and no name is wrong.
#
# Skipped where there is no debuginfod, libdebuginfod, C compiler or binutils; without python3 the server that is
# not well is left out. The recording is built, not recorded.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
skip() {
    echo "skipped: $*"
    exit 77
}
for tool in debuginfod "$CC" objcopy strip readelf nm awk; do
    command -v "$tool" >/dev/null 2>&1 || skip "no $tool"
done
work=$(mktemp -d)
servers=
cleanup() {
    for each in $servers ${server:-}; do
        kill -9 "$each" 2>/dev/null || :
    done
    wait 2>/dev/null || :
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM
unset DEBUGINFOD_URLS DEBUGINFOD_VERBOSE DEBUGINFOD_PROGRESS DEBUGINFOD_TIMEOUT DEBUGINFOD_MAXTIME DEBUGINFOD_MAXSIZE \
    DEBUGINFOD_HEADERS_FILE PERF_BUILDID_DIR || :
export HOME="$work/home" DEBUGINFOD_RETRY_LIMIT=0
mkdir "$HOME"

failed=0
fail() {
    echo "FAILED: $*"
    [ ! -s "$work/said" ] || sed 's/^/    /' "$work/said"
    failed=1
}

# Programs and recordings of them: NAME.data says that NAME ran at $work/place/NAME, and was hit once in the
# static function hot_NAME. $work/keep/NAME is the program, .stripped and .debug its halves, .anew another build.
mkdir "$work/keep" "$work/place"
cd "$work/keep"
make_program() {
    cat >"$1.c" <<END
static __attribute__((noinline)) int HOT(int n) { return n * 7 + 1; }
int main(int argc, char **argv) { (void)argv; return HOT(argc) * HOT(argc + 1) == 42; }
END
    "$CC" -w -g -O1 -Wl,--build-id -DHOT="hot_$1" "$1.c" -o "$1"
    "$CC" -w -g -O1 -Wl,--build-id -DHOT="wrong_$1" "$1.c" -o "$1.anew"
    strip -o "$1.stripped" "$1"
    objcopy --only-keep-debug "$1" "$1.debug"
    id=$(readelf -n "$1" | awk '/Build ID:/ { print $3 }')
    segment=$(readelf -lW "$1" | awk '$1 == "LOAD" && $7 $8 ~ /E/ { print $2, $3, $6 }') # offset, address, size
    # shellcheck disable=SC2086 # three words
    set -- "$1" $segment
    begin=$(($2 / 4096 * 4096)) end=$((($2 + $4 + 4095) / 4096 * 4096))
    address=$(nm "$1" | awk -v name="hot_$1" '$3 == name { print "0x" $1 }')
    # Where another linker would have put it.
    "$FLAME_RECORD" "$work/$1.moved" "$work/place/$1" "$id" $((begin + 4096)) $((end - begin)) \
        $((address - $3 + $2 + 4096))
    "$FLAME_RECORD" "$work/$1.data" "$work/place/$1" "$id" $begin $((end - begin)) $((address - $3 + $2))
    eval "id_$1=$id"
}
for name in whole half absent; do
    make_program $name
done
cd "$work"

# A cache for each question, unless it is to be the same.
caches=0
forget() {
    caches=$((caches + 1))
    export DEBUGINFOD_CACHE_PATH="$work/cache.$caches"
}

# ask NAME OPTIONS...: the graph's lines in $work/folded, what is said in $work/said
ask() {
    name=$1
    shift
    rc=0
    "$FLAMEDATA" "$work/$name.data" --format folded -o "$work/folded" "$@" 2>"$work/said" || rc=$?
    [ $rc = 0 ] || fail "$name $*: exit $rc"
}
folded_is() {
    [ "$(cat "$work/folded")" = "$2" ] || fail "$1: $(cat "$work/folded"), not $2"
}
says() {
    grep -q -- "$2" "$work/said" || fail "$1: not said: $2"
}
says_not() {
    ! grep -q -- "$2" "$work/said" || fail "$1: said: $2"
}

# The real one: whole is there, half but its debug file.
mkdir "$work/served"
cp "$work/keep/whole" "$work/served/whole"
cp "$work/keep/half.debug" "$work/served/half.debug"
# shellcheck source=tests/symbols/server.sh
. "$here/server.sh"
start_debuginfod "$work/served" || skip "debuginfod does not start: $(tail -3 "$work/server.log")"
real=$server servers="$servers $server"
url=http://127.0.0.1:$port
waited=0
for name in whole half; do # until it has read both
    forget
    until ask $name --debuginfod=$url && grep -q "hot_" "$work/folded"; do
        forget
        waited=$((waited + 1))
        [ $waited -lt 150 ] || break 2
        sleep 0.2
    done
done
if grep -q "libdebuginfod cannot be used" "$work/said"; then
    skip "no libdebuginfod.so.1"
fi

requests() { # KIND NAME
    wanted=
    eval "wanted=\$id_$2"
    grep -c "GET.*/buildid/$wanted/$1" "$work/server.log" || :
}

# Deleted.
forget
ask whole
folded_is "deleted, nobody asked" "prog;[whole] 100"
before=$(requests executable whole)
ask whole --debuginfod=$url
folded_is "deleted" "prog;hot_whole 100"
says "deleted" "debuginfod: 1 file fetched, "
says_not "deleted" "unnamed frames"
[ "$(requests executable whole)" = $((before + 1)) ] || fail "deleted: not asked for once"
# The same again is in libdebuginfod's cache.
ask whole --debuginfod=$url
folded_is "fetched before" "prog;hot_whole 100"
says "fetched before" "debuginfod: 1 file fetched before"
[ "$(requests executable whole)" = $((before + 1)) ] || fail "fetched before: asked again"

# By the environment's URLs, together with the option; each command that names.
forget
export DEBUGINFOD_URLS=$url
ask whole --debuginfod
folded_is "the environment's servers" "prog;hot_whole 100"
rc=0
"$FLAMEDATA" annotate --debuginfod "$work/whole.data" hot_whole >"$work/out" 2>"$work/said" || rc=$?
[ $rc = 0 ] && grep -q hot_whole "$work/out" && grep -q "ret" "$work/out" || fail "annotate: exit $rc"
"$FLAMEDATA" script --debuginfod -F ip,sym "$work/whole.data" >"$work/out" 2>"$work/said" || fail "script"
grep -q hot_whole "$work/out" || fail "script: $(cat "$work/out")"
"$FLAMEDATA" info --debuginfod "$work/whole.data" >"$work/out" 2>"$work/said" || fail "info"
grep -q "1 file fetched before" "$work/out" || fail "info: $(cat "$work/out")"
"$FLAMEDATA" report --debuginfod "$work/whole.data" >"$work/out" 2>"$work/said" || fail "report"
grep -q hot_whole "$work/out" || fail "report: $(cat "$work/out")"
# Through a pipe, which can be read but once.
cat "$work/whole.data" | "$FLAMEDATA" - --debuginfod --format folded -o "$work/folded" 2>"$work/said" || fail "pipe"
folded_is "pipe" "prog;hot_whole 100"

# The servers of the environment alone: nobody is asked, by nothing that names.
forget
: >"$work/before"
grep -c "GET" "$work/server.log" >"$work/before" || :
for command in draw annotate script info report; do
    "$FLAMEDATA" $command "$work/whole.data" >/dev/null 2>&1 </dev/null || :
    cp "$work/keep/whole.stripped" "$work/place/whole"
    "$FLAMEDATA" $command "$work/whole.data" >/dev/null 2>&1 </dev/null || :
    rm "$work/place/whole"
done
ask whole --srcline
[ "$(grep -c "GET" "$work/server.log" || :)" = "$(cat "$work/before")" ] || fail "asked without --debuginfod"
[ ! -e "$DEBUGINFOD_CACHE_PATH" ] || fail "libdebuginfod used without --debuginfod"
unset DEBUGINFOD_URLS

# Stripped: its debug file alone.
forget
cp "$work/keep/whole.stripped" "$work/place/whole"
before=$(requests executable whole)
ask whole --debuginfod=$url
folded_is "stripped" "prog;hot_whole 100"
says "stripped" "debuginfod: 1 file fetched, "
[ "$(requests executable whole)" = "$before" ] || fail "stripped: the program was fetched"

# Stripped, and nobody has its debug file.
cp "$work/keep/absent.stripped" "$work/place/absent"
ask absent --debuginfod=$url
folded_is "stripped, no debug file" "prog;[absent] 100"
says "stripped, no debug file" "debuginfod: not on the servers: .*/absent (debug file) (an answer of the last ten minutes"

# Rebuilt: the recorded build is fetched, or there is no name.
forget
cp "$work/keep/whole.anew" "$work/place/whole"
cp "$work/keep/absent.anew" "$work/place/absent"
ask whole --debuginfod=$url
folded_is "rebuilt" "prog;hot_whole 100"
ask absent --debuginfod=$url
folded_is "rebuilt, and not on the server" "prog;[absent] 100"
says "rebuilt, and not on the server" "debuginfod: not on the servers: .*/absent (an answer of the last ten minutes"
rm "$work/place/whole" "$work/place/absent"

# Complete: nobody is asked.
cp "$work/keep/absent" "$work/place/absent"
forget
before=$(grep -c GET "$work/server.log" || :)
ask absent --debuginfod=$url
folded_is "complete" "prog;hot_absent 100"
says_not "complete" debuginfod
[ "$(grep -c GET "$work/server.log" || :)" = "$before" ] || fail "complete: asked"
rm "$work/place/absent"

# The server has but a debug file: names; no code.
forget
ask half --debuginfod=$url
folded_is "a debug file alone" "prog;hot_half 100"
says "a debug file alone" "debuginfod: 1 file fetched, "
says_not "a debug file alone" "not on the servers"
# Of which it is not known where its program has its code, unless a map agrees: then there are no names.
cp "$work/half.moved" "$work/moved.data"
ask moved --debuginfod=$url
folded_is "a debug file of which the code lies elsewhere" "prog;[half] 100"
rc=0
"$FLAMEDATA" annotate --debuginfod=$url "$work/half.data" hot_half >"$work/out" 2>"$work/said" || rc=$?
[ $rc = 1 ] || fail "annotate with a debug file alone: exit $rc"

# Nobody there.
kill -9 $real
wait $real 2>/dev/null || :
forget
ask whole --debuginfod=$url
[ "$(cat "$work/folded")" = "prog;[whole] 100" ] || fail "no server: $(cat "$work/folded")"
says "no server" "debuginfod: the servers cannot be reached: .*/whole"
rc=0
"$FLAMEDATA" "$work/whole.data" --debuginfod --format folded >/dev/null 2>"$work/said" || rc=$?
[ $rc = 2 ] || fail "no URLs: exit $rc"
says "no URLs" "DEBUGINFOD_URLS"

# No library: one of that name without its functions stands for it.
mkdir "$work/lib"
"$CC" -shared -fPIC -x c /dev/null -o "$work/lib/libdebuginfod.so.1"
rc=0
LD_LIBRARY_PATH=$work/lib "$FLAMEDATA" "$work/whole.data" --debuginfod=$url --format folded -o "$work/folded" \
    2>"$work/said" || rc=$?
[ $rc = 0 ] || fail "no library: exit $rc"
says "no library" "libdebuginfod cannot be used: .*/whole (.*libdebuginfod.so.1: undefined symbol: .*); install libdebuginfod1"

if command -v python3 >/dev/null 2>&1; then
    # serve MODE [FILE]: another server, at $url, whose requests are lines in $work/requests
    serve() {
        rm -f "$work/port"
        python3 "$here/server.py" "$1" "${2:-/dev/null}" "$work/port" "$work/requests" 2>/dev/null &
        fake=$!
        servers="$servers $fake"
        waited=0
        until [ -s "$work/port" ]; do
            waited=$((waited + 1))
            [ $waited -lt 300 ] || { echo "FAILED: server.py does not start"; exit 1; }
            sleep 0.1
        done
        url=http://127.0.0.1:$(cat "$work/port")
        : >"$work/requests"
        forget
    }
    unserve() {
        kill -9 $fake 2>/dev/null || :
        wait $fake 2>/dev/null || :
    }
    # It must end, however long a busy machine takes: the server would keep it for ever. And it must name nothing.
    ends() {
        case=$1
        shift
        limit=
        ! command -v timeout >/dev/null 2>&1 || limit="timeout 300"
        rc=0
        # shellcheck disable=SC2086 # words
        $limit "$FLAMEDATA" "$work/whole.data" --format folded -o "$work/folded" --debuginfod="$url" "$@" \
            2>"$work/said" || rc=$?
        [ $rc = 0 ] || fail "$case: exit $rc"
        [ "$(cat "$work/folded")" = "prog;[whole] 100" ] || fail "$case: $(cat "$work/folded")"
    }

    serve send "$work/keep/whole.anew"
    ends "another program"
    says "another program" "debuginfod: the servers have another file in its place: .*/whole ($work/cache"
    unserve
    serve send "$here/server.py"
    ends "no ELF file"
    says "no ELF file" "the servers have another file in its place"
    unserve
    serve none
    ends "404"
    says "404" "not on the servers: .*/whole (an answer of the last ten minutes"
    unserve

    serve claim
    ends "too large" --debuginfod-size 1
    says "too large" "debuginfod: larger than what may still be fetched: .*/whole; raise --debuginfod-size"
    unserve
    serve hang
    ends "a server that hangs" --debuginfod-time 3
    says "a server that hangs" "debuginfod: the servers did not answer in time: .*/whole; raise --debuginfod-time"
    [ "$(wc -l <"$work/requests")" = 1 ] || fail "a server that hangs: asked again"
    unserve
    serve drip
    ends "a server that never ends" --debuginfod-time 3
    says "a server that never ends" "debuginfod: time was over: .*/whole; raise --debuginfod-time"
    # What was given up is not what is not there: the next run asks again.
    unserve
    cache=$DEBUGINFOD_CACHE_PATH
    serve send "$work/keep/whole"
    export DEBUGINFOD_CACHE_PATH=$cache
    ask whole --debuginfod="$url"
    folded_is "after it was given up" "prog;hot_whole 100"
    unserve
fi

[ $failed = 0 ] || exit 1
echo "ok: $caches caches"
