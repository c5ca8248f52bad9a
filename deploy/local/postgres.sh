#!/bin/bash
# A private PostgreSQL in a folder of its own, for root (runs as user postgres then) and for an ordinary user.
# usage: postgres.sh start DIR [PORT]     makes the cluster if there is none, starts it, returns when it answers; nothing to do when it runs
#        postgres.sh stop|restart DIR [MODE]   pg_ctl's mode: fast, or immediate, which says goodbye to nobody and recovers at the next start
#        postgres.sh kill DIR             SIGKILL to every process of it: what a power cut leaves
#        postgres.sh url DIR [DATABASE]   prints the superuser's address
#        postgres.sh psql DIR [ARGUMENT…] psql as superuser
# Environment: LINTEL_FSYNC=off for tests that do not crash it; LINTEL_PG_OPTIONS for more of postgres' own options.
# Files: DIR/ports (PG=), DIR/superpw, DIR/log, DIR/place (where the data is). DIR/stopped: it was stopped on purpose.
set -euo pipefail
. "$(dirname "$(realpath "$0")")/common.sh"
cmd=$1; D=$(realpath -m "$2"); shift 2
B=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)

as() { if [ "$(id -u)" = 0 ]; then (cd /; exec runuser -u postgres -- "$@" 9>&-); else "$@" 9>&-; fi; }   # 9: the lock, not for servers
url() { echo "postgresql://postgres:$(cat "$D/superpw")@127.0.0.1:$PG/${1:-postgres}"; }

# The server's user must reach its data. A checkout below a 700 folder (root's home, mktemp -d) is out of its reach:
# then the data goes to /var/tmp and DIR/place remembers where.
place() {
  if [ ! -f "$D/place" ]; then
    local folder=$D/cluster
    mkdir -p "$folder"
    if [ "$(id -u)" = 0 ]; then
      chown postgres "$folder"
      as test -w "$folder" 2>/dev/null || { rmdir "$folder"; folder=$(mktemp -d /var/tmp/lintel-postgres.XXXXXX); chown postgres "$folder"; }
    fi
    chmod 700 "$folder"; echo "$folder" >"$D/place"
  fi
  P=$(cat "$D/place")
}

create() {
  local pw
  [ -f "$D/superpw" ] || (umask 077; random_secret >"$D/superpw")
  pw=$(mktemp); [ "$(id -u)" != 0 ] || chown postgres "$pw"; cat "$D/superpw" >"$pw"
  as "$B/initdb" -D "$P/data" -U postgres -E UTF8 --locale=C.UTF-8 --auth=scram-sha-256 --pwfile="$pw" --no-sync \
    >"$D/log/initdb.log" 2>&1 || { rm -f "$pw"; cat "$D/log/initdb.log" >&2; exit 1; }
  rm -f "$pw"
  printf 'local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n' | as tee "$P/data/pg_hba.conf" >/dev/null
}

running() { [ -f "$D/place" ] && as "$B/pg_ctl" -D "$(cat "$D/place")/data" status >/dev/null 2>&1; }

start() {
  rm -f "$D/stopped"
  mkdir -p "$D/log"
  if running; then return; fi
  place
  [ -f "$D/ports" ] || echo "PG=${1:-$(free_port)}" >"$D/ports"
  . "$D/ports"
  as test -s "$P/data/PG_VERSION" || create
  # The socket's path may have 107 bytes at most; nobody uses it but pg_ctl.
  forget_sockets
  local sockets; sockets=$(mktemp -d /tmp/lintel-pg.XXXXXX); echo "$sockets" >"$D/sockets"
  [ "$(id -u)" != 0 ] || chown postgres "$sockets"
  as "$B/pg_ctl" -D "$P/data" -w -t 60 -s -l "$P/server.log" start -o "-p $PG -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories=$sockets -c fsync=${LINTEL_FSYNC:-on} -c full_page_writes=${LINTEL_FSYNC:-on} -c max_connections=200 -c shared_buffers=256MB -c autovacuum_naptime=5s -c random_page_cost=1.1 -c jit=off \
    -c log_error_verbosity=terse -c log_min_duration_statement=1000 -c log_timezone=UTC -c timezone=UTC ${LINTEL_PG_OPTIONS:-}" \
    || { tail -20 "$P/server.log" >&2 2>/dev/null || true; exit 1; }
  as head -1 "$P/data/postmaster.pid" >"$D/pid"
  ln -sfn "$P/server.log" "$D/log/server.log"
}

forget_sockets() { [ ! -f "$D/sockets" ] || rm -rf "$(cat "$D/sockets")" "$D/sockets"; }

stop() {
  touch "$D/stopped" 2>/dev/null || true
  if running; then as "$B/pg_ctl" -D "$(cat "$D/place")/data" -m "${1:-fast}" -w -t 60 -s stop; fi
  forget_sockets; rm -f "$D/pid"
}

kill_hard() {
  local pid; pid=$(cat "$D/pid")
  kill -9 "$pid" $(pgrep -P "$pid") 2>/dev/null || true
  while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done
  forget_sockets
}

case $cmd in
  start) mkdir -p "$D"; locked "$D/lock"; start "${1:-}" ;;
  stop) [ -d "$D" ] || exit 0; locked "$D/lock"; stop "$@" ;;
  restart) locked "$D/lock"; stop "$@"; start ;;
  kill) locked "$D/lock"; kill_hard ;;
  url) . "$D/ports"; url "$@" ;;
  psql) export PGCONNECT_TIMEOUT=5; . "$D/ports"; PGPASSWORD=$(cat "$D/superpw") exec psql -X -q -h 127.0.0.1 -p "$PG" -U postgres "$@" ;;
  remove) stop; P=$(cat "$D/place" 2>/dev/null || true); rm -rf "${P:-$D/cluster}" "$D" ;;
  *) sed -n '2,10s/^# //p' "$0" >&2; exit 64 ;;
esac
