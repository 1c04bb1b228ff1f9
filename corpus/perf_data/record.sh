#!/bin/sh
# record.sh: make the files anew that perf itself recorded: good-recorded-*.data.
#
# Records the program of ../demo as it is kept there, so that its names are found with
# --buildid-dir ../demo/debug. Needs x86-64 Linux, perf (these are perf 6.1's), and either root or
# unprivileged user namespaces. Runs under another host name and from /tmp/flamedata-corpus, so that
# the files say nothing about the machine's owner. Afterwards: sh tests/corpus/own.test.sh --update.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
for tool in perf unshare; do
    command -v $tool >/dev/null || { echo "record.sh: $tool is not installed" >&2; exit 1; }
done

work=/tmp/flamedata-corpus
rm -rf $work
mkdir $work
cp "$here"/../demo/debug/.build-id/*/*/elf $work/demo
cat >$work/run.sh <<'S'
set -e
hostname demo 2>/dev/null || echo demo >/proc/sys/kernel/hostname
cd /tmp/flamedata-corpus
# User frames only: the names of a kernel could not be found on another machine.
record() {
    perf record -q -N --no-bpf-event -F 97 -g "$@" /tmp/flamedata-corpus/demo
}
record -e cpu-clock:u --buildid-mmap -z -o good-recorded-compressed.data
record -e cpu-clock:u,page-faults:u -o good-recorded-events.data
record -e '{cpu-clock:u,page-faults:u}:S' -o good-recorded-leader.data
record -e cpu-clock:u --threads -o good-recorded-folder.data
# What the program writes goes to standard error here.
record -e cpu-clock:u --buildid-mmap -o - >good-recorded-pipe.data
record -e cpu-clock:u --buildid-mmap -z -o - >good-recorded-compressed-pipe.data
S
namespace='--uts'
[ "$(id -u)" = 0 ] || namespace='--uts --map-root-user'
# shellcheck disable=SC2086 # two options
env -i PATH="$PATH" HOME=$work unshare $namespace sh $work/run.sh >/dev/null 2>$work/log ||
    { cat $work/log >&2; exit 1; }

rm -rf "$here"/good-recorded-*.data
cp -r $work/good-recorded-*.data "$here/"
chmod -R u=rwX,go=rX "$here"/good-recorded-*.data
rm -rf $work
du -b "$here"/good-recorded-*.data
