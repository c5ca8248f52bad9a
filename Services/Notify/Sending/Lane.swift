extension Sending.Lane {
    /// A call takes 10 s at most.
    static func sms(_ carrier: some Carrier) -> Sending.Lane {
        Sending.Lane(channel: .sms, carrier: carrier, width: 16, lease: 30)
    }

    /// A mail takes 20 s at most.
    static func email(_ carrier: some Carrier) -> Sending.Lane {
        Sending.Lane(channel: .email, carrier: carrier, width: 8, lease: 45)
    }
}
