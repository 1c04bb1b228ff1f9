#!/bin/sh
# manual.test.sh: the manual page and the program know the same options. The help is made from the
# program's table of options, so it stands for the table.
set -u
here=$(cd "$(dirname "$0")" && pwd)
page=$here/../../docs/commands/flamedata.md
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# Options are named at the start of a line: "  -o, --output OUT" there, "**-o**, **--output** ..." here.
"${FLAMEDATA:?names the program}" --help |
    sed -n 's/^ \{2,6\}\(-.*\)/\1/p' | grep -oE -- '(^|[ ,])--?[a-zA-Z][a-z-]*' | tr -d ' ,' |
    sort >"$scratch/help"
sed -n 's/^\*\*-/-/p' "$page" | tr -d '*' | grep -oE -- '(^|[ ,])--?[a-zA-Z][a-z-]*' | tr -d ' ,' |
    sort >"$scratch/page"
[ -s "$scratch/help" ] || { echo "no options found in --help" && exit 1; }
diff -u --label "flamedata --help" --label "$page" "$scratch/help" "$scratch/page"
