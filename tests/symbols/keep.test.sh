#!/bin/sh
# keep.test.sh: reduced copies of a program's files, in which only some functions' bytes are left, tell the
# same about these functions as the files did: symbols, instructions with the names of what they refer to,
# inlined functions, lines, rules for unwinding. And other functions' code is gone. For programs of all
# kinds that can be compiled here, and for those of other architectures that are kept in the corpus.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
sources=$(dirname "$here")/dwarf
skip() {
    echo "skipped: $*"
    exit 77
}
command -v objcopy >/dev/null 2>&1 || skip "objcopy is not installed"
command -v strip >/dev/null 2>&1 || skip "strip is not installed"
work=$(cd "$(mktemp -d)" && pwd -P)
# Originals that are out of the way while copies are in their places, also when the test is broken off.
restore() {
    [ ! -s "$work/moved" ] || while read -r file; do
        [ ! -e "/$file.original" ] || mv "/$file.original" "/$file"
    done <"$work/moved"
    : >"$work/moved"
}
: >"$work/moved"
trap 'restore; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
failed=0 compared=0

# check NAME PROGRAM [CHOICE...]: a choice is a function, or %3 for every third one
check() {
    name=$1 program=$2
    shift 2
    [ $# -gt 0 ] || set -- main %3
    for choice; do
        rm -rf "$work/copies"
        if ! "$FLAME_KEEP_TOOL" reduce "$program" "$work/copies" "$work/ranges" "$choice" >"$work/sizes" 2>"$work/log" ||
            ! "$FLAME_KEEP_TOOL" tell "$program" "$work/ranges" >"$work/before" 2>"$work/log"; then
            echo "$name $choice: $(cat "$work/log")"
            failed=1
            continue
        fi
        (cd "$work/copies" && find . -type f) >"$work/files"
        # Copies are at the paths of their files: none but the test's own are ever moved.
        if grep -v "^[.]$work/" "$work/files" || grep '/[.][.]/' "$work/files"; then
            echo "$name $choice: kept from files that are not the test's"
            failed=1
            continue
        fi
        cp "$work/files" "$work/moved"
        while read -r file; do
            mv "/$file" "/$file.original"
            mv "$work/copies/$file" "/$file"
        done <"$work/files"
        status=0
        "$FLAME_KEEP_TOOL" tell "$program" "$work/ranges" >"$work/after" 2>"$work/log" || status=$?
        "$FLAME_KEEP_TOOL" holes "$program" "$work/ranges" >"$work/holes" 2>>"$work/log" || status=$?
        restore
        result="$(grep -c . "$work/before") lines the same, $(wc -l <"$work/files") files, $(awk '{ all += $1; kept += $2 } END { print int(100 * kept / all) "% kept" }' "$work/sizes")"
        if ! cmp -s "$work/before" "$work/after" || [ $status -ne 0 ]; then
            failed=1
            result="FAILED $(cat "$work/log" "$work/holes")"
            diff "$work/before" "$work/after" | head -n 5
        fi
        compared=$((compared + 1))
        printf '%-26s %-5s %s\n' "$name" "$choice" "$result"
    done
}

# built NAME COMMAND...: makes program in a folder of its own; what it cannot make is skipped
built() {
    name=$1
    shift
    rm -rf "${work:?}/$name"
    mkdir "$work/$name"
    if (cd "$work/$name" && "$@") >"$work/log" 2>&1; then
        check "$name" "$work/$name/program"
    else
        printf '%-26s skipped: %s\n' "$name" "$(head -n 1 "$work/log")"
    fi
}

c() {
    "$@" -c "$sources/nested.c" -o c.o && "$@" -c "$sources/other.c" -o o.o && "$@" c.o o.o -o program
}

stripped() {
    "$@" && objcopy --only-keep-debug program program.debug && strip -g program &&
        objcopy --add-gnu-debuglink=program.debug program && strip program
}

# Its symbols packed in .gnu_debugdata, all else gone.
mini() {
    c "$CC" -O2 -g -Wl,--build-id && strip -g program -o symbols && objcopy -S -j .symtab symbols mini 2>/dev/null
    nm -g symbols >/dev/null && objcopy --only-keep-debug symbols mini && xz -f mini &&
        strip program && objcopy --add-section .gnu_debugdata=mini.xz program
}

shared_by_dwz() {
    c "$CC" -O2 -gdwarf-4 -Wl,--build-id && cp program twin && dwz -m common program twin && rm twin
}

packaged() {
    c "$CC" -O2 -gdwarf-"$1" -gsplit-dwarf && timeout 20 dwp -e program -o program.dwp && [ -s program.dwp ] &&
        rm ./*.dwo
}

for compiler in gcc clang; do
    command -v $compiler >/dev/null 2>&1 || continue
    for v in 4 5; do
        built $compiler$v c $compiler -O2 -gdwarf-$v
        built $compiler$v-sections c $compiler -O2 -gdwarf-$v -ffunction-sections -Wl,--gc-sections
        built $compiler$v-split c $compiler -O2 -gdwarf-$v -gsplit-dwarf
        built $compiler$v-split-zlib c $compiler -O2 -gdwarf-$v -gsplit-dwarf -gz
        built $compiler$v-zlib c $compiler -O2 -gdwarf-$v -gz
        built $compiler$v-zlib-gnu c $compiler -O2 -gdwarf-$v -gz=zlib-gnu
        built $compiler$v-debuglink stripped c $compiler -O2 -gdwarf-$v -Wl,--build-id
        built $compiler$v-types c $compiler -O2 -gdwarf-$v -fdebug-types-section
        built $compiler$v-lto c $compiler -O2 -gdwarf-$v -flto
        built $compiler$v-cc $compiler -O2 -gdwarf-$v "$sources/nested.cc" -o program -lstdc++
        built $compiler$v-cc-types $compiler -O2 -gdwarf-$v -fdebug-types-section "$sources/nested.cc" -o program -lstdc++
    done
    built $compiler-no-pie c $compiler -O2 -g -no-pie -fno-pie
    built $compiler-static c $compiler -O2 -g -static
    built $compiler-debug-frame c $compiler -O2 -g -fno-asynchronous-unwind-tables
    built $compiler-32 c $compiler -m32 -O2 -g
    built $compiler-no-symbols c $compiler -O2 -g -s
done
if command -v dwz >/dev/null 2>&1; then
    built dwz shared_by_dwz
fi
if command -v dwp >/dev/null 2>&1; then
    built package4 packaged 4
    built package5 packaged 5
fi
if command -v xz >/dev/null 2>&1; then
    built minidebuginfo mini
fi
if command -v rustc >/dev/null 2>&1; then
    for v in 4 5; do
        built rustc$v rustc -O -g -C dwarf-version=$v "$sources/nested.rs" -o program
        built rustc$v-packed rustc -O -g -C dwarf-version=$v -C split-debuginfo=packed "$sources/nested.rs" -o program
    done
fi

for elf in "$FLAME_SOURCE"/corpus/annotate/*.elf; do
    cp "$elf" "$work/program"
    check "$(basename "$elf")" "$work/program" %1 %2 %3
done
[ $compared -gt 0 ] || [ $failed -ne 0 ] || skip "nothing could be compiled"
exit $failed
