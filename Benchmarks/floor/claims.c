// Sends requests at the same moment, each over a connection of its own, and says when each was answered.
//
// usage: claims ADDRESS PORT < REQUESTS
// Requests are whole HTTP/1.1 requests, one behind the other, each preceded by its length in bytes and a line feed.
// Prints a line for each, in their order: the status code, and milliseconds from when the first was sent until its answer began.
// A client that costs next to nothing, so that what is measured is the server, not who asks it.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "wire.h"

enum { MOST = 4096, PATIENCE_MS = 30000 };

struct request {
  int socket, code;
  size_t length;
  char *text;
  double answered;
};

static struct request requests[MOST];

static int read_requests(void) {
  int count = 0;
  size_t length;
  while (count < MOST && scanf("%zu", &length) == 1) {
    struct request *request = &requests[count++];
    request->length = length;
    request->text = malloc(length);
    if (!request->text || getchar() != '\n' || fread(request->text, 1, length, stdin) != length) die("the requests cannot be read");
  }
  return count;
}

static void open_connections(int count, const char *address, int port, int poll) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (inet_pton(AF_INET, address, &to.sin_addr) != 1) die("the address is none");
  for (int i = 0; i < count; i++) {
    int one = 1;
    requests[i].socket = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(requests[i].socket, (struct sockaddr *)&to, sizeof to)) die("no connection");
    setsockopt(requests[i].socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, requests[i].socket, &event)) die("epoll");
  }
}

static void note(struct request *request, int poll, double start) {
  char head[512] = "";
  ssize_t length = recv(request->socket, head, sizeof head - 1, 0);
  if (length <= 0 || sscanf(head, "HTTP/1.1 %d", &request->code) != 1) die("an answer that is no HTTP");
  request->answered = 1000 * (seconds_now() - start);
  epoll_ctl(poll, EPOLL_CTL_DEL, request->socket, NULL);
}

int main(int argc, char **argv) {
  if (argc != 3) die("usage: claims ADDRESS PORT < REQUESTS");
  int count = read_requests(), poll = epoll_create1(0);
  open_connections(count, argv[1], atoi(argv[2]), poll);
  double start = seconds_now();
  for (int i = 0; i < count; i++)
    if (send(requests[i].socket, requests[i].text, requests[i].length, 0) != (ssize_t)requests[i].length) die("a request was not taken whole");
  for (int left = count; left > 0;) {
    struct epoll_event events[64];
    int ready = epoll_wait(poll, events, 64, PATIENCE_MS);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) die("no answer within half a minute");
    for (int i = 0; i < ready; i++) note(&requests[events[i].data.u32], poll, start);
    left -= ready;
  }
  for (int i = 0; i < count; i++) printf("%d %.3f\n", requests[i].code, requests[i].answered);
  return 0;
}
