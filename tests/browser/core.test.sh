# The scripts that pictures and pages share, in plain node, on what the program draws of the demo.
command -v node >/dev/null || { echo "skipped: no node"; exit 77; }
here=$(dirname "$0")
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for suffix in svg folded; do
    "$FLAMEDATA" "$FLAME_SOURCE/corpus/demo/demo.data" -q -o "$out/demo.$suffix" \
        --buildid-dir "$FLAME_SOURCE/corpus/demo/debug" || exit
done
node "$here/core.js" "$FLAME_SOURCE/src/render/assets" "$out/demo.svg" "$out/demo.folded" \
    "$FLAME_SOURCE/tests/render/labels.txt"
