#!/bin/bash
# The real servers that the tests need, private and on free ports: PostgreSQL (without fsync), RabbitMQ, the mail catcher, Kannel.
# usage: eval "$(test-servers.sh start DIR)"    starts them, prints the LINTEL_TEST_* variables (also kept in DIR/test.env)
#        test-servers.sh stop DIR               stops them and removes DIR
set -euo pipefail
here=$(dirname "$(realpath "$0")")
export LINTEL_HOME; LINTEL_HOME=$(realpath -m "$2")

# A test must not see the settings of whoever starts it.
unset LINTEL_PUBLIC_URL LINTEL_TLS LINTEL_BIN LINTEL_CHANNELS
export LINTEL_PORT=auto LINTEL_FSYNC=off

start() {
  "$here/lintel" up --only postgres,rabbitmq,mail,kannel >&2
  local base; base=$(cat "$LINTEL_HOME/run/base-port")
  "$here/postgres.sh" psql "$LINTEL_HOME/postgres" -c 'CREATE DATABASE lintel_test' >&2 2>/dev/null || true   # there from an earlier start
  local secrets=$LINTEL_HOME/secrets
  (umask 077; cat >"$LINTEL_HOME/test.env" <<V
export LINTEL_TEST_DATABASE_URL='$("$here/postgres.sh" url "$LINTEL_HOME/postgres" lintel_test)'
export LINTEL_TEST_AMQP_URL='amqp://admin:$(cat "$secrets/amqp-admin")@127.0.0.1:$((base + 10))/lintel'
export LINTEL_TEST_AMQP_MGMT_URL='http://admin:$(cat "$secrets/amqp-admin")@127.0.0.1:$((base + 11))'
export LINTEL_TEST_AMQPS_URL='amqps://admin:$(cat "$secrets/amqp-admin")@localhost:$((base + 15))/lintel'
export LINTEL_TEST_AMQPS_CA_FILE='$secrets/tls-cert.pem'
export LINTEL_TEST_SECRETS='$secrets'
export LINTEL_TEST_RABBITMQ_DIR='$LINTEL_HOME/rabbitmq'
export LINTEL_TEST_POSTGRES_DIR='$LINTEL_HOME/postgres'
export LINTEL_TEST_SMTP_URL='smtp://localhost:$((base + 19))'
export LINTEL_TEST_SMTP_USER='notify'
export LINTEL_TEST_SMTP_PASSWORD='$(cat "$secrets/smtp-notify")'
export LINTEL_TEST_SMTP_CA_FILE='$secrets/tls-cert.pem'
export LINTEL_TEST_MAILDIR='$LINTEL_HOME/mail/box'
export LINTEL_TEST_SMS_URL='http://127.0.0.1:$((base + 22))/cgi-bin/sendsms'
export LINTEL_TEST_SMS_USER='notify'
export LINTEL_TEST_SMS_PASSWORD='$(cat "$secrets/sms-notify")'
export LINTEL_TEST_SMS_LOG='$LINTEL_HOME/log/operator.log'
V
  )
  cat "$LINTEL_HOME/test.env"
}

case $1 in
  start) start ;;
  stop) "$here/lintel" down; "$here/postgres.sh" remove "$LINTEL_HOME/postgres"; rm -rf "$LINTEL_HOME" ;;
  *) sed -n '2,5s/^# //p' "$0" >&2; exit 64 ;;
esac
