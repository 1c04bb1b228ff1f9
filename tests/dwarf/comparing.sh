# comparing.sh: sourced by the tests that compare what is read from debug information with addr2line's
# reading of it, and llvm-addr2line's where it is installed. Skips the test (77) where that is not
# possible; then gives
#   work     a scratch folder that goes with the test
#   llvm     a command, or empty
#   check    NAME PROGRAM: compare, at 20000 of its instructions at most
#   built    NAME COMPILER OPTION...: compile and compare; skipped if the compiler cannot
#   built_llvm  the same for what addr2line 2.40 does not read: skipped without llvm-addr2line
#   finish   exit: 0, 1 if anything differed, 77 if nothing was compared
# The script may set compare, the awk program that does it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
skip() {
    echo "skipped: $*"
    exit 77
}

for tool in addr2line objdump; do
    command -v $tool >/dev/null 2>&1 || skip "$tool is not installed"
done
llvm=$(command -v llvm-addr2line || true)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
compare=$here/inline.awk
failed=0 compared=0

# check NAME PROGRAM
check() {
    objdump -d --no-show-raw-insn "$2" |
        awk '/^[0-9a-f]+ </ { symbol = substr($2, 2, length($2) - 3) } /^ +[0-9a-f]+:/ { sub(":", "", $1); print $1, symbol }' >"$work/all"
    awk -v step=$(($(wc -l <"$work/all") / 20000 + 1)) 'NR % step == 0' "$work/all" >"$work/symbols"
    cut -d' ' -f1 "$work/symbols" >"$work/addresses"
    addr2line -a -f -i -e "$2" <"$work/addresses" >"$work/theirs" 2>/dev/null
    : >"$work/llvms"
    [ -z "$llvm" ] || sed 's/^/0x/' "$work/addresses" | "$llvm" -a -f -i -e "$2" >"$work/llvms" 2>/dev/null
    status=0
    "$FLAME_ASK_DWARF" "$2" <"$work/addresses" >"$work/ours" || status=$?
    [ $status -eq 0 ] || { echo "$1: cannot be read: $status"; failed=1; return; }
    result=$(awk -f "$compare" "$work/symbols" "$work/theirs" "$work/llvms" "$work/ours") || failed=1
    printf '%-20s %s\n' "$1" "$result"
    compared=$((compared + 1))
}

# built NAME COMPILER OPTION...; compilers leave split files in the working directory
built() {
    name=$1
    shift
    if (cd "$work" && "$@" -o "$work/$name") >"$work/log" 2>&1; then
        check "$name" "$work/$name"
    else
        printf '%-20s skipped: %s\n' "$name" "$(head -n 1 "$work/log")"
    fi
}

# built_llvm NAME COMPILER OPTION...
built_llvm() {
    if [ -n "$llvm" ]; then
        built "$@"
    else
        printf '%-20s skipped: llvm-addr2line is not installed\n' "$1"
    fi
}

finish() {
    [ $compared -gt 0 ] || skip "nothing could be compiled"
    exit $failed
}
