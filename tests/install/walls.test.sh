#!/bin/sh
# walls.test.sh: each foreign library is included in one place only, and the program uses nothing
# but the public headers. The build keeps folders apart; this keeps libraries in theirs.
set -eu
cd "$FLAME_SOURCE"
status=0

# only FOLDERS HEADERS: an #include of HEADERS (an extended regular expression) stands in FOLDERS alone
only() {
    outside=$(grep -rnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($2)[>\"]" src formats include --include='*.c' --include='*.h' |
        grep -vE "^($1)" || true)
    [ -z "$outside" ] && return
    printf 'allowed in %s only:\n%s\n' "$1" "$outside"
    status=1
}

only 'src/object/' 'libelf\.h|gelf\.h|elfutils/[a-z]+\.h|dwarf\.h|lzma\.h|(libiberty/)?demangle\.h'
only 'src/annotate/disasm\.c' 'capstone/.*'
only 'src/archive/' 'archive(_entry)?\.h'
only 'formats/' 'zstd\.h'
only 'src/base/hash\.h' 'xxhash\.h'
only 'src/base/output_gzip\.c|src/render/deflation\.c' 'zlib\.h'
only 'src/object/debuginfod_child\.c|src/cli/exhausted\.c' 'dlfcn\.h'
only 'src/cli/sandbox_calls\.c' 'seccomp\.h'

# src/cli: <flamedata/...>, its own headers, and <...> of libc and POSIX
for file in src/cli/*.c src/cli/*.h; do
    bad=$(sed -nE 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*([<"][^>"]+).*/\1/p' "$file" | while read -r header; do
        name=${header#?}
        case $header in
        '<flamedata/'*) [ -f "include/$name" ] || [ -f "include/$name.in" ] || echo "$name" ;;
        '"'*) [ -f "src/cli/$name" ] || echo "$name" ;;
        *) case $name in
            libelf.h | gelf.h | elfutils/* | zstd.h | zlib.h | lzma.h | archive.h | archive_entry.h | capstone/* | *demangle.h | xxhash.h) echo "$name" ;;
            esac ;;
        esac
    done)
    [ -z "$bad" ] && continue
    printf '%s includes what the program may not see: %s\n' "$file" "$bad"
    status=1
done

# The library never prints and never exits, but for the process that it starts.
noisy=$(grep -rnE '(^|[^a-z_])(printf|puts|perror|exit|abort|_exit)[[:space:]]*\(' src formats --include='*.c' |
    grep -vE '^src/cli/|^src/object/debuginfod\.c:[0-9]+: +_exit\(0\);|__attribute__|^[^:]+:[0-9]+: \*' || true)
[ -z "$noisy" ] || { printf 'the library prints or exits:\n%s\n' "$noisy"; status=1; }
exit $status
