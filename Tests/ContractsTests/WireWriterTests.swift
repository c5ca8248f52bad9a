import Contracts
import Foundation
import Testing

/// Writing JSON as the hot path does.
@Suite("JSON, written at once")
struct WireWriterTests {
    private struct Leaf: Codable, Equatable {
        var text: String
        var missing: String?
        var at: Date?
    }

    private struct Tree: Codable, Equatable {
        var flag: Bool
        var number: Int64
        var real: Double
        var leaf: Leaf
        var leaves: [Leaf]
        var lists: [[Int]]
        var words: [String: String]
        var nothing: [String]
    }

    private static let tree = Tree(
        flag: true,
        number: .min,
        real: 89.5,
        leaf: Leaf(text: "{\"}\\,[\n\u{1}张三🏠", missing: nil, at: Date(timeIntervalSince1970: 1_795_316_645.678)),
        leaves: [Leaf(text: ""), Leaf(text: "b", missing: "c")],
        lists: [[], [1], [2, 3]],
        words: ["a": "1", "b": "2"],
        nothing: []
    )

    @Test("everything is read back as it was, whatever stands in strings and however it is nested")
    func roundTrip() throws {
        let json = try Wire.json(of: Self.tree)
        #expect(try Wire.decoder.decode(Tree.self, from: Data(json.utf8)) == Self.tree)
    }

    @Test("members stand in the order in which they are declared, without those that are missing")
    func order() throws {
        #expect(try Wire.json(of: Leaf(text: "a", missing: nil)) == #"{"text":"a"}"#)
        #expect(try Wire.json(of: Leaf(text: "a", missing: "b")) == #"{"text":"a","missing":"b"}"#)
    }

    @Test("a value without members is an empty object, a whole number has no point")
    func plain() throws {
        struct Empty: Codable {}
        #expect(try Wire.json(of: Empty()) == "{}")
        #expect(try Wire.json(of: [1.0, 2.5]) == "[1,2.5]")
        #expect(try Wire.json(of: [String]()) == "[]")
    }

    @Test("what a value says of itself and what a part of it says stand in one object")
    func parts() throws {
        struct Whole: Encodable {
            let leaf: Leaf
            let list: [Leaf]

            private enum Keys: CodingKey {
                case list
                case more
            }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: Keys.self)
                try container.encode(list, forKey: .list)
                try leaf.encode(to: encoder)
                try container.encode("c", forKey: .more)
            }
        }
        let whole = Whole(leaf: Leaf(text: "a", missing: nil), list: [Leaf(text: "b", missing: nil)])
        #expect(try Wire.json(of: whole) == #"{"list":[{"text":"b"}],"text":"a","more":"c"}"#)
        #expect(try Wire.json(of: [whole, whole]).filter { $0 == "{" }.count == 4)
    }

    @Test("what JSON has no number for is refused")
    func noNumber() {
        #expect(throws: EncodingError.self) { try Wire.json(of: [Double.nan]) }
    }
}
