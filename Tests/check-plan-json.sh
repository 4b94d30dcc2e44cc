#!/bin/sh
# Checks what --format json prints against docs/plan.schema.json and docs/plan-json.md. Takes the
# debug build that the tests made.
set -eu
cd "$(dirname "$0")/.."
[ -x .build/schema-venv/bin/python ] || sh Tests/check-schema.sh
tangram=$(swift build --show-bin-path)/tangram
exec .build/schema-venv/bin/python Tests/schema/check_plans.py "$tangram"
