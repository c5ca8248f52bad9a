import Contracts
import Foundation
import Web

/// How far somebody sees and what they may do: ``Sight`` in the words of Sales.
///
/// Every list and every record is read through one.
struct Access: Sendable, Equatable {
    let sight: Sight

    init(_ principal: Principal) { sight = Sight(principal, of: .selling) }

    var staffID: StaffID { StaffID(sight.staffID) }
    var teamID: TeamID? { sight.teamID.map { TeamID($0) } }

    /// Whether somebody's record may be seen at all.
    func sees(_ record: some Owned) -> Bool { sight.sees(record.belonging) }

    /// Whether the person answers for the record: only then are phone numbers shown in full.
    func isResponsible(for record: some Owned) -> Bool { sight.isResponsible(for: record.belonging) }

    /// Whether contacts may be logged, deals moved and units held: by the owner, the team's manager, the head and the
    /// administrator.
    func mayAct(on record: some Owned) -> Bool { sight.mayAct(on: record.belonging) }

    /// Whether the numbers of somebody one is not responsible for may be asked for, with a reason.
    func mayUnmask(_ record: some Owned) -> Bool { sight.mayUnmask && sees(record) }

    /// Whether somebody else's work is seen too.
    var seesOthers: Bool { sight.seesOthers }
}

/// A record that somebody answers for.
protocol Owned {
    var ownerID: StaffID? { get }
    var teamID: TeamID? { get }
    /// The project that it is about.
    var project: String? { get }
    /// The service desk has to do with it.
    var isWithService: Bool { get }
}

extension Owned {
    var belonging: Belonging {
        Belonging(owners: [ownerID?.uuid], teamID: teamID?.uuid, project: project, isAfterSales: isWithService)
    }
}
