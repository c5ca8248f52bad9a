#!/bin/bash
# The SMS gateway in a container: fills in the configuration, runs the three processes, and ends when one of them ends.
set -euo pipefail
state=/var/spool/lintel-sms
mkdir -p "$state/spool"
umask 077
sed -e "s|@STATE@|$state|" -e "s|@BIND@|0.0.0.0|" -e 's|@ALLOW@|*.*.*.*|' \
    -e "s|@ADMIN_PORT@|13000|" -e "s|@SMSBOX_PORT@|13001|" -e "s|@OPERATOR_PORT@|13002|" -e "s|@HANDSETS_PORT@|13003|" \
    -e "s|@SENDSMS_PORT@|13013|" -e "s|@ADMIN_PASSWORD@|$(head -c 18 /dev/urandom | base64 | tr -d '+/=')|" \
    -e "s|@SENDSMS_PASSWORD@|$(cat /run/secrets/sms-notify)|" -e "s|@CALLBACK_URL@|$CALLBACK_URL|" \
    "$(dirname "$0")/kannel.conf.in" >/tmp/kannel.conf

wait_port() { until (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do sleep 0.1; done; }
/usr/sbin/bearerbox -v 1 /tmp/kannel.conf &
wait_port 13001; /usr/sbin/smsbox -v 1 /tmp/kannel.conf &
wait_port 13002; /usr/lib/kannel/test/fakesmsc -H 127.0.0.1 -r 13002 -i 1 -m 0 "1 2 text x" &
trap 'kill $(jobs -p); wait' TERM INT
wait -n
