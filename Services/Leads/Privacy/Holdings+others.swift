import Messaging

extension Holdings {
    /// What says nothing of persons, and what does and is not handed out, each with why.
    static let notHandedOut = passing.merging(ofStaff) { one, _ in one }.merging(ofTheAgency) { one, _ in one }

    /// Names leads or persons for a moment, or belongs to others.
    private static let passing = [
        "return_changes": "leads whose figures are counted anew in a moment",
        "score_changes": "leads whose score is reckoned anew in a moment",
        "tags_due": "persons whose tags are judged anew in a moment",
        "offer_notices": "leads that members of a pool are told of in a moment",
        "audiences": "how far a message to many has come; who had it, Notify holds",
        "rosters": "which leads were given out from one list of agents; each decision is handed out by itself",
        "bulk_changes": "what leads were before many were changed at once, to take that back; the journal says it too",
        "stock_comparisons": "how far a comparison of everybody has come",
        "platform_fetches": "ids of leads that are asked for; what a platform answers is a submission",
        "import_pieces": "files as they were uploaded; what they say of a person is in the submissions",
        "import_marks": "salted digests while a file is checked",
        "lead_views": "lists that staff keep; those that search for a person are erased",
        "exports": "which lists staff took out, without searches",
    ]

    private static let ofStaff = [
        "staff": "colleagues", "rotation": "colleagues", "load_changes": "colleagues", "agent_shifts": "colleagues",
        "agent_leaves": "colleagues", "agent_quotas": "colleagues", "roster_staff": "colleagues",
        "rule_drafts": "rules that a colleague is writing",
    ]

    private static let ofTheAgency = [
        "channels": "channels", "channel_keys": "channels", "channel_costs": "channels", "channel_changes": "channels",
        "channel_adapters": "channels", "campaigns": "campaigns", "campaign_costs": "campaigns", "pools": "pools",
        "assignment_rules": "rules", "rule_sets": "rules", "grade_tables": "rules", "response_targets": "rules",
        "business_calendars": "rules", "policies": "numbers", "segments": "conditions", "nurture_sequences": "texts",
        "nurture_versions": "texts", "imports": "files", "import_mappings": "columns of files",
        "chains": "the ledger's digests", "receipts": "counts of events", "receivers": "counts of events",
        "receivers_hear": "names of events", "return_days": "counts", "return_outcomes": "counts",
        "return_cursors": "places in the ledger", "score_counts": "counts", "score_models": "counts",
        "score_model_counts": "counts", "score_cursors": "places in the ledger", "tag_coverage": "counts",
        "kept_counts": "counts", "referral_sums": "counts", "nurture_sent": "counts", "offer_notice_pace": "a time",
    ]
}
