import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@Suite("The clock of a service")
struct ClockTests {
    @Test("what it says is the same number after the database and after the wire")
    func roundTrip() async throws {
        try await withSpine("clock") { spine in
            let began = Date(timeIntervalSince1970: 1_795_388_449)
            for step in 0..<1_000 {
                let time = ServiceClock(host: { began.addingTimeInterval(Double(step) * 0.001_37) }).now
                #expect(Wire.date(from: Wire.text(of: time)) == time)
                let stored = try await spine.read { tx in
                    try await tx.first("SELECT \(time) AS time") { try $0["time"] as Date }
                }
                #expect(stored == time)
            }
        }
    }
}
