#!/bin/bash
# The Python that Tests/System and Tests/Chaos run with, kept between runs and made anew when what it needs changes; prints its path.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
venv=.local/venv-tests
wanted=$(sha256sum Tests/System/requirements.txt)
if [ "$(cat "$venv/made-from" 2>/dev/null)" != "$wanted" ]; then
  python3 -m venv --clear "$venv"
  "$venv/bin/pip" install -q --disable-pip-version-check -r Tests/System/requirements.txt >&2
  echo "$wanted" >"$venv/made-from"
fi
echo "$venv/bin/python"
