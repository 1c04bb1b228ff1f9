#!/bin/sh
# record.sh: have node write perf-PID.map and jit-PID.dump, and keep a part of each.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo 'function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); } console.log(fib(27));' >"$work/fib.js"
(cd "$work" && exec node --perf-basic-prof fib.js) >"$work/out" &
map=/tmp/perf-$!.map
wait $!
awk 'NR <= 10 || (!/Builtin|BytecodeHandler/ && ++kept <= 20)' "$map" | sed "s,$work,/home/user,g" >good-recorded.map
rm "$map"
(cd "$work" && node --perf-prof fib.js) >/dev/null
head -c 6000 "$work"/jit-*.dump >../jitdump/good-recorded-cut.dump
