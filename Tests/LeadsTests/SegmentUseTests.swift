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

    @Test("while a segment is written, the page says how many people it would have; nothing of what is not finished")
    func countedWhileWritten() async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            try await office.push(Office.enquiries(3))
            let page = try await client.get("/leads/segments/\(UUID.v7().wire)", as: head)
            #expect(page.text.contains(#"data-lookup-fields="field0 values0 not0 field1"#))
            let path = "/leads/fragments/segment-count?field0=channel&values0="
            for (query, said) in [("web&not0=no", "3"), ("web&not0=yes", "0"), ("showroom", "0")] {
                let fragment = try await client.get(path + query, as: head)
                #expect(fragment.status == 200)
                #expect(fragment.text.contains(said), "\(query): \(fragment.text)")
            }
            for unfinished in ["", "&field0=", "&field1=channel"] {
                #expect(try await client.get(path + unfinished, as: head).text.trimmed.isEmpty, "\(unfinished)")
            }
        }
    }
}
