// What the bare programs need of libpq: arrays as parameters, and statements that go out together.
#ifndef STORE_H
#define STORE_H
#include <libpq-fe.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
  char *data;
  size_t length, room;
};

void bytes_add(struct bytes *to, const void *data, size_t length);

// A one-dimensional array in PostgreSQL's binary format.
struct array {
  struct bytes bytes;
  uint32_t count;
};

void array_begin(struct array *array, uint32_t element_type);
void array_add(struct array *array, const void *data, size_t length);
void array_add_number(struct array *array, int64_t value);
void array_end(struct array *array);

enum { UUID = 2950, TEXT = 25, BYTEA = 17, INT8 = 20, JSONB = 3802 };

PGconn *store_open(const char *url);
void store_prepare(PGconn *store, const char *name, const char *sql);
void store_send(PGconn *store, const char *name, int count, struct array **arrays);
void store_control(PGconn *store, const char *text);  // BEGIN, COMMIT
void store_flush(PGconn *store);
// The next statement's result, with an error ending the program.
PGresult *store_result(PGconn *store);

// 16 bytes that rise with time, as UUIDv7 do.
void uuid_next(unsigned char into[16]);
void uuid_text(const unsigned char id[16], char into[37]);
#endif
