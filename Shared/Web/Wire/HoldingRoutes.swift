public import Contracts
import Failures
public import Foundation
import HTTPTypes
public import Hummingbird
public import Messaging
public import Postgres

/// Hands out all that a service holds of a person, to whoever may have them forgotten.
///
/// It is a file of JSON that is written table by table while it is sent. That it was taken is journalled before anything
/// leaves.
/// The service follows Leads' merges in a table `aliases` and keeps people in a table `customers`.
public struct HoldingRoutes<Holder: PersonHolder>: Sendable {
    let holdings: Holdings
    let spine: Spine
    let things: @Sendable (Transaction, [UID]) async throws -> [UUID]

    /// `things` are the ids of what is theirs, as the journal knows subjects.
    public init(
        _ holdings: Holdings,
        _ spine: Spine,
        things: @escaping @Sendable (Transaction, [UID]) async throws -> [UUID]
    ) {
        self.holdings = holdings
        self.spine = spine
        self.things = things
    }

    public func add(to group: RouterGroup<WebContext>) {
        group.get("persons/:uid/held") { _, context in try await handOut(context) }
        group.get("api/v1/persons/:uid/held") { _, context in try await handOut(context) }
    }

    private func handOut(_ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: [.head])
        let named = UID(try context.uuid("uid"))
        let (person, now) = try await spine.perform(who.cause(context)) { work in
            let uids = try await MergedPersonStore(work.tx).everybody(of: named)
            guard try await MergedPersonStore(work.tx).isCustomer(anyOf: uids) else {
                throw Rejection.notFound("person", named)
            }
            let told = PersonHandedOut<Holder>(uid: uids[0], staffID: StaffID(who.staffID))
            try await work.publish(told, about: uids[0], uid: uids[0])
            return (Holdings.Person(uids: uids, things: try await things(work.tx, uids)), work.now)
        }
        let service = Holder.handedOut.service
        return .json(named: "\(service)-\(person.uids[0]).json") { writer in
            let uids = person.uids.map { "\"\($0)\"" }.joined(separator: ",")
            let head = #"{"service":"\#(service)","uids":[\#(uids)],"takenAt":"\#(Wire.text(of: now))","held":{"#
            try await writer.write(ByteBuffer(string: head))
            for (place, table) in holdings.tables.enumerated() {
                let rows = try await spine.read { try await $0.held(table, of: person) } ?? []
                let comma = place == 0 ? "" : ","
                let part = "\(comma)\"\(table.name)\":[\(rows.joined(separator: ","))]"
                try await writer.write(ByteBuffer(string: part))
            }
            try await writer.write(ByteBuffer(string: "}}"))
        }
    }
}
