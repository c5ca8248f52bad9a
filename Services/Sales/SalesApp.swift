import Contracts
import Foundation
import Messaging

/// What Sales can do: its use cases.
struct SalesApp: Sendable {
    let spine: Spine

    // Staff and sign-in
    let seedStaff: SeedStaff
    let changeShift: ChangeShift
    let signIn: SignInPerson
    let changePassword: ChangePassword
    let endEmployment: EndEmployment

    // Customers, as others' events tell of them
    let keepCustomers = KeepCustomers()
    let logContact = LogContact()
    let readTimeline: ReadTimeline
    let showNumbers = ShowNumbers()

    // Deals
    let openDeal = OpenDeal()
    let moveDeal = MoveDeal()
    let loseDeal = LoseDeal()
    let signContract = SignContract()

    // Units
    let seedProjects: SeedProjects
    let holdUnit: HoldUnit
    let endHolds = EndHolds()

    init(
        spine: Spine,
        passwords: PasswordHash.Parameters = .init(),
        usualHoldMinutes: Int = UnitHold.usualMinutes
    ) {
        self.spine = spine
        let hasher = PasswordHasher(passwords)
        seedStaff = SeedStaff(spine: spine, hasher: hasher)
        changeShift = ChangeShift(spine: spine)
        signIn = SignInPerson(spine: spine, hasher: hasher)
        changePassword = ChangePassword(spine: spine, hasher: hasher, signIn: signIn)
        endEmployment = EndEmployment(spine: spine)
        readTimeline = ReadTimeline(spine: spine)
        seedProjects = SeedProjects(spine: spine)
        holdUnit = HoldUnit(usualMinutes: usualHoldMinutes)
    }
}
