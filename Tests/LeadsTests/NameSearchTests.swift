import Messaging
import Phone
import Postgres
import TestSupport
import Testing

@testable import Leads

@Suite("Searching by name")
struct NameSearchTests {
    @Test(
        "is for a name as soon as there is a letter, also when the digits would be a telephone number",
        arguments: [("浏览35695365", nil), ("Ann 13812345678", nil), ("138 1234 5678", "+8613812345678"), ("张三", nil)]
    )
    func digits(_ search: String, _ phone: String?) {
        #expect(LeadListQuery.phone(in: search) == phone)
        #expect(phone != nil || PhoneNumber.e164(search) != nil || search == "张三", "the test asks for something")
    }

    @Test(
        "finds a name by any part of it, whatever its script and case",
        arguments: [
            ("张三丰", "三丰"), ("张三丰", "张三"), ("张三", "张三"), ("Ann Lee", "n l"), ("ÉCLAIR", "écl"), ("O'Hara", "o'h"),
            ("欧阳 娜娜", "阳 娜"), ("👩‍👧 Li", "👩‍👧 l"), ("abcde", "bcd"), ("abcde", "bc"), ("張三", "張"),
        ]
    )
    func parts(_ name: String, _ part: String) async throws {
        try await Office.open { office in
            try await office.push(
                #"{"channel": "web", "person": {"name": "\#(name)", "phones": ["13812345678"]}}"#,
                #"{"channel": "web", "person": {"name": "Somebody Else", "phones": ["13912345678"]}}"#
            )
            let found: [String] = try await office.spine.read { tx in
                let condition = try await NameSearchStore(tx).condition(part)
                return try await tx.all(
                    "SELECT p.name FROM leads l JOIN persons p ON p.uid = l.uid WHERE \(condition)"
                ) { try $0["name"] }
            }
            #expect(found == [name])
        }
    }
}
