import Contracts
import Foundation

/// What a member of staff has corrected of what the person of a lead wants.
struct NeedCorrection: Sendable {
    let lead: LeadID
    let staff: StaffID
    let at: Date
    /// All that was wanted then.
    let need: Need
    /// The members of it that were corrected.
    let changed: [String]
}

/// What a lead asks for.
struct LeadWish: Sendable, Equatable {
    let lead: LeadID
    private(set) var need: Need?
    /// The first that was asked for.
    private(set) var project: String?
    private(set) var district: String?
    /// Who of ours has had the last word, and when.
    private(set) var setBy: StaffID?
    private(set) var setAt: Date?

    init(_ lead: LeadID) { self.lead = lead }

    mutating func take(_ said: Need) {
        need = need.map { $0.updated(by: said) } ?? said
        project = project ?? said.projects?.first
        district = district ?? said.districts?.first
        (setBy, setAt) = (nil, nil)
    }

    mutating func take(_ correction: NeedCorrection) {
        let corrected = (need ?? Need()).correcting(correction.changed, to: correction.need)
        need = corrected
        (project, district) = (corrected.projects?.first, corrected.districts?.first)
        (setBy, setAt) = (correction.staff, correction.at)
    }
}

extension TakeBack {
    /// What each lead asks for that the file has touched, as the others tell it and staff has corrected it.
    var wishes: [LeadWish] {
        let touched = Set(taken.filter { $0.enquiry?.need != nil }.map(\.submission.leadID))
        return touched.sorted().compactMap { lead in
            let told = others.filter { $0.submission.leadID == lead }
            // A lead that only the file tells of was given up; what cannot be read any more may have said anything.
            guard !told.isEmpty, told.allSatisfy({ $0.enquiry != nil }) else { return nil }
            var wish = LeadWish(lead)
            var corrected = corrections.filter { $0.lead == lead }[...]
            for saying in told {
                while let first = corrected.first, first.at < saying.submission.receivedAt {
                    wish.take(first)
                    corrected = corrected.dropFirst()
                }
                if let need = saying.enquiry?.need { wish.take(need) }
            }
            for correction in corrected { wish.take(correction) }
            return wish
        }
    }

    /// The person's tags without what only the file said of them: those that are left, and those that go.
    ///
    /// One that somebody else said too is as old as theirs is; one that staff said something of stays.
    func tags(_ tags: [Tag], holding days: Int) -> (left: [Tag], gone: [Tag]) {
        let said = Set(withdrawn.flatMap { source($0).names })
        let stays = others.map(source) + corrections.map(source)
        // Who knows what is said in what cannot be read any more?
        let isSure = others.allSatisfy { $0.enquiry != nil }
        var left: [Tag] = []
        var gone: [Tag] = []
        for tag in tags {
            let name = TagName(key: tag.key, value: tag.value, side: tag.toldOf ?? side.uid)
            guard tag.source == .enquiry, said.contains(name), isSure else {
                left.append(tag)
                continue
            }
            if let last = stays.filter({ $0.names.contains(name) }).max(by: { $0.at < $1.at }) {
                left.append(tag.said(by: last, holding: days))
            } else if tag.standing == .open {
                gone.append(tag)
            } else {
                left.append(tag)
            }
        }
        return (left, gone)
    }

    private func source(_ saying: Saying) -> TagSource {
        TagSource(
            at: saying.submission.receivedAt,
            lead: saying.submission.leadID,
            tags: saying.enquiry?.said ?? [],
            side: side(of: saying)
        )
    }

    private func source(_ correction: NeedCorrection) -> TagSource {
        TagSource(
            at: correction.at,
            lead: correction.lead,
            tags: SaidTag.of(correction.need.only(correction.changed), message: nil),
            side: side.leads.first { $0.id == correction.lead }?.origin ?? side.uid
        )
    }
}

/// Tags that were said at one time of one side of a person.
private struct TagSource {
    let at: Date
    let lead: LeadID
    let tags: [SaidTag]
    let names: Set<TagName>

    init(at: Date, lead: LeadID, tags: [SaidTag], side: UID) {
        (self.at, self.lead, self.tags) = (at, lead, tags)
        names = Set(tags.map { TagName(key: $0.key, value: $0.value, side: side) })
    }
}

private struct TagName: Hashable {
    let key: String
    let value: String
    let side: UID
}

extension Tag {
    /// As it is where this was the last that said it.
    fileprivate func said(by source: TagSource, holding days: Int) -> Tag {
        guard source.at != notedAt else { return self }
        var tag = self
        tag.notedAt = source.at
        tag.origin = "lead:\(source.lead)"
        tag.confidence = source.tags.first { $0.key == key && $0.value == value }?.confidence ?? confidence
        tag.validUntil = source.at.addingTimeInterval(Double(days) * 86_400)
        return tag
    }
}

extension Need {
    /// The same with some members as another has them, also where that has nothing.
    fileprivate func correcting(_ members: [String], to other: Need) -> Need {
        func kept<Value>(_ member: String, _ value: Value?, _ corrected: Value?) -> Value? {
            members.contains(member) ? corrected : value
        }
        return Need(
            purpose: kept("purpose", purpose, other.purpose),
            projects: kept("projects", projects, other.projects),
            districts: kept("districts", districts, other.districts),
            layouts: kept("layouts", layouts, other.layouts),
            budget: kept("budget", budget, other.budget),
            area: kept("area", area, other.area),
            timeframe: kept("timeframe", timeframe, other.timeframe)
        )
    }
}
