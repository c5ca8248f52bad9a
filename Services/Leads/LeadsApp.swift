import Contracts
import Foundation
import Messaging
import Policies
import Web

/// What Leads can do.
struct LeadsApp: Sendable {
    /// Migrations, pages and words.
    static var resources: Bundle { .module }

    let spine: Spine
    let acceptSubmissions: AcceptSubmissions
    let placeLeads = PlaceLeads()
    let climbLadder: ClimbLadder
    let noteContact: NoteContact
    let keepInTouch = KeepInTouch()
    let leaveToDeals = LeaveToDeals()
    let regradeVisitors = RegradeVisitors()
    let changeGrades = ChangeGrades()
    let keepTags = KeepTags()
    let foldTags = FoldTags(keep: KeepTags())
    let judgeTag = JudgeTag(keep: KeepTags())
    let saveSegment = SaveSegment()
    let removeSegment = RemoveSegment()
    let saveSequence = SaveSequence()
    let nurture = Nurture()
    let enrolPeople = EnrolPeople()
    let sendToSegment = SendToSegment()
    let followDeals: FollowDeals
    let followStaff: FollowStaff
    let forbidContact = ForbidContact()
    let takeAnswer = TakeAnswer()
    let noteReach = NoteReach()
    let discardLead: DiscardLead
    let reopenLead: ReopenLead
    let setFollowUp = SetFollowUp()
    let changeNeed = ChangeNeed()
    let remindOfCalls = RemindOfCalls()
    let reassignLead: ReassignLead
    let changeLeads: ChangeLeads
    let auditLedger: AuditLedger
    let noteReceipts = NoteReceipts()
    let changePolicy = ChangePolicy<PolicyChanged>(.leads)
    let changeRules = ChangeRules()
    let offers: Offers
    let tellOfOffers = TellOfOffers()
    let explainAssignment = ExplainAssignment()
    let simulateRules: SimulateRules
    let claimLead: ClaimLead
    let claimLine = ClaimLine()
    let freezeLead: FreezeLead
    let changePool = ChangePool()
    let recycleIdle: RecycleIdle
    let watchAttendance: WatchAttendance
    let changeCalendar = ChangeCalendar()
    let adoptLedger: AdoptLedger
    let keepChannels: KeepChannels
    let settleBrokerUsers: SettleBrokerUsers
    let saveAdapter = SaveAdapter()
    let takeHook: TakeHook
    let fetchLeads: FetchLeads
    let mergePersons = MergePersons()
    let unmergePersons = UnmergePersons()
    let findMatches: FindMatches
    let compareStock: CompareStock
    let decideReview: DecideReview
    let liftPin = LiftPin()
    let keepCampaigns = KeepCampaigns()
    let followReturn = FollowReturn()
    let noteDeals = NoteDeals()
    let keepStages = KeepStages()
    let keepValues: KeepValues
    let attributeReferral = AttributeReferral(settle: SettleReferrals())
    let payReferral = PayReferral(settle: SettleReferrals())
    let makeReferralCode = MakeReferralCode()
    let settleReferrals = SettleReferrals()
    let foldReturn: FoldReturn
    let keepCounts: KeepCounts
    let scoreLeads: ScoreLeads
    let tellOfPerson: TellOfPerson
    let recordConsent: RecordConsent
    let erasePerson: ErasePerson
    let exportPerson = ExportPerson()
    let uploadImport: UploadImport
    let orderImport = OrderImport()
    let exportLeads = ExportLeads()
    let advanceImport: AdvanceImport
    private let referralURL: String?
    /// Poked when there is something to fetch from a platform.
    let fetchSignal = Signal()
    /// Poked when an import has something to do.
    let importSignal = Signal()

    /// `announce` is told of leads that are new, `dismiss` of staff whose sign-in may say something else now, once that
    /// is committed.
    init(
        _ spine: Spine,
        auditPatience: TimeInterval = 900,
        documentKey: DocumentKey? = nil,
        zone: TimeZone = .shanghai,
        broker: BrokerManagement? = nil,
        referralURL: String? = nil,
        graph: MetaGraph? = nil,
        tokens: AccessTokens = AccessTokens(folder: nil),
        announce: @escaping @Sendable ([Lead]) -> Void = { _ in },
        dismiss: @escaping @Sendable (StaffID) -> Void = { _ in }
    ) {
        self.spine = spine
        self.referralURL = referralURL
        acceptSubmissions = AcceptSubmissions(announce: announce)
        foldReturn = FoldReturn(spine: spine, zone: zone)
        keepCounts = KeepCounts(spine: spine)
        scoreLeads = ScoreLeads(spine: spine)
        keepValues = KeepValues(keep: keepTags, zone: zone)
        takeHook = TakeHook(accept: acceptSubmissions, zone: zone, fetching: fetchSignal)
        fetchLeads = FetchLeads(spine: spine, accept: acceptSubmissions, graph: graph, tokens: tokens, zone: zone)
        climbLadder = ClimbLadder(place: placeLeads)
        noteContact = NoteContact(place: placeLeads)
        offers = Offers(place: placeLeads)
        simulateRules = SimulateRules(spine: spine)
        claimLead = ClaimLead(place: placeLeads)
        freezeLead = FreezeLead(place: placeLeads)
        recycleIdle = RecycleIdle(place: placeLeads)
        followDeals = FollowDeals(place: placeLeads)
        watchAttendance = WatchAttendance(place: placeLeads)
        followStaff = FollowStaff(place: placeLeads, attendance: watchAttendance, dismiss: dismiss)
        discardLead = DiscardLead(place: placeLeads)
        reopenLead = ReopenLead(place: placeLeads)
        auditLedger = AuditLedger(spine: spine, patience: auditPatience)
        adoptLedger = AdoptLedger(spine: spine)
        keepChannels = KeepChannels(zone: zone, hasBroker: broker != nil)
        settleBrokerUsers = SettleBrokerUsers(spine: spine, broker: broker)
        findMatches = FindMatches(merge: mergePersons)
        compareStock = CompareStock(spine: spine, find: findMatches)
        decideReview = DecideReview(merge: mergePersons)
        tellOfPerson = TellOfPerson(documentKey: documentKey, merge: mergePersons)
        recordConsent = RecordConsent(tell: tellOfPerson)
        erasePerson = ErasePerson(place: placeLeads)
        reassignLead = ReassignLead(place: placeLeads)
        changeLeads = ChangeLeads(place: placeLeads, discard: discardLead, reopen: reopenLead, announce: announce)
        uploadImport = UploadImport(spine: spine)
        advanceImport = AdvanceImport(
            spine: spine,
            accept: acceptSubmissions,
            discard: discardLead,
            takeBack: TakeBackRows(unmerge: unmergePersons, keep: keepTags, zone: zone)
        )
    }

    /// Where a code is passed on as a link: the form of a website that takes it along.
    func referralLink(_ code: String) -> String? { referralURL?.replacing("{code}", with: code) }
}
