#!/bin/sh
# pictures.test.sh: with every flag that says how it looks, a picture is XML to a parser that is not ours (xmllint, or
# else Python's); and where inferno-flamegraph is, palettes colour the same names the same, bit for bit.
set -u
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
failed=0

if command -v xmllint >/dev/null; then
    parse() { xmllint --noout "$1"; }
elif command -v python3 >/dev/null; then
    parse() { python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$1"; }
else
    echo "neither xmllint nor python3 is installed" && exit 77
fi

fail() {
    echo "$*"
    failed=1
}

printf '%s\n' 'app;main;java/lang/String;read_[k] 30' 'app;main;<T as std::fmt::Debug>::fmt 20' \
    'app;main;a & "b" ]]> c;x 25' 'app;mod`func;std::sort_[i] 15' 'app;-[NSObject init];/x/node_modules/a.js_[j] 9' \
    'app;/usr/lib/python3.11/os.py;operator-> 10' 'sh;wait;--;waker_[w] 10' >in.folded
printf 'a;b 10 20\na;c 20 10\n' >two.folded
printf 'main\ttitle=<">\thref=?a&b\tclass="<>"\tg_extra=d="&" e=<\ta_extra=rel="x&y"\n' >names
printf 'main->rgb(1,2,3)\n' >palette.map

# draw FILE OPTION...: the picture is XML
draw() {
    file=$1
    shift
    "${FLAMEDATA:?names the program}" -q "$file" -o out.svg "$@" && parse out.svg || fail "$file $*"
}

draw in.folded
for palette in default dso hot mem io wakeup chain java js perl python rust red green blue aqua yellow purple orange; do
    draw in.folded --colors "$palette" --hash
    draw in.folded --colors "$palette" --random
done
for ground in yellow blue green grey '#123456'; do
    draw in.folded --bgcolors "$ground" --uicolor '#abc' --stroke-color navy --search-color gold
done
draw in.folded --title '<&">]]>' --subtitle "'<!--" --notes '-->]]><x>' --countname '</script>' --nametype '"\'
draw in.folded --fonttype '"><x' --fontsize 7 --fontwidth 2 --height 9 --width 300 --minwidth 5% --factor 0.001
draw in.folded --nameattr names --cp --colordiffusion
draw in.folded --cp --inverted --truncate-text-right
draw in.folded --reverse --stroke-color none --pretty-xml
draw in.folded --flamechart --deterministic
draw two.folded
draw two.folded --negate

inferno=$(command -v inferno-flamegraph) || { [ $failed = 0 ] && echo "inferno-flamegraph is not installed: its colours were not compared"; exit $failed; }

# What both write into a new palette.map is the colour of each name. inferno has one for the root, too, and cannot read
# back a name with an arrow in it.
for palette in hot mem io wakeup java js perl python rust red green blue aqua yellow purple orange; do
    for how in --hash --deterministic; do
        rm -f palette.map
        "$inferno" -q --cp $how --colors "$palette" in.folded >/dev/null 2>&1 || fail "inferno $how $palette"
        grep -v '^->' palette.map | LC_ALL=C sort >theirs
        rm -f palette.map
        "$FLAMEDATA" -q in.folded -o out.svg --cp $how --colors "$palette" || fail "$how $palette"
        LC_ALL=C sort palette.map | diff -u --label inferno theirs --label flamedata - || fail "$how --colors $palette"
    done
done
exit $failed
