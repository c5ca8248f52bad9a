import Contracts
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Leads

@Suite("Who is asked about")
struct MatchQuestionTests {
    @Test("a big batch of people is asked about in parts, everybody once, and nobody is no question")
    func parts() async throws {
        try await Office.open { office in
            try await office.staff()
            let enquiries = (10..<90).map { Office.enquiry("\($0)", phone: "138000000\($0)") }
            try await office.push(enquiries.map { Office.submission($0) })
            let asked = try await office.spine.read { tx in
                try await tx.all(
                    """
                    SELECT jsonb_array_length(payload -> 'persons')::bigint AS people, makes_way
                      FROM timers WHERE kind = \(MatchQuestion.timerKind)
                    """
                ) { (people: try $0["people"] as Int, makesWay: try $0["makes_way"] as Bool) }
            }
            #expect(asked.map { $0.people }.sorted() == [30, 50])
            #expect(asked.map { $0.makesWay } == [true, true])
            let persons = try await office.spine.read { tx in
                try await tx.all(
                    """
                    SELECT jsonb_array_elements_text(payload -> 'persons') AS person
                      FROM timers WHERE kind = \(MatchQuestion.timerKind)
                    """
                ) { try $0["person"] as String }
            }
            #expect(Set(persons) == Set(try await office.leads().map(\.uid.description)))
            let none = try MatchQuestion(persons: []).timers(at: office.spine.clock.now)
            #expect(none.isEmpty)
        }
    }
}
