#!/bin/sh
# make.sh: make the files of this folder anew, with flamedata, cmake, GNU tar and zstd.
#
#     sh corpus/pack/make.sh FLAMEDATA [FOLDER]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
flamedata=$(readlink -f "$1")
out=$(readlink -f "${2:-$here}")
perf_data=$here/../perf_data
export SOURCE_DATE_EPOCH=1700000000
# A path that says nothing: packs tell where a file was found.
work=/tmp/flamedata-corpus
rm -rf $work
trap 'rm -rf $work' EXIT
mkdir -p $work/nothing
cp -r "$here/../demo/debug" $work/debug
find $work/debug -type f -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
when="--mtime=@$SOURCE_DATE_EPOCH --owner=0 --group=0 --numeric-owner --sort=name"

# pack NAME RECORDING: away from its folder, so that nothing of this machine is found
pack() {
    cp "$2" "$work/perf.data"
    touch -d "@$SOURCE_DATE_EPOCH" "$work/perf.data"
    (cd "$work" && "$flamedata" pack -q perf.data --buildid-dir "$work/debug" --symfs "$work/nothing" -o "$out/$1")
}
pack good-small.fdpack "$perf_data/good-v1-le.data"
pack good-demo.fdpack "$here/../demo/demo-z.data"
zstd -q -d -f "$out/good-small.fdpack" -o "$out/good-small.tar"

# What perf archive makes: perf's cache of files by their build-ids, and what else there is in tars.
cd "$work"
mkdir -p tree/.build-id/aa tree/files
printf 'the bytes of a file\n' >tree/files/elf
ln tree/files/elf tree/files/hard
ln -s ../../files/elf tree/.build-id/aa/bb
ln -s ../../outside tree/.build-id/aa/up
ln -s /files/elf tree/absolute
ln -s round tree/around
ln -s around tree/round
truncate -s 3M tree/files/hole
printf x >>tree/files/hole
name=$(printf 'long%096d' 0)
printf 'a\n' >"tree/files/$name$name"
tar -c $when --format=gnu --sparse -f links-gnu.tar -C tree .
tar -c $when --format=pax --pax-option=delete=atime,delete=ctime --sparse -f links-pax.tar -C tree .
gzip -n -c links-gnu.tar >"$out/good-links.tar.gz"
zstd -q -f -19 links-pax.tar -o "$out/good-links.tar.zst"
rm -rf tree/files/hole tree/files/long*
cp links-gnu.tar tree/perf.symbols.tar.x
tar -c $when --format=ustar -f - -C tree perf.symbols.tar.x files | gzip -n >"$out/good-nested.tar.gz"
rm tree/perf.symbols.tar.x
(cd tree && cmake -E tar cf "$out/good-zip.zip" --format=zip --mtime="2023-11-14 00:00:00" files)

# Names that lead out of the archive.
printf 'out\n' >out
tar -c $when --format=ustar --transform='s,^,../../,' -P -f - out 2>/dev/null | gzip -n >"$out/bad-names-upward.tar.gz"

# Inputs of fuzz/pack: its first byte, and what it stands for there.
tar -x -O -f "$out/good-small.tar" manifest | head -n -1 >manifest
{ printf '\003'; cat "$out/good-small.tar"; } >tar
{ printf '\001'; cat links-pax.tar; } >links
{ printf '\004'; cat manifest; } >"$out/fuzz-manifest"
{ printf '\004'; grep -v ^made manifest; } >"$out/bad-manifest-unmade"
zstd -q -d -c "$out/good-demo.fdpack" | tar -x -O -f - manifest | head -n -1 >manifest
{ printf '\004'; cat manifest; } >"$out/fuzz-manifest-demo"
head -c 12288 tar >"$out/fuzz-tar"
head -c 12288 links >"$out/fuzz-tar-zstd"
printf '\005\000\003a/b\001\003a/c\001b\001\001r\001r\002\001h\003a/b\003\003a/c\003\001r\003\005./a//' >"$out/fuzz-names"
printf '\006\000\000\000\020\000xx\000\000\040\000\020\000yz\006\000\001\000\002\000q\007\000\000\000\377\377ww\006' >"$out/fuzz-spool"
