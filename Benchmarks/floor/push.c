// Pushes submissions as channels do, persistent and with confirms, as fast as the broker takes them.
//
// usage: push AMQP-URL FILE     FILE: a line per submission, "<channel> <message id> <JSON>"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

int main(int count, char **arguments) {
  if (count != 3) die("usage: push AMQP-URL FILE");
  FILE *file = fopen(arguments[2], "r");
  if (!file) die("the submissions cannot be read");
  struct wire *wire = wire_open(arguments[1]);
  wire_confirms(wire);
  char *line = NULL, key[128];
  size_t room = 0;
  ssize_t length;
  double start = seconds_now();
  while ((length = getline(&line, &room, file)) > 0) {
    line[--length] = 0;
    char *id = strchr(line, ' '), *body = id ? strchr(id + 1, ' ') : NULL;
    if (!body) die("a line that is no submission");
    *id++ = 0, *body++ = 0;
    snprintf(key, sizeof key, "lead.%s", line);
    wire_publish(wire, "lintel.intake", key, "application/json", NULL, id, body, length - (body - line));
    if (wire->published % 64 == 0) wire_hear(wire, 0);
    while (wire->published - wire->confirmed > 2000) wire_hear(wire, 1000);
  }
  while (wire->confirmed < wire->published) wire_hear(wire, 1000);
  printf("%llu confirmed in %.2f s\n", (unsigned long long)wire->confirmed, seconds_now() - start);
}
