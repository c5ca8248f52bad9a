import AMQP
import Contracts
import Failures
import Foundation
import Messaging
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Broker users of channels")
struct BrokerUserTests {
    /// The management interface of the broker under test.
    private func management() throws -> BrokerManagement {
        let address = try #require(URL(string: TestServers.required("LINTEL_TEST_AMQP_MGMT_URL")))
        return BrokerManagement(
            url: "http://\(address.host() ?? ""):\(address.port ?? 0)",
            user: address.user() ?? "",
            password: address.password() ?? "",
            virtualHost: "lintel"
        )
    }

    private let keep = KeepChannels(zone: .shanghai, hasBroker: true)

    /// A channel of a name that no other test has, with a broker user asked for; and the password.
    private func wanted(_ office: Office) async throws -> (name: String, password: String) {
        let name = "test-\(UUID.v7().wire.suffix(12))"
        let password = try await office.spine.perform(.staff(.new())) { work in
            try await keep.add(name, ChannelDraft(kind: "ad"), work)
            return try await keep.wantBrokerUser(of: name, work).text
        }
        return (name, password)
    }

    private func access(_ name: String, _ office: Office) async throws -> BrokerAccess? {
        try await office.spine.read { tx in
            try await ChannelRecordStore(tx).find(name, on: Day(number: 30_000))?.broker
        }
    }

    /// Whether a message is confirmed; what is, is so as soon as there is a connection, however long that takes.
    private func may(
        _ name: String,
        _ password: String,
        key: String,
        within patience: Duration = .seconds(60)
    ) async throws -> Bool {
        var endpoint = try BrokerControl.shared().endpoint
        endpoint.user = "channel-\(name)"
        endpoint.password = password
        let publisher = Publisher(endpoint, logger: testLogger("test"))
        return await withTaskGroup(of: Bool?.self) { group in
            group.addTask {
                try? await publisher.run()
                return nil
            }
            let message = Message(
                exchange: "lintel.intake",
                routingKey: key,
                properties: Properties(),
                body: Array("{}".utf8)
            )
            let outcomes = await publisher.publish([message], patience: patience)
            group.cancelAll()
            return outcomes == [.confirmed]
        }
    }

    @Test("the user may push under its own routing key, and nothing else; another password ends the old one")
    func rights() async throws {
        try await Office.open { office in
            let broker = try management()
            let settle = SettleBrokerUsers(spine: office.spine, broker: broker)
            let (name, password) = try await wanted(office)
            #expect(try await settle())
            #expect(try await access(name, office)?.state == .made)
            #expect(try await may(name, password, key: "lead.\(name)"))
            let moment = Duration.seconds(3)
            #expect(try await !may(name, password, key: "lead.web", within: moment))
            let other = try await office.spine.perform(.staff(.new())) { work in
                try await keep.wantBrokerUser(of: name, work).text
            }
            #expect(try await settle())
            #expect(try await !may(name, password, key: "lead.\(name)", within: moment))
            #expect(try await may(name, other, key: "lead.\(name)"))
            try await office.spine.perform(.staff(.new())) { work in try await keep.unwantBrokerUser(of: name, work) }
            #expect(try await settle())
            #expect(try await access(name, office)?.state == .removed)
            #expect(try await !may(name, other, key: "lead.\(name)", within: moment))
            await broker.close()
        }
    }

    @Test("while the broker is away the wish stays, with the reason; it is carried out later, and twice does no harm")
    func away() async throws {
        try await Office.open { office in
            let nobody = BrokerManagement(url: "http://127.0.0.1:1", user: "a", password: "b", virtualHost: "lintel")
            let (name, password) = try await wanted(office)
            #expect(try await !SettleBrokerUsers(spine: office.spine, broker: nobody)())
            let waiting = try await access(name, office)
            #expect(waiting?.state == .wanted)
            #expect(waiting?.fault == "unreachable")
            let broker = try management()
            let settle = SettleBrokerUsers(spine: office.spine, broker: broker)
            #expect(try await settle())
            #expect(try await settle(checking: true))
            #expect(try await access(name, office)?.fault == nil)
            #expect(try await may(name, password, key: "lead.\(name)"))
            // The broker forgets it, as one does that was set up anew.
            try await broker.remove("channel-\(name)")
            #expect(try await settle(checking: true))
            #expect(try await may(name, password, key: "lead.\(name)"))
            try await broker.remove("channel-\(name)")
            await nobody.close()
            await broker.close()
        }
    }

    @Test("who carried out an older wish late does not have the last word")
    func overtaken() async throws {
        try await Office.open { office in
            let (name, _) = try await wanted(office)
            let old = try await office.spine.read { tx in
                try await BrokerUserStore(tx).wishes(settled: false).first { $0.channel == name }
            }
            let stale = try #require(old)
            try await office.spine.perform(.staff(.new())) { work in
                _ = try await keep.wantBrokerUser(of: name, work)
                let now = try await BrokerUserStore(work.tx).wishes(settled: false).first { $0.channel == name }
                let current = try #require(now)
                try await BrokerUserStore(work.tx).note(current, fault: nil, at: work.now)
                try await BrokerUserStore(work.tx).note(stale, fault: nil, at: work.now)
            }
            #expect(try await access(name, office)?.state == .wanted)
        }
    }

    @Test("without a management interface nobody is promised a user")
    func unconfigured() async throws {
        try await Office.open { office in
            let keep = KeepChannels(zone: .shanghai, hasBroker: false)
            await #expect(throws: Rejection.self) {
                try await office.spine.perform(.staff(.new())) { work in
                    _ = try await keep.wantBrokerUser(of: "web", work)
                }
            }
        }
    }
}
