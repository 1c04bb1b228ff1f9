# What the report counts, in Chromium, against the program's filters and `flamedata report`.
command -v node >/dev/null || { echo "skipped: no node"; exit 77; }
node "$(dirname "$0")/html_selection.js" "$FLAMEDATA" "$FLAME_SOURCE/corpus/demo/demo.data" \
    --buildid-dir "$FLAME_SOURCE/corpus/demo/debug"
