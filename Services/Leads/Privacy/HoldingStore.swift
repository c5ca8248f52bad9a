import Contracts
import Messaging
import Postgres

/// The SQL of what Leads holds of a person.
///
/// Whoever adds a table names it here, and in ``ErasureStore`` where it says who somebody is; a test compares this with the
/// schema.
extension Holdings {
    static let leads = Holdings(ofPersons + ofLeads + marketing + worth, others: notHandedOut)

    private static func leads(_ person: Person) -> SQL { "ANY(\(person.things)::uuid[])" }

    private static let ofPersons: [Table] = [
        Table("persons", .blanked) { "SELECT to_jsonb(t) AS held FROM persons t WHERE t.uid = \($0.anyUID)" },
        Table("identifiers", .blanked, part: "identifiers"),
        Table("tellings", .blanked, part: "told"),
        Table("journal", .blanked, part: "events"),
        Table("aliases", .kept("UIDs resolve for ever"), part: "alsoKnownAs"),
        Table("merges", .blanked, part: "merges"),
        Table("answers", .blanked, part: "answers"),
        Table("unreachable", .blanked, part: "unreachable"),
        Table("match_keys", .blanked) { "SELECT to_jsonb(t) AS held FROM match_keys t WHERE t.uid = \($0.anyUID)" },
        // Of whom they were compared with no more than that there was somebody.
        Table("reviews", .kept("UIDs and rules; what waits is settled")) { person in
            """
            SELECT jsonb_build_object('id', t.id, 'rule', t.why -> 'rule', 'status', t.status, 'found_at', t.found_at,
                                      'decided_by', t.decided_by, 'decided_at', t.decided_at) AS held
              FROM reviews t WHERE t.low = \(person.anyUID) OR t.high = \(person.anyUID) ORDER BY t.found_at, t.id
            """
        },
        Table("pins", .kept("UIDs")) { person in
            """
            SELECT jsonb_build_object('different_from_somebody', true, 'by', t.actor, 'pinned_at', t.pinned_at,
                                      'lifted_by', t.lifted_by, 'lifted_at', t.lifted_at,
                                      'lift_reason', t.lift_reason) AS held
              FROM pins t WHERE t.low = \(person.anyUID) OR t.high = \(person.anyUID) ORDER BY t.pinned_at
            """
        },
        Table("identity_conflicts", .kept("UIDs")) { person in
            """
            SELECT jsonb_build_object('submission_id', t.submission_id, 'seen_at', t.seen_at) AS held
              FROM identity_conflicts t WHERE t.kept_uid = \(person.anyUID) OR t.other_uid = \(person.anyUID)
             ORDER BY t.seen_at
            """
        },
        Table("tags", .blanked) { person in
            """
            SELECT to_jsonb(t) AS held FROM tags t WHERE t.uid = \(person.anyUID) OR t.told_of = \(person.anyUID)
             ORDER BY t.noted_at, t.key, t.value
            """
        },
        Table("tags_said", .blanked) {
            "SELECT to_jsonb(t) AS held FROM tags_said t WHERE t.uid = \($0.anyUID) ORDER BY t.id"
        },
        Table("life_cycles", .kept("a stage and its rule")) {
            "SELECT to_jsonb(t) AS held FROM life_cycles t WHERE t.uid = \($0.anyUID)"
        },
        Table("life_marks", .kept("that something happened, and when")) {
            "SELECT to_jsonb(t) AS held FROM life_marks t WHERE t.origin = \($0.anyUID) ORDER BY t.happened_at"
        },
        Table("life_orders", .blanked) {
            "SELECT to_jsonb(t) AS held FROM life_orders t WHERE t.origin = \($0.anyUID) ORDER BY t.id"
        },
    ]

    private static let ofLeads: [Table] = [
        Table("leads", .blanked) {
            "SELECT to_jsonb(t) AS held FROM leads t WHERE t.id = \(leads($0)) ORDER BY t.id"
        },
        Table("submissions", .blanked, part: "submissions"),
        Table("decisions", .blanked) {
            "SELECT to_jsonb(t) AS held FROM decisions t WHERE t.lead_id = \(leads($0)) ORDER BY t.id"
        },
        Table("claims", .kept("who took a lead when")) {
            "SELECT to_jsonb(t) AS held FROM claims t WHERE t.lead_id = \(leads($0)) ORDER BY t.claimed_at"
        },
        Table("pool_exits", .kept("who gave a lead back when")) {
            "SELECT to_jsonb(t) AS held FROM pool_exits t WHERE t.lead_id = \(leads($0)) ORDER BY t.left_at"
        },
        Table("lead_visits", .kept("that there was a visit, and when")) {
            "SELECT to_jsonb(t) AS held FROM lead_visits t WHERE t.lead_id = \(leads($0)) ORDER BY t.visited_at"
        },
        Table("import_rows", .kept("which row of which file it was; the file itself is overwritten")) { person in
            """
            SELECT jsonb_build_object('file', i.name, 'row', t.number, 'verdict', t.verdict, 'undo', t.undo) AS held
              FROM import_rows t JOIN imports i ON i.id = t.import_id
             WHERE t.lead_id = \(leads(person)) ORDER BY i.created_at, t.number
            """
        },
    ]

    private static let marketing: [Table] = [
        Table("nurture_enrolments", .kept("a way through a sequence")) { person in
            """
            SELECT to_jsonb(t) || jsonb_build_object('sequence', s.name) AS held
              FROM nurture_enrolments t JOIN nurture_sequences s ON s.id = t.sequence_id
             WHERE t.uid = \(person.anyUID) OR t.origin = \(person.anyUID) ORDER BY t.started_at, t.id
            """
        },
        Table("nurture_steps", .kept("which text was sent when")) { person in
            """
            SELECT to_jsonb(t) AS held FROM nurture_steps t JOIN nurture_enrolments e ON e.id = t.enrolment_id
             WHERE e.uid = \(person.anyUID) OR e.origin = \(person.anyUID) ORDER BY t.sent_at, t.step
            """
        },
        Table("referral_codes", .blanked, part: "referralCodes"),
        Table("referrals", .blanked, part: "referrals"),
        // Who came by it is somebody else.
        Table("referral_moves", .kept("what became of a referral, by rule")) { person in
            """
            SELECT jsonb_build_object('referral', t.referral_id, 'state', t.state, 'moved_at', t.moved_at) AS held
              FROM referral_moves t JOIN referrals r ON r.id = t.referral_id
             WHERE r.referrer = \(person.anyUID) OR r.referred = \(person.anyUID) ORDER BY t.id
            """
        },
    ]

    private static let worth: [Table] = [
        Table("deal_facts", .kept("figures of a deal")) { person in
            """
            SELECT to_jsonb(t) AS held FROM deal_facts t
             WHERE t.origin = \(person.anyUID) OR t.lead_id = \(leads(person)) ORDER BY t.noted_at, t.deal_id
            """
        },
        Table("lead_wins", .kept("figures of a deal")) {
            "SELECT to_jsonb(t) AS held FROM lead_wins t WHERE t.lead_id = \(leads($0)) ORDER BY t.won_at"
        },
        Table("return_leads", .kept("figures of marketing's return")) {
            "SELECT to_jsonb(t) AS held FROM return_leads t WHERE t.lead_id = \(leads($0)) ORDER BY t.day"
        },
        Table("value_layers", .blanked) {
            "SELECT to_jsonb(t) AS held FROM value_layers t WHERE t.uid = \($0.anyUID) ORDER BY t.project"
        },
        Table("lead_scores", .kept("a probability and what it was reckoned from, in classes")) {
            "SELECT to_jsonb(t) AS held FROM lead_scores t WHERE t.lead_id = \(leads($0)) ORDER BY t.received_at"
        },
        Table("score_cases", .kept("how a deal ended and what it is learned from, in classes")) {
            "SELECT to_jsonb(t) AS held FROM score_cases t WHERE t.lead_id = \(leads($0)) ORDER BY t.closed_at"
        },
    ]
}
