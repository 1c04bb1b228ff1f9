# The demo's picture in Chromium: zoom, search, reset, links, as a flame and as an icicle.
command -v node >/dev/null || { echo "skipped: no node"; exit 77; }
here=$(dirname "$0")
for how in "" --inverted "--reverse --colors hot --width 1000 --subtitle reversed"; do
    echo "== flamedata demo.data $how"
    # shellcheck disable=SC2086 # how is a list of options
    node "$here/picture.js" "$FLAMEDATA" "$FLAME_SOURCE/corpus/demo/demo.data" -q \
        --buildid-dir "$FLAME_SOURCE/corpus/demo/debug" $how || exit
done
