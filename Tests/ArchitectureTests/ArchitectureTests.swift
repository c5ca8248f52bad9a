import Foundation
import Testing

@Suite("How the parts may know each other")
struct ArchitectureTests {
    /// What each module of ours may import of ours.
    ///
    /// Whoever is not here may import nothing of ours.
    static let layers: [String: Set<String>] = [
        "Shared/Threads": [],
        "Shared/Failures": [],
        "Shared/Postgres": ["CPostgres", "Threads"],
        "Shared/AMQP": ["CRabbitMQ", "Threads"],
        "Shared/Outbound": ["CCurl", "Threads"],
        "Shared/Phone": ["CPhone"],
        "Shared/Tracing": ["Outbound", "Traces"],
        "Shared/Contracts": ["Failures"],
        "Shared/Messaging": ["AMQP", "Contracts", "Failures", "Postgres", "Traces"],
        "Shared/Web": ["Contracts", "Failures", "Messaging", "Postgres", "Traces"],
        "Shared/Policies": ["Contracts", "Failures", "Messaging", "Postgres", "Web"],
        "Shared/Boot": ["AMQP", "Contracts", "Failures", "Messaging", "OTLP", "Postgres", "Threads", "Traces", "Web"],
        "Services/Leads": [
            "AMQP", "Boot", "Contracts", "Failures", "Messaging", "Outbound", "Phone", "Policies", "Postgres", "Traces",
            "Web", "Leads",
        ],
        "Services/Sales": ["Boot", "Contracts", "Failures", "Messaging", "Postgres", "Threads", "Web", "Sales"],
        "Services/Service": ["Boot", "Contracts", "Failures", "Messaging", "Postgres", "Web", "AfterSales"],
        "Services/Notify": [
            "Boot", "Contracts", "Failures", "Messaging", "Outbound", "Policies", "Postgres", "Traces", "Web", "Notify",
        ],
    ]

    /// The modules that are ours, by the names that imports use.
    static let ours: Set<String> = [
        "AMQP", "AfterSales", "Boot", "CCurl", "CPhone", "CPostgres", "CRabbitMQ", "Contracts", "Failures", "Leads",
        "Messaging", "Notify", "OTLP", "Outbound", "Phone", "Policies", "Postgres", "Sales", "Threads", "Traces", "Web",
    ]

    @Test("there are sources to look at")
    func found() {
        #expect(Sources.product.count > 100)
        #expect(Set(Sources.product.map(\.module)).subtracting(Self.layers.keys).isEmpty)
    }

    @Test("a module imports only what stands below it, and no service imports another")
    func layers() {
        for file in Sources.product {
            let allowed = Self.layers[file.module] ?? []
            let wrong = Set(file.imports).intersection(Self.ours).subtracting(allowed)
            #expect(wrong.isEmpty, "\(file.path) imports \(wrong.sorted())")
        }
    }

    @Test("a test may look into one service only")
    func testsOfOneService() {
        let services: Set<String> = ["Leads", "Sales", "AfterSales", "Notify"]
        for file in Sources.all where file.isTest {
            #expect(Set(file.imports).intersection(services).count <= 1, "\(file.path)")
        }
    }

    @Test("of a service, only routes, pages, and what they read and answer know HTTP")
    func http() {
        for file in Sources.product where file.isService && file.imports.contains("Hummingbird") {
            let stem = file.name.dropLast(".swift".count)
            let isEdge = ["Routes", "Pages", "Fragments", "Answer", "Query", "Service"].contains { stem.hasSuffix($0) }
            #expect(isEdge, "\(file.path) imports Hummingbird")
        }
    }

    @Test("of a service, only stores hold SQL")
    func sql() {
        let statement =
            /"[^"]*\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\s+[a-z_(*]|^\s+(SELECT|INSERT INTO|DELETE FROM)\s+[a-z_(*]/
            .anchorsMatchLineEndings()
        for file in Sources.product where file.isService && !file.name.hasSuffix("Store.swift") {
            let found = file.code.firstMatch(of: statement)
            #expect(found == nil, "\(file.path): \(found.map { String($0.output.0) } ?? "")")
        }
    }

    @Test("pure rules touch nothing outside: what imports neither database nor HTTP asks no clock either")
    func pure() {
        let edges: Set<String> = [
            "Hummingbird", "Messaging", "Postgres", "Web", "Boot", "Outbound", "ServiceLifecycle",
        ]
        for file in Sources.product where file.isService && edges.isDisjoint(with: file.imports) {
            #expect(!file.code.contains("Date()"), "\(file.path) asks the clock")
            #expect(!file.code.contains("Date.now"), "\(file.path) asks the clock")
        }
    }
}

@Suite("How the sources are written")
struct MannerTests {
    @Test("files stay short: 250 lines, tests 400")
    func short() {
        for file in Sources.all {
            let lines = file.lines.count - 1
            #expect(lines <= (file.isTest ? 400 : 250), "\(file.path) has \(lines) lines")
        }
    }

    @Test("nothing crashes instead of failing")
    func safe() {
        for file in Sources.all where file.module != "Tests/ArchitectureTests" {
            for word in ["try!", "as!"] { #expect(!file.code.contains(" \(word)"), "\(file.path) has \(word)") }
        }
    }

    @Test("a task outside of every group says why it is needed")
    func loose() {
        for file in Sources.product {
            for (index, line) in file.lines.enumerated() where line.contains(/[^A-Za-z.](Task|Task\.detached) \{/) {
                let isCode = !line.drop { $0 == " " }.hasPrefix("//")
                let saysWhy = file.lines[max(0, index - 6)..<index].contains {
                    $0.contains("// ") || $0.contains("/// ")
                }
                #expect(!isCode || saysWhy, "\(file.path):\(index + 1)")
            }
        }
    }

    @Test("whoever vouches for a type being Sendable says why")
    func vouched() {
        for file in Sources.product {
            for (index, line) in file.lines.enumerated() where line.contains("@unchecked Sendable") {
                let before = file.lines[max(0, index - 6)..<index]
                let saysWhy = before.contains { $0.contains("//") } || line.contains("//")
                #expect(saysWhy, "\(file.path):\(index + 1)")
            }
        }
    }

    @Test("nothing is left for later")
    func finished() {
        for file in Sources.all where file.module != "Tests/ArchitectureTests" {
            for word in ["TODO", "FIXME", "XXX", "STUB", "unwritten()"] {
                #expect(!file.text.contains(word), "\(file.path) has \(word)")
            }
        }
    }

    @Test("tests wait for signals: they may look again after a moment, but never sleep a while and hope")
    func tests() {
        let sleep = /(sleep\(for: \.(milli)?seconds\((\d+)\))|Thread\.sleep|usleep\(/
        // The proxy's business is to make bytes arrive late.
        let exempt = ["Tests/Support/FaultProxy.swift"]
        for file in Sources.all
        where file.isTest && file.module != "Tests/ArchitectureTests" && !exempt.contains(file.path) {
            for found in file.code.matches(of: sleep) {
                let length = found.output.3.flatMap { Int($0) } ?? 1
                let isMoment = found.output.2 != nil && length <= 50
                // Longer than any test runs: something that hangs.
                let isForEver = found.output.2 == nil && length >= 60
                #expect(isMoment || isForEver, "\(file.path): \(found.output.0)")
            }
        }
    }

    @Test("log messages are constant, and what they carry names nobody")
    func logs() {
        let call = /[lL]ogger\.(trace|debug|info|notice|warning|error|critical)\(\s*"([^"]*)"/
        let personal =
            /"([a-z.]*(phone|email|mail|wechat|address|body|payload|text)|(person|customer|staff|user|lead)\.name)"\s*:/
        for file in Sources.product {
            for found in file.code.matches(of: call) {
                #expect(!found.output.2.contains("\\("), "\(file.path): \(found.output.0)")
            }
            for (index, line) in file.lines.enumerated() where line.contains("metadata:") || line.contains(": \"\\(") {
                guard file.code.contains("ogger."), let key = line.firstMatch(of: personal) else { continue }
                let near = file.lines[max(0, index - 4)...index].joined()
                #expect(!near.contains("metadata"), "\(file.path):\(index + 1) logs \(key.output.1)")
            }
        }
    }
}

@Suite("Who listens to what")
struct ListenerTests {
    /// The contracts by their Swift name, with their name on the wire.
    static let contracts: [(type: String, name: String, isPublished: Bool)] = Sources.product.filter {
        $0.module == "Shared/Contracts"
    }
    .flatMap { file -> [(String, String, Bool)] in
        let found =
            /(?:struct|enum) (\w+): (?:Contract|PersonHolder) \{\s+public static let \w+: MessageName = "([a-z_.0-9]+)"/
        let isPublished = !file.text.contains(/static (let isPublished = false|var isPublished: Bool \{ false \})/)
        return file.text.matches(of: found).map { (String($0.1), String($0.2), isPublished) }
    }

    @Test("every message that is published has somebody who listens to it, and no other has")
    func heard() throws {
        let listeners = Sources.product.filter { $0.isService }
        let all = listeners.map(\.code).joined(separator: "\n")
        #expect(Self.contracts.count > 30)
        for contract in Self.contracts {
            let isHeard =
                all.contains("\(contract.type).self") || all.contains("\(contract.type).name")
                || all.contains("\"\(contract.name)\"")
            // The timeline hears of everything that is published about a person.
            let isHeardAnyway = contract.isPublished && all.contains("Registry.contracts.filter { $0.isPublished }")
            #expect((isHeard || isHeardAnyway) == contract.isPublished, "\(contract.name)")
        }
    }

    @Test("every contract is in the registry, and every service lists what it hears")
    func listed() throws {
        let registry = try #require(Sources.product.first { $0.path == "Shared/Contracts/Registry.swift" })
        for contract in Self.contracts {
            let isListed = ["\(contract.type).self", "<\(contract.type)>.self"].contains { registry.text.contains($0) }
            #expect(isListed, "\(contract.type) is not in the registry")
        }
        for service in ["Leads", "Sales", "Service", "Notify"] {
            let lists = Sources.product.contains { $0.path == "Services/\(service)/Subscriptions.swift" }
            #expect(lists, "Services/\(service)/Subscriptions.swift is missing")
        }
    }
}
