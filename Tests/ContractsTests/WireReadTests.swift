import Foundation
import Testing

@testable import Contracts

/// Reading JSON as the hot path does.
@Suite("JSON, read where it stands")
struct WireReadTests {
    private struct Leaf: Codable, Equatable {
        var text: String
        var missing: String?
        var at: Date?
        var id: UUID?
    }

    private struct Tree: Codable, Equatable {
        var flag: Bool
        var number: Int64
        var small: Int8
        var real: Double
        var leaf: Leaf
        var leaves: [Leaf]
        var lists: [[Int]]
        var words: [String: String]
        var nothing: [String?]
    }

    private static let tree = Tree(
        flag: true,
        number: -9_007_199_254_740_991,
        small: -12,
        real: 89.5,
        leaf: Leaf(text: "{\"}\\,[\n\u{1}张三🏠", at: Date(timeIntervalSince1970: 1_795_316_645.678), id: .v7()),
        leaves: [Leaf(text: ""), Leaf(text: "b", missing: "c")],
        lists: [[], [1], [2, 3]],
        words: ["a": "1", "来源": "2"],
        nothing: [nil, "x", nil]
    )

    /// Foundation's word on it, which must be the same wherever something was read.
    private static func agrees<Value: Codable & Equatable>(_ type: Value.Type, _ body: [UInt8]) -> Bool {
        guard let value = Wire.read(type, from: body) else { return true }
        return (try? Wire.decoder.decode(type, from: Data(body))) == value
    }

    @Test("everything is read as it was written, whatever stands in strings and however it is nested")
    func roundTrip() throws {
        #expect(Wire.read(Tree.self, from: Array(try Wire.json(of: Self.tree).utf8)) == Self.tree)
        #expect(Wire.read(Tree.self, from: [UInt8](try Wire.encoder.encode(Self.tree))) == Self.tree)
    }

    @Test("ids are read as Foundation reads them, in capitals too, and nothing else is taken for one")
    func ids() throws {
        let id = UUID()
        for text in [id.uuidString, id.wire] { #expect(UUID(hex: ArraySlice(text.utf8)) == id) }
        for text in ["", id.wire + "0", String(id.wire.dropLast()) + "g", id.wire.replacing("-", with: "0")] {
            #expect(UUID(hex: ArraySlice(text.utf8)) == nil)
            #expect(UUID(uuidString: text) == nil)
        }
    }

    @Test("members of the data are handed on as they stand, those of what is beyond our own reader too")
    func members() throws {
        // An exponent is Foundation's.
        for number in ["1.50", "15e-1"] {
            let data = #"{"a": \#(number), "b" : {"c": ["}", "张\""]} ,"d":null, "e":"x"}"#
            let parts = try MessageParts([UInt8]((#"{"id":"1","data":"# + data + "}").utf8))
            #expect(try parts.member("d") == nil)
            #expect(try parts.member("f") == nil)
            #expect(try parts.member("e") == #""x""#)
            let b = try #require(try parts.member("b"))
            #expect(try words(b) == ["c": ["}", "张\""]])
            let rest = try #require(
                try JSONSerialization.jsonObject(with: Data(parts.data(without: ["b", "x"]).utf8)) as? [String: Any]
            )
            #expect(Set(rest.keys) == ["a", "d", "e"])
            #expect(rest["a"] as? Double == 1.5)
        }
    }

    private func words(_ json: String) throws -> [String: [String]] {
        try Wire.decoder.decode([String: [String]].self, from: Data(json.utf8))
    }

    @Test("every message that services exchange is read at once")
    func contracts() throws {
        for type in Registry.contracts { #expect(try isRead(type), "\(type)") }
    }

    private func isRead<Message: Contract>(_ type: Message.Type) throws -> Bool {
        Wire.read(type, from: [UInt8](try Wire.encoder.encode(type.example))) == type.example
    }

    @Test(
        "escapes are read as Foundation reads them, and what JSON does not know is left to it",
        arguments: [
            #""\u5f20\u4e09""#, #""\ud83c\udfe0 \/\b\f\n\r\t\"\\""#, #""\ud83c""#, #""\ud83cx""#,
            #""\u12""#, #""\x""#, #""\uD83C\uDFE0""#, #""\u+123""#, #""a\""#, "\"a\u{1}\"", #""a" "b""#, #" "a" "#,
            #""a"#,
        ]
    )
    func escapes(_ json: String) {
        #expect(Self.agrees([String].self, Array("[\(json)]".utf8)))
        #expect(Self.agrees([String: String].self, Array("{\"a\": \(json)}".utf8)))
    }

    @Test("usual escapes need no Foundation")
    func usualEscapes() {
        #expect(Wire.read([String].self, from: Array(#"["\u5f20\u4e09 \ud83c\udfe0\n"]"#.utf8)) == ["张三 🏠\n"])
    }

    private struct Named: Codable, Equatable {
        var name: String?
    }

    @Test(
        "escapes that JSON does not know are left to Foundation, also where nobody reads them",
        arguments: [#"b\uy"#, #"\u12"#, #"\x"#, #"\ud83c"#, #"\ud83c\u0041"#]
    )
    func unreadEscapes(_ text: String) {
        #expect(Wire.read(Named.self, from: Array(#"{"nobody": "\#(text)", "name": "张三"}"#.utf8)) == nil)
        #expect(Wire.read(Named.self, from: Array(#"{"nobody": "\u5f20", "name": "张三"}"#.utf8))?.name == "张三")
    }

    @Test(
        "numbers are read as Foundation reads them",
        arguments: [
            "0", "-0", "1", "-12", "01", "1.", ".5", "1.50", "1e2", "-", "+1", "1.0", "9007199254740991", "NaN",
        ]
    )
    func numbers(_ number: String) {
        let body = Array("[\(number)]".utf8)
        #expect(Self.agrees([Int].self, body))
        #expect(Self.agrees([Int64].self, body))
        #expect(Self.agrees([UInt8].self, body))
        #expect(Self.agrees([Double].self, body))
    }

    @Test(
        "what is not JSON, or not beyond doubt, is left to Foundation",
        arguments: [
            #"{"a": "1",}"#, #"{"a" "1"}"#, #"{"a": "1" "b": "2"}"#, #"{,"a": "1"}"#, #"{"a": "1"}x"#, "{", "", "nul",
            #"{"a": "1", "a": "2"}"#, #"{"\u0061": "1"}"#, "\u{FEFF}{}", "[1,]", "[,1]", "[1 2]", "{}}",
        ]
    )
    func doubt(_ json: String) {
        #expect(Wire.read([String: String].self, from: Array(json.utf8)) == nil)
        #expect(Wire.read([Int].self, from: Array(json.utf8)) == nil)
    }

    @Test("a submission in which bytes were changed, lost or doubled is read as Foundation reads it, or not at all")
    func damaged() throws {
        let whole = [UInt8](try Wire.encoder.encode(SubmitLead.example))
        let signs = Array(#"{}[]",:\0123456789-.eEtfnu \u{E5}"#.utf8)
        var read = 0
        // The same damage each time; new damage is what `make fuzz` does.
        var random = Damage(state: 1_809)
        for _ in 0..<5_000 {
            var body = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<body.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: body[place] = signs.randomElement(using: &random) ?? 0x20
                case 1: body.remove(at: place)
                default: body.insert(signs.randomElement(using: &random) ?? 0x20, at: place)
                }
            }
            guard (try? JSONShape.check(body)) != nil else { continue }
            if Wire.read(SubmitLead.self, from: body) != nil { read += 1 }
            #expect(Self.agrees(SubmitLead.self, body), "\(String(decoding: body, as: UTF8.self))")
        }
        #expect(read > 100)
    }

    /// Numbers that come out alike each time (SplitMix64).
    private struct Damage: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
