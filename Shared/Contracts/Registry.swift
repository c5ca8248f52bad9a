/// Every message there is.
///
/// What is not listed here is unknown to all services.
public enum Registry {
    public static let contracts: [any Contract.Type] = [
        SubmitLead.self, LeadReceived.self, LeadTouched.self, LeadGraded.self, LeadAssigned.self,
        LeadResponseOverdue.self, LeadContacted.self, LeadConverted.self, LeadDiscarded.self, LeadReopened.self,
        LeadFollowUpSet.self, LeadFollowUpDue.self, LeadNeedChanged.self,
        NurtureDue.self, NurtureChanged.self, NurtureSequenceChanged.self, SegmentChanged.self, AudienceReady.self,
        PolicyChanged.self,
        AssignmentRulesChanged.self, LeadFrozen.self, LeadIdle.self, LeadAnswered.self, LeadsOffered.self,
        PoolChanged.self,
        AgentHoursChanged.self, CalendarChanged.self,
        PersonIdentified.self,
        PersonMerged.self, PersonUnmerged.self, PinLifted.self,
        PersonProfiled.self, PersonErased.self, PersonExported.self,
        PersonStageChanged.self, PersonTagged.self, ReferralChanged.self,
        ConsentChanged.self, ImportEnded.self, LeadsExported.self, StaffChanged.self, CustomerUnmasked.self,
        ContactLogged.self, DealOpened.self,
        DealStageChanged.self,
        DealWon.self, DealLost.self, UnitHeld.self, UnitReleased.self, ContractSigned.self, HandoverOpened.self,
        HandoverCompleted.self, CaseOpened.self, CaseReplied.self, CaseReassigned.self, CaseClosed.self,
        CaseAnswered.self,
        SLABreached.self, CareDue.self,
        MessageQueued.self, MessageAccepted.self, MessageDelivered.self, MessageFailed.self, MessageSuppressed.self,
        MessageUnknown.self, MessageAnswered.self, RecipientOptedOut.self, RecipientUnreachable.self,
        RecipientReachable.self, SendingPolicyChanged.self, SalesInboxTallied.self,
        ServiceInboxTallied.self, NotifyInboxTallied.self, PersonHandedOut<SalesHolder>.self,
        PersonHandedOut<ServiceHolder>.self, PersonHandedOut<NotifyHolder>.self,
    ]

    /// What is journalled and not published.
    public static let unpublished = Set(contracts.filter { !$0.isPublished }.map { $0.name })

    private static let names = Set(contracts.map { $0.name })

    /// Whether anybody may send a message of this name.
    public static func knows(_ name: MessageName) -> Bool { names.contains(name) }
}
