import CRabbitMQ
import Glibc

/// What the broker says on its own account.
enum LinkEvent {
    case delivery(ContentAssembly.Delivered)
    case returned(messageID: String?, code: Int, reason: String)
    case confirmed(number: UInt64, multiple: Bool)
    case refused(number: UInt64, multiple: Bool)
    case blocked(reason: String)
    case unblocked
    /// The answer to our own cancel.
    case cancelled
    /// How full a queue is, as was asked.
    case counted(ready: Int, consumers: Int)
}

extension Link {
    /// The next event that has arrived, or nil when all is read: librabbitmq's queue, its buffer, TLS and the socket.
    ///
    /// Every call also sends and checks heartbeats when they are due.
    /// - Throws: ``AMQPError`` once the connection or channel is closed or the consumer was cancelled by the broker.
    func nextEvent() throws -> LinkEvent? {
        while true {
            var frame = amqp_frame_t()
            var noWait = timeval(tv_sec: 0, tv_usec: 0)
            let status = amqp_simple_wait_frame_noblock(connection, &frame, &noWait)
            if status == AMQP_STATUS_TIMEOUT.rawValue { return nil }
            try check("read", status)
            // Everything is copied out of the frame before its memory is given back.
            defer { amqp_maybe_release_buffers_on_channel(connection, frame.channel) }
            if let event = try event(in: frame) { return event }
        }
    }

    private func event(in frame: amqp_frame_t) throws -> LinkEvent? {
        switch frame.frame_type {
        case CRMQ_FRAME_METHOD:
            return try event(in: frame.payload.method)
        case CRMQ_FRAME_HEADER:
            let header = frame.payload.properties
            guard let decoded = header.decoded else { return nil }
            let properties = decoded.assumingMemoryBound(to: amqp_basic_properties_t.self).pointee
            return try assembly.take(Properties(properties), bodySize: header.body_size)
        case CRMQ_FRAME_BODY:
            return try assembly.take(frame.payload.body_fragment.view)
        default:
            return nil  // heartbeats surface here too
        }
    }

    private func event(in method: amqp_method_t) throws -> LinkEvent? {
        func read<Method>(_ type: Method.Type) throws -> Method {
            guard let decoded = method.decoded else {
                throw AMQPError(step: "read", reason: "method \(method.id) came without arguments")
            }
            return decoded.assumingMemoryBound(to: type).pointee
        }
        switch method.id {
        case CRMQ_BASIC_DELIVER:
            assembly.begin(try read(amqp_basic_deliver_t.self))
        case CRMQ_BASIC_RETURN:
            assembly.begin(try read(amqp_basic_return_t.self))
        case CRMQ_BASIC_ACK:
            let ack = try read(amqp_basic_ack_t.self)
            return .confirmed(number: ack.delivery_tag, multiple: ack.multiple != 0)
        case CRMQ_BASIC_NACK:
            let nack = try read(amqp_basic_nack_t.self)
            return .refused(number: nack.delivery_tag, multiple: nack.multiple != 0)
        case CRMQ_CONNECTION_BLOCKED:
            return .blocked(reason: String(repairing: try read(amqp_connection_blocked_t.self).reason))
        case CRMQ_CONNECTION_UNBLOCKED:
            return .unblocked
        case CRMQ_QUEUE_DECLARE_OK:
            let declared = try read(amqp_queue_declare_ok_t.self)
            return .counted(ready: Int(declared.message_count), consumers: Int(declared.consumer_count))
        case CRMQ_BASIC_CANCEL_OK:
            return .cancelled
        case CRMQ_BASIC_CANCEL:
            throw AMQPError(step: "consume", reason: "the broker cancelled the consumer: its queue went away")
        case CRMQ_CHANNEL_CLOSE, CRMQ_CONNECTION_CLOSE:
            throw closed(by: method, during: "read")
        default:
            throw AMQPError(step: "read", reason: "unexpected method \(method.id)")
        }
        return nil
    }
}
