import Failures
import Foundation
import HTTPTypes
import Hummingbird
import TestSupport
import Testing
import Web

@Suite("Lists and keys")
struct ListTests {
    struct Numbers: Decodable {
        let items: [Int]
        let nextCursor: String?
    }

    @Test("a cursor survives its way through the client")
    func cursor() throws {
        let id = UUID()
        let time = Date(timeIntervalSince1970: 1_795_305_600.25)
        let back = try Cursor(encoded: Cursor(time, id).encoded).timeAndID()
        #expect(back.id == id && abs(back.time.timeIntervalSince(time)) < 0.001)
        let odd = Cursor("a/b+c", "张敏", "")
        #expect(try Cursor(encoded: odd.encoded) == odd)
    }

    @Test(
        "a cursor that is not ours is refused",
        arguments: ["%", "bm90IGpzb24", "W10", String(repeating: "a", count: 2_000)]
    )
    func malformed(text: String) {
        #expect(throws: Rejection.self) { try Cursor(encoded: text) }
    }

    @Test("following nextCursor gives every row once")
    func walk() async throws {
        let demo = try DemoServer()
        var seen: [Int] = []
        var path = "/leads/api/v1/numbers"
        for _ in 0..<5 {
            let page = try await demo.client.get(path).json(Numbers.self)
            seen += page.items
            guard let next = page.nextCursor else { break }
            path = "/leads/api/v1/numbers?cursor=\(next)"
        }
        #expect(seen == [1, 2, 3, 4, 5])
    }

    @Test("a limit out of bounds is refused", arguments: ["0", "201", "-1", "many"])
    func limits(limit: String) async throws {
        let answer = try await DemoServer().client.get("/leads/api/v1/numbers?limit=\(limit)")
        #expect(answer.status == 422)
        #expect(answer.text.contains(#""field":"limit""#))
    }

    @Test("an idempotency key is visible ASCII of a decent length")
    func keys() throws {
        let name = try #require(HTTPField.Name("Idempotency-Key"))
        func request(_ value: String?) -> Request {
            var fields: HTTPFields = [:]
            fields[name] = value
            let head = HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/", headerFields: fields)
            return Request(head: head, body: RequestBody(buffer: ByteBuffer()))
        }
        #expect(try request(nil).idempotencyKey() == nil)
        #expect(try request("order-8841").idempotencyKey() == "order-8841")
        #expect(throws: Rejection.self) { try request("two words").idempotencyKey() }
        #expect(throws: Rejection.self) { try request(String(repeating: "k", count: 256)).idempotencyKey() }
    }
}
