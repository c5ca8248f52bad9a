import CPostgres

extension Connection {
    enum Arrival: Sendable {
        case payload(String)
        /// Somebody else wants the connection: let him, then ask again.
        case interrupted
        /// The connection is gone.
        case ended
    }

    /// Waits for the next notification on `channel`.
    func nextNotification(on channel: String, _ wake: Wake, _ stop: StopFlag) -> Arrival {
        while let connection = try? live() {
            let others = collect(connection, except: channel)
            if let payload = takeArrived(on: channel) { return .payload(payload) }
            if stop.isSet { return .ended }
            if wake.isRequested || others { return .interrupted }
            guard wake.wait(for: PQsocket(connection)) else { continue }
            guard PQconsumeInput(connection) == 1 else { return .ended }
        }
        return .ended
    }

    private func takeArrived(on channel: String) -> String? {
        guard let first = arrived[channel]?.first else { return nil }
        arrived[channel]?.removeFirst()
        return first
    }

    /// Takes what libpq has read.
    /// - Returns: whether there was something for another channel.
    private func collect(_ connection: OpaquePointer, except channel: String) -> Bool {
        var others = false
        // Asked again after each find: TLS may have decrypted more than libpq took at once.
        while let notification = PQnotifies(connection) {
            defer { PQfreemem(notification) }
            let name = String(cString: notification.pointee.relname)
            arrived[name, default: []].append(String(cString: notification.pointee.extra))
            if name != channel { others = true }
            _ = PQconsumeInput(connection)
        }
        return others
    }
}
