#!/bin/sh
# examples.test.sh: every example of the documentation does what it says.
#
# A fence that opens with "```sh run" in README.md, docs/*.md, docs/commands/*.md or docs/formats/*.md
# is run, as it stands, by sh -e in an empty folder with `flamedata` in PATH and corpus/demo/demo.data as
# perf.data (its program is found as on a machine that recorded it: in perf's build-id cache). Other
# fences ("```sh", "```") are not run.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
ln -s "$FLAMEDATA" "$work/bin/flamedata"
export PATH="$work/bin:$PATH" PERF_BUILDID_DIR="$FLAME_SOURCE/corpus/demo/debug"

ran=0 failed=0
for page in "$FLAME_SOURCE/README.md" "$FLAME_SOURCE"/docs/*.md "$FLAME_SOURCE"/docs/commands/*.md "$FLAME_SOURCE"/docs/formats/*.md; do
    [ -f "$page" ] || continue
    rm -rf "$work/fences"
    mkdir "$work/fences"
    awk -v dir="$work/fences" '
        /^```sh run[ \t]*$/ { out = sprintf("%s/%05d", dir, NR); next }
        /^```/ { out = "" }
        out { print >out }' "$page"
    for fence in "$work/fences"/*; do
        [ -f "$fence" ] || continue
        ran=$((ran + 1))
        rm -rf "$work/here"
        mkdir "$work/here"
        cp "$FLAME_SOURCE/corpus/demo/demo.data" "$work/here/perf.data"
        (cd "$work/here" && sh -e "$fence") >"$work/log" 2>&1 </dev/null || {
            failed=$((failed + 1))
            printf '%s:%s fails:\n' "${page#"$FLAME_SOURCE"/}" "$(basename "$fence" | sed 's/^0*//')"
            sed 's/^/    /' "$fence" "$work/log"
        }
    done
done
echo "$ran examples run, $failed failed"
[ "$ran" -gt 0 ] && [ "$failed" = 0 ]
