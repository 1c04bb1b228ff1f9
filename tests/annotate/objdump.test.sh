#!/bin/sh
# objdump.test.sh: every instruction of this machine's libc as the library spells it, against
# `objdump -d`: where instructions begin, their mnemonics, their whole text, in AT&T's syntax and in
# Intel's. They are equal for objdump 2.40 and glibc 2.36. Other versions of objdump write a little
# differently, and begin anew at symbols behind data in the code; other libcs have other
# instructions: less is asked of them.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
skip() {
    echo "skipped: $*"
    exit 77
}
command -v objdump >/dev/null 2>&1 || skip "objdump is not installed"
[ "$(uname -m)" = x86_64 ] || skip "not x86-64"
libc=
for place in /lib/x86_64-linux-gnu/libc.so.6 /usr/lib64/libc.so.6 /lib64/libc.so.6 /usr/lib/libc.so.6; do
    [ -f "$place" ] && { libc=$place; break; }
done
[ -n "$libc" ] || skip "no libc was found"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# least NAME WHAT HAVE OF PERMILLE: at least so many of a thousand
least() {
    [ "$4" -gt 0 ] && [ $(($3 * 1000)) -ge $(($4 * $5)) ] && return
    echo "$1: $2: $3 of $4 is less than $5 of 1000"
    failed=1
}

# compared NAME: theirs and ours; FLAME_SHOW=N shows the N most frequent differences. Sets all, begin,
# mnemonic, text, ours
compared() {
    result=$(awk -v show="${FLAME_SHOW:-0}" -f "$here/compare.awk" "$work/theirs" "$work/ours")
    echo "$1: $result"
    # shellcheck disable=SC2046 # words
    set -- $(echo "$result" | head -n 1)
    all=$2 begin=$4 mnemonic=$6 text=$8 ours=${10}
}

begins=995 mnemonics=985 texts=970
case $(objdump --version | head -n 1) in
*' 2.40' | *' 2.40.'*)
    if grep -a -q 'GNU C Library .* release version 2\.36\.' "$libc"; then
        begins=1000 mnemonics=1000 texts=1000
    fi
    ;;
esac
echo "least per mille: begin $begins, mnemonic $mnemonics, text $texts"
for syntax in att intel; do
    option=
    [ $syntax = att ] || option=-i
    objdump -d -j .text --no-show-raw-insn -M $syntax "$libc" >"$work/theirs"
    # shellcheck disable=SC2086
    "$FLAME_ASK_DISASM" $option "$libc" >"$work/ours"
    compared $syntax
    least $syntax "begin where objdump's do" "$begin" "$all" $begins
    least $syntax "are objdump's, too" "$all" "$ours" $begins
    least $syntax "have its mnemonic" "$mnemonic" "$all" $mnemonics
    least $syntax "have its text" "$text" "$all" $texts
done

# The functions that programs spend their time in, in all versions for all processors: the members of
# libc.a, where it is installed, section by section.
hot='malloc.o msort.o qsort.o memmove-*.o memset-*.o memcmp-*.o memcmpeq-*.o memchr-*.o strlen-*.o
    strcmp-*.o strchr-*.o strcpy-*.o strnlen-*.o'
archive=$(${CC:-cc} -print-file-name=libc.a 2>/dev/null || true)
if [ -f "$archive" ] && command -v ar >/dev/null 2>&1; then
    mkdir "$work/hot"
    (cd "$work/hot" && ar x "$archive")
    : >"$work/theirs"
    : >"$work/ours"
    number=0
    for member in $hot; do
        for file in "$work/hot/"$member; do
            [ -f "$file" ] || continue
            for section in $(objdump -h "$file" | awk '$2 ~ /^\.text/ && $3 !~ /^0*$/ { print $2 }' | sort -u); do
                number=$((number + 1)) # sections all begin at 0: make their addresses differ
                objdump -d -j "$section" --no-show-raw-insn "$file" |
                    sed "s/^ *\([0-9a-f]*:\)/$number\1/" >>"$work/theirs"
                "$FLAME_ASK_DISASM" "$file" "$section" | sed "s/^/$number/" >>"$work/ours"
            done
        done
    done
    compared 'hot functions'
    least 'hot functions' "begin where objdump's do" "$begin" "$all" $begins
    least 'hot functions' "have its mnemonic" "$mnemonic" "$all" $mnemonics
    least 'hot functions' "have its text" "$text" "$all" $texts
else
    echo "libc.a is not installed: hot functions were not looked at on their own"
fi
exit $failed
