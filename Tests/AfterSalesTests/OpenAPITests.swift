import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import AfterSales

@Suite("openapi.yaml")
struct OpenAPITests {
    /// Each method and path that the document promises, with a made-up id.
    static func promised() throws -> [(method: HTTPRequest.Method, path: String)] {
        let file = AfterSalesApp.resources.bundleURL.appending(path: "openapi.yaml")
        var path = ""
        var promised: [(HTTPRequest.Method, String)] = []
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            if let found = line.wholeMatch(of: /\s\s(\/service\/[^:]+):/) {
                path = String(found.1).replacing("{id}", with: "019ab000-0000-7000-8000-000000000001")
            } else if let found = line.wholeMatch(of: /\s{4}(get|post):/) {
                promised.append((found.1 == "get" ? .get : .post, path))
            }
        }
        return promised
    }

    @Test("every path that is promised is there")
    func kept() async throws {
        // The development clock and the dead letters are served by what every service stands on.
        let promised = try Self.promised().filter { !$0.path.contains("/dev/") && !$0.path.contains("/dead-letter") }
        #expect(promised.count >= 10)
        try await FrontDoor.open { _, door in
            func isThere(_ method: HTTPRequest.Method, _ path: String) async throws -> Bool {
                let answer =
                    method == .get
                    ? try await door.client.get(path, as: door.supervisor)
                    : try await door.client.post(path, json: "{}", as: door.supervisor)
                return answer.status != 405 && !answer.text.contains(#""code":"not-found""#)
            }
            for (method, path) in promised {
                let found = try await isThere(method, path)
                #expect(found, "\(method) \(path)")
            }
            let nothing = try await isThere(.get, "/service/api/v1/nothing")
            #expect(!nothing)
        }
    }
}
