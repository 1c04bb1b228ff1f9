#!/bin/sh
# preload.test.sh: another malloc may be loaded before libc's, also one whose free knows nothing else: the program's own,
# which watches over libdw (src/cli/exhausted.c), passes all on to it, from the first constructor on.
set -eu
[ -n "${FLAME_PRELOADED:-}" ] || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
demo=$FLAME_SOURCE/corpus/demo
for command in draw report script; do
    "$FLAMEDATA" "$command" -o - "$demo/demo.data" >"$work/want" 2>"$work/want.err"
    if ! LD_PRELOAD=$FLAME_PRELOADED "$FLAMEDATA" "$command" -o - "$demo/demo.data" >"$work/got" 2>"$work/got.err"; then
        echo "FAILED: $command: ended badly"
        cat "$work/got.err"
        exit 1
    fi
    cmp "$work/want" "$work/got"
    cmp "$work/want.err" "$work/got.err"
done
