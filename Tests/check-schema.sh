#!/bin/sh
# Checks the JSON Schema of scenarios, in a virtual environment under .build.
set -eu
cd "$(dirname "$0")/.."
venv=.build/schema-venv
wanted=Tests/schema/requirements.txt
if ! cmp -s "$wanted" "$venv/installed.txt"; then
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$wanted"
    cp "$wanted" "$venv/installed.txt"
fi
"$venv/bin/python" Tests/schema/check.py
