import Policies

extension PolicyCatalogue {
    /// Every policy of Leads.
    static let leads = PolicyCatalogue([
        PolicyDescription(ResponsePolicy.self), PolicyDescription(ClaimPolicy.self),
        PolicyDescription(FollowUpPolicy.self), PolicyDescription(RecyclePolicy.self),
        PolicyDescription(AbsencePolicy.self),
        PolicyDescription(MatchPolicy.self), PolicyDescription(ScorePolicy.self), PolicyDescription(TagPolicy.self),
        PolicyDescription(ImportPolicy.self), PolicyDescription(NurturePolicy.self),
        PolicyDescription(ReferralPolicy.self), PolicyDescription(LifePolicy.self),
        PolicyDescription(ValuePolicy.self), PolicyDescription(AudiencePolicy.self),
        PolicyDescription(HookPolicy.self), PolicyDescription(FetchPolicy.self),
    ])
}
