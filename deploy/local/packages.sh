#!/bin/bash
# Installs the Debian packages that Lintel is built and run with, and only those that are missing.
# usage: packages.sh [--test]      --test adds what only the tests need (a browser, a second mail and queue client)
set -euo pipefail

packages=(
  make pkg-config openssl curl ca-certificates python3 procps                       # tools
  libpq-dev librabbitmq-dev libcurl4-openssl-dev libphonenumber-dev libjemalloc-dev zlib1g-dev  # what Swift links with
  postgresql-15 rabbitmq-server caddy                                               # servers
  kannel kannel-extras python3-aiosmtpd                                             # SMS gateway, mail catcher
  libjs-bootstrap5 libjs-chart.js libjs-sortable fonts-inter                        # what the pages load
  python3-venv                                                                      # the demonstration's channel client (pika)
)
test_packages=(prometheus chromium fonts-noto-cjk swaks libnet-ssleay-perl libauthen-sasl-perl amqp-tools faketime liblsan0)
[ "${1:-}" != --test ] || packages+=("${test_packages[@]}")

installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "${packages[@]}" 2>/dev/null | awk '$1 == "ii" { print $2 }' || true)
missing=$(comm -23 <(printf '%s\n' "${packages[@]}" | sort -u) <(sort -u <<<"$installed"))
[ -n "$missing" ] || exit 0
echo "Installing: $(tr '\n' ' ' <<<"$missing")"

as_root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "These packages are missing and sudo is not installed. As root: apt-get install $(tr '\n' ' ' <<<"$missing")" >&2; exit 1; }
  as_root=(sudo)
fi

# Debian starts a server as soon as it is installed. Lintel runs its own, private ones, so starting is denied while we install;
# a policy that somebody else has set stays as it is.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi

apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 "$@"; }
apt update
# shellcheck disable=SC2086  # one word per package
apt install --no-install-recommends $missing
