#!/bin/sh
# manual.test.sh: the manual pages and the program know the same commands and options. The help is
# made from the program's tables, so it stands for them.
set -u
here=$(cd "$(dirname "$0")" && pwd)
pages=$here/../../docs/commands
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
status=0

# options: the options that a text names at the beginning of its lines, with [= where a value may be left out
options() {
    grep -oE -- '(^|[ ,])--?[a-zA-Z][a-z-]*(\[=)?' | tr -d ' ,' | sort
}

# Options are named at the start of a line: "  -o, --output OUT" there, "**-o**, **--output** ..." here.
for page in "$pages"/*.md; do
    command=$(basename "$page" .md | sed 's/^flamedata-*//')
    # shellcheck disable=SC2086
    "${FLAMEDATA:?names the program}" $command --help | sed -n 's/^ \{2,6\}\(-.*\)/\1/p' | options >"$scratch/help"
    sed -n 's/^\*\*-/-/p' "$page" | tr -d '*' | options >"$scratch/page"
    [ -s "$scratch/help" ] || { echo "no options found in flamedata $command --help" && exit 1; }
    diff -u --label "flamedata $command --help" --label "$page" "$scratch/help" "$scratch/page" || status=1
done

# draw, which needs no name, has the page of the program.
for command in $("$FLAMEDATA" --help | sed -n '/^Commands:/,$s/^  \([a-z]\{1,\}\) .*/\1/p'); do
    [ "$command" = draw ] || [ -f "$pages/flamedata-$command.md" ] ||
        { echo "$command has no page" && status=1; }
    [ "$command" = draw ] || grep -q "^\*\*flamedata $command\*\*" "$pages/flamedata.md" ||
        { echo "$command is not among the commands of flamedata.md" && status=1; }
done
exit $status
