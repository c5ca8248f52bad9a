import Contracts
import Failures
import Foundation
import Testing

@Suite("What keeps JSON from being taken")
struct JSONFaultTests {
    @Test(
        "is found with the field in which it stands",
        arguments: [
            (#"{"a": "#, .malformed, "a"), (#"{"a": 1"#, .malformed, "a"), (#"{"a" 1}"#, .malformed, "a"),
            (#"{"a": [1, {"b": tru}]}"#, .malformed, "a/1/b"), (#"{"a": [1, 2,]}"#, .malformed, "a/2"),
            (#"{"a": 1}}"#, .malformed, "body"), ("[1] x", .malformed, "body"), ("", .malformed, "body"),
            (#"{"a": "x"#, .malformed, "a"), (#"{"a": "\x"}"#, .malformed, "a"), (#"{"a": "\u12"#, .malformed, "a"),
            (#"{"a": 01}"#, .malformed, "a"), (#"{"a": 1.}"#, .malformed, "a"), (#"{"a": -}"#, .malformed, "a"),
            (#"{"a": 1e}"#, .malformed, "a"), (#"{"a": NaN}"#, .malformed, "a"), ("{\"a\": \"\t\"}", .malformed, "a"),
            (#"{"a": {"b": "\u0000"}}"#, .nulCharacter, "a/b"), ("{\"a\": \"\0\"}", .nulCharacter, "a"),
            (#"{"a\u0000": 1}"#, .nulCharacter, #"a\u0000"#), (#"{"a": ["x", "\ud83d"]}"#, .loneSurrogate, "a/1"),
            (#"{"a": "\ude00\ud83d"}"#, .loneSurrogate, "a"), (#"{"a": "\ud83dx"}"#, .loneSurrogate, "a"),
            (#"{"a": 9007199254740993}"#, .numberOutOfRange, "a"),
            (#"{"a": -9007199254740993}"#, .numberOutOfRange, "a"),
            (#"{"a": 1e400000}"#, .numberOutOfRange, "a"), (#"{"a": 99999999999999999999}"#, .numberOutOfRange, "a"),
        ] as [(String, JSONFault.Kind, String)]
    )
    func found(_ text: String, _ kind: JSONFault.Kind, _ field: String) throws {
        let body = Array(text.utf8)
        let fault = try #require(JSONFault.first(in: body))
        #expect(fault.kind == kind)
        #expect(fault.field == field)
        // Whoever reads it hears the same; malformed is only what the decoder cannot make sense of either.
        if kind != .malformed {
            #expect(throws: fault.rejection) { try decodeStrictly([String: Anything].self, from: body) }
        }
    }

    @Test(
        "is nothing in what is unusual only",
        arguments: [
            #"{"a": "\ud83d\ude00 \u4e2d \u00e9 \\u0000 \" \/ \b"}"#,
            #"{"a": 9007199254740992, "b": -0, "c": 0.30000000000000004}"#,
            #"[1e3, 1E-400, -1.5e+2, true, false, null, [], {}]"#, "\u{FEFF}{}", "  \"x\" \n", #"{"": {"": 1}}"#,
            "{\"a\": \"\u{202E}\u{200B}e\u{301} 👩‍👩‍👧\"}",
        ]
    )
    func none(_ text: String) throws {
        #expect(JSONFault.first(in: Array(text.utf8)) == nil)
        #expect(throws: Never.self) { try JSONShape.check(Array(text.utf8)) }
    }

    @Test("is found in bytes that are not text")
    func bytes() {
        let fault = JSONFault.first(in: Array(#"{"a": {"b": ""#.utf8) + [0xE4, 0xB8, 0x22] + Array("}}".utf8))
        #expect(fault?.kind == .notUTF8)
        #expect(fault?.field == "a/b")
    }

    @Test("is named by the field that holds it, however deep it lies")
    func deep() {
        let fault = JSONFault.first(in: Array((#"{"x": {"a": "# + String(repeating: "[", count: 20_000)).utf8))
        #expect(fault?.kind == .nestedTooDeeply)
        #expect(fault?.field == "x/a")
        let objects = JSONFault.first(in: Array(String(repeating: #"{"k": "#, count: 20_000).utf8))
        #expect(objects?.field == "k/k/k/k/k/k/k/k/…")
    }

    @Test("is found in whatever Foundation cannot read, whatever is cut off or changed")
    func complete() throws {
        let sample = Array(#"{"a": ["x\n", -1.5e2, {"b": null}], "c": "\ud83d\ude00中"}"#.utf8)
        for place in sample.indices {
            for byte in [nil, 0x00, 0x20, 0x22, 0x2C, 0x5C, 0x5D, 0x7D, 0x80, 0x30] as [UInt8?] {
                let body = byte.map { sample[..<place] + [$0] + sample[(place + 1)...] } ?? sample[..<place]
                let isTaken = (try? decodeStrictly(Anything.self, from: Array(body))) != nil
                if isTaken { continue }
                #expect(
                    JSONFault.first(in: Array(body)) != nil,
                    "\(String(decoding: body, as: UTF8.self))"
                )
            }
        }
    }
}

/// Any JSON, read to its end.
private enum Anything: Decodable {
    case list([Anything])
    case object([String: Anything])
    case text(String)
    case number(Double)
    case other

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let list = try? container.decode([Anything].self) {
            self = .list(list)
        } else if let object = try? container.decode([String: Anything].self) {
            self = .object(object)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else {
            self = .other
        }
    }
}
