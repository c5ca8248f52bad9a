// The floor of the fan-out: hears the same events in batches and stores, in one transaction per batch, that each was heard and
// one effect of it, without any rule.
//
// usage: fanout-floor AMQP-URL DATABASE-URL QUEUE BATCH     runs until it is killed
#include <stdlib.h>
#include <string.h>

#include "store.h"
#include "wire.h"

static const char *heard =
    "INSERT INTO inbox (inlet, source, message_id) SELECT 'floor', '/lintel/leads', id FROM unnest($1::text[]) AS t (id) ON CONFLICT DO NOTHING";
static const char *effect =
    "INSERT INTO effects (id, recorded_at, data) SELECT id, now(), data FROM unnest($1::uuid[], $2::jsonb[]) AS t (id, data)";

int main(int count, char **arguments) {
  if (count != 5) die("usage: fanout-floor AMQP-URL DATABASE-URL QUEUE BATCH");
  size_t limit = atoi(arguments[4]), have;
  PGconn *store = store_open(arguments[2]);
  store_prepare(store, "heard", heard);
  store_prepare(store, "effect", effect);
  if (!PQenterPipelineMode(store) || PQsetnonblocking(store, 1)) die("no pipeline");
  struct wire *in = wire_open(arguments[1]);
  wire_consume(in, arguments[3], 2 * limit);
  struct message *batch = calloc(limit, sizeof *batch);
  struct array ids = {0}, keys = {0}, data = {0}, *first[] = {&ids}, *second[] = {&keys, &data};
  uint64_t tag = 0;
  while (1) {
    if (!(have = wire_take(in, batch, 0, limit, 1000, &tag))) continue;
    array_begin(&ids, TEXT), array_begin(&keys, UUID), array_begin(&data, JSONB);
    for (size_t i = 0; i < have; i++) {
      unsigned char id[16];
      char text[37], *json = malloc(batch[i].length + 1);
      uuid_next(id), uuid_text(id, text);
      json[0] = 1;  // the version of jsonb's binary format
      memcpy(json + 1, batch[i].body, batch[i].length);
      array_add(&ids, text, 36), array_add(&keys, id, 16), array_add(&data, json, batch[i].length + 1);
      free(json), free(batch[i].body);
    }
    store_control(store, "BEGIN");
    store_send(store, "heard", 1, first);
    store_send(store, "effect", 2, second);
    store_control(store, "COMMIT");
    store_flush(store);
    for (int step = 0; step < 5; step++) PQclear(store_result(store));
    wire_ack(in, tag);
  }
}
