#!/bin/bash
# The clients of the C libraries, started, broken and stopped over and over; fails when descriptors, threads or memory grow.
# usage: cycles.sh [COUNT [amqp|postgres|outbound]…]     default 1000 of each
# SANITIZE=1: under AddressSanitizer and LeakSanitizer, in a build folder of its own (.build-asan).
set -euo pipefail
here=$(dirname "$(realpath "$0")")
cd "$here/../.."

build=(swift build --product Cycles)
[ -z "${SANITIZE:-}" ] || build+=(--sanitize=address --scratch-path .build-asan)
"${build[@]}"
program=$("${build[@]}" --show-bin-path)/Cycles

work=$(mktemp -d "${TMPDIR:-/tmp}/lintel-cycles.XXXXXX"); chmod 755 "$work"   # the database's own user has to get in
trap '"$here/test-servers.sh" stop "$work/servers" || true; rm -rf "$work"' EXIT
trap 'exit 130' INT; trap 'exit 143' TERM HUP
eval "$("$here/test-servers.sh" start "$work/servers")"
"$program" "${@:-1000}"
