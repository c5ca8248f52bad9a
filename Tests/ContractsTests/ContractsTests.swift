import Contracts
import Failures
import Foundation
import Testing
import Yams

/// The repository that this file is in.
private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

/// `make generate` sets it: files are written instead of compared.
private let isWriting = ProcessInfo.processInfo.environment["LINTEL_WRITE_GENERATED"] == "1"

/// Written before anything is compared, and once; samples only where there is none, since an old one stands for messages
/// that are stored somewhere.
private let written: Void = {
    guard isWriting else { return }
    do {
        for contract in Registry.contracts {
            let file = sampleFile(contract.name.text)
            if FileManager.default.fileExists(atPath: file.path) { continue }
            try MessageDocuments.sample(of: contract).write(to: file, atomically: true, encoding: .utf8)
        }
        for document in try MessageDocuments.all() {
            let file = root.appending(path: document.path)
            let folder = file.deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try document.text.write(to: file, atomically: true, encoding: .utf8)
        }
    } catch {
        Issue.record(error)
    }
}()

private func sampleFile(_ name: String) -> URL { root.appending(path: "Tests/ContractsTests/Samples/\(name).json") }

/// The names of all messages: arguments of tests must be values that can be told apart.
private let names = Registry.contracts.map { $0.name.text }

private func contract(_ name: String) throws -> any Contract.Type {
    try #require(Registry.contracts.first { $0.name.text == name })
}

@Suite("Contracts")
struct ContractsTests {
    init() { written }

    @Test("every stored sample is read and written back the same", arguments: names)
    func sample(_ name: String) throws {
        let contract = try contract(name)
        try roundTrip(contract, try Data(contentsOf: sampleFile(name)))
    }

    private func roundTrip<Message: Contract>(_ type: Message.Type, _ stored: Data) throws {
        let message = try Wire.decoder.decode(type, from: stored)
        let written = try Wire.encoder.encode(message)
        #expect(try object(written) == object(stored))
        #expect(try Wire.decoder.decode(type, from: written) == message)
        // What the hot path writes says the same, in another order.
        let quick = Data(try Wire.json(of: message).utf8)
        #expect(try object(quick) == object(written))
        #expect(try Wire.decoder.decode(type, from: quick) == message)
    }

    @Test("what is wrong with the whole body is said of the body, in words that stand without a field")
    func wholeBody() {
        let rejection = #expect(throws: Rejection.self) { try decodeStrictly(SubmitLead.self, from: Array("[1]".utf8)) }
        #expect(rejection?.code == "wrong-type")
        #expect(rejection?.message == "The body must be an object.")
    }

    @Test("fields that a reader does not know are passed over", arguments: names)
    func unknownFields(_ name: String) throws {
        let contract = try contract(name)
        let stored = try JSONSerialization.jsonObject(with: try Data(contentsOf: sampleFile(name)))
        var extended = try #require(stored as? [String: Any])
        extended["fromTheFuture"] = ["deep": 1]
        let body = try JSONSerialization.data(withJSONObject: extended)
        _ = try Wire.decoder.decode(contract, from: body)
    }

    @Test("every stored sample has a contract that reads it")
    func noOrphans() throws {
        let folder = root.appending(path: "Tests/ContractsTests/Samples").path
        let stored = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".json") }
        #expect(Set(stored) == Set(names.map { "\($0).json" }))
    }

    @Test("names are unique, lower case, and say service, entity, fact and version", arguments: names)
    func wellNamed(_ name: String) throws {
        #expect(name.wholeMatch(of: /(leads|sales|service|notify)\.[a-z]+\.[a-z_]+\.v[1-9][0-9]*/) != nil)
        #expect(names.filter { $0 == name }.count == 1)
        #expect(try contract(name).summary.hasSuffix("."))
    }

    @Test("the generated documents say what the contracts say")
    func documents() throws {
        for document in try MessageDocuments.all() {
            let file = root.appending(path: document.path)
            let stored = try? String(contentsOf: file, encoding: .utf8)
            #expect(stored == document.text, "\(document.path) is stale: run make generate")
        }
    }

    @Test("no document is left of a message that is gone")
    func noLeftovers() throws {
        let folder = root.appending(path: "docs/schemas").path
        let stored = try FileManager.default.contentsOfDirectory(atPath: folder).map { "docs/schemas/\($0)" }
        #expect(Set(stored).subtracting(try MessageDocuments.all().map(\.path)) == [])
    }

    @Test("asyncapi.yaml is YAML, and each of its references leads somewhere")
    func asyncAPI() throws {
        let document = try #require(try MessageDocuments.all().first { $0.path == "asyncapi.yaml" })
        let tree = try #require(try Yams.load(yaml: document.text) as? [String: Any])
        #expect(tree["asyncapi"] as? String == "3.0.0")
        let references = document.text.matches(of: /\$ref: '([^']+)'/).map { String($0.1) }
        #expect(references.count >= Registry.contracts.count { $0.isPublished } * 4)
        for reference in references {
            if reference.hasPrefix("#/") {
                let path = reference.dropFirst(2).split(separator: "/").map(String.init)
                let end = path.reduce(tree as Any?) { node, step in (node as? [String: Any])?[step] }
                #expect(end != nil, "\(reference)")
            } else {
                let file = root.appending(path: reference.dropFirst(2))
                #expect(FileManager.default.fileExists(atPath: file.path), "\(reference)")
            }
        }
    }

    private func object(_ data: Data) throws -> NSDictionary {
        try #require(try JSONSerialization.jsonObject(with: data) as? NSDictionary)
    }
}

@Suite("What a type looks like")
struct SchemaTests {
    private struct Nest: Codable {
        struct Egg: Codable {
            let weight: Double
            let hatchedAt: Date?
        }

        let id: UID
        let eggs: [Egg]
        let notes: [String: String]?
        let count: Int
        let isWarm: Bool?
        let sizes: [Int64]?
    }

    @Test("each field is found with its type, its nesting, and whether it may be missing")
    func nested() throws {
        let egg = Schema.object([
            .init(name: "weight", schema: .number, isRequired: true),
            .init(name: "hatchedAt", schema: .text(format: "date-time"), isRequired: false),
        ])
        let expected = Schema.object([
            .init(name: "id", schema: .text(format: "uuid"), isRequired: true),
            .init(name: "eggs", schema: .list(of: egg), isRequired: true),
            .init(name: "notes", schema: .map(of: .text(format: nil)), isRequired: false),
            .init(name: "count", schema: .whole, isRequired: true),
            .init(name: "isWarm", schema: .boolean, isRequired: false),
            .init(name: "sizes", schema: .list(of: .whole), isRequired: false),
        ])
        #expect(try Schema.of(Nest.self) == expected)
    }
}
