# Annotated code as a page, in Chromium: the unit tests' scene, functions of the demo's program, and
# one of 20,000 instructions.
command -v node >/dev/null || { echo "skipped: no node"; exit 77; }
here=$(dirname "$0")
page=$(mktemp -d)
trap 'rm -rf "$page"' EXIT
writer=$FLAME_BUILD/tests/test_unit_print_html
[ -x "$writer" ] || { echo "skipped: the unit tests are not built"; exit 77; }
FLAME_SCENE_PAGE="$page/scene.html" "$writer" >"$page/log" 2>&1 || { cat "$page/log"; exit 1; }
FLAME_LARGE_PAGE="$page/large.html" "$writer" >"$page/log" 2>&1 || { cat "$page/log"; exit 1; }
echo "== flamedata annotate demo.data"
node "$here/annotate.js" "$FLAMEDATA" "$FLAME_SOURCE/corpus/demo/demo.data" -q --top 3 \
    --buildid-dir "$FLAME_SOURCE/corpus/demo/debug" || exit
for name in scene large; do
    echo "== $name"
    node "$here/annotate.js" "$page/$name.html" || exit
done
