import CRabbitMQ

extension Link {
    static let consumerTag = "lintel"

    /// Asserts what must be there.
    /// - Throws: ``AMQPError`` with the broker's code (403, 404, 406) where it has something else.
    func assert(_ declarations: [Declaration]) throws {
        for declaration in declarations {
            defer { pool.recycle() }
            switch declaration {
            case .exchangeExists(let name): try expectExchange(name)
            case .quorumQueue(let name, let isSingle): try declareQueue(name, singleActiveConsumer: isSingle)
            case .binding(let queue, let exchange, let routingKey):
                try bind(queue, to: exchange, routingKey: routingKey)
            }
        }
    }

    private func expectExchange(_ name: String) throws {
        let anyType = pool.bytes("direct")
        amqp_exchange_declare(connection, Self.channel, try short(name), anyType, 1, 1, 0, 0, amqp_table_t())
        try check("find exchange \(name)")
    }

    /// Only what cannot change later is an argument; limits and dead-lettering come by policy.
    private func declareQueue(_ name: String, singleActiveConsumer: Bool) throws {
        var arguments: [String: HeaderValue] = ["x-queue-type": .string("quorum")]
        if singleActiveConsumer { arguments["x-single-active-consumer"] = .bool(true) }
        amqp_queue_declare(connection, Self.channel, try short(name), 0, 1, 0, 0, pool.table(arguments))
        try check("declare queue \(name)")
    }

    private func bind(_ queue: String, to exchange: String, routingKey: String) throws {
        let key = try short(routingKey)
        amqp_queue_bind(connection, Self.channel, try short(queue), try short(exchange), key, amqp_table_t())
        try check("bind queue \(queue) to \(exchange)")
    }

    func selectConfirms() throws {
        amqp_confirm_select(connection, Self.channel)
        try check("select confirms")
    }

    func consume(_ queue: String, prefetch: Int) throws {
        defer { pool.recycle() }
        amqp_basic_qos(connection, Self.channel, 0, UInt16(clamping: max(1, prefetch)), 0)
        try check("set prefetch")
        let tag = pool.bytes(Self.consumerTag)
        amqp_basic_consume(connection, Self.channel, try short(queue), tag, 0, 0, 0, amqp_table_t())
        try check("consume queue \(queue)")
    }

    /// Asks the broker to send nothing more; `cancelled` follows as an event, after what is still under way.
    func cancel() throws {
        defer { pool.recycle() }
        var method = amqp_basic_cancel_t(consumer_tag: pool.bytes(Self.consumerTag), nowait: 0)
        // amqp_basic_cancel would wait for the answer with deliveries piling up behind it.
        try check("cancel", amqp_send_method(connection, Self.channel, CRMQ_BASIC_CANCEL, &method))
    }

    /// Asks how full a queue is; `counted` follows as an event.
    ///
    /// The queue must be there: for one that is not, the broker closes the channel.
    func look(at queue: String) throws {
        defer { pool.recycle() }
        var method = amqp_queue_declare_t()
        method.queue = try short(queue)
        method.passive = 1
        try check("look at queue \(queue)", amqp_send_method(connection, Self.channel, CRMQ_QUEUE_DECLARE, &method))
    }

    func acknowledge(upTo number: UInt64) throws {
        try check("acknowledge", amqp_basic_ack(connection, Self.channel, number, 1))
    }

    /// Sends a message that has passed ``Message/objection(user:frameMax:)``.
    func publish(_ message: Message, messageID: String) throws {
        defer { pool.recycle() }
        var properties = pool.properties(message.properties, messageID: messageID)
        let status = message.body.withUnsafeBytes { body in
            amqp_basic_publish(
                connection,
                Self.channel,
                pool.bytes(message.exchange),
                pool.bytes(message.routingKey),
                message.isMandatory ? 1 : 0,
                0,
                &properties,
                amqp_bytes_t(len: body.count, bytes: UnsafeMutableRawPointer(mutating: body.baseAddress))
            )
        }
        try check("publish", status)
    }

    /// A name as the protocol's short string, which its encoder would otherwise cut off silently.
    private func short(_ name: String) throws -> amqp_bytes_t {
        guard name.utf8.count <= 255 else {
            throw AMQPError(step: "declare topology", reason: "a name is longer than 255 bytes", code: 406)
        }
        return pool.bytes(name)
    }
}
