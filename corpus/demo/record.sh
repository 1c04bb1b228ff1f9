#!/bin/sh
# record.sh: build demo.c and record it anew: demo.data, demo-z.data (compressed) and the program,
# where perf's build-id cache would have it (debug/.build-id/).
#
# Needs x86-64 Linux, gcc, perf, readelf, and either root or unprivileged user namespaces. Runs under
# another host name and from /tmp/demo, so that the files say nothing about the machine's owner.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
for tool in gcc perf readelf unshare; do
    command -v $tool >/dev/null || { echo "record.sh: $tool is not installed" >&2; exit 1; }
done
[ "$(uname -m)" = x86_64 ] || { echo "record.sh: the demo is an x86-64 program" >&2; exit 1; }

rm -rf /tmp/demo
mkdir /tmp/demo
# No debug information, but symbols; frame pointers everywhere; a build-id.
gcc -std=c17 -O1 -ffreestanding -fno-builtin -fno-tree-loop-distribute-patterns \
    -fno-omit-frame-pointer -fno-optimize-sibling-calls -fno-stack-protector -fcf-protection=none \
    -fno-asynchronous-unwind-tables -fno-pie -no-pie -static -nostdlib \
    -Wl,--build-id=sha1 -Wl,-z,noseparate-code "-ffile-prefix-map=$here=." \
    "$here/demo.c" "$here/runtime.c" -o /tmp/demo/demo

# User frames only: the names of a kernel could not be found on another machine.
namespace='--uts'
[ "$(id -u)" = 0 ] || namespace='--uts --map-root-user'
cat >/tmp/demo/run.sh <<'S'
hostname demo 2>/dev/null || echo demo >/proc/sys/kernel/hostname
cd /tmp/demo
perf record -q -N --no-bpf-event -e cpu-clock:u -F 999 -g -o demo.data /tmp/demo/demo
perf record -q -N --no-bpf-event -e cpu-clock:u -F 199 -g -z --buildid-mmap -o demo-z.data /tmp/demo/demo
S
env -i PATH="$PATH" HOME=/tmp/demo unshare $namespace sh /tmp/demo/run.sh >/dev/null

id=$(readelf -n /tmp/demo/demo | awk '/Build ID/ {print $3}')
rm -rf "$here/debug"
elf=$here/debug/.build-id/$(echo "$id" | cut -c1-2)/$(echo "$id" | cut -c3-)
mkdir -p "$elf"
cp /tmp/demo/demo "$elf/elf"
cp /tmp/demo/demo.data /tmp/demo/demo-z.data "$here/"
chmod 644 "$here/demo.data" "$here/demo-z.data"
rm -rf /tmp/demo
ls -l "$here"/*.data "$elf/elf"

# The control: the same by perf and inferno, where they are installed.
command -v inferno-collapse-perf >/dev/null || { echo "inferno is not installed: demo*.folded are not made anew"; exit 0; }
for name in demo demo-z; do
    perf --buildid-dir "$here/debug" script --no-inline -i "$here/$name.data" 2>/dev/null |
        inferno-collapse-perf | LC_ALL=C sort >"$here/$name.folded"
done
