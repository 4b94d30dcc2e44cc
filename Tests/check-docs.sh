#!/bin/sh
# Checks that what the documentation points at is there.
set -eu
cd "$(dirname "$0")/.."
python3 Tests/docs/check.py
