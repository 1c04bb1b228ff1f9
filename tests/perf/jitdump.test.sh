#!/bin/sh
# jitdump.test.sh: record JIT code here and now; flamedata's stacks of the recording as it is, against
# those of `perf script` after `perf inject --jit`, and against its own of that. With node, too, if it is
# installed. Skipped where perf is not installed or the system does not let it record.
set -eu
# shellcheck source=tests/perf/recording.sh
. "$(dirname "$0")/recording.sh"
"$CC" -O1 -fno-omit-frame-pointer "$here/jit.c" -o "$work/jit"
"$work/jit" "$work" || { [ $? -eq 77 ] && skip "jit.c does not know this machine's code"; exit 1; }
can '--clockid' || skip "perf record has no -k"
"$perf" inject -h 2>&1 | grep -q -e '--jit' || skip "perf inject has no --jit"

collapse() {
    if command -v inferno-collapse-perf >/dev/null 2>&1; then
        inferno-collapse-perf 2>/dev/null
    else
        awk -f "$here/collapse.awk"
    fi
}

# Marks, what inferno cuts off behind "(", and the names of PLT entries and in the vDSO
# (docs/differences.md).
even() {
    awk '{
        weight = $NF
        sub(/ [0-9.]+$/, "")
        gsub(/_\[[kj]\]/, "")
        gsub(/\([^;]*/, "")
        gsub(/;[^;]*@plt/, ";@plt")
        gsub(/;__vdso_[^;]*/, ";[[vdso]]")
        print $0, weight
    }'
}

fold() {
    "$FLAMEDATA" -q --no-inline --all --buildid-dir "$work/empty" --format folded -o - "$@"
}

failed=0
least=0.9999
# live NAME COMMAND...; it writes its dump into the folder $work/NAME
live() {
    name=$1
    shift
    "$perf" --buildid-dir "$work/empty" record -q -N -k mono -e $event -F 999 -g -o "$work/$name.data" -- "$@" \
        >"$work/log" 2>&1 || { echo "$name: cannot be recorded"; cat "$work/log"; failed=1; return; }
    fold "$work/$name.data" >"$work/ours.marked"
    "$perf" --buildid-dir "$work/empty" inject --jit -i "$work/$name.data" -o "$work/$name.injected" >"$work/log" 2>&1
    ls "$work/$name"/jitted-*.so >"$work/log" 2>&1 || { echo "$name: perf injected nothing"; failed=1; return; }
    fold "$work/$name.injected" >"$work/injected.marked"
    "$perf" --buildid-dir "$work/empty" script --no-inline -i "$work/$name.injected" 2>/dev/null | collapse >"$work/theirs"
    rm -f "$work/$name"/jitted-*.so
    for ours in ours injected; do
        even <"$work/$ours.marked" >"$work/$ours"
        even <"$work/theirs" >"$work/even"
        result=$(awk -v least=$least -f "$here/compare.awk" "$work/$ours" "$work/even") || failed=1
        printf '%-5s %-9s %s\n' "$name" "$ours" "$result"
    done
    cmp "$work/ours.marked" "$work/injected.marked" || failed=1
}

echo "$("$perf" --version), event $event"
mkdir "$work/made" "$work/node"
live made "$work/jit" "$work/made"
# Names in time: each is there, none is perf's unnamed memory.
for name in first 'second one' app::work java.lang.String.indexOf 'Main<init>' 'JS:\*run file:///app/a.js:1:1'; do
    grep -q ";${name}[^;]*_\[j\] [0-9]*\$" "$work/ours.marked" || { echo "made: no $name"; failed=1; }
done
if grep -q 'perf-[0-9]*\.map' "$work/ours.marked"; then
    echo "made: code without a name"
    failed=1
fi

if command -v node >/dev/null 2>&1; then
    cat >"$work/node/script.js" <<'JS'
function mix(a, b) { let x = a | 0; for (let i = 0; i < 64; i++) x = (x * 31 + b + i) | 0; return x; }
function fold(list) { let s = 0; for (const v of list) s = mix(s, v); return s; }
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
let total = 0;
for (const until = Date.now() + 1200; Date.now() < until;) {
    const list = [];
    for (let i = 0; i < 3000; i++) list.push((i * 7919) % 3000);
    list.sort((a, b) => a - b);
    total = (total + fold(list) + fib(18)) | 0;
}
JS
    cd "$work/node"
    # Functions of node's own overlap (a virtual thunk and what it leads to): there perf's choice follows from
    # the shape of its tree.
    least=0.99
    live node node --perf-prof script.js
    grep -q 'JS:.fib .*_\[j\]' "$work/ours.marked" || { echo "node: no fib"; failed=1; }
else
    echo "node is not installed"
fi
exit $failed
