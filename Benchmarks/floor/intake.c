// The floor of the intake: takes the same queue in batches, writes as many rows and bytes as Leads does with prebuilt set-based
// statements in one transaction per batch, publishes as many events with confirms, and knows no rule at all.
//
// usage: intake-floor AMQP-URL DATABASE-URL RECIPE BATCH     runs until it is killed
// RECIPE: lines "<table> <rows per submission>" and "<name>.text <what to write>", as Benchmarks/run.py measures them.
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"
#include "wire.h"

enum table { SUBMISSIONS, PERSONS, IDENTIFIERS, LEADS, DECISIONS, EVENTS, STREAMS, TIMERS, TABLES };
static const char *names[TABLES] = {"submissions", "persons", "identifiers", "leads", "decisions", "events", "streams", "timers"};
enum text { LEAD, DECISION, DATA, BODY, TIMER, TEXTS };
static const char *text_names[TEXTS] = {"lead.text", "decision.text", "data.text", "body.text", "timer.text"};

static const char *statements[TABLES] = {
    "INSERT INTO submissions (id, channel, submission_key, digest, transport, external_id, campaign, outcome, lead_id, uid, "
    "received_at, last_at, body, body_size, sequence, content, link) SELECT id, 'web', key, digest, 'amqp', key, 'autumn-2026', 'accepted', id, id, now(), "
    "now(), body, octet_length(body), nextval('places'), substring(body, 1, 32), substring(body, 33, 32) FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[]) AS t (id, key, digest, body)",
    "INSERT INTO persons (uid, name, language, consent_sms, consent_email, consent_call, created_at, updated_at) "
    "SELECT uid, '张三三', 'zh', true, true, true, now(), now() FROM unnest($1::uuid[]) AS t (uid)",
    "INSERT INTO identifiers (kind, value, uid, created_at) SELECT 'phone', value, uid, now() "
    "FROM unnest($1::text[], $2::uuid[]) AS t (value, uid)",
    "INSERT INTO leads (id, uid, status, grade, grade_why, channel, campaign, project, district, owner_id, team_id, owner_why, "
    "owners, response_due_at, received_at, assigned_at, last_touch_at, need) SELECT id, id, 'open', 'A', '{}', 'web', 'autumn-2026', "
    "'river-park', '浦东', owner, owner, '{}', ARRAY[owner], now(), now(), now(), now(), need "
    "FROM unnest($1::uuid[], $2::uuid[], $3::jsonb[]) AS t (id, owner, need)",
    "INSERT INTO decisions (lead_id, kind, outcome, why, actor, decided_at) SELECT id, 'grade', 'A', why, 'system', now() "
    "FROM unnest($1::uuid[], $2::jsonb[]) AS t (id, why)",
    "WITH written AS (INSERT INTO journal (id, name, subject, sequence, uid, actor, correlation_id, occurred_at, data) "
    "SELECT id, 'leads.lead.received.v1', subject, 1, id, 'channel:web', subject, now(), data "
    "FROM unnest($1::uuid[], $2::text[], $3::jsonb[]) AS t (id, subject, data) RETURNING position, recorded_at, subject) "
    "INSERT INTO outbox (position, recorded_at, subject) SELECT position, recorded_at, subject FROM written RETURNING position",
    "INSERT INTO streams (subject, version) SELECT subject, 1 FROM unnest($1::text[]) AS t (subject)",
    "INSERT INTO timers (kind, key, due_at, payload, correlation_id) SELECT 'leads.first-response', key, now(), payload, key "
    "FROM unnest($1::text[], $2::jsonb[]) AS t (key, payload)",
};

static double ratio[TABLES], owed[TABLES];
static char *texts[TEXTS];

static void read_recipe(const char *path) {
  static char line[1 << 16];
  FILE *file = fopen(path, "r");
  if (!file) die("the recipe cannot be read");
  while (fgets(line, sizeof line, file)) {
    line[strcspn(line, "\n")] = 0;
    char *value = strchr(line, ' ');
    if (!value) continue;
    *value++ = 0;
    for (int i = 0; i < TABLES; i++)
      if (!strcmp(line, names[i])) ratio[i] = atof(value);
    for (int i = 0; i < TEXTS; i++)
      if (!strcmp(line, text_names[i])) texts[i] = strdup(value);
  }
  fclose(file);
  for (int i = 0; i < TEXTS; i++)
    if (!texts[i]) die("the recipe lacks a text");
}

static void add_uuid(struct array *to) {
  unsigned char id[16];
  uuid_next(id);
  array_add(to, id, 16);
}

static void add_subject(struct array *to) {
  unsigned char id[16];
  char text[37];
  uuid_next(id);
  uuid_text(id, text);
  array_add(to, text, 36);
}

static void add_json(struct array *to, const char *text) {
  static char json[1 << 16];
  size_t length = strlen(text);
  json[0] = 1;  // the version of jsonb's binary format
  memcpy(json + 1, text, length);
  array_add(to, json, length + 1);
}

// Fills the parameters of one table's statement for one row.
static void add_row(enum table table, struct array *a, const struct message *message) {
  unsigned char id[16];
  char text[65];
  switch (table) {
    case SUBMISSIONS:
      add_uuid(&a[0]);
      uuid_next(id), uuid_text(id, text);
      array_add(&a[1], text + 20, 16);
      memset(text + 36, 'f', 28);
      array_add(&a[2], text, 64);
      array_add(&a[3], message->body, message->length);
      break;
    case PERSONS: add_uuid(&a[0]); break;
    case IDENTIFIERS:
      uuid_next(id), uuid_text(id, text);
      array_add(&a[0], text + 22, 14);
      add_uuid(&a[1]);
      break;
    case LEADS: add_uuid(&a[0]), array_add(&a[1], "an-owner-16bytes", 16), add_json(&a[2], texts[LEAD]); break;
    case DECISIONS: add_uuid(&a[0]), add_json(&a[1], texts[DECISION]); break;
    case EVENTS: add_uuid(&a[0]), add_subject(&a[1]), add_json(&a[2], texts[DATA]); break;
    case STREAMS: add_subject(&a[0]); break;
    case TIMERS: add_subject(&a[0]), add_json(&a[1], texts[TIMER]); break;
    case TABLES: break;
  }
}

static struct array parameters[TABLES][4];
static const int parameter_count[TABLES] = {4, 1, 2, 3, 2, 3, 1, 2};
static const uint32_t types[TABLES][4] = {{UUID, TEXT, TEXT, BYTEA}, {UUID}, {TEXT, UUID}, {UUID, UUID, JSONB},
                                          {UUID, JSONB}, {UUID, TEXT, JSONB}, {TEXT}, {TEXT, JSONB}};

static void begin_batch(PGconn *store, const struct message *batch, size_t count, struct array *confirmed) {
  store_control(store, "BEGIN");
  struct array *deleted[] = {confirmed};
  store_send(store, "delete", 1, deleted);
  for (int table = 0; table < TABLES; table++) {
    struct array *a = parameters[table], *pointers[4];
    for (int i = 0; i < parameter_count[table]; i++) array_begin(&a[i], types[table][i]), pointers[i] = &a[i];
    owed[table] += ratio[table] * count;
    size_t rows = (size_t)owed[table];
    owed[table] -= rows;
    for (size_t row = 0; row < rows; row++) add_row(table, a, &batch[row % (count ? count : 1)]);
    store_send(store, names[table], parameter_count[table], pointers);
  }
  store_control(store, "COMMIT");
  store_flush(store);
}

// Reads every answer; the positions of the events that were journalled go into `positions`.
static void finish_batch(PGconn *store, struct array *positions) {
  array_begin(positions, INT8);
  for (int step = 0; step < TABLES + 3; step++) {
    PGresult *result = store_result(store);
    if (step == 2 + EVENTS)
      for (int row = 0; row < PQntuples(result); row++) array_add(positions, PQgetvalue(result, row, 0), 8);
    PQclear(result);
  }
  PQclear(store_result(store));  // the synchronisation point
}

static void publish(struct wire *wire, size_t count) {
  unsigned char id[16];
  char text[37];
  for (size_t i = 0; i < count; i++) {
    uuid_next(id), uuid_text(id, text);
    wire_publish(wire, "lintel.events", "leads.lead.received", "application/cloudevents+json", NULL, text, texts[BODY], strlen(texts[BODY]));
    if (i % 64 == 63) wire_hear(wire, 0);
  }
}

static int is_answered(PGconn *store, int patience) {
  struct pollfd watched = {PQsocket(store), POLLIN, 0};
  poll(&watched, 1, patience);
  if (watched.revents && !PQconsumeInput(store)) die(PQerrorMessage(store));
  return !PQisBusy(store);
}

int main(int count, char **arguments) {
  if (count != 5) die("usage: intake-floor AMQP-URL DATABASE-URL RECIPE BATCH");
  read_recipe(arguments[3]);
  size_t limit = atoi(arguments[4]), have = 0;
  PGconn *store = store_open(arguments[2]);
  for (int table = 0; table < TABLES; table++) store_prepare(store, names[table], statements[table]);
  store_prepare(store, "delete", "DELETE FROM outbox WHERE position = ANY($1::bigint[])");
  if (!PQenterPipelineMode(store) || PQsetnonblocking(store, 1)) die("no pipeline");
  struct wire *in = wire_open(arguments[1]), *out = wire_open(arguments[1]);
  wire_confirms(out);
  wire_consume(in, "leads.intake", 2 * limit);

  struct message *batch = calloc(limit, sizeof *batch);
  struct array committed = {0}, confirmed = {0};
  array_begin(&committed, INT8), array_begin(&confirmed, INT8);
  uint64_t tag = 0;
  while (1) {
    have = wire_take(in, batch, 0, limit, committed.count ? 0 : 1000, &tag);
    if (!have && !committed.count && !confirmed.count) continue;
    // While the database stores this batch, the broker takes the events of the last one.
    begin_batch(store, batch, have, &confirmed);
    publish(out, committed.count);
    while (out->confirmed < out->published) wire_hear(out, 1000);
    struct array swap = confirmed;
    confirmed = committed, committed = swap;
    while (!is_answered(store, 1000));
    finish_batch(store, &committed);
    if (have) wire_ack(in, tag);
    for (size_t i = 0; i < have; i++) free(batch[i].body);
  }
}
