#!/bin/sh
# dwarf.test.sh: record small programs with dumps of the stack, here and now; flamedata's folded stacks
# against those of perf, which unwinds the same dumps with libunwind.
#
# Skipped where perf is not installed, cannot record, or unwinds with another library. Programs that
# this machine cannot build are left out, and named.
#
# What perf does otherwise than flamedata (docs/differences.md, Unwinding) is evened out, each by name:
#   zeros     memory beyond the dump reads as zero: that shows as an address of 0 - 1 without a name
#   invented  without call-frame information any word that RBP points to is a caller, in the stack even
#   restorer  the place that a signal handler returns to is looked up one byte early, and has no name
#   inner     perf stopped early: its stack is the inner end of ours. Only where a case says so, and how much
set -eu
# shellcheck source=tests/perf/recording.sh
. "$(dirname "$0")/recording.sh"
"$perf" version --build-options 2>/dev/null | grep -q 'libunwind: \[ on' ||
    skip "this perf does not unwind with libunwind"

# Dumps fill the default buffer too fast; a larger one is a matter of privilege.
buffer=
! "$perf" record -q -N -e $event -m 1024 -o "$work/try.data" -- true >"$work/log" 2>&1 || buffer='-m 1024'

collapse() {
    if command -v inferno-collapse-perf >/dev/null 2>&1; then
        inferno-collapse-perf 2>/dev/null
    else
        awk -f "$here/collapse.awk"
    fi
}

zeros() {
    sed '/^[[:space:]]*ffffffffffffffff \[unknown\] (\[unknown\])$/d'
}
invented() {
    sed 's/;\[\[stack\]\];/;/'
}
restorer() {
    sed 's/;\[[^];[]*\];handler/;__restore_rt;handler/g'
}
# PLT entries of indirect functions, as in live.test.sh.
undisputed() {
    sed 's/;[^;]*@plt/;@plt/g'
}

failed=0

# build NAME SOURCE OPTION...: the program $work/NAME
build() {
    out=$work/$1 source=$here/$2
    shift 2
    "$CC" "$source" -o "$out" "$@" >"$work/log" 2>&1 || { echo "left out: $out cannot be built here"; return 1; }
}

# record NAME SIZE [OPTION...] -- COMMAND...; $fixed: nothing, or a command that keeps programs in place
fixed=
record() {
    name=$1 size=$2
    shift 2
    # shellcheck disable=SC2086 # $fixed and $buffer are words, or none
    $fixed "$perf" --buildid-dir "$work/empty" record -q -N -e $event -F 1999 $buffer --call-graph "dwarf,$size" \
        -o "$work/$name.data" "$@" >"$work/log" 2>&1 ||
        { echo "$name: cannot be recorded"; cat "$work/log"; failed=1; }
}

# ours NAME [OPTION...], theirs NAME [OPTION...]: folded, into $work/ours and $work/theirs
ours() {
    name=$1
    shift
    "$FLAMEDATA" -q --buildid-dir "$work/empty" --format folded -o - "$@" "$work/$name.data" >"$work/raw" ||
        { echo "$name: flamedata failed with $?"; failed=1; }
    ! grep -F ';[[stack]];' "$work/raw" | head -n 1 | grep . || { echo "$name: the stack is no code"; failed=1; }
    undisputed <"$work/raw" >"$work/ours"
}
theirs() {
    name=$1
    shift
    "$perf" --buildid-dir "$work/empty" script -i "$work/$name.data" "$@" 2>/dev/null | zeros | collapse |
        invented | restorer | undisputed >"$work/theirs"
    [ -s "$work/theirs" ] || { echo "$name: perf printed no stacks"; failed=1; }
}

# same NAME [INNER [LEAST]]
same() {
    result=$(awk -v "inner=${2:-0}" -v "least=${3:-0}" -f "$here/compare.awk" "$work/ours" "$work/theirs") || failed=1
    printf '%-11s %s\n' "$1" "$result"
}

# has NAME FUNCTION...: stacks from the root through these, in this order: the case is what it says it is
has() {
    name=$1 pattern=
    shift
    for function in "$@"; do
        pattern="$pattern;\\(.*;\\)*${function}[^; ]*"
    done
    grep -q "^[^;]*${pattern}[; ]" "$work/ours" || { echo "$name: no stack has $*"; failed=1; }
}

# compare NAME [INNER [LEAST]]: without inlined frames
compare() {
    ours "$1" --no-inline
    theirs "$1" --no-inline
    same "$@"
}

# live NAME SIZE [OPTION...] -- COMMAND...
live() {
    record "$@"
    compare "$1"
}

echo "$("$perf" --version), event $event"
build plugin.so load.c -O2 -shared -fPIC -DPLUGIN
build load load.c -O2 -pthread -ldl
live threads 8192 -- "$work/load" threads
has threads start_thread work sort_some compare
# perf takes an object to be where it was before exec, if that was lower: so it has to be the same place.
if setarch -R true 2>"$work/log"; then
    fixed='setarch -R'
    record forks 8192 -- "$work/load" forks
    fixed=
    # In a new thread nothing may have been copied yet: perf then prints the instruction in the line of the
    # event, where nobody who collapses stacks looks for it.
    compare forks 0 0.99
    has forks _start main spin
    has forks start_thread work sort_some compare
fi
live plugin 8192 -- "$work/load" plugin "$work/plugin.so"
has plugin _start main plugin_run descend

build unwind unwind.c -O2 -ldl
live O2 32768 -- "$work/unwind" frames
has O2 _start main frames saves_registers variadic large_frame variable_frame spin
has O2 _start main frames compare spin
# A recording that was cut says nothing of the architecture: the files that ran do. Its stacks are among those
# of the whole, which is read as far.
if can --buildid-mmap; then
    record whole 32768 --buildid-mmap -- "$work/unwind" frames
    size=$(wc -c <"$work/whole.data")
    head -c $((size / 2)) "$work/whole.data" >"$work/cut.data"
    ours cut --no-inline
    mv "$work/ours" "$work/cut"
    ours whole --no-inline
    mv "$work/ours" "$work/theirs"
    awk 'NR == FNR { $NF = ""; whole[$0]; next } { all++; $NF = ""; same += $0 in whole } END {
        printf "%-11s %d of %d stacks are those of the whole\n", "cut", same, all
        exit all == 0 || same < all }' "$work/theirs" "$work/cut" || failed=1
    cp "$work/cut" "$work/ours"
    has cut _start main frames saves_registers variadic large_frame variable_frame spin
    "$FLAMEDATA" --buildid-dir "$work/empty" --format folded -o /dev/null "$work/cut.data" 2>&1 |
        grep -q '^registers taken for those of .*: the recording does not say its architecture$' ||
        { echo "cut: nothing says where the architecture is from"; failed=1; }
fi
# The last word of a dump is not read by perf.
record tiny 512 -- "$work/unwind" frames
compare tiny 0.05
live large 65528 -- "$work/unwind" frames
has large _start main frames saves_registers variadic large_frame variable_frame spin
# Of deep stacks perf prints 127 frames, unless told otherwise.
record deep 65528 -- "$work/unwind" deep
ours deep --no-inline
theirs deep --no-inline --max-stack 1024
same deep
has deep _start main deep spin
live signals 16384 -- "$work/unwind" signals
has signals _start main signals raise __restore_rt handler spin
has signals _start main signals spin __restore_rt handler spin
live altstack 16384 -- "$work/unwind" altstack
has altstack spin __restore_rt handler spin
cp "$work/plugin.so" "$work/gone.so"
live gone 8192 -- "$work/unwind" gone "$work/gone.so"
if can --compression-level; then
    live zstd 16384 -z -- "$work/unwind" frames
fi
# shellcheck disable=SC2086 # $buffer is two words, or none
"$perf" record -q -N -e $event -F 1999 $buffer --call-graph dwarf,16384 -o - -- "$work/unwind" inlined \
    >"$work/pipe.data" 2>"$work/log"
compare pipe

# How the program was linked, and where its tables are.
for how in -O3 -no-pie -static-pie "-static -Wl,--eh-frame-hdr"; do
    # shellcheck disable=SC2086 # options
    build linked unwind.c -O2 $how || continue
    name=$(echo "${how#-}" | sed 's/ .*//')
    record "$name" 32768 -- "$work/linked" frames
    ours "$name" --no-inline
    theirs "$name" --no-inline
    # PLT entries of a static program have no call-frame information: perf stops there, or skips the caller.
    sed -i '/;_init [0-9]*$/d' "$work/ours" "$work/theirs"
    same "$name"
    has "$name" _start main frames saves_registers variadic large_frame variable_frame spin
done

# Where libunwind finds no tables, or does not read them, there is no control: ours have to be whole.
# whole NAME -- COMMAND...
whole() {
    record "$1" 32768 -- "$2" frames
    ours "$1" --no-inline
    has "$1" _start main frames saves_registers variadic large_frame variable_frame spin
    awk -v name="$1" '{ all += $NF } /^[^;]*;(_start|entry_SYSCALL_64)/ { whole += $NF } END {
        printf "%-11s %.6f whole\n", name, all ? whole / all : 0
        exit whole < 0.99 * all }' "$work/ours" || failed=1
}
tables='-fno-asynchronous-unwind-tables -fno-unwind-tables'
# Static programs may lack the index.
! build noindex unwind.c -O2 -static || whole noindex "$work/noindex"
# .debug_frame alone: as it is, compressed, in a file beside the program, in minidebuginfo
# shellcheck disable=SC2086 # options
! build notables unwind.c -O2 -g $tables -ldl || whole debugframe "$work/notables"
# shellcheck disable=SC2086 # options
! build gz unwind.c -O2 -g -gz $tables -ldl || whole gz "$work/gz"
if command -v objcopy >/dev/null 2>&1 && command -v xz >/dev/null 2>&1; then
    cp "$work/notables" "$work/full"
    objcopy --only-keep-debug "$work/notables" "$work/notables.debug"
    objcopy --strip-all --add-gnu-debuglink="$work/notables.debug" "$work/notables"
    whole debuglink "$work/notables"

    cp "$work/full" "$work/notables"
    objcopy --strip-all "$work/notables"
    objcopy --remove-section '.debug_[a-eg-z]*' "$work/full" "$work/mini"
    xz -k "$work/mini"
    objcopy --add-section .gnu_debugdata="$work/mini.xz" "$work/notables"
    rm -f "$work/notables.debug"
    whole minidebug "$work/notables"
fi

# Code without call-frame information that calls back.
record bare 16384 -- "$work/unwind" bare
compare bare 1
has bare _start main bare bare_with_pointer called_back spin
has bare bare_without called_back spin
record jit 16384 -- "$work/unwind" jit
compare jit 1
has jit _start main jit '\[perf-[0-9]*.map\]' called_back spin

# The vDSO, which perf reads from its cache.
"$perf" --buildid-dir "$work/cache" record -q -e $event -F 1999 --call-graph dwarf,8192 -o "$work/vdso.data" \
    -- "$work/unwind" vdso >"$work/log" 2>&1
cp -r "$work/cache/." "$work/empty"
compare vdso

# Inlined frames, which perf asks addr2line for. Outside of main it may know libc's, by other names.
if command -v addr2line >/dev/null 2>&1; then
    for how in -g "-g -gz" "-gdwarf-4" "-g -O3"; do
        # shellcheck disable=SC2086 # options
        build inlined unwind.c -O2 $how -ldl || continue
        record inlined 8192 -- "$work/inlined" inlined
        ours inlined
        theirs inlined
        for side in ours theirs; do
            sed -n 's/;_start;.*;main;/;main;/p' "$work/$side" >"$work/$side.main"
            mv "$work/$side.main" "$work/$side"
        done
        same "inlined $how"
        has inlined main inlined outer recursion many twice step
    done
fi
exit $failed
