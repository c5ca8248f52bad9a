#!/bin/bash
# Every test, against real servers of its own: Swift's first, then Tests/System and the short form of Tests/Chaos, which drive the executables.
# usage: test.sh [ARGUMENT…]     the arguments go to `swift test` (--filter LeadsTests); pytest runs only without any
# LINTEL_SKIP_SYSTEM_TESTS=1 leaves pytest out. The last line is "N passed, N failed".
set -euo pipefail
here=$(dirname "$(realpath "$0")")
cd "$here/../.."

"$here/packages.sh" --test
# A failed build is a failed test run, and says so in the same words.
swift build --build-tests || { echo "0 passed, 1 failed (the build)"; exit 1; }

work=$(mktemp -d "${TMPDIR:-/tmp}/lintel-test.XXXXXX"); chmod 755 "$work"   # the database's own user has to get in
finish() { "$here/test-servers.sh" stop "$work/servers" || true; rm -rf "$work"; }
trap finish EXIT
trap 'exit 130' INT; trap 'exit 143' TERM HUP

# Tests without their servers would only crash: `eval` of nothing would have succeeded.
settings=$("$here/test-servers.sh" start "$work/servers") || { echo "0 passed, 1 failed (the servers)"; exit 1; }
eval "$settings"
mkdir "$work/results"
failed=0
# Many tests wait rather than work, so a few run at once; all at once would need more connections than a server allows.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=6
swift test --skip-build --xunit-output "$work/results/swift.xml" "$@" || failed=1

if [ $# = 0 ] && [ -z "${LINTEL_SKIP_SYSTEM_TESTS:-}" ]; then
  python=$("$here/python_for_tests.sh")
  "$python" -m pytest Tests/System -q --junitxml "$work/results/system.xml" || failed=1
  LINTEL_CHAOS=short "$python" -m pytest Tests/Chaos -m short -q --junitxml "$work/results/chaos.xml" || failed=1
fi

python3 "$here/count_tests.py" "$work/results" "$failed"
