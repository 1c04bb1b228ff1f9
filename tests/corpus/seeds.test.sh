#!/bin/sh
# seeds.test.sh: the small files that the fuzz targets begin with: make_jitdumps makes those of
# corpus/jitdump again as they are, and each folder's README.md has a line for each file.
#
#     FLAME_MAKE_JITDUMPS=build/tests/corpus/make_jitdumps FLAME_SOURCE=. sh tests/corpus/seeds.test.sh
set -u
: "${FLAME_MAKE_JITDUMPS:?names make_jitdumps}"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

"$FLAME_MAKE_JITDUMPS" "$work" || exit 1
for made in "$work"/*.dump; do
    cmp "$made" "$FLAME_SOURCE/corpus/jitdump/${made##*/}" || failed=1
done
for folder in kallsyms perf_map jitdump folded; do
    for file in "$FLAME_SOURCE/corpus/$folder"/*-*.*; do
        name=${file##*/}
        grep -q "^| \`${name%.*}\` |" "$FLAME_SOURCE/corpus/$folder/README.md" || {
            echo "$folder/README.md has no line on ${name%.*}"
            failed=1
        }
        case $name in
        *recorded*.dump) ;;
        *.dump) [ -f "$work/$name" ] || { echo "make_jitdumps does not make $name"; failed=1; } ;;
        esac
    done
done
exit $failed
