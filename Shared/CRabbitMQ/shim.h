// What Swift cannot import from librabbitmq 0.11: variadic login, cast macros, and four system calls of the I/O loop.
#ifndef LINTEL_CRABBITMQ_SHIM_H
#define LINTEL_CRABBITMQ_SHIM_H

#include <amqp.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

// Method numbers are cast macros in amqp_framing.h.
static const amqp_method_number_t CRMQ_CONNECTION_CLOSE = AMQP_CONNECTION_CLOSE_METHOD;
static const amqp_method_number_t CRMQ_CONNECTION_CLOSE_OK = AMQP_CONNECTION_CLOSE_OK_METHOD;
static const amqp_method_number_t CRMQ_CONNECTION_BLOCKED = AMQP_CONNECTION_BLOCKED_METHOD;
static const amqp_method_number_t CRMQ_CONNECTION_UNBLOCKED = AMQP_CONNECTION_UNBLOCKED_METHOD;
static const amqp_method_number_t CRMQ_CHANNEL_CLOSE = AMQP_CHANNEL_CLOSE_METHOD;
static const amqp_method_number_t CRMQ_CHANNEL_CLOSE_OK = AMQP_CHANNEL_CLOSE_OK_METHOD;
static const amqp_method_number_t CRMQ_QUEUE_DECLARE = AMQP_QUEUE_DECLARE_METHOD;
static const amqp_method_number_t CRMQ_QUEUE_DECLARE_OK = AMQP_QUEUE_DECLARE_OK_METHOD;
static const amqp_method_number_t CRMQ_BASIC_CANCEL = AMQP_BASIC_CANCEL_METHOD;
static const amqp_method_number_t CRMQ_BASIC_CANCEL_OK = AMQP_BASIC_CANCEL_OK_METHOD;
static const amqp_method_number_t CRMQ_BASIC_DELIVER = AMQP_BASIC_DELIVER_METHOD;
static const amqp_method_number_t CRMQ_BASIC_RETURN = AMQP_BASIC_RETURN_METHOD;
static const amqp_method_number_t CRMQ_BASIC_ACK = AMQP_BASIC_ACK_METHOD;
static const amqp_method_number_t CRMQ_BASIC_NACK = AMQP_BASIC_NACK_METHOD;

static const uint8_t CRMQ_FRAME_METHOD = AMQP_FRAME_METHOD;
static const uint8_t CRMQ_FRAME_HEADER = AMQP_FRAME_HEADER;
static const uint8_t CRMQ_FRAME_BODY = AMQP_FRAME_BODY;

/// amqp_login_with_properties is variadic: this is its PLAIN form, for one channel.
static inline amqp_rpc_reply_t crmq_login(amqp_connection_state_t connection, const char *vhost, int frame_max,
                                          int heartbeat, const amqp_table_t *properties, const char *user,
                                          const char *password) {
    return amqp_login_with_properties(connection, vhost, 1, frame_max, heartbeat, properties, AMQP_SASL_METHOD_PLAIN,
                                      user, password);
}

/// An eventfd by which other threads wake the one that owns the connection. Negative when there are no descriptors.
static inline int crmq_bell(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

static inline void crmq_ring(int bell) {
    uint64_t one = 1;
    while (write(bell, &one, sizeof one) < 0 && errno == EINTR) {}
}

static inline void crmq_hush(int bell) {
    uint64_t count;
    while (read(bell, &count, sizeof count) < 0 && errno == EINTR) {}
}

/// Sleeps until the socket can be read, the bell rings or the time is up. A socket of -1 is never ready.
static inline void crmq_wait(int socket, int bell, int milliseconds) {
    struct pollfd both[2] = {{socket, POLLIN, 0}, {bell, POLLIN, 0}};
    poll(both, 2, milliseconds);
}

/// Writing to a socket that the peer has closed must not end the process; only this thread's mask is changed.
static inline void crmq_block_sigpipe(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, 0);
}

#endif
