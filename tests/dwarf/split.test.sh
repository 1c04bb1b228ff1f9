#!/bin/sh
# split.test.sh: what the library reads of a program whose debug information was split off (.dwo files, or
# a package of them) is what it reads of the same program where it was not: inlined functions, files and
# lines, at every instruction. A file of another build does not count.
# shellcheck source=tests/dwarf/comparing.sh
. "$(dirname "$0")/comparing.sh"

c=$here/nested.c
o=$here/other.c

# ask PROGRAM OUT
ask() {
    "$FLAME_ASK_DWARF" "$1" <"$work/addresses" >"$work/$2" 2>"$work/log" || { echo "$1: $(cat "$work/log")"; failed=1; }
}

# same NAME PROGRAM: it says what the plain program says
same() {
    ask "$2" ours
    if cmp -s "$work/plain.out" "$work/ours"; then
        result="as without splitting: $(grep -c . "$work/ours") lines"
    else
        result="differs"
        failed=1
        diff "$work/plain.out" "$work/ours" | head -n 5
    fi
    printf '%-30s %s\n' "$1" "$result"
    compared=$((compared + 1))
}

# bare NAME PROGRAM: it has no inlined functions at all, where the plain one has
bare() {
    ask "$2" ours
    result="no inlined functions"
    if [ "$(grep -c '^0x' "$work/ours")" != "$(grep -cx -e - "$work/ours")" ] ||
        [ "$(wc -l <"$work/ours")" -ne $(($(grep -c '^0x' "$work/ours") * 3)) ] ||
        cmp -s "$work/plain.out" "$work/ours"; then
        result="something was read"
        failed=1
    fi
    printf '%-30s %s\n' "$1" "$result"
}

addresses() {
    objdump -d --no-show-raw-insn "$1" | awk '/^ +[0-9a-f]+:/ { sub(":", "", $1); print $1 }'
}

# packaged NAME COMMAND...: the package is there, the single files are not. Packagers crash or never end
# on what they do not know, so they have 20 seconds.
packaged() {
    label=$1
    shift
    rm -rf "$work/package"
    mkdir "$work/package"
    cp "$work/split/program" "$work/package"
    if (cd "$work/split" && timeout 20 "$@" -e program -o ../package/program.dwp || exit 1) >"$work/log" 2>&1 &&
        [ -s "$work/package/program.dwp" ]; then
        mv "$work/split" "$work/away"
        same "$label" "$work/package/program"
        mv "$work/away" "$work/split"
    else
        printf '%-30s skipped: it makes no package of this\n' "$label"
    fi
}

# compile COMPILER OPTION...: two objects and the program, in the working directory
compile() {
    "$@" -c "$c" -o c.o && "$@" -c "$o" -o o.o && "$@" c.o o.o -o program
}

# splits NAME COMPILER OPTION...
splits() {
    name=$1
    shift
    rm -rf "$work/split" "$work/plain" "$work/beside" "$work/away"
    mkdir "$work/split" "$work/plain" "$work/beside"
    if ! (cd "$work/plain" && compile "$@" && cd "$work/split" && compile "$@" -gsplit-dwarf) >"$work/log" 2>&1; then
        printf '%-30s skipped: %s\n' "$name" "$(head -n 1 "$work/log")"
        return
    fi
    addresses "$work/plain/program" >"$work/addresses"
    addresses "$work/split/program" | cmp -s - "$work/addresses" || { echo "$name: another program"; failed=1; return; }
    ask "$work/plain/program" plain.out
    same "$name" "$work/split/program"
    cp "$work/split/program" "$work"/split/*.dwo "$work/beside"
    for packager in dwp llvm-dwp; do
        command -v $packager >/dev/null 2>&1 && packaged "$name-$packager" $packager
    done
    mv "$work/split" "$work/away"
    same "$name-beside" "$work/beside/program"
    mv "$work/beside/c.dwo" "$work/beside/x.dwo"
    mv "$work/beside/o.dwo" "$work/beside/c.dwo"
    mv "$work/beside/x.dwo" "$work/beside/o.dwo"
    bare "$name-mixed-up" "$work/beside/program"
    rm "$work"/beside/*.dwo
    bare "$name-gone" "$work/beside/program"
}

for v in 4 5; do
    for compiler in gcc clang; do
        none=
        [ $compiler = gcc ] || none=-fno-split-dwarf-inlining
        splits $compiler$v $compiler -O2 -gdwarf-$v $none
        splits $compiler$v-sections $compiler -O2 -gdwarf-$v -ffunction-sections -Wl,--gc-sections $none
        splits $compiler$v-zlib $compiler -O2 -gdwarf-$v -gz $none
    done
done

# rustc packs by itself, also in DWARF 5.
for v in 4 5; do
    mkdir -p "$work/rust" "$work/rust-packed"
    if (cd "$work/rust" && rustc -O -g -C dwarf-version=$v -C split-debuginfo=off "$here/nested.rs" -o program &&
        cd ../rust-packed && rustc -O -g -C dwarf-version=$v -C split-debuginfo=packed "$here/nested.rs" -o program) >"$work/log" 2>&1; then
        addresses "$work/rust/program" | head -n 20000 >"$work/addresses"
        ask "$work/rust/program" plain.out
        same "rustc$v-packed" "$work/rust-packed/program"
    else
        printf '%-30s skipped: %s\n' "rustc$v-packed" "$(head -n 1 "$work/log")"
    fi
done
finish
