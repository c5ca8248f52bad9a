#!/bin/bash
# The clients of the C libraries, started, broken and stopped over and over; fails when descriptors, threads or memory grow.
# usage: cycles.sh [COUNT [amqp|postgres|outbound|phone]…]     default 1000 of each
# LEAKS=1: under LeakSanitizer, which at the end names everything that was allocated and that nothing refers to any more.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
cd "$here/../.."

swift build --product Cycles
program=$(swift build --product Cycles --show-bin-path)/Cycles

watched=()
if [ -n "${LEAKS:-}" ]; then
  "$here/packages.sh" --test
  # Put before a program that was built as always. `UNWIND=slow` follows the stacks through C libraries, too: for finding out who.
  checker=$(/sbin/ldconfig -p | awk '$1 == "liblsan.so.0" { print $NF; exit }')
  watched=(env "LD_PRELOAD=$checker" "LSAN_OPTIONS=fast_unwind_on_malloc=$([ "${UNWIND:-}" = slow ] && echo 0 || echo 1)" CYCLES_MEMORY=ignore)
  # A checker that saw nothing would find nothing either.
  if "${watched[@]}" "$program" 10 leak >/dev/null 2>&1; then echo "the checker does not see what is lost on purpose" >&2; exit 1; fi
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/lintel-cycles.XXXXXX"); chmod 755 "$work"   # the database's own user has to get in
trap '"$here/test-servers.sh" stop "$work/servers" || true; rm -rf "$work"' EXIT
trap 'exit 130' INT; trap 'exit 143' TERM HUP
eval "$("$here/test-servers.sh" start "$work/servers")"
"${watched[@]}" "$program" "${@:-1000}"
