# A large picture in Chromium: hidden frames, exact shares, looks, paper.
command -v node >/dev/null || { echo "skipped: no node"; exit 77; }
node "$(dirname "$0")/svg.js" "$FLAMEDATA"
