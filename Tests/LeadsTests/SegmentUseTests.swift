import Contracts
import Failures
import Foundation
import HTTPTypes
import Messaging
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("What uses a segment")
struct SegmentUseTests {
    @Test(
        "a segment that a sequence takes its people from stays, and the page says which sequence",
        arguments: ["en", "zh-Hans"]
    )
    func used(_ language: String) async throws {
        try await FrontDoor.open { office, client, head in
            let sequence = try await office.nurture()
            let segment = try await office.webSegment()
            let path = "/leads/segments/\(segment)"
            let headers: HTTPFields = [.acceptLanguage: language]
            let page = try await client.get(path, as: head, headers: headers)
            #expect(page.text.contains("/leads/nurture/\(sequence)"), "who looks at it learns what uses it")
            #expect(page.missingWords == [])
            let refused = try await client.post(path + "/remove", form: [:], as: head)
            #expect(refused.status == 409)
            #expect(refused.text.contains("Not bought"), "the sequence is named")
            #expect(try await office.spine.read { try await SegmentStore($0).find(segment) } != nil)

            var other = Office.wish(segment: nil)
            other.version = 1
            let changed = other
            try await office.spine.perform(.staff(.new())) {
                _ = try await office.app.saveSequence(sequence, changed, $0)
            }
            #expect(try await client.post(path + "/remove", form: [:], as: head).status == 303)
            #expect(try await office.spine.read { try await SegmentStore($0).find(segment) } == nil)
            let told = try await office.spine.events(of: SegmentChanged.self)
            #expect(told.map(\.version) == [1, 1])
            #expect(told.map(\.isRemoved) == [false, true])
            #expect(told.first?.tests == [.init(field: "channel", values: ["web"], isNot: false)])
        }
    }
}
