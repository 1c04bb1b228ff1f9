# What the scripts of pictures compute from a profile, without a browser.
command -v node >/dev/null || { echo "skipped: no node"; exit 77; }
node "$(dirname "$0")/trees.js" "$FLAME_SOURCE/src/render/assets/core"
