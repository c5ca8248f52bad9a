import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// Units and their holds, for programs.
struct UnitAPIRoutes: Sendable {
    let app: SalesApp

    func add(to group: RouterGroup<WebContext>) {
        group.get("api/v1/units", use: list)
        group.get("api/v1/units/:id", use: show)
        group.post("api/v1/units/:id/hold", use: hold)
        group.post("api/v1/units/:id/release", use: release)
    }

    @Sendable
    private func list(_ request: Request, _ context: WebContext) async throws -> PageOf<UnitAnswer> {
        let access = try context.access()
        let slice = try request.slice(defaultLimit: 200)
        let state = try request.query("state", "unknown-state", "state is one of free, held, signed.") {
            Unit.State(rawValue: $0)
        }
        let project = request.query("project")
        let after = try slice.after.map { cursor in
            guard cursor.parts.count == 2, let id = UUID(uuidString: cursor.parts[1]) else {
                throw Rejection.invalid("cursor", "cursor-malformed", "Use nextCursor of the answer before.")
            }
            return (number: cursor.parts[0], id: id)
        }
        let units = try await app.spine.read { tx in
            let units = try await UnitStore(tx)
                .list(project: project, state: state, after: after, limit: slice.limit + 1)
            let holds = try await HoldStore(tx).live(on: units.map(\.id))
            let known = try await HoldStore(tx).holders(of: Array(holds.values), knownTo: access)
            return units.map { UnitAnswer($0, holds[$0.id], known: known) }
        }
        return PageOf(units, slice) { Cursor($0.number, $0.id.description) }
    }

    @Sendable
    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        let access = try context.access()
        let id: UnitID = try context.id("id")
        let answer = try await app.spine.read { tx in
            let hold = try await HoldStore(tx).live(on: id)
            let known = try await HoldStore(tx).holders(of: [hold].compactMap { $0 }, knownTo: access)
            return UnitAnswer(try await UnitStore(tx).unit(id), hold, known: known)
        }
        return try Response.json(answer)
    }

    private struct NewHold: Decodable {
        let dealId: DealID
        let minutes: Int?
    }

    @Sendable
    private func hold(_ request: Request, _ context: WebContext) async throws -> Response {
        let id: UnitID = try context.id("id")
        return try await app.create(request, context, from: NewHold.self) { wish, access, work in
            let hold = try await app.holdUnit(id, for: wish.dealId, minutes: wish.minutes, by: access, work)
            return HoldAnswer(hold, isKnown: true)
        }
    }

    @Sendable
    private func release(_ request: Request, _ context: WebContext) async throws -> Response {
        let access = try context.access()
        let id: UnitID = try context.id("id")
        let unit = try await app.spine.perform(try context.cause()) { work in
            try await app.endHolds.release(id, by: access, work)
        }
        return try Response.json(UnitAnswer(unit, nil, known: [:]))
    }
}

/// A hold, for programs.
struct HoldAnswer: Encodable, Sendable {
    let unitId: UnitID
    /// Absent where another team has it.
    let dealId: DealID?
    let staffId: StaffID?
    let heldAt: Date
    let expiresAt: Date

    init(_ hold: UnitHold, isKnown: Bool) {
        unitId = hold.unitID
        dealId = isKnown ? hold.dealID : nil
        staffId = isKnown ? hold.staffID : nil
        heldAt = hold.heldAt
        expiresAt = hold.expiresAt
    }
}

/// A unit, for programs.
struct UnitAnswer: Encodable, Sendable {
    let id: UnitID
    let key: String
    let project: String
    let building: String
    let number: String
    let floor: Int
    let layout: String
    /// Square metres.
    let area: Double
    let facing: String?
    let price: Money
    let state: String
    let hold: HoldAnswer?

    /// `known` are the holds whose holder the reader may know.
    init(_ unit: Unit, _ hold: UnitHold?, known: [UUID: String]) {
        id = unit.id
        key = unit.key
        project = unit.project
        building = unit.building
        number = unit.number
        floor = unit.floor
        layout = unit.layout
        area = unit.area
        facing = unit.facing
        price = unit.price
        state = unit.state.rawValue
        self.hold = hold.map { HoldAnswer($0, isKnown: known[$0.id] != nil) }
    }
}
