# Hostile names in Chromium: the recording of tests/cli/make_hostile.c as a picture, as a report and as
# annotated code; nothing in a name runs, asks, or becomes an element.
command -v node >/dev/null || { echo "skipped: no node"; exit 77; }
maker=$FLAME_BUILD/tests/cli/make_hostile
[ -x "$maker" ] || { echo "skipped: the tests' programs are not built"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$maker" source "$work/prog.c" && "${CC:-cc}" -g -O1 -w -Wl,--build-id=sha1 "$work/prog.c" -o "$work/prog" ||
    { echo "skipped: no program can be built here"; exit 77; }
id=$("$maker" record "$work" "$work/prog") || exit 1
place=$work/cache/.build-id/$(echo "$id" | cut -c1-2)/$(echo "$id" | cut -c3-)
mkdir -p "$place"
cp "$work/prog" "$place/elf"
title='</title></svg><script>pwned()</script>"><img src=x onerror=pwned()>]]>'
printf 'main\ttitle=<img src=x onerror=pwned()>\tclass="><script>pwned()</script>"\tstyle=}</style><script>pwned()</script>\thref=http://pwned.invalid/"><script>pwned()</script>\n' >"$work/names"
printf 'main;work 12\n' >"$work/one.folded"
set -- -q --buildid-dir "$work/cache" "$work/recording"
"$FLAMEDATA" "$@" --event all --srcline --title "$title" --subtitle "$title" -o "$work/picture.svg" &&
    "$FLAMEDATA" -q "$work/one.folded" --nameattr "$work/names" -o "$work/attributes.svg" &&
    "$FLAMEDATA" "$@" --event all --annotate-top 100 --title "$title" -o "$work/report.html" &&
    "$FLAMEDATA" annotate "$@" --top 100 -o "$work/code.html" || exit 1
node "$(dirname "$0")/hostile.js" "$work/picture.svg" "$work/attributes.svg" "$work/report.html" "$work/code.html"
