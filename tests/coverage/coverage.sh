#!/bin/sh
# coverage.sh: which lines of src/ and formats/ were run, by what gcov knows of a build.
#
#     sh tests/coverage/coverage.sh BUILD           a table of the folders
#     sh tests/coverage/coverage.sh BUILD PREFIX    of the files whose path begins so, and each of their
#                                                   lines that was not run
#
# A line of a header is run when one of the files that include it runs it. Lines that the build makes
# (assets) do not count.
set -eu
build=$1
prefix=${2:-}
root=$(cd "$(dirname "$0")/../.." && pwd)

# What gcov says, as FILE, line, whether it was run, text; with tabs between them.
lines() {
    find "$build/src" "$build/formats" -name '*.gcno' -print0 | xargs -0 -n 64 gcov -t 2>/dev/null |
        awk -v root="$root/" '
            /^ *-: *0:Source:/ {
                file = substr($0, index($0, "Source:") + 7)
                ours = index(file, root "src/") == 1 || index(file, root "formats/") == 1
                file = substr(file, length(root) + 1)
                next
            }
            ours && match($0, /^ *[0-9#=*-]+: *[0-9]+:/) {
                split($0, part, ":")
                gsub(/ /, "", part[1])
                if (part[1] == "-" || part[2] + 0 == 0)
                    next
                key = file "\t" part[2] + 0
                if (!(key in run))
                    run[key] = 0
                if (part[1] !~ /[#=]/)
                    run[key] = 1
                text[key] = substr($0, RLENGTH + 1)
            }
            END { for (key in run) print key "\t" run[key] "\t" text[key] }'
}

# A table of the first field of lines "NAME RUN", sorted by name.
table() {
    awk -F '\t' '
        { all[$1]++; run[$1] += $2; lines++; ran += $2 }
        END {
            for (name in all)
                printf "%s\t%d\t%d\t%.1f %%\n", name, all[name], all[name] - run[name], 100 * run[name] / all[name]
            if (lines)
                printf "~all\t%d\t%d\t%.1f %%\n", lines, lines - ran, 100 * ran / lines
        }' | LC_ALL=C sort | sed 's/^~//' |
        awk -F '\t' 'BEGIN { printf "%-40s %7s %9s %8s\n", "", "lines", "not run", "run" }
            { printf "%-40s %7d %9d %8s\n", $1, $2, $3, $4 }'
}

all=$(mktemp)
trap 'rm -f "$all"' EXIT
lines >"$all"
[ -s "$all" ] || { echo "coverage.sh: $build was not built for coverage, or nothing of it was run" >&2; exit 1; }
if [ -z "$prefix" ]; then
    awk -F '\t' '{ folder = $1; sub(/\/[^\/]*$/, "", folder); print folder "\t" $3 }' "$all" | table
else
    mine=$(mktemp)
    trap 'rm -f "$all" "$mine"' EXIT
    awk -F '\t' -v prefix="$prefix" 'index($1, prefix) == 1' "$all" >"$mine"
    awk -F '\t' '{ print $1 "\t" $3 }' "$mine" | table
    echo
    LC_ALL=C sort -t "$(printf '\t')" -k 1,1 -k 2,2n "$mine" |
        awk -F '\t' '$3 == 0 { file = $1; line = $2; sub(/^[^\t]*\t[^\t]*\t[^\t]*\t/, ""); print file ":" line ":" $0 }'
fi
