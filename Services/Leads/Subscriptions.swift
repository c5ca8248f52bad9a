import Contracts
import Messaging

extension LeadsApp {
    /// Every message that Leads listens to.
    var subscriptions: [Subscription] {
        [
            .on(StaffChanged.self) { arrival, work in
                try await followStaff(arrival.message, sequence: arrival.envelope.sequence ?? 0, work)
            },
            .on(ContactLogged.self) { arrival, work in
                try await followReturn.contacted(arrival.message, work)
                try await noteContact(arrival.message, work)
                try await keepInTouch(arrival.message, work)
                try await regradeVisitors(arrival.message, work)
                try await keepStages.contacted(arrival.message, work)
                try await foldTags.contacted(arrival.message, work)
                guard arrival.message.isReached else { return }
                try await nurture.reconsider(arrival.message.uid, repliedAt: arrival.message.contactedAt, work)
            },
            .on(DealOpened.self) { arrival, work in
                try await followDeals.opened(arrival.message, work)
                try await noteDeals(DealNews(arrival.message, sequence: arrival.envelope.sequence), work)
                try await leaveToDeals(arrival.message.uid, work)
                try await nurture.reconsider(arrival.message.uid, hasDeal: true, work)
            },
            .on(DealStageChanged.self) { arrival, work in
                try await followDeals.moved(arrival.message.dealID, to: arrival.message.to, work)
                try await followReturn.unwon(arrival.message.dealID, work)
                try await noteDeals(DealNews(arrival.message, sequence: arrival.envelope.sequence), work)
                try await leaveToDeals(arrival.message.uid, work)
                // One that had been lost may be under way again: who has a deal is not sent what brings people to one.
                try await nurture.reconsider(arrival.message.uid, hasDeal: true, work)
            },
            .on(DealWon.self) { arrival, work in
                let deal = arrival.message
                try await followDeals.closed(deal.dealID, lead: deal.leadID, outcome: "won", work)
                try await followReturn.won(deal, at: arrival.envelope.time, work)
                let sequence = arrival.envelope.sequence
                try await noteDeals(DealNews(deal, at: arrival.envelope.time, sequence: sequence), work)
                try await leaveToDeals(deal.uid, work)
                try await nurture.reconsider(deal.uid, hasDeal: true, work)
            },
            .on(DealLost.self) { arrival, work in
                let deal = arrival.message
                try await followDeals.closed(deal.dealID, lead: deal.leadID, outcome: "lost", work)
                try await followReturn.unwon(deal.dealID, work)
                try await noteDeals(DealNews(deal, sequence: arrival.envelope.sequence), work)
                try await leaveToDeals(deal.uid, work)
                try await EnrolPeople.note(deal, work)
            },
            .on(ContractSigned.self) { arrival, work in try await noteDeals(DealNews(arrival.message), work) },
            .on(HandoverCompleted.self) { arrival, work in try await keepStages.handedOver(arrival.message, work) },
            .on(RecipientOptedOut.self) { arrival, work in
                try await forbidContact(arrival.message, work)
                try await nurture.reconsider(arrival.message.uid, work)
            },
            .on(MessageAnswered.self) { arrival, work in try await takeAnswer(arrival.message, work) },
            .on(RecipientUnreachable.self) { arrival, work in try await noteReach(arrival.message, work) },
            .on(RecipientReachable.self) { arrival, work in try noteReach(arrival.message, work) },
            .on(SalesInboxTallied.self) { try await noteReceipts($0.message.tally, by: $0.envelope, $1) },
            .on(ServiceInboxTallied.self) { try await noteReceipts($0.message.tally, by: $0.envelope, $1) },
            .on(NotifyInboxTallied.self) { try await noteReceipts($0.message.tally, by: $0.envelope, $1) },
        ]
    }

    /// Everything of Leads that can be dropped and built again.
    var projections: [Projection] {
        [
            foldReturn.projection, scoreLeads.projection, LearnFromDeals.projection, keepTags.projection,
            keepStages.projection, RosterStore.projection, NoteDeals.projection, FollowStaff.projection,
            KeepCounts.projection, TagCoverage.projection,
        ]
    }

    /// Every timer that Leads sets.
    var timers: [TimerHandler] {
        [
            .batch(Enrolment.timerKind) { try await nurture.fire($0, $1) },
            .on(EnrolPeople.sweepTimer) { try await enrolPeople.sweep($0, $1) },
            .on(Audience.timerKind) { try await sendToSegment.fire($0, $1) },
            .batch(EnrolPeople.lostTimer) { try await enrolPeople.lost($0, $1) },
            .batch(EnrolPeople.closedTimer) { try await enrolPeople.closed($0, $1) },
            .batch(ResponseTarget.timerKind) { try await climbLadder($0, $1) },
            .batch(FollowUp.timerKind) { try await remindOfCalls($0, $1) },
            .on(BulkDiscard.timerKind) { try await changeLeads.discardNow($0, $1) },
            .batch(Offers.timerKind) { try await offers.ended($0, $1) },
            .batch(TellOfOffers.timerKind) { _, work in try await tellOfOffers(work) },
            .on(AttributeReferral.timerKind) { try await attributeReferral($0, $1) },
            .on(KeepValues.nightTimer) { try await keepValues.night($0, $1) },
            .on(KeepValues.projectTimer) { try await keepValues.project($0, $1) },
            .on(SettleReferrals.timerKind) { try await settleReferrals.expired($0, $1) },
            .batch(MatchQuestion.timerKind) { try await findMatches($0, $1) },
            .batch(RecycleIdle.timerKind) { try await recycleIdle($0, $1) },
            .on(PlaceLeads.waitingTimer) { try await placeLeads.goOn($0, $1) },
            .batch(WatchAttendance.timerKind) { try await watchAttendance($0, $1) },
        ]
    }

    /// The queue that channels push to.
    var intake: IntakeInlet { IntakeInlet(accept: acceptSubmissions, clock: spine.clock) }
}
