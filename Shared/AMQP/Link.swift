import CRabbitMQ
import Glibc

/// One TCP connection to the broker with its one channel, as librabbitmq sees it.
///
/// librabbitmq is not thread-safe at all: a link is made, used and destroyed by the thread of its ``Owner``.
final class Link {
    static let channel: amqp_channel_t = 1
    static let frameMax: Int32 = 131_072

    let connection: amqp_connection_state_t
    let user: String
    let pool = EncodingPool()
    var assembly = ContentAssembly()
    /// Nothing can be sent any more, not even a goodbye.
    var isBroken = false
    /// The marker of the queue's life has been asked for.
    var isWatching = false

    private init(_ connection: amqp_connection_state_t, user: String) {
        self.connection = connection
        self.user = user
    }

    deinit { amqp_destroy_connection(connection) }

    /// The descriptor to poll; -1 once librabbitmq has closed it.
    var socket: Int32 { amqp_get_sockfd(connection) }

    /// Opens the socket, with TLS where the endpoint asks for it, logs in and opens the channel.
    static func open(_ endpoint: Endpoint) throws -> Link {
        guard let connection = amqp_new_connection() else { throw AMQPError(step: "connect", reason: "no memory") }
        let link = Link(connection, user: endpoint.user)
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        amqp_set_handshake_timeout(connection, &patience)
        amqp_set_rpc_timeout(connection, &patience)
        try link.openSocket(endpoint)
        try link.logIn(endpoint)
        amqp_channel_open(connection, channel)
        try link.check("open the channel")
        return link
    }

    private func openSocket(_ endpoint: Endpoint) throws {
        guard let socket = try endpoint.tls.map(secureSocket) ?? amqp_tcp_socket_new(connection) else {
            throw AMQPError(step: "open socket", reason: "no memory")
        }
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        let status = amqp_socket_open_noblock(socket, endpoint.host, Int32(clamping: endpoint.port), &patience)
        try check("open socket", status)
    }

    /// 0.11 trusts no authority and verifies nothing unless told to.
    private func secureSocket(_ tls: Endpoint.TLS) throws -> OpaquePointer? {
        guard let socket = amqp_ssl_socket_new(connection) else { return nil }
        amqp_ssl_socket_set_verify_peer(socket, 1)
        amqp_ssl_socket_set_verify_hostname(socket, 1)
        try check("require TLS 1.2", amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST))
        try check("read \(tls.authorityFile)", amqp_ssl_socket_set_cacert(socket, tls.authorityFile))
        return socket
    }

    private func logIn(_ endpoint: Endpoint) throws {
        var properties = pool.table([
            "product": .string("lintel"),
            "connection_name": .string(endpoint.connectionName),
            "capabilities": .table([
                "consumer_cancel_notify": .bool(true),
                "connection.blocked": .bool(true),
                "publisher_confirms": .bool(true),
                "basic.nack": .bool(true),
                "authentication_failure_close": .bool(true),
            ]),
        ])
        let reply = crmq_login(
            connection,
            endpoint.virtualHost,
            Self.frameMax,
            Int32(clamping: max(1, endpoint.heartbeat)),
            &properties,
            endpoint.user,
            endpoint.password
        )
        pool.recycle()
        try check("log in", reply)
    }

    /// Says goodbye if the broker can still hear it.
    ///
    /// Waits two seconds for its answer.
    func close() {
        guard !isBroken else { return }
        isBroken = true
        var patience = timeval(tv_sec: 2, tv_usec: 0)
        amqp_set_rpc_timeout(connection, &patience)
        amqp_connection_close(connection, AMQP_REPLY_SUCCESS)
    }
}

extension Link {
    /// Throws unless a call without a reply went well.
    func check(_ step: String, _ status: Int32) throws {
        guard status != AMQP_STATUS_OK.rawValue else { return }
        isBroken = true
        throw AMQPError(step: step, reason: String(cString: amqp_error_string2(status)))
    }

    /// Throws unless the last call that waits for a reply went well.
    func check(_ step: String) throws { try check(step, amqp_get_rpc_reply(connection)) }

    private func check(_ step: String, _ reply: amqp_rpc_reply_t) throws {
        switch reply.reply_type {
        case AMQP_RESPONSE_NORMAL: return
        case AMQP_RESPONSE_SERVER_EXCEPTION: throw closed(by: reply.reply, during: step)
        case AMQP_RESPONSE_LIBRARY_EXCEPTION: try check(step, reply.library_error)
        default: break
        }
        isBroken = true
        throw AMQPError(step: step, reason: "the broker did not answer")
    }

    /// Answers the broker's close of the channel or the connection, as the protocol wants it, and reads its reason.
    func closed(by method: amqp_method_t, during step: String) -> AMQPError {
        guard let decoded = method.decoded else {
            isBroken = true
            return AMQPError(step: step, reason: "closed by the broker")
        }
        if method.id == CRMQ_CHANNEL_CLOSE {
            let close = decoded.assumingMemoryBound(to: amqp_channel_close_t.self).pointee
            var answer = amqp_channel_close_ok_t()
            amqp_send_method(connection, Self.channel, CRMQ_CHANNEL_CLOSE_OK, &answer)
            if isWatching, close.reply_code == 404 {
                return AMQPError(step: "consume", reason: "its queue was deleted and made anew behind its back")
            }
            return AMQPError(step: step, reason: String(repairing: close.reply_text), code: Int(close.reply_code))
        }
        isBroken = true
        guard method.id == CRMQ_CONNECTION_CLOSE else {
            return AMQPError(step: step, reason: "unexpected method \(method.id)")
        }
        let close = decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee
        var answer = amqp_connection_close_ok_t()
        amqp_send_method(connection, 0, CRMQ_CONNECTION_CLOSE_OK, &answer)
        return AMQPError(step: step, reason: String(repairing: close.reply_text), code: Int(close.reply_code))
    }
}
