import Contracts
import Foundation
import Testing
import Web

@testable import Leads

@Suite("Pages")
struct PageTests {
    private func pages() throws -> Pages {
        try Pages(service: "leads", bundle: LeadsApp.resources, zone: .shanghai, now: { Date() })
    }

    @Test("both languages have every word, with the same variables")
    func words() throws {
        #expect(try pages().strings.verify() == [])
    }
}
