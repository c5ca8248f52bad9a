import Foundation
import Messaging

/// What Leads can do.
struct LeadsApp: Sendable {
    /// Migrations, pages and words.
    static var resources: Bundle { .module }

    let spine: Spine
    let acceptSubmissions = AcceptSubmissions()
    let placeLeads = PlaceLeads()
    let climbLadder: ClimbLadder
    let noteContact = NoteContact()
    let followDeals: FollowDeals
    let followStaff: FollowStaff
    let forbidContact = ForbidContact()
    let discardLead: DiscardLead
    let reassignLead: ReassignLead
    let auditLedger: AuditLedger

    init(_ spine: Spine) {
        self.spine = spine
        climbLadder = ClimbLadder(place: placeLeads)
        followDeals = FollowDeals(place: placeLeads)
        followStaff = FollowStaff(place: placeLeads)
        discardLead = DiscardLead(place: placeLeads)
        auditLedger = AuditLedger(spine: spine)
        reassignLead = ReassignLead(place: placeLeads)
    }
}
