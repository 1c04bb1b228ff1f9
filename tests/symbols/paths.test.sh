#!/bin/sh
# paths.test.sh: what a recording, a program or its debug information names is opened only if it is what it should be: no
# secret is shown as source text, no pipe is waited for, and with --symfs nothing outside of it counts.
set -eu
skip() {
    echo "skipped: $*"
    exit 77
}
for tool in "$CC" readelf nm awk timeout; do
    command -v "$tool" >/dev/null 2>&1 || skip "no $tool"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work/home"
unset PERF_BUILDID_DIR DEBUGINFOD_URLS || :
mkdir -p "$work/home/.ssh" "$work/place" "$work/src" "$work/root"
failed=0
fail() {
    echo "FAILED: $*"
    failed=1
}

# make_program SOURCE: a program, at place/program, whose line table says that it was made from SOURCE; and its recording
make_program() {
    cat >"$work/src/real.c" <<END
# 1 "$1"
__attribute__((noinline)) int hot(int n) { return n * 7 + 1; }
int main(int argc, char **argv) { (void)argv; return hot(argc) * hot(argc + 1) == 42; }
END
    "$CC" -w -g -O1 -Wl,--build-id "$work/src/real.c" -o "$work/place/program"
    id=$(readelf -n "$work/place/program" | awk '/Build ID:/ { print $3 }')
    segment=$(readelf -lW "$work/place/program" | awk '$1 == "LOAD" && $7 $8 ~ /E/ { print $2, $3, $6 }')
    # shellcheck disable=SC2086 # offset, address, size
    set -- $segment
    begin=$(($1 / 4096 * 4096)) end=$((($1 + $3 + 4095) / 4096 * 4096))
    address=$(nm "$work/place/program" | awk '$3 == "hot" { print "0x" $1 }')
    "$FLAME_RECORD" "$work/perf.data" "$work/place/program" "$id" $begin $((end - begin)) $((address - $2 + $1))
}

# shown WORDS...: whether the secret is in a listing or a page
shown() {
    "$FLAMEDATA" annotate -q "$work/perf.data" hot "$@" >"$work/listing" || fail "annotate $*: exit $?"
    "$FLAMEDATA" annotate -q "$work/perf.data" hot --format html "$@" >"$work/listing.html" || fail "annotate $*: exit $?"
    grep -q hot "$work/listing" || fail "annotate $*: no listing"
    grep -q s3cret "$work/listing" "$work/listing.html"
}

for secret in "$work/home/.ssh/id_rsa" "$work/home/.ssh/key.c" "$work/home/notes.txt" "$work/home/../home/.profile" \
    "$work/home/link.c" "$work/home/visible/key.c"; do
    rm -rf "${work:?}/home"
    mkdir -p "$work/home/.ssh"
    ln -s .ssh/id_rsa "$work/home/link.c"
    ln -s .ssh "$work/home/visible"
    for file in .ssh/id_rsa .ssh/key.c notes.txt .profile; do
        echo s3cret >"$work/home/$file"
    done
    make_program "$secret"
    ! shown || fail "$secret is shown"
    ! shown --symfs / || fail "$secret is shown below /"
done

# What is called as source text is shown; with --symfs only what is there.
echo s3cret >"$work/src/public.c"
make_program "$work/src/public.c"
shown || fail 'source text is not shown'
grep -q s3cret "$work/listing.html" || fail 'source text is not shown in a page'
! shown --no-source || fail '--no-source shows text'
mkdir -p "$work/root$work/place" "$work/root$work/src"
cp "$work/place/program" "$work/root$work/place/"
! shown --symfs "$work/root" --no-sandbox || fail 'with --symfs text of this machine is shown'
ln -s "$work/src/public.c" "$work/root$work/src/public.c"
! shown --symfs "$work/root" --no-sandbox || fail 'with --symfs a link leads out of it'
rm "$work/root$work/src/public.c"
cp "$work/src/public.c" "$work/root$work/src/"
shown --symfs "$work/root" || fail 'with --symfs text in it is not shown'

# Of a pack only what everybody may read.
"$FLAMEDATA" pack -q "$work/perf.data" -o "$work/perf.fdpack"
cp "$work/perf.data" "$work/kept.data"
cp "$work/perf.fdpack" "$work/perf.data"
chmod 600 "$work/src/public.c"
! shown || fail 'for a pack, private text is shown'
shown --source-dir "$work/src" || fail 'for a pack, text of a named folder is not shown'
chmod 644 "$work/src/public.c"
shown || fail 'for a pack, public text is not shown'
cp "$work/kept.data" "$work/perf.data"

# A pipe in the place of a program, of its source, of its cache, of a part of a folder: nothing waits.
quick() {
    code=0
    timeout 20 "$FLAMEDATA" "$@" >/dev/null 2>&1 || code=$?
    [ $code -lt 2 ] || fail "$*: exit $code"
}
rm "$work/src/public.c"
mkfifo "$work/src/public.c"
quick annotate "$work/perf.data" hot
rm "$work/place/program"
mkfifo "$work/place/program"
quick report "$work/perf.data"
quick report "$work/perf.data" --trust-paths
mkdir -p "$work/cache/.build-id/$(echo "$id" | cut -c1-2)/$(echo "$id" | cut -c3-)"
mkfifo "$work/cache/.build-id/$(echo "$id" | cut -c1-2)/$(echo "$id" | cut -c3-)/elf"
quick report "$work/perf.data" --buildid-dir "$work/cache"
mkdir "$work/folder" "$work/pipes" "$work/endless"
cp "$work/perf.data" "$work/folder/data"
ln -s /dev/zero "$work/folder/data.0"
mkfifo "$work/folder/data.1"
ln -s "$work/folder/data.1" "$work/folder/data.2"
: >"$work/folder/data.3"
quick report "$work/folder"
mkfifo "$work/pipes/data"
quick report "$work/pipes"
ln -s /dev/zero "$work/endless/data"
quick report "$work/endless"
exit $failed
