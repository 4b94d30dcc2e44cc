#!/bin/sh
# Installs HiGHS, the independent referee of the solver's tests, into the virtual environment under
# .build. Tests that need it are skipped where it cannot be had.
cd "$(dirname "$0")/.." || exit 0
venv=.build/schema-venv
wanted=highsbox==1.15.1
[ "$(cat "$venv/referee.txt" 2>/dev/null)" = "$wanted" ] && exit 0
{ [ -x "$venv/bin/python" ] || python3 -m venv "$venv"; } &&
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$wanted" &&
    echo "$wanted" > "$venv/referee.txt" ||
    echo "HiGHS is not installed; the tests beside it are skipped."
