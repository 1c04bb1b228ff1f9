# How the report looks, in Chromium: narrow, light and dark, on paper, without scripts.
command -v node >/dev/null || { echo "skipped: no node"; exit 77; }
node "$(dirname "$0")/html_looks.js" "$FLAMEDATA"
