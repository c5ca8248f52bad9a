// What the bare programs need of librabbitmq: one connection with one channel, deliveries, publishes with confirms.
#ifndef WIRE_H
#define WIRE_H
#include <amqp.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_WINDOW (1 << 16)  // no more than this may be unconfirmed at once

struct wire {
  amqp_connection_state_t connection;
  uint64_t published, confirmed;  // how many messages were sent, and how many of them the broker has
  uint64_t lowest;                // every message up to this number is confirmed
  unsigned char has[WIRE_WINDOW]; // of those above, which ones
};

struct message {
  char *body;
  size_t length;
};

void die(const char *what);
struct wire *wire_open(const char *url);
void wire_consume(struct wire *wire, const char *queue, int prefetch);
// Reads what has arrived, up to `limit` deliveries in all; waits `patience` milliseconds for the first. Returns how many there are now.
size_t wire_take(struct wire *wire, struct message *into, size_t have, size_t limit, int patience, uint64_t *last_tag);
void wire_ack(struct wire *wire, uint64_t tag);
void wire_confirms(struct wire *wire);
void wire_publish(struct wire *wire, const char *exchange, const char *key, const char *type, const char *user, const char *id,
                  const char *body, size_t length);
// Reads the confirms that have arrived; waits `patience` milliseconds for one.
void wire_hear(struct wire *wire, int patience);
int wire_socket(struct wire *wire);
double seconds_now(void);
#endif
