#!/bin/sh
# Builds a fresh package outside the repository that depends on this one by path and imports only
# the solver, runs it, and fails where its build pulled in anything of the command line, YAML, web
# or libnuma.
set -eu

repository=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM

cp -R "$repository/Tests/Embedder/Sources" "$folder/Sources"
sed "s|@TANGRAM@|$repository|" "$repository/Tests/Embedder/Package.swift.template" \
    >"$folder/Package.swift"

cd "$folder"
swift build --quiet 2>&1 | grep -v '^Fetch\|^Comput\|^Creating\|^Working' >&2 || true
output=$(swift run --skip-build Embedder)
printf '%s\n' "$output"
printf '%s\n' "$output" | grep -q '^chat hall-1 ' || { echo "embedder: chat was not placed" >&2; exit 1; }
printf '%s\n' "$output" | grep -q '^tune hall-1 ' || { echo "embedder: tune was not placed" >&2; exit 1; }
for line in 'measured hall-2 stages 6-7' 'replanned 3' 'solved \[Optional(0), Optional(1)\] 4.0 4.0'; do
    printf '%s\n' "$output" | grep -q "^$line" || { echo "embedder: no \"$line\"" >&2; exit 1; }
done

# SwiftPM makes a folder NAME.build for every target it knows; one that was compiled holds objects.
built=$(find .build -name '*.o' -not -path '*/checkouts/*' |
    sed -n 's|.*/\([^/]*\)\.build/.*|\1|p' | sort -u)
printf 'embedder: built %s\n' "$(printf '%s' "$built" | tr '\n' ' ')"
for unwanted in ArgumentParser Yams CYaml NIO Hummingbird CNuma TangramSpec TangramReport TangramHost TangramCommand; do
    if printf '%s\n' "$built" | grep -qi "^$unwanted"; then
        echo "embedder: the build pulled in $unwanted" >&2
        exit 1
    fi
done
printf '%s\n' "$built" | grep -q '^TangramPlacement$' || {
    echo "embedder: TangramPlacement was not built, so the check saw nothing" >&2
    exit 1
}
echo "embedder: only the solver and what it stands on"
