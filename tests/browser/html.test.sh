# The report in Chromium: views, zoom, search, keyboard, menu; code of the demo's functions.
command -v node >/dev/null || { echo "skipped: no node"; exit 77; }
node "$(dirname "$0")/html.js" "$FLAMEDATA" "$FLAME_SOURCE/corpus/demo/demo.data" \
    --buildid-dir "$FLAME_SOURCE/corpus/demo/debug"
