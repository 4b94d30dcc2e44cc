#!/bin/sh
# Checks the DocC pages of TangramPlacement: every link leads to a symbol, every parameter that is
# listed is there. Takes the debug build that the tests made; skips where the toolchain has no docc.
set -eu
cd "$(dirname "$0")/.."
command -v docc >/dev/null || { echo "docc: not in this toolchain, skipped"; exit 0; }
build=$(swift build --show-bin-path)
graphs=$(mktemp -d)
trap 'rm -rf "$graphs"' EXIT INT TERM
set --
for map in $(find "$build" -maxdepth 2 -name module.modulemap; find "$PWD/Sources" -name module.modulemap); do
    set -- "$@" -Xcc "-fmodule-map-file=$map"
done
for folder in "$PWD"/Sources/C*/include; do set -- "$@" -Xcc "-I$folder"; done
mkdir -p "$graphs/symbols"
target=$(swift -print-target-info | sed -n 's/.*"triple" *: *"\([^"]*\)".*/\1/p' | head -1)
swift symbolgraph-extract -module-name TangramPlacement -target "$target" -I "$build/Modules" \
    "$@" -output-dir "$graphs/symbols" -minimum-access-level public
docc convert Sources/TangramPlacement/TangramPlacement.docc \
    --additional-symbol-graph-dir "$graphs/symbols" --warnings-as-errors \
    --fallback-display-name TangramPlacement \
    --fallback-bundle-identifier tangram.TangramPlacement --output-path "$graphs/pages" \
    >"$graphs/log" 2>&1 || { cat "$graphs/log" >&2; exit 1; }
echo "docc: TangramPlacement without a warning"
