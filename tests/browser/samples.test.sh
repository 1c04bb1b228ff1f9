# The samples of a page, read in plain node: what they say of threads and times is what the program
# counts with filters for these.
command -v node >/dev/null || { echo "skipped: no node"; exit 77; }
here=$(dirname "$0")
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
draw() { # OUT FILTER...
    "$FLAMEDATA" "$FLAME_SOURCE/corpus/demo/demo.data" -q -o "$out/$1" \
        --buildid-dir "$FLAME_SOURCE/corpus/demo/debug" $2
}
draw page.html || exit
node "$here/samples.js" "$FLAME_SOURCE/src/render/assets" "$out" list > "$out/selections" || exit
while read -r name filter; do
    draw "$name.folded" "$filter" || exit
done < "$out/selections"
node "$here/samples.js" "$FLAME_SOURCE/src/render/assets" "$out" check
