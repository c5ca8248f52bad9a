#include "store.h"

#include <arpa/inet.h>
#include <endian.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "wire.h"

void bytes_add(struct bytes *to, const void *data, size_t length) {
  if (to->length + length > to->room) {
    to->room = (to->length + length) * 2;
    to->data = realloc(to->data, to->room);
  }
  memcpy(to->data + to->length, data, length);
  to->length += length;
}

static void add_int(struct bytes *to, uint32_t value) {
  value = htonl(value);
  bytes_add(to, &value, 4);
}

void array_begin(struct array *array, uint32_t element_type) {
  array->bytes.length = array->count = 0;
  uint32_t head[] = {1, 0, element_type, 0, 1};  // dimensions, no NULLs, type, count (set at the end), first index
  for (int i = 0; i < 5; i++) add_int(&array->bytes, head[i]);
}

void array_add(struct array *array, const void *data, size_t length) {
  add_int(&array->bytes, length);
  bytes_add(&array->bytes, data, length);
  array->count++;
}

void array_add_number(struct array *array, int64_t value) {
  value = htobe64(value);
  array_add(array, &value, 8);
}

void array_end(struct array *array) {
  uint32_t count = htonl(array->count);
  memcpy(array->bytes.data + 12, &count, 4);
}

PGconn *store_open(const char *url) {
  PGconn *store = PQconnectdb(url);
  if (PQstatus(store) != CONNECTION_OK) die(PQerrorMessage(store));
  return store;
}

void store_prepare(PGconn *store, const char *name, const char *sql) {
  PGresult *result = PQprepare(store, name, sql, 0, NULL);
  if (PQresultStatus(result) != PGRES_COMMAND_OK) die(PQerrorMessage(store));
  PQclear(result);
}

void store_send(PGconn *store, const char *name, int count, struct array **arrays) {
  const char *values[8];
  int lengths[8], formats[8];
  for (int i = 0; i < count; i++) {
    array_end(arrays[i]);
    values[i] = arrays[i]->bytes.data;
    lengths[i] = arrays[i]->bytes.length;
    formats[i] = 1;
  }
  if (!PQsendQueryPrepared(store, name, count, values, lengths, formats, 1)) die(PQerrorMessage(store));
}

void store_control(PGconn *store, const char *text) {
  if (!PQsendQueryParams(store, text, 0, NULL, NULL, NULL, NULL, 1)) die(PQerrorMessage(store));
}

void store_flush(PGconn *store) {
  if (!PQpipelineSync(store)) die(PQerrorMessage(store));
  while (PQflush(store)) {
    struct pollfd watched = {PQsocket(store), POLLIN | POLLOUT, 0};
    poll(&watched, 1, -1);
    if (watched.revents & POLLIN && !PQconsumeInput(store)) die(PQerrorMessage(store));
  }
}

PGresult *store_result(PGconn *store) {
  PGresult *result = PQgetResult(store);
  ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_PIPELINE_SYNC) return result;
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) die(PQerrorMessage(store));
  PGresult *end = PQgetResult(store);
  if (end) die("a statement with two results");
  return result;
}

void uuid_next(unsigned char into[16]) {
  static uint64_t counter, state = 88172645463325252ull;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  uint64_t time = htobe64(((uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000) << 16 | (counter++ & 0xfff) | 0x7000);
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  uint64_t random = (state & 0x3fffffffffffffffull) | 0x8000000000000000ull;
  memcpy(into, &time, 8);
  memcpy(into + 8, &random, 8);
}

void uuid_text(const unsigned char id[16], char into[37]) {
  static const char hex[] = "0123456789abcdef";
  for (int i = 0, at = 0; i < 16; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10) into[at++] = '-';
    into[at++] = hex[id[i] >> 4];
    into[at++] = hex[id[i] & 15];
  }
  into[36] = 0;
}
