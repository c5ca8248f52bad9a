import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Erasure and the lists that people keep")
struct SavedViewErasureTests {
    @Test("a list that searches for whoever is forgotten searches for them no more; others stay as they are")
    func forgotten() async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            let murong = Office.enquiry("1", phone: "13812345678", email: "murong@example.com")
                .replacing("张三", with: "慕容复")
            try await office.push(murong)
            let forgotten = try #require(try await office.leads().first).uid
            try await office.push(Office.enquiry("2", phone: "13900000002"))
            let views: [(name: String, q: String, more: String)] = [
                ("by phone", "13812345678", "&status=open"), ("by spaced phone", "+86 138 1234 5678", "&grade=C"),
                ("by name", "慕容复", "&channel=web"), ("by part", "慕容", "&status=contacted"),
                ("by nothing else", "13812345678", ""), ("慕容复的线索", "慕容复", "&period=7d"),
                ("somebody else", "张三", "&status=open"), ("one letter", "复", "&grade=A"),
                ("other phone", "13900000002", ""),
            ]
            for view in views {
                let back =
                    "?q=" + (view.q.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "") + view.more
                let form = ["name": view.name, "back": back]
                #expect(try await client.post("/leads/views", form: form, as: head).status == 303)
            }
            try await office.erase(forgotten)
            let kept = try await office.spine.read { try await SavedViewStore($0).of(StaffID(head.staffID)) }
            let found = Dictionary(kept.map { ($0.name, LeadListQuery(stored: $0.query)) }) { first, _ in first }
            for name in ["by phone", "by spaced phone", "by name", "by part"] {
                #expect(found[name] != nil && found[name]?.search == nil, "\(name)")
            }
            #expect(found["by phone"]?[.status] == "open", "what else it asks for stays")
            #expect(found["by nothing else"] == nil, "of a list that only searched for them nothing is left")
            #expect(found["慕容复的线索"] == nil, "what is called by their name goes")
            #expect(found["somebody else"]?.search == "张三")
            #expect(found["one letter"]?.search == "复", "a letter alone finds nobody in particular")
            #expect(found["other phone"]?.search == "13900000002")
            let stored = try await office.spine.read { tx in
                try await tx.all("SELECT name || query AS text FROM lead_views") { try $0["text"] as String }
            }
            for text in stored {
                let plain = text.removingPercentEncoding ?? text
                #expect(
                    !plain.contains("慕容") && !plain.contains("13812345678") && !plain.contains("1234 5678"),
                    "\(text)"
                )
            }
        }
    }
}
