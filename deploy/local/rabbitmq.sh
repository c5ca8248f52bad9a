#!/bin/bash
# A private RabbitMQ node in a folder of its own, for root and for an ordinary user.
# usage: rabbitmq.sh start DIR            writes what it needs, starts it, returns when it takes connections; nothing to do when it runs
#        rabbitmq.sh stop|restart|kill DIR     kill is SIGKILL: what a power cut leaves
#        rabbitmq.sh ctl DIR ARGUMENT…    rabbitmqctl on it (slow: a call starts an Erlang VM)
# Ports: DIR/ports, or given at the first start as AMQP= MGMT= PROM= DIST= EPMD= CTL= AMQPS= in the environment, else free ones below 32768.
# Users: DIR/definitions.json, made from deploy/rabbitmq/definitions.json when it is not there, with passwords in LINTEL_SECRETS
# (default DIR/secrets) as amqp-<user>; LINTEL_CHANNELS="web douyin" names the channels (default web).
# TLS: listens on AMQPS too when DIR/tls/{ca,cert,key}.pem exist. DIR/stopped: it was stopped on purpose.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/common.sh"
cmd=$1; D=$(realpath -m "$2"); shift 2
server=$(ls -d /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin 2>/dev/null | sort -V | tail -1)   # Debian's wrappers in /usr/sbin would change the user

choose_ports() {
  [ -f "$D/ports" ] || printf '%s\n' "AMQP=${AMQP:-$(free_port)}" "MGMT=${MGMT:-$(free_port)}" "PROM=${PROM:-$(free_port)}" \
    "DIST=${DIST:-$(free_port)}" "EPMD=${EPMD:-$(free_port)}" "CTL=${CTL:-$(free_port)}" "AMQPS=${AMQPS:-$(free_port)}" >"$D/ports"
}

environment() {
  . "$D/ports"
  # Its own epmd on its own port: the usual 4369 may belong to somebody else's RabbitMQ.
  export HOME=$D ERL_EPMD_PORT=$EPMD ERL_EPMD_ADDRESS=127.0.0.1 RABBITMQ_NODENAME=rabbit@localhost RABBITMQ_DIST_PORT=$DIST \
    RABBITMQ_CONF_ENV_FILE=$D/none RABBITMQ_CONFIG_FILE=$D/rabbitmq.conf RABBITMQ_ADVANCED_CONFIG_FILE=$D/advanced.config \
    RABBITMQ_MNESIA_BASE=$D/mnesia RABBITMQ_LOG_BASE=$D/log RABBITMQ_ENABLED_PLUGINS_FILE=$D/enabled_plugins \
    RABBITMQ_GENERATED_CONFIG_DIR=$D/gen RABBITMQ_PID_FILE=$D/pid \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1} +S 2:2' \
    RABBITMQ_CTL_DIST_PORT_MIN=$CTL RABBITMQ_CTL_DIST_PORT_MAX=$((CTL + 2))
  unset RABBITMQ_CTL_ERL_ARGS
}

configure() {
  mkdir -p "$D"/{mnesia,log,gen}
  choose_ports; . "$D/ports"
  [ -f "$D/.erlang.cookie" ] || (umask 077; random_secret >"$D/.erlang.cookie"; chmod 400 "$D/.erlang.cookie")
  local secrets=${LINTEL_SECRETS:-$D/secrets}
  [ -f "$D/definitions.json" ] || LINTEL_CHANNELS=${LINTEL_CHANNELS:-web} python3 "$here/../rabbitmq/fill_definitions.py" "$secrets" "$D/definitions.json"
  [ -f "$D/netrc" ] || [ ! -f "$secrets/amqp-admin" ] || (umask 077; echo "machine 127.0.0.1 login admin password $(cat "$secrets/amqp-admin")" >"$D/netrc")
  echo '[rabbitmq_management,rabbitmq_prometheus].' >"$D/enabled_plugins"
  # How long a dead letter waits before it is offered again to a queue that could not take it; the default is three minutes.
  [ -f "$D/advanced.config" ] || echo '[{rabbit,[{dead_letter_worker_publisher_confirm_timeout,5000}]}].' >"$D/advanced.config"
  cat >"$D/rabbitmq.conf" <<C
listeners.tcp.1 = 127.0.0.1:$AMQP
management.tcp.ip = 127.0.0.1
management.tcp.port = $MGMT
prometheus.tcp.ip = 127.0.0.1
prometheus.tcp.port = $PROM
load_definitions = $D/definitions.json
disk_free_limit.absolute = 100MB
vm_memory_high_watermark.absolute = 1GB
management_agent.disable_metrics_collector = false
collect_statistics_interval = 1000
log.file.level = info
C
  [ ! -f "$D/tls/key.pem" ] || cat >>"$D/rabbitmq.conf" <<C
listeners.ssl.1 = 127.0.0.1:$AMQPS
ssl_options.cacertfile = $D/tls/ca.pem
ssl_options.certfile = $D/tls/cert.pem
ssl_options.keyfile = $D/tls/key.pem
ssl_options.verify = verify_none
ssl_options.fail_if_no_peer_cert = false
C
}

alive() { [ -s "$D/main.pid" ] && kill -0 "$(cat "$D/main.pid")" 2>/dev/null && grep -qz beam.smp "/proc/$(cat "$D/main.pid")/cmdline" 2>/dev/null; }
answers() { curl -sf --max-time 5 --netrc-file "$D/netrc" "http://127.0.0.1:$MGMT/api/health/checks/port-listener/$AMQP" >/dev/null; }

start() {
  rm -f "$D/stopped"
  if alive; then return; fi
  configure; environment
  rm -f "$D/pid"
  epmd -port "$EPMD" -address 127.0.0.1 -daemon 9>&-
  (cd "$D"; exec setsid "$server/rabbitmq-server" >"$D/log/stdout" 2>&1 </dev/null 9>&-) &
  local shell=$! deadline=$((SECONDS + 180))
  until [ -s "$D/pid" ] && answers; do
    kill -0 "$shell" 2>/dev/null || { cat "$D/log/stdout" >&2; exit 1; }
    if [ $SECONDS -ge $deadline ]; then
      kill -KILL -- "-$shell" || true   # what no pid file names nobody could stop later
      echo "RabbitMQ did not start in 180 s; see $D/log" >&2
      exit 1
    fi
    sleep 0.1
  done
  cat "$D/pid" >"$D/main.pid"   # RabbitMQ deletes its own file as soon as it is told to stop
}

ended() { while kill -0 "$1" 2>/dev/null; do sleep 0.05; done; }

finish() {   # SIGNAL
  if alive; then
    local pid; pid=$(cat "$D/main.pid")
    kill "-$1" "$pid"; ended "$pid"
  fi
  rm -f "$D/main.pid" "$D/pid"
  [ ! -f "$D/ports" ] || { environment; for _ in 1 2 3 4 5; do epmd -port "$EPMD" -kill 2>&1 | grep -q 'living nodes' || break; sleep 0.1; done; }
}

case $cmd in
  start) mkdir -p "$D"; locked "$D/lock"; start ;;
  stop) [ -d "$D" ] || exit 0; locked "$D/lock"; touch "$D/stopped"; finish TERM ;;
  restart) locked "$D/lock"; touch "$D/stopped"; finish TERM; start ;;
  kill) locked "$D/lock"; finish KILL ;;
  ctl) environment; cd "$D"; exec "$server/rabbitmqctl" "$@" ;;
  queues | diagnostics | plugins) environment; cd "$D"; exec "$server/rabbitmq-$cmd" "$@" ;;
  remove) [ -d "$D" ] || exit 0; locked "$D/lock"; touch "$D/stopped"; finish KILL; rm -rf "$D" ;;
  *) sed -n '2,11s/^# //p' "$0" >&2; exit 64 ;;
esac
