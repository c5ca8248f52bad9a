extension Sending.Lane {
    /// A call takes 10 s at most, and no batch waits for another: two of eight on sixteen lines.
    static func sms(_ carrier: some Carrier) -> Sending.Lane {
        Sending.Lane(channel: .sms, carrier: carrier, batch: 8, width: 2, lease: 30)
    }

    /// A mail takes 20 s at most: two batches of four on eight lines.
    static func email(_ carrier: some Carrier) -> Sending.Lane {
        Sending.Lane(channel: .email, carrier: carrier, batch: 4, width: 2, lease: 45)
    }
}
