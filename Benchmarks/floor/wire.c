#include "wire.h"

#include <amqp_tcp_socket.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

void die(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static void check(amqp_rpc_reply_t reply, const char *what) {
  if (reply.reply_type != AMQP_RESPONSE_NORMAL) die(what);
}

struct wire *wire_open(const char *url) {
  char *text = strdup(url);
  struct amqp_connection_info info;
  if (amqp_parse_url(text, &info)) die("the broker's address cannot be read");
  struct wire *wire = calloc(1, sizeof *wire);
  wire->connection = amqp_new_connection();
  amqp_socket_t *socket = amqp_tcp_socket_new(wire->connection);
  if (amqp_socket_open(socket, info.host, info.port)) die("the broker does not answer");
  check(amqp_login(wire->connection, info.vhost, 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, info.user, info.password), "log in");
  amqp_channel_open(wire->connection, 1);
  check(amqp_get_rpc_reply(wire->connection), "open the channel");
  free(text);
  return wire;
}

int wire_socket(struct wire *wire) { return amqp_get_sockfd(wire->connection); }

void wire_consume(struct wire *wire, const char *queue, int prefetch) {
  amqp_basic_qos(wire->connection, 1, 0, prefetch, 0);
  amqp_basic_consume(wire->connection, 1, amqp_cstring_bytes(queue), amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
  check(amqp_get_rpc_reply(wire->connection), "consume");
}

size_t wire_take(struct wire *wire, struct message *into, size_t have, size_t limit, int patience, uint64_t *last_tag) {
  while (have < limit) {
    struct timeval wait = {patience / 1000, patience % 1000 * 1000};
    amqp_envelope_t envelope;
    amqp_maybe_release_buffers(wire->connection);
    amqp_rpc_reply_t reply = amqp_consume_message(wire->connection, &envelope, &wait, 0);
    if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION && reply.library_error == AMQP_STATUS_TIMEOUT) break;
    check(reply, "take a delivery");
    into[have].length = envelope.message.body.len;
    into[have].body = malloc(envelope.message.body.len);
    memcpy(into[have].body, envelope.message.body.bytes, envelope.message.body.len);
    *last_tag = envelope.delivery_tag;
    amqp_destroy_envelope(&envelope);
    have++;
    patience = 0;
  }
  return have;
}

void wire_ack(struct wire *wire, uint64_t tag) { amqp_basic_ack(wire->connection, 1, tag, 1); }

void wire_confirms(struct wire *wire) {
  amqp_confirm_select(wire->connection, 1);
  check(amqp_get_rpc_reply(wire->connection), "confirms");
}

void wire_publish(struct wire *wire, const char *exchange, const char *key, const char *type, const char *user, const char *id,
                  const char *body, size_t length) {
  amqp_basic_properties_t properties = {
      ._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG |
                (user ? AMQP_BASIC_USER_ID_FLAG : 0),
      .content_type = amqp_cstring_bytes(type),
      .delivery_mode = 2,
      .message_id = amqp_cstring_bytes(id),
      .user_id = amqp_cstring_bytes(user ? user : ""),
  };
  amqp_bytes_t content = {.len = length, .bytes = (void *)body};
  if (amqp_basic_publish(wire->connection, 1, amqp_cstring_bytes(exchange), amqp_cstring_bytes(key), 1, 0, &properties, content))
    die("publish");
  wire->published++;
}

// Confirms come out of order, one by one or "all up to this".
static void confirm(struct wire *wire, amqp_basic_ack_t *ack) {
  uint64_t from = ack->multiple ? wire->lowest + 1 : ack->delivery_tag;
  for (uint64_t number = from; number <= ack->delivery_tag; number++) {
    wire->confirmed += !wire->has[number % WIRE_WINDOW];
    wire->has[number % WIRE_WINDOW] = 1;
  }
  while (wire->lowest < wire->published && wire->has[(wire->lowest + 1) % WIRE_WINDOW])
    wire->has[++wire->lowest % WIRE_WINDOW] = 0;
}

void wire_hear(struct wire *wire, int patience) {
  while (wire->confirmed < wire->published) {
    struct timeval wait = {patience / 1000, patience % 1000 * 1000};
    amqp_frame_t frame;
    amqp_maybe_release_buffers(wire->connection);
    int status = amqp_simple_wait_frame_noblock(wire->connection, &frame, &wait);
    if (status == AMQP_STATUS_TIMEOUT) return;
    if (status != AMQP_STATUS_OK) die("the connection broke");
    if (frame.frame_type != AMQP_FRAME_METHOD || frame.payload.method.id != AMQP_BASIC_ACK_METHOD)
      die("the broker did not take a message");
    confirm(wire, frame.payload.method.decoded);
    patience = 0;
  }
}
